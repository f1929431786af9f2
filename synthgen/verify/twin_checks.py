"""Twins: the same moments under other conditions. What may differ is named here; all else is equal.

Dense labels are compared byte by byte, tables value by value.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pyarrow.parquet as pq

from synthgen.verify.faults import Tally

EQUAL_FILES = (
    "sensor/*/instance/*", "sensor/*/semantic/*", "sensor/*/depth/*", "sensor/*/drivable/*",
    "kitti/training/calib/*", "kitti/ImageSets/*", "lanes.parquet", "boundaries.parquet",
)  # fmt: skip
"""Files that have the very bytes of the base's."""
OBJECT_DIFFERS = frozenset(
    {"contrast", "discernible", "counts", "lidar_points", "lidar_hits", "circuits", "headlamps",
     "tail", "state", "state_lit", "kitti", "kitti_class", "kitti_row"}
)  # fmt: skip
"""Columns of `objects.parquet` that may differ: how well a thing stands out, what formats make of
that, lidar counts, lamps and signals."""
FRAME_EQUAL = frozenset(
    {"frame", "clip", "time", "objects", "things", "emergency_vehicles", "emergency_lamps",
     "ego_speed", "ego_x", "ego_y", "ego_z", "ego_yaw"}
)  # fmt: skip
"""Columns of `frames.parquet` that are equal; the others are the conditions, and `place_facts`,
which tells of fog banks, smoke and spray."""
SENSOR_DIFFERS = frozenset(
    {"exposure", "gain", "balance", "digital", "covered", "veiled", "points", "dropped"}
)
"""Fields of a frame's cameras and lidars that may differ."""


def check_twin(shard: Path, name: str, tally: Tally) -> None:
    """Check that twin `name` shows the moments of `shard`, and nothing differs but what may."""
    home = shard / "twins" / name
    for pattern in EQUAL_FILES:
        own = {path.relative_to(home) for path in home.glob(pattern)}
        base = {path.relative_to(shard) for path in shard.glob(pattern)}
        for path in sorted(own | base):
            same = path in own & base and (home / path).read_bytes() == (shard / path).read_bytes()
            tally.check("twin file", same, _number(path), 0, f"{name}: {path}")
    _check_frames(_rows(shard, "frames"), _rows(home, "frames"), name, tally)
    for old, new in _side_by_side(_rows(shard, "lane_lines"), _rows(home, "lane_lines")):
        differs, row = _differing(old, new) - {"snow"}, old or new
        said = f"{name}: {row['boundary']}: {', '.join(sorted(differs))}"
        tally.check("twin line", not differs, row["frame"], 0, said)
    for old, new in _side_by_side(_rows(shard, "objects"), _rows(home, "objects")):
        differs = _differing(old, new) - OBJECT_DIFFERS
        row = old or new
        said = f"{name}: {', '.join(sorted(differs))}"
        tally.check("twin object", not differs, row["frame"], row["track"], said)


def check_pairs(shard: Path, names: Sequence[str], tally: Tally) -> None:
    """Check that `twins.parquet` has a row per frame of the base and of each twin, as they are."""
    found = {(row["frame"], row["twin"]): row for row in _rows(shard, "twins")}
    for name in ("base", *names):
        home = shard if name == "base" else shard / "twins" / name
        for row in _rows(home, "frames"):
            pair = found.pop((row["frame"], name), None)
            said = f"{name}: no row, or another than that of frames.parquet"
            tally.check("twin pair", _tells(shard, pair, row), row["frame"], 0, said)
    for frame, name in sorted(found):
        tally.check("twin pair", False, frame, 0, f"{name}: a row without a frame")


def _tells(shard: Path, pair: Mapping | None, row: Mapping) -> bool:
    """Whether `pair` names the files of a frame and repeats numbers of its `row`."""
    if pair is None or not all((shard / pair["folder"] / pair[k]).is_file() for k in _FILES):
        return False
    repeated = (name for name in pair if name in row and name not in _FILES)
    return all(pair[name] == row[name] for name in repeated)


_FILES = ("image", "sweep")


def _check_frames(base: Sequence[dict], own: Sequence[dict], name: str, tally: Tally) -> None:
    for old, new in _side_by_side(base, own):
        wrong = _differing(old, new) & FRAME_EQUAL
        for sensors in ("cameras", "lidars"):
            for one, two in _side_by_side(old.get(sensors, []), new.get(sensors, [])):
                wrong |= _differing(one, two) - SENSOR_DIFFERS
        said = f"{name}: {', '.join(sorted(wrong))}"
        tally.check("twin frame", not wrong, (old or new)["frame"], 0, said)


def _side_by_side(one: Sequence[dict], two: Sequence[dict]) -> Iterable[tuple[dict, dict]]:
    """Return pairs of rows, an empty row where one table ends before the other."""
    longer = max(len(one), len(two))
    first, second = ([*rows, *([{}] * (longer - len(rows)))] for rows in (one, two))
    return zip(first, second, strict=True)


def _differing(one: Mapping, two: Mapping) -> set[str]:
    return {key for key in one.keys() | two.keys() if one.get(key) != two.get(key)}


def _rows(home: Path, table: str) -> list[dict]:
    rows: list[dict] = pq.read_table(home / f"{table}.parquet").to_pylist()
    return rows


def _number(path: Path) -> int:
    return int(path.stem) if path.stem.isdigit() else -1
