import numpy as np
import pytest

from synthgen.density import depths
from synthgen.weather.smoke import STEP, chimney, fire, plume

EVEN = np.zeros((0, 4))
HERE = (10.0, -5.0, 2.0)
WIND = np.array([3.0, 0.0])


def content(rows):
    """Extinction cross section [m2] of all puffs."""
    precision = rows[:, 3:9]
    found = []
    for (xx, yy, zz, xy, xz, yz), peak in zip(precision, rows[:, 9], strict=True):
        volume = np.linalg.det([[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]]) ** -0.5
        found.append(peak * (2 * np.pi) ** 1.5 * volume)
    return np.array(found)


def test_a_plume_holds_the_smoke_that_its_fire_has_given_off():
    vent = fire(HERE, 3.0, 0)
    held = [content(plume(vent, WIND, 100.0, seed)).sum() for seed in range(60)]
    np.testing.assert_allclose(np.mean(held), vent.flux * STEP * 90, rtol=0.15)


def test_three_megawatts_give_off_a_hundred_square_metres_of_smoke_a_second():
    np.testing.assert_allclose(fire(HERE, 3.0, 0).flux, 108.75)
    np.testing.assert_allclose(fire(HERE, 1.0, 0).buoyancy, 6.3, rtol=0.02)


def test_smoke_drifts_with_the_wind_and_rises():
    for wind in (np.array([4.0, 0.0]), np.array([0.0, -4.0])):
        rows = plume(fire(HERE, 3.0, 0), wind, 50.0, 1)
        away = (rows[:, :2] - HERE[:2]) @ wind / 4.0
        assert np.average(away, weights=content(rows)) > 30.0
        assert (rows[away > 20.0, 2] > HERE[2] + 2.0).mean() > 0.9


def test_each_billow_drifts_on_with_the_wind_from_frame_to_frame():
    vent = fire(HERE, 3.0, 0)
    now, *later = (plume(vent, WIND, t, s) for t, s in ((50.0, 1), (50.1, 1), (50.1, 2)))
    moved = (now[:, :3] + 0.1 * now[:, 10:13])[now[:, 0] - HERE[0] > 3.0]
    same, other = (
        np.linalg.norm(rows[None, :, :3] - moved[:, None], axis=2).min(axis=1) for rows in later
    )
    assert np.quantile(same, 0.9) < 0.25
    assert np.median(same) < 0.25 * np.median(other)


@pytest.mark.parametrize("speed", [0.0, 0.3])
def test_in_still_air_smoke_goes_up(speed):
    rows = plume(fire(HERE, 3.0, 0), np.array([speed, 0.0]), 40.0, 1)
    assert np.isfinite(rows).all()
    assert np.average(rows[:, 2], weights=content(rows)) > 15.0


HIDING = [(fire(HERE, 3.0, 0), 3.0, 400.0), (chimney(HERE, 0.2, 0.5, 0), 0.1, 3.0)]


@pytest.mark.parametrize(("vent", "least", "most"), HIDING)
def test_a_fire_hides_what_is_behind_it_and_a_chimney_shows_against_the_sky(vent, least, most):
    rows = plume(vent, WIND, 60.0, 2)
    depth = [_across(rows, z) for z in np.arange(1.0, 9.0, 0.25)]
    assert least < max(depth) < most


def _across(rows, z):
    start = np.array([[13.0, -40.0, z]])
    way, far = np.array([[0.0, 1.0, 0.0]]), np.array([100.0])
    return depths(rows, EVEN, np.ones(1), start, way, far, np.zeros(1))[0]
