import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from synthgen.exports.nuscenes.boxes import joined, points_inside
from synthgen.exports.nuscenes.recording import Seen
from synthgen.geometry import pose, transform, yaw_quaternion


def seen(**changes):
    known = {
        "track": 1, "instance": 1, "kind": "car", "subtype": "", "center": (0.0, 0.0, 0.0),
        "size": (4.0, 2.0, 1.0), "quaternion": (0.0, 0.0, 0.0, 1.0),
    }  # fmt: skip
    return Seen(**(known | changes))


@given(st.integers(0, 2**32 - 1))
def test_a_point_is_inside_where_the_boxs_own_coordinates_say(seed):
    rng = np.random.default_rng(seed)
    place = pose(rng.normal(0, 50, 3), Rotation.random(random_state=seed).as_quat())
    size = rng.uniform(0.2, 12, 3)
    local = rng.uniform(-0.8, 0.8, (200, 3)) * size
    inside = points_inside(transform(place, local), place, size)
    assert (inside == (np.abs(local) <= size / 2).all(axis=1)).all()


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
