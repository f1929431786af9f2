import numpy as np
import pytest
from shapely import STRtree

from synthgen.build.closures import HAZARD, at_rest, breakdown, road_works
from synthgen.mesh import Mesh
from synthgen.rng import stream
from synthgen.road_user import RoadUser
from synthgen.traffic.repair import rectangles
from synthgen.world import Body, Circuit, Extent

AMBER = Circuit("beacon_a", 1000.0, (1.3, 0.9, 0.1))


def design(kind: str, long: float, *circuits: Circuit) -> tuple[RoadUser, Body]:
    extent = Extent((0.0, 0.0, 0.8), (long, 1.8, 1.6))
    body = Body("", kind, "", Mesh.__new__(Mesh), extent, circuits)
    return RoadUser(kind, "", long, 1.8, 1.6, 1), body


CAR, TOW = design("car", 4.4), design("truck", 7.2, AMBER)


@pytest.mark.parametrize("make", [breakdown, road_works])
@pytest.mark.parametrize("seed", range(4))
def test_nothing_in_a_closure_overlaps_and_all_of_it_is_in_the_lane(make, seed):
    closure = make([CAR, TOW], stream(seed, "closure"))
    shapes = rectangles(closure.footprints, 0.0)
    first, second = STRtree(shapes).query(shapes, predicate="intersects")
    assert (first == second).all()
    low, high = (np.array([shape.bounds for shape in shapes])[:, k] for k in (1, 3))
    assert -2.0 < low.min() < 0 < high.max() < 2.0
    assert len(closure.bodies) == len(closure.positions) == len(closure.signals)


def test_a_broken_down_car_flashes_both_indicators_behind_its_triangle():
    closure = breakdown([CAR], stream(1, "closure"))
    kinds = [body.subtype for body in closure.bodies]
    assert kinds[0] == "warning_triangle"
    assert closure.signals == (0, HAZARD)
    assert closure.positions[0, 0] + 10 < closure.footprints[1, 0] - 2.2


def test_cones_lead_from_the_right_edge_across_the_lane_before_the_boards():
    closure = road_works([CAR], stream(1, "closure"))
    cones = np.array([p for b, p in zip(closure.bodies, closure.positions, strict=True)
                      if b.kind == "traffic_cone"])  # fmt: skip
    boards = np.array([p for b, p in zip(closure.bodies, closure.positions, strict=True)
                       if b.kind == "barrier"])  # fmt: skip
    lead = cones[cones[:, 0] < boards[:, 0].min()]
    assert len(lead) >= 5
    assert (np.diff(lead[:, 1]) > 0).all()
    assert not any(closure.beacons)


def test_only_a_vehicle_with_amber_beacons_attends_the_works():
    attended = road_works([CAR, TOW], stream(1, "closure"))
    assert [b.kind for b, on in zip(attended.bodies, attended.beacons, strict=True) if on] == [
        "truck"
    ]
    police = design("police_car", 5.0, AMBER)
    assert not any(road_works([CAR, police], stream(1, "closure")).beacons)


def test_an_incident_at_rest_has_no_lamp_lit():
    whole = breakdown([CAR], stream(1, "closure"))
    still = at_rest(whole)
    assert still.bodies is whole.bodies
    assert set(still.signals) == {0}
    assert not any(still.beacons)
