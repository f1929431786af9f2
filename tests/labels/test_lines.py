import numpy as np
import pytest

from synthgen.classes import CLASSES
from synthgen.labels.lines import lines_under, paint_under_snow


@pytest.fixture(scope="module")
def road(toys):
    return toys.painted_street()


def line(look, name):
    return next(one for one in look.lines if one.boundary == name)


def test_points_project_with_the_pinhole_and_lie_in_the_camera_frame(toys, road):
    stuff, streets = road
    found = line(toys.look([], stuff=stuff, streets=streets), "divider")
    x, z = found.point[:, 2], 1.65 - 0.004
    np.testing.assert_allclose(found.point[:, 0], -1.75, atol=1e-9)
    np.testing.assert_allclose(found.point[:, 1], z, atol=1e-9)
    k = toys.matrix
    np.testing.assert_allclose(found.pixel[:, 0], k[0, 2] - k[0, 0] * 1.75 / x, atol=1e-6)
    np.testing.assert_allclose(found.pixel[:, 1], k[1, 2] + k[1, 1] * z / x, atol=1e-6)
    assert x.min() > 0.5
    assert x.max() <= 80.0


def test_every_seen_point_of_a_free_road_near_by_shows_paint_where_it_is_painted(toys, road):
    stuff, streets = road
    look = toys.look([], stuff=stuff, streets=streets)
    paint = CLASSES["lane_marking"].semantic
    found = line(look, "divider")
    near = (found.visibility == 2) & (found.point[:, 2] < 30)
    column, row = np.rint(found.pixel[near]).astype(int).T
    way = (found.point[near, 2] + 5 - 3) % 9
    inside = (way > 0.3) & (way < 2.7)
    beside = (way > 3.5) & (way < 8.5)
    shown = look.camera.semantic[row, column] == paint
    assert shown[inside].all()
    assert not shown[beside].any()
    np.testing.assert_array_equal(found.painted[near][inside | beside], inside[inside | beside])


def test_a_box_on_the_road_hides_the_line_behind_it(toys, road):
    stuff, streets = road
    box = toys.box("box", (1, 1.5, 1.5))
    look = toys.look([(box, (20, 1.75, 0), 0.0)], stuff=stuff, streets=streets)
    found = line(look, "divider")
    depth, seen = found.point[:, 2], found.visibility
    assert (seen[(depth > 10) & (depth < 19.4)] == 2).all()
    near, far = 19.5 * 1.75 / 1.0, 20.5 * 1.75 / 1.0
    assert (seen[(depth > 21) & (depth < near - 0.5)] == 1).all()
    assert (seen[depth > far + 0.5] == 2).all()


def test_points_outside_the_image_say_so(toys, road):
    stuff, streets = road
    found = line(toys.look([], stuff=stuff, streets=streets), "edge")
    inside = (np.abs(found.pixel - [620.5, 187]) <= [621, 187.5]).all(axis=1)
    np.testing.assert_array_equal(found.visibility > 0, inside)
    assert 0 < inside.sum() < len(inside)
    assert not found.painted.any()


def test_lines_that_do_not_show_are_left_out(toys, road):
    stuff, streets = road
    wall = toys.box("wall", (1, 60, 8), "barrier")
    look = toys.look([(wall, (3.5, 0, 0), 0.0)], stuff=stuff, streets=streets)
    assert look.lines == ()


def test_snow_hides_paint_less_between_two_lanes_than_beside_them(toys, road):
    stuff, streets = road
    bare, snowed = (
        toys.look([], stuff=stuff, streets=streets, snow_cover=depth) for depth in (0.0, 10.0)
    )
    assert paint_under_snow({"front": bare.lines}) == 0
    assert not any(one.snow.any() for one in bare.lines)
    divider, edge = (line(snowed, name).snow for name in ("divider", "edge"))
    assert 0.5 < divider.mean() < edge.mean()
    seen = [one.snow[one.painted & (one.visibility == 2)] for one in snowed.lines]
    assert paint_under_snow({"front": snowed.lines}) == pytest.approx(np.concatenate(seen).mean())


def test_lines_under_other_conditions_differ_in_their_snow_alone(toys, road):
    stuff, streets = road
    bare, snowed = (
        toys.look([], stuff=stuff, streets=streets, snow_cover=depth) for depth in (0.0, 10.0)
    )
    again = lines_under(bare.lines, snowed.moment, snowed.camera)
    for one, two, three in zip(again, snowed.lines, bare.lines, strict=True):
        np.testing.assert_allclose(one.snow, two.snow, atol=1e-6)
        assert one.pixel is three.pixel
