"""From linear signal to the values of an 8-bit image."""

from functools import cache

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array

LUMA = np.array([0.2126, 0.7152, 0.0722])
"""Luminance of linear sRGB primaries. Source: IEC 61966-2-1:1999."""


def luminance(rgb: Float[Array, "*n 3"]) -> Float[Array, "*n"]:
    """Return the luminance of linear sRGB."""
    return rgb @ LUMA.astype(np.result_type(rgb, np.float32))


def toned(linear: Float[Array, "*n"], reach: float) -> Float[Array, "*n"]:
    """Return a `linear` signal brought from 0 to `reach` into 0 to 1.

    x (1 + x / reach^2) / (1 + x).

    Source: E. Reinhard, M. Stark, P. Shirley and J. Ferwerda, "Photographic tone reproduction for
    digital images", ACM Trans. Graph. 21, 2002, equation 4.
    """
    inside = np.clip(linear, 0.0, reach)
    return inside * (1 + inside / np.float32(reach**2)) / (1 + inside)


def encoded(linear: Float[Array, "*n"], contrast: float) -> Float[Array, "*n"]:
    """Return display values 0 to 1 of a `linear` signal, 1 being saturation.

    The sRGB transfer function, then y - c sin(2 pi y) / (2 pi) to deepen shadows and lift lights.

    Source: IEC 61966-2-1:1999 for the first.
    """
    inside = np.clip(linear, 0.0, 1.0)
    curve = np.where(inside <= 0.0031308, 12.92 * inside, 1.055 * np.power(inside, 1 / 2.4) - 0.055)
    return curve - contrast * np.sin(2 * np.pi * curve) / (2 * np.pi)


def displayed(linear: Float[Array, "*n"], contrast: float) -> Float[Array, "*n"]:
    """Return `encoded` values from a table of 2^16 steps, for whole images."""
    step = np.clip(linear, 0.0, 1.0) * np.float32(_STEPS)
    return _table(contrast)[(step + np.float32(0.5)).astype(np.int32)]


_STEPS = 2**16 - 1


@cache
def _table(contrast: float) -> Float[Array, "k"]:
    return encoded(np.arange(_STEPS + 1) / _STEPS, contrast).astype(np.float32)
