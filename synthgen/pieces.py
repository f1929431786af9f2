"""Which triangles hang together: parts that share corners, and boxes that are near each other."""

import numba
import numpy as np
from jaxtyping import Float, Int
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from synthgen.geometry import Array


def parts(triangles: Int[Array, "t 3"]) -> Int[Array, "t"]:
    """Return the connected part of each triangle, counted from 0."""
    corner, index = np.unique(triangles, return_inverse=True)
    index = index.reshape(triangles.shape)
    start, end = index.ravel(), np.roll(index, -1, axis=1).ravel()
    graph = coo_matrix((np.ones(len(start), np.int8), (start, end)), (len(corner), len(corner)))
    found: Array = connected_components(graph, directed=False)[1][index[:, 0]]
    return found


def boxes(
    vertices: Float[Array, "v 3"], triangles: Int[Array, "t 3"], part: Int[Array, "t"]
) -> tuple[Float[Array, "p 3"], Float[Array, "p 3"]]:
    """Return the lowest and the highest corner [m] of each `part`."""
    count = int(part.max()) + 1
    low, high = np.full((count, 3), np.inf), np.full((count, 3), -np.inf)
    for corner in range(3):
        np.minimum.at(low, part, vertices[triangles[:, corner]])
        np.maximum.at(high, part, vertices[triangles[:, corner]])
    return low, high


@numba.njit(cache=True)
def clusters(low, high, near):  # type: ignore[no-untyped-def]
    """Return the cluster of each box, counted from 0: those within `near` [m] of another are one.

    Takes the square of the number of boxes.
    """
    count = len(low)
    label = np.arange(count)
    for n in range(count):
        for m in range(n):
            if label[m] != label[n] and _touch(low, high, n, m, near):
                old, new = max(label[n], label[m]), min(label[n], label[m])
                for k in range(n + 1):
                    if label[k] == old:
                        label[k] = new
    found, known = np.full(count, -1), 0
    for n in range(count):
        if label[n] == n:
            found[n] = known
            known += 1
        found[n] = found[label[n]]
    return found


@numba.njit(cache=True)
def _touch(low, high, n, m, near):  # type: ignore[no-untyped-def]
    for k in range(3):
        if low[n, k] > high[m, k] + near or low[m, k] > high[n, k] + near:
            return False
    return True
