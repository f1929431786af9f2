"""Open umbrellas: where they are over who holds them, and what they hide."""

from functools import cache

import numpy as np
import pytest
from scipy.spatial.distance import pdist

from synthgen.assets.body.bones import Bone
from synthgen.assets.body.umbrellas import RIBS, SPREAD, _cap
from synthgen.assets.people import person
from synthgen.labels.keypoints import FLESH
from synthgen.road_user import RoadUser

HOLDERS = [("adult", 1.75, 1, 1.1), ("adult", 1.6, 8, 0.95), ("elder", 1.65, 3, 1.2),
           ("child", 1.25, 2, 0.8), ("standing", 1.72, 5, 1.0),
           ("standing", 1.8, 9, 1.2)]  # fmt: skip


@cache
def make(subtype, height, seed, size):
    return person(RoadUser("pedestrian", subtype, 0.6, 0.55, height, seed, umbrella=size), "p")


def canopy(body, phase):
    """Return the vertices [m] of the umbrella and of the rest."""
    mesh, _ = body.pose(phase)
    held = body.pose.figure.skin.weights[:, Bone.UMBRELLA_LEFT :].sum(axis=1) > 0
    return mesh.vertices[held], mesh.vertices[~held]


def first_hit(mesh, start, end):
    """Return the share of the way at which the first triangle is met, at most 1."""
    a, b, c = (mesh.vertices[mesh.triangles[:, i]] - start for i in range(3))
    way = np.asarray(end) - start
    edges = np.stack([b - a, c - a, -np.broadcast_to(way, a.shape)], axis=2)
    flat = np.abs(np.linalg.det(edges)) < 1e-14
    edges[flat] = np.eye(3)
    u, v, t = np.linalg.solve(edges, -a[:, :, None])[:, :, 0].T
    hit = ~flat & (u >= 0) & (v >= 0) & (u + v <= 1) & (t > 0)
    return float(t[hit].min(initial=1.0))


@pytest.mark.parametrize(("subtype", "height", "seed", "size"), HOLDERS)
def test_it_is_over_the_head_and_as_wide_as_asked(subtype, height, seed, size):
    body = make(subtype, height, seed, size)
    for phase in (0.0, 0.3, 0.8):
        points, _ = canopy(body, phase)
        nose = body.keypoints(phase)[0]
        high = points[points[:, 2] > nose[2] + 0.06]
        middle = (high.min(axis=0) + high.max(axis=0)) / 2
        assert np.linalg.norm(middle[:2] - nose[:2]) < 0.33
        assert 0.08 < points[:, 2].max() - height < 0.35
        assert 0.93 * size < pdist(points).max() < 1.07 * size


@pytest.mark.parametrize(("subtype", "height", "seed", "size"), HOLDERS)
def test_the_hand_holds_the_shaft_and_the_elbow_is_bent(subtype, height, seed, size):
    body = make(subtype, height, seed, size)
    first = body.pose.manner.held.first
    for phase in (0.1, 0.6):
        points, _ = canopy(body, phase)
        k = body.keypoints(phase)
        shoulder, elbow, wrist = k[5 + first], k[7 + first], k[9 + first]
        assert np.linalg.norm(points - wrist, axis=1).min() < 0.13
        upper, lower = shoulder - elbow, wrist - elbow
        cosine = upper @ lower / np.linalg.norm(upper) / np.linalg.norm(lower)
        assert np.degrees(np.arccos(cosine)) < 100
        assert 0.62 * height < wrist[2] < 0.85 * height


@pytest.mark.parametrize(("subtype", "height", "seed", "size"), HOLDERS)
def test_the_shaft_goes_past_the_head(subtype, height, seed, size):
    body = make(subtype, height, seed, size)
    skin, held = body.pose.figure.skin, body.pose.manner.held.first
    for phase in (0.0, 0.4):
        mesh, _ = body.pose(phase)
        head = mesh.vertices[skin.weights[:, Bone.HEAD] > 0.9]
        stance = body.pose._stance(phase)
        up = stance.turns[Bone.UMBRELLA_LEFT + held] @ [0, 0, 1.0]
        grip = canopy(body, phase)[0].mean(axis=0)
        line = grip - np.linspace(0.08, 0.5, 40)[:, None] * up
        away = np.linalg.norm(head[:, None] - line[None], axis=2)
        assert away.min() > 0.004


@pytest.mark.parametrize(("subtype", "height", "seed", "size"), HOLDERS)
def test_it_is_drawn_but_not_in_the_box_as_bags_are_not(subtype, height, seed, size):
    _, extent = make(subtype, height, seed, size).pose(0.2)
    assert extent.size[2] < height + 0.02
    assert extent.size[1] < 0.6 * height


def test_the_edge_is_scalloped_between_ribs_and_the_dome_is_a_cap():
    ribs = np.arange(RIBS) / RIBS * 2 * np.pi
    edge = _cap(0.5, np.array([1.0]), np.concatenate([ribs, ribs + np.pi / RIBS]))[0]
    out = np.linalg.norm(edge[:, :2], axis=1)
    np.testing.assert_allclose(out[:RIBS], 0.5)
    np.testing.assert_allclose(out[RIBS:], 0.5 * (1 - 0.095))
    sphere = 0.5 / np.sin(SPREAD)
    line = _cap(0.5, np.linspace(0, 1, 5), np.zeros(1))[:, 0] + [0, 0, sphere]
    np.testing.assert_allclose(np.linalg.norm(line, axis=1), sphere)


@pytest.mark.parametrize(("subtype", "height", "seed", "size"), HOLDERS)
def test_it_hides_the_face_from_above_and_not_from_a_car_in_front(subtype, height, seed, size):
    body = make(subtype, height, seed, size)
    covered = {}
    for name, eye in (("car", [7.0, -0.4, 1.5]), ("above", [1.5, 0.0, 7.0])):
        hidden = 0
        for phase in (0.0, 0.4, 0.7):
            mesh, _ = body.pose(phase)
            nose = body.keypoints(phase)[0]
            hidden += (1 - first_hit(mesh, eye, nose)) * np.linalg.norm(nose - eye) > FLESH[0]
        covered[name] = hidden
    assert covered["above"] == 3
    assert covered["car"] == 0


def test_covers_differ_and_many_are_black():
    names = [make("adult", 1.7, seed, 1.0).pose.manner.held.covers[0].color for seed in range(40)]
    dark = [max(color) < 0.02 for color in names]
    assert 8 < sum(dark) < 32
    assert len({tuple(np.round(color, 1)) for color in names}) > 4
