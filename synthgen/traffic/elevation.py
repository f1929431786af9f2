"""Heights of OpenStreetMap's streets: from the nodes that tell theirs to the planes of lanes."""

from collections.abc import Mapping, Sequence

import numpy as np
import shapely
from jaxtyping import Float, Int
from scipy.sparse import coo_array
from scipy.sparse.linalg import spsolve
from scipy.spatial import cKDTree

from synthgen.geometry import Array
from synthgen.network import Lane, Ribbon

MOST_HEIGHT = 9000.0
"""[m] No street lies higher."""
LEAST_GAP = 1.5
"""[m] between heights 2 m apart in plan: no street is as steep, so that it must be a bridge."""
SPACING = 5.0
"""[m] between the points of a lane's height."""
BESIDE = 0.3
"""[m] Surface beyond a lane's edges: lanes side by side overlap."""

Line = Float[Array, "k 3"]


def told_height(tags: Mapping[str, str]) -> float:
    """Return the height [m] that a node's `ele` tells, not a number where it tells none.

    Source: OpenStreetMap wiki, "Key:ele": metres above sea level, without a unit.

    Raises:
        ValueError: no place on Earth is as high or low.
    """
    try:
        height = float(tags.get("ele", "nan").removesuffix("m").strip())
    except ValueError:
        return np.nan
    if abs(height) > MOST_HEIGHT:
        raise ValueError(f"has ele={tags['ele']} at a node, beyond {MOST_HEIGHT:.0f} m")
    return height


def spread(
    places: Float[Array, "n 2"], links: Int[Array, "m 2"], told: Float[Array, "n"]
) -> Float[Array, "n"]:
    """Return a height [m] for every node: where none is `told`, what the streets lead to.

    Along a street it is linear in the way; where streets meet, rises weighed by 1 / length cancel.
    Streets that lead to no node that tells have the height of the nearest that does.
    """
    known = np.isfinite(told)
    tree = cKDTree(places[known])
    height = np.where(known, told, told[known][tree.query(places)[1]])
    free = np.flatnonzero(~known & _reached(links, known))
    if not len(free):
        return height
    size = np.maximum(np.linalg.norm(np.diff(places[links], axis=1)[:, 0], axis=1), 0.01)
    ends = np.concatenate([links, links[:, ::-1]])
    pull = coo_array((np.tile(1 / size, 2), tuple(ends.T)), shape=(len(told),) * 2).tocsr()
    rows = pull[free]
    fixed = height.copy()
    fixed[free] = 0.0
    total = coo_array((rows.sum(axis=1), (np.arange(len(free)),) * 2)).tocsr()
    height[free] = spsolve((total - rows[:, free]).tocsc(), rows @ fixed)
    return height


def _reached(links: Int[Array, "m 2"], known: Array) -> Array:
    """Return which nodes some node that is `known` can be reached from."""
    reached = known.copy()
    while True:
        more = reached.copy()
        more[links[reached[links].any(axis=1)]] = True
        if (more == reached).all():
            return reached
        reached = more


def check_levels(streets: Mapping[str, Line]) -> None:
    """Raise ValueError where streets lie above each other: the land has one height at a place."""
    parts = {name: _dense(line, 1.0) for name, line in streets.items()}
    every = np.concatenate(list(parts.values()))
    if np.ptp(every[:, 2]) < LEAST_GAP:
        return
    owner = np.repeat(np.arange(len(parts)), [len(line) for line in parts.values()])
    pairs = cKDTree(every[:, :2]).query_pairs(2.0, output_type="ndarray")
    gap = np.abs(every[pairs[:, 0], 2] - every[pairs[:, 1], 2])
    if len(gap) and gap.max() > LEAST_GAP:
        one, other = (list(parts)[owner[i]] for i in sorted(pairs[gap.argmax()]))
        raise ValueError(
            f"has way {other} {gap.max():.1f} m above or below way {one}, expected no bridges"
        )


def _dense(line: Line, spacing: float) -> Line:
    """Return `line` with points at most `spacing` [m] apart in plan, its own among them."""
    way = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(line[:, :2], axis=0), axis=1))])
    count = max(int(np.ceil(way[-1] / spacing)), 1)
    at = np.unique(np.concatenate([way, np.linspace(0.0, way[-1], count + 1)]))
    return np.column_stack([np.interp(at, way, column) for column in line.T])


def lane_ribbons(lanes: Sequence[Lane], streets: Mapping[str, Line]) -> tuple[Ribbon, ...]:
    """Return the surface of every lane: as high as the nearest street beside it.

    Through a junction it rises evenly from the lane before to the lane after.
    """
    segments = np.concatenate([np.stack([s[:-1], s[1:]], axis=1) for s in streets.values()])
    tree = shapely.STRtree(shapely.linestrings(segments[:, :, :2]))
    return tuple(_ribbon(lane, segments, tree) for lane in lanes if len(lane.shape) > 1)


def _ribbon(lane: Lane, segments: Float[Array, "s 2 3"], tree: shapely.STRtree) -> Ribbon:
    line = _dense(lane.shape, SPACING)
    if lane.edge.startswith(":"):
        ends = _heights(line[[0, -1], :2], segments, tree)
        step = np.linalg.norm(np.diff(line[:, :2], axis=0), axis=1)
        way = np.concatenate([[0.0], np.cumsum(step)])
        line[:, 2] = np.interp(way, way[[0, -1]], ends)
    else:
        line[:, 2] = _heights(line[:, :2], segments, tree)
    half = np.full(len(line), lane.width / 2 + BESIDE)
    return Ribbon(line, np.zeros(len(line)), half, -half)


def _heights(
    points: Float[Array, "n 2"], segments: Float[Array, "s 2 3"], tree: shapely.STRtree
) -> Float[Array, "n"]:
    """Return the height [m] of the nearest segment at the foot of each of `points`."""
    start, end = segments[tree.nearest(shapely.points(points))].transpose(1, 0, 2)
    way = (end - start)[:, :2]
    share = ((points - start[:, :2]) * way).sum(axis=1) / np.maximum((way**2).sum(axis=1), 1e-9)
    return start[:, 2] + np.clip(share, 0.0, 1.0) * (end[:, 2] - start[:, 2])
