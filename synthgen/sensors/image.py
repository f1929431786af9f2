"""What light reaches the sensor, and what the camera's processor makes of its raw values."""

import cv2
import numpy as np
from jaxtyping import Float, UInt8, UInt16

from synthgen.geometry import Array
from synthgen.rig import CameraModel
from synthgen.sensors.exposure import Exposure, responsivity
from synthgen.sensors.tone import displayed, luminance


def collected(
    radiance: Float[Array, "h w 3"], model: CameraModel, exposure: Exposure
) -> Float[Array, "h w 3"]:
    """Return mean photoelectrons that red, green and blue pixels collect at each place.

    The lens and its low-pass filter blur by a Gaussian.
    """
    soft = cv2.GaussianBlur(radiance, (0, 0), model.blur) if model.blur > 0 else radiance
    return soft * (responsivity(model) * exposure.time) * falloff(model)[..., None]


def falloff(model: CameraModel) -> Float[Array, "h w"]:
    """Return the share of light that reaches each pixel: 1 - v r^2, r being 1 in the corners."""
    down, right = np.mgrid[: model.height, : model.width]
    square = (2 * down / (model.height - 1) - 1) ** 2 + (2 * right / (model.width - 1) - 1) ** 2
    return 1 - model.vignetting * square / 2


def developed(values: UInt16[Array, "h w"], model: CameraModel) -> UInt8[Array, "h w 3"]:
    """Return the 8-bit RGB image: demosaicing, white balance, tone curve, sharpening."""
    # OpenCV names the pattern by its second row and column: red first is its BG.
    color = cv2.cvtColor(values, cv2.COLOR_BayerBG2RGB_EA).astype(np.float32)
    linear = (color - model.black) / np.float32(2**model.bits - 1 - model.black)
    curve = displayed(calmed(balanced(linear, model)))
    return np.clip(np.round(sharpened(curve, model.sharpening) * 255), 0, 255).astype(np.uint8)


def balanced(linear: Float[Array, "h w 3"], model: CameraModel) -> Float[Array, "h w 3"]:
    """Return `linear` with the colours of the filter evened out and half of the cast of the
    light taken away (automatic white balance by the grey world, as far as it can be trusted).
    """
    efficiency = np.array(model.quantum_efficiency, np.float32)
    even = linear * (efficiency[1] / efficiency)
    sample = even[::4, ::4].reshape(-1, 3)
    usable = sample[(linear[::4, ::4].reshape(-1, 3) < 0.95).all(axis=1)]
    mean = np.maximum(usable.mean(axis=0) if len(usable) else np.ones(3), 1e-6)
    return even * np.clip((mean[1] / mean) ** 0.5, 0.6, 1.7).astype(np.float32)


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


def sharpened(image: Float[Array, "h w 3"], strength: float) -> Float[Array, "h w 3"]:
    """Return `image` with its luma sharpened by an unsharp mask of 1 px."""
    luma = luminance(image).astype(np.float32)
    return image + strength * (luma - cv2.GaussianBlur(luma, (0, 0), 1.0))[..., None]
