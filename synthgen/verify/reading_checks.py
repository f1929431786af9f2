"""Sensors of other kinds: every reading is there, sits where the car is, and its kind agrees."""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from synthgen.geometry import Array, inverse
from synthgen.kinds import PACKAGES, Kind, Written, load, names
from synthgen.verify.ego_checks import PLACED, check_carried, pose_of
from synthgen.verify.faults import Tally
from synthgen.verify.frame import FrameFiles


class Readings:
    """The readings of a shard, checked frame by frame and then as a whole.

    Args:
        shard: folder.
        packages: whose modules are the kinds that are known.
    """

    def __init__(self, shard: Path, packages: Sequence[str] = PACKAGES) -> None:
        path = shard / "sensors.parquet"
        rows = pq.read_table(path).to_pylist() if path.is_file() else []
        self._shard = shard
        self._modules = names(packages) if rows else {}
        self._by_frame: dict[int, list[Mapping]] = defaultdict(list)
        for row in rows:
            self._by_frame[-1 if row["frame"] is None else row["frame"]].append(row)
        self._mounts: dict[str, Array] = {}

    def check(self, files: FrameFiles, tally: Tally) -> None:
        """Check the readings of one frame."""
        for row in self._by_frame[files.frame]:
            kind = self._kind(row, tally)
            if kind is None:
                continue
            self._place(row, files.row, tally)
            known = {"frames": (files.row,), "objects": files.objects, "around": files}
            self._content(kind, row, known, tally)

    def check_whole(
        self, rows: Sequence[Mapping], objects: Mapping[int, Sequence[Mapping]], tally: Tally
    ) -> None:
        """Check recordings, and that no frame (`rows` of `frames.parquet`) lacks a reading."""
        clips = {row["frame"]: row["clip"] for row in rows}
        self._complete(clips, tally)
        for row in self._by_frame[-1]:
            kind = self._kind(row, tally)
            own = [one for one in rows if one["clip"] == row["clip"]]
            if kind is not None and own:
                seen = [thing for one in own for thing in objects.get(one["frame"], ())]
                self._content(kind, row, {"frames": own, "objects": seen}, tally)

    def _kind(self, row: Mapping, tally: Tally) -> Kind | None:
        module = self._modules.get(row["kind"])
        tally.check("sensor kind known", module is not None, _frame(row), 0, row["kind"])
        return None if module is None else load(module)

    def _place(self, row: Mapping, frame: Mapping, tally: Tally) -> None:
        """The sensor sits where it did on the car, and the car is where it drives to."""
        number, car = frame["frame"], pose_of(row["world_from_ego"])
        check_carried(frame, row, tally)
        mount = inverse(car) @ pose_of(row["world_from_sensor"])
        gap = float(np.abs(mount - self._mounts.setdefault(row["name"], mount)).max())
        tally.check("sensor fixed to car", gap < PLACED, number, 0, f"{row['name']}: {gap:.2g}")

    def _complete(self, clips: Mapping[int, int], tally: Tally) -> None:
        """Every frame and every clip has the readings that others have, each once."""
        for records, units in ((False, clips), (True, dict.fromkeys(clips.values(), -1))):
            found: Counter[tuple[int, str]] = Counter()
            for frame, rows in self._by_frame.items():
                if (frame == -1) == records:
                    found.update((r["clip"] if records else frame, r["name"]) for r in rows)
            for name in sorted({name for _, name in found}):
                for unit in units:
                    count = found.pop((unit, name), 0)
                    said = f"{name}: {count} readings of {'clip' if records else 'frame'} {unit}"
                    tally.check("sensor readings", count == 1, -1 if records else unit, 0, said)
            for unit, name in found:
                tally.check("sensor readings", False, -1, 0, f"{name}: of no frame: {unit}")

    def _content(self, kind: Kind, row: Mapping, known: Mapping[str, Any], tally: Tally) -> None:
        """Let the `kind` check a reading against what is `known` of its frame or clip."""
        missing = [path for path in row["files"] if not (self._shard / path).is_file()]
        tally.check("sensor files", not missing, _frame(row), 0, f"missing: {missing}")
        if missing:
            return
        written = Written(
            name=row["name"], frame=_frame(row), time=row["time"],
            world_from_sensor=pose_of(row["world_from_sensor"]),
            model=json.loads(row["model"]), facts=dict(row["facts"]),
            files={_ending(path): (self._shard / path).read_bytes() for path in row["files"]},
            **known,
        )  # fmt: skip
        kind.check(written, tally)


def _frame(row: Mapping) -> int:
    return -1 if row["frame"] is None else int(row["frame"])


def _ending(path: str) -> str:
    """Return what the kind called the file: `.bin`, or `FOLDER/.bin`."""
    *folders, file = path.split("/")[2:]
    return "/".join([*folders, file[file.index(".") :]])
