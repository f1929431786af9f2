import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthgen.physics.grip import DRY, ICE, SNOW, braking, grip, stopping_distance
from synthgen.physics.travel import GRAVITY
from synthgen.snowpack import pressed_share

SHARE = st.floats(0, 1)


def test_a_dry_road_holds_at_any_speed():
    assert grip(0.0, 0.0, 0.0) == grip(0.0, 0.0, 40.0) == DRY
    assert grip(0.0, 1.0, 20.0) == pytest.approx(ICE)


@given(SHARE, SHARE, st.floats(0, 60), SHARE)
def test_grip_is_between_ice_and_dry_asphalt(wetness, ice, speed, snow):
    assert ICE - 1e-9 <= grip(wetness, ice, speed, snow) <= DRY + 1e-9


@given(SHARE, SHARE, st.floats(0, 59), SHARE, SHARE)
def test_more_water_more_ice_more_snow_or_more_speed_never_help(wetness, ice, speed, snow, more):
    here = grip(wetness, ice, speed, snow)
    assert grip(wetness + more * (1 - wetness), ice, speed, snow) <= here + 1e-12
    assert grip(wetness, ice + more * (1 - ice), speed, snow) <= here + 1e-12
    assert grip(wetness, ice, speed + more, snow) <= here + 1e-12
    assert grip(wetness, ice, speed, snow + more * (1 - snow)) <= here + 1e-12


def test_pressed_snow_holds_a_quarter_of_what_dry_asphalt_does():
    assert grip(0.0, 0.0, 14.0, 1.0) == pytest.approx(SNOW)
    assert 0.2 <= grip(0.3, 0.0, 14.0, pressed_share(10.0)) <= 0.3
    assert grip(0.3, 0.0, 14.0, pressed_share(0.0)) == grip(0.3, 0.0, 14.0)


def test_a_flooded_road_at_motorway_speed_is_aquaplaning():
    assert grip(1.0, 0.0, 33.0) < 0.2 < grip(1.0, 0.0, 15.0)


@pytest.mark.parametrize("speed", [5.0, 13.9, 27.8])
def test_the_stopping_distance_on_dry_asphalt_is_v_squared_over_2_mu_g(speed):
    way = stopping_distance(0.0, 0.0, speed)
    assert way == pytest.approx(speed**2 / (2 * DRY * GRAVITY), rel=1e-4)


def test_drivers_brake_as_they_like_while_the_road_allows_it():
    assert braking(0.0, 0.0, 14.0, 4.5) == 4.5
    assert braking(1.0, 0.5, 14.0, 8.0) == pytest.approx(GRAVITY * grip(1.0, 0.5, 14.0))


@pytest.mark.parametrize("bad", [(1.1, 0, 5), (0, -0.1, 5), (0.2, 0, 70)])
def test_outside_its_range_grip_is_an_error(bad):
    with pytest.raises(ValueError, match="must be"):
        grip(*bad)
