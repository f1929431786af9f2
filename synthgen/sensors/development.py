"""What a camera's processor makes of raw values: the 8-bit image."""

import cv2
import numpy as np
from jaxtyping import Float, UInt8, UInt16

from synthgen.electronics import Setting
from synthgen.geometry import Array
from synthgen.rig import CameraModel
from synthgen.sensors.hdr import widened
from synthgen.sensors.tone import displayed, luminance, toned


def developed(
    values: UInt16[Array, "h w"], model: CameraModel, setting: Setting
) -> UInt8[Array, "h w 3"]:
    """Return the 8-bit RGB image: black level, demosaicing, white balance, colour matrix, tone
    curve, sharpening, resampling.
    """
    # OpenCV names the pattern by its second row and column: red first is its BG.
    color = widened(cv2.cvtColor(values, cv2.COLOR_BayerBG2RGB_EA), model)
    linear = (color - model.black) / np.float32(2**model.bits - 1 - model.black)
    true = corrected(calmed(balanced(linear, model, setting)), model)
    curve = displayed(rendered(true, model, setting.digital), model.processing.contrast)
    curve = sharpened(curve, model.processing.sharpening)
    curve = resampled(curve, model.processing.resampling)
    return np.clip(np.round(curve * 255), 0, 255).astype(np.uint8)


def balanced(
    linear: Float[Array, "h w 3"], model: CameraModel, setting: Setting
) -> Float[Array, "h w 3"]:
    """Return `linear` with the colours of the filter evened out and the light's cast balanced."""
    efficiency = np.array(model.quantum_efficiency)
    return linear * (efficiency[1] / efficiency * setting.balance).astype(np.float32)


def rendered(linear: Float[Array, "*n"], model: CameraModel, digital: float) -> Float[Array, "*n"]:
    """Return a `linear` signal, 1 being the full well of the most sensitive exposure, in 0 to 1.

    A sensor of one exposure keeps its signal; that of several is brought into the range of a
    display by `toned`.
    """
    if model.hdr is None:
        return linear
    return toned(linear * np.float32(digital), model.reach * digital)


def calmed(linear: Float[Array, "h w 3"]) -> Float[Array, "h w 3"]:
    """Return `linear` without the false colours that demosaicing leaves along edges.

    Red and blue keep to the median of their difference to green over 5 x 5 pixels.

    Source: W. T. Freeman, "Median filter for reconstructing missing color samples", US patent
    4,724,395, 1988.
    """
    green = linear[..., 1]
    result = linear.copy()
    for channel in (0, 2):
        result[..., channel] = green + cv2.medianBlur(linear[..., channel] - green, 5)
    return result


def color_matrix(model: CameraModel) -> Float[Array, "3 3"]:
    """Return what turns the filters' colours into linear sRGB: the inverse of their crosstalk.

    Its rows add up to 1, so that grey stays; it makes the noise of colours larger.
    """
    return np.linalg.inv(np.array(model.processing.crosstalk))


def corrected(linear: Float[Array, "h w 3"], model: CameraModel) -> Float[Array, "h w 3"]:
    """Return `linear` in sRGB's primaries."""
    matrix = color_matrix(model)
    if np.array_equal(matrix, np.eye(3)):
        return linear
    # Where a colour is saturated the matrix would tint white: it is kept to what all three hold.
    return cv2.transform(np.minimum(linear, np.float32(model.reach)), matrix.astype(np.float32))


def sharpened(image: Float[Array, "h w 3"], strength: float) -> Float[Array, "h w 3"]:
    """Return `image` with its luma sharpened by an unsharp mask of 1 px."""
    if strength == 0:
        return image
    luma = luminance(image).astype(np.float32)
    return image + strength * (luma - cv2.GaussianBlur(luma, (0, 0), 1.0))[..., None]


def resampled(image: Float[Array, "h w 3"], spread: float) -> Float[Array, "h w 3"]:
    """Return `image` as interpolation between pixels of another raster leaves it.

    Its mean effect is a Gaussian of standard deviation `spread` [px]: it takes detail and noise
    from single pixels and makes neighbours alike.
    """
    if spread == 0:
        return image
    reach = 2 * int(np.ceil(2.5 * spread)) + 1
    return cv2.GaussianBlur(image.astype(np.float32), (reach, reach), spread)
