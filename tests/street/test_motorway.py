from functools import partial

import numpy as np
import pytest
import shapely
from shapely.geometry import LineString, Point, Polygon

from synthgen.place.city import build_place
from synthgen.place.place import surface_height
from synthgen.rng import stream
from synthgen.street.furnish import Ground, furnish
from synthgen.traffic.city import generate_network


@pytest.fixture(scope="module", params=[("motorway", 1), ("motorway", 2), ("rural", 1)])
def furnished(request, tmp_path_factory):
    kind, seed = request.param
    network, _ = generate_network(kind, stream(seed, "city"), tmp_path_factory.mktemp(kind))
    place = build_place(network, stream(seed, "place"))
    ground = Ground(place.roads, place.sidewalks.union(place.free), partial(surface_height, place))
    return network, place, furnish(network, ground, stream(seed, "street"))


def footprint(row):
    x, y, yaw, length, width = row
    ahead, left = np.array([np.cos(yaw), np.sin(yaw)]), np.array([-np.sin(yaw), np.cos(yaw)])
    signs = ((-1, -1), (1, -1), (1, 1), (-1, 1))
    return Polygon([np.array([x, y]) + i * length / 2 * ahead + j * width / 2 * left
                    for i, j in signs])  # fmt: skip


def test_nothing_stands_in_a_lane(furnished):
    network, _, furniture = furnished
    lanes = shapely.union_all(
        [LineString(lane.shape[:, :2]).buffer(lane.width / 2, cap_style="flat")
         for lane in network.lanes]
    )  # fmt: skip
    shapely.prepare(lanes)
    for row in furniture.obstacles:
        assert not lanes.intersects(footprint(row)), row


def test_barriers_are_things_that_stand_on_the_ground(furnished):
    _, place, furniture = furnished
    barriers = [one for one in furniture.fixtures if one.body.kind == "barrier"]
    assert len(barriers) > (20 if place.facts["kind"] == "rural" else 150)
    spots = np.array([one.position for one in barriers])
    np.testing.assert_allclose(spots[:, 2], surface_height(place, spots[:, :2]), atol=1e-6)
    names = [one.body.name for one in furniture.fixtures]
    assert len(set(names)) == len(names)


def test_lorries_stand_beside_the_lay_by_on_the_carriageway_only(furnished):
    network, place, furniture = furnished
    if place.facts["kind"] == "rural":
        assert not furniture.slots
        return
    strips = {lane.name: lane for lane in network.lanes if lane.road == "services"}
    closed = [lane for lane in strips.values() if lane.kind == "shoulder"]
    assert {slot.kinds for slot in furniture.slots} == {("truck",), ("car",) * 4 + ("van",)}
    for slot in furniture.slots:
        near = min(LineString(lane.shape[:, :2]).distance(Point(slot.position)) for lane in closed)
        assert near < 0.3
        assert slot.position[2] == 0


def test_signs_over_the_carriageway_leave_room_for_lorries(furnished):
    _, place, furniture = furnished
    for one in furniture.fixtures:
        if one.body.subtype == "destination":
            lowest = one.position[2] + one.body.mesh.bounds[0, 2]
            assert lowest > 5.2
            assert place.roads.contains(Point(one.position[:2]))


def test_whatever_shows_of_a_thing_lies_in_its_labelled_box(furnished):
    """Posts go 15 cm into the ground, where nothing shows."""
    _, _, furniture = furnished
    for one in furniture.fixtures:
        shown = one.body.mesh.vertices[one.body.mesh.vertices[:, 2] + one.position[2] > 0.15]
        off = np.abs(shown - np.array(one.body.extent.center))
        assert (off <= np.array(one.body.extent.size) / 2 + 1e-6).all(), one.body.name
