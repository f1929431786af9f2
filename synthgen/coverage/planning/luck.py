"""How often chance leaves a target short."""

import numpy as np
from jaxtyping import Float, Int

from synthgen.geometry import Array

NEVER = 1e-12
"""Chance below which nothing happens: binomial densities of smaller ones overflow."""


def reached(hits: Float[Array, "recipes"], worlds: Int[Array, "recipes"], asked: int) -> float:
    """Return the probability that at least `asked` worlds count for a target.

    Worlds are independent; each of recipe `i` counts with probability `hits[i]`. The exact
    distribution, by folding binomial ones together, cut off at `asked`.

    Source: Y. Hong, "On computing the distribution function for the Poisson binomial
    distribution", Comput. Stat. Data Anal. 59, 2013, section 2 (direct convolution).
    """
    from scipy.stats import binom

    if asked <= 0:
        return 1.0
    below = np.zeros(asked)
    below[0] = 1.0
    for chance, count in zip(hits, worlds, strict=True):
        if count and chance > NEVER:
            one = binom.pmf(np.arange(asked), int(count), min(float(chance), 1.0))
            below = np.convolve(below, one)[:asked]
    return float(np.clip(1.0 - below.sum(), 0.0, 1.0))


def surely(
    hits: Float[Array, "recipes"], worlds: Int[Array, "recipes"], asked: int, sure: float
) -> bool:
    """Return whether at least `asked` worlds count with a probability of `sure` or more."""
    return reached(hits, worlds, asked) >= sure
