import numpy as np
import pytest

from synthgen.light import illuminance
from synthgen.light.dome import cloudiness, disc, radiances
from synthgen.light.illuminance import moon_horizontal, sun_horizontal, sun_normal
from synthgen.light.sky import sky
from synthgen.snowpack import ground_reflectance
from synthgen.world import Environment


def surroundings(**changes):
    numbers = {
        "sun_elevation": -0.6, "sun_azimuth": 0.4, "moon_elevation": -0.5, "moon_azimuth": 2.0,
        "moon_phase": 0.0, "cloud": 0.0, "rain": 0.0, "visibility": 2e4, "wind": 0.0,
        "wind_azimuth": 1.0, "wetness": 0.0, "skyglow": 0.0, "power": True,
    }  # fmt: skip
    return Environment(**(numbers | changes))


def test_clear_noon_gives_about_100_klx():
    # Bright sun 110 klx (Schlyter, "Radiometry and photometry in astronomy").
    assert sky(surroundings(sun_elevation=np.deg2rad(60))).illuminance == pytest.approx(
        103e3, rel=0.1
    )


def test_overcast_day_gives_10_to_25_klx():
    assert 10e3 < sky(surroundings(sun_elevation=np.deg2rad(40), cloud=1.0)).illuminance < 25e3


def test_an_overcast_over_snow_is_brighter_by_what_goes_to_and_fro_and_so_is_the_ground():
    bare, snow = (surroundings(sun_elevation=0.5, cloud=1.0, snow_cover=cm) for cm in (0.0, 20.0))
    gain = sky(snow).illuminance / sky(bare).illuminance
    ground = ground_reflectance(np.array([0.15, 0.145, 0.135]), 0.2)
    level = [float(illuminance.luminance(one)) for one in (np.array([0.15, 0.145, 0.135]), ground)]
    assert gain == pytest.approx((1 - 0.6 * level[0]) / (1 - 0.6 * level[1]), rel=2e-3)
    shown = [float(illuminance.luminance(sky(one).dome.ground)) for one in (bare, snow)]
    assert shown[1] / shown[0] == pytest.approx(gain * level[1] / level[0], rel=5e-3)


def test_full_moon_gives_a_quarter_lux():
    full = surroundings(moon_elevation=np.deg2rad(65), moon_phase=1.0)
    assert sky(full).illuminance == pytest.approx(0.25, rel=0.15)


def test_half_moon_gives_a_tenth_of_full_moon():
    # The half moon is about 2.5 magnitudes fainter than the full moon (Krisciunas, Schaefer 1991).
    assert moon_horizontal(0.8, 0.5) / moon_horizontal(0.8, 1.0) == pytest.approx(0.1, rel=0.4)


def test_civil_twilight_ends_at_three_lux():
    assert sun_horizontal(np.deg2rad(-6)) == pytest.approx(3.4, rel=0.1)


def test_shade_at_noon_gets_about_a_sixth_of_the_light():
    high = np.deg2rad(60)
    shade = sun_horizontal(high) - sun_normal(high) * np.sin(high)
    assert 12e3 < shade < 22e3


@pytest.mark.parametrize("cloud", [0.0, 1.0])
@pytest.mark.parametrize("degrees", [50, 15, 3, 0, -3, -8])
def test_light_falls_with_the_sun(cloud, degrees):
    higher = sky(surroundings(sun_elevation=np.deg2rad(degrees + 3), cloud=cloud)).illuminance
    assert (
        0 < sky(surroundings(sun_elevation=np.deg2rad(degrees), cloud=cloud)).illuminance < higher
    )


def test_sky_luminance_adds_up_to_its_illuminance():
    bright = sky(surroundings(sun_elevation=0.8, cloud=1.0))
    z = (np.arange(60) + 0.5) / 60
    azimuth = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    z, azimuth = (grid.ravel() for grid in np.meshgrid(z, azimuth))
    flat = np.sqrt(1 - z * z)
    way = np.stack([flat * np.cos(azimuth), flat * np.sin(azimuth), z], axis=1)
    total = (2 * np.pi / len(z)) * (z @ radiances(bright.dome, way)) @ [0.2126, 0.7152, 0.0722]
    assert total == pytest.approx(bright.illuminance, rel=0.05)


