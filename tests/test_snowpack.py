import numpy as np
import pytest

from synthgen.snowpack import (
    FRESH,
    ROUGH,
    between_clouds_and_ground,
    ground_reflectance,
    hidden_share,
)


def test_three_centimetres_hide_most_of_bare_ground_and_ten_all():
    assert hidden_share(0.0, ROUGH) == 0.0
    assert hidden_share(0.03, ROUGH) == pytest.approx(0.834, abs=1e-3)
    assert hidden_share(0.10, ROUGH) > 0.999


def test_rougher_ground_stands_out_of_deeper_snow():
    assert hidden_share(0.02, 2 * ROUGH) == pytest.approx(hidden_share(0.01, ROUGH))


def test_a_district_without_snow_keeps_its_very_reflectance_and_under_snow_is_whitish():
    bare = np.array([0.15, 0.145, 0.135])
    np.testing.assert_array_equal(ground_reflectance(bare, 0.0), bare)
    white = ground_reflectance(bare, 0.2)
    assert (white > 3.9 * bare).all()
    assert (white < FRESH).all()


@pytest.mark.parametrize("cloud", [0.0, 0.4, 1.0])
def test_skylight_over_snow_is_the_sum_of_all_bounces(cloud):
    above, light = 0.0685 + 0.5315 * cloud, []
    for ground in (0.15, 0.6):
        rays = [(ground * above) ** bounce for bounce in range(200)]
        light.append(sum(rays))
    found = between_clouds_and_ground(cloud, 0.6, 0.15)
    assert found == pytest.approx(light[1] / light[0], rel=1e-12)


def test_light_grows_by_two_fifths_under_an_overcast_and_little_under_a_clear_sky():
    assert 1.35 < between_clouds_and_ground(1.0, 0.6, 0.15) < 1.5
    assert 1.02 < between_clouds_and_ground(0.0, 0.6, 0.15) < 1.05
