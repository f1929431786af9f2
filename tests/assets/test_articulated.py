"""Sections of vehicles that bend: their boxes, lamps and the room that they leave each other."""

from functools import cache

import numpy as np
import pytest

from synthgen.articulation import coupling
from synthgen.assets.assembly import body_bounds
from synthgen.assets.fleet import PLACES, draw_member, draw_user
from synthgen.assets.lamps import ALWAYS
from synthgen.assets.vehicles import sections, vehicle
from synthgen.rng import stream

DESIGNS = (("bus", "articulated_bus"), ("truck", "articulated_truck"))
BOTH = pytest.mark.parametrize("key", DESIGNS)


@cache
def made(key, seed=0):
    user = draw_member(*key, stream(seed, "articulated", *key))
    return user, coupling(user), sections(user, "vehicle/1")


@BOTH
def test_sections_fill_their_boxes_and_in_line_are_as_long_as_ordered(key):
    user, joint, (lead, towed) = made(key)
    for body, length in ((lead, joint.front), (towed, joint.rear)):
        low, high = body_bounds(body.mesh)
        size = np.array(body.extent.size)
        np.testing.assert_allclose(high - low, size, atol=0.011)
        np.testing.assert_allclose((low + high)[:2] / 2, 0.0, atol=0.006)
        assert size[0] == pytest.approx(length)
        assert (size <= np.array([length, user.width, user.height]) + 1e-9).all()
    assert joint.pivot + joint.rear - joint.kingpin == pytest.approx(user.length)


@BOTH
def test_wheels_are_where_the_coupling_says(key):
    _, joint, (lead, towed) = made(key)
    assert min(wheel.hub[0] for wheel in lead.wheels) == pytest.approx(
        joint.front / 2 - joint.drive, abs=0.02
    )
    assert np.mean([wheel.hub[0] for wheel in towed.wheels]) == pytest.approx(joint.axle, abs=0.02)
    assert not any(wheel.steered for wheel in towed.wheels)


@BOTH
def test_lamps_of_a_whole_vehicle_are_spread_over_its_sections(key):
    _, _, bodies = made(key)
    lead, towed = ({circuit.name for circuit in body.circuits} for body in bodies)
    assert {"low_beam", "high_beam", "daytime"} <= lead
    assert {"tail", "brake", "reverse", "indicator_left", "indicator_right"} <= towed
    assert lead | towed >= set(ALWAYS)
    assert not towed & {"low_beam", "high_beam", "daytime"}


def test_names_and_classes_say_who_tows_whom():
    for key, kind, subtype in ((DESIGNS[0], "bus", "articulated_bus"),
                               (DESIGNS[1], "trailer", "semitrailer")):  # fmt: skip
        _, _, (lead, towed) = made(key)
        assert (lead.name, lead.kind, lead.subtype, lead.part_of) == ("vehicle/1", *key, "")
        assert (towed.name, towed.kind, towed.subtype) == ("vehicle/1/towed", kind, subtype)
        assert towed.part_of == "vehicle/1"
        assert set(towed.mesh.classes) == {kind}
    with pytest.raises(ValueError, match="articulated_bus"):
        vehicle(made(DESIGNS[0])[0], "one piece")


@pytest.mark.parametrize("seed", range(3))
def test_the_trailer_swings_clear_of_cab_and_frame(seed):
    user, joint, (lead, towed) = made(DESIGNS[1], seed)
    pin = np.array([joint.eye, 0.0])
    corner = np.array([joint.rear / 2, user.width / 2])
    swing = np.linalg.norm(corner - pin)
    cab = lead.mesh.vertices[lead.mesh.vertices[:, 2] > 1.3]
    assert swing < 2.04
    assert np.linalg.norm(cab[:, :2] - [joint.hitch, 0.0], axis=1).min() > swing
    low = towed.mesh.vertices[(towed.mesh.vertices[:, 2] < 0.9)]
    low = np.linalg.norm(low[:, :2] - pin, axis=1).min()
    frame = lead.mesh.vertices[lead.mesh.vertices[:, 0] < joint.hitch]
    assert np.linalg.norm(frame[:, :2] - [joint.hitch, 0.0], axis=1).max() < low
    # The skid plate of the trailer lies on the fifth wheel.
    plate = np.abs(lead.mesh.vertices[:, :2] - [joint.hitch, 0.0]).max(axis=1) < 0.55
    assert lead.mesh.vertices[plate, 2].max() == pytest.approx(1.05, abs=1e-6)
    deck = towed.mesh.vertices[np.abs(towed.mesh.vertices[:, 0] - joint.eye - 0.65) < 0.01, 2]
    assert deck.min() == pytest.approx(1.05, abs=1e-6)


def test_articulated_vehicles_come_where_they_belong():
    def share(kind, subtype, place):
        rng = stream(4, "places", kind)
        users = [draw_user(kind, rng, place=place) for _ in range(400)]
        return np.mean([user.subtype == subtype for user in users])

    trucks = {place: share("truck", "articulated_truck", place) for place in PLACES}
    buses = {place: share("bus", "articulated_bus", place) for place in PLACES}
    assert trucks["motorway"] > 0.45 > trucks["arterial"] > trucks["downtown"] > 0.02
    assert buses["downtown"] > 0.3 > buses["motorway"] > 0.01
