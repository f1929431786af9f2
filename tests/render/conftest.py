"""Lamps that tests of the renderer share."""

import numpy as np
import pytest

from synthgen.geometry import unit
from synthgen.light.beams import beam_tables
from synthgen.light.sources import Sources
from synthgen.render.raycast.lantern import Lamps, lamps
from synthgen.world import Beam


def scattered_lamps(rng: np.random.Generator, count: int, reach: tuple[float, float]) -> Lamps:
    """Return `count` lamps of all patterns in turn, pointing anywhere, within `reach` [m]."""
    forward = unit(rng.normal(size=(count, 3)))
    left = unit(np.cross([0.0, 0.0, 1.0], forward))
    x, y = reach
    every = Sources(
        rng.uniform([-x, -y, 0.5], [x, y, 9], (count, 3)),
        np.stack([forward, left, np.cross(forward, left)], axis=1),
        rng.uniform(50, 5000, (count, 3)), np.arange(count) % len(Beam),
        np.full(count, 0.1), np.arange(count),
    )  # fmt: skip
    return lamps(every, beam_tables(), 0.02)


@pytest.fixture(scope="session")
def lamps_within():
    """Return the builder of scattered lamps."""
    return scattered_lamps
