"""Tables in files, some rows at a time, with the number of each row."""

from collections.abc import Iterator
from csv import reader as split_cells
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as csv
import pyarrow.parquet as pq

from synthgen.coverage.readers import Broken
from synthgen.coverage.readers.record import Complaints
from synthgen.errors import UserError

ROWS = 50_000
_BLOCK = 1 << 23
"""Bytes of a CSV that are parsed at once."""
NOTHING = ("", "nan", "NaN", "null", "None", "NA", "N/A")
"""Cells of a CSV that tell nothing."""


@dataclass(frozen=True, eq=False)
class Rows:
    """Some rows and their numbers: from 1, and in a CSV the header is row 1."""

    batch: pa.RecordBatch
    numbers: np.ndarray


def table_file(folder: Path, name: str) -> Path | None:
    """Return the table called `name` in `folder`.

    Raises:
        UserError: where there are two.
    """
    found = [path for end in ("parquet", "csv") if (path := folder / f"{name}.{end}").is_file()]
    if len(found) > 1:
        raise UserError(f"{found[0]}: expected one table of {name}, there is {found[1].name} too")
    return found[0] if found else None


def rows_of(path: Path, complaints: Complaints) -> Iterator[Rows]:
    """Yield the rows of a table; rows with too few or too many cells are reported.

    Raises:
        UserError: where the file is no such table.
    """
    try:
        yield from _csv(path, complaints) if path.suffix == ".csv" else _parquet(path)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OSError) as error:
        why = " ".join(str(error).split())[:120]
        raise UserError(f"{path}: expected a table: {why}") from error


def _parquet(path: Path) -> Iterator[Rows]:
    passed = 1
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=ROWS, use_threads=False):
            yield Rows(batch, np.arange(passed, passed + batch.num_rows))
            passed += batch.num_rows


def _csv(path: Path, complaints: Complaints) -> Iterator[Rows]:
    skipped: list[int] = []

    def skip(row: csv.InvalidRow) -> str:
        skipped.append(row.number)
        why = f"{row.actual_columns} cells: expected {row.expected_columns}"
        complaints.broken(Broken(complaints.file, f"row {row.number}", why))
        return "skip"

    with path.open("rb") as file:
        header = file.readline().decode("utf-8-sig", "replace")
    names = next(split_cells([header]), [])
    reader = csv.open_csv(
        path,
        read_options=csv.ReadOptions(use_threads=False, block_size=_BLOCK),
        parse_options=csv.ParseOptions(newlines_in_values=True, invalid_row_handler=skip),
        convert_options=csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            strings_can_be_null=True,
            null_values=list(NOTHING),
        ),
    )
    passed = 2
    for batch in reader:
        numbers = _numbers(passed, batch.num_rows, skipped)
        passed = int(numbers[-1]) + 1 if len(numbers) else passed
        yield Rows(batch, numbers)


def _numbers(first: int, count: int, skipped: list[int]) -> np.ndarray:
    """Return the next `count` numbers from `first` that were not skipped."""
    gone = np.array(sorted(number for number in skipped if number >= first), np.int64)
    numbers = np.arange(first, first + count + len(gone))
    return numbers[~np.isin(numbers, gone)][:count]
