"""An audit's folder: made whole or not at all, and opened only as it was made."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from hashlib import file_digest
from json import dumps
from pathlib import Path
from shutil import rmtree

import pyarrow as pa
import pyarrow.parquet as pq

from synthgen.coverage.columns import VERSION
from synthgen.coverage.definition import coverage_from
from synthgen.coverage.targets import Goal, goal_from
from synthgen.errors import UserError
from synthgen.inside import located
from synthgen.spec.coverage import Coverage
from synthgen.spec.identity import digest
from synthgen.spec.plain_json import parsed
from synthgen.spec.wording import brief

RECORD = "audit.json"
"""The file that makes a folder an audit."""
KEYS = ("version", "format", "data", "counts", "known", "axes", "coverage", "files")
"""That it has."""


@dataclass(frozen=True)
class Audit:
    """An audit that was made.

    Attributes:
        folder: it lies in.
        data: absolute path of the data set.
        format: of the data set.
        coverage: axes, crossings and single targets; axes have the values that were found.
        counts: of frames, objects, ignored, broken, worlds, ...
        known: by table and column, in how many rows it is told.
        axes: by axis, how many `of` all objects (or frames) are `unknown`, `other`, and, part of
            the unknown ones, told too coarsely for its bins.
        files: SHA-256 by name.
    """

    folder: Path
    data: str
    format: str
    coverage: Coverage
    counts: Mapping[str, int]
    known: Mapping[str, Mapping[str, int]]
    axes: Mapping[str, Mapping[str, int]]
    files: Mapping[str, str]

    @cached_property
    def digest(self) -> str:
        """What names its content, wherever audit and data lie."""
        return digest({"version": VERSION, "coverage": self.coverage, "files": self.files})

    @cached_property
    def goals(self) -> tuple[Goal, ...]:
        """The targets, with what is asked and what is there."""
        return tuple(goal_from(row) for row in self.table("targets").to_pylist())

    def table(self, name: str, columns: Sequence[str] | None = None) -> pa.Table:
        """Return a table: frames, objects, cells, targets, pictures, duplicates, detections.

        Raises:
            UserError: when the audit did not make it, or it cannot be read.
        """
        path = self.path(name)
        try:
            return pq.read_table(path, columns=columns)
        except (OSError, ValueError) as error:
            said = " ".join(str(error).split())[:200]
            raise UserError(f"audit={path}: expected a table in Parquet: {said}") from error

    def path(self, name: str) -> Path:
        """Return the file of a table, or raise a `UserError` when the audit did not make it."""
        if f"{name}.parquet" not in self.files:
            hint = {"pictures": " with pictures=true", "duplicates": " with pictures=true",
                    "detections": " with detections=FILE"}.get(name, "")  # fmt: skip
            raise UserError(f"audit={self.folder}: has no {name}; run task=audit again{hint}")
        return self.folder / f"{name}.parquet"


def open_audit(folder: Path) -> Audit:
    """Return the audit in `folder`.

    Raises:
        UserError: when there is none, it is of another version, or a file of it has changed.
    """
    told = _record(folder)
    for name, hashed in told["files"].items():
        if sha256(_file(folder, name)) != hashed:
            raise UserError(f"audit={folder / name}: changed after the audit; run it again")
    try:
        coverage = coverage_from(told["coverage"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError(f"audit={folder / RECORD}: coverage: {error}; run it again") from error
    plain = {key: told[key] for key in ("data", "format", "counts", "known", "axes", "files")}
    return Audit(folder=folder, coverage=coverage, **plain)


def _file(folder: Path, name: str) -> Path:
    """Return a file of an audit; its record may name none outside of its folder."""
    try:
        return located(folder, name)
    except ValueError as error:
        if str(error) == "no such file":
            raise UserError(f"audit={folder / name}: missing; run task=audit again") from error
        raise UserError(f"audit={folder / RECORD}: files: {brief(name)} {error}") from error


def _record(folder: Path) -> dict:
    """Return what `audit.json` says, or raise a `UserError`."""
    path = folder / RECORD
    if not path.is_file():
        raise UserError(f"audit={folder}: no {RECORD} in it, expected what task=audit made")
    try:
        told = parsed(path.read_text())
    except ValueError as error:
        raise UserError(f"audit={path}: expected JSON: {error}") from error
    version = told.get("version") if isinstance(told, dict) else None
    if version != VERSION:
        raise UserError(
            f"audit={path}: version {brief(version)}, this program reads {VERSION}; "
            "run task=audit again"
        )
    lost = [key for key in KEYS if key not in told]
    if lost or not isinstance(told["files"], dict):
        raise UserError(f"audit={path}: {' and '.join(lost) or 'files'}: missing; run it again")
    return dict(told)


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def seal(folder: Path, record: Mapping[str, object]) -> None:
    """Write `audit.json` over all files that are in `folder`."""
    files = {path.name: sha256(path) for path in sorted(folder.iterdir()) if path.is_file()}
    told = {"version": VERSION, **record, "files": files}
    text = dumps(told, indent=1, allow_nan=False, ensure_ascii=False) + "\n"
    (folder / RECORD).write_text(text, encoding="utf-8")


@contextmanager
def building(out: Path) -> Iterator[Path]:
    """Yield a folder beside `out` that takes its place when the context ends well.

    Raises:
        UserError: when `out` holds something else than an audit, or cannot be written.
    """
    if out.exists() and not (out.is_dir() and (not any(out.iterdir()) or (out / RECORD).exists())):
        raise UserError(f"out={out}: holds something else, expected a new folder or an audit")
    aside = out.with_name(out.name + ".partial")
    rmtree(aside, ignore_errors=True)
    try:
        aside.mkdir(parents=True)
    except OSError as error:
        raise UserError(f"out={out}: expected a writable folder: {error.strerror}") from error
    try:
        yield aside
        _replace(out, aside)
    finally:
        rmtree(aside, ignore_errors=True)


def _replace(out: Path, made: Path) -> None:
    """Put `made` in the place of `out`."""
    if not out.exists():
        os.replace(made, out)
        return
    old = out.with_name(out.name + ".old")
    rmtree(old, ignore_errors=True)
    os.replace(out, old)
    os.replace(made, out)
    rmtree(old)
