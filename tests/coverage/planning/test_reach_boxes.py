"""Proofs that boxes, cuts, speeds and subtypes cannot be had."""

import numpy as np
import pytest

from synthgen.assets.fleet import MODELS, draw_member
from synthgen.config import read
from synthgen.coverage.planning.reach import unreachable
from synthgen.coverage.planning.view import ROUND, view
from synthgen.coverage.planning.wish import Wish

VIEW = view(read([]))
"""KITTI's camera, 375 rows, 721.5 px; the default rules."""


def out(**columns):
    told = {key: frozenset({v}) if isinstance(v, str) else v for key, v in columns.items()}
    return unreachable(Wish("t00", "", told, 2, 0), VIEW)


@pytest.mark.parametrize("columns", [
    {"class": "car", "truncation": (0.3, 0.6), "time_of_day": "night"},
    {"class": "car", "truncation": (0.3, 0.6), "distance": (60.0, 80.0)},
    {"class": "pedestrian", "box_height": (25.0, 40.0)},
    {"class": "pedestrian", "box_height": (25.0, 40.0), "distance": (30.0, 60.0)},
    {"class": "pedestrian", "box_height": (25.0, 40.0), "distance": (5.0, 10.0)},
    {"class": "van", "aspect": (0.8, 2.4)},
    {"class": "pedestrian", "subtype": "wheelchair", "distance": (10.0, 30.0)},
    {"class": "motorcycle", "ego_speed": (10.0, np.inf)},
    {"class": frozenset({"car", "bus"}), "subtype": "taxi"},
    {"subtype": "taxi"}, {"class": "traffic_sign", "subtype": "stop"},
])  # fmt: skip
def test_what_can_be_is_not_excluded(columns):
    assert out(**columns) is None


@pytest.mark.parametrize(("columns", "why", "proof"), [
    ({"class": "pedestrian", "subtype": "taxi"}, "no taxi pedestrian", "wheelchair"),
    ({"class": "motorcycle", "ego_speed": (40.0, 50.0)}, "conditions", "motorway 36.1"),
    ({"class": "bus", "ego_speed": (25.0, 50.0), "place": "downtown"}, "conditions", "place"),
    ({"class": "truck", "box_height": (400.0, 900.0)}, "no image is so high", "375 px"),
    ({"class": "car", "box_height": (0.0, 10.0)}, "no box so low", "min_height=10"),
    ({"class": "car", "box_height": (200.0, 300.0), "distance": (40.0, 60.0)}, "too low",
     "at 40 m and f = 722 px"),
    ({"class": "truck", "box_height": (10.0, 25.0), "distance": (5.0, 20.0),
      "truncation": (0.0, 0.01)}, "too high", "at 20 m and f = 722 px"),
    ({"class": "dog", "truncation": (0.97, 1.0), "distance": (80.0, 90.0)}, "too little",
     "min_pixels=20"),
    ({"class": "car", "truncation": (1.0, 1.0)}, "holds nothing", "at least 1"),
])  # fmt: skip
def test_what_cannot_be_is_proved_with_numbers(columns, why, proof):
    found = out(**columns)
    assert found is not None
    assert why in found.why
    assert proof in found.proof


def test_a_box_that_the_edge_cuts_can_be_as_low_as_one_likes():
    """A truck 5 to 20 m away is not 10 to 25 px high as a whole, but its bumper may be."""
    assert out(**{"class": "truck", "box_height": (10.0, 25.0), "distance": (5.0, 20.0)}) is None


def test_the_smallest_pixel_of_a_pinhole_is_in_the_corner():
    """Solid angle cos^3 / f^2, 610 columns and 203 rows off the axis."""
    k = read([]).rig.cameras["image_2"].model.matrix
    x, y = max(k[0][2], 1241 - k[0][2]) / k[0][0], max(k[1][2], 374 - k[1][2]) / k[1][1]
    assert VIEW.finest == pytest.approx((1 + x * x + y * y) ** -1.5 / (k[0][0] * k[1][1]))


@pytest.mark.parametrize("kind", ["dog", "car", "truck", "pedestrian"])
def test_every_design_is_within_the_sphere_and_not_below_the_lowest(kind):
    rng = np.random.default_rng(3)
    for name in MODELS[kind]:
        for _ in range(40):
            user = draw_member(kind, name, rng)
            assert ROUND * np.hypot(np.hypot(user.length, user.width), user.height) / 2 <= (
                VIEW.radius[kind] + 1e-3)  # fmt: skip
            assert user.height >= VIEW.lowest[kind] - 1e-3
