"""Questions to tables: the one place that imports DuckDB.

Results do not depend on the number of threads: what is asked for is ordered and counted in whole
numbers by whoever asks. Memory is bounded; what does not fit is spilled into the scratch folder.
Nothing is fetched from a network.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

MEMORY = "1GB"
"""That the engine may use before it spills."""
ROWS = 122_880
"""Of a group of rows in files, which is DuckDB's own and what it reads in parallel."""


def name(text: str) -> str:
    """Return `text` as a name in SQL."""
    return '"' + text.replace('"', '""') + '"'


def literal(value: str | float) -> str:
    """Return `value` as a value in SQL."""
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return f"{float(value)!r}::DOUBLE" if abs(value) < float("inf") else f"'{value}'::DOUBLE"


@dataclass(frozen=True)
class Query:
    """An open database, see `database`."""

    _connection: Any

    def run(self, sql: str) -> None:
        """Run a statement that returns nothing."""
        self._connection.execute(sql)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Return what `sql` selects; in no order unless it says one."""
        found: list[tuple[Any, ...]] = self._connection.execute(sql).fetchall()
        return found

    def number(self, sql: str) -> int:
        """Return the single whole number that `sql` selects."""
        return int(self.rows(sql)[0][0] or 0)

    def table(self, sql: str) -> pa.Table:
        """Return what `sql` selects as a table."""
        return self._connection.sql(sql).to_arrow_table()

    def batches(self, sql: str, rows: int = ROWS) -> Iterator[pa.RecordBatch]:
        """Yield what `sql` selects; ask nothing else before the last."""
        yield from self._connection.sql(sql).to_arrow_reader(rows)

    def view(self, called: str, path: Path) -> None:
        """Call the rows of a Parquet file `called`, with their `file_row_number`."""
        self.run(
            f"CREATE OR REPLACE TEMP VIEW {name(called)} AS SELECT * FROM "
            f"read_parquet({literal(str(path))}, file_row_number = true)"
        )

    def write(self, sql: str, path: Path, schema: pa.Schema) -> None:
        """Write what `sql` selects to a Parquet file with the columns of `schema`.

        `sql` orders its rows; then the same rows are the same bytes.
        """
        with pq.ParquetWriter(path, schema, compression="zstd") as writer:
            for batch in self.batches(sql):
                table = pa.Table.from_batches([batch]).select(schema.names).cast(schema)
                writer.write_table(table, row_group_size=ROWS)


@contextmanager
def database(threads: int = 1, memory: str = MEMORY) -> Iterator[Query]:
    """Open an empty database for as long as the context lasts.

    Args:
        threads: at most.
        memory: that it may use, e.g. `1GB`; beyond that it spills to a folder of its own.
    """
    with TemporaryDirectory(prefix="synthgen-query-") as scratch:
        settings: dict[str, str | bool | int | float | list[str]] = {
            "threads": threads,
            "memory_limit": memory,
            "temp_directory": scratch,
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        }
        connection = duckdb.connect(":memory:", config=settings)
        try:
            yield Query(connection)
        finally:
            connection.close()
