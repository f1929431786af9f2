"""Counts of an audit of real labels, held against the same counts by pandas."""

from dataclasses import replace
from math import inf
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from synthgen.config import read
from synthgen.coverage import audit as module
from synthgen.coverage.folder import open_audit
from synthgen.spec.coverage import Axis, Coverage

AUDIT = Path(__file__).parents[3] / "shared" / "data" / "audit"
EDGES = [0, 10, 20, 40, 80, inf]
BINS = ["0-10", "10-20", "20-40", "40-80", "other"]
AXES = {
    "label": Axis(column="label"),
    "distance": Axis(column="distance", edges=(0, 10, 20, 40, 80)),
    "points": Axis(column="lidar_points", edges=(0, 1, 5, 20, 100, inf)),
}

pytestmark = pytest.mark.skipif(not AUDIT.exists(), reason="needs the real labels")


def made(data, folder):
    """Return the audit of real labels."""
    run = replace(read(["task=audit", f"data={data}"]), out=str(folder / "audit"))
    told = Coverage(axes=AXES, cells=(("label", "distance"), ("points",)))
    module.audit(replace(run, survey=replace(run.survey, coverage=told)))
    return open_audit(folder / "audit")


def cells(audit, crossing):
    """Return objects and frames of the cells of a crossing that hold any."""
    rows = [row for row in audit.table("cells").to_pylist() if row["crossing"] == crossing]
    return {tuple(row[axis] for axis in crossing.split(" x ")): (row["objects"], row["frames"])
            for row in rows if row["objects"]}  # fmt: skip


def by_pandas(kinds, distances, frames):
    """Return objects and frames by class and distance."""
    bins = pd.cut(distances, EDGES, right=False, labels=BINS).astype(str)
    table = pd.DataFrame({"kind": kinds, "bin": bins, "frame": frames})
    grouped = table.groupby(["kind", "bin"])["frame"].agg(["size", "nunique"])
    return {key: tuple(row) for key, row in zip(grouped.index, grouped.values, strict=True)}


def test_counts_of_49604_real_boxes_are_pandas_own(tmp_path):
    real = pd.read_parquet(AUDIT / "objects.parquet")
    audit = made(AUDIT / "objects.parquet", tmp_path)
    found = cells(audit, "label x distance")
    assert found == by_pandas(real["class"], real["distance"], real["frame"])
    points = pd.cut(real["lidar_points"], [0, 1, 5, 20, 100, inf], right=False)
    assert [count[0] for count in cells(audit, "points").values()] == points.value_counts(
        sort=False
    ).tolist()
    assert audit.counts["objects"] == len(real) == 49_604
    assert audit.counts["frames"] == real["frame"].nunique()


def test_counts_of_real_kitti_labels_are_pandas_own(tmp_path):
    files = sorted((AUDIT / "kitti" / "training" / "label_2").glob("*.txt"))
    tables = [pd.read_csv(file, sep=" ", header=None).assign(file=file.stem) for file in files]
    real = pd.concat(tables, ignore_index=True)
    real = real[real[0] != "DontCare"]
    wanted = by_pandas(real[0], np.hypot(real[11], real[13]), real["file"])
    assert wanted
    assert cells(made(AUDIT / "kitti", tmp_path), "label x distance") == wanted
