"""Rows in batches: what readers yield row by row, as columns."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyarrow as pa

from synthgen.coverage.columns import FRAMES, OBJECTS
from synthgen.coverage.readers import Batch

FRAME, OBJECT = "frame", "object"
"""Of which table a row is."""
ROWS = 20_000
"""Rows of a batch of both tables together."""
Row = tuple[str, Mapping[str, Any]]


def packed(rows: Iterable[Row], size: int = ROWS) -> Iterator[Batch]:
    """Yield batches of at most `size` rows; columns that a row lacks are null."""
    found: dict[str, list[Mapping[str, Any]]] = {FRAME: [], OBJECT: []}
    count = 0
    for table, row in rows:
        found[table].append(row)
        count += 1
        if count == size:
            yield _batch(found)
            found, count = {FRAME: [], OBJECT: []}, 0
    if count:
        yield _batch(found)


def _batch(found: Mapping[str, list[Mapping[str, Any]]]) -> Batch:
    return Batch(_columns(found[FRAME], FRAMES), _columns(found[OBJECT], OBJECTS))


def _columns(rows: list[Mapping[str, Any]], schema: pa.Schema) -> pa.RecordBatch | None:
    if not rows:
        return None
    told = set().union(*rows)
    arrays = [
        pa.array([row.get(field.name) for row in rows], field.type)
        if field.name in told
        else pa.nulls(len(rows), field.type)
        for field in schema
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)
