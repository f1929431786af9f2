"""From the light before a lens to the light behind it: ghosts, star, scatter."""

import numpy as np
from jaxtyping import Float

from synthgen.electronics import Setting
from synthgen.geometry import Array
from synthgen.rig import CameraModel
from synthgen.sensors.exposure import responsivity
from synthgen.sensors.flare import flared, spots
from synthgen.sensors.glare import Spots, glared, weights

WET = 0.04
"""Share of light that water on the lens's cover scatters in heavy rain, from 20 mm/h on."""


def imaged(
    radiance: Float[Array, "h w 3"],
    model: CameraModel,
    exposure: Setting,
    sun: Spots,
    soiled: float,
) -> Float[Array, "h w 3"]:
    """Return `radiance` as the lens throws it on the sensor, sharp but for what it scatters.

    Args:
        radiance: [cd/m2].
        model: the camera.
        exposure: how it is set, which decides what is bright.
        sun: what `radiance` lacks of the sun, see `sun.sun_spot`.
        soiled: share of light that water or dirt before the lens scatters.
    """
    full = saturation(model, exposure)
    bright = spots(radiance, full)
    every = Spots(
        np.concatenate([bright.position, sun.position]), np.concatenate([bright.energy, sun.energy])
    )
    return glared(flared(radiance, model, every, full), weights(model.glare, soiled), sun)


def wetted(rain: float) -> float:
    """Return the share of light that water on the lens's cover scatters in `rain` [mm/h]."""
    return WET * float(np.clip(rain / 20.0, 0.0, 1.0))


def saturation(model: CameraModel, exposure: Setting) -> float:
    """Return the radiance [cd/m2] that fills a green pixel on the axis; where several exposures are
    merged, the one that their tone curve brings to its middle.
    """
    return float(model.full_well / (responsivity(model)[1] * exposure.brightness))
