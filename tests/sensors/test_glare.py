import numpy as np
import pytest

from synthgen.sensors.glare import OCTAVES, Spots, glared, weights

HEIGHT, WIDTH = 120, 300


def lamp(column, row, height=HEIGHT, width=WIDTH):
    radiance = np.zeros((height, width, 3))
    radiance[row, column] = [1e5, 2e5, 3e5]
    return radiance


def widened(image, rim):
    return np.pad(image, ((rim, rim), (rim, rim), (0, 0)))


@pytest.mark.parametrize("place", [(150, 60), (3, 117), (290, 5)])
def test_glare_keeps_the_energy_and_what_leaves_the_frame_is_lost(place):
    rim = 3 * 819
    radiance = lamp(*place)
    wide = glared(widened(radiance, rim), 0.05)
    np.testing.assert_allclose(wide.sum(axis=(0, 1)), radiance.sum(axis=(0, 1)), rtol=1e-3)
    # The frame is that part of the whole: what it lacks fell beside it.
    inside = wide[rim:-rim, rim:-rim]
    np.testing.assert_allclose(glared(radiance, 0.05), inside, rtol=0.3, atol=1e-4 * 1e5 * 0.05)
    assert inside.sum() < (1 - 0.05 * 0.25) * radiance.sum()


def test_scatter_follows_the_law_of_veiling_glare():
    # 1 / r^2 with equal light in each of ten octaves: share / (2 pi ln 2^10 r^2).
    radiance = lamp(700, 200, 400, 1400)
    veil = glared(radiance, 0.02)[200, :, 1] / 2e5 / 0.02
    away = np.array([6, 12, 25, 50, 100, 200, 400])
    law = 1 / (2 * np.pi * np.log(2**OCTAVES) * away**2)
    np.testing.assert_allclose(veil[700 + away], law, rtol=0.08)
    slope = np.polyfit(np.log(away), np.log(veil[700 + away]), 1)[0]
    assert -2.15 < slope < -1.85


def test_a_soiled_lens_keeps_its_scatter_nearer():
    clean, soiled = weights(0.1), weights(0.0, 0.1)
    np.testing.assert_allclose([clean.sum(), soiled.sum()], 0.1)
    assert soiled[:3].sum() > 1.5 * clean[:3].sum()
    assert np.all(weights(0.02, 0.05) >= 0)


def test_glare_leaves_an_even_field_alone():
    even = np.full((HEIGHT, WIDTH, 3), 7.0)
    np.testing.assert_allclose(glared(even, 0.05), even, rtol=1e-5)


def test_black_in_a_white_field_lies_at_the_glare_index():
    # ISO 9358: a black patch in an even field shows what is scattered from farther than its rim.
    white = np.full((400, 800, 3), 100.0)
    white[180:221, 380:421] = 0.0
    index = glared(white, 0.03)[200, 400, 0] / 100.0
    within = np.log(20 / 1.6) / np.log(2**OCTAVES)
    np.testing.assert_allclose(index, 0.03 * (1 - within), rtol=0.15)


def test_a_spot_scatters_as_if_it_were_in_the_image():
    radiance = lamp(150, 60)
    spot = Spots(np.array([[150.0, 60.0]]), np.array([[1e5, 2e5, 3e5]]))
    alone = glared(np.zeros_like(radiance), 0.05, spot)
    np.testing.assert_allclose(alone, glared(radiance, 0.05) - 0.95 * radiance, atol=0.05)


@pytest.mark.parametrize("place", [(420, 60), (-60, 30), (150, -90)])
def test_a_source_beside_the_frame_veils_it(place):
    spot = Spots(np.array([place], float), np.full((1, 3), 1e8))
    found = glared(np.zeros((HEIGHT, WIDTH, 3)), 0.05, spot)[..., 1]
    row, column = np.mgrid[:HEIGHT, :WIDTH]
    away = np.hypot(column - place[0], row - place[1])
    law = 0.05 * 1e8 / (2 * np.pi * np.log(2**OCTAVES) * away**2)
    np.testing.assert_allclose(np.median(found / law), 1.0, atol=0.3)
    near = found[away < np.quantile(away, 0.1)].mean()
    assert near > 2 * found[away > np.quantile(away, 0.9)].mean()


def test_no_scatter_is_no_change():
    radiance = lamp(10, 10)
    assert glared(radiance, 0.0) is radiance
