"""Automatic exposure of a single image."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array
from synthgen.rig import CameraModel
from synthgen.sensors.tone import displayed, luminance

PHOTONS = 4091.0
"""[1/um2/lx/s] Photons at 555 nm: 1 / (683 lm/W x h nu)."""

DAY, NIGHT = 115.0, 28.0
"""[DN] Mean of 8-bit luma that is aimed at: days of KITTI and nuScenes have 85 to 119, nights 15
to 46 (measured on public sample frames)."""

CLIPPED = 0.06
"""Share of a day's image that may saturate: KITTI clips 2 to 17 %, mostly sky."""

NIGHT_HIGHLIGHT = 0.5
"""Display value that a highlight counts for at most by night."""


@dataclass(frozen=True)
class Exposure:
    """How an image was exposed.

    Attributes:
        time: [s] the shutter was open.
        gain: analogue gain, at least 1.
    """

    time: float
    gain: float


def responsivity(model: CameraModel) -> Float[Array, "3"]:
    """Return electrons per second and cd/m2 of red, green and blue pixels on the optical axis.

    Illuminance behind the lens is pi/4 x luminance x transmission / N^2. White light is taken to
    bring each colour as many photons as 555 nm light of its luminance would.

    Source: EMVA standard 1288, release 4.0, 2021, section 2; R. Kingslake, "Optics in
    Photography", 1992, camera equation.
    """
    illuminance = np.pi / 4 * model.lens_transmission / model.f_number**2
    area = (model.pixel * 1e6) ** 2
    return illuminance * area * PHOTONS * np.array(model.quantum_efficiency)


def meter(radiance: Float[Array, "h w 3"], model: CameraModel) -> Exposure:
    """Return the exposure that brings the mean of the image to the aim for its brightness.

    Long exposure comes before gain, as it brings less noise. Where both end, it stays dark.
    By day only a few percent of the image may saturate, which is mostly sky.
    By night lamps and lit windows count no more than middle grey, lest they black out the rest.
    """
    seen = luminance(radiance[::4, ::4]).ravel()
    per_second = responsivity(model)[1] / model.full_well
    share = daylight(seen)
    aim = aimed_mean(seen)
    most = NIGHT_HIGHLIGHT + (1 - NIGHT_HIGHLIGHT) * share
    low, high = model.shortest_exposure, model.longest_exposure * model.largest_gain
    bright = np.quantile(seen, 1 - CLIPPED - 0.2 * (1 - share)) * per_second
    high = max(min(high, 1 / max(bright, 1e-12)), low)
    for _ in range(24):
        middle = np.sqrt(low * high)
        values = np.minimum(displayed(seen * (per_second * middle)), most)
        dark = 255 * values.mean() < aim
        low, high = (middle, high) if dark else (low, middle)
    product = float(np.sqrt(low * high))
    time = min(product, model.longest_exposure)
    return Exposure(time, max(product / time, 1.0))


def aimed_mean(luminances: Float[Array, "n"]) -> float:
    """Return the mean [DN] to aim at for a scene of `luminances` [cd/m2]."""
    return NIGHT + (DAY - NIGHT) * daylight(luminances)


def daylight(luminances: Float[Array, "n"]) -> float:
    """Return 0 for a scene of the night, 1 for one of the day, and between in the dusk.

    Night is below a geometric mean of 1 cd/m2, day above 300 cd/m2.
    """
    middle = np.log10(np.maximum(luminances, 1e-4)).mean()
    share = float(np.clip(middle / 2.5, 0.0, 1.0))
    return share**2 * (3 - 2 * share)
