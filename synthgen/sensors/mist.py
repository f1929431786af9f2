"""What fog and haze that are spread evenly send back to a lidar."""

import numba
import numpy as np
from jaxtyping import Float

from synthgen.atmosphere import Atmosphere
from synthgen.geometry import Array
from synthgen.lidar_model import LidarModel
from synthgen.sensors.clutter import FAINT, Clutter
from synthgen.sensors.echo import LIGHT, receiver_gain

BRIGHT = 25.0
"""Times its mean that the speckle of a cell may reach: once in 10^10 cells."""

_STEPS = 128
"""Strengths at which the chance of the strongest cell is laid up."""


def fog(
    model: LidarModel, atmosphere: Atmosphere, free: Float[Array, "n"], rng: np.random.Generator
) -> Clutter:
    """Return the strongest cell of fog and haze before `free` [m], where something solid stands.

    A cell of half a pulse length is on average as bright as a diffuse target of reflectance
    pi x backscatter x length; its speckle is exponential. Of cells with means m the strongest
    stays below x with the chance of prod(1 - exp(-x / m)): a table of its logarithm by last cell
    and x is looked up at an exponential number, and the cell drawn by its share of the density.

    Source: R. H. Rasshofer, M. Spies and H. Spies, Adv. Radio Sci. 9, 2011, equation 12, for a
    pulse short against the range.
    """
    found = Clutter(np.full(len(free), model.nearest), np.zeros(len(free)))
    means = _means(model, atmosphere)
    if not len(means):
        return found
    length = LIGHT * model.pulse / 2
    faint = FAINT * model.level
    x = np.geomspace(faint, max(BRIGHT * means[0], 2 * faint), _STEPS)
    with np.errstate(over="ignore", under="ignore"):
        missed = np.exp(-x[None] / means[:, None])
    chance = np.cumsum(-np.log1p(-missed), axis=0)
    share = np.cumsum(missed / (1 - missed) / means[:, None], axis=0)
    cells = np.clip((free - model.nearest) / length, 0, len(means)).astype(np.int64)
    _draw((found.distance, found.strength), cells, (x, chance, share),
          (model.nearest, length), rng)  # fmt: skip
    return found


def _means(model: LidarModel, atmosphere: Atmosphere) -> Float[Array, "k"]:
    """Return the mean strength of each cell, nearest first, as far as one may be heard."""
    length = LIGHT * model.pulse / 2
    middle = np.arange(model.nearest + length / 2, model.farthest, length)
    means = np.pi * atmosphere.backscatter * length * receiver_gain(model, middle)
    means *= np.exp(-2 * atmosphere.lidar_extinction * middle)
    return means[: int(np.sum(means * BRIGHT > FAINT * model.level))]


@numba.njit(cache=True)
def _draw(out, cells, tables, way, rng):  # type: ignore[no-untyped-def]
    """Draw the strongest of the first `cells` of each beam: how strong and where."""
    place, strength = out
    x, chance, share = tables
    nearest, length = way
    for n in range(len(cells)):
        last = cells[n] - 1
        wanted = rng.exponential()
        if last < 0 or wanted > chance[last, 0]:
            continue
        low, high = 0, len(x) - 1
        while high - low > 1:
            middle = (low + high) // 2
            if chance[last, middle] >= wanted:
                low = middle
            else:
                high = middle
        strength[n] = x[low] * (x[high] / x[low]) ** rng.random()
        cell = np.searchsorted(share[: last + 1, low], rng.random() * share[last, low])
        place[n] = nearest + (min(cell, last) + rng.random()) * length