def test_clear_sky_is_blue_and_overcast_is_grey():
    up = np.array([[0.0, 0.0, 1.0]])
    clear, cover = (
        radiances(sky(surroundings(sun_elevation=0.7, cloud=c)).dome, up)[0] for c in (0.0, 1.0)
    )
    assert clear[2] > 1.5 * clear[0]
    assert cover[2] < 1.3 * cover[0]


def test_low_sun_is_redder_than_high_sun():
    high, low = (sky(surroundings(sun_elevation=e)).direct for e in (1.0, 0.05))
    assert low[0] / low[2] > 2 * high[0] / high[2]


def test_horizon_towards_a_sun_just_set_is_warmer_than_the_zenith():
    dusk = sky(surroundings(sun_elevation=np.deg2rad(-3), sun_azimuth=0.0))
    west, up = radiances(dusk.dome, np.array([[0.999, 0.0, 0.04], [0.0, 0.0, 1.0]]))
    assert west[0] / west[2] > 1.5 * up[0] / up[2]


def test_lightning_lights_the_ground():
    dark, flash = (sky(surroundings(cloud=1.0), flash=b).illuminance for b in (0.0, 1000.0))
    assert flash > dark + 1000


def test_lamps_go_on_when_it_gets_dark():
    assert not sky(surroundings(sun_elevation=0.5)).dark
    assert sky(surroundings(sun_elevation=-0.1)).dark


def test_sun_disc_is_half_a_degree_wide():
    noon = sky(surroundings(sun_elevation=0.7))
    side = np.cross(noon.direction, [0.0, 0.0, 1.0])
    side /= np.linalg.norm(side)
    for degrees, seen in ((0.25, True), (0.29, False)):
        angle = np.deg2rad(degrees)
        way = np.cos(angle) * noon.direction + np.sin(angle) * side
        assert (disc(noon.dome, *way)[0] > 0) == seen


def test_radiance_is_never_negative():
    rng = np.random.default_rng(1)
    way = rng.normal(size=(500, 3))
    way /= np.linalg.norm(way, axis=1, keepdims=True)
    for degrees in (70, 10, 1, -2, -7, -30):
        for cloud in (0.0, 0.5, 1.0):
            values = radiances(
                sky(surroundings(sun_elevation=np.deg2rad(degrees), cloud=cloud)).dome, way
            )
            assert np.isfinite(values).all()
            assert (values >= 0).all()


def test_under_a_closed_cover_there_are_no_shadows_and_the_light_is_that_of_the_cover():
    bright, broken, closed = (
        sky(surroundings(sun_elevation=0.7, cloud=cover)) for cover in (0.0, 0.5, 0.9)
    )
    assert bright.direct[1] > broken.direct[1] > 0.3 * bright.direct[1]
    assert closed.direct.max() == 0.0
    expected = 1 - 0.75 * 0.9**3.4
    assert closed.illuminance / bright.illuminance == pytest.approx(expected, rel=0.15)


def test_the_sun_lights_level_ground_as_the_naval_observatory_says():
    """Janiczek and DeYoung 1987, figure 1: 103 klx with the sun at 60 degrees, clear sky.

    IESNA RP-21-84 gives 128 klx e^(-0.21 m) sin h = 87 klx by the sun alone.
    """
    air = sky(surroundings(sun_elevation=np.deg2rad(60), cloud=0.0))
    sun = float(illuminance.luminance(air.direct)) * np.sin(np.deg2rad(60))
    assert sun == pytest.approx(128e3 * np.exp(-0.21 / np.sin(np.deg2rad(60))) * 0.8660, rel=0.01)
    assert air.illuminance == pytest.approx(illuminance.sun_horizontal(np.deg2rad(60)), rel=0.02)


