"""What records must hold."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthgen.coverage.readers.record import UnusableError, finite, plain, unseen, word


@given(st.lists(st.integers(-3000, 3000) | st.integers() | st.text(max_size=2)))
def test_keys_are_new_once(keys):
    seen, met = unseen(), set()
    for key in keys:
        assert seen.add(key) == (key not in met)
        met.add(key)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, "1", None, True, [1], 10**400])
def test_what_is_no_finite_number_is_refused(value):
    with pytest.raises(UnusableError, match=r"^x="):
        finite(value, "x")


def test_halves_of_characters_are_no_name_and_become_question_marks():
    assert plain("a\ud800") == "a?"
    with pytest.raises(UnusableError):
        word("a\ud800", "name")
