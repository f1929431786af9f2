import numpy as np
import pytest
import shapely

from synthgen.place import palette
from synthgen.place.blocks import building, design
from synthgen.place.facets import Frame, boxes, mesh_of, quads
from synthgen.place.roofs import Pitch, Rectangle, gable, hip
from synthgen.place.vegetation import hedge
from synthgen.place.walls import PARTY, cylinder, slabs
from synthgen.rng import stream

TILTED = Frame(np.array([5.0, -2.0, 1.0]), np.array([[0.6, 0.8, 0], [-0.8, 0.6, 0], [0, 0, 1.0]]))


def volume(corners):
    """Gauss: a sixth of the sum of the triple products, for closed outward surfaces."""
    return np.einsum("ni,ni->n", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])).sum() / 6


def is_closed(corners):
    area = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    return np.abs(area.sum(axis=0)).max() < 1e-6


def test_boxes_are_closed_and_face_outwards():
    corners = boxes([[0, 0, 0], [4, 0, 0]], [[1, 2, 3], [5, 1, 1]], palette.SOIL, TILTED).corners
    assert is_closed(corners)
    assert volume(corners) == pytest.approx(7.0)


def test_drum_is_closed_and_faces_outwards():
    corners = cylinder(np.array([3.0, 4.0, 5.0]), 1.0, 2.0, palette.SOIL).corners
    assert is_closed(corners)
    assert volume(corners) == pytest.approx(2 * 8 * np.sin(np.pi / 4) / 2)


def test_plate_has_the_volume_under_it():
    top = np.array([[[0, 0, 1], [2, 0, 1], [2, 3, 2], [0, 3, 2.0]]])
    assert volume(slabs(top, 0.1, palette.SOIL).corners) == pytest.approx(0.6)


def test_hipped_roof_is_closed():
    roof = hip(TILTED, Rectangle(0, 12, 0, 8), Pitch(3.0, 0.5, 0.4), palette.SOIL)
    assert is_closed(roof[0].corners)
    assert volume(roof[0].corners) > 12 * 8 * 0.5


def test_gable_ends_face_away_from_each_other():
    parts = gable(TILTED, Rectangle(0, 12, 0, 8), Pitch(3.0, 0.5, 0.4), (palette.SOIL, palette.TAR))
    assert volume(parts[0].corners) > 0
    assert is_closed(parts[1].corners)


@pytest.mark.parametrize("outline", [
    [[0, 0], [20, 0], [20, 15], [0, 15]],
    [[0, 0], [20, 0], [20, 8], [9, 9], [8, 15], [0, 15]],
])  # fmt: skip
def test_a_building_is_closed(outline):
    area = shapely.Polygon(outline)
    rng = stream(3, "building")
    plan = design(0, False, rng)
    parts = building(area, (PARTY,) * len(outline), 0.12, plan, rng)
    corners = np.concatenate([part.corners for part in parts])
    assert is_closed(corners)
    assert volume(corners) > area.area * plan.top


def test_hedges_face_outwards():
    rng = stream(0, "green")
    leaf = palette.foliage(60, 80, 40)
    row = hedge(np.zeros(3), np.array([5.0, 3.0, 0.0]), (0.6, 1.2), leaf, rng)
    assert volume(row.corners) > 0.5 * 0.6 * 1.2 * np.hypot(5, 3)


def test_triangles_without_area_are_left_out():
    flat = np.array([[[0, 0, 0], [1, 0, 0], [1, 1, 0], [1, 1, 0.0]]])
    assert len(mesh_of([quads(flat, palette.SOIL)], "terrain").triangles) == 1
