import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from synthgen.physics.bullet import closest, settle, simulate
from synthgen.physics.solid import Solid, State, at_rest, box_points, hull_points, middle
from synthgen.physics.travel import GRAVITY

UPRIGHT = np.array([[0.0, 0, 0, 1]])


def block(size, mass=10.0, **more):
    half = np.array(size, float) / 2
    return Solid(box_points(-half, half), mass, **more)


def moving(place, velocity):
    return State(np.array([place], float), UPRIGHT, np.array([velocity], float), np.zeros((1, 3)))


def test_free_fall_is_half_g_t_squared():
    record = simulate([block((0.3, 0.4, 0.5))], moving((0, 0, 50), (2, 0, 0)), 2.0)
    drop = 50 - record.position[:, 0, 2]
    np.testing.assert_allclose(drop, GRAVITY / 2 * record.time**2, rtol=0.01, atol=0.05)
    np.testing.assert_allclose(record.position[:, 0, 0], 2 * record.time, atol=1e-6)


@pytest.mark.parametrize("friction", [0.25, 0.5, 0.85])
@pytest.mark.parametrize("speed", [6.0, 14.0])
def test_a_sliding_block_stops_after_v_squared_over_2_mu_g(friction, speed):
    solid = block((1.5, 1.0, 0.2), 900.0, friction=friction, restitution=0.0)
    seconds = 1.5 * speed / (friction * GRAVITY) + 0.5
    record = simulate([solid], moving((0, 0, 0.1), (speed, 0, 0)), seconds)
    way = record.position[-1, 0, 0]
    assert way == pytest.approx(speed**2 / (2 * friction * GRAVITY), rel=0.03)
    assert record.position[-1, 0, 0] - record.position[-3, 0, 0] < 1e-3


def test_a_thrown_box_comes_to_rest_flat_on_the_ground():
    solid = block((0.6, 0.4, 0.3))
    turn = Rotation.from_euler("xyz", [0.4, 0.9, 0.2]).as_quat()[None]
    state = State(np.array([[0, 0, 1.5]]), turn, np.array([[2.0, 0.5, 0]]), np.ones((1, 3)))
    place, quaternion = settle([solid], state)
    corners = Rotation.from_quat(quaternion[0]).apply(solid.points) + place[0]
    heights = np.sort(corners[:, 2])
    np.testing.assert_allclose(heights[:4], 0.0, atol=0.005)
    assert heights[4] > 0.25


def test_a_pile_rests_without_overlap_and_is_the_same_every_time():
    solids = [block((0.5, 0.5, 0.3), 5.0) for _ in range(4)]
    place = np.array([[0.05 * k, 0.03 * k, 0.4 + 0.5 * k] for k in range(4)])
    state = at_rest(place, np.tile(UPRIGHT, (4, 1)))
    one, two = settle(solids, state), settle(solids, state)
    for first, second in zip(one, two, strict=True):
        assert first.tobytes() == second.tobytes()
    assert all(gap.distance > -0.005 for gap in closest(solids, *one))
    assert one[0][3, 2] > 0.9


def test_what_cannot_settle_is_an_error():
    state = moving((0, 0, 40), (0, 0, 0))
    with pytest.raises(ValueError, match=r"not at rest after 0\.5 s"):
        settle([block((1, 1, 1))], state, patience=0.5)


def test_gaps_between_boxes_are_those_of_geometry():
    solids = [block((2, 1, 1)), block((2, 1, 1)), block((1, 1, 1)), block((1, 1, 1))]
    place = np.array([[0, 0, 0], [2.3, 0, 0], [0, 0.9, 0], [0, 9, 0]], float)
    gaps = {
        (g.first, g.second): g.distance for g in closest(solids, place, np.tile(UPRIGHT, (4, 1)))
    }
    assert set(gaps) == {(0, 1), (0, 2)}
    assert gaps[0, 1] == pytest.approx(0.3, abs=0.002)
    place_of = {
        (g.first, g.second): g.point for g in closest(solids, place, np.tile(UPRIGHT, (4, 1)))
    }
    assert place_of[0, 1][0] == pytest.approx(1.15, abs=0.002)
    assert gaps[0, 2] == pytest.approx(-0.1, abs=0.005)


def test_a_turned_box_touches_with_its_edge():
    solids = [block((2, 2, 2)), block((2, 2, 2))]
    turn = np.array([[0, 0, 0, 1], Rotation.from_euler("z", np.pi / 4).as_quat()])
    place = np.array([[0, 0, 0], [1 + np.sqrt(2) + 0.1, 0, 0]])
    assert closest(solids, place, turn)[0].distance == pytest.approx(0.1, abs=0.003)


def test_the_centre_of_mass_is_not_the_origin():
    solid = Solid(box_points(np.array([0.0, 0, 0]), np.array([2.0, 1, 1])), 3.0)
    np.testing.assert_allclose(middle(solid.points), [1, 0.5, 0.5])
    pyramid = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0], [0, 0, 4]], float)
    np.testing.assert_allclose(middle(pyramid), [0, 0, 1], atol=1e-12)
    record = simulate([solid], moving((-1, -0.5, 0.01), (0, 0, 0)), 0.5)
    np.testing.assert_allclose(record.position[-1, 0], [-1, -0.5, 0.0], atol=0.003)


def test_wind_blows_what_has_an_area_and_little_mass():
    light = block((0.5, 0.4, 0.3), 0.6, area=0.2, friction=0.4)
    heavy = block((0.5, 0.4, 0.3), 60.0, area=0.2, friction=0.4)
    state = at_rest(np.array([[0, 0, 0.15], [0, 5, 0.15]]), np.tile(UPRIGHT, (2, 1)))
    record = simulate([light, heavy], state, 2.0, wind=np.array([16.0, 0, 0]))
    assert record.position[-1, 0, 0] > 3
    assert abs(record.position[-1, 1, 0]) < 0.01


def test_a_hull_keeps_the_outermost_points():
    points = np.random.Generator(np.random.Philox(1)).uniform(-1, 1, (5000, 3)) * [4, 1, 0.5]
    kept = hull_points(points)
    assert len(kept) <= 102
    np.testing.assert_allclose(kept.min(axis=0), points.min(axis=0))
    np.testing.assert_allclose(kept.max(axis=0), points.max(axis=0))


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"points": np.zeros((3, 3))}, "at least 4"),
        ({"mass": -1.0}, "must be >= 0"),
        ({"restitution": 1.2}, "restitution must be in"),
    ],
)
def test_impossible_solids_are_refused(change, fault):
    with pytest.raises(ValueError, match=fault):
        Solid(**{"points": box_points(np.zeros(3), np.ones(3)), "mass": 1.0, **change})


def test_samples_must_fall_on_steps():
    with pytest.raises(ValueError, match="multiple of"):
        simulate([block((1, 1, 1))], moving((0, 0, 1), (0, 0, 0)), 0.1, every=0.033)
