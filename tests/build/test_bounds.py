"""Bounds of encounters, against what can be worked out by hand and what labels say."""

from math import pi, radians, tau
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthgen.build.bounds import asks, drives_so, in_image, shows_side, stands_so
from synthgen.build.sighting import facing, outline
from synthgen.embree import tracer
from synthgen.events import Encounter
from synthgen.labels.annotate import annotate
from synthgen.rig import BODY_FROM_OPTICAL
from synthgen.scene import moment
from synthgen.sensors.camera import silhouettes
from synthgen.view import CameraView

BONNET = 3.0
"""[m] The camera is so far before the middle of the ego car, 4 m long; places are told from it."""
EDGE = -0.5
"""[px] Left edge of the image: of the first column, whose middle is 0."""


def event(**bounds):
    told = {"who": "car", "nearest": 0.0, "farthest": 200.0, "occlusion_least": 0.0,
            "occlusion_most": 1.0, "responding": "any"}  # fmt: skip
    return Encounter(**{**told, **bounds})


def camera(column=300.0, width=601):
    pose = np.eye(4)
    pose[:3, 3] = BONNET, 0.0, 0.75
    matrix = np.array([[600.0, 0, column], [0, 600.0, 100.0], [0, 0, 1]])
    return CameraView("front", width, 201, matrix, pose @ BODY_FROM_OPTICAL, 0.0)


def one(scenes, ahead=30.0, left=0.0, yaw=0.0):
    scene = scenes([(BONNET + ahead, left)], yaws=[yaw])
    return scene, moment(scene, 0.0)


def met(scenes, asked, view, **where):
    scene, now = one(scenes, **where)
    with tracer(scene.world) as trace:
        return stands_so(asked, trace, now, view, now.things[1])


def measured(scenes, view, **where):
    scene, now = one(scenes, **where)
    with tracer(scene.world) as trace:
        return in_image(trace, now, view, now.things[1])


def test_the_height_is_that_of_the_nearest_face(scenes):
    """1.5 m high, 28 m away, 600 px: 16.07 px to either side of row 100, so 33 rows."""
    assert measured(scenes, camera()) == {"truncation": 0.0, "height": 33.0}


def test_the_edge_through_the_middle_cuts_off_half(scenes):
    found = measured(scenes, camera(column=EDGE))
    assert found["truncation"] == pytest.approx(0.5, abs=0.01)
    assert found["height"] == 33.0


def test_a_quarter_of_the_rear_beyond_the_edge_is_a_quarter(scenes):
    """The rear is 2 m wide, 28 m away: its quarter is 600 x 0.5 / 28 = 10.7 px wide."""
    found = measured(scenes, camera(column=EDGE + 600 * 0.5 / 28))
    assert found["truncation"] == pytest.approx(0.25, abs=0.02)


def test_what_is_not_in_the_image_is_cut_off_wholly(scenes):
    assert measured(scenes, camera(), left=60.0) == {"truncation": 1.0, "height": 0.0}


@pytest.mark.parametrize("column", [EDGE, 5.0, 300.0])
@pytest.mark.parametrize("yaw", [0.0, 0.7])
def test_labels_say_the_same(scenes, column, yaw):
    """The way of the labels: all pixels of the image, everything in it."""
    scene, now = one(scenes, ahead=12.0, left=0.4, yaw=yaw)
    view = camera(column)
    row, col = (grid.ravel().astype(float) for grid in np.mgrid[: view.height, : view.width])
    with tracer(scene.world) as trace:
        rays = view.rays(col, row)
        layers = trace.layers(now, rays)
        body = trace.first_hits(now, rays, layers).body.reshape(view.height, view.width)
        blank = np.ones((view.height, view.width, 3))
        reading = SimpleNamespace(view=view, body=body, silhouettes=silhouettes(layers, view),
                                  signal=blank, noise=blank, exposure=0.01)  # fmt: skip
        label = next(one for one in annotate(trace, now, reading, {}, 0) if one.number == 2)
        found = in_image(trace, now, view, now.things[1])
        held = outline(trace, now, view, now.things[1])
    assert found["truncation"] == label.truncation
    assert found["height"] == label.amodal_box[3] - label.amodal_box[1] + 1
    assert np.count_nonzero(held.mask) == label.amodal_pixels


@pytest.mark.parametrize(("left", "yaw", "side"), [
    (0.0, 0.0, 0.0), (0.0, pi / 2, pi / 2), (0.0, -pi / 2, -pi / 2), (30.0, pi / 4, 0.0),
    (-30.0, -3 * pi / 4, -pi / 2),
])  # fmt: skip
def test_the_side_is_heading_minus_bearing(scenes, left, yaw, side):
    _, now = one(scenes, left=left, yaw=yaw)
    assert facing(camera(), now.things[1]) == pytest.approx(side, abs=1e-9)


@given(st.floats(-7, 7), st.floats(0.01, tau), st.floats(0, 0.999), st.integers(-2, 2))
def test_sides_are_asked_for_any_turn_round(least, wide, share, turns):
    asked = event(aspect_least=least, aspect_most=least + wide)
    inside = least + (0.001 + 0.998 * share) * wide
    assert shows_side(asked, inside + turns * tau)
    if wide < tau - 0.02:
        beyond = least + wide + 0.01 + share * (tau - wide - 0.02)
        assert not shows_side(asked, beyond + turns * tau)


def test_the_back_is_asked_for_on_both_sides_of_zero():
    back = event(aspect_least=radians(-45), aspect_most=radians(45))
    same = event(aspect_least=radians(315), aspect_most=radians(405))
    seen = {0: True, 44: True, -44: True, 359: True, 46: False, -46: False, 180: False, -180: False}
    for degrees, fits in seen.items():
        assert shows_side(back, radians(degrees)) == fits
        assert shows_side(same, radians(degrees)) == fits
    assert shows_side(back, back.aspect_least)
    assert not shows_side(back, back.aspect_most)


def test_only_who_stands_as_asked_is_met(scenes):
    half = camera(column=EDGE)
    assert met(scenes, event(truncation_least=0.3, truncation_most=0.6), half) is not None
    assert met(scenes, event(truncation_most=0.3), half) is None
    assert met(scenes, event(truncation_least=0.6), half) is None
    assert met(scenes, event(height_least=33, height_most=34), half) is not None
    assert met(scenes, event(height_least=34), half) is None
    assert met(scenes, event(height_most=33), half) is None
    assert met(scenes, event(aspect_least=1, aspect_most=2), half) is None
    assert met(scenes, event(aspect_least=1, aspect_most=2), half, yaw=1.5) is not None


def test_only_what_was_asked_for_is_told(scenes):
    assert met(scenes, event(), camera()).more == {}
    told = met(scenes, event(height_least=10, aspect_least=-1, aspect_most=1), camera(), yaw=0.5)
    assert sorted(told.more) == ["aspect", "height"]
    assert told.more["aspect"] == pytest.approx(np.degrees(0.5))


def test_speeds_of_the_ego_car_have_bounds_as_bins_have():
    asked = event(ego_speed_least=10.0, ego_speed_most=15.0)
    assert [drives_so(asked, speed) for speed in (9.99, 10.0, 14.99, 15.0)] == [
        False, True, True, False,
    ]  # fmt: skip
    assert asks(asked, "ego_speed")
    assert not asks(event(), "ego_speed")
