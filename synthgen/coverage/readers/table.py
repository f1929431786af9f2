"""Plain tables: objects as CSV or Parquet, frames beside them if there are any.

`data` is one table of objects, or a folder with `objects.csv` or `objects.parquet`, perhaps
`frames.csv` or `frames.parquet`, perhaps `columns.yaml`. Columns are those of
`coverage/columns.py` by their names, or by the other names of `columns.OTHERS`; a `columns.yaml`
says the rest:

    objects: {frame: picture, label: what, distance: range}      # ours: theirs
    frames: {time_of_day: light}

Without a table of frames, a frame is what objects name, and columns of frames that stand beside
the objects count. Units are ours. An empty cell, or NaN, is not told; where a box is begun it must
be whole.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from synthgen.coverage.columns import FRAMES, OBJECTS
from synthgen.coverage.readers import Batch, Broken
from synthgen.coverage.readers.record import Complaints, Seen, unseen
from synthgen.coverage.readers.table_cells import Cells, converted
from synthgen.coverage.readers.table_columns import Names, choose, wishes
from synthgen.coverage.readers.table_files import Rows, rows_of, table_file
from synthgen.coverage.readers.table_rules import check_frames, check_objects
from synthgen.errors import UserError


def recognises(data: Path) -> bool:
    """Return whether `data` is a table, or holds one called objects."""
    return _objects(data) is not None


def read(data: Path, broken: Callable[[Broken], None]) -> Iterator[Batch]:
    """Yield the frames, then the objects; without frames, those that objects name.

    Raises:
        UserError: where a table is none, or lacks a column that it needs.
    """
    objects = _objects(data)
    if objects is None:
        raise UserError(f"data={data}: expected a table, or a folder with objects.csv or .parquet")
    home = data if data.is_dir() else data.parent
    frames = table_file(home, "frames") if data.is_dir() else None
    wished = wishes(home)
    known = unseen()
    if frames is not None:
        for rows in rows_of(frames, Complaints(frames.name, broken)):
            names = choose(frames, rows.batch.schema.names, wished.get("frames", {}), FRAMES)
            yield Batch(frames=_frames(rows, names, Complaints(frames.name, broken), known))
    complaints = Complaints(objects.name, broken)
    for rows in rows_of(objects, complaints):
        names = choose(objects, rows.batch.schema.names, wished.get("objects", {}), OBJECTS)
        yield _with_frames(rows, names, complaints, known, frames is None)


def _objects(data: Path) -> Path | None:
    if data.is_file():
        return data if data.suffix in (".csv", ".parquet") else None
    return table_file(data, "objects")


def _frames(rows: Rows, names: Names, complaints: Complaints, known: Seen) -> pa.RecordBatch:
    cells = converted(rows.batch, names, FRAMES)
    check_frames(cells)
    for place, name in enumerate(cells.columns["frame"].to_pylist()):
        if name is not None and not known.add(name):
            cells.bad.setdefault(place, f"frame {name} is listed twice")
    return _kept(cells, FRAMES, rows, complaints)


def _with_frames(
    rows: Rows, names: Names, complaints: Complaints, known: Seen, derive: bool
) -> Batch:
    cells = converted(rows.batch, names, OBJECTS)
    check_objects(cells)
    frames = cells.columns["frame"].to_pylist()
    if not derive:
        for place, name in enumerate(frames):
            if name is not None and name not in known.words:
                cells.bad.setdefault(place, f"frame {name}: no such frame")
        return Batch(objects=_kept(cells, OBJECTS, rows, complaints))
    new = [
        place
        for place, name in enumerate(frames)
        if name is not None and place not in cells.bad and known.add(name)
    ]
    told = choose(Path(complaints.file), rows.batch.schema.names, {}, FRAMES)
    beside = {ours: theirs for ours, theirs in told.items() if ours not in names}
    around = converted(rows.batch, {**beside, "frame": names["frame"]}, FRAMES)
    check_frames(around)
    around.bad.clear()
    found = around.batch(FRAMES).take(pa.array(new, pa.int64()))
    return Batch(found if new else None, _kept(cells, OBJECTS, rows, complaints))


def _kept(cells: Cells, schema: pa.Schema, rows: Rows, complaints: Complaints) -> pa.RecordBatch:
    """Return the rows that can be used, and report the others."""
    for place in sorted(cells.bad):
        name = f"row {rows.numbers[place]}"
        complaints.broken(Broken(complaints.file, name, cells.bad[place]))
    usable = np.ones(cells.count, bool)
    usable[list(cells.bad)] = False
    return cells.batch(schema).filter(pa.array(usable))
