import numpy as np
import pytest
import shapely

from synthgen.lane_grid import REACH, away, busy, cell_of, lane_grid
from synthgen.streets import StreetLane


def lane(name, line, width=3.5, kind="drive", road="residential"):
    line = np.array(line, float)
    flat = np.column_stack([line, np.zeros(len(line))])
    return StreetLane(name, "", "", kind, road, 13.9, width, flat, line)


@pytest.fixture(scope="module")
def lanes():
    rng = np.random.default_rng(3)
    return [
        lane(f"lane/{n}", np.cumsum(rng.normal(0, 6, (5, 2)), axis=0) + rng.uniform(-40, 40, 2))
        for n in range(12)
    ]


def test_every_lane_within_reach_of_a_point_is_listed_and_as_far_as_shapely_says(lanes):
    grid, rng, met = lane_grid(lanes), np.random.default_rng(1), 0
    for x, y in rng.uniform(-60, 60, (400, 2)):
        truth = [shapely.distance(shapely.linestrings(one.line[:, :2]), shapely.Point(x, y))
                 for one in lanes]  # fmt: skip
        cell = cell_of(grid, x, y)
        pieces = [] if cell < 0 else grid.listed[grid.first[cell] : grid.first[cell + 1]]
        assert (np.diff(pieces) > 0).all()
        found = {}
        for n in pieces:
            gap = away(grid, n, x, y)
            found[grid.lane[n]] = min(found.get(grid.lane[n], np.inf), gap)
        for number, distance in enumerate(truth):
            if distance < 1.75 + REACH:
                met += 1
                assert found[number] == pytest.approx(distance, abs=1e-9)
    assert met > 100


def test_lanes_that_nobody_uses_are_left_out_and_no_lanes_are_no_error():
    grid = lane_grid([lane("a", [(0, 0), (9, 0)], kind="shoulder")])
    assert len(grid.piece) == 0
    assert cell_of(lane_grid([]), 5.0, 5.0) == -1


def test_motorways_are_busier_than_streets_and_links_are_as_their_roads():
    roads = ("motorway", "primary", "residential", "service")
    rank = [busy(lane("a", [(0, 0), (9, 0)], road=road)) for road in roads]
    assert rank == sorted(rank, reverse=True)
    assert busy(lane("a", [(0, 0), (9, 0)], road="motorway_link")) == rank[0]
