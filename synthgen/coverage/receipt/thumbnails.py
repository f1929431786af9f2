"""Small JPEGs of images: the whole, and what is around a box."""

from pathlib import Path

import cv2
import numpy as np
from jaxtyping import UInt8

from synthgen.coverage.receipt.findings import Box, CloseUp
from synthgen.errors import UserError
from synthgen.geometry import Array

WIDTH = 640
"""[px] of a picture, at most."""
NEAR = (240, 180)
"""[px] of a close view, at most; its content is as large as that, or twice the box."""
_QUALITY = 78


def opened(data: Path, image: str, frame: str) -> UInt8[Array, "h w 3"]:
    """Return the pixels of an image, blue first as OpenCV has them.

    Raises:
        UserError: when it is not there, cannot be decoded, or has more pixels than `__main__` lets
            OpenCV unpack.
    """
    path = data / image
    if not path.is_file():
        raise UserError(f"{path}: missing, the image of frame {frame}")
    try:
        pixels = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error as error:
        raise UserError(f"{path}: expected an image, it is too large, of frame {frame}") from error
    if pixels is None:
        raise UserError(f"{path}: expected an image, of frame {frame}")
    return np.asarray(pixels, np.uint8)


def thumbnail(image: UInt8[Array, "h w 3"]) -> bytes:
    """Return the image no wider than `WIDTH` as JPEG."""
    return _jpeg(_within(image, WIDTH, 4 * WIDTH))


def close_up(image: UInt8[Array, "h w 3"], box: Box) -> CloseUp:
    """Return what is around a box."""
    (left, right), (top, bottom) = (
        _reach(low, high, least, size)
        for low, high, least, size in (
            (box.left, box.right, NEAR[0], image.shape[1]),
            (box.top, box.bottom, NEAR[1], image.shape[0]),
        )
    )
    near = _within(image[top:bottom, left:right], *NEAR)
    high, wide = near.shape[:2]
    across, down = wide / (right - left), high / (bottom - top)
    inside = Box(
        box.label,
        (box.left - left) * across,
        (box.top - top) * down,
        (box.right - left) * across,
        (box.bottom - top) * down,
    )
    return CloseUp(_jpeg(near), wide, high, inside)


def _reach(low: float, high: float, least: int, size: int) -> tuple[int, int]:
    """Return the pixels around low..high, twice as far or `least` of them, inside the image."""
    length = min(size, round(max(2 * (high - low), least)))
    start = round((low + high - length) / 2)
    start = min(max(start, 0), size - length)
    return start, start + length


def _within(image: Array, wide: int, high: int) -> Array:
    scale = min(wide / image.shape[1], high / image.shape[0])
    if scale >= 1:
        return image
    size = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)


def _jpeg(image: Array) -> bytes:
    done, data = cv2.imencode(
        ".jpg", np.ascontiguousarray(image), [cv2.IMWRITE_JPEG_QUALITY, _QUALITY]
    )
    if not done:
        raise ValueError(f"cannot encode an image of shape {image.shape} as JPEG")
    return data.tobytes()
