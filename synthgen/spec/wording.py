"""How values, corrections and many numbers are worded in one line."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches


def flow(value: object) -> str:
    """Return `value` as one line of YAML, the way a user would type it."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(flow(item) for item in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.12g}"
    return "null" if value is None else str(value)


def brief(value: object, length: int = 100) -> str:
    """Return `flow(value)`, cut to `length` characters and to one line."""
    text = " ".join(flow(value).split())
    return text if len(text) <= length else text[: length - 3] + "..."


def nearest(word: str, names: Iterable[str]) -> str:
    """Return `; did you mean NAME?` for the closest of `names`, or nothing if none is close."""
    found = get_close_matches(str(word), [str(name) for name in names], n=1, cutoff=0.6)
    return f"; did you mean {found[0]}?" if found else ""


def choices(names: Iterable[str]) -> str:
    """Return `one of a, b, c`."""
    return "one of " + ", ".join(names)


def compact(indices: Iterable[int]) -> str:
    """Return `indices` as `sbatch --array` takes them, e.g. `0-3,7,9-12`: each once, sorted."""
    runs: list[list[int]] = []
    for index in sorted(set(indices)):
        if index < 0:
            raise ValueError(f"index {index}: expected a whole number of at least 0")
        if runs and index == runs[-1][1] + 1:
            runs[-1][1] = index
        else:
            runs.append([index, index])
    return ",".join(str(low) if low == high else f"{low}-{high}" for low, high in runs)
