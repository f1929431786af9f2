import numpy as np
import pytest

from synthgen.exports.nuscenes.attributes import attribute
from synthgen.exports.nuscenes.boxes import Box
from synthgen.exports.nuscenes.categories import ATTRIBUTES, CATEGORIES
from synthgen.exports.nuscenes.recording import Seen


def box(members=1, **changes):
    one = Seen(track=1, instance=1, kind="car", subtype="", center=(0, 0, 0),
               size=(1, 1, 1), quaternion=(0, 0, 0, 1), **changes)  # fmt: skip
    return Box((one,) * members, np.zeros(3), np.ones(3), np.array([0, 0, 0, 1.0]), 1.0)


MOVES = {"velocity": (0.0, 0.5, 0.0)}


@pytest.mark.parametrize(
    ("category", "found", "name"),
    [
        ("vehicle.car", box(**MOVES), "vehicle.moving"),
        ("vehicle.car", box(lit=True), "vehicle.stopped"),
        ("vehicle.emergency.police", box(), "vehicle.parked"),
        ("vehicle.bicycle", box(2), "cycle.with_rider"),
        ("vehicle.motorcycle", box(), "cycle.without_rider"),
        ("human.pedestrian.adult", box(**MOVES, posture="walking"), "pedestrian.moving"),
        ("human.pedestrian.adult", box(posture="walking"), "pedestrian.standing"),
        ("human.pedestrian.adult", box(posture="sitting"), "pedestrian.sitting_lying_down"),
        ("animal", box(**MOVES), ""),
        ("movable_object.trafficcone", box(), ""),
    ],
)
def test_state_decides_the_attribute(category, found, name):
    assert category in CATEGORIES
    assert attribute(category, found) == name
    assert name == "" or name in ATTRIBUTES
