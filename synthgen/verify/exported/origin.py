"""The data set that an export was made from, read without the exporters' help."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from jaxtyping import Float

from synthgen.geometry import Array, inverse
from synthgen.verify.frame import read_image


@dataclass(frozen=True, eq=False)
class Origin:
    """One frame of the data set.

    Attributes:
        shard: its folder.
        row: of `frames.parquet`.
        objects: rows of `objects.parquet` of the first camera.
        index: position in its clip.
        things: a row of each thing, of the first camera that lists it.
    """

    shard: Path
    row: Mapping
    objects: Sequence[Mapping]
    index: int
    things: Sequence[Mapping] = ()

    @property
    def camera(self) -> Mapping:
        """Row of the first camera."""
        camera: Mapping = self.row["cameras"][0]
        return camera

    @property
    def lidar(self) -> Mapping:
        """Row of the first lidar."""
        lidar: Mapping = self.row["lidars"][0]
        return lidar

    @property
    def world_from_lidar(self) -> Float[Array, "4 4"]:
        """Pose of the first lidar."""
        return np.reshape(self.lidar["world_from_lidar"], (4, 4))

    @property
    def camera_from_lidar(self) -> Float[Array, "4 4"]:
        """Pose of the first lidar in the first camera, as they sit on the car."""
        car = [np.reshape(one["world_from_ego"], (4, 4)) for one in (self.camera, self.lidar)]
        camera = inverse(car[0]) @ np.reshape(self.camera["world_from_camera"], (4, 4))
        return inverse(camera) @ inverse(car[1]) @ self.world_from_lidar

    def points(self) -> Float[Array, "n 4"]:
        """Return the sweep: x, y, z, intensity."""
        return np.fromfile(self.shard / self.lidar["file"], "<f4").reshape(-1, 4)

    def beside(self, sensor: str, kind: str, ending: str) -> Path:
        """Return a file of truth of a sensor."""
        return self.shard / f"sensor/{sensor}/{kind}/{self.row['frame']:06d}{ending}"

    def words(self) -> tuple[Array, Array, Array]:
        """Return class, instance and cause of each point."""
        name = self.lidar["name"]
        words = np.fromfile(self.beside(name, "label", ".label"), "<u4")
        return words & 0xFFFF, words >> 16, np.fromfile(self.beside(name, "cause", ".bin"), "u1")

    def dense(self, kind: str) -> Array:
        """Return a dense label of the first camera as stored."""
        return read_image(self.beside(self.camera["name"], kind, ".png"))


def clips_of(shards: Sequence[Path]) -> Iterator[tuple[int, list[Origin]]]:
    """Yield number and frames of every clip."""
    for shard in shards:
        objects: dict[int, list[Mapping]] = defaultdict(list)
        for row in pq.read_table(shard / "objects.parquet").to_pylist():
            objects[row["frame"]].append(row)
        clips: dict[int, list[Origin]] = defaultdict(list)
        for row in pq.read_table(shard / "frames.parquet").to_pylist():
            first = row["cameras"][0]["name"]
            rows, place = objects[row["frame"]], len(clips[row["clip"]])
            own = [one for one in rows if one["camera"] == first]
            things = list({one["track"]: one for one in reversed(rows)}.values())
            clips[row["clip"]].append(Origin(shard, row, own, place, things))
        yield from clips.items()
