"""Predicted against measured core-hours and bytes of the jobs of a plan.

    python scripts/plan_costs.py plan.jsonl filled/

For each job that has a folder in the second argument: what the plan expects of the frames that
are there, and what their timing records and files say. Loading compiled code is expected once for
each process that made shards.
"""

import json
import sys
from pathlib import Path


def main(plan: Path, filled: Path) -> None:
    """Print one row for each job and one for all."""
    head, *lines = [json.loads(line) for line in plan.read_text().splitlines()]
    rows = [_job(line, filled / line["job"], head) for line in lines if "job" in line]
    rows = [row for row in rows if row]
    print(f"{'job':32} {'frames':>6} {'core-s':>8} {'measured':>8} {'ratio':>6} {'MB':>6} "
          f"{'measured':>8} {'ratio':>6}")  # fmt: skip
    every = [sum(column) for column in zip(*(row[1:] for row in rows), strict=True)]
    for row in [*rows, ("all", *every)]:
        name, frames, core, spent, size, written = row
        print(f"{name:32} {frames:6} {core:8.1f} {spent:8.1f} {core / spent:6.2f} "
              f"{size / 1e6:6.1f} {written / 1e6:8.1f} {size / written:6.2f}")  # fmt: skip


def _job(line: dict, folder: Path, head: dict) -> tuple | None:
    """Return name, frames, core-s expected and measured, bytes expected and measured."""
    records = [json.loads(path.read_text()) for path in sorted(folder.glob("timing/*.json"))]
    if not records:
        return None
    frames = sum(record["frames"] for record in records)
    share = frames / line["frames"]
    processes = {(record["host"], record["worker"]) for record in records}
    core = line["core_seconds"] * share + head["start_core_seconds"] * len(processes)
    spent = sum(record["core"]["whole shard"] for record in records)
    size = sum(path.stat().st_size for path in (folder / "shards").rglob("*") if path.is_file())
    return line["job"], frames, core, spent, line["bytes"] * share, size


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
