import pickle
from functools import cache

import numpy as np
import open3d as o3d
import pytest

from synthgen.assets.animals import BEAT, DUTY, animal
from synthgen.assets.dogs import BREEDS
from synthgen.assets.fleet import MODELS
from synthgen.assets.gait import stride
from synthgen.road_user import RoadUser

DOGS = [(0.51, 0), (0.3, 1), (0.65, 2), (0.45, 3)]


@cache
def make(height: float, seed: int):
    return animal(RoadUser("dog", "", 1.43 * height, 0.7 * height, height, seed), "dog/1")


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


EVERY = [(kind, subtype) for kind in ("dog", "cat", "deer") for subtype in MODELS[kind]]


@cache
def mean_of(kind: str, subtype: str, seed: int = 3):
    return animal(RoadUser(kind, subtype, *MODELS[kind][subtype].size, seed), "animal/1")


@pytest.mark.parametrize("key", EVERY)
@pytest.mark.parametrize("seed", [3, 4])
def test_every_animal_measures_what_was_ordered(key, seed):
    length, width, height = MODELS[key[0]][key[1]].size
    body = mean_of(*key, seed)
    _, extent = body.pose(0.2)
    assert (body.kind, body.subtype) == key
    assert extent.size[0] == pytest.approx(length, rel=0.08)
    assert extent.size[2] == pytest.approx(height, rel=0.06)
    assert extent.size[1] < (1.25 * width if key[1] != "stag" else 0.65 * height)


@pytest.mark.parametrize("key", EVERY)
def test_every_animal_walks_on_the_ground_with_sound_surfaces(key):
    body = mean_of(*key)
    for phase in (0.0, 0.3, 0.65):
        mesh, _ = body.pose(phase)
        assert mesh.vertices[:, 2].min() == pytest.approx(0.0, abs=1e-9)
        a, b, c = (mesh.vertices[mesh.triangles[:, i]] for i in range(3))
        normal = np.cross(b - a, c - a)
        assert np.isfinite(mesh.vertices).all()
        assert np.linalg.norm(normal, axis=1).min() > 1e-9
        assert (np.einsum("ti,tki->tk", normal, mesh.normals) < 0).mean() < 0.04
    assert mesh.classes == (key[0],)
    assert len(mesh.triangles) < 2_500


@pytest.mark.parametrize("key", EVERY)
def test_the_same_animal_comes_out_of_the_same_seed(key):
    first, again = mean_of(*key).pose(0.4)[0], mean_of.__wrapped__(*key).pose(0.4)[0]
    assert first.vertices.tobytes() == again.vertices.tobytes()
    assert first.materials == again.materials


@pytest.mark.parametrize("key", EVERY)
def test_a_head_is_joined_to_its_neck(key):
    body = mean_of(*key)
    (long, _, high), mesh = body.extent.size, body.mesh
    scene = o3d.t.geometry.RaycastingScene(nthreads=1)
    scene.add_triangles(
        o3d.core.Tensor(mesh.vertices.astype(np.float32)),
        o3d.core.Tensor(mesh.triangles.astype(np.uint32)),
    )
    x = np.linspace(-0.24, 0.45, 60) * long
    down = np.column_stack([x, 0 * x + 1e-4, 0 * x + 5, 0 * x, 0 * x, 0 * x - 1])
    depth = scene.cast_rays(o3d.core.Tensor(down.astype(np.float32)))["t_hit"].numpy()
    assert (5 - depth > 0.4 * high).all()


def test_antlers_make_the_stag():
    stag, doe = mean_of("deer", "stag"), mean_of("deer", "doe")
    names = [{material.name for material in body.mesh.materials} for body in (stag, doe)]
    assert "antler" in names[0]
    assert "antler" not in names[1]


def test_a_lead_does_not_count_for_the_box():
    held = [mean_of("dog", "terrier", seed) for seed in range(20)]
    led = [body for body in held if any(m.name == "lead" for m in body.mesh.materials)]
    assert 3 <= len(led) <= 14
    for body in led:
        mesh, extent = body.pose(0.1)
        assert mesh.vertices[:, 2].max() > 0.75
        assert extent.size[2] < 0.5


def test_breeds_without_a_model_are_refused():
    assert set(MODELS["dog"]) <= set(BREEDS)
    with pytest.raises(KeyError):
        animal(RoadUser("dog", "wolf", 1.0, 0.3, 0.8, 0), "x")
