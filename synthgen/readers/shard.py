"""One finished shard: its clips, its frames, and the rows of its tables."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import pyarrow.parquet as pq

from synthgen.errors import UserError
from synthgen.inside import located
from synthgen.readers.sensors import CameraFrame, LidarFrame
from synthgen.spec.plain_json import parsed
from synthgen.spec.plain_parquet import check_table
from synthgen.spec.wording import brief

LAYOUT = 2
"""Version of the layout of shards that is understood, as their manifests name it."""


@dataclass(frozen=True, eq=False)
class Frame:
    """One frame: row, sensors by name in the rig's order, and rows of `objects.parquet`.

    Attributes:
        row: of `frames.parquet`.
        cameras: by name.
        lidars: by name.
        objects: all rows of the frame: one per camera and thing, true at the camera's time.
        swept: rows of `lidar_objects.parquet`: one per lidar and thing, true at the lidar's time.
    """

    row: Mapping
    cameras: Mapping[str, CameraFrame]
    lidars: Mapping[str, LidarFrame]
    objects: Sequence[Mapping]
    swept: Sequence[Mapping] = ()

    @property
    def number(self) -> int:
        """Index in the data set."""
        return int(self.row["frame"])

    @property
    def clip(self) -> int:
        """Clip index."""
        return int(self.row["clip"])

    @property
    def time(self) -> float:
        """[s] nominal time in the clip."""
        return float(self.row["time"])

    @property
    def camera(self) -> CameraFrame:
        """The first camera, which KITTI and COCO label."""
        return next(iter(self.cameras.values()))

    @property
    def lidar(self) -> LidarFrame:
        """The first lidar."""
        return next(iter(self.lidars.values()))

    def seen_by(self, camera: str) -> list[Mapping]:
        """Return the rows that speak of one camera."""
        return [row for row in self.objects if row["camera"] == camera]

    def swept_by(self, lidar: str) -> list[Mapping]:
        """Return the rows that speak of one lidar: boxes at its time, points of its sweep.

        Raises:
            UserError: where the data set is of a version that did not tell.
        """
        rows = [row for row in self.swept if row["lidar"] == lidar]
        if self.objects and not rows:
            raise UserError(
                f"{self.lidar.folder}: no lidar_objects.parquet, made by an older version; "
                "make the data set anew"
            )
        return rows

    def things(self) -> list[Mapping]:
        """Return one row for each thing: that of the first camera that lists it."""
        found: dict[int, Mapping] = {}
        for row in self.objects:
            found.setdefault(row["track"], row)
        return list(found.values())


@dataclass(frozen=True, eq=False)
class Clip:
    """One world and one drive.

    Attributes:
        record: what the manifest says of it: every draw, the place, the gap between frames.
        frames: in order.
    """

    record: Mapping
    frames: tuple[Frame, ...]

    @property
    def number(self) -> int:
        """Clip index."""
        return int(self.record["clip"])

    @property
    def gap(self) -> float:
        """[s] least time between frames."""
        return float(self.record["gap"])


@dataclass(frozen=True, eq=False)
class Shard:
    """A finished shard.

    Attributes:
        home: its folder.
        manifest: its content.
        sha256: of the manifest file, which names the content of every other.
        twin: which conditions to read, empty for the scene's own.
    """

    home: Path
    manifest: Mapping
    sha256: str
    twin: str = ""

    @property
    def folder(self) -> Path:
        """Where the files lie."""
        return self.home / "twins" / self.twin if self.twin else self.home

    @property
    def number(self) -> int:
        """Shard number."""
        return int(self.manifest["shard"])

    @property
    def twins(self) -> tuple[str, ...]:
        """Names of the other conditions that its moments are shown under."""
        return tuple(sorted({one for clip in self.manifest["clips"] for one in clip["twins"]}))

    def under(self, twin: str) -> "Shard":
        """Return the same moments under other conditions."""
        return replace(self, twin=twin)

    def rows(self, table: str) -> list[dict]:
        """Return the rows of `table`.parquet; maps of the city lie with the scene's own."""
        found = self.folder / f"{table}.parquet"
        path = found if found.is_file() else self.home / f"{table}.parquet"
        try:
            check_table(path)
            rows: list[dict] = pq.read_table(path).to_pylist()
        except (OSError, ValueError) as error:
            said = " ".join(str(error).split())[:200]
            raise UserError(f"{path}: expected a table in Parquet: {said}") from error
        return rows

    @cached_property
    def _objects(self) -> Mapping[int, list[Mapping]]:
        return _by_frame(self.rows("objects"))

    @cached_property
    def _swept(self) -> Mapping[int, list[Mapping]]:
        there = (self.folder / "lidar_objects.parquet").is_file()
        return _by_frame(self.rows("lidar_objects")) if there else {}

    @cached_property
    def frames(self) -> tuple[Frame, ...]:
        """The frames, in order; files are opened when they are asked for."""
        return tuple(self._frame(row) for row in self.rows("frames"))

    def _frame(self, row: Mapping) -> Frame:
        number = row["frame"]
        cameras = (CameraFrame(self.folder, number, one) for one in row["cameras"])
        lidars = (LidarFrame(self.folder, number, one) for one in row["lidars"])
        return Frame(
            row,
            {one.name: one for one in cameras},
            {one.name: one for one in lidars},
            self._objects.get(number, ()),
            self._swept.get(number, ()),
        )

    def clips(self) -> Iterator[Clip]:
        """Yield the clips that have frames, in order."""
        for record in self.manifest["clips"]:
            frames = tuple(one for one in self.frames if one.clip == record["clip"])
            if frames:
                yield Clip(record, frames)

    def check_hashes(self) -> None:
        """Read every file of the shard, twins too, and compare it with the manifest.

        Raises:
            UserError: for the first file that is missing or another than when it was made.
        """
        for entry in self.manifest["files"]:
            path = inside(self.home, entry["path"])
            with path.open("rb") as file:
                if hashlib.file_digest(file, "sha256").hexdigest() != entry["sha256"]:
                    raise UserError(f"{path}: is not the file that the manifest names")


def inside(folder: Path, name: object) -> Path:
    """Return file `name` of a shard's `folder`; raises a `UserError` for one outside, or none."""
    try:
        return located(folder, name)
    except ValueError as error:
        if str(error) == "no such file":
            raise UserError(f"{folder / str(name)}: missing") from error
        raise UserError(f"{folder}: a file called {brief(name)} {error}") from error


def _by_frame(rows: Sequence[Mapping]) -> Mapping[int, list[Mapping]]:
    found: dict[int, list[Mapping]] = {}
    for row in rows:
        found.setdefault(row["frame"], []).append(row)
    return found


def read_shard(folder: Path) -> Shard:
    """Return the shard in `folder`.

    Raises:
        UserError: when its manifest cannot be read or tells of another layout.
    """
    path = folder / "manifest.json"
    text = path.read_bytes()
    try:
        manifest = parsed(text)
        layout = manifest["format"]
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(f"{path}: not a manifest of synthgen") from error
    if layout != LAYOUT:
        raise UserError(f"{folder}: layout {layout}, expected {LAYOUT}; make it anew")
    return Shard(folder, manifest, hashlib.sha256(text).hexdigest())
