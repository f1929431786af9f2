"""The image sensor: from photoelectrons to raw values, and how noisy these are."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from jaxtyping import Float, UInt16

from synthgen.electronics import Setting
from synthgen.geometry import Array
from synthgen.rig import CameraModel
from synthgen.rng import stream
from synthgen.sensors.tone import LUMA

FEW = 12.0
"""[electrons] Up to this mean, shot noise is drawn as Poisson numbers."""


@dataclass(frozen=True, eq=False)
class Pattern:
    """What is uneven about the pixels of one sensor, in all of its images alike.

    Attributes:
        sensitivity: of each pixel, about 1.
        offset: [electrons] of each pixel.
    """

    sensitivity: Float[Array, "h w"]
    offset: Float[Array, "h w"]


@lru_cache(maxsize=16)
def pattern(model: CameraModel, name: str) -> Pattern:
    """Return the fixed pattern of the copy of `model` that a rig calls `name`."""
    rng = stream(model.serial, "fixed pattern", name)
    shape = (model.height, model.width)
    sensitivity = 1 + np.float32(model.nonuniformity) * rng.standard_normal(shape, np.float32)
    offset = np.float32(model.dark_nonuniformity) * rng.standard_normal(shape, np.float32)
    columns = rng.standard_normal(model.width, np.float32)
    offset += np.float32(model.column_pattern) * columns
    return _with_defects(Pattern(sensitivity, offset), model, name)


HOT = (0.1, 1.0)
"""Signal of a hot pixel as a share of the full well."""


def _with_defects(whole: Pattern, model: CameraModel, name: str) -> Pattern:
    """Return the pattern with dead pixels, which feel no light, and hot ones, which glow."""
    faults = model.faults
    if not (faults.dead_pixels or faults.hot_pixels):
        return whole
    rng = stream(model.serial, "pixel defects", name)
    fate = rng.random(whole.offset.shape, np.float32)
    glow = rng.uniform(*HOT, fate.shape).astype(np.float32) * np.float32(model.full_well)
    dead, hot = fate < faults.dead_pixels, fate > 1 - faults.hot_pixels
    return Pattern(
        np.where(dead, np.float32(0), whole.sensitivity),
        np.where(dead, np.float32(0), np.where(hot, glow, whole.offset)),
    )


def mosaic(electrons: Float[Array, "h w 3"]) -> Float[Array, "h w"]:
    """Return what a sensor under a Bayer filter keeps: red at the first pixel, blue diagonal."""
    kept = electrons[..., 1].copy()
    kept[::2, ::2] = electrons[::2, ::2, 0]
    kept[1::2, 1::2] = electrons[1::2, 1::2, 2]
    return kept


def raw(
    electrons: Float[Array, "h w"],
    model: CameraModel,
    exposure: Setting,
    fixed: Pattern,
    rng: np.random.Generator,
) -> UInt16[Array, "h w"]:
    """Return raw values: uneven pixels, dark current, shot noise, full well, read noise, gain,
    conversion. The mean dark signal is taken off, as pixels under a black rim measure it.
    """
    dark = np.float32(model.dark(exposure.time))
    mean = electrons.astype(np.float32)
    mean *= fixed.sensitivity
    mean += dark
    well = counted(mean, rng)
    np.minimum(well, np.float32(model.full_well), out=well)
    well += fixed.offset
    well += _reading(well, model, rng)
    well -= dark
    well *= np.float32(steps_per_electron(model, exposure.gain))
    values = np.rint(well, out=well) + np.float32(model.black)
    return np.clip(values, 0, 2**model.bits - 1, out=values).astype(np.uint16)


def counted(mean: Float[Array, "h w"], rng: np.random.Generator) -> Float[Array, "h w"]:
    """Return numbers of electrons whose expected numbers are `mean`.

    Poisson's up to 12; beyond mean + sqrt(mean) z + (z^2 - 1) / 6 with normal z, whose mean,
    variance (to 1/18) and skewness are Poisson's.

    Source: E. A. Cornish and R. A. Fisher, "Moments and cumulants in the specification of
    distributions", Revue de l'Institut International de Statistique 5, 1938.
    """
    mean = np.maximum(mean, 0)
    normal = rng.standard_normal(mean.shape, np.float32)
    found = mean + np.sqrt(mean) * normal
    found += (normal * normal - 1) / 6
    few = np.flatnonzero(mean < FEW)
    found.flat[few] = rng.poisson(mean.flat[few])
    return found


def _reading(
    like: Float[Array, "h w"], model: CameraModel, rng: np.random.Generator
) -> Float[Array, "h w"]:
    """Return what reading out adds [electrons]: to each pixel, to each row, to each column."""
    height, width = like.shape
    added = np.float32(model.read_noise) * rng.standard_normal(like.shape, np.float32)
    added += np.float32(model.row_noise) * rng.standard_normal((height, 1), np.float32)
    added += np.float32(model.column_noise) * rng.standard_normal(width, np.float32)
    return added


def steps_per_electron(model: CameraModel, gain: float) -> float:
    """Return the converter's steps [DN] per electron: the system gain K."""
    return gain * (2**model.bits - 1 - model.black) / model.full_well


def temporal_variance(
    signal: Float[Array, "h w"], model: CameraModel, exposure: Setting
) -> Float[Array, "h w"]:
    """Return the variance [electrons^2] of `signal` [electrons] from image to image.

    sigma^2 = signal + dark + read^2 + row^2 + column^2 + step^2 / 12.

    Source: EMVA standard 1288, release 4.0, 2021, section 2.3.
    """
    step = 1 / steps_per_electron(model, exposure.gain)
    still = model.read_noise**2 + model.row_noise**2 + model.column_noise**2 + step**2 / 12
    return signal + (still + model.dark(exposure.time))


def noise(
    signal: Float[Array, "h w"], model: CameraModel, exposure: Setting
) -> Float[Array, "h w"]:
    """Return the standard deviation [electrons] of `signal` [electrons] from image to image and
    from pixel to pixel: that of `temporal_variance`, (PRNU signal)^2, DSNU^2 and columns^2.

    Source: EMVA standard 1288, release 4.0, 2021, section 4.4 (total SNR).
    """
    square = temporal_variance(signal, model, exposure)
    square += (model.nonuniformity * signal) ** 2
    square += model.dark_nonuniformity**2 + model.column_pattern**2
    return np.sqrt(square)


def expected(
    electrons: Float[Array, "h w 3"], model: CameraModel, gain: float
) -> Float[Array, "h w"]:
    """Return the noise-free luma [electrons], as a green pixel would collect it, clipped."""
    efficiency = np.array(model.quantum_efficiency)
    even = electrons @ (LUMA * efficiency[1] / efficiency).astype(electrons.dtype)
    return np.minimum(even, model.reach * model.full_well / gain)
