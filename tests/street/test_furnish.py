import numpy as np
import pytest
from shapely.geometry import LineString, Point, Polygon, box

from synthgen.geometry import yaw_of
from synthgen.network import Crossing, Junction, Lane, Network, SignalHead
from synthgen.rng import stream
from synthgen.street.furnish import LAMPS, Ground, furnish
from synthgen.street.parking import footprint

WIDTH, LONG = 3.5, 180.0


def lane(name: str, shape: list[tuple[float, float]], yields: str) -> Lane:
    points = np.column_stack([np.array(shape, float), np.zeros(len(shape))])
    return Lane(name, name[:-2], 0, "drive", points, WIDTH, 13.9, "residential", "a", "b", yields)


@pytest.fixture(scope="module")
def street():
    """One straight street along x, a lane each way, a signal at its east and a stop at its west."""
    lanes = (
        lane("east_0", [(0, -WIDTH / 2), (LONG, -WIDTH / 2)], "signal"),
        lane("west_0", [(LONG, WIDTH / 2), (0, WIDTH / 2)], "stop"),
    )
    crossing = Crossing("c", "b", np.array([(90.0, -WIDTH), (90.0, WIDTH)]), 4.0, False)
    corner = np.array([(LONG, -8), (LONG + 16, -8), (LONG + 16, 8), (LONG, 8)], float)
    junction = Junction("b", "traffic_light", np.array([LONG + 8.0, 0.0]), corner)
    head = SignalHead("b", 2, "east_0", np.array([LONG, -WIDTH / 2, 0]), 0.0)
    return Network(
        "street", "suburb", lanes, (), (junction,), (crossing,), (), (head,), (),
        np.zeros((0, 2)), np.array([0.0, -20.0]), np.array([LONG + 16, 20.0]),
    )  # fmt: skip


@pytest.fixture(scope="module")
def ground():
    road = box(0, -WIDTH, LONG, WIDTH).union(box(LONG, -8, LONG + 16, 8))
    return Ground(
        road, box(-5, -14, LONG + 30, 14).difference(road), lambda p: np.full(len(p), 0.1)
    )


@pytest.fixture(scope="module")
def furniture(street, ground):
    return furnish(street, ground, stream(0, "street"))


def test_nothing_stands_on_the_carriageway(furniture, ground):
    for x, y, *_ in furniture.obstacles:
        assert not ground.road.contains(Point(x, y))


def test_nothing_stands_where_people_reach_the_crossing(furniture):
    way = LineString([(90, -WIDTH - 3), (90, WIDTH + 3)]).buffer(2.0, cap_style="flat")
    for x, y, *_ in furniture.obstacles:
        assert not way.contains(Point(x, y))


def test_benches_keep_clear_of_road_and_parking_bays(street, ground):
    seen = 0
    for seed in range(20):
        made = furnish(street, ground, stream(seed, "street"))
        bays = [footprint(slot) for slot in made.slots if "bicycle" not in slot.kinds]
        for bench in made.benches:
            ahead = np.array([np.cos(bench.yaw), np.sin(bench.yaw)])
            left = np.array([-ahead[1], ahead[0]]) * bench.length / 2
            back, front = (np.array(bench.position[:2]) + d * ahead for d in (-0.04, 0.42))
            room = Polygon([back + left, back - left, front - left, front + left])
            assert not any(room.intersects(bay) for bay in [ground.road, *bays])
            seen += 1
    assert seen > 10


def test_parked_cars_overlap_no_lane_and_no_crossing(furniture, ground):
    assert furniture.slots
    for slot in furniture.slots:
        shape = footprint(slot)
        assert isinstance(shape, Polygon)
        assert shape.intersection(ground.road).area < 1e-9
        assert abs(slot.position[0] - 90) > 5


def test_the_signal_faces_the_traffic_that_it_controls(furniture):
    (fixture,) = (one for one in furniture.fixtures if one.signal)
    assert (fixture.signal, fixture.link) == ("b", 2)
    assert fixture.body.kind == "traffic_light"
    assert abs(abs(yaw_of(np.array(fixture.quaternion))) - np.pi) < 1e-6
    assert fixture.position[1] < -WIDTH
    assert LONG - 8 < fixture.position[0] < LONG + 1
    assert fixture.position[2] > 2.5


def test_a_stop_sign_stands_right_of_the_lane_that_must_stop(furniture):
    (stop,) = (one for one in furniture.fixtures if one.body.subtype == "stop")
    assert abs(yaw_of(np.array(stop.quaternion))) < 1e-6
    assert stop.position[1] > WIDTH
    assert 0 <= stop.position[0] < 8


def test_lamps_light_the_road_from_their_own_places(furniture, ground):
    lamps = [body for body in furniture.stuff if body.lamps]
    assert len(lamps) >= int(LONG / LAMPS["suburb"][1]) - 2
    for body in lamps:
        (lamp,) = body.lamps
        assert lamp.direction[2] == pytest.approx(-1.0)
        assert 5.5 < lamp.position[2] < 8.5
        assert ground.road.distance(Point(*lamp.position[:2])) < 1.0
        low, high = body.mesh.vertices.min(axis=0), body.mesh.vertices.max(axis=0)
        assert (low[:2] - 0.3 < lamp.position[:2]).all()
        assert (lamp.position[:2] < high[:2] + 0.3).all()
        assert body.circuits[lamp.circuit].grid


def test_lamps_take_turns_on_the_two_sides(furniture):
    spots = sorted(
        (body.lamps[0].position[0], np.sign(body.lamps[0].position[1]))
        for body in furniture.stuff
        if body.lamps
    )
    sides = [side for _, side in spots]
    assert {*sides} == {-1.0, 1.0}


def test_furniture_is_the_same_from_the_same_stream(street, ground, furniture):
    again = furnish(street, ground, stream(0, "street"))
    assert len(again.stuff) == len(furniture.stuff)
    for one, two in zip(again.stuff, furniture.stuff, strict=True):
        assert one.mesh.vertices.tobytes() == two.mesh.vertices.tobytes()
    np.testing.assert_array_equal(again.obstacles, furniture.obstacles)
    assert [f.body.name for f in again.fixtures] == [f.body.name for f in furniture.fixtures]


def test_every_name_is_given_once(furniture):
    names = [body.name for body in furniture.stuff] + [f.body.name for f in furniture.fixtures]
    assert len(names) == len(set(names))
