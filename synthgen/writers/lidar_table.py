"""`lidar_objects.parquet`: the box of each labelled thing at each lidar's own time, and its points.

Rows of `objects.parquet` are true at the time of their camera; those of this table at the time
that the sweep is compensated to, and they count the points of that one sweep.
"""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa

from synthgen.labels.solid import points_hitting, points_inside, solids_at
from synthgen.sample import LidarReading, ObjectLabel, Sample
from synthgen.writers.columns import column
from synthgen.writers.instances import instance_of
from synthgen.writers.tables import write_table

_TEXT, _NUMBER, _LONG = pa.string(), pa.float64(), pa.int64()
_NUMBERS = pa.list_(_NUMBER)

LIDAR_OBJECT = (
    column("frame", _LONG, "index in the data set"),
    column("clip", _LONG, "clip index"),
    column("lidar", _TEXT, "lidar that the row speaks of"),
    column("track", _LONG, "id of the thing, as in objects.parquet"),
    column("instance", pa.int32(), "id in lidar labels of the clip"),
    column("class", _TEXT, "class name"),
    column("center", _NUMBERS, "centre of the box at the lidar's time", "m", "world"),
    column("size", _NUMBERS, "length, width, height of the box", "m"),
    column("quaternion", _NUMBERS, "(x, y, z, w), world from box", "", "world"),
    column("velocity", _NUMBERS, "of the thing's origin", "m/s", "world"),
    column("yaw_rate", _NUMBER, "about world z", "rad/s", "world"),
    column("distance", _NUMBER, "lidar to box centre", "m"),
    column("points", _LONG, "points of this sweep inside the box"),
    column("hits", _LONG, "points of this sweep that met the thing"),
)


@dataclass(frozen=True)
class LidarTable:
    """Writes the table of a shard, into its `folder` while it is being built."""

    folder: Path
    _rows: list[dict] = field(default_factory=list, init=False)

    def add(self, sample: Sample) -> None:
        """Keep the rows of one frame: every thing that any camera labels, for each lidar."""
        named = {label.number: label for labels in sample.objects.values() for label in labels}
        for reading in sample.lidars.values():
            labels = [named[number] for number in sorted(named)]
            self._rows.extend(lidar_rows(sample, reading, labels))

    def close(self) -> None:
        """Write the file."""
        schema = pa.schema(LIDAR_OBJECT)
        write_table(self.folder / "lidar_objects.parquet", self._rows, schema)


def lidar_rows(sample: Sample, reading: LidarReading, labels: list[ObjectLabel]) -> list[dict]:
    """Return the rows of the things of `labels` for one sweep."""
    moment, time = sample.moment, reading.time
    things = [moment.by_number[label.number] for label in labels]
    solids = solids_at(things, time)
    inside = points_inside(solids, [reading])
    hits = points_hitting({reading.name: reading}, len(moment.scene.world.bodies))
    eye = reading.world_from_lidar[:3, 3]
    return [
        {
            "frame": sample.frame,
            "clip": sample.clip,
            "lidar": reading.name,
            "track": label.track,
            "instance": instance_of(sample, label),
            "class": label.kind,
            "center": solid.center.tolist(),
            "size": solid.size.tolist(),
            "quaternion": solid.quaternion.tolist(),
            "velocity": [0.0] * 3 if thing.stands else thing.track.velocity_at(time).tolist(),
            "yaw_rate": 0.0 if thing.stands else thing.track.yaw_rate_at(time),
            "distance": float(np.linalg.norm(solid.center - eye)),
            "points": int(count),
            "hits": int(hits[label.number]),
        }
        for label, thing, solid, count in zip(labels, things, solids, inside, strict=True)
    ]
