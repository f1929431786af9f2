"""Vehicles: published pass-by levels, orders of engines, warning tones of electric cars."""

import numpy as np
import pytest

from synthgen.sound.engines import ENGINES, avas_level, avas_pitch
from synthgen.sound.road_noise import (
    HEAVY,
    LIGHT,
    category_of,
    engine_levels,
    passing_level,
    tyre_levels,
)
from synthgen.sound.spectrum import a_level


def test_a_car_at_50_passes_at_what_is_published():
    assert 67 < passing_level(LIGHT, 50 / 3.6, 7.5) < 73
    assert 76 < passing_level(HEAVY, 50 / 3.6, 7.5) < 84


def test_tyres_are_cnossos_at_70_and_rise_with_speed():
    levels = tyre_levels(LIGHT, np.array([70 / 3.6]))[0]
    np.testing.assert_allclose(levels + 14.0, [79.7, 85.7, 84.5, 90.2, 97.3, 93.9, 84.1, 74.3])
    faster = tyre_levels(LIGHT, np.array([140 / 3.6]))[0]
    np.testing.assert_allclose(faster[4] - levels[4], 32.5 * np.log10(2))


def test_a_wet_road_is_louder_above_1_kilohertz_only():
    dry, wet = (tyre_levels(LIGHT, np.array([14.0]), w)[0] for w in (0.0, 1.0))
    assert (wet[:3] == dry[:3]).all()
    assert ((wet - dry)[4:] >= 3).all()
    assert ((wet - dry)[4:] <= 8).all()


def test_standing_cars_idle_and_their_tyres_are_silent():
    assert a_level(tyre_levels(LIGHT, np.zeros(1)))[0] < -80
    assert a_level(engine_levels(LIGHT, np.zeros(1)))[0] > 60


@pytest.mark.parametrize("name", sorted(ENGINES))
def test_engines_idle_at_rest_and_change_up_in_time(name):
    engine = ENGINES[name]
    speed = np.concatenate([np.zeros(100), np.linspace(0, 30, 400)])
    turns = engine.turns(speed, 0.02)
    np.testing.assert_allclose(turns[0], engine.idle, rtol=1e-3)
    assert turns[: np.argmax(speed > 20)].max() <= engine.change + 1e-9


def test_the_orders_of_an_engine_sum_up_to_one():
    for engine in ENGINES.values():
        timbre = engine.timbre()
        np.testing.assert_allclose((timbre.amplitude**2 / 2).sum(axis=1), 1.0)
        assert timbre.amplitude[0].argmax() + 1 == engine.cylinders


def test_electric_cars_warn_by_the_regulation():
    at_two = avas_level(np.array([10.0, 20.0]) / 3.6) - 20 * np.log10(2)
    assert (at_two >= [50, 56]).all()
    assert (at_two <= 75).all()
    pitch = avas_pitch(np.array([10.0, 11.0]) / 3.6)
    assert pitch[1] / pitch[0] >= 1.008
    assert avas_level(np.array([40 / 3.6]))[0] < 10


def test_walkers_and_bicycles_make_no_noise_that_counts():
    assert category_of("pedestrian", "adult") == ""
    assert category_of("bicycle", "bicycle") == ""
    assert category_of("truck", "articulated_truck") == HEAVY
