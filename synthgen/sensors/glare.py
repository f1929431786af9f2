"""Light that the lens scatters over the image, in linear radiance, before anything clips."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array

OCTAVES = 10
"""Gaussians of the scatter: spreads of 1.6, 3.2, ... 819 px."""
NARROWEST = 1.6
"""[px] Spread of the narrowest."""
CLEAN, SOILED = 2.0, 2.5
"""How fast scatter falls with the angle: between glass faces, and by dirt or water on them."""

_MARGIN = 4
"""[coarse px] Rim by which each octave's image is larger than the last."""
_LOW_PASS = 0.8
"""[px] Spread of the low-pass before an image is halved."""
_LAMP = 4.0
"""What ends the image counts beyond it up to so many times the median of what ends it."""


@dataclass(frozen=True, eq=False)
class Spots:
    """Sources of light that are points.

    Attributes:
        position: [px] column, row; may lie outside the image.
        energy: [cd/m2 px2] radiance times area in the image, linear sRGB.
    """

    position: Float[Array, "n 2"]
    energy: Float[Array, "n 3"]


NO_SPOTS = Spots(np.zeros((0, 2)), np.zeros((0, 3)))


def weights(clean: float, soiled: float = 0.0) -> Float[Array, "k"]:
    """Return the share of light in each octave when the lens scatters these shares.

    Scatter of r^-s holds 2^-(s - 2) times as much in each octave as in the one before. s = 2 is
    the law of veiling glare, 10 E / theta^2; on soiled faces light stays nearer.

    Source: CIE 146:2002, "CIE collection on glare", Stiles and Holladay's law; surfaces scatter
    with s of 1.5 to 2.5: J. E. Harvey, "Light-scattering characteristics of optical surfaces",
    Proc. SPIE 107, 1977. Shares of 0.5 to 3 % for clean camera lenses and 3 to 10 % behind a dirty
    windscreen: veiling glare index of ISO 9358:1994.
    """
    octave = np.arange(OCTAVES)
    total = np.zeros(OCTAVES)
    for share, slope in ((clean, CLEAN), (soiled, SOILED)):
        part = 2.0 ** (-(slope - 2) * octave)
        total += share * part / part.sum()
    return total


def glared(
    radiance: Float[Array, "h w 3"], share: Float[Array, "k"] | float, beyond: Spots = NO_SPOTS
) -> Float[Array, "h w 3"]:
    """Return `radiance` with part of the light scattered by the lens.

    A sum of Gaussians each twice as wide as the last, made on ever smaller images that reach ever
    farther beyond the frame. Energy is kept: what leaves the frame is lost, and what comes in from
    beyond it is as bright as the image ends there, lamps excepted.

    Args:
        radiance: [cd/m2].
        share: of light in each octave, see `weights`; one number: of a clean lens.
        beyond: sources that `radiance` lacks, of which the scatter alone is added.
    """
    each = np.asarray(weights(share) if isinstance(share, float) else share, float)
    if each.sum() == 0:
        return radiance
    size = radiance.shape[:2]
    canvas = _surrounded(radiance.astype(np.float32))
    layers = []
    for octave in range(OCTAVES):
        canvas, left = _with_spots(canvas, beyond, octave, size)
        beyond = left
        layers.append(_blurred(canvas))
        canvas = _halved(canvas)
    veil = layers[-1] * np.float32(each[-1])
    for octave in range(OCTAVES - 2, -1, -1):
        veil = _doubled(veil, layers[octave].shape) + layers[octave] * np.float32(each[octave])
    rows, columns = slice(_MARGIN, _MARGIN + size[0]), slice(_MARGIN, _MARGIN + size[1])
    return float(1 - each.sum()) * radiance + veil[rows, columns]


def _surrounded(image: Float[Array, "h w 3"]) -> Float[Array, "h w 3"]:
    """Return `image` within a rim that goes on as it ends; lamps at the edge do not go on."""
    ends = np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])
    most = np.median(ends, axis=0) * np.float32(_LAMP)
    whole = _wider(image)
    for rim in (whole[:_MARGIN], whole[-_MARGIN:], whole[:, :_MARGIN], whole[:, -_MARGIN:]):
        np.minimum(rim, most, out=rim)
    return _even(whole)


def _wider(image: Float[Array, "h w 3"]) -> Float[Array, "h w 3"]:
    return cv2.copyMakeBorder(image, *(_MARGIN,) * 4, cv2.BORDER_REPLICATE)


def _even(image: Float[Array, "h w 3"]) -> Float[Array, "h w 3"]:
    down, right = image.shape[0] % 2, image.shape[1] % 2
    if not (down or right):
        return image
    return cv2.copyMakeBorder(image, 0, down, 0, right, cv2.BORDER_REPLICATE)


def _halved(image: Float[Array, "h w 3"]) -> Float[Array, "h w 3"]:
    """Return the next octave's image: half the size, within a wider rim.

    Without the low-pass a lamp's scatter depends by 28 % on where in its blocks it lies.
    """
    soft = cv2.GaussianBlur(image, (0, 0), _LOW_PASS, borderType=cv2.BORDER_REPLICATE)
    small = cv2.resize(soft, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    return _even(_wider(small))


def _doubled(image: Float[Array, "h w 3"], shape: Sequence[int]) -> Float[Array, "h w 3"]:
    """Return `image` twice as large without its rim, of `shape`; its sum is kept."""
    large = cv2.resize(image, None, fx=2.0, fy=2.0, interpolation=cv2.INTER_LINEAR)
    edge = 2 * _MARGIN
    return large[edge : edge + shape[0], edge : edge + shape[1]]


def _blurred(image: Float[Array, "h w 3"]) -> Float[Array, "h w 3"]:
    return cv2.GaussianBlur(image, (0, 0), NARROWEST, borderType=cv2.BORDER_REPLICATE)


def _with_spots(
    canvas: Float[Array, "h w 3"], spots: Spots, octave: int, size: tuple[int, int]
) -> tuple[Float[Array, "h w 3"], Spots]:
    """Return the canvas of an octave with the `spots` that it reaches, and those left."""
    if not len(spots.position):
        return canvas, spots
    step = 2**octave
    # A rim of _MARGIN pixels per octave: in all _MARGIN (2 step - 1) pixels of the image.
    rim = _MARGIN * (2 * step - 1)
    place = (spots.position + 0.5 + rim) / step - 0.5
    high = np.array([canvas.shape[1], canvas.shape[0]])
    # Not in the rim itself, which is repeated outwards.
    inside = ((place >= _MARGIN) & (place < high - _MARGIN - 1)).all(axis=1)
    canvas = canvas.copy()
    for (column, row), energy in zip(place[inside], spots.energy[inside] / step**2, strict=True):
        x, y = int(column), int(row)
        across, down = np.array([x + 1 - column, column - x]), np.array([y + 1 - row, row - y])
        canvas[y : y + 2, x : x + 2] += (np.outer(down, across)[..., None] * energy).astype(
            np.float32
        )
    return canvas, Spots(spots.position[~inside], spots.energy[~inside])
