"""NumPy arrays to Dr.Jit's and back, so that kernels depend neither on sizes nor on addresses."""

from typing import Any

import drjit as dr
import mitsuba as mi
import numpy as np

from synthgen.geometry import Array

_LINE = 64
"""[byte] Dr.Jit compiles code of its own for arrays that start elsewhere than at multiples."""


def _aligned(values: Array, kind: type[np.generic]) -> Array:
    size = np.dtype(kind).itemsize
    raw = np.empty(values.size * size + _LINE, np.uint8)
    start = -raw.ctypes.data % _LINE
    out: Array = raw[start : start + values.size * size].view(kind)
    out[:] = values
    return out


def numbers(values: Array) -> Any:
    """Return floats (n,) for Dr.Jit."""
    return mi.Float(_aligned(values, np.float32))


def indices(values: Array) -> Any:
    """Return whole numbers (n,) for Dr.Jit."""
    return mi.UInt32(_aligned(values, np.uint32))


def vectors(kind: Any, rows: Array) -> Any:
    """Return rows (n, 3) as a Dr.Jit vector of type `kind`."""
    return kind(*(numbers(column) for column in rows.T))


def rows(vector: Any) -> Array:
    """Return an evaluated Dr.Jit vector as rows (n, k)."""
    return np.stack([component.numpy() for component in vector], axis=1)


def fixed(kind: Any, values: Array) -> Any:
    """Return a vector of one value that kernels read instead of being compiled for it."""
    return kind(*(dr.opaque(mi.Float, float(value)) for value in values))
