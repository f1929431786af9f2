from dataclasses import replace

import numpy as np
import pytest

from synthgen.sensors.flare import flared, ghosts, spots, spread_by_iris
from synthgen.sensors.glare import NO_SPOTS, Spots


@pytest.fixture
def model(rig):
    return rig.camera("image_2").model


def night(model, column=300, row=100, light=1e8):
    radiance = np.zeros((model.height, model.width, 3))
    radiance[row : row + 2, column : column + 2] = light / 4
    return radiance


def test_ghosts_lie_on_the_line_through_the_middle(model):
    radiance = night(model)
    drawn = flared(radiance, model, spots(radiance, 100.0), 100.0)
    drawn[92:110, 292:310] = 0
    row, column = np.nonzero(drawn[..., 1] > 0)
    assert len(row) > 500
    middle = np.array([model.matrix[0][2], model.matrix[1][2]])
    along = np.array([300.5, 100.5]) - middle
    along /= np.linalg.norm(along)
    offset = np.stack([column, row], -1) - middle
    across = np.abs(offset @ [-along[1], along[0]])
    assert across.max() < ghosts(model).size.max() * model.width + 2
    assert (offset @ along).min() < -30


def test_flare_keeps_the_energy(model):
    radiance = night(model, 560, 160)
    kept = flared(radiance, replace(model, blades=6), spots(radiance, 100.0), 100.0)
    np.testing.assert_allclose(kept.sum(), radiance.sum(), rtol=1e-3)
    assert kept[160, 560, 1] < radiance[160, 560, 1]


@pytest.mark.parametrize(("blades", "spikes"), [(6, 6), (7, 14)])
def test_an_odd_number_of_blades_has_twice_as_many_spikes(model, blades, spikes):
    lens = replace(model, blades=blades, ghosts=0.0)
    radiance = night(model, 600, 180)
    drawn = flared(radiance, lens, spots(radiance, 100.0), 100.0)[..., 1]
    turn = np.linspace(0, 2 * np.pi, 2000, endpoint=False)
    at = (np.round(180.5 + 60 * np.sin(turn)).astype(int),
          np.round(600.5 + 60 * np.cos(turn)).astype(int))  # fmt: skip
    lit = drawn[at] > 0
    assert np.count_nonzero(lit & ~np.roll(lit, 1)) == spikes


def test_the_iris_spreads_what_a_round_opening_spreads(model):
    # Airy: beyond t lies 2 wavelength / (pi^2 D t), from 1 - J0^2 - J1^2 at large arguments.
    opening = model.matrix[0][0] * model.pixel / model.f_number
    airy = 2 * 545e-9 / (np.pi**2 * opening / model.matrix[0][0])
    np.testing.assert_allclose(spread_by_iris(model)[1], airy, rtol=1e-6)


def test_daylight_without_lamps_stays_as_it_is(model):
    grey = np.full((model.height, model.width, 3), 500.0)
    found = spots(grey, 100.0)
    assert len(found.position) == 0
    assert flared(grey, model, found, 100.0) is grey
    assert flared(grey, model, NO_SPOTS, 100.0) is grey


def test_a_source_beside_the_frame_throws_ghosts_into_it(model):
    sun = Spots(np.array([[600.0, -150.0]]), np.full((1, 3), 3e10))
    drawn = flared(np.zeros((model.height, model.width, 3)), model, sun, 1000.0)
    assert drawn.max() > 2.0
    row, column = np.nonzero(drawn[..., 1])
    assert (row > model.matrix[1][2]).mean() > 0.5
    assert abs(column.mean() - 610) < 40
