import numpy as np
import pytest

from synthgen.build.outage import PITCH, areas, supplied
from synthgen.grid import Supply, area_of
from synthgen.rng import stream
from synthgen.world import Outage

BOUNDS = (-200.0, -150.0, 250.0, 300.0)


def test_areas_cover_the_map_about_a_pitch_apart():
    middle = areas(BOUNDS, stream(1, "grid"))
    assert len(middle) == 25
    points = stream(2, "points").uniform((-200, -150), (250, 300), (2000, 2))
    mine = middle[area_of(middle, points)]
    away = np.linalg.norm(points - mine, axis=1)
    assert away.max() < 1.3 * PITCH
    every = np.linalg.norm(points[:, None] - middle[None], axis=2)
    np.testing.assert_allclose(away, every.min(axis=1))


@pytest.mark.parametrize(("fed", "generator"), [(0.0, 0.0), (0.4, 0.2), (1.0, 0.5)])
def test_as_many_areas_have_power_as_are_asked_for(fed, generator):
    found = supplied(25, Outage(fed=fed, generator=generator), stream(3, "grid"))
    assert (found == Supply.GRID).sum() == round(25 * fed)
    assert (found == Supply.GENERATOR).sum() == min(round(25 * generator), 25 - round(25 * fed))
