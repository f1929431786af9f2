"""Depth of field: what a thin lens that is focused at one distance throws of all others.

A point at another distance makes a disc. The picture is taken apart into layers of nearly equal
discs, far ones first; each is blurred by its disc and laid over those behind it. What a layer hides
of those behind is not known where its own edge gets soft: there the nearest that is known of them
goes on. So the diameter of discs is right (within 4 %, see `RATIO`) wherever surfaces are seen
whole, and what shows through the soft edge of a near thing is a guess as wide as its disc.

Source: M. Potmesil and I. Chakravarty, "A lens and aperture camera model for synthetic image
generation", SIGGRAPH 1981, for the disc; C. Scofield, "2 1/2-D depth-of-field simulation for
computer animation", Graphics Gems III, 1992, for layers.
"""

from functools import lru_cache
from typing import NamedTuple

import cv2
import numpy as np
from jaxtyping import Bool, Float

from synthgen.geometry import Array
from synthgen.rig import CameraModel

LEAST = 0.3
"""[px] Diameter of discs that are points."""
MOST = 96.0
"""[px] Largest diameter that is drawn."""
RATIO = 1.08
"""Discs whose diameters differ by this factor at most are alike."""
_SMALL = 1.0
"""[px] Radius up to which a disc is three pixels wide."""
_NOTHING = 1e-4
FAINT = 1e-3
"""Share of a pixel from which a layer counts there."""


def circles(depth: Float[Array, "h w"], model: CameraModel) -> Float[Array, "h w"]:
    """Return the diameter [px] of the disc of a point at `depth` [m], 0 being infinity.

    A v (1 / z - 1 / d) with opening A, image distance v [px] and focus d: positive where it is
    nearer than the focus, negative beyond.
    """
    near = np.divide(1.0, depth, out=np.zeros(depth.shape), where=depth > 0)
    return model.aperture * model.matrix[0][0] * (near - 1 / model.focus)


def focused(
    radiance: Float[Array, "h w 3"], depth: Float[Array, "h w"], model: CameraModel
) -> Float[Array, "h w 3"]:
    """Return `radiance` [cd/m2] of a pinhole as the lens of `model` throws it.

    `depth` [m] is what each pixel shows, see `CameraReading`. A lens without `focus` is a pinhole.
    """
    if model.focus == 0:
        return radiance
    layer = layers(circles(depth, model))
    if not layer.any():
        return radiance
    laid = _Laid(np.zeros(radiance.shape, np.float32), *np.zeros((2, *depth.shape), bool))
    for number in np.unique(layer):
        _lay(laid, radiance, layer == number, kernel(radius(int(number))))
    return laid.picture.astype(radiance.dtype)


def layers(diameter: Float[Array, "h w"]) -> Float[Array, "h w"]:
    """Return the layer of each disc: 0 for points, less and less the farther beyond the focus."""
    size = np.clip(np.abs(diameter), 0, MOST)
    step = np.floor(np.log(np.maximum(size, LEAST) / LEAST) / np.log(RATIO)) + 1
    return np.where(size < LEAST, 0, np.sign(diameter) * step).astype(np.int32)


def radius(layer: int) -> float:
    """Return the radius [px] of the discs of a layer: the middle of what is in it."""
    return 0.0 if layer == 0 else float(LEAST * RATIO ** (abs(layer) - 0.5) / 2)


@lru_cache(maxsize=128)
def kernel(size: float) -> Float[Array, "k k"]:
    """Return what each pixel gets of a disc of radius `size` [px].

    Its variance along each axis is that of a disc, size^2 / 4, also where pixels are coarse for it.
    """
    if size <= _SMALL:
        side = np.array([size**2 / 8, 1 - size**2 / 4, size**2 / 8])
        return np.outer(side, side).astype(np.float32)
    low, high, reach = 0.3 * size, size, int(np.ceil(size)) + 1
    place = np.arange(-reach, reach + 1)
    for _ in range(16):
        middle = (low + high) / 2
        disc = _pixels(middle, reach)
        wide = (disc.sum(axis=0) * place**2).sum() > size**2 / 4
        low, high = (low, middle) if wide else (middle, high)
    return disc.astype(np.float32)


def _pixels(size: float, reach: int) -> Float[Array, "k k"]:
    """Return the share of an even disc of radius `size` [px] that falls on each pixel."""
    fine = 8
    along = (np.arange((2 * reach + 1) * fine) + 0.5) / fine - reach - 0.5
    inside = np.clip((size - np.hypot(along[:, None], along)) * fine + 0.5, 0, 1)
    disc: Array = inside.reshape(2 * reach + 1, fine, 2 * reach + 1, fine).sum(axis=(1, 3))
    return disc / disc.sum()


class _Laid(NamedTuple):
    """What is laid so far: its picture, where a layer itself is, and where there is a colour."""

    picture: Float[Array, "h w 3"]
    known: Bool[Array, "h w"]
    filled: Bool[Array, "h w"]


class _Window(NamedTuple):
    rows: slice
    columns: slice


def _lay(
    laid: _Laid,
    radiance: Float[Array, "h w 3"],
    mask: Bool[Array, "h w"],
    disc: Float[Array, "k k"],
) -> None:
    """Lay what `mask` shows over all that is `laid` behind it, which grows.

    What lies nearer hides parts of this layer: there it goes on as it is around. Of neighbours in
    one surface, with discs alike, each so gets its share: of n layers under a disc the last covers
    1/n of what is seen, the one before 1/(n - 1) of the rest, and so on.
    """
    reach = len(disc) // 2
    there = _window(mask, 2 * reach + 1)
    own, behind = mask[there].astype(np.float32), laid.known[there].astype(np.float32)
    seen = np.maximum(_spread(own + behind, disc), _NOTHING)
    cover = _spread(own, disc) / seen
    light = _spread(radiance[there].astype(np.float32) * own[..., None], disc) / seen[..., None]
    picture = laid.picture[there]
    rest, share = _extended(picture, laid.filled[there].astype(np.float32), reach)
    # Where nothing is behind, what there is of the layer fills the pixel.
    whole = np.where(share > 0, 1.0, np.maximum(cover, _NOTHING)).astype(np.float32)
    result = light / whole[..., None] + ((1 - cover) * (share > 0))[..., None] * rest
    touched = cover > FAINT
    picture[touched] = result[touched]
    laid.filled[there] |= touched
    laid.known[there] |= mask[there]


def _window(mask: Bool[Array, "h w"], margin: int) -> _Window:
    rows, columns = (np.flatnonzero(mask.any(axis=axis)) for axis in (1, 0))
    return _Window(*(slice(max(one[0] - margin, 0), one[-1] + margin + 1)
                     for one in (rows, columns)))  # fmt: skip


def _spread(image: Array, disc: Float[Array, "k k"]) -> Array:
    return cv2.filter2D(image, -1, disc, borderType=cv2.BORDER_REPLICATE)


def _extended(
    picture: Float[Array, "h w 3"], known: Float[Array, "h w"], reach: int
) -> tuple[Float[Array, "h w 3"], Float[Array, "h w"]]:
    """Return the `picture`, gone on for `reach` [px] beyond what is `known`, and where it is."""
    size = (2 * reach + 1, 2 * reach + 1)
    share = cv2.blur(known, size, borderType=cv2.BORDER_REPLICATE)
    share[share < _NOTHING] = 0
    around = cv2.blur(picture * known[..., None], size, borderType=cv2.BORDER_REPLICATE)
    around /= np.maximum(share, _NOTHING)[..., None]
    whole = known > 0
    return np.where(whole[..., None], picture, around), np.where(whole, 1.0, share)
