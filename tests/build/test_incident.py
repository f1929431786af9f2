"""Accidents at rest: nothing overlaps, nothing hovers, and the footprints cover the bodies."""

from functools import cache

import numpy as np
import pytest
import shapely
from scipy.spatial.transform import Rotation

from synthgen.assets.fleet import draw_user
from synthgen.build.city import make_bodies
from synthgen.build.incident import BEHIND, crash, fallen_tree
from synthgen.geometry import pose, yaw_quaternion
from synthgen.physics.bullet import closest
from synthgen.physics.solid import Solid, hull_points
from synthgen.rng import stream
from synthgen.traffic.repair import rectangles

HERE = np.eye(4)
THERE = pose(np.array([40.0, -7.0, 0.0]), yaw_quaternion(2.2))
SEEDS = range(5)


@cache
def pool():
    users = [draw_user(kind, stream(n, "pool")) for n, kind in enumerate(("car", "van") * 3)]
    return tuple((user, make_bodies(user)[0]) for user in users)


@cache
def wrecked(seed):
    return crash(HERE, pool(), stream(seed, "crash"))


@cache
def toppled(seed):
    return fallen_tree(HERE, 4.0, stream(seed, "tree"))


def placed(incident, number):
    turn = Rotation.from_quat(incident.quaternions[number])
    return turn.apply(incident.bodies[number].mesh.vertices) + incident.positions[number]


@pytest.mark.parametrize("seed", SEEDS)
def test_wrecks_lie_near_each_other_without_overlap(seed):
    incident = wrecked(seed)
    solids = [Solid(hull_points(body.mesh.vertices), 1.0) for body in incident.bodies[:2]]
    gaps = closest(solids, incident.positions[:2], incident.quaternions[:2], 6.0)
    assert len(gaps) == 1
    assert -0.01 < gaps[0].distance < 5.0


@pytest.mark.parametrize("seed", SEEDS)
def test_everything_of_a_crash_stands_on_the_road(seed):
    incident = wrecked(seed)
    for number in range(len(incident.bodies)):
        assert abs(placed(incident, number)[:, 2].min()) < 0.012


@pytest.mark.parametrize("make", [wrecked, toppled])
@pytest.mark.parametrize("seed", SEEDS)
def test_footprints_cover_the_bodies_without_their_mirrors(make, seed):
    incident = make(seed)
    boxes = rectangles(incident.footprints, 0.02)
    for number, box in enumerate(boxes):
        body = incident.bodies[number]
        signs = np.array([[x, y] for x in (-0.5, 0.5) for y in (-0.5, 0.5)])
        corners = np.column_stack([signs * body.extent.size[:2], np.zeros(4)])
        turn = Rotation.from_quat(incident.quaternions[number])
        flat = turn.apply(corners + body.extent.center) + incident.positions[number]
        assert box.covers(shapely.MultiPoint(flat[:, :2]))


@pytest.mark.parametrize("seed", SEEDS)
def test_both_wrecks_are_dented_and_their_wheels_are_not(seed):
    incident = wrecked(seed)
    known = {len(body.mesh.vertices): body for _, body in pool()}
    for body in incident.bodies[:2]:
        sound = known[len(body.mesh.vertices)]
        moved = np.linalg.norm(body.mesh.vertices - sound.mesh.vertices, axis=1)
        sheet = np.ones(len(moved), bool)
        for wheel in body.wheels:
            sheet[slice(*wheel.vertices)] = False
        assert 0.12 < moved[sheet].max() < 0.6
        assert (moved[sheet] == 0).mean() > 0.3
        rear = [wheel for wheel in body.wheels if not wheel.steered]
        assert all(moved[slice(*wheel.vertices)].max() < 1e-9 for wheel in rear)


def test_the_triangle_stands_before_the_wrecks_in_the_lane():
    incident = wrecked(0)
    assert incident.bodies[-1].subtype == "warning_triangle"
    assert abs(incident.positions[-1, 0]) < 1e-9
    assert incident.positions[:2, 0].mean() == pytest.approx(BEHIND)
    assert incident.bodies[2].subtype == "shards"


@pytest.mark.parametrize("seed", SEEDS)
def test_a_fallen_tree_crosses_the_lane_and_lies_on_the_road(seed):
    incident = toppled(seed)
    points = placed(incident, 0)
    assert incident.bodies[0].kind == "debris"
    assert 0 <= points[:, 2].min() < 0.08
    near = points[np.abs(points[:, 0]) < 3]
    assert near[:, 1].min() < -2.0
    assert points[:, 1].max() > 2.0
    # The trunk lies: the tree is longer than it is high.
    assert incident.bodies[0].extent.size[0] > 2 * incident.bodies[0].extent.size[2]


def test_an_incident_goes_where_its_pose_says():
    one, two = wrecked(1), crash(THERE, pool(), stream(1, "crash"))
    np.testing.assert_allclose(two.positions, one.positions @ THERE[:3, :3].T + THERE[:3, 3])
    np.testing.assert_allclose(two.footprints[:, 3:], one.footprints[:, 3:])
    turn = np.angle(np.exp(1j * (two.footprints[:, 2] - one.footprints[:, 2])))
    np.testing.assert_allclose(turn, 2.2, atol=1e-9)


def test_the_same_stream_gives_the_same_crash():
    again = crash(HERE, pool(), stream(2, "crash"))
    assert again.positions.tobytes() == wrecked(2).positions.tobytes()
    for one, two in zip(again.bodies, wrecked(2).bodies, strict=True):
        assert one.mesh.vertices.tobytes() == two.mesh.vertices.tobytes()


def test_without_cars_or_width_there_is_no_incident():
    with pytest.raises(ValueError, match="needs a car or a van"):
        crash(HERE, (), stream(0, "crash"))
    with pytest.raises(ValueError, match="2 to 12 m, got 30"):
        fallen_tree(HERE, 30, stream(0, "tree"))
