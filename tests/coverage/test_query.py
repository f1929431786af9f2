"""The engine under the counts."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from synthgen.coverage.query import database, literal, name

NUMBERS = pa.schema([pa.field("a", pa.int64(), metadata={"meaning": "a number"})])


def test_odd_names_and_texts_survive():
    with database() as query:
        text = """it's "so"; DROP"""
        assert query.rows(f"SELECT {literal(text)} AS {name(text)}") == [(text,)]


@pytest.mark.parametrize("value", [0.1, -3.0, 1e300, 5e-324, float("inf"), float("-inf")])
def test_numbers_are_the_same_in_sql(value):
    with database() as query:
        assert query.rows(f"SELECT {literal(value)}") == [(value,)]


def test_a_written_file_has_the_same_bytes_for_any_number_of_threads(tmp_path):
    source = tmp_path / "source.parquet"
    pq.write_table(pa.table({"a": range(300_000)}), source, row_group_size=10_000)
    for threads in (1, 3):
        with database(threads) as query:
            query.view("source", source)
            wanted = "SELECT a * 7919 % 300000 AS a FROM source ORDER BY a"
            query.write(wanted, tmp_path / f"{threads}.parquet", NUMBERS)
    made = [(tmp_path / f"{threads}.parquet").read_bytes() for threads in (1, 3)]
    assert made[0] == made[1]
    table = pq.read_table(tmp_path / "1.parquet")
    assert table["a"].to_pylist() == list(range(300_000))
    assert table.schema.field("a").metadata == {b"meaning": b"a number"}


def test_what_exceeds_the_memory_is_spilled_not_refused():
    with database(1, "60MB") as query:
        counted = "SELECT count(*) FROM (SELECT DISTINCT hash(range) FROM range(3000000))"
        assert query.number(counted) == 3_000_000


def test_no_extension_is_fetched():
    with database() as query:
        assert query.rows(
            "SELECT count(*) FROM duckdb_settings() WHERE value = 'true' AND name IN "
            "('autoinstall_known_extensions', 'autoload_known_extensions')"
        ) == [(0,)]
