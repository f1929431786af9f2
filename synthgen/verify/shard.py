"""All checks of one shard, from its files."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow.parquet as pq

from synthgen.inside import located
from synthgen.kinds import PACKAGES
from synthgen.spec.plain_json import parsed
from synthgen.verify import coco_checks, keypoint_checks, kitti_checks
from synthgen.verify.drivable_checks import check_drivable
from synthgen.verify.ego_checks import check_ego
from synthgen.verify.faults import Tally, VerificationError
from synthgen.verify.flow_checks import check_flow
from synthgen.verify.frame import FrameFiles, read_frame
from synthgen.verify.glass_checks import check_glass
from synthgen.verify.image_checks import check_image
from synthgen.verify.lamp_checks import check_lamps, read_lamps
from synthgen.verify.lamp_pictures import check_lamp_pictures
from synthgen.verify.lidar_checks import check_lidar
from synthgen.verify.lidar_objects import check_lidar_objects, read_lidar_objects
from synthgen.verify.line_checks import check_lines
from synthgen.verify.raw_checks import check_raw
from synthgen.verify.reading_checks import Readings
from synthgen.verify.section_checks import check_sections
from synthgen.verify.snow_checks import check_snow
from synthgen.verify.state_checks import check_states
from synthgen.verify.streetmap import MapFiles, read_lines, read_map
from synthgen.verify.twin_checks import check_pairs, check_twin


def check_shard(shard: Path, kinds: Sequence[str] = PACKAGES) -> dict[str, int]:
    """Return how many checks of each kind the shard passed; the manifest may be absent still.

    `kinds` are the packages whose modules are kinds of sensors.

    Raises:
        VerificationError: when a label contradicts another channel.
    """
    tally = tally_shard(shard, kinds)
    if tally.violations:
        raise VerificationError(tally.violations)
    return dict(sorted(tally.checks.items()))


def tally_shard(shard: Path, kinds: Sequence[str] = PACKAGES) -> Tally:
    """Return every check of the shard with what it found."""
    tally = Tally()
    known = read_map(shard)
    check_frames(shard, known, tally, kinds=kinds)
    names = sorted(path.name for path in (shard / "twins").glob("*"))
    for name in names:
        check_twin(shard, name, tally)
        check_frames(shard / "twins" / name, known, tally, shapes=False, kinds=kinds)
    if names or (shard / "twins.parquet").is_file():
        check_pairs(shard, names, tally)
    if (shard / "manifest.json").is_file():
        _check_manifest(shard, tally)
    return tally


def check_frames(
    shard: Path, known: MapFiles, tally: Tally, shapes: bool = True, kinds: Sequence[str] = PACKAGES
) -> None:
    """Check every frame in the folder `shard`.

    Without `shapes` not what needs no light: of twins that is equal to the base, see
    `twin_checks`.
    """
    rows = pq.read_table(shard / "frames.parquet").to_pylist()
    objects: dict[int, list[Mapping]] = defaultdict(list)
    for row in pq.read_table(shard / "objects.parquet").to_pylist():
        objects[row["frame"]].append(row)
    check_ego(rows, tally)
    lamps, lines = read_lamps(shard), read_lines(shard)
    swept = read_lidar_objects(shard)
    coco = _Coco(shard / "coco", tally) if (shard / "coco").is_dir() else None
    kitti, readings = shard / "kitti" / "training", Readings(shard, kinds)
    before = None
    for row in rows:
        files = read_frame(shard, row, objects[row["frame"]])
        if shapes:
            _check_shapes(files, known, tally)
            check_flow(shard, files, before, tally)
            before = files
        check_glass(row, tally)
        check_snow(row, lines.get(row["frame"], ()), tally)
        burning = lamps.of(row["frame"])
        seen = [one for one in files.objects if files.late(one["camera"]) == 0.0]
        check_lamps(row, burning, seen, tally)
        for name in files.cameras:
            check_lamp_pictures(files, name, burning, tally)
            check_states(files, name, known.lanes, tally)
        for name in files.lidars:
            check_lidar(files, name, tally)
            check_raw(files, name, tally)
        check_lidar_objects(files, swept, tally)
        readings.check(files, tally)
        if kitti.is_dir():
            kitti_checks.check_kitti(kitti, files, tally)
        if coco is not None:
            coco.check(files, tally)
    readings.check_whole(rows, objects, tally)


def _check_shapes(files: FrameFiles, known: MapFiles, tally: Tally) -> None:
    """Check what needs no light: tracks, masks, boxes, depth, lines, ground, keypoints."""
    _check_tracks(files.frame, files.objects, tally)
    check_sections(files.frame, files.objects, tally)
    for name in files.cameras:
        check_image(files, name, tally)
        check_lines(files, name, known, tally)
        check_drivable(files, name, known, tally)
        keypoint_checks.check_keypoints(files, name, tally)


def _check_tracks(frame: int, rows: Sequence[Mapping], tally: Tally) -> None:
    """Tracks are unique per camera, and links lead to rows that link back."""
    by_key = {(row["camera"], row["track"]): row for row in rows}
    unique = len(by_key) == len(rows)
    tally.check("tracks unique", unique, frame, 0, f"{len(rows)} rows, {len(by_key)} tracks")
    for row in rows:
        for link, back in (("rides", "ridden_by"), ("ridden_by", "rides")):
            if row[link]:
                other = by_key.get((row["camera"], row[link]))
                good = other is not None and other[back] == row["track"]
                tally.check("links resolve", good, frame, row["track"], f"{link} {row[link]}")


class _Coco:
    """The COCO records of a shard by frame."""

    def __init__(self, home: Path, tally: Tally) -> None:
        self._home = home
        instances, panoptic = coco_checks.load(home)
        coco_checks.check_ids(instances, panoptic, tally)
        self._annotations: dict[int, list[Mapping]] = defaultdict(list)
        for one in instances["annotations"]:
            self._annotations[one["image_id"]].append(one)
        self._people: dict[int, list[Mapping]] = defaultdict(list)
        for one in coco_checks.load_people(home, tally):
            self._people[one["image_id"]].append(one)
        self._panoptic = {record["image_id"]: record for record in panoptic["annotations"]}

    def check(self, files: FrameFiles, tally: Tally) -> None:
        """Check one frame."""
        coco_checks.check_instances(files, self._annotations[files.frame], tally)
        keypoint_checks.check_coco_people(files, self._people[files.frame], tally)
        coco_checks.check_panoptic(self._home, files, self._panoptic[files.frame], tally)


def _check_manifest(shard: Path, tally: Tally) -> None:
    manifest = parsed((shard / "manifest.json").read_text())
    for entry in manifest["files"]:
        try:
            path = located(shard, entry["path"])
        except ValueError as error:
            tally.check("file hash", False, -1, 0, f"{entry['path']} {error}")
            continue
        same = path.stat().st_size == entry["size"]
        if same:
            with path.open("rb") as file:
                same = hashlib.file_digest(file, "sha256").hexdigest() == entry["sha256"]
        tally.check("file hash", same, -1, 0, entry["path"])
