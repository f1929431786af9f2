"""The plain form of a spec and the hash that names it."""

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from hashlib import sha256
from json import dumps
from types import MappingProxyType

import numpy as np

from synthgen.spec.distribution import Distribution

WHERE_SAID: Mapping[str, bool] = MappingProxyType({"where_said": True})
"""Metadata of a field that does not count where it has its default, as before there was it."""


def plain(value: object) -> object:
    """Return `value` as dicts, lists, numbers and strings, in an order that never varies."""
    if isinstance(value, Distribution):
        return plain(value.form())
    if is_dataclass(value) and not isinstance(value, type):
        named = {field.name: getattr(value, field.name) for field in fields(value)}
        silent = {field.name for field in fields(value) if _unsaid(field, named[field.name])}
        return {name: plain(one) for name, one in named.items() if name not in silent}
    if isinstance(value, Mapping):
        return {str(key): plain(value[key]) for key in sorted(value, key=str)}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, set | frozenset):
        return sorted((plain(item) for item in value), key=str)
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    return value.name if isinstance(value, Enum) else value


def _unsaid(field: Field, value: object) -> bool:
    """Return whether a field marked `WHERE_SAID` has its default."""
    if not field.metadata.get("where_said"):
        return False
    made = field.default_factory
    return bool(value == (field.default if made is MISSING else made()))


def digest(value: object) -> str:
    """Return the first 16 hex digits of the SHA-256 of `value`'s canonical JSON."""
    text = dumps(plain(value), sort_keys=True, separators=(",", ":"), allow_nan=True)
    return sha256(text.encode()).hexdigest()[:16]
