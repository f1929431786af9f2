import numpy as np
import pytest
import shapely

from synthgen.place.layout import MARGIN, lane_area, layout


def test_carriageway_is_lanes_and_junction_without_its_corners(crossroads):
    plan = layout(crossroads)
    arms = 4 * (90 - 11) * 4 * 3.2
    middle = 22**2 - 4 * (11 - 6.4) ** 2
    assert plan.road.area == pytest.approx(arms + middle, rel=1e-4)


def test_carriageway_covers_every_driven_lane(crossroads):
    plan = layout(crossroads)
    driven = [lane for lane in crossroads.lanes if lane.kind == "drive"]
    lanes = shapely.union_all([lane_area(lane) for lane in driven])
    assert lanes.difference(plan.road.buffer(0.01)).area < 1e-3


def test_road_kerb_sidewalk_and_blocks_share_no_ground(crossroads):
    plan = layout(crossroads)
    parts = [plan.road, plan.kerb, plan.walks, shapely.union_all(list(plan.blocks))]
    for index, one in enumerate(parts):
        for other in parts[index + 1 :]:
            assert one.intersection(other).area < 0.05
    assert sum(part.area for part in parts) == pytest.approx(plan.region.area, rel=1e-5)


def test_sidewalks_are_walk_lanes_and_corners_without_kerb_stones(crossroads):
    plan = layout(crossroads)
    lanes, corners = 8 * (90 - 11) * 2.4, 4 * (11 - 6.4) ** 2
    inside = shapely.union_all([plan.walks, plan.kerb]).intersection(plan.region.buffer(-MARGIN))
    assert inside.area == pytest.approx(lanes + corners, rel=0.01)


def test_the_flat_region_reaches_beyond_the_network(crossroads):
    low_x, low_y, high_x, high_y = layout(crossroads).region.bounds
    np.testing.assert_allclose([low_x, low_y], crossroads.low - MARGIN)
    np.testing.assert_allclose([high_x, high_y], crossroads.high + MARGIN)
