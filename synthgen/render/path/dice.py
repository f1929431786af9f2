"""Uniform numbers that fill their range evenly from sample to sample of one pixel."""

from typing import Any, NamedTuple

import drjit as dr
import mitsuba as mi
import numpy as np

from synthgen.render.path.arrays import indices

_PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31)
COUNT = len(_PRIMES)
"""Numbers for each point of a path."""


class Dice(NamedTuple):
    """The numbers of one point of each path.

    Attributes:
        pixel: number of the pixel that each path belongs to.
        start: a seed per number, as opaque values: kernels do not change with them.
        turn: how far each number has gone round by this sample, in 2^-32.
        depth: number of the point along the path, 0 for the first.
    """

    pixel: Any
    start: tuple[Any, ...]
    turn: tuple[Any, ...]
    depth: int

    def number(self, which: int) -> Any:
        """Return number `which` in [0, 1) of each path.

        A random start per pixel, then a step of an irrational length from sample to sample.
        Source: R. Cranley and T. Patterson, "Randomization of number theoretic methods for
        multiple integration", SIAM J. Numer. Anal. 13, 1976; steps: H. Niederreiter, "Random
        number generation and quasi-Monte Carlo methods", 1992, section 4.1 (square roots of
        primes).
        """
        first, _ = mi.sample_tea_32(self.pixel, self.start[which], 5)
        return mi.Float((first + self.turn[which]) >> 8) * (1.0 / 2**24)

    def pair(self, which: int) -> Any:
        """Return numbers `which` and `which` + 1 as points of the unit square."""
        return mi.Point2f(self.number(which), self.number(which + 1))


def steps(sample: int) -> list[int]:
    """Return by how much of 2^32 each number has turned at `sample`."""
    return [int(sample * (np.sqrt(prime) % 1.0) % 1.0 * 2**32) for prime in _PRIMES]


def dice(pixel: np.ndarray, seed: int, sample: int, depth: int) -> Dice:
    """Return the numbers of the paths of `pixel` at their point number `depth`."""
    base = (seed * 64 + depth) * 16
    starts = [dr.opaque(mi.UInt32, (base + which) % 2**32) for which in range(COUNT)]
    turns = [dr.opaque(mi.UInt32, step) for step in steps(sample)]
    return Dice(indices(pixel), tuple(starts), tuple(turns), depth)
