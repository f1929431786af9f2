"""The map of a shard and what its frames say of it, read without the writers' help."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyarrow.parquet as pq
import shapely


@dataclass(frozen=True, eq=False)
class MapFiles:
    """The map tables of a shard.

    Attributes:
        lanes: rows of `lanes.parquet` by name.
        boundaries: rows of `boundaries.parquet` by name.
        lines: rows of `lane_lines.parquet` by frame.
    """

    lanes: Mapping[str, Mapping]
    boundaries: Mapping[str, Mapping]
    lines: Mapping[int, Sequence[Mapping]]

    @cached_property
    def cars(self) -> dict[str, shapely.Polygon]:
        """Outlines of the lanes for cars, by name."""
        driven = ((name, lane) for name, lane in self.lanes.items() if lane["kind"] == "drive")
        return {name: shapely.Polygon(lane["area"]) for name, lane in driven}

    @cached_property
    def tree(self) -> shapely.STRtree:
        """These outlines, in order, for questions about places."""
        return shapely.STRtree(list(self.cars.values()))

    def cars_at(self, place: shapely.Point) -> list[str]:
        """Return the names of the lanes for cars that `place` is in."""
        names = list(self.cars)
        return sorted(names[i] for i in self.tree.query(place, predicate="within"))


def read_map(shard: Path) -> MapFiles:
    """Return the map tables of `shard`; raises OSError when one is missing."""
    return MapFiles(
        _by_name(shard / "lanes.parquet"), _by_name(shard / "boundaries.parquet"),
        read_lines(shard),
    )  # fmt: skip


def read_lines(shard: Path) -> dict[int, list[Mapping]]:
    """Return the rows of `lane_lines.parquet` by frame; raises OSError when it is missing."""
    lines: dict[int, list[Mapping]] = defaultdict(list)
    for row in pq.read_table(shard / "lane_lines.parquet").to_pylist():
        lines[row["frame"]].append(row)
    return lines


def _by_name(path: Path) -> dict[str, Mapping]:
    return {row["name"]: row for row in pq.read_table(path).to_pylist()}
