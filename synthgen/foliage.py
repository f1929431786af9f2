"""Leaves of trees and bushes: what sticks out of a leafy mass, as triangles."""

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array, unit

_SHAPE = np.array([[-0.5, -0.35], [0.5, -0.35], [0.0, 0.7]])
"""Corners of a tuft of leaves of size 1 in its own plane."""


def tufts(
    middle: Float[Array, "n 3"],
    half: Float[Array, "n 3"],
    size: Float[Array, "n"],
    rng: np.random.Generator,
) -> tuple[Float[Array, "n 3 3"], Float[Array, "n 3 3"]]:
    """Return one tuft of leaves on each of n balls, as a triangle and shading normals.

    Triangles are anticlockwise seen from outside. They lie under the skin of their ball or lean out
    of it by up to their size; normals are between those of the tuft and of the ball, so that a mass
    of them is light on one side and still has bright and dark leaves.

    Args:
        middle: [m] of the balls.
        half: [m] half axes of the balls.
        size: [m] of the tufts, on average.
        rng: draws.
    """
    count = len(middle)
    out = unit(rng.normal(size=(count, 3)))
    root = middle + out * half * rng.uniform(0.78, 1.02, (count, 1))
    facing = unit(out + 0.75 * unit(rng.normal(size=(count, 3))))
    across = unit(np.cross(facing, rng.normal(size=(count, 3))))
    up = np.cross(facing, across)
    shape = _SHAPE * (size * rng.uniform(0.6, 1.4, count))[:, None, None]
    shape = shape * rng.uniform(0.75, 1.25, (count, 1, 2))
    corners = root[:, None] + shape[..., :1] * across[:, None] + shape[..., 1:] * up[:, None]
    normals = unit(0.5 * facing + 0.5 * out)
    return corners, np.repeat(normals[:, None], 3, axis=1)
