"""What `task=audit pictures=true` adds: what images show, their faults, what is there twice."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from synthgen.coverage.pictures.measure import measure
from synthgen.coverage.pictures.telling import TOLD, told
from synthgen.spec.run import RunSpec


def survey(run: RunSpec, folder: Path) -> Mapping[str, object]:
    """Write `pictures.parquet` and `duplicates.parquet`, tell frames, and return what was found.

    Raises:
        UserError: when the frames name no images, or none of them is there.
    """
    data = Path(run.data)
    frames = pq.read_table(folder / "frames.parquet")
    found = measure(frames, data if data.is_dir() else data.parent, run.workers)
    for name, table in (
        ("frames", told(frames, found.pictures)),
        ("pictures", found.pictures),
        ("duplicates", found.duplicates),
    ):
        pq.write_table(table, folder / f"{name}.parquet", compression="zstd")
    faults = Counter(found.pictures["fault"].drop_null().to_pylist())
    return {
        "pictures": len(found.pictures),
        "faults": dict(sorted(faults.items())),
        "told": {name: _filled(frames, found.pictures, name) for name in TOLD},
        "groups_of_duplicates": _groups(found.duplicates),
    }


def _filled(frames: pa.Table, pictures: pa.Table, name: str) -> int:
    """Return how many frames are told a condition by their picture."""
    silent = frames.filter(pc.is_null(frames[name]))["frame"].combine_chunks()
    shown = pictures.filter(pc.is_valid(pictures[name]))["frame"]
    return int(pc.sum(pc.is_in(shown, value_set=silent)).as_py() or 0)


def _groups(duplicates: pa.Table) -> dict[str, int]:
    """Return how many groups of duplicates there are of each kind."""
    first = dict(zip(duplicates["group"].to_pylist(), duplicates["kind"].to_pylist(), strict=True))
    return dict(sorted(Counter(first.values()).items()))
