"""In which cells a detector finds too little, and in which what it finds is wrong."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from synthgen.coverage.binning import code, labels
from synthgen.coverage.cells import title
from synthgen.coverage.detections.intervals import over_worlds, wilson
from synthgen.coverage.properties import PROPERTIES
from synthgen.coverage.query import literal, name
from synthgen.coverage.tables import SEEN, Cut
from synthgen.rng import stream
from synthgen.spec.coverage import OTHER, UNKNOWN, Axis
from synthgen.spec.detector import Detector
from synthgen.writers.columns import column

BY_DETECTION = ("class", "label", "box_width", "box_height")
"""Properties of objects that a detection has too."""
BOXED = 'o."left" IS NOT NULL'


@dataclass(frozen=True, kw_only=True)
class Rate:
    """A share in one cell: of objects that were found, or of detections that are right.

    Attributes:
        measure: recall or precision.
        crossing: names of axes.
        bins: name of the bin on each.
        hits: objects found, or detections that are right.
        trials: objects, or detections that count.
        low: end of Wilson's interval, as if all were independent.
        high: its upper end.
        worlds: with such an object or detection.
        world_low: end of the interval over worlds; NaN: worlds are not told, or fewer than two.
        world_high: its upper end.
    """

    measure: str
    crossing: tuple[str, ...]
    bins: tuple[str, ...]
    hits: int
    trials: int
    low: float
    high: float
    worlds: int
    world_low: float
    world_high: float

    def weak(self, rules: Detector) -> bool:
        """Return whether so little is found that chance does not explain it."""
        if self.measure != "recall" or self.trials < rules.least:
            return False
        ends = [self.high] if np.isnan(self.world_high) else [self.high, self.world_high]
        return max(ends) < rules.recall and not {OTHER, UNKNOWN} & set(self.bins)

    def row(self, rules: Detector) -> dict[str, object]:
        """Return the row of `detections.parquet`."""
        told = not np.isnan(self.world_low)
        return {
            "measure": self.measure,
            "crossing": title(self.crossing),
            **dict(zip(self.crossing, self.bins, strict=True)),
            "trials": self.trials,
            "hits": self.hits,
            "share": self.hits / self.trials,
            "low": self.low,
            "high": self.high,
            "worlds": self.worlds,
            "world_low": self.world_low if told else None,
            "world_high": self.world_high if told else None,
            "weak": self.weak(rules) if self.measure == "recall" else None,
        }


def schema(axes: Iterable[str]) -> pa.Schema:
    """Return the columns of `detections.parquet` for these names of axes."""
    text, number, whole = pa.string(), pa.float64(), pa.int64()
    return pa.schema(
        [
            column("measure", text, "recall: of labelled objects; precision: of detections"),
            column("crossing", text, "axes that are crossed, `class x distance`"),
            *(column(axis, text, f"bin of {axis}; null: not of this crossing") for axis in axes),
            column("trials", whole, "objects that count; or detections that count"),
            column("hits", whole, "objects that were found; or detections of such an object"),
            column("share", number, "of trials that are hits", "1"),
            column("low", number, "end of Wilson's interval of the share", "1"),
            column("high", number, "its upper end", "1"),
            column("worlds", whole, "with a trial"),
            column("world_low", number, "end of the interval over worlds; null: not told", "1"),
            column("world_high", number, "its upper end", "1"),
            column("weak", pa.bool_(), "recall: even the upper ends are below what is asked for"),
        ]
    )


def rates(
    cut: Cut, crossings: Sequence[tuple[str, ...]], files: tuple[Path, Path],
    classes: Sequence[str], rules: Detector, seed: int,
) -> Iterator[Rate]:  # fmt: skip
    """Yield recall in every cell of `crossings`, and precision in those that detections have.

    Args:
        cut: of the audit's tables.
        crossings: that are counted.
        files: labels by `row` of `objects.parquet` with the `score` that found them; detections
            with `frame`, class, label, box, `score`, `hit` and `aside`.
        classes: that the detector tells; objects of others are no trials.
        rules: what counts.
        seed: of the draws of worlds.
    """
    cut.query.view("told", files[0])
    cut.query.view("detected", files[1])
    known = ", ".join(literal(one) for one in classes) or "NULL"
    mine = f'coalesce(o."class", o.label) IN ({known})'
    found = SEEN.replace(" WHERE ", " JOIN told t ON t.row = o.file_row_number WHERE ")
    counted = f"{found} AND {BOXED} AND {mine}"
    right = (f"detected o JOIN numbered f ON o.frame = f.frame WHERE NOT o.aside "
             f"AND o.score >= {literal(rules.score)}")  # fmt: skip
    for crossing in crossings:
        hit = f"t.score >= {literal(rules.score)}"
        yield from _cells("recall", cut, crossing, (counted, hit), rules, seed)
    for crossing in dict.fromkeys(of_detections(cut.axes, one) for one in crossings):
        if crossing:
            yield from _cells("precision", cut, crossing, (right, "o.hit"), rules, seed)


def of_detections(axes: Mapping[str, Axis], crossing: tuple[str, ...]) -> tuple[str, ...]:
    """Return the axes of a crossing on which a detection has a place, too."""
    return tuple(
        axis for axis in crossing
        if axes[axis].column in BY_DETECTION or not PROPERTIES[axes[axis].column].of_object
    )  # fmt: skip


def _cells(
    measure: str, cut: Cut, crossing: tuple[str, ...], source: tuple[str, str], rules: Detector,
    seed: int,
) -> Iterator[Rate]:  # fmt: skip
    axes = [cut.axes[axis] for axis in crossing]
    rows = _counted(cut, crossing, source)
    if not rows:
        return
    table = np.array(rows, np.int64)
    codes, cell = np.unique(table[:, : len(axes)], axis=0, return_inverse=True)
    world, place = np.unique(table[:, -4], return_inverse=True)
    counts = np.zeros((2, len(world), len(codes)), np.int64)
    for at in (0, 1):
        np.add.at(counts[at], (place, cell), table[:, -1 - at])
    hits, trials = counts.sum(axis=1)
    low, high = wilson(hits, trials, rules.level)
    over = np.full((2, len(codes)), np.nan)
    if table[:, -3].all():
        rng = stream(seed, "detections", measure, title(crossing))
        over = np.array(over_worlds(counts[0], counts[1], rng, rules.draws, rules.level))
    for at, code_ in enumerate(codes):
        yield Rate(
            measure=measure, crossing=crossing,
            bins=tuple(labels(axis)[one] for axis, one in zip(axes, code_, strict=True)),
            hits=int(hits[at]), trials=int(trials[at]), low=float(low[at]), high=float(high[at]),
            worlds=int((counts[1, :, at] > 0).sum()), world_low=float(over[0, at]),
            world_high=float(over[1, at]),
        )  # fmt: skip


def _counted(cut: Cut, crossing: tuple[str, ...], source: tuple[str, str]) -> list[tuple]:
    """Return codes of bins, world, whether it is told, trials and hits, by cell and world."""
    keys = ", ".join(f"{code(cut.axes[key])} AS {name(key)}" for key in crossing)
    group = ", ".join(str(number + 1) for number in range(len(crossing) + 2))
    return cut.query.rows(
        f"SELECT {keys}, f.world_number, f.world IS NOT NULL, count(*), "
        f"count(*) FILTER ({source[1]}) FROM {source[0]} GROUP BY {group} ORDER BY {group}"
    )
