import numpy as np
import pytest

from synthgen.physics.wind import EDDY, SPREAD, STEP, gusts, push, sideways
from synthgen.rng import stream


def test_gusts_have_the_mean_and_spread_of_their_wind():
    wind = gusts(12.0, 20_000.0, stream(0, "wind"))
    assert wind.mean() == pytest.approx(12.0, rel=0.03)
    assert wind.std() == pytest.approx(12.0 * SPREAD, rel=0.05)
    assert wind.min() >= 0


def test_gusts_forget_themselves_in_the_time_an_eddy_takes_to_pass():
    wind = gusts(10.0, 40_000.0, stream(1, "wind"))
    lag = round(EDDY / 10.0 / STEP)
    assert np.corrcoef(wind[:-lag], wind[lag:])[0, 1] == pytest.approx(np.exp(-1), abs=0.05)


def test_calm_air_pushes_nobody():
    assert (gusts(0.0, 5.0, stream(0, "wind")) == 0).all()


def test_side_wind_on_a_standing_bus_is_the_textbook_drag():
    force = push(np.array([20.0]), np.pi / 2, np.zeros(1), np.zeros(1), (12.0, 3.1))
    np.testing.assert_allclose(force, 0.5 * 1.225 * 1.1 * 12 * 3.1 * 400)


def test_head_wind_has_no_side_force_and_wind_to_the_right_a_negative_one():
    args = np.array([15.0]), np.array([10.0]), np.zeros(1), (7.0, 3.0)
    wind, speed, yaw, box = args
    assert abs(push(wind, np.pi, speed, yaw, box)[0]) < 1e-9
    assert push(wind, -np.pi / 2, speed, yaw, box)[0] < 0


def test_wind_to_the_left_tips_a_van_to_the_left():
    assert sideways(np.array([1000.0]), 2000.0)[0] < 0
