"""JPEG: the stream that a camera or its recorder makes of an image, and what that loses."""

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Float, UInt8

from synthgen.electronics import Setting
from synthgen.geometry import Array
from synthgen.rig import CameraModel
from synthgen.sensors.development import rendered
from synthgen.sensors.tone import encoded, luminance

BLOCK = 8
"""[px] Side of the blocks whose cosine transform is quantised. Source: ITU-T T.81, 1992, A.3."""
_CHROMA = {
    444: cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444,
    422: cv2.IMWRITE_JPEG_SAMPLING_FACTOR_422,
    420: cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420,
}


@dataclass(frozen=True, eq=False)
class Sent:
    """An image as it leaves the camera.

    Attributes:
        image: what whoever opens it sees.
        stream: the JPEG, empty where nothing was compressed.
        quality: of the JPEG, 1 to 100; 0: none.
        chroma: 444, 422 or 420; 0: no JPEG.
    """

    image: UInt8[Array, "h w 3"]
    stream: bytes = b""
    quality: int = 0
    chroma: int = 0


def compressed(image: UInt8[Array, "h w 3"], quality: int, chroma: int) -> Sent:
    """Return `image` as a baseline JPEG keeps it; as it is for a `quality` of 0.

    Settings are fixed, so that equal images become equal bytes: the standard's own tables scaled
    by `quality`, its Huffman codes, no restart markers.

    Raises ValueError where OpenCV cannot encode it.
    """
    if quality == 0:
        return Sent(image)
    settings = [
        *(cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, _CHROMA[chroma]),
        *(cv2.IMWRITE_JPEG_PROGRESSIVE, 0, cv2.IMWRITE_JPEG_OPTIMIZE, 0),
        *(cv2.IMWRITE_JPEG_RST_INTERVAL, 0),
    ]
    done, data = cv2.imencode(".jpg", image[..., ::-1], settings)
    back = cv2.imdecode(data, cv2.IMREAD_COLOR) if done else None
    if back is None:
        raise ValueError(f"cannot encode an image of shape {image.shape} as JPEG")
    return Sent(np.ascontiguousarray(back[..., ::-1]), data.tobytes(), quality, chroma)


def sent(image: UInt8[Array, "h w 3"], model: CameraModel) -> Sent:
    """Return `image` as a camera of `model` sends it."""
    return compressed(image, model.processing.jpeg, model.processing.chroma)


def coded_noise(
    noise: Float[Array, "h w"], signal: Float[Array, "h w"], error: Float[Array, "h w"],
    model: CameraModel, setting: Setting,
) -> Float[Array, "h w"]:  # fmt: skip
    """Return the `noise` [electrons] of `signal` [electrons] with what compression takes and adds.

    That is the root mean square of the `error` [DN] of luma in each block, over the steps that an
    electron makes at that signal. Noise that compression takes away counts twice: an upper bound.
    """
    spread = _by_blocks(error) / steps(signal, model, setting)
    return np.sqrt(noise**2 + spread**2)


def steps(signal: Float[Array, "h w"], model: CameraModel, setting: Setting) -> Float[Array, "h w"]:
    """Return how many steps [DN] of the image's luma an electron more makes of `signal`.

    At least that at nine tenths of what saturates the sensor, above which the curve is flat.
    """
    full = model.full_well / setting.gain
    known = np.concatenate([[0.0], np.geomspace(1e-4, 0.9 * model.reach, 512)])
    luma = 255 * encoded(rendered(known, model, setting.digital), model.processing.contrast)
    slope = np.gradient(luma, known) / full
    return np.interp(signal / full, known, np.maximum(slope, slope[-1]))


def lost(image: UInt8[Array, "h w 3"], kept: UInt8[Array, "h w 3"]) -> Float[Array, "h w"]:
    """Return the difference [DN] in luma that is left of `image` once it is `kept`."""
    return luminance(kept.astype(np.float32) - image)


def _by_blocks(error: Float[Array, "h w"]) -> Float[Array, "h w"]:
    """Return the root mean square of each block, at every pixel; blocks at the rim are cut."""
    height, width = error.shape
    rows, columns = np.arange(0, height, BLOCK), np.arange(0, width, BLOCK)
    total = np.add.reduceat(np.add.reduceat(error**2, rows, axis=0), columns, axis=1)
    count = np.outer(np.diff(rows, append=height), np.diff(columns, append=width))
    whole = np.sqrt(total / count).repeat(BLOCK, axis=0).repeat(BLOCK, axis=1)
    return whole[:height, :width]
