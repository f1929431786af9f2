"""Lanes in a grid of cells: which lie near a point, and how far it is from their middle."""

from collections.abc import Sequence
from typing import NamedTuple

import numba
import numpy as np

from synthgen.geometry import Array
from synthgen.streets import StreetLane

PITCH = 4.0
"""[m] side of a cell."""
REACH = 3.0
"""[m] beyond its edge up to which a lane is known."""
_BUSY = {
    "motorway": 1.0, "trunk": 1.0, "primary": 0.9, "secondary": 0.8, "services": 0.6,
    "tertiary": 0.6, "unclassified": 0.4, "residential": 0.35, "living": 0.2, "service": 0.2,
}  # fmt: skip


class LaneGrid(NamedTuple):
    """Straight pieces of lanes, and lists of them by cell.

    Attributes:
        piece: rows of x, y [m] of its start, unit vector along, length [m], half width [m], how
            busy its road is (0 to 1), and 1 where people walk on it, else 0.
        lane: number of the lane of each piece, increasing.
        first: where the list of each cell starts in `listed`, row by row, and a last end.
        listed: numbers of pieces, increasing within a cell.
        low: [m] x, y of the grid's corner.
        columns: of cells.
    """

    piece: np.ndarray
    lane: np.ndarray
    first: np.ndarray
    listed: np.ndarray
    low: np.ndarray
    columns: int


def busy(lane: StreetLane) -> float:
    """Return how much traffic `lane` bears, 0 none to 1 a motorway's, by the class of its road."""
    return _BUSY.get(lane.road.split("_")[0], 0.35) if lane.kind == "drive" else 0.35


def lane_grid(lanes: Sequence[StreetLane]) -> LaneGrid:
    """Return the grid of all `lanes` that somebody drives, rides or walks on."""
    used = [lane for lane in lanes if lane.kind in ("drive", "bicycle", "walk")]
    pieces = [_pieces(lane) for lane in used]
    piece = np.concatenate([np.zeros((0, 8)), *pieces])
    lane = np.repeat(np.arange(len(used)), [len(one) for one in pieces])
    half, start = piece[:, 5:6] + REACH, piece[:, :2]
    end = start + piece[:, 2:4] * piece[:, 4:5]
    low, high = np.minimum(start, end) - half, np.maximum(start, end) + half
    corner = low.min(axis=0) if len(piece) else np.zeros(2)
    far = high.max(axis=0) if len(piece) else np.zeros(2)
    columns, rows = (np.floor((far - corner) / PITCH).astype(int) + 1).tolist()
    boxes = np.floor((np.hstack([low, high]) - np.tile(corner, 2)) / PITCH).astype(np.int64)
    first, listed = _lists(boxes, columns, rows)
    return LaneGrid(piece, lane, first, listed, corner, columns)


def _pieces(lane: StreetLane) -> Array:
    start, step = lane.line[:-1, :2], np.diff(lane.line[:, :2], axis=0)
    length = np.linalg.norm(step, axis=1)
    kept = length > 1e-6
    start, step, length = start[kept], step[kept], length[kept]
    same = np.array([lane.width / 2, busy(lane), float(lane.kind == "walk")])
    return np.column_stack([start, step / length[:, None], length, np.tile(same, (len(start), 1))])


@numba.njit(cache=True)
def _lists(boxes, columns, rows):  # type: ignore[no-untyped-def]
    """Return where each cell's list starts and the lists; `boxes` hold cells from, to (x, y)."""
    count = np.zeros(columns * rows + 1, np.int64)
    for n in range(len(boxes)):
        for j in range(boxes[n, 1], boxes[n, 3] + 1):
            for i in range(boxes[n, 0], boxes[n, 2] + 1):
                count[j * columns + i + 1] += 1
    first = np.cumsum(count)
    place, listed = first.copy(), np.empty(first[-1], np.int64)
    for n in range(len(boxes)):
        for j in range(boxes[n, 1], boxes[n, 3] + 1):
            for i in range(boxes[n, 0], boxes[n, 2] + 1):
                cell = j * columns + i
                listed[place[cell]] = n
                place[cell] += 1
    return first, listed


@numba.njit(cache=True)
def cell_of(grid, x, y):  # type: ignore[no-untyped-def]
    """Return the cell that holds a point [m], -1 outside the grid."""
    i = int(np.floor((x - grid.low[0]) / PITCH))
    j = int(np.floor((y - grid.low[1]) / PITCH))
    rows = (len(grid.first) - 1) // grid.columns
    if i < 0 or j < 0 or i >= grid.columns or j >= rows:
        return -1
    return j * grid.columns + i


@numba.njit(cache=True)
def away(grid, n, x, y):  # type: ignore[no-untyped-def]
    """Return how far [m] a point is from the middle of piece number `n`."""
    piece = grid.piece
    dx, dy = x - piece[n, 0], y - piece[n, 1]
    along = min(max(dx * piece[n, 2] + dy * piece[n, 3], 0.0), piece[n, 4])
    dx, dy = dx - along * piece[n, 2], dy - along * piece[n, 3]
    return np.sqrt(dx * dx + dy * dy)
