"""The JSON tables of a version, written row by row."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

TABLES = (
    "category", "attribute", "visibility", "instance", "sensor", "calibrated_sensor", "ego_pose",
    "log", "scene", "sample", "sample_data", "sample_annotation", "map", "lidarseg", "panoptic",
)  # fmt: skip
"""Source: Motional, nuScenes development kit, docs/schema_nuscenes.md."""
FIXED = frozenset({"category", "attribute", "visibility", "sensor"})
"""Tables that are the same whatever was driven."""


@dataclass(frozen=True)
class Tables:
    """Open tables in `folder`; to be used as a context, which closes them."""

    folder: Path
    _files: dict[str, TextIO] = field(default_factory=dict, init=False)
    _filled: set[str] = field(default_factory=set, init=False)

    def __enter__(self) -> "Tables":
        self.folder.mkdir(parents=True, exist_ok=True)
        for name in TABLES:
            self._files[name] = (self.folder / f"{name}.json").open("w")
            self._files[name].write("[")
        return self

    def __exit__(self, *_: object) -> None:
        for file in self._files.values():
            file.write("\n]\n")
            file.close()

    def add(self, name: str, rows: Iterable[Mapping]) -> None:
        """Write `rows` to table `name`."""
        for row in rows:
            self.add_text(name, json.dumps(row, separators=(",", ":"), allow_nan=False))

    def add_text(self, name: str, row: str) -> None:
        """Write one `row` that is JSON already."""
        self._files[name].write(",\n" if name in self._filled else "\n")
        self._files[name].write(row)
        self._filled.add(name)


def copy_rows(path: Path, whole: Tables, name: str) -> None:
    """Add the rows of a table that `Tables` wrote, a line each, to table `name` of `whole`."""
    with path.open() as lines:
        for line in lines:
            row = line.strip().rstrip(",")
            if row not in "[]":
                whole.add_text(name, row)
