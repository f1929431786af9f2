"""Light that the lens scatters over the image, in linear radiance, before anything clips."""

import cv2
import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array

LEVELS = 7
"""Octaves of the scatter: spreads of 0.8 to 102 px."""

_SIGMA = 0.8


def glared(radiance: Float[Array, "h w 3"], share: float) -> Float[Array, "h w 3"]:
    """Return `radiance` with `share` of the light scattered by the lens.

    The point spread falls with the square of the distance: equal energy in every octave, here
    a sum of Gaussians each twice as wide as the last, made on ever smaller images. Energy is
    kept; outside, the image is taken to go on as it ends.

    Source: 1/theta^2 law of veiling glare, CIE 146:2002; shares of 0.5 to 3 % for clean camera
    lenses by the glare spread index of ISO 9358:1994.
    """
    if share == 0:
        return radiance
    unit = 2 ** (LEVELS - 1)
    height, width = radiance.shape[:2]
    below, right = -height % unit + 2 * unit, -width % unit + 2 * unit
    padded = np.pad(
        radiance.astype(np.float32),
        ((2 * unit, below), (2 * unit, right), (0, 0)),
        mode="edge",
    )
    veil = _octaves(padded)[2 * unit : 2 * unit + height, 2 * unit : 2 * unit + width]
    return (1 - share) * radiance + share * veil


def _octaves(image: Float[Array, "h w 3"]) -> Float[Array, "h w 3"]:
    """Mean over all octaves of the image blurred by each."""
    blurred = [_blurred(image)]
    for _ in range(LEVELS - 1):
        image = _halved(image)
        blurred.append(_blurred(image))
    total = blurred[-1]
    for finer in reversed(blurred[:-1]):
        total = finer + _doubled(total)
    return total / LEVELS


def _blurred(image: Float[Array, "h w 3"]) -> Float[Array, "h w 3"]:
    return cv2.GaussianBlur(image, (0, 0), 2 * _SIGMA, borderType=cv2.BORDER_REPLICATE)


def _halved(image: Float[Array, "h w 3"]) -> Float[Array, "h w 3"]:
    return (image[::2, ::2] + image[1::2, ::2] + image[::2, 1::2] + image[1::2, 1::2]) / 4


def _doubled(image: Float[Array, "h w 3"]) -> Float[Array, "h w 3"]:
    size = (image.shape[1] * 2, image.shape[0] * 2)
    return cv2.resize(image, size, interpolation=cv2.INTER_LINEAR)
