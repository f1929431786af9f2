"""Targets for the cells in which a detector is weak."""

from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq

from synthgen.spec.coverage import Coverage, Target


def with_weak(coverage: Coverage, folder: Path) -> Coverage:
    """Return `coverage` with a target for each weak cell in `folder`: `more` worlds than there are.

    A cell that `coverage` asks for already keeps the target that it has.
    """
    path = folder / "detections.parquet"
    if not path.exists():
        return coverage
    there = [dict(target.where) for target in coverage.targets]
    targets = []
    for row in pq.read_table(path).to_pylist():
        where = {axis: row[axis] for axis in row["crossing"].split(" x ")} if row["weak"] else {}
        if where and where not in there:
            there.append(where)
            targets.append(Target(where=where, want=row["worlds"] + coverage.detector.more))
    return replace(coverage, targets=(*coverage.targets, *targets))
