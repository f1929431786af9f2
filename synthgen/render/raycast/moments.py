"""How much of a lamp's light is at an optical distance in fog, by how often it was scattered."""

import csv
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from synthgen.geometry import Array

_FILE = Path(__file__).with_name("glow_moments.csv")
_LEAST = 1e-9


class Moments(NamedTuple):
    """Light of a few classes of orders of scattering, a row each, at some optical distances.

    Attributes:
        fluence: light through a small sphere, over that of the lamp alone in clear air.
        cosine: mean cosine of its direction to that away from the lamp.
    """

    fluence: Array
    cosine: Array


class _Table(NamedTuple):
    asymmetry: Array
    depth: Array
    fluence: Array
    cosine: Array
    order: Array


@cache
def _table() -> _Table:
    """Return the file's columns: (asymmetry, class of orders, depth)."""
    with _FILE.open(newline="") as file:
        rows = list(csv.DictReader(file))
    asymmetry = np.unique([float(row["asymmetry"]) for row in rows])
    depth = np.unique([float(row["depth"]) for row in rows])
    parts = [
        np.array([float(row[name]) for row in rows]).reshape(len(asymmetry), -1, len(depth))
        for name in ("fluence", "cosine", "order")
    ]
    return _Table(asymmetry, depth, *parts)


def asymmetries() -> tuple[float, float]:
    """Return the least and the greatest g that `moments` knows."""
    known = _table().asymmetry
    return float(known[0]), float(known[-1])


def moments(asymmetry: float, albedo: float, depth: Array) -> Moments:
    """Return the moments in fog of Henyey-Greenstein `asymmetry` at optical distances `depth`.

    Fluence is a power of depth before the first and behind the last distance of the table, 0.056
    and 18. `scripts/glow_moments.py` made the table, by Monte Carlo, for an albedo of 1: light
    of order n is albedo^n of that, exact but for the mean of n in a class. An asymmetry outside
    0.6 to 0.94 is taken for the nearest of these.
    """
    table = _table()
    g = np.clip(asymmetry, *asymmetries())
    high = min(max(int(np.searchsorted(table.asymmetry, g)), 1), len(table.asymmetry) - 1)
    low = high - 1
    share = (g - table.asymmetry[low]) / (table.asymmetry[high] - table.asymmetry[low])
    fluence, cosine, order = (
        part[low] * (1 - share) + part[high] * share
        for part in (table.fluence, table.cosine, table.order)
    )
    level = np.log(np.maximum(fluence, _LEAST)) + order * np.log(albedo)
    where = np.log(depth)
    return Moments(
        np.exp(np.stack([_line(where, np.log(table.depth), row) for row in level])),
        np.stack([np.interp(where, np.log(table.depth), row) for row in cosine]),
    )


def _line(x: Array, known: Array, values: Array) -> Array:
    """Interpolate, and go straight on at both ends: down to the lamp, at least as its distance."""
    inside = np.interp(x, known, values)
    first = values[0] + (x - known[0]) * max((values[1] - values[0]) / (known[1] - known[0]), 1.0)
    last = values[-1] + (x - known[-1]) * (values[-1] - values[-2]) / (known[-1] - known[-2])
    return np.where(x < known[0], first, np.where(x > known[-1], last, inside))
