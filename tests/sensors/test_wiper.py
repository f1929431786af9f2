import numpy as np
import pytest

from synthgen.sensors.wiper import SWING, Wiper, bearing, radius, under_blade

PLACES = np.random.default_rng(0).uniform([-0.08, -0.03], [0.08, 0.03], (50, 2))


@pytest.mark.parametrize("number", [0, 1, 7])
def test_the_blade_is_where_it_wipes(number):
    wiper = Wiper(1.1, 0.3)
    for place, time in zip(PLACES, wiper.passes(number, PLACES), strict=True):
        np.testing.assert_allclose(wiper.angle(time), bearing(place[None])[0], atol=1e-6)
        assert under_blade(wiper.angle(time), place[None])[0] == 1


def test_it_swings_to_and_fro_without_a_jump():
    wiper = Wiper(0.9)
    angle = np.array([wiper.angle(time) for time in np.arange(0, 4, 0.001)])
    assert np.abs(np.diff(angle)).max() < 0.02
    np.testing.assert_allclose([angle.min(), angle.max()], SWING, atol=1e-4)


def test_the_last_pass_is_past_and_no_more_than_two_periods_ago():
    wiper = Wiper(0.8, 0.1)
    for time in np.arange(2, 5, 0.07):
        age = time - wiper.last_pass(time, PLACES)
        assert age.min() >= 0
        assert age.max() <= 2 * 0.8


def test_the_axle_is_as_far_from_all_points_of_a_circle():
    turn = np.linspace(-1, 1, 9)
    ring = np.stack([-0.16 + 0.3 * np.sin(turn), 0.46 - 0.3 * np.cos(turn)], -1)
    np.testing.assert_allclose(radius(ring), 0.3)
    np.testing.assert_allclose(bearing(ring), turn)
