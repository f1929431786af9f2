"""The lie of the land: heights on a grid that agree with the roads and fall away between them."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float
from scipy.ndimage import distance_transform_edt
from scipy.sparse import coo_array
from scipy.sparse.linalg import cg
from scipy.spatial import cKDTree

from synthgen.geometry import Array
from synthgen.land import HeightField
from synthgen.network import Ribbon

FINEST = 2.0
"""[m] Smallest cell. A vertical curve of radius 500 m leaves its chords by a millimetre."""
MOST_CELLS = 400
"""Cells along the longer side of the grid."""
_BLEND = 1.5
_FAINT = 1e-4


def heightfield(
    ribbons: Sequence[Ribbon], low: Float[Array, "2"], high: Float[Array, "2"]
) -> HeightField | None:
    """Return the heights between `low` and `high` [m], None where the roads are level.

    On the roads they are the roads' own, the median of all being 0. Between roads they satisfy
    Laplace's equation, as a taut skin does; at the rim the land runs out level.
    """
    level = np.concatenate([np.zeros(0), *(one.line[:, 2] for one in ribbons)])
    tilt = np.concatenate([np.zeros(0), *(one.tilt for one in ribbons)])
    if not len(level) or (np.ptp(level) < 1e-3 and np.abs(tilt).max() < 1e-4):
        return None
    cell = max(FINEST, float((high - low).max()) / MOST_CELLS)
    columns, rows = np.ceil((high - low) / cell).astype(int) + 1
    x, y = np.meshgrid(low[0] + cell * np.arange(columns), low[1] + cell * np.arange(rows))
    nodes = np.column_stack([x.ravel(), y.ravel()])
    total, weight = np.zeros(len(nodes)), np.zeros(len(nodes))
    for one in ribbons:
        index, z, share = _on(one, nodes, 2.5 * cell)
        total[index] += share * z
        weight[index] += share
    known = (weight > 0).reshape(rows, columns)
    z = np.divide(total, weight, out=np.zeros(len(nodes)), where=weight > 0)
    z = z.reshape(rows, columns) - np.median(level)
    return HeightField(np.asarray(low, float), cell, _filled(z, known))


def _on(
    one: Ribbon, nodes: Float[Array, "n 2"], beyond: float
) -> tuple[Array, Float[Array, "m"], Float[Array, "m"]]:
    """Return which nodes lie on a ribbon or near it, its height there, and how much it counts.

    It counts fully on itself, fades within a metre and a half beside it, and counts next to
    nothing, yet where no other does, up to `beyond` [m].
    """
    line = one.line[:, :2]
    reach = max(float(np.abs(one.left).max()), float(np.abs(one.right).max())) + beyond
    inside = ((nodes > line.min(axis=0) - reach) & (nodes < line.max(axis=0) + reach)).all(axis=1)
    index = np.flatnonzero(inside)
    gap, nearest = cKDTree(line).query(nodes[index])
    near = gap < reach + 2.0
    index, nearest = index[near], nearest[near]
    step, share, off = _foot(line, nodes[index], nearest)
    along = np.clip(share, 0, 1)
    z, tilt, left, right = (
        values[step] + along * (values[step + 1] - values[step])
        for values in (one.line[:, 2], one.tilt, one.left, one.right)
    )
    size = np.linalg.norm(line[step + 1] - line[step], axis=1)
    ahead = (share - along) * size
    rise = (one.line[step + 1, 2] - one.line[step, 2]) / size
    away = np.hypot(np.maximum(np.maximum(off - left, right - off), 0), ahead)
    count = np.clip(1 - away / _BLEND, 0, 1) + _FAINT * np.clip(1 - away / beyond, 0, 1)
    kept = count > 0
    return index[kept], (z + ahead * rise + off * tilt)[kept], count[kept]


def _foot(
    line: Float[Array, "k 2"], points: Float[Array, "n 2"], nearest: Array
) -> tuple[Array, Float[Array, "n"], Float[Array, "n"]]:
    """Return the segment of `line` that each point stands beside, the share of the way along it
    (below 0 and above 1 beyond the line's ends) and how far to the left of it the point is [m].
    """
    found = []
    for shift in (-1, 0):
        step = np.clip(nearest + shift, 0, len(line) - 2)
        way = line[step + 1] - line[step]
        size = np.linalg.norm(way, axis=1)
        local = points - line[step]
        share = (local * way).sum(axis=1) / size**2
        off = (way[:, 0] * local[:, 1] - way[:, 1] * local[:, 0]) / size
        past = np.maximum(np.maximum(-share, share - 1), 0) * size
        found.append((step, share, off, past))
    (step, share, off, past), other = found
    use = past > other[3]
    columns = zip((step, share, off), other, strict=False)
    a, b, c = (np.where(use, second, first) for first, second in columns)
    return a, b, c


def _filled(
    z: Float[Array, "rows columns"], known: Bool[Array, "rows columns"]
) -> Float[Array, "rows columns"]:
    """Return `z` with the nodes that are not `known` as Laplace's equation has them.

    Five-point stencil; at the rim of the grid nothing flows out. Solved by conjugate gradients
    from the nearest known height.
    """
    _, nearest = distance_transform_edt(~known, return_indices=True)
    start = z[tuple(nearest)]
    number = np.cumsum(~known.ravel()).reshape(known.shape) - 1
    count = int((~known).sum())
    if not count:
        return start
    right = np.zeros(count)
    rows, columns, values = [], [], []
    diagonal = np.zeros(count)
    pairs = ((np.s_[:-1, :], np.s_[1:, :]), (np.s_[:, :-1], np.s_[:, 1:]))
    for one, other in (*pairs, *((b, a) for a, b in pairs)):
        mine = ~known[one]
        own, free = number[one][mine], ~known[other][mine]
        np.add.at(diagonal, own, 1.0)
        np.add.at(right, own[~free], z[other][mine][~free])
        rows.append(own[free])
        columns.append(number[other][mine][free])
        values.append(np.full(int(free.sum()), -1.0))
    every = np.arange(count)
    matrix = coo_array(
        (
            np.concatenate([diagonal, *values]),
            (np.concatenate([every, *rows]), np.concatenate([every, *columns])),
        ),
        shape=(count, count),
    ).tocsr()
    found, left = cg(matrix, right, x0=start[~known], rtol=1e-7, maxiter=20_000)
    if left:
        raise ValueError("the land between the roads does not settle")
    filled = start.copy()
    filled[~known] = found
    return filled
