"""What `task=audit detections=...` adds: a detector's recall and precision, cell by cell."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from json import dumps
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from synthgen.coverage.detections.outcomes import Outcomes, named, outcomes
from synthgen.coverage.detections.precision import average_precision
from synthgen.coverage.detections.results import COLUMNS, known, results
from synthgen.coverage.detections.weakness import Rate, rates, schema
from synthgen.coverage.folder import sha256
from synthgen.coverage.query import database
from synthgen.coverage.readers import Broken
from synthgen.coverage.tables import cut, load
from synthgen.errors import UserError
from synthgen.spec.detector import Detector
from synthgen.spec.run import RunSpec

LABELS = ["frame", "class", "label", "left", "top", "right", "bottom", "ignored"]


def survey(run: RunSpec, folder: Path) -> Mapping[str, object]:
    """Write `detections.parquet` and `detections_broken.jsonl`, and return what was found.

    Raises:
        UserError: where nothing of the results is about the data.
    """
    rules, path = run.survey.coverage.detector, Path(run.survey.detections)
    found, why = _read(path, Path(run.data), folder)
    labels = pq.read_table(folder / "objects.parquet", columns=LABELS)
    told = outcomes(labels, found, rules)
    classes = sorted(set(named(found).to_pylist()))
    with (
        TemporaryDirectory(prefix="synthgen-detections-") as scratch,
        database(run.workers) as query,
    ):
        files = _tables(Path(scratch), found, told)
        load(query, folder)
        made, crossings = cut(query, run.survey.coverage), rules.cells or run.survey.coverage.cells
        cells = list(rates(made, crossings, files, classes, rules, run.seed))
    axes = [axis for axis in run.survey.coverage.axes if any(axis in one for one in crossings)]
    rows = pa.Table.from_pylist([cell.row(rules) for cell in cells], schema=schema(axes))
    pq.write_table(rows, folder / "detections.parquet", compression="zstd")
    show(cells, rules)
    return {
        "from": path.name,
        "sha256": None if path.is_dir() else sha256(path),
        "read": len(found),
        "broken": dict(sorted(why.items())),
        "rules": asdict(rules),
        "classes": _by_class(labels, found, told, rules),
        "weak": sum(cell.weak(rules) for cell in cells),
    }


def show(cells: list[Rate], rules: Detector) -> None:
    """Print the weak cells, the weakest first."""
    weak = sorted((one for one in cells if one.weak(rules)), key=lambda one: one.hits / one.trials)
    print(
        f"detector: {len(weak)} cells with recall below {rules.recall:g} at score {rules.score:g}"
    )
    for one in weak[:12]:
        print(f"  {', '.join(one.bins)}: {one.hits} of {one.trials} found, recall "
              f"{one.hits / one.trials:.2f}, {one.low:.2f} to {one.high:.2f}")  # fmt: skip
    if len(weak) > 12:
        print(f"  ... and {len(weak) - 12} more, see detections.parquet")


def _read(path: Path, data: Path, folder: Path) -> tuple[pa.Table, Counter[str]]:
    why: Counter[str] = Counter()
    about = known(data, pq.read_table(folder / "frames.parquet", columns=["frame", "tags"]))
    with (folder / "detections_broken.jsonl").open("w", encoding="utf-8") as file:

        def broken(record: Broken) -> None:
            why[record.why] += 1
            file.write(dumps(asdict(record), ensure_ascii=False) + "\n")

        found = pa.Table.from_batches(results(path, about, broken), COLUMNS)
    if not len(found):
        first = f": {why.most_common(1)[0][0]}" if why else ""
        raise UserError(f"detections={path}: nothing in it is about data={data}{first}")
    return found, why


def _tables(scratch: Path, found: pa.Table, told: Outcomes) -> tuple[Path, Path]:
    """Write what became of labels and of detections for the engine, and return where."""
    rows = pa.table({"row": np.arange(len(told.score)),
                     "score": pa.array(told.score, from_pandas=True)})  # fmt: skip
    files = scratch / "labels.parquet", scratch / "detected.parquet"
    pq.write_table(rows, files[0])
    verdict = found.append_column("hit", pa.array(told.right))
    pq.write_table(verdict.append_column("aside", pa.array(told.aside)), files[1])
    return files


def _by_class(
    labels: pa.Table, found: pa.Table, told: Outcomes, rules: Detector
) -> dict[str, dict[str, object]]:
    """Return counts, recall, precision and average precision of each class that is told."""
    kinds, own = np.array(named(found).to_pylist()), np.array(named(labels).to_pylist())
    counts = ~labels["ignored"].fill_null(False).to_numpy() & ~np.isnan(labels["left"].to_numpy())
    score = found["score"].to_numpy()
    record: dict[str, dict[str, object]] = {}
    for kind in sorted(set(kinds.tolist())):
        there, some = counts & (own == kind), (kinds == kind) & ~told.aside
        sure = some & (score >= rules.score)
        hits, right = int((told.score[there] >= rules.score).sum()), int(told.right[sure].sum())
        mean = average_precision(score[some], told.right[some], int(there.sum()))
        record[kind] = {
            "objects": int(there.sum()), "found": hits, "detections": int(sure.sum()),
            "right": right, "average_precision": None if np.isnan(mean) else mean,
        }  # fmt: skip
    return record
