"""`lamps.parquet`: the state of every lamp around the ego car, frame by frame."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from synthgen.sample import Sample
from synthgen.writers.columns import column

_TEXT, _NUMBER, _FLAG, _LONG = pa.string(), pa.float32(), pa.bool_(), pa.int64()

LAMP = (
    column("frame", _LONG, "index in the data set"),
    column("clip", _LONG, "clip index"),
    column("lamp", pa.int32(), "number of the lamp, the same all through a clip"),
    column("body", _TEXT, "what carries it, unique in the clip"),
    column("class", _TEXT, "class of what carries it"),
    column("track", _LONG, "track of what carries it, 0 for what is not counted"),
    column("circuit", _TEXT, "lamps of one circuit are switched together: low_beam, street, ..."),
    column("x", _NUMBER, "place of the lamp", "m", "world"),
    column("y", _NUMBER, "place of the lamp", "m", "world"),
    column("z", _NUMBER, "place of the lamp", "m", "world"),
    column("ahead_x", _NUMBER, "unit vector along its axis", "1", "world"),
    column("ahead_y", _NUMBER, "unit vector along its axis", "1", "world"),
    column("ahead_z", _NUMBER, "unit vector along its axis", "1", "world"),
    column("radius", _NUMBER, "of a disc as large as its lens", "m"),
    column("candela", _NUMBER, "along its axis, at full level", "cd"),
    column("beam", _TEXT, "angular pattern: isotropic, lambert, street, low_beam, high_beam, "
           "signal or marker"),
    column("on", _FLAG, "switched on and has power; flashing is not applied"),
    column("lit", _FLAG, "bright at this moment"),
    column("level", _NUMBER, "intensity at this moment over `candela`", "1"),
    column("block", pa.int32(), "area of the public grid, -1 for what moves"),
    column("feed", _TEXT, "grid, generator, vehicle, battery or flame; none: its grid is down"),
)  # fmt: skip


@dataclass(frozen=True)
class LampTable:
    """Writes the lamps of a shard.

    Attributes:
        folder: of the shard being built.
    """

    folder: Path
    _frames: list[pa.Table] = field(default_factory=list, init=False)

    def add(self, sample: Sample) -> None:
        """Keep the lamps of one frame."""
        columns = dict(sample.lamps)
        if not columns:
            return
        count = len(columns["lamp"])
        columns["frame"] = np.full(count, sample.frame)
        columns["clip"] = np.full(count, sample.clip)
        schema = pa.schema(LAMP)
        arrays = [pa.array(columns[one.name], type=one.type) for one in schema]
        self._frames.append(pa.Table.from_arrays(arrays, schema=schema))

    def close(self) -> None:
        """Write the file, one row group, fixed settings."""
        empty = pa.schema(LAMP).empty_table()
        table = pa.concat_tables([empty, *self._frames]).combine_chunks()
        path = self.folder / "lamps.parquet"
        pq.write_table(table, path, compression="zstd", row_group_size=max(len(table), 1))
