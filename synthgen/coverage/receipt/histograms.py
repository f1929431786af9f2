"""Figures of both sides counted in the same bins."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from jaxtyping import Float, Int

from synthgen.coverage.receipt.findings import Histogram
from synthgen.geometry import Array

_EDGES = {
    ("height of boxes", "px"): (0, 10, 20, 30, 40, 60, 80, 120, 160, 240, 400),
    ("distance", "m"): (0, 5, 10, 20, 30, 40, 60, 80, 120),
    ("lidar points of an object", ""): (0, 1, 5, 10, 20, 50, 100, 200, 500, 1000, 5000),
    ("objects in a frame", ""): (0, 1, 2, 3, 5, 8, 12, 20, 30, 50),
    ("brightness of images", ""): (0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9),
}
"""Lower bounds of the bins; the last is open upwards."""

_MOST_CLASSES = 12
"""That have a bar of their own."""


def histograms(before: Sequence[pa.Table], added: Sequence[pa.Table]) -> tuple[Histogram, ...]:
    """Return the figures of two pairs of tables, frames and objects, that either side tells.

    Frames may have a column `brightness`: the median lightness of the image, CIE L* / 100.
    """
    sides = [_figures(*before), _figures(*added)]
    found = []
    for (name, unit), edges in _EDGES.items():
        values = [side[name] for side in sides]
        if any(np.isfinite(each).any() for each in values):
            found.append(_histogram(name, unit, edges, values))
    return (*found, _classes(before[1], added[1]))


def _figures(frames: pa.Table, objects: pa.Table) -> dict[str, Float[Array, "n"]]:
    kept = counted(objects)
    height = _numbers(kept, "bottom") - _numbers(kept, "top")
    per_frame = dict.fromkeys(frames["frame"].to_pylist(), 0)
    tally = kept.group_by("frame").aggregate([([], "count_all")])
    per_frame.update(zip(tally["frame"].to_pylist(), tally["count_all"].to_pylist(), strict=True))
    none = np.full(frames.num_rows, np.nan)
    bright = _numbers(frames, "brightness") if "brightness" in frames.column_names else none
    return {
        "height of boxes": height,
        "distance": _numbers(kept, "distance"),
        "lidar points of an object": _numbers(kept, "lidar_points"),
        "objects in a frame": np.array(list(per_frame.values()), float),
        "brightness of images": bright,
    }


def counted(objects: pa.Table) -> pa.Table:
    """Return the objects that are not ignored."""
    return objects.filter(pc.invert(pc.fill_null(objects["ignored"], False)))


def _numbers(table: pa.Table, name: str) -> Float[Array, "n"]:
    """Return a column as floats, NaN where it is null."""
    return table[name].cast(pa.float64()).to_numpy(zero_copy_only=False)


def _histogram(
    name: str, unit: str, edges: Sequence[float], values: Sequence[Float[Array, "n"]]
) -> Histogram:
    of = "frames" if name in ("objects in a frame", "brightness of images") else "objects"
    before, added = (tuple(int(n) for n in in_bins(each, edges)) for each in values)
    unknown = tuple(len(each) - int(in_bins(each, edges).sum()) for each in values)
    return Histogram(name, unit, of, names(edges), before, added, (unknown[0], unknown[1]))


def in_bins(values: Float[Array, "n"], edges: Sequence[float]) -> Int[Array, "b"]:
    """Return how many of `values` are in each bin [low, high); the last is open upwards.

    What is NaN or below the first bound is in none.
    """
    known = values[np.isfinite(values)]
    place = np.searchsorted(np.asarray(edges, float), known, side="right") - 1
    return np.bincount(place[place >= 0], minlength=len(edges))


def names(edges: Sequence[float]) -> tuple[str, ...]:
    """Return the lower bounds as names of bins; the last ends with a plus."""
    told = [f"{edge / 1000:g}k" if edge >= 1000 else f"{edge:g}" for edge in edges]
    return (*told[:-1], f"{told[-1]}+")


def _classes(before: pa.Table, added: pa.Table) -> Histogram:
    """Return objects per class, the rarest together; in the format's words where ours has none."""
    tallies = [_tally(table) for table in (before, added)]
    total = {one: sum(tally.get(one, 0) for tally in tallies) for tally in tallies for one in tally}
    known = sorted(total, key=lambda one: (-total[one], one))
    shown, rest = known[:_MOST_CLASSES], known[_MOST_CLASSES:]
    counts = [[tally.get(one, 0) for one in shown] for tally in tallies]
    if rest:
        shown.append(f"{len(rest)} more")
        for count, tally in zip(counts, tallies, strict=True):
            count.append(sum(tally.get(one, 0) for one in rest))
    return Histogram("classes", "", "objects", tuple(shown), tuple(counts[0]), tuple(counts[1]))


def _tally(objects: pa.Table) -> dict[str, int]:
    kept = counted(objects)
    named = pc.fill_null(pc.coalesce(kept["class"], kept["label"]), "unknown")
    return {one["values"]: one["counts"] for one in pc.value_counts(named).to_pylist()}
