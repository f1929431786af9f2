import pickle
from functools import cache

import numpy as np
import pytest

from synthgen.assets.animals import BEAT, DUTY, dog
from synthgen.assets.gait import stride
from synthgen.road_user import RoadUser

DOGS = [(0.51, 0), (0.3, 1), (0.65, 2), (0.45, 3)]


@cache
def make(height: float, seed: int):
    return dog(RoadUser("dog", "", 1.43 * height, 0.7 * height, height, seed), "dog/1")


@pytest.mark.parametrize(("height", "seed"), DOGS)
def test_dogs_have_the_size_asked_for(height, seed):
    _, extent = make(height, seed).pose(0.2)
    assert extent.size[0] == pytest.approx(1.43 * height, rel=0.08)
    assert extent.size[2] == pytest.approx(height, rel=0.06)
    assert extent.size[1] < 0.7 * height


@pytest.mark.parametrize(("height", "seed"), DOGS)
def test_dogs_walk_on_the_ground(height, seed):
    body = make(height, seed)
    for phase in np.arange(0, 1, 0.05):
        mesh, _ = body.pose(phase)
        assert mesh.vertices[:, 2].min() == pytest.approx(0.0, abs=1e-9)


def test_at_least_two_feet_are_always_down():
    for phase in np.arange(0, 1, 0.01):
        assert sum((phase - beat) % 1.0 < DUTY for beat in BEAT) >= 2


def test_a_foot_on_the_ground_goes_back_as_fast_as_the_dog_goes_forward():
    height = 0.5
    assert make(height, 0).pose.step == pytest.approx(stride(height) * DUTY)


def test_the_walk_repeats_and_mirrors():
    body = make(0.51, 0)
    one, whole, half = body.pose(0.3), body.pose(2.3), body.pose(0.8)
    np.testing.assert_allclose(one[0].vertices, whole[0].vertices, atol=1e-9)
    np.testing.assert_allclose(one[1].size, half[1].size, atol=1e-3)


@pytest.mark.parametrize(("height", "seed"), DOGS)
def test_surfaces_are_sound(height, seed):
    mesh = make(height, seed).mesh
    a, b, c = (mesh.vertices[mesh.triangles[:, i]] for i in range(3))
    normal = np.cross(b - a, c - a)
    assert np.isfinite(mesh.vertices).all()
    assert np.linalg.norm(normal, axis=1).min() > 1e-9
    assert (np.einsum("ti,tki->tk", normal, mesh.normals) < 0).mean() < 0.02


def test_a_dog_outlives_pickling():
    body = make(0.51, 6)
    again = pickle.loads(pickle.dumps(body))
    assert (
        again.pose(0.3)[0].vertices.tobytes()
        == make.__wrapped__(0.51, 6).pose(0.3)[0].vertices.tobytes()
    )
