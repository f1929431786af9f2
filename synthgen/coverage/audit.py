"""`task=audit`: what is in a data set, and what is missing."""

from collections import Counter
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from synthgen.coverage.binning import code, of_objects, straddles
from synthgen.coverage.cells import Count, count, rows, schema
from synthgen.coverage.collect import collect, tidy
from synthgen.coverage.columns import FRAMES, OBJECTS
from synthgen.coverage.definition import checked, plain_coverage
from synthgen.coverage.detections.weak_targets import with_weak
from synthgen.coverage.folder import building, seal
from synthgen.coverage.query import Query, database, name
from synthgen.coverage.readers import open_reader, told_format
from synthgen.coverage.screen import show
from synthgen.coverage.tables import SEEN, Cut, cut, found_axes, load
from synthgen.coverage.targets import SCHEMA, Goal, by_cell, goals
from synthgen.errors import UserError
from synthgen.spec.coverage import Coverage
from synthgen.spec.run import RunSpec

Extra = Callable[[RunSpec, Path], Mapping[str, object]]
"""Reads and adds to the files of an audit, and returns what `audit.json` says of it."""
EXTRAS: dict[str, str] = {
    "pictures": "synthgen.coverage.pictures.survey.survey",
    "detections": "synthgen.coverage.detections.survey.survey",
}
"""Function of what an audit does besides, by the key that asks for it."""


def audit(run: RunSpec) -> None:
    """Write the audit of `run.data` to `run.out`, and print what is there and what is missing.

    Raises:
        UserError: when the definition of coverage makes no sense, or nothing can be read.
    """
    coverage = checked(run.survey.coverage)
    data = Path(run.data)
    kind = told_format(data, run.survey.data_format)
    reader = open_reader(kind)
    extras = _extras(run)
    with building(Path(run.out)) as folder:
        why = collect(reader, data, folder)
        with database(run.workers) as query:
            tidy(query, folder, why)
        said: dict[str, object] = {key: extra(run, folder) for key, extra in extras.items()}
        coverage = with_weak(coverage, folder)
        with database(run.workers) as query:
            load(query, folder)
            made = cut(query, coverage)
            found, cells = _count(made, coverage, folder)
            record = {"format": kind, "data": str(data), **_facts(query, made, why), **said}
        seal(folder, {**record, "coverage": plain_coverage(found_axes(coverage, made))})
    show(Path(run.out), record, cells, found)


def _extras(run: RunSpec) -> dict[str, Extra]:
    """Return what the audit does besides counting labels, in the order of `EXTRAS`."""
    asked = {"pictures": run.survey.pictures, "detections": run.survey.detections}
    for key, value in asked.items():
        if value and key not in EXTRAS:
            raise UserError(f"{key}={str(value).lower()}: this version of synthgen cannot do that")
    found: dict[str, Extra] = {}
    for key, path in EXTRAS.items():
        if asked[key]:
            module, _, function = path.rpartition(".")
            found[key] = getattr(import_module(module), function)
    return found


def _count(
    made: Cut, coverage: Coverage, folder: Path
) -> tuple[list[Goal], dict[tuple[str, ...], list[Count]]]:
    """Write `cells.parquet` and `targets.parquet`, and return what is in them."""
    found = goals(made, coverage.targets)
    cells = {crossing: count(made, crossing) for crossing in coverage.cells}
    table = [
        row
        for crossing, counts in cells.items()
        for row in rows(made, crossing, counts, by_cell(found, crossing, made.axes))
    ]
    columns = schema([axis for axis in coverage.axes if any(axis in one for one in cells)])
    _write(folder / "cells.parquet", table, columns)
    _write(folder / "targets.parquet", [goal.row() for goal in found], SCHEMA)
    return found, cells


def _write(path: Path, table: list[dict], columns: pa.Schema) -> None:
    pq.write_table(pa.Table.from_pylist(table, schema=columns), path, compression="zstd")


def _facts(query: Query, made: Cut, why: Counter[str]) -> dict[str, object]:
    """Return what `audit.json` says of the tables."""
    return {
        "counts": {
            "frames": query.number("SELECT count(*) FROM frames"),
            "objects": query.number("SELECT count(*) FROM object_cut"),
            "ignored": query.number("SELECT count(*) FROM objects WHERE ignored"),
            "worlds": query.number("SELECT count(DISTINCT world) FROM frames"),
            "frames_without_world": query.number("SELECT count(*) - count(world) FROM frames"),
            "broken": sum(why.values()),
        },
        "broken": dict(sorted(why.items())),
        "known": {"frames": _known(query, "frames", FRAMES),
                  "objects": _known(query, "objects", OBJECTS)},
        "axes": {axis: _unknown(made, axis) for axis in made.axes},
    }  # fmt: skip


def _known(query: Query, table: str, columns: pa.Schema) -> dict[str, int]:
    """Return in how many rows each column is told, of those that are at all."""
    numbers = ", ".join(f"count({name(one)})" for one in columns.names)
    row = query.rows(f"SELECT {numbers} FROM {table}")[0]
    return {one: told for one, told in zip(columns.names, row, strict=True) if told}


def _unknown(made: Cut, axis: str) -> dict[str, int]:
    """Return how many objects (or frames) are in no named bin of an axis."""
    told = made.axes[axis]
    table = SEEN if of_objects([told]) else "numbered f"
    other = len(told.bins)
    numbers = ", ".join(f"count(*) FILTER ({code(told)} = {at})" for at in (other + 1, other))
    row = made.query.rows(
        f"SELECT {numbers}, count(*) FILTER ({straddles(told)}), count(*) FROM {table}"
    )[0]
    return dict(zip(("unknown", "other", "too_coarse", "of"), row, strict=True))
