"""How many objects, frames and worlds are in each cell of each crossing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import pyarrow as pa

from synthgen.coverage.binning import labels
from synthgen.coverage.query import name
from synthgen.coverage.tables import Cut
from synthgen.writers.columns import column


@dataclass(frozen=True)
class Count:
    """What is in a cell.

    Attributes:
        bins: name of the bin on each axis of the crossing.
        objects: that count; of a crossing of frames alone, all in these frames.
        frames: with such an object.
        worlds: with such an object: distinct tracks, at most one per world.
    """

    bins: tuple[str, ...]
    objects: int
    frames: int
    worlds: int


def count(cut: Cut, crossing: Sequence[str]) -> list[Count]:
    """Return the cells of a crossing, in the order of its bins.

    Every cell between named bins is there, with 0 where nothing is in it; those of `other` and
    `unknown` only where something is.
    """
    axes = [cut.axes[axis] for axis in crossing]
    found = {
        tuple(labels(axis)[at] for axis, at in zip(axes, row, strict=False)): row[len(axes) :]
        for row in cut.query.rows(_sql(cut, crossing))
    }
    named = set(product(*(axis.bins for axis in axes)))
    every = product(*(labels(axis) for axis in axes))
    cells = (bins for bins in every if bins in found or bins in named)
    return [Count(bins, *found.get(bins, (0, 0, 0))) for bins in cells]


def _sql(cut: Cut, crossing: Sequence[str]) -> str:
    keys = ", ".join(name(axis) for axis in crossing)
    if cut.of_objects(crossing):
        numbers = "count(*), count(DISTINCT number), count(DISTINCT world_number)"
    else:
        numbers = "CAST(sum(objects) AS BIGINT), count(*), count(DISTINCT world_number)"
    return f"SELECT {keys}, {numbers} FROM {cut.source(crossing)} GROUP BY {keys} ORDER BY {keys}"


def title(crossing: Sequence[str]) -> str:
    """Return how a crossing is called in tables: `class x distance`."""
    return " x ".join(crossing)


def schema(axes: Sequence[str]) -> pa.Schema:
    """Return the columns of `cells.parquet` for these names of axes."""
    text, number, whole = pa.string(), pa.float64(), pa.int64()
    return pa.schema(
        [
            column("crossing", text, "axes that are crossed, `class x distance`"),
            *(column(axis, text, f"bin of {axis}; null: not of this crossing") for axis in axes),
            column("frames", whole, "with such an object; or such frames"),
            column("objects", whole, "such objects; or all objects of such frames"),
            column("worlds", whole, "with such an object or frame: what targets count"),
            column("share", number, "of all objects that count; or of all frames", "1"),
            column("target", whole, "worlds asked for in just this cell; null: none asked"),
            column("missing", whole, "of them; null: none asked"),
        ]
    )


def rows(
    cut: Cut, crossing: Sequence[str], cells: Sequence[Count], asked: dict[tuple[str, ...], int]
) -> Iterator[dict]:
    """Yield the rows of `cells.parquet` for a crossing; `asked` is the target by bins."""
    whole = cut.of_objects(crossing)
    total = sum(cell.objects if whole else cell.frames for cell in cells)
    for cell in cells:
        target = asked.get(cell.bins)
        part = cell.objects if whole else cell.frames
        yield {
            "crossing": title(crossing),
            **dict(zip(crossing, cell.bins, strict=True)),
            "frames": cell.frames,
            "objects": cell.objects,
            "worlds": cell.worlds,
            "share": part / total if total else None,
            "target": target,
            "missing": None if target is None else max(0, target - cell.worlds),
        }
