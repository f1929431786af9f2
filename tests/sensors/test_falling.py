import numpy as np
import pytest

from synthgen.precipitation import flake_size, flake_speed, rain_sizes, snow_sizes
from synthgen.rng import stream
from synthgen.scene import moment
from synthgen.sensors.camera import view_of
from synthgen.sensors.falling import (
    FARTHEST,
    MARGIN,
    NEAREST,
    THINNEST,
    drops,
    fall_speed,
    flakes,
)


@pytest.fixture
def view(rig, scenes):
    return view_of(rig.camera("image_2"), moment(scenes([]), 0.0))


def test_drops_fall_as_fast_as_measured():
    np.testing.assert_allclose(fall_speed(np.array([1e-3, 2e-3, 5e-3])), [4.0, 6.5, 9.1], atol=0.1)


@pytest.mark.parametrize("rate", [5.0, 50.0])
def test_as_many_drops_as_the_rain_holds(view, rate):
    # Those from 2 to 3 mm, out to 4 m, which is nearer than any of them gets too thin.
    assert view.matrix[0, 0] * 2e-3 / THINNEST > 4.0
    found = drops(view, rain_sizes(rate), stream(1, "rain"))
    pixel, depth = view.project(found.position)
    chosen = (found.diameter > 2e-3) & (found.diameter < 3e-3) & (depth < 4.0)
    area = (view.width + 2 * MARGIN) * (view.height + 2 * MARGIN) / view.matrix[0, 0] ** 2
    volume = area * (4.0**3 - NEAREST**3) / 3
    density = rain_sizes(rate).number(2e-3) - rain_sizes(rate).number(3e-3)
    wanted = density * volume
    assert abs(chosen.sum() - wanted) < 4 * np.sqrt(wanted) + 0.01 * wanted
    assert np.all(np.abs(pixel[:, 0] - view.width / 2) <= view.width / 2 + MARGIN + 1)
    assert depth.min() >= NEAREST - 1e-9
    assert depth.max() <= FARTHEST


def test_flakes_are_white_slow_and_tumble(view):
    found = flakes(view, snow_sizes(1.0), stream(2, "snow"))
    assert found.white == 0.9
    assert found.diameter.min() >= flake_size(np.array(0.2e-3))
    assert 1e-3 < np.median(found.diameter) < 10e-3
    np.testing.assert_allclose(
        -found.velocity[:, 2].mean(), flake_speed(found.diameter).mean(), atol=0.05
    )
    assert 0.1 < found.velocity[:, 0].std() < 0.5
    assert np.all(found.area <= np.pi / 4 * found.diameter**2 * 1.001)


def test_dry_air_holds_nothing(view):
    assert len(drops(view, rain_sizes(0.0), stream(9, "rain")).diameter) == 0
    assert len(flakes(view, snow_sizes(0.0), stream(9, "snow")).diameter) == 0
