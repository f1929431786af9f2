import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from synthgen.exports.nuscenes.boxes import at, joined, objects_at, points_inside
from synthgen.exports.nuscenes.recording import Seen
from synthgen.geometry import pose, transform, yaw_quaternion


def seen(time=0.0, **changes):
    known = {
        "track": 1, "instance": 1, "kind": "car", "subtype": "", "center": (0.0, 0.0, 0.0),
        "size": (4.0, 2.0, 1.0), "quaternion": (0.0, 0.0, 0.0, 1.0),
    }  # fmt: skip
    return Seen(time=time, **(known | changes))


@given(st.integers(0, 2**32 - 1))
def test_a_point_is_inside_where_the_boxs_own_coordinates_say(seed):
    rng = np.random.default_rng(seed)
    place = pose(rng.normal(0, 50, 3), Rotation.random(random_state=seed).as_quat())
    size = rng.uniform(0.2, 12, 3)
    local = rng.uniform(-0.8, 0.8, (200, 3)) * size
    inside = points_inside(transform(place, local), place, size)
    assert (inside == (np.abs(local) <= size / 2).all(axis=1)).all()


def test_a_box_is_that_of_the_row_whose_time_it_is():
    assert at([seen(0.0), seen(0.1, center=(3.0, 0, 0))], 0.1).center == (3.0, 0, 0)


def test_between_two_rows_a_box_is_between_their_places():
    rows = [seen(0.0), seen(0.1, center=(2.0, 1, 0), quaternion=tuple(yaw_quaternion(0.2)))]
    found = at(rows, 0.025)
    np.testing.assert_allclose(found.center, (0.5, 0.25, 0))
    np.testing.assert_allclose(found.quaternion, yaw_quaternion(0.05))


@pytest.mark.parametrize("step", [-0.05, 0.05])
def test_beyond_its_rows_a_box_is_carried_on_by_its_velocity_and_turn(step):
    found = at([seen(1.0, velocity=(8.0, 0, 0), yaw_rate=0.4), seen(4.0)], 1.0 + step)
    np.testing.assert_allclose(found.center, (8 * step, 0, 0))
    np.testing.assert_allclose(found.quaternion, yaw_quaternion(0.4 * step))


def test_what_two_cameras_show_of_an_object_adds_up_to_all_of_it_at_most():
    rows = [seen(visible=0.3), seen(visible=0.4), seen(track=2, visible=0.9)]
    rows.append(seen(track=2, visible=0.8))
    assert [one.visible for one in objects_at(rows, rows, 0.0)] == pytest.approx([0.7, 1.0])


def test_a_trailer_is_driven_when_what_tows_it_is():
    rows = [seen(lit=True), seen(track=2, part_of=1), seen(track=3, part_of=9)]
    assert [one.lit for one in objects_at(rows, rows, 0.0)] == [True, True, False]


def test_a_cycle_and_its_rider_are_one_box_around_both_along_the_cycles_axes():
    turn = tuple(yaw_quaternion(0.5))
    forward = Rotation.from_quat(turn).apply([0.3, 0, 0.6])
    rows = [
        seen(track=3, kind="bicycle", size=(1.8, 0.5, 1.0), quaternion=turn, ridden_by=4),
        seen(track=4, kind="rider", size=(0.4, 0.7, 1.0), center=tuple(forward), rides=3,
             quaternion=turn),
        seen(track=5),
    ]  # fmt: skip
    cycle, car = joined(rows)
    np.testing.assert_allclose(cycle.size, (1.8, 0.7, 1.6))
    np.testing.assert_allclose(cycle.center, (0, 0, 0.3), atol=1e-12)
    assert [len(one.members) for one in (cycle, car)] == [2, 1]
    assert cycle.first.kind == "bicycle"
