import psutil

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
