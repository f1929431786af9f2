"""Fog banks: a layer over all the land, or patches here and there."""

import numpy as np
from jaxtyping import Float

from synthgen.density import Matter, puffs
from synthgen.geometry import Array
from synthgen.hanging import Bank

FOG = Matter("fog", (1.0, 1.0, 1.0), (0.999, 0.999, 0.999), 0.86, 1.0, 65.1)
"""As `weather.fog.Fog` has it where it is dense."""
EVERYWHERE = 0.999
"""Share from which on a bank is a layer without gaps."""
HALF = float(np.sqrt(2 * np.log(2)))
"""Standard deviations at which a Gaussian is half of its peak."""


def extinction(bank: Bank) -> float:
    """Return the extinction [1/m] in the middle: contrast falls to 5 % over the visibility."""
    return float(-np.log(0.05) / bank.visibility)


def layer(bank: Bank, ground: float) -> Float[Array, "m 4"]:
    """Return the row of a layer over ground at `ground` [m]; none where the bank has gaps.

    The top of radiation fog is a tenth to a third of its height thick; here a fifth.
    """
    if bank.share < EVERYWHERE:
        return np.zeros((0, 4))
    return np.array([[ground + bank.height, 0.2 * bank.height, extinction(bank), 0.0]])


def patches(
    bank: Bank, low: Float[Array, "2"], high: Float[Array, "2"], rng: np.random.Generator
) -> tuple[Float[Array, "n 2"], Float[Array, "n"], Float[Array, "n"]]:
    """Return middle [m], heading [rad] and length [m] of patches within a rectangle.

    A Poisson process leaves the share 1 - exp(-number x area) of the ground uncovered; patches
    are half as wide as they are long, and between half and one and a half times the mean length.
    """
    if not 0 < bank.share < EVERYWHERE:
        return np.zeros((0, 2)), np.zeros(0), np.zeros(0)
    size = high - low
    # Mean of length squared: that of a uniform number between 0.5 and 1.5 is 13/12.
    area = np.pi / 8 * bank.length**2 * 13 / 12
    count = int(rng.poisson(-np.log(1 - bank.share) * size.prod() / area))
    middle = low + rng.random((count, 2)) * size
    return middle, rng.uniform(0, np.pi, count), bank.length * rng.uniform(0.5, 1.5, count)


def patch_puffs(
    bank: Bank,
    middle: Float[Array, "n 3"],
    heading: Float[Array, "n"],
    length: Float[Array, "n"],
) -> Float[Array, "n 15"]:
    """Return patches as puffs: half as dense at the ends, at the sides and at their height."""
    cosine, sine, nil = np.cos(heading), np.sin(heading), np.zeros(len(heading))
    axes = np.stack(
        [
            np.stack([cosine, sine, nil], -1),
            np.stack([-sine, cosine, nil], -1),
            np.stack([nil, nil, nil + 1], -1),
        ],
        axis=1,
    )
    half = np.stack([length / 2, length / 4, nil + bank.height], -1) / HALF
    return puffs(middle, axes, half, np.full(len(middle), extinction(bank)))
