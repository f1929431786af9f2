import numpy as np

from synthgen.place.look import look
from synthgen.rng import stream

LUMA = np.array([0.2126, 0.7152, 0.0722])


def reflectances(part, count=300):
    return np.array([
        np.dot(getattr(look("suburb", stream(seed, "look")), part).color, LUMA)
        for seed in range(count)
    ])  # fmt: skip


def test_worn_asphalt_reflects_an_eighth_as_measured_pavements_do():
    road, patch = reflectances("road"), reflectances("patch")
    assert 0.085 < road.min() < road.max() < 0.165
    assert abs(road.mean() - 0.12) < 0.01
    assert (patch < 0.7 * road).all()
    assert patch.min() > 0.04


def test_concrete_is_between_weathered_and_new():
    walk = reflectances("walk")
    assert 0.19 < walk.min() < 0.24
    assert 0.34 < walk.max() < 0.4