def test_a_full_moon_overhead_gives_a_quarter_of_a_lux():
    """0.27 lx: Janiczek and DeYoung 1987, full moon at the zenith at mean distance."""
    air = sky(
        surroundings(
            sun_elevation=-1.0,
            moon_elevation=np.deg2rad(89),
            moon_phase=1.0,
            cloud=0.0,
            skyglow=0.0,
        )
    )
    assert air.illuminance == pytest.approx(0.267, rel=0.05)


@pytest.mark.parametrize("phase", [0.1, 0.5, 0.8])
def test_the_moons_lit_share_is_its_phase_and_its_bright_side_looks_at_the_sun(phase):
    above = {"moon_elevation": 0.6, "moon_azimuth": 0.0, "moon_phase": phase}
    dome = sky(surroundings(sun_elevation=-0.5, sun_azimuth=1.2, cloud=0.0, **above)).dome
    middle = np.array([np.cos(0.6), 0.0, np.sin(0.6)])
    left, up = np.array([0.0, 1.0, 0.0]), np.array([-np.sin(0.6), 0.0, np.cos(0.6)])
    grid = np.linspace(-1, 1, 161) * np.arccos(dome.discs[1, 3]) * 0.999
    a, b = (each.ravel() for each in np.meshgrid(grid, grid))
    inside = np.hypot(a, b) < grid[-1]
    rays = middle + np.outer(a[inside], left) + np.outer(b[inside], up)
    rays /= np.linalg.norm(rays, axis=1)[:, None]
    lit = np.array([disc(dome, *ray)[1] > 0 for ray in rays])
    assert lit.mean() == pytest.approx(phase, abs=0.02)
    sun = np.array([np.cos(0.5) * np.cos(1.2), np.cos(0.5) * np.sin(1.2), -np.sin(0.5)])
    toward = np.array([sun @ left, sun @ up])
    bright = np.array([a[inside][lit].mean(), b[inside][lit].mean()])
    cosine = bright @ toward / np.linalg.norm(bright) / np.linalg.norm(toward)
    assert cosine > 0.999


@pytest.mark.parametrize("cloud", [0.1, 0.3, 0.5])
def test_sunlit_clouds_are_brighter_than_the_sky_and_the_ground_gets_what_it_should(cloud):
    air = sky(surroundings(sun_elevation=0.6, sun_azimuth=0.0, cloud=cloud))
    assert air.illuminance == pytest.approx(
        sun_horizontal(0.6) * illuminance.cloud_factor(cloud), rel=0.05
    )
    round_ = np.deg2rad(np.linspace(120, 240, 80))
    heights = np.deg2rad(np.linspace(4, 40, 40))
    round_, heights = (grid.ravel() for grid in np.meshgrid(round_, heights))
    way = np.stack(
        [np.cos(heights) * np.cos(round_), np.cos(heights) * np.sin(round_), np.sin(heights)], 1
    )
    cover = np.array([cloudiness(air.dome, *one)[0] for one in way])
    level = illuminance.luminance(radiances(air.dome, way))
    assert level[cover > 0.8].mean() > 1.5 * level[cover < 0.05].mean()


@pytest.mark.parametrize(
    ("degrees", "low", "high"), [(-0.83, 410, 585), (-6, 2, 3.5), (-12, 0.0068, 0.0092)]
)
def test_twilight_is_as_bright_as_the_meteorological_society_says(degrees, low, high):
    """Source: American Meteorological Society, Glossary of Meteorology, "civil twilight" and
    "astronomical twilight": 585 to 410 lx at sunset, 3.5 to 2 lx at 6, 0.008 lx at 12 degrees.
    """
    found = sky(surroundings(sun_elevation=np.deg2rad(degrees), moon_elevation=-0.5, skyglow=0.0))
    assert low <= found.illuminance <= high


def test_at_the_end_of_twilight_sunlight_is_as_much_as_the_night_has():
    """Source: as above, 6e-4 lx of scattered sunlight at 18 degrees, less than that of stars."""
    end, later = (
        sky(surroundings(sun_elevation=np.deg2rad(h), moon_elevation=-0.5, skyglow=0.0)).illuminance
        for h in (-17.99, -30.0)
    )
    assert end - later == pytest.approx(6e-4, rel=0.1)
