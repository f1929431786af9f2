"""Parquet files that anyone may have written: a few bytes may stand for any number of rows."""

from importlib import import_module
from pathlib import Path

MOST_ROWS = 10_000_000
"""Of a table that is read whole; a shard of a thousand frames has some 100,000 objects."""
MOST_BYTES = 4 * 2**30
"""[B] that its columns may unpack to, as the file itself says."""


def check_table(path: Path) -> None:
    """Raise a ValueError for a table that would unpack to more than memory has.

    Only the file's end is read. Arrow takes long to load, so only who asks pays for it.
    """
    told = import_module("pyarrow.parquet").read_metadata(path)
    if told.num_rows > MOST_ROWS:
        raise ValueError(f"{told.num_rows:,} rows, expected at most {MOST_ROWS:,}")
    size = sum(told.row_group(number).total_byte_size for number in range(told.num_row_groups))
    if size > MOST_BYTES:
        raise ValueError(f"unpacks to {size:,} bytes, expected at most {MOST_BYTES:,}")
