"""What a camera that has settled on a scene is set to: exposure, gain, white balance."""

import numpy as np
from jaxtyping import Float

from synthgen.electronics import Setting
from synthgen.geometry import Array
from synthgen.rig import CameraModel
from synthgen.sensors.tone import displayed, luminance, toned
from synthgen.view import CameraView

PHOTONS = 4091.0
"""[1/um2/lx/s] Photons at 555 nm: 1 / (683 lm/W x h nu)."""

DAY, NIGHT = 115.0, 28.0
"""[DN] Mean of 8-bit luma that is aimed at: days of KITTI and nuScenes have 85 to 119, nights 15
to 46 (measured on public sample frames)."""

CLIPPED = 0.06
"""Share of a day's image that may saturate: KITTI clips 2 to 17 %, mostly sky."""

NIGHT_HIGHLIGHT = 0.5
"""Display value that a highlight counts for at most by night."""

FOR_SHADOWS = 4.0
"""How many times as long the most sensitive of several exposures is as one exposure would be: two
stops, an estimate. The next one is 16 times less sensitive."""
HIGHEST = 0.999
"""Share of the pixels that several exposures must hold."""
LEAST_DIGITAL, MOST_DIGITAL = 1 / 256, 4.0

BALANCED_DAY, BALANCED_NIGHT = 0.5, 0.74
"""Shares of the cast, in logarithms, that the white balance takes away. By night as much as eyes
adapt: D = F (1 - exp(-(L + 42) / 92) / 3.6) with F = 0.9 in dim surroundings and L below 1 cd/m2.

Source for the night: CIE 159:2004, "A colour appearance model for colour management systems:
CIECAM02", degree of adaptation.
"""


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


def settled(radiance: Float[Array, "h w 3"], model: CameraModel) -> Setting:
    """Return the setting of a camera that has long looked at `radiance` [cd/m2]."""
    product = meter(radiance, model)
    if model.hdr is None:
        time, gain = divided(product, model)
        return Setting(time, gain, white_balance(radiance, model, time * gain, 1.0))
    time, gain = divided(longer(radiance, model, product), model)
    digital = rendition(radiance, model, time * gain)
    return Setting(time, gain, white_balance(radiance, model, time * gain, digital), digital)


def looked_at(radiance: Float[Array, "h w 3"], view: CameraView) -> Float[Array, "_ _ 3"]:
    """Return the part of an image [cd/m2] that the lens lights, as one column if not the whole."""
    return radiance if view.lens.flat else radiance[~view.void][:, None]


def meter(radiance: Float[Array, "h w 3"], model: CameraModel) -> float:
    """Return the exposure time [s] times gain that brings the image's mean to its aim.

    Where exposure and gain end, it stays dark.
    By day only a few percent of the image may saturate, which is mostly sky.
    By night lamps and lit windows count no more than middle grey, lest they black out the rest.
    """
    seen = luminance(sparse(radiance))
    per_second = responsivity(model)[1] / model.full_well
    share = daylight(seen)
    aim = aimed_mean(seen)
    most = NIGHT_HIGHLIGHT + (1 - NIGHT_HIGHLIGHT) * share
    low, high = model.shortest_exposure, model.longest_exposure * model.largest_gain
    bright = np.quantile(seen, 1 - CLIPPED - 0.2 * (1 - share)) * per_second
    high = max(min(high, model.reach / max(bright, 1e-12)), low)
    for _ in range(24):
        middle = np.sqrt(low * high)
        values = np.minimum(
            displayed(seen * (per_second * middle), model.processing.contrast), most
        )
        dark = 255 * values.mean() < aim
        low, high = (middle, high) if dark else (low, middle)
    return float(np.sqrt(low * high))


def longer(radiance: Float[Array, "h w 3"], model: CameraModel, product: float) -> float:
    """Return the exposure time [s] times gain of a sensor that merges several exposures.

    Its most sensitive exposure is for the shadows: it may saturate where the next one sees, so that
    it is open for longer than the `product` [s] of a sensor of one, but not with more gain.
    """
    seen = luminance(sparse(radiance)) * (responsivity(model)[1] / model.full_well)
    most = model.reach / max(float(np.quantile(seen, HIGHEST)), 1e-12)
    most = min(product * FOR_SHADOWS, model.longest_exposure, most)
    return max(product, most, model.least_exposure)


def rendition(radiance: Float[Array, "h w 3"], model: CameraModel, product: float) -> float:
    """Return the digital gain that brings the mean of a merged image to its aim.

    By night lamps count no more than middle grey, as in `meter`.
    """
    seen = luminance(sparse(radiance))
    signal = seen * (responsivity(model)[1] / model.full_well * product)
    share, aim = daylight(seen), aimed_mean(seen)
    most = NIGHT_HIGHLIGHT + (1 - NIGHT_HIGHLIGHT) * share
    low, high = LEAST_DIGITAL, MOST_DIGITAL
    for _ in range(24):
        middle = np.sqrt(low * high)
        linear = toned(np.minimum(signal, model.reach) * middle, model.reach * middle)
        values = np.minimum(displayed(linear, model.processing.contrast), most)
        dark = 255 * values.mean() < aim
        low, high = (middle, high) if dark else (low, middle)
    return float(np.sqrt(low * high))


def sparse(radiance: Float[Array, "h w 3"]) -> Float[Array, "n 3"]:
    """Return every so manyth pixel, about 300 in a row."""
    step = max(radiance.shape[1] // 300, 1)
    return radiance[::step, ::step].reshape(-1, 3)


def divided(product: float, model: CameraModel) -> tuple[float, float]:
    """Return exposure time [s] and gain: the longest exposure before any gain."""
    time = min(product, model.longest_exposure)
    return time, max(product / time, 1.0)


def white_balance(
    radiance: Float[Array, "h w 3"], model: CameraModel, product: float, digital: float
) -> tuple[float, float, float]:
    """Return what takes away a share of the cast of the light: the grey world, as far as it can be
    trusted. By day much of the cast is the colour of what is seen, `BALANCED_DAY` goes; by night it
    is mostly that of the lamps, and `BALANCED_NIGHT` goes. Pixels near saturation, at exposure time
    times gain of `product` [s], do not count; where several exposures are merged,
    those that the tone curve brings above its middle.
    """
    sample = sparse(radiance)
    full = model.full_well / (responsivity(model) * product * digital)
    usable = sample[(sample < 0.95 * full).all(axis=1)]
    mean = np.maximum(usable.mean(axis=0) if len(usable) else np.ones(3), 1e-6)
    share = BALANCED_NIGHT + (BALANCED_DAY - BALANCED_NIGHT) * daylight(luminance(sample))
    red, green, blue = np.clip((mean[1] / mean) ** share, 0.6, 1.7).tolist()
    return red, green, blue


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
