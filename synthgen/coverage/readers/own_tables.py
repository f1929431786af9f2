"""The tables of one shard under one set of conditions, and how its frames are called."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from synthgen.errors import UserError
from synthgen.readers.dataset import DataSet
from synthgen.spec.plain_parquet import check_table


@dataclass(frozen=True, eq=False)
class Source:
    """Tables of a shard.

    Attributes:
        folder: where its files lie, relative to what is audited.
        prefix: of the names of worlds: the run's folder and `/`, or empty.
        twin: name of the conditions, empty for the scene's own.
        frames: rows of `frames.parquet`.
        objects: rows of `objects.parquet`.
        validates: frames that the data set keeps for validation.
    """

    folder: str
    prefix: str
    twin: str
    frames: pa.Table
    objects: pa.Table
    validates: frozenset[int]

    def name(self, frame: int, camera: str) -> str:
        """Return how the picture of `camera` at `frame` is called."""
        twin = f"{self.twin}/" if self.twin else ""
        own = f"{self.prefix}{twin}{frame:06d}"
        return f"{own}/{camera}" if self.several else own

    @property
    def several(self) -> bool:
        """Whether frames have several cameras."""
        return any(len(cameras) > 1 for cameras in self._cameras.values())

    @property
    def _cameras(self) -> Mapping[int, list]:
        columns = (self.frames["frame"].to_pylist(), self.frames["cameras"].to_pylist())
        return dict(zip(*columns, strict=True))

    def world(self, clip: int) -> str:
        """Return how the world of a clip is called."""
        return f"{self.prefix}{clip:06d}"


def sources(run: DataSet, data: Path, prefix: str) -> Iterator[Source]:
    """Yield the tables of each shard of `run`, its twins' behind its own."""
    validates = frozenset(run.split.val)
    for shard in run.shards:
        for twin in ("", *shard.twins):
            folder = shard.under(twin).folder
            yield Source(
                folder=folder.relative_to(data).as_posix(),
                prefix=prefix,
                twin=twin,
                frames=_table(folder / "frames.parquet"),
                objects=_table(folder / "objects.parquet"),
                validates=validates,
            )


def _table(path: Path) -> pa.Table:
    try:
        check_table(path)
        return pq.read_table(path)
    except (OSError, ValueError) as error:
        raise UserError(f"{path}: expected a table in Parquet") from error
