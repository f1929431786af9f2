"""Files and table of sensors that are neither cameras nor lidars; their kind says what they hold.

`sensor/<name>/<frame>.<ending>` is the reading of a frame, `sensor/<name>/clip<number>.<ending>`
the recording of a whole clip; what belongs to it lies in folders beside. `sensors.parquet` has a
row per reading.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from synthgen.geometry import Array
from synthgen.kinds import Kind, load
from synthgen.mounting import SensorMount
from synthgen.sample import Reading, Sample
from synthgen.spec.identity import plain
from synthgen.writers.columns import column
from synthgen.writers.files import canonical, write
from synthgen.writers.instances import instances

_TEXT, _LONG, _NUMBER = pa.string(), pa.int64(), pa.float64()
COLUMNS = (
    column("frame", _LONG, "index in the data set; null: a recording of the whole clip"),
    column("clip", _LONG, "clip index"),
    column("name", _TEXT, "sensor name"),
    column("kind", _TEXT, "kind of sensor"),
    column("time", _NUMBER, "of the reading; of a recording when it begins", "s"),
    column("world_from_sensor", pa.list_(_NUMBER), "row-major 4x4 at `time`", "m",
           "x forward, y left, z up to world"),
    column("world_from_ego", pa.list_(_NUMBER), "car at `time`, row-major 4x4", "m",
           "ego to world"),
    column("files", pa.list_(_TEXT), "relative to the shard"),
    column("model", _TEXT, "what the sensor is, JSON"),
)  # fmt: skip


def reading_path(name: str, ending: str, sample: Sample, records: bool) -> str:
    """Return where what a kind calls `ending` lies in a shard."""
    folder, _, suffix = ending.rpartition("/")
    stem = f"clip{sample.clip:06d}" if records else f"{sample.frame:06d}"
    return "/".join(part for part in ("sensor", name, folder, stem + suffix) if part)


@dataclass(frozen=True)
class ReadingFiles:
    """Writes what sensors of other kinds read.

    Attributes:
        folder: of the shard being built.
        sensors: of the rig.
    """

    folder: Path
    sensors: Mapping[str, SensorMount]
    _rows: list[dict] = field(default_factory=list, init=False)

    def add(self, sample: Sample) -> None:
        """Write the files of every reading of `sample`, and keep its row."""
        for name, reading in sample.readings.items():
            fitted = self.sensors[name]
            kind = load(fitted.module)
            if set(reading.facts) != set(kind.facts):
                raise ValueError(f"{name}: facts {sorted(reading.facts)}, not {sorted(kind.facts)}")
            files = kind.files(reading, partial(instances, sample))
            named = {reading_path(name, end, sample, kind.records): end for end in files}
            for path, end in named.items():
                write(self.folder / path, files[end])
            self._rows.append(_row(sample, reading, fitted, kind) | {"files": sorted(named)})

    def close(self) -> None:
        """Write `sensors.parquet`."""
        facts = pa.map_(_TEXT, _NUMBER)
        said = {f"{fitted.kind}.{name}": f"[{unit}] {meaning}"
                for fitted in self.sensors.values()
                for name, (unit, meaning) in load(fitted.module).facts.items()}  # fmt: skip
        last = pa.field("facts", facts, metadata={"meaning": "single values by name", **said})
        table = pa.Table.from_pylist(self._rows, schema=pa.schema((*COLUMNS, last)))
        self.folder.mkdir(parents=True, exist_ok=True)
        rows = max(len(self._rows), 1)
        path = self.folder / "sensors.parquet"
        pq.write_table(table, path, compression="zstd", row_group_size=rows)


def _flat(matrix: Array) -> list[float]:
    numbers: list[float] = np.asarray(matrix, float).ravel().tolist()
    return numbers


def _numbers(model: object) -> Mapping:
    found = plain(model)
    if not isinstance(found, Mapping):
        raise ValueError(f"the model of a sensor must be a dataclass, got {model}")
    return found


def _row(sample: Sample, reading: Reading, fitted: SensorMount, kind: Kind) -> dict:
    return {
        "frame": None if kind.records else sample.frame,
        "clip": sample.clip,
        "name": reading.name,
        "kind": fitted.kind,
        "time": float(reading.time),
        "world_from_sensor": _flat(reading.world_from_sensor),
        "world_from_ego": _flat(sample.moment.scene.ego.world_from_body(reading.time)),
        "model": canonical(_numbers(fitted.model)),
        "facts": [(name, float(value)) for name, value in sorted(reading.facts.items())],
    }
