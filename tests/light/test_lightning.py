from itertools import pairwise

import numpy as np
import pytest

from synthgen.light.lightning import SEEN, flash_sky, strokes, struck
from synthgen.light.sky import sky
from synthgen.rng import stream
from synthgen.world import Environment, Stroke

STORM = Environment(-0.6, 0, -0.5, 0, 0, 1.0, 40, 2e4, 17, 0, 0.8, 0.02, True)
FRAMES = tuple(3.0 * n + 8 for n in range(10))


@pytest.mark.parametrize("seed", range(20))
def test_a_flash_lights_one_frame_of_ten(seed):
    found = strokes(1000.0, FRAMES, stream(seed, "flash"))
    lit = [time for time in FRAMES if struck(found, time)]
    assert len(lit) == 1
    assert found[0].time == lit[0]
    assert all(b.time > a.time for a, b in pairwise(found))


def test_flashes_to_the_ground_have_several_strokes_the_first_the_brightest():
    every = [strokes(1000.0, FRAMES, stream(seed, "flash")) for seed in range(300)]
    ground = [found for found in every if found[0].illuminance]
    assert len(ground) / 300 == pytest.approx(0.6, abs=0.1)
    assert np.mean([len(found) for found in ground]) == pytest.approx(3.5, abs=0.4)
    assert all(one.luminance < found[0].luminance for found in ground for one in found[1:])


def test_without_lightning_there_is_no_stroke():
    assert strokes(0.0, FRAMES, stream(1, "flash")) == ()
    assert struck((), 8.0) is None


def test_of_two_strokes_within_a_picture_the_brighter_counts():
    one, two = Stroke(1.0, 100, 0, 0.2, 0.0), Stroke(1.0 + SEEN / 2, 300, 0, 0.2, 0.0)
    assert struck((one, two), 1.0) is two
    assert struck((one, two), 1.0 - SEEN / 2) is one


def test_light_and_shadows_come_from_the_strokes_side():
    stroke = Stroke(0.0, 1000.0, np.pi * 1000.0, np.deg2rad(20), np.deg2rad(130))
    lit = flash_sky(STORM, stroke)
    assert np.degrees(np.arctan2(lit.direction[1], lit.direction[0])) == pytest.approx(130)
    assert np.degrees(np.arcsin(lit.direction[2])) == pytest.approx(20)
    assert lit.direct[1] == pytest.approx(np.pi * 1000)
    assert lit.illuminance > 1000 > sky(STORM).illuminance


def test_a_flash_in_the_cloud_lights_without_a_direction():
    hidden = flash_sky(STORM, Stroke(0.0, 1000.0, 0.0, 0.3, 1.0))
    np.testing.assert_array_equal(hidden.direction, sky(STORM).direction)
    assert hidden.illuminance > 1000
