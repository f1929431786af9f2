"""What is smooth over a grid of points, evaluated where it must be."""

from collections.abc import Callable

import numba
import numpy as np

Evaluate = Callable[[np.ndarray], np.ndarray]
"""Takes numbers of points and returns a row of numbers, none negative, for each."""
_SPREAD = 1.25
"""Ratio up to which four neighbours are taken to agree: a point between them is their mean."""
_GAP = 1.25
"""The same of distances (+ 2 m), so that nothing is spread over a silhouette."""
_ENDLESS = 500.0
_GRID, _MIDDLE, _REST = 0, 1, 2
"""Turns: every second point of every second row, those in the middle of four, all others."""


def filled(distance: np.ndarray, columns: int, evaluate: Evaluate) -> np.ndarray:
    """Return three numbers for each point of a grid with so many `columns`, row by row.

    `distance` [m] is how far the points are that a grid point looks at. Between four neighbours
    that agree the numbers are their mean, everywhere else they are evaluated.
    """
    out = np.zeros((len(distance), 3))
    for turn in (_GRID, _MIDDLE, _REST):
        unsure = np.flatnonzero(_guess(out, distance, columns, turn))
        if len(unsure):
            out[unsure] = evaluate(unsure)
    return out


@numba.njit(cache=True)
def _guess(out, distance, columns, turn):  # type: ignore[no-untyped-def]
    """Set the means of what agrees, and return which points of a turn must be evaluated."""
    unsure, near = np.zeros(len(distance), np.bool_), np.empty(4, np.int64)
    rows = len(distance) // columns
    for row in range(1 if turn == _MIDDLE else 0, rows, 1 if turn == _REST else 2):
        for column in range((0, 1, (row + 1) % 2)[turn], columns, 2):
            n = row * columns + column
            unsure[n] = True
            if turn == _GRID or not (0 < row < rows - 1 and 0 < column < columns - 1):
                continue
            for k in range(4):
                across, down = 1 - 2 * (k & 1), 1 - (k & 2)
                if turn == _REST:
                    across, down = (across, 0) if k < 2 else (0, across)
                near[k] = n + down * columns + across
            if _agree(out, distance, near, n):
                unsure[n] = False
                for k in range(3):
                    out[n, k] = 0.25 * (
                        out[near[0], k] + out[near[1], k] + out[near[2], k] + out[near[3], k]
                    )
    return unsure


@numba.njit(cache=True)
def _agree(out, distance, near, n):  # type: ignore[no-untyped-def]
    """Return whether neighbours are as bright as each other and as far as point `n`."""
    low, high = np.inf, 0.0
    own = min(np.float64(distance[n]), _ENDLESS) + 2.0
    for m in near:
        level = out[m, 0] + out[m, 1] + out[m, 2]
        low, high = min(low, level), max(high, level)
        there = min(np.float64(distance[m]), _ENDLESS) + 2.0
        if max(there, own) > _GAP * min(there, own):
            return False
    return high <= _SPREAD * low
