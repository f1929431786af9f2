"""Frames are told what their pictures show, where no label says it."""

import pyarrow as pa
import pyarrow.compute as pc

TOLD = ("time_of_day", "weather")
"""Conditions that a picture may tell."""


def told(frames: pa.Table, pictures: pa.Table) -> pa.Table:
    """Return `frames` with the conditions and faults that `pictures` show, labels unchanged.

    The fault of a picture without any is `none`; that of a frame without a picture stays null.
    """
    place = pc.index_in(frames["frame"], value_set=pictures["frame"].combine_chunks())
    for name in TOLD:
        frames = _filled(frames, name, pictures, place)
    shown = pc.coalesce(pictures["fault"], pa.scalar("none")).take(place)
    return _set(frames, "fault", pc.coalesce(frames["fault"], shown))


def _filled(frames: pa.Table, name: str, pictures: pa.Table, place: pa.ChunkedArray) -> pa.Table:
    """Return `frames` with the condition `name` of pictures where it is null."""
    shown = pictures[name].take(place)
    use = pc.and_(pc.is_null(frames[name]), pc.is_valid(shown))
    new = {
        name: shown,
        f"{name}_from": pa.scalar("image"),
        f"{name}_sure": pictures[f"{name}_sure"].take(place),
    }
    for column, values in new.items():
        frames = _set(frames, column, pc.if_else(use, values, frames[column]))
    return frames


def _set(frames: pa.Table, name: str, values: pa.ChunkedArray) -> pa.Table:
    index = frames.schema.get_field_index(name)
    return frames.set_column(index, frames.schema.field(index), values)
