"""What light reaches the sensor."""

from functools import lru_cache

import cv2
import numpy as np
from jaxtyping import Float

from synthgen.electronics import Setting
from synthgen.geometry import Array
from synthgen.rig import CameraModel
from synthgen.sensors.exposure import responsivity


def collected(
    radiance: Float[Array, "h w 3"], model: CameraModel, exposure: Setting
) -> Float[Array, "h w 3"]:
    """Return mean photoelectrons that red, green and blue pixels collect at each place.

    The lens and its low-pass filter blur by a Gaussian.
    """
    soft = cv2.GaussianBlur(radiance, (0, 0), model.blur) if model.blur > 0 else radiance
    soft = filtered(soft, model)
    return soft * _sensitivity(model).astype(soft.dtype, copy=False) * float(exposure.time)


@lru_cache(maxsize=4)
def _sensitivity(model: CameraModel) -> Float[Array, "h w 3"]:
    """Return the photoelectrons per second and cd/m2 of each pixel under each filter."""
    return (falloff(model)[..., None] * responsivity(model)).astype(np.float32)


def falloff(model: CameraModel) -> Float[Array, "h w"]:
    """Return the share of light that reaches each pixel: 1 - v r^2, r being 1 in the corners."""
    down, right = np.mgrid[: model.height, : model.width]
    square = (2 * down / (model.height - 1) - 1) ** 2 + (2 * right / (model.width - 1) - 1) ** 2
    return 1 - model.vignetting * square / 2


def filtered(radiance: Float[Array, "h w 3"], model: CameraModel) -> Float[Array, "h w 3"]:
    """Return what the colour filters let through of `radiance`, which they do not quite tell
    apart: each row of the crosstalk adds up to 1, so that grey stays.
    """
    mix = np.array(model.processing.crosstalk)
    return radiance if np.array_equal(mix, np.eye(3)) else radiance @ mix.T
