"""An audit's folder: opened only as it was made, and by the version that made it."""

from dataclasses import replace
from json import dumps, loads

import pyarrow.parquet as pq
import pytest

from synthgen.config import read
from synthgen.coverage.audit import audit
from synthgen.coverage.columns import VERSION
from synthgen.coverage.detections.weakness import schema as weakness
from synthgen.coverage.folder import open_audit
from synthgen.coverage.pictures.tables import DUPLICATES, PICTURES
from synthgen.errors import UserError
from synthgen.spec.coverage import Axis, Coverage, Target
from synthgen.spec.identity import digest

AXES = {"class": Axis(column="class", values=("car", "dog"))}
TOLD = Coverage(axes=AXES, cells=(("class",),), targets=(Target(where={"class": "dog"}, want=2),))
LAYOUT = (2, "1028c213b50e912e")
"""Version, and the hash of what belongs to it."""


@pytest.fixture
def folder(tmp_path):
    """The audit of a table of two objects."""
    (tmp_path / "objects.csv").write_text("frame,class,distance\na,car,3\nb,dog,8\n")
    run = read(["task=audit", f"data={tmp_path}/objects.csv", f"out={tmp_path}/audit"])
    audit(replace(run, survey=replace(run.survey, coverage=TOLD)))
    return tmp_path / "audit"


def test_an_audit_of_another_version_is_named_in_one_line(folder):
    record = folder / "audit.json"
    record.write_text(dumps({**loads(record.read_text()), "version": 99}))
    with pytest.raises(UserError, match=rf"audit.json: version 99, this program reads {VERSION}; "):
        open_audit(folder)


def test_of_another_version_nothing_else_is_looked_at(folder):
    """Neither keys that it lacks nor files that it names: it is of another version, that is all."""
    (folder / "targets.parquet").unlink()
    told = {"version": VERSION - 1, "files": {"targets.parquet": "0"}, "coverage": {"odd": 1}}
    (folder / "audit.json").write_text(dumps(told))
    with pytest.raises(UserError, match=rf"version {VERSION - 1}, this program reads {VERSION}; "):
        open_audit(folder)


def test_the_version_is_raised_with_the_layout(folder):
    """Whoever changes what a folder holds raises the version, and writes both here."""
    made, told = open_audit(folder), loads((folder / "audit.json").read_text())
    tables = [made.table(name).schema for name in ("frames", "objects", "cells", "targets")]
    tables += [PICTURES, DUPLICATES, weakness(["class"])]
    keys = [sorted(told), sorted(told["counts"]), sorted(told["axes"]["class"])]
    columns = [[(field.name, str(field.type)) for field in one] for one in tables]
    assert (VERSION, digest([keys, columns])) == LAYOUT


def test_an_audit_that_was_changed_by_hand_is_refused(folder):
    table = pq.read_table(folder / "targets.parquet")
    pq.write_table(table.slice(0, 0), folder / "targets.parquet")
    with pytest.raises(UserError, match=r"targets.parquet: changed after the audit; run it again"):
        open_audit(folder)
    (folder / "targets.parquet").unlink()
    with pytest.raises(UserError, match=r"targets.parquet: missing; run task=audit again"):
        open_audit(folder)


@pytest.mark.parametrize(
    ("text", "said"),
    [("{", "expected JSON"), ("[]", "version null"),
     (f'{{"version": {VERSION}}}', "format and data")],
)  # fmt: skip
def test_a_broken_record_is_named_in_one_line(tmp_path, text, said):
    (tmp_path / "audit.json").write_text(text)
    with pytest.raises(UserError, match=said):
        open_audit(tmp_path)
    with pytest.raises(UserError, match=r"no audit.json in it, expected what task=audit made"):
        open_audit(tmp_path / "none")


def test_a_table_that_was_not_made_is_named(folder):
    with pytest.raises(UserError, match=r"has no pictures; run task=audit again with pictures"):
        open_audit(folder).table("pictures")
