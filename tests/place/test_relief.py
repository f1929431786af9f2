import numpy as np
import shapely

from synthgen.place.layout import layout
from synthgen.place.place import surface_height
from synthgen.place.planar import tiles
from synthgen.place.relief import LOWERED, STEP, Ramps, ramps, split

ONE = Ramps(np.zeros((1, 2)), np.array([[1.0, 0.0]]), np.array([0.9]))


def test_kerb_is_lowered_in_the_middle_and_full_far_away():
    points = np.array([[0.0, 0.0], [0.0, 0.9], [0.0, 5.0], [5.0, 0.0]])
    np.testing.assert_allclose(ONE.height(points), [LOWERED, LOWERED, STEP, STEP])


def test_ramp_rises_linearly_over_its_depth():
    np.testing.assert_allclose(ONE.height(np.array([[0.6, 0.0]])), (LOWERED + STEP) / 2)


def test_height_is_linear_on_every_piece():
    for piece in ONE.creases[0]:
        corners = shapely.get_coordinates(piece)[:-1]
        middle = corners.mean(axis=0, keepdims=True)
        np.testing.assert_allclose(ONE.height(middle), ONE.height(corners).mean(), atol=1e-9)


def test_splitting_keeps_the_area():
    ground = tiles(shapely.box(-5, -5, 5, 5), 4.0)
    assert np.isclose(sum(part.area for part in split(ground, ONE)), 100.0)


def test_every_crossing_has_a_lowered_kerb_at_both_ends(crossroads):
    assert len(ramps(layout(crossroads)).origin) == 2 * len(crossroads.crossings)


def test_people_stand_on_the_sidewalk_and_cars_on_the_road(downtown, crossroads):
    for lane in crossroads.lanes:
        middle = lane.shape[:, :2].mean(axis=0, keepdims=True)
        wanted = STEP if lane.kind == "walk" else 0.0
        np.testing.assert_allclose(surface_height(downtown, middle), wanted)


def test_crossing_ends_are_at_the_lowered_kerb(downtown, crossroads):
    tips = np.array([one.shape[0] + [0, -0.01] for one in crossroads.crossings[:1]])
    np.testing.assert_allclose(surface_height(downtown, tips), LOWERED, atol=2e-3)
