from itertools import pairwise

import numpy as np
import pytest

from synthgen.network import Lane
from synthgen.rng import stream
from synthgen.street.barriers import (
    CONCRETE,
    STEP_BARRIER,
    concrete_barrier,
    extruded,
    guard_rail,
    noise_wall,
)
from synthgen.street.linear import SAGITTA, piece_length, pieces, sharpest, stretches

WIDTH = 3.75


def arc(radius, angle=1.2, count=200):
    turn = np.linspace(0, angle, count)
    shape = radius * np.column_stack([np.sin(turn), 1 - np.cos(turn), 0 * turn])
    return Lane("a_0", "a", 0, "drive", shape, WIDTH, 30.0, "motorway", "a", "b", "none")


@pytest.mark.parametrize("radius", [60.0, 250.0, 1000.0])
def test_curvature_and_chords_follow_the_closed_form(radius):
    """A chord c of an arc of radius R has the sagitta c^2 / 8 R."""
    lane = arc(radius)
    assert sharpest(lane) == pytest.approx(1 / radius, rel=0.03)
    expected = min(np.sqrt(8 * radius * SAGITTA), 24.0)
    assert piece_length(lane, 24.0) == pytest.approx(expected, rel=0.03)


@pytest.mark.parametrize("left", [False, True])
def test_pieces_stand_end_to_end_beside_the_lane_and_face_it(left):
    radius = 200.0
    found = pieces(arc(radius), 1.0, (0.0, 240.0), 24.0, left=left)
    away = WIDTH / 2 + 1.0
    expected = radius - away if left else radius + away
    for one in found:
        at = np.array([one.station.x, one.station.y - radius])
        assert np.linalg.norm(at) == pytest.approx(expected, abs=0.02)
        facing = np.array([-np.sin(one.station.yaw), np.cos(one.station.yaw)])
        to_lane = at * (1 if left else -1)
        assert facing @ to_lane / np.linalg.norm(at) > 0.999
    total = sum(one.length for one in found)
    assert total == pytest.approx(240.0 * expected / radius, rel=0.01)
    gaps = [one.line.distance(other.line) for one, other in pairwise(found)]
    assert max(gaps) < 0.1


def test_stretches_do_not_meet_and_stay_on_the_way():
    for seed in range(30):
        found = stretches(900.0, (100, 300), (50, 200), stream(seed, "way"))
        flat = [end for span in found for end in span]
        assert flat == sorted(flat)
        assert all(0 <= end <= 900 for end in flat)


def volume(shape):
    a, b, c = (shape.vertices[shape.triangles[:, i]] for i in range(3))
    return float(np.einsum("ni,ni->n", a, np.cross(b, c)).sum() / 6)


def test_an_extruded_section_is_closed_and_has_the_volume_of_its_prism():
    section = np.array(STEP_BARRIER)
    x, z = section.T
    area = 0.5 * abs(np.sum(x * np.roll(z, -1) - np.roll(x, -1) * z))
    shape = extruded(section, 7.0, CONCRETE, "barrier")
    assert volume(shape) == pytest.approx(7.0 * area)
    edges = np.sort(shape.triangles[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
    _, counts = np.unique(edges, axis=0, return_counts=True)
    assert (counts == 2).all()


@pytest.mark.parametrize(("make", "high"), [(guard_rail, 0.75), (concrete_barrier, 0.9)])
def test_barriers_have_the_height_of_their_standard_and_the_length_asked_for(make, high):
    body = make(24.0)
    assert body.kind == "barrier"
    low, top = body.mesh.bounds
    assert top[2] == pytest.approx(high)
    assert top[0] - low[0] == pytest.approx(24.0, abs=0.05)
    assert body.extent.size[2] == pytest.approx(high)


def test_a_rail_turns_its_beam_to_the_road_and_its_posts_away():
    mesh = guard_rail(8.0).mesh
    posts = mesh.vertices[mesh.vertices[:, 2] < 0.3]
    beam = mesh.vertices[np.abs(mesh.vertices[:, 2] - 0.65) < 0.06]
    assert posts[:, 1].max() < 0 < beam[:, 1].max()


def test_a_noise_wall_is_fence_as_high_as_asked_for():
    wall = noise_wall(20.0, 3.5, "timber")
    assert wall.classes == ("fence",)
    assert wall.bounds[1, 2] == pytest.approx(3.5, abs=0.3)
