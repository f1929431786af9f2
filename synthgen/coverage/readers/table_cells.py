"""Columns of any type as columns of ours, whole columns at a time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthgen.coverage.readers.record import LARGEST
from synthgen.coverage.readers.table_columns import WHOLE, Names
from synthgen.spec.wording import brief

_TRUE = ("true", "True", "TRUE", "1", "yes")
_FALSE = ("false", "False", "FALSE", "0", "no")
_NUMBER = r"^\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*$"


@dataclass(frozen=True, eq=False)
class Cells:
    """Columns of ours and what is wrong with rows.

    Attributes:
        columns: by name.
        count: of rows.
        bad: why a row cannot be used, by its place.
    """

    columns: dict[str, pa.Array]
    count: int
    bad: dict[int, str] = field(default_factory=dict)

    def spoil(self, where: np.ndarray, name: str, why: str) -> None:
        """Say that the rows `where` (flags) have a value of column `name` that cannot be."""
        for place in np.flatnonzero(where).tolist():
            value = self.columns[name][place].as_py()
            self.bad.setdefault(place, f"{name}={brief(value, 40)}: {why}")

    def numbers(self, name: str) -> np.ndarray:
        """Return a column as numbers, NaN where it is null or absent."""
        column = self.columns.get(name)
        if column is None:
            return np.full(self.count, np.nan)
        return column.cast(pa.float64()).to_numpy(zero_copy_only=False).astype(float)

    def batch(self, schema: pa.Schema) -> pa.RecordBatch:
        """Return all rows."""
        arrays = [
            self.columns.get(one.name, pa.nulls(self.count, one.type)).cast(one.type)
            if not pa.types.is_map(one.type)
            else pa.nulls(self.count, one.type)
            for one in schema
        ]
        return pa.RecordBatch.from_arrays(arrays, schema=schema)


def converted(batch: pa.RecordBatch, names: Names, schema: pa.Schema) -> Cells:
    """Return the columns `names` of `batch` in the types of `schema`."""
    cells = Cells({}, batch.num_rows)
    for ours, theirs in names.items():
        column = batch.column(batch.schema.get_field_index(theirs))
        kind = pa.float64() if ours in WHOLE else schema.field(ours).type
        cells.columns[ours] = _KINDS[kind](cells, ours, column)
    return cells


def _text(cells: Cells, name: str, column: pa.Array) -> pa.Array:
    plain = column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
    found = plain.cast(pa.string())
    return pc.if_else(pc.equal(found, ""), pa.scalar(None, pa.string()), found)


def _number(cells: Cells, name: str, column: pa.Array) -> pa.Array:
    """Return numbers; NaN tells nothing, and what is no finite number spoils its row."""
    if _is_text(column):
        text = _text(cells, name, column)
        fits = pc.fill_null(pc.match_substring_regex(text, _NUMBER), True)
        cells.columns[name] = text
        cells.spoil(~fits.to_numpy(zero_copy_only=False), name, "expected a number")
        column = pc.utf8_trim_whitespace(pc.if_else(fits, text, pa.scalar(None, pa.string())))
    found = column.cast(pa.float64())
    values = found.to_numpy(zero_copy_only=False).astype(float)
    cells.columns[name] = found
    cells.spoil(np.abs(values) > LARGEST, name, "expected a finite number")
    return pa.array(values, pa.float64(), mask=~(np.abs(values) <= LARGEST))


def _whole(cells: Cells, name: str, column: pa.Array) -> pa.Array:
    found = _number(cells, name, column)
    values = found.to_numpy(zero_copy_only=False).astype(float)
    cells.columns[name] = found
    broken = np.nan_to_num(values) % 1 != 0
    cells.spoil(broken, name, "expected a whole number")
    lost = np.isnan(values) | broken
    return pa.array(np.where(lost, 0, values).astype(np.int64), pa.int64(), mask=lost)


def _flag(cells: Cells, name: str, column: pa.Array) -> pa.Array:
    text = _text(cells, name, column)
    yes, no = (pc.is_in(text, pa.array(words)) for words in (_TRUE, _FALSE))
    cells.columns[name] = text
    neither = pc.and_(pc.is_valid(text), pc.invert(pc.or_(yes, no)))
    cells.spoil(neither.to_numpy(zero_copy_only=False), name, "expected true or false")
    return pc.if_else(pc.or_(yes, no), yes, pa.scalar(None, pa.bool_()))


def _is_text(column: pa.Array) -> bool:
    kind = column.type
    inner = kind.value_type if pa.types.is_dictionary(kind) else kind
    return pa.types.is_string(inner) or pa.types.is_large_string(inner)


_KINDS: Mapping[pa.DataType, Callable[[Cells, str, pa.Array], pa.Array]] = {
    pa.string(): _text,
    pa.float64(): _number,
    pa.int64(): _whole,
    pa.bool_(): _flag,
}
