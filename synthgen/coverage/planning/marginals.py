"""What a data set is like by and large: classes per frame, distances, heights of boxes."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from jaxtyping import Float, Int

from synthgen.geometry import Array
from synthgen.spec.quantity import ROAD_USERS

DISTANCES = np.linspace(0.0, 100.0, 21)
"""[m] edges; what is farther is in the last bin."""
HEIGHTS = np.array([0.0, 10, 15, 20, 25, 30, 40, 50, 65, 80, 100, 130, 170, 220, 300, 400])
"""[px] edges; what is higher is in the last bin."""
COLUMNS = ("class", "distance", "top", "bottom", "lidar_points", "ignored")
"""Of the objects' table that are looked at."""
AMONG = (*ROAD_USERS, "pedestrian")
"""Classes that traffic decides: signs and bollards are not looked at."""


@dataclass(frozen=True, eq=False)
class Marginals:
    """Counts of a data set.

    Attributes:
        frames: in it.
        classes: objects by class of `AMONG`, those that are ignored left out.
        distances: objects by bin of `DISTANCES`.
        heights: boxes by bin of `HEIGHTS`.
    """

    frames: int
    classes: dict[str, int]
    distances: Int[Array, "20"]
    heights: Int[Array, "15"]

    def per_frame(self, name: str) -> float:
        """Return the mean number of a class in a frame."""
        return self.classes.get(name, 0) / max(self.frames, 1)


def marginals(frames: int, objects: Iterable[pa.RecordBatch], reach: float = inf) -> Marginals:
    """Return the counts of `objects`, batches with the columns `COLUMNS`, one batch at a time.

    Args:
        frames: that they are in.
        objects: of all classes; those of `AMONG` are counted.
        reach: [m] for frames that are lidar sweeps: what is farther away than this, or was not hit
            where hits are told, is left out.
    """
    classes: dict[str, int] = {}
    distances = np.zeros(len(DISTANCES) - 1, np.int64)
    heights = np.zeros(len(HEIGHTS) - 1, np.int64)
    for batch in objects:
        kept = pa.Table.from_batches([batch]).select(list(COLUMNS))
        kept = kept.filter(pc.invert(pc.fill_null(kept["ignored"], False)))
        kept = kept.filter(pc.is_in(kept["class"], pa.array(AMONG)))
        kept = kept if reach == inf else kept.filter(_swept(kept, reach))
        for told in kept["class"].drop_null().value_counts().to_pylist():
            classes[told["values"]] = classes.get(told["values"], 0) + told["counts"]
        distances += _histogram(kept["distance"], DISTANCES)
        heights += _histogram(pc.subtract(kept["bottom"], kept["top"]), HEIGHTS)
    return Marginals(frames, dict(sorted(classes.items())), distances, heights)


def _swept(objects: pa.Table, reach: float) -> pa.ChunkedArray:
    """Return whether a lidar that sees `reach` [m] far shows each of `objects`."""
    near = pc.fill_null(pc.less_equal(objects["distance"], reach), False)
    return pc.and_(near, pc.fill_null(pc.greater(objects["lidar_points"], 0), True))


def _histogram(column: pa.ChunkedArray, edges: Float[Array, "n"]) -> Int[Array, "m"]:
    values = column.drop_null().to_numpy()
    return np.histogram(np.minimum(values, np.nextafter(edges[-1], 0.0)), edges)[0]


def total_variation(one: Int[Array, "n"], other: Int[Array, "n"]) -> float:
    """Return half the sum of the differences between two distributions: 0 alike, 1 apart.

    Nothing counted on one side alone is 1; on both, 0.
    """
    if not one.sum() or not other.sum():
        return float(one.sum() != other.sum())
    return float(0.5 * np.abs(one / one.sum() - other / other.sum()).sum())


def apart(one: Marginals, other: Marginals) -> dict[str, float]:
    """Return how far two data sets are apart: total variation of distances, of heights and of the
    mix of classes, and the mean relative error of objects per frame.

    Distances or heights that `one` does not tell are left out. The error is the sum over classes of
    |difference of means| over the sum of `one`'s means.
    """
    names = sorted({*one.classes, *other.classes})
    mixes = [np.array([each.classes.get(n, 0) for n in names]) for each in (one, other)]
    error = sum(abs(one.per_frame(n) - other.per_frame(n)) for n in names)
    whole = sum(one.per_frame(n) for n in names)
    told = {name: (getattr(one, name), getattr(other, name)) for name in ("distances", "heights")}
    return {
        **{name: total_variation(*pair) for name, pair in told.items() if pair[0].sum()},
        "classes": total_variation(*mixes),
        "per_frame": error / whole if whole else float(error > 0),
    }
