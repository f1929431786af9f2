"""What rows of plain tables must hold to be used, and what their words mean."""

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthgen.coverage.columns import LAMPS, POWER
from synthgen.coverage.readers.table_cells import Cells
from synthgen.coverage.readers.table_columns import WHOLE
from synthgen.coverage.readers.vocabulary import kind_of, time_of_day, weather

_EDGES = ("left", "top", "right", "bottom")
_SIZES = ("distance", "length", "width", "height", "speed", "lidar_points")
_SHARES = tuple(f"{name}_{end}" for name in WHOLE for end in ("low", "high"))


def check_objects(cells: Cells) -> None:
    """Find rows that cannot be used; give classes, and both bounds of exact shares."""
    _needed(cells, "frame")
    _needed(cells, "label")
    for name in WHOLE:
        exact = cells.columns.pop(name, None)
        if exact is not None:
            cells.columns.update({f"{name}_low": exact, f"{name}_high": exact})
    _check_box(cells)
    for name in _SIZES:
        cells.spoil(cells.numbers(name) < 0, name, "expected no negative number")
    for name in _SHARES:
        values = cells.numbers(name)
        cells.spoil((values < 0) | (values > 1), name, "expected a number from 0 to 1")
    for name in WHOLE:
        swapped = cells.numbers(f"{name}_low") > cells.numbers(f"{name}_high")
        cells.spoil(swapped, f"{name}_low", f"above {name}_high")
    _classes(cells)
    _only(cells, "lamps", LAMPS)
    ignored = cells.columns.get("ignored", pa.nulls(cells.count, pa.bool_()))
    cells.columns["ignored"] = pc.fill_null(ignored, False)


def check_frames(cells: Cells) -> None:
    """Find rows that cannot be used; give conditions in our words, null for other words."""
    _needed(cells, "frame")
    for name, told in (("time_of_day", time_of_day), ("weather", weather)):
        if name in cells.columns:
            cells.columns[name] = _mapped(cells.columns[name], told)
            _from_a_label(cells, name)
    _only(cells, "power", POWER)


def _needed(cells: Cells, name: str) -> None:
    lacking = pc.is_null(cells.columns[name]).to_numpy(zero_copy_only=False)
    cells.spoil(lacking, name, "missing")


def _check_box(cells: Cells) -> None:
    edges = [cells.numbers(name) for name in _EDGES]
    told = np.isfinite(edges)
    for name, own in zip(_EDGES, told, strict=True):
        if name in cells.columns:
            cells.spoil(told.any(axis=0) & ~own, name, "expected all four edges of the box")
    left, top, right, bottom = edges
    if told.any():
        cells.spoil(right < left, "right", "lies before left")
        cells.spoil(bottom < top, "bottom", "lies above top")


def _classes(cells: Cells) -> None:
    """Give class and subtype after the label, or after a class that is ours already."""
    said = cells.columns.get("class", cells.columns["label"])
    cells.columns["class"] = _mapped(said, lambda word: kind_of(word)[0])
    subtype = _mapped(cells.columns["label"], lambda word: kind_of(word)[1])
    cells.columns["subtype"] = pc.coalesce(cells.columns.get("subtype", subtype), subtype)


def _mapped(column: pa.Array, told: Callable[[str], str | None]) -> pa.Array:
    """Return a column of words with each word replaced; each different word is asked once."""
    coded = column.dictionary_encode()
    words = [told(one) for one in coded.dictionary.to_pylist()]
    return pa.array(words, pa.string()).take(coded.indices)


def _from_a_label(cells: Cells, name: str) -> None:
    """Say that a condition is an annotator's word where the table does not say otherwise."""
    there = pc.is_valid(cells.columns[name])
    for column, value in ((f"{name}_from", "label"), (f"{name}_sure", 1.0)):
        given = cells.columns.get(column)
        default = pc.if_else(there, pa.scalar(value), pa.scalar(None, pa.scalar(value).type))
        cells.columns[column] = default if given is None else pc.coalesce(given, default)


def _only(cells: Cells, name: str, words: tuple[str, ...]) -> None:
    """Keep of a column only words that are ours."""
    if name in cells.columns:
        known = {word: word for word in words}
        cells.columns[name] = _mapped(cells.columns[name], known.get)
