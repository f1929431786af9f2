from dataclasses import replace

import numpy as np
import pytest
import shapely

from synthgen.network import Link
from synthgen.place.chart import chart
from synthgen.place.layout import layout
from synthgen.place.markings import plan_paint
from synthgen.streets import sample


@pytest.fixture(scope="module", params=["downtown", "suburb", "arterial", "osm"])
def kind(request):
    return request.param


@pytest.fixture(scope="module")
def streets(crossroads):
    """The map of the crossroads, with the ways straight on of one arm."""
    shape = np.array([[11.0, 4.8, 0], [-11.0, 4.8, 0]])
    network = replace(crossroads, links=(Link("in0_1", "out2_1", "middle", shape),))
    return chart(layout(network), plan_paint(network))


def test_what_is_painted_is_in_the_map_and_what_is_not_is_not(place):
    """Middle of every stripe lies on the paint of the mesh, that of every gap beside it."""
    body = next(body for body in place.stuff if body.name == "ground/lane_marking")
    corners = body.mesh.vertices[body.mesh.triangles][:, :, :2]
    paint = shapely.union_all(shapely.polygons(corners))
    shapely.prepare(paint)
    for line in place.streets.boundaries:
        flat = shapely.linestrings(line.line[:, :2])
        for start, end in line.painted:
            middle = shapely.line_interpolate_point(flat, (start + end) / 2)
            ahead = shapely.line_interpolate_point(flat, (start + end) / 2 + 0.05)
            step = np.array([ahead.x - middle.x, ahead.y - middle.y]) / 0.05
            for side in (-line.gap / 2, line.gap / 2):
                x, y = middle.x - side * step[1], middle.y + side * step[0]
                assert shapely.intersects_xy(paint, x, y), line.name
        ways = np.sort(line.painted, axis=0)
        for gap in (ways[1:, 0] + ways[:-1, 1]) / 2 if line.kind == "dashed" else ():
            assert not paint.intersects(shapely.line_interpolate_point(flat, gap)), line.name


def test_most_paint_belongs_to_a_line(place):
    """Arrows and bicycles alone are drawn without a line."""
    body = next(body for body in place.stuff if body.name == "ground/lane_marking")
    corners = body.mesh.vertices[body.mesh.triangles][:, :, :2]
    shapes = shapely.polygons(corners)
    lines = shapely.union_all(
        [
            shapely.linestrings(line.line[:, :2]).buffer((line.gap + line.width) / 2 + 0.01)
            for line in place.streets.boundaries
            if line.color
        ]
    )
    area = shapely.area(shapes)
    loose = ~shapely.intersects(lines, shapes)
    assert area[loose].sum() < 0.25 * area.sum()


def test_lanes_know_their_lines(streets):
    inner, outer = streets.by_name["in0_2"], streets.by_name["in0_1"]
    assert inner.left == streets.by_name["out0_2"].left
    assert inner.right == outer.left
    kinds = {line.name: (line.kind, line.color) for line in streets.boundaries}
    assert [kinds[name] for name in inner.left] == [("double_solid", "yellow")]
    assert [kinds[name] for name in outer.left] == [("dashed", "white"), ("solid", "white")]
    assert [kinds[name] for name in outer.right] == [("road_edge", "")]
    assert [kinds[name] for name in outer.stop] == [("stop_line", "white")]
    assert streets.by_name["in0_0"].left == ()


def test_ways_through_junctions_lead_from_lane_to_lane(streets):
    assert streets.by_name["in0_1"].after == ("in0_1 > out2_1",)
    way = streets.by_name["in0_1 > out2_1"]
    assert (way.after, way.junction, way.edge) == (("out2_1",), "middle", "")
    assert shapely.Polygon(way.area).area == pytest.approx(22 * 3.2)


def test_samples_are_dense_and_hold_the_line_itself(streets):
    for line in streets.boundaries:
        point, painted = sample(line)
        assert np.linalg.norm(np.diff(point, axis=0), axis=1).max() <= 1.0 + 1e-9
        np.testing.assert_allclose(point[[0, -1]], line.line[[0, -1]])
        assert painted.any() == (len(line.painted) > 0)


def test_paint_that_was_cut_off_where_the_carriageway_ends_is_not_in_the_map(crossroads):
    plan, paint = layout(crossroads), plan_paint(crossroads)
    plan = replace(plan, road=plan.road.difference(shapely.box(0, -90, 40, 90)))
    lines = {line.name: line for line in chart(plan, paint).boundaries}
    assert len(lines["in0_1/left"].painted) > 0
    assert len(lines["in0_1/left/2"].line) > 1
    assert len(lines["in0_1/left/2"].painted) == 0
    for line in lines.values():
        if line.kind == "stop_line":
            continue
        flat = shapely.linestrings(line.line[:, :2])
        middle = shapely.line_interpolate_point(flat, line.painted.mean(axis=1))
        assert shapely.dwithin(plan.road, middle, 1e-6).all()


def test_paint_lies_wherever_the_map_tells_of_it(place):
    paint = [body.mesh for body in place.stuff if body.kind in ("lane_marking", "crosswalk")]
    tops = np.concatenate([one.vertices[one.triangles][:, :, :2] for one in paint])
    tree = shapely.STRtree(shapely.polygons(tops))
    told = 0
    for one in place.streets.boundaries:
        line = shapely.linestrings(one.line[:, :2])
        for start, end in one.painted:
            points = shapely.line_interpolate_point(line, np.arange(start + 0.1, end - 0.1, 0.5))
            if len(points):
                away = tree.query_nearest(points, return_distance=True, all_matches=False)[1]
                assert away.max() <= one.gap / 2 + 0.01, one.name
            told += len(points)
    assert told > 100
