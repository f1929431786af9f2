"""Keypoints against the skinned surface, which does not know them."""

from functools import cache

import numpy as np
import pytest
import trimesh

from synthgen.assets.fleet import draw_user
from synthgen.assets.people import person
from synthgen.assets.two_wheelers import cyclist, motorcyclist
from synthgen.rng import stream
from synthgen.road_user import RoadUser

NOSE, EYES, EARS, SHOULDERS, ELBOWS, WRISTS, HIPS, KNEES, ANKLES = (
    [0], [1, 2], [3, 4], [5, 6], [7, 8], [9, 10], [11, 12], [13, 14], [15, 16],
)  # fmt: skip
UPRIGHT = [("adult", 1.75, 1), ("child", 1.2, 2), ("elder", 1.65, 3), ("runner", 1.7, 4),
           ("standing", 1.6, 5), ("police", 1.8, 6)]  # fmt: skip
SEATED = [("wheelchair", 1.7, 1), ("crouching", 1.75, 3)]


@cache
def make(subtype: str, height: float, seed: int):
    return person(RoadUser("pedestrian", subtype, 0.7, 0.6, height, seed), "walker/1")


@cache
def rider(kind: str, seed: int):
    build = {"bicycle": cyclist, "motorcycle": motorcyclist}[kind]
    return build(draw_user(kind, stream(seed, "test")), "vehicle/1")[1]


def surface(body, phase: float) -> trimesh.Trimesh:
    mesh, _ = body.at_phase(phase)
    return trimesh.Trimesh(mesh.vertices, mesh.triangles, process=False)


def first_hit(mesh, start: np.ndarray, way: np.ndarray) -> float:
    """Return the distance to the first triangle: Möller and Trumbore, J. Graphics Tools 2, 1997."""
    a, b, c = (mesh.vertices[mesh.triangles[:, i]] for i in range(3))
    p = np.cross(way, c - a)
    det = ((b - a) * p).sum(axis=1)
    det = np.where(np.abs(det) < 1e-12, np.inf, det)
    u = ((start - a) * p).sum(axis=1) / det
    q = np.cross(start - a, b - a)
    v, t = (q @ way) / det, ((c - a) * q).sum(axis=1) / det
    hit = (u >= 0) & (v >= 0) & (u + v <= 1) & (t > 0)
    return float(t[hit].min(initial=np.inf))


@pytest.mark.parametrize(("subtype", "height", "seed"), UPRIGHT)
def test_left_is_left_and_the_body_is_in_order_from_head_to_feet(subtype, height, seed):
    for phase in (0.0, 0.3):
        k = make(subtype, height, seed).keypoints(phase)
        for left, right in (EYES, EARS, SHOULDERS, HIPS):
            assert k[left, 1] > k[right, 1]
        heights = [k[rows, 2].mean() for rows in (EARS, SHOULDERS, HIPS, KNEES, ANKLES)]
        assert (np.diff(heights) < -0.1 * height).all()


@pytest.mark.parametrize(("subtype", "height", "seed"), UPRIGHT + SEATED)
def test_the_nose_is_before_the_eyes_and_the_eyes_before_the_ears(subtype, height, seed):
    body = make(subtype, height, seed)
    k = body.keypoints(0.1)
    ahead = k[NOSE].mean(axis=0) - k[EARS].mean(axis=0)
    ahead /= np.linalg.norm(ahead)
    order = [float((k[rows] @ ahead).mean()) for rows in (EARS, EYES, NOSE)]
    assert order[0] + 0.03 < order[1] < order[2]
    assert ahead[0] > 0.5


@pytest.mark.parametrize(("subtype", "height", "seed"), UPRIGHT + SEATED)
def test_face_points_lie_on_the_surface_and_joints_inside_limbs(subtype, height, seed):
    body = make(subtype, height, seed)
    for phase in (0.0, 0.4):
        k, shell = body.keypoints(phase), surface(body, phase)
        away = trimesh.proximity.closest_point_naive(shell, k)[1] / height
        assert away[NOSE + EYES + EARS].max() < 0.016
        assert away[ELBOWS + WRISTS + KNEES + ANKLES].max() < 0.05
        assert away[SHOULDERS + HIPS].max() < 0.09


@pytest.mark.parametrize(("subtype", "height", "seed"), [UPRIGHT[i] for i in (0, 1, 2, 4, 5)])
def test_a_line_through_a_knee_meets_the_leg_on_both_sides(subtype, height, seed):
    body = make(subtype, height, seed)
    k, (mesh, _) = body.keypoints(0.25), body.at_phase(0.25)
    for joint, end in zip(KNEES + ELBOWS, ANKLES + WRISTS, strict=True):
        across = np.cross(k[end] - k[joint], [0.0, 1.0, 0.0])
        across /= np.linalg.norm(across)
        for way in (across, -across):
            assert first_hit(mesh, k[joint], way) < 0.13 * height


@pytest.mark.parametrize(("subtype", "height", "seed"), UPRIGHT + SEATED)
def test_limbs_keep_their_length_whatever_the_phase(subtype, height, seed):
    body = make(subtype, height, seed)
    bones = [(SHOULDERS, ELBOWS), (ELBOWS, WRISTS), (HIPS, KNEES), (KNEES, ANKLES), (EYES, EARS)]

    def lengths(phase: float) -> np.ndarray:
        k = body.keypoints(phase)
        return np.concatenate([np.linalg.norm(k[a] - k[b], axis=1) for a, b in bones])

    np.testing.assert_allclose(lengths(0.1), lengths(0.65), atol=1e-9)


@pytest.mark.parametrize(("subtype", "height", "seed"), UPRIGHT[:3])
def test_the_wrist_is_where_the_sleeve_ends_and_the_hand_lies_beyond(subtype, height, seed):
    body = make(subtype, height, seed)
    k, (mesh, _) = body.keypoints(0.0), body.pose(0.0)
    skin = body.pose.figure.skin
    for first, (elbow, wrist) in enumerate(zip(ELBOWS, WRISTS, strict=True)):
        hand = mesh.vertices[(skin.weights[:, 11 + first] > 0.9) & skin.counted].mean(axis=0)
        along = k[wrist] - k[elbow]
        beyond = (hand - k[wrist]) @ along / np.linalg.norm(along)
        assert 0.01 * height < beyond < 0.08 * height


@pytest.mark.parametrize("kind", ["bicycle", "motorcycle"])
def test_riders_have_keypoints_where_their_bodies_are(kind):
    body = rider(kind, 3)
    assert body.posture == "riding"
    assert body.rides == "vehicle/1"
    for phase in (0.0, 0.5):
        k, shell = body.keypoints(phase), surface(body, phase)
        away = trimesh.proximity.closest_point_naive(shell, k)[1]
        assert away[SHOULDERS + ELBOWS + WRISTS + KNEES + ANKLES].max() < 0.15
        assert k[KNEES, 0].mean() > k[HIPS, 0].mean() + 0.15
        assert k[WRISTS, 0].mean() > k[SHOULDERS, 0].mean()


def test_feet_follow_the_pedals():
    body = rider("bicycle", 3)
    high, low = (body.keypoints(phase)[ANKLES, 2] for phase in (0.0, 0.5))
    assert abs(high[0] - low[0]) > 0.05 or abs(high[0] - high[1]) > 0.02
    np.testing.assert_allclose(high, low[::-1], atol=0.03)
