"""Formats that a finished data set can be turned into: one module or room each, found by name.

Each has a value `EXPORT`, see `synthgen.export`; only those that are asked for are loaded.
"""

from pkgutil import iter_modules


def names() -> tuple[str, ...]:
    """Return the names of all formats, sorted."""
    return tuple(sorted(module.name for module in iter_modules(__path__)))
