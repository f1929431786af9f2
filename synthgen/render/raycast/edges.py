"""Which pixels need more rays, and where these go."""

import numba
import numpy as np

from synthgen.rays import PLACES

_THIN = 4.0
"""More than the contrast of two bodies can be."""


@numba.njit(cache=True)
def contrast(image, body, height, width, floor):  # type: ignore[no-untyped-def]
    """Return how much each pixel differs from its right and lower (and so all) neighbours.

    The measure is the difference of luminance over their sum plus `floor` [cd/m2]; between two
    bodies it counts double.
    """
    out = np.zeros(height * width, np.float32)
    level = np.empty(height * width)
    for n in range(height * width):
        level[n] = 0.2126 * image[n, 0] + 0.7152 * image[n, 1] + 0.0722 * image[n, 2] + floor
    for row in range(height):
        for column in range(width):
            n = row * width + column
            for m in ((n + 1) if column + 1 < width else n, (n + width) if row + 1 < height else n):
                gap = abs(level[n] - level[m]) / (level[n] + level[m])
                if body[n] != body[m]:
                    gap = 2.0 * gap + 0.01
                out[n] = max(out[n], gap)
                out[m] = max(out[m], gap)
    return out


@numba.njit(cache=True)
def thin(strength, body, height, width):  # type: ignore[no-untyped-def]
    """Raise the strength of what is at most a pixel wide, and of its neighbours; count them.

    That is where a pixel's body is not that on its left nor that on its right, or neither that
    above nor that below: twigs, wires, rails. One ray says little about how much of the pixel
    they cover, and they are soon seen in one pixel and not in the next.
    """
    count = 0
    for row in range(1, height - 1):
        for column in range(1, width - 1):
            n = row * width + column
            own = body[n]
            beside = own != body[n - 1] and own != body[n + 1]
            if beside or (own != body[n - width] and own != body[n + width]):
                for m in (n, n - 1, n + 1, n - width, n + width):
                    if strength[m] < _THIN:
                        strength[m] += _THIN
                        count += 1
    return count


def pick(strength: np.ndarray, least: float, most: int) -> np.ndarray:
    """Return the pixels with at least `least` contrast, no more than the `most` strongest.

    Of pixels that are alike the first are taken.
    """
    found = np.flatnonzero(strength >= least)
    if len(found) <= most:
        return found
    if most <= 0:
        return found[:0]
    own = strength[found]
    weakest = np.partition(own, len(own) - most)[len(own) - most]
    chosen = own > weakest
    chosen[np.flatnonzero(own == weakest)[: most - np.count_nonzero(chosen)]] = True
    return found[chosen]


def offsets(count: int) -> np.ndarray:
    """Return `count` places (column, row) within a pixel, up to four from a rotated grid."""
    repeats = -(-count // len(PLACES))
    shrink = np.repeat(1.0 - 0.25 * np.arange(repeats) / repeats, len(PLACES))[:, None]
    return (np.tile(PLACES, (repeats, 1)) * shrink)[:count]
