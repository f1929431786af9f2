"""`twins.parquet`: which pictures show the same moment, and what of them differs."""

from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from synthgen.labels.rules import LabelRules, accepted
from synthgen.sample import Sample
from synthgen.writers.columns import column
from synthgen.writers.sensor_files import image_path, sweep_path
from synthgen.writers.tables import write_table

BASE = "base"
_TEXT, _NUMBER, _LONG = pa.string(), pa.float64(), pa.int64()
_CONDITIONS = {
    "sun_elevation": "rad", "illuminance": "lx", "rain": "mm/h", "extinction": "1/m",
    "wetness": "1", "grid_fed": "1",
}  # fmt: skip
"""Entries of the environment record that are repeated here, and their units."""

TWIN = (
    column("frame", _LONG, "index in the data set: rows of one frame show one moment"),
    column("clip", _LONG, "clip index"),
    column("twin", _TEXT, "name of the conditions; base: the scene's own"),
    column("folder", _TEXT, "where its files lie, relative to the shard, with equal names"),
    column("image", _TEXT, "image of the first camera, relative to the folder"),
    column("sweep", _TEXT, "sweep of the first lidar, relative to the folder"),
    *(column(name, _NUMBER, "see frames.parquet", unit) for name, unit in _CONDITIONS.items()),
    column("seen", _LONG, "objects of which the first camera's image has a pixel; as all twins"),
    column("discernible", _LONG, "of these, those that stand out of the picture"),
    column("counting", _LONG, "of these, those that pass the label rules"),
    column("points", _LONG, "points of the first lidar's sweep"),
)


def twin_folder(twin: str) -> str:
    """Return where the files of `twin` lie in a shard, `.` for the scene's own conditions."""
    return f"twins/{twin}" if twin else "."


@dataclass(frozen=True)
class TwinTable:
    """Writes the pairs of a shard.

    Attributes:
        folder: of the shard being built.
        camera: name of the first camera.
        lidar: name of the first lidar.
        rules: thresholds.
        suffix: of image files, .png or .jpg.
    """

    folder: Path
    camera: str
    lidar: str
    rules: LabelRules
    suffix: str = ".png"
    _rows: list[dict] = field(default_factory=list, init=False)

    def add(self, sample: Sample) -> None:
        """Keep the row of one frame under one set of conditions."""
        seen = [one for one in sample.objects[self.camera] if one.visible_pixels > 0]
        self._rows.append(
            {
                "frame": sample.frame,
                "clip": sample.clip,
                "twin": sample.twin or BASE,
                "folder": twin_folder(sample.twin),
                "image": image_path(self.camera, sample.frame, self.suffix),
                "sweep": sweep_path(self.lidar, sample.frame),
                **{name: float(sample.environment[name]) for name in _CONDITIONS},
                "seen": len(seen),
                "discernible": sum(one.discernible for one in seen),
                "counting": sum(accepted(self.rules, one) for one in seen),
                "points": len(sample.lidars[self.lidar].point),
            }
        )

    def close(self) -> None:
        """Write the file."""
        write_table(self.folder / "twins.parquet", self._rows, pa.schema(TWIN))
