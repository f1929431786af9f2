import os
import subprocess
import sys

import numpy as np
import psutil
import pyarrow as pa
import pyarrow.parquet as pq

from synthgen.jobs.environment import limits
from synthgen.jobs.memory import give_back


def resident() -> float:
    """Return this process's resident memory [MiB]."""
    return psutil.Process().memory_info().rss / 2**20


def test_small_blocks_between_kept_ones_go_back_to_the_system():
    give_back()
    before = resident()
    blocks = [bytes(2000) for _ in range(150_000)]
    kept = blocks[::5000]
    assert resident() > before + 200
    del blocks
    give_back()
    assert len(kept) == 30
    assert resident() < before + 60


def test_pages_of_a_table_that_was_read_go_back_to_the_system(tmp_path):
    draw = np.random.default_rng(0)
    table = pa.table({f"c{number}": draw.random(400_000) for number in range(20)})
    pq.write_table(table, tmp_path / "some.parquet")
    del table
    give_back()
    before = resident()
    table = pq.read_table(tmp_path / "some.parquet")
    assert resident() > before + 50
    del table
    give_back()
    assert resident() < before + 20


def test_in_a_run_arrow_reads_by_one_thread_and_has_its_memory_from_the_c_library():
    ask = "import pyarrow as pa; print(pa.default_memory_pool().backend_name, pa.io_thread_count())"
    told = subprocess.run(
        [sys.executable, "-c", ask], env={**os.environ, **limits()}, capture_output=True, text=True
    )
    assert told.stdout == "system 1\n"
