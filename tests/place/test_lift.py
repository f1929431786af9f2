import numpy as np
import pytest
import shapely

from synthgen.land import HeightField
from synthgen.materials import Material
from synthgen.mesh import mesh
from synthgen.place.lift import ENTRANCE, cut, lift, lift_streets
from synthgen.streets import Boundary, StreetLane, Streets
from synthgen.world import Beam, Body, Lamp

GREY = Material("grey", (0.5, 0.5, 0.5))


@pytest.fixture
def field():
    return HeightField(
        np.array([-20.0, -20.0]), 2.0, np.random.default_rng(5).normal(0, 0.3, (24, 24))
    )


def sheet(height, half=15.0, kind="road"):
    ring = [[-half, -half], [half, -half], [half, 0.7 * half], [-half, half]]
    corners = np.column_stack([ring, np.full(4, height)])
    flat = np.array(ring)[[[0, 1, 2], [0, 2, 3]]]
    return mesh(corners, np.array([[0, 1, 2], [0, 2, 3]]), GREY, kind, uv=flat)


def areas(shape):
    corners = shape.vertices[shape.triangles]
    return np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])


def test_cutting_keeps_area_orientation_and_texture(field):
    whole = sheet(0.3)
    pieces = cut(whole, field)
    assert len(pieces.triangles) > 500
    np.testing.assert_allclose(areas(pieces).sum(axis=0), areas(whole).sum(axis=0), atol=1e-9)
    assert (areas(pieces)[:, 2] > 0).all()
    flat = pieces.vertices[pieces.triangles][:, :, :2]
    np.testing.assert_allclose(pieces.uv, flat, atol=1e-9)


def test_no_piece_lies_on_both_sides_of_a_bend(field):
    pieces = cut(sheet(0.0), field)
    local = (pieces.vertices[:, :2] - field.low) / field.cell
    for value in (*local.T, local.sum(axis=1)):
        own = value[pieces.triangles]
        spans = np.floor(own.max(axis=1) - 2e-6) - np.floor(own.min(axis=1) + 2e-6)
        assert (spans <= 0).all()


def test_paint_keeps_its_distance_to_the_road_everywhere(field):
    line = mesh(
        np.array([[-14, -3, 0.004], [14, 5, 0.004], [14, 5.2, 0.004], [-14, -2.8, 0.004]]),
        np.array([[0, 1, 2], [0, 2, 3]]), GREY, "lane_marking",
    )  # fmt: skip
    bodies = [Body("r", "road", "", sheet(0.0)), Body("m", "lane_marking", "", line)]
    road, paint = lift(bodies, [], field)
    for body, height in ((road, 0.0), (paint, 0.004)):
        corners = body.mesh.vertices[body.mesh.triangles]
        inner = np.einsum("k,nkd->nd", [0.3, 0.5, 0.2], corners)
        np.testing.assert_allclose(inner[:, 2], field.height(inner[:, :2]) + height, atol=1e-5)


def test_normals_are_those_of_the_slope():
    x, y = np.meshgrid(np.arange(24) * 2.0 - 20, np.arange(24) * 2.0 - 20)
    slope = HeightField(np.array([-20.0, -20.0]), 2.0, 0.08 * x + 0.04 * y)
    (road,) = lift([Body("r", "road", "", sheet(0.0))], [], slope)
    wanted = np.array([-0.08, -0.04, 1]) / np.linalg.norm([0.08, 0.04, 1])
    np.testing.assert_allclose(road.mesh.normals.reshape(-1, 3) - wanted, 0, atol=1e-9)
    face = areas(road.mesh)
    np.testing.assert_allclose(face / np.linalg.norm(face, axis=1, keepdims=True) - wanted, 0,
                               atol=1e-6)  # fmt: skip


def test_a_building_stays_level_on_a_plinth_that_reaches_the_ground():
    x, _ = np.meshgrid(np.arange(24) * 2.0 - 20, np.arange(24) * 2.0 - 20)
    slope = HeightField(np.array([-20.0, -20.0]), 2.0, 0.1 * x)
    area = shapely.box(0, 0, 10, 6)
    ring = np.array([[0, 0], [10, 0], [10, 6], [0, 6]])
    corners = np.vstack([np.column_stack([ring, np.full(4, z)]) for z in (0.1, 5.0)])
    walls = [[i, (i + 1) % 4, 4 + (i + 1) % 4] for i in range(4)]
    lamp = Lamp((5, 0, 3), (0, 0, -1), 100.0, Beam.LAMBERT, -1)
    house = Body(
        "building/0",
        "building",
        "",
        mesh(corners, np.array(walls), GREY, "building"),
        lamps=(lamp,),
    )
    (found,) = lift([house], [area], slope)
    own = found.mesh.vertices[: len(corners)]
    np.testing.assert_allclose(own[:, 2] - corners[:, 2], ENTRANCE * 1.0)
    assert found.lamps[0].position == pytest.approx((5, 0, 3.7))
    plinth = found.mesh.vertices[len(corners) :]
    assert plinth[:, 2].min() < 0.0
    assert plinth[:, 2].max() == pytest.approx(0.7 + 0.12)


def test_what_stands_is_as_high_as_the_ground_below(field):
    spots = np.array([[1.0, 2.0], [7.5, -3.0]])
    posts = np.vstack([[[x, y, 0], [x + 0.1, y, 0], [x, y, 4.0]] for x, y in spots])
    body = Body("p", "pole", "", mesh(posts, np.arange(6).reshape(2, 3), GREY, "pole"))
    (found,) = lift([body], [], field)
    up = found.mesh.vertices[:, 2] - posts[:, 2]
    np.testing.assert_allclose(up, field.height(posts[:, :2]))


def test_lines_of_the_map_lie_on_the_ground_and_keep_their_paint():
    rise = np.arange(24)[None, :] * 2.0 * 0.1 + np.zeros((24, 1))
    slope = HeightField(np.array([-20.0, -20.0]), 2.0, rise)
    level = np.array([[-10.0, 0.0, 0.0], [10.0, 0.0, 0.0]])
    line = Boundary("b", "dashed", "white", level, 0.12, 0.0, np.array([[4.0, 7.0]]))
    lane = StreetLane("l", "e", "", "drive", "primary", 14.0, 3.0, level, level[:, :2])
    laid = lift_streets(Streets((lane,), (line,)), slope)
    for found in (laid.lanes[0].line, laid.boundaries[0].line):
        np.testing.assert_allclose(found[:, 2], slope.height(found[:, :2]), atol=1e-9)
        assert len(found) >= 21
    np.testing.assert_allclose(np.ptp(laid.lanes[0].line[:, 2]), 2.0, atol=1e-9)
    longer = np.hypot(1.0, 0.1)
    np.testing.assert_allclose(laid.boundaries[0].painted, [[4 * longer, 7 * longer]], atol=1e-9)
