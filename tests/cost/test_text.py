import pytest

from synthgen.cost.text import duration, volume


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (0.5, "0.500 s"), (59, "59.0 s"), (60, "1.00 min"), (5400, "1.50 h"),
     (3 * 86400, "3.00 days"), (365.25 * 86400, "1.00 years"), (4e11, "12,700 years")],
)  # fmt: skip
def test_times_are_told_in_the_unit_in_which_they_read_best(seconds, text):
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 kB"), (12345, "12.3 kB"), (2e6, "2.00 MB"), (7.654e13, "76.5 TB"), (2e15, "2.00 PB")],
)
def test_sizes_are_told_in_powers_of_ten(size, text):
    assert volume(size) == text
