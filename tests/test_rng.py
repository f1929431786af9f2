import subprocess
import sys

import numpy as np

from synthgen.rng import stream


def test_a_stream_is_the_same_in_another_process():
    code = "from synthgen.rng import stream; print(stream(0, 'a', 3).integers(1 << 62))"
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(other.stdout) == stream(0, "a", 3).integers(1 << 62)


def test_streams_of_other_names_differ():
    names = [("a", 1), ("a", 2), ("b", 1), ("a",)]
    first = [stream(0, *name).integers(1 << 62) for name in names]
    assert len(set(map(int, first))) == len(names)


def test_seed_zero_is_a_seed_like_any_other():
    assert stream(0, "a").normal() == stream(0, "a").normal()
    assert stream(0, "a").normal() != stream(1, "a").normal()


def test_a_stream_looks_uniform():
    values = stream(7, "uniform").random(20_000)
    counts, _ = np.histogram(values, bins=20, range=(0, 1))
    assert ((counts - 1000) ** 2 / 1000).sum() < 60
