"""Targets written by hand."""

import pytest

from synthgen.coverage.planning.wish import Wish


def _wish(number=0, asked=5, there=0, **columns):
    told = {key: frozenset({v}) if isinstance(v, str) else v for key, v in columns.items()}
    return Wish(f"t{number:02d}", " ".join(map(str, columns.values())), told, asked, there)


@pytest.fixture(scope="session")
def wish():
    """Return the function that makes a wish; names may be written as text."""
    return _wish
