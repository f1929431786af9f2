import numpy as np
import pytest
import shapely

from synthgen.place.crosswalks import BAR, GAP, bar_starts, bars
from synthgen.place.layout import layout
from synthgen.place.lines import edges, white_lines, yellow_lines
from synthgen.place.symbols import arrows, stop_lines


def painted(place, name):
    body = next(body for body in place.stuff if body.name == name)
    corners = body.mesh.vertices[body.mesh.triangles]
    return body, shapely.polygons(corners[:, :, :2])


@pytest.mark.parametrize(("length", "count"), [(12.8, 12), (0.5, 1), (1.6, 2), (1.59, 1)])
def test_as_many_bars_as_fit(length, count):
    start = bar_starts(length)
    assert len(start) == count
    np.testing.assert_allclose(start[0], length - start[-1] - BAR)
    np.testing.assert_allclose(np.diff(start), BAR + GAP)


def test_bars_run_along_the_traffic(crossroads):
    found = bars(crossroads.crossings[0])
    assert len(found) == 12
    for bar in found:
        low_x, low_y, high_x, high_y = bar.bounds
        assert (high_x - low_x, high_y - low_y) == pytest.approx((3.0, BAR))


@pytest.mark.parametrize("name", ["ground/lane_marking", "ground/crosswalk"])
def test_nothing_is_painted_outside_the_carriageway(place, name):
    _, shapes = painted(place, name)
    assert shapely.contains(place.roads.buffer(0.03), shapes).all()


@pytest.mark.parametrize("name", ["ground/lane_marking", "ground/crosswalk"])
def test_paint_lies_4_mm_above_the_road(place, name):
    body, _ = painted(place, name)
    np.testing.assert_allclose(body.mesh.vertices[:, 2], 0.004)
    assert (body.mesh.normals == [0, 0, 1]).all()


def test_every_signalled_lane_has_one_stop_line(crossroads):
    lanes = [lane for lane in crossroads.lanes if lane.kind == "drive"]
    assert len(stop_lines(lanes)) == 2 * sum(lane.yields == "signal" for lane in lanes)


def test_partners_share_one_double_yellow_line(crossroads):
    found = edges(crossroads.lanes)
    assert all(edge.partner for edge in found)
    for quarter in range(4):
        pair = [edge for edge in found if edge.name.endswith(str(quarter))]
        (line,) = [line for edge in pair for line in yellow_lines(edge)]
        assert (line.kind, line.color, len(line.stripes)) == ("double_solid", "yellow", 2)


def test_lanes_of_one_way_are_divided_by_white(crossroads):
    for edge in edges(crossroads.lanes):
        assert sum(len(line.stripes) > 0 for line in white_lines(edge, "downtown")) >= 1


def test_arrows_point_where_lanes_lead(crossroads):
    shapes = shapely.union_all(shapely.polygons(arrows(crossroads, edges(crossroads.lanes))))
    right = shapely.clip_by_rect(shapes, 11, 3.2, 22, 6.4).bounds
    left = shapely.clip_by_rect(shapes, 11, 0.0, 22, 3.2).bounds
    assert right[3] - 4.8 > 0.8 > 4.8 - right[1]
    assert 1.6 - left[1] > 0.8 > left[3] - 1.6


def test_markings_are_wholly_on_lanes_before_the_junction(crossroads):
    middle = shapely.box(-10.9, -10.9, 10.9, 10.9)
    for edge in edges(crossroads.lanes):
        for line in (*white_lines(edge, "arterial"), *yellow_lines(edge)):
            for stripe in line.stripes:
                assert not shapely.intersects(shapely.polygons(stripe.quads), middle).any()


def test_layout_is_fit_for_painting(crossroads):
    assert layout(crossroads).paintable.area >= layout(crossroads).road.area
