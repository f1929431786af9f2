"""What a reader yields, in the two files of an audit; what is broken, in a third."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from json import dumps
from pathlib import Path
from typing import Any, TextIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from synthgen.coverage.columns import FRAMES, OBJECTS
from synthgen.coverage.query import ROWS, Query
from synthgen.coverage.readers import Broken, Reader
from synthgen.errors import UserError

FIRST = "file_row_number IN (SELECT min(file_row_number) FROM frames GROUP BY frame)"
"""Whether a frame has a name, and no earlier one has it."""
THERE = "o.frame IN (SELECT frame FROM frames)"


@dataclass
class Table:
    """A Parquet file that grows by whole groups of rows.

    Attributes:
        schema: its columns.
        writer: of the file.
    """

    schema: pa.Schema
    writer: pq.ParquetWriter
    _waiting: list[pa.RecordBatch] = field(default_factory=list)

    def add(self, batch: pa.RecordBatch | None) -> None:
        """Add rows; columns that `batch` does not have are not told."""
        if batch is None or not batch.num_rows:
            return
        odd = set(batch.schema.names) - set(self.schema.names)
        if odd:
            raise ValueError(f"no such columns in an audit: {sorted(odd)}")
        rows = batch.num_rows
        columns = [
            _told(batch.column(one.name).cast(one.type))
            if one.name in batch.schema.names
            else pa.nulls(rows, one.type)
            for one in self.schema
        ]
        self._waiting.append(pa.RecordBatch.from_arrays(columns, schema=self.schema))
        if sum(one.num_rows for one in self._waiting) >= ROWS:
            self.flush()

    def flush(self) -> None:
        """Write what waits."""
        if self._waiting:
            table = pa.Table.from_batches(self._waiting).combine_chunks()
            self.writer.write_table(table, row_group_size=ROWS)
            self._waiting.clear()


def _told(values: pa.Array) -> pa.Array:
    """Return `values` with null for what is no number.

    Statistics of Parquet leave NaN out, and DuckDB takes a column whose least and largest value
    are equal for constant: it would read NaN as that value.
    """
    if not pa.types.is_floating(values.type):
        return values
    return pc.if_else(pc.is_nan(values), pa.scalar(None, values.type), values)


@contextmanager
def table(path: Path, schema: pa.Schema) -> Iterator[Table]:
    """Open a Parquet file to write."""
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        made = Table(schema, writer)
        yield made
        made.flush()


def collect(reader: Reader, data: Path, folder: Path) -> Counter[str]:
    """Write `frames.parquet`, `objects.parquet` and `broken.jsonl`, and count what is broken.

    Raises:
        UserError: when there is no frame in `data`.
    """
    why: Counter[str] = Counter()
    with (folder / "broken.jsonl").open("w", encoding="utf-8") as file:

        def broken(record: Broken) -> None:
            why[record.why] += 1
            _note(file, record)

        with (
            table(folder / "frames.parquet", FRAMES) as frames,
            table(folder / "objects.parquet", OBJECTS) as objects,
        ):
            for batch in reader.read(data, broken):
                frames.add(batch.frames)
                objects.add(batch.objects)
    if not pq.read_metadata(folder / "frames.parquet").num_rows:
        raise UserError(f"data={data}: no frame in it that can be read{_first(why)}")
    return why


def _note(file: TextIO, record: Broken) -> None:
    file.write(dumps(asdict(record), ensure_ascii=False) + "\n")


def _first(why: Counter[str]) -> str:
    most = why.most_common(1)
    return f"; {most[0][1]:,} records are broken: {most[0][0]}" if most else ""


def tidy(query: Query, folder: Path, why: Counter[str]) -> None:
    """Leave out frames whose name is there already or missing, and objects without a frame.

    Each is counted in `why` and named in `broken.jsonl`.
    """
    for called, schema in (("frames", FRAMES), ("objects", OBJECTS)):
        query.view(called, folder / f"{called}.parquet")
        kept, lost = _sorted_out(called)
        rows = query.rows(lost)
        if not rows:
            continue
        with (folder / "broken.jsonl").open("a", encoding="utf-8") as file:
            for row in rows:
                record = _broken(*row)
                why[record.why] += 1
                _note(file, record)
        query.write(kept, folder / "tidy.parquet", schema)
        (folder / "tidy.parquet").replace(folder / f"{called}.parquet")
        query.view(called, folder / f"{called}.parquet")


def _sorted_out(called: str) -> tuple[str, str]:
    """Return SQL for the rows that stay, and for number, frame and fault of those that do not."""
    if called == "frames":
        good = f"frame IS NOT NULL AND {FIRST}"
        fault = "CASE WHEN frame IS NULL THEN 'a frame without a name' ELSE "
        fault += "'a frame of this name is there already' END"
    else:
        good = f"frame IS NOT NULL AND {THERE}"
        fault = "'an object of a frame that is not there'"
    source, order = f"{called} o", "ORDER BY file_row_number"
    return (
        f"SELECT * FROM {source} WHERE {good} {order}",
        f"SELECT file_row_number, frame, {fault} FROM {source} WHERE NOT ({good}) {order}",
    )


def _broken(number: int, frame: Any, fault: str) -> Broken:
    return Broken(file="", record=f"row {number}, frame {frame or 'without a name'}", why=fault)
