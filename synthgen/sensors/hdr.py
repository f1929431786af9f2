"""High dynamic range: several exposures merged into one signal, squeezed into the raw file's bits.

The merged signal counts in steps of the most sensitive exposure. Each further exposure sees
`ratio` times less, so that a pixel takes over from the longest exposure that is not saturated; at
these knees the signal-to-noise ratio falls by the root of the ratio and more.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
from jaxtyping import Float, UInt16

from synthgen.electronics import Setting
from synthgen.geometry import Array
from synthgen.rig import CameraModel
from synthgen.sensors.imager import Pattern, noise, raw

SATURATED = 0.9
"""Share of the range from which an exposure counts as saturated: below it, noise does not clip."""
LINEAR_BITS = 9
"""Signals of so few bits keep their steps, which noise in the dark is hardly larger than; above,
every octave has as many steps: 1/239 or finer, where noise is 1/100 and more."""


def captured(
    electrons: Float[Array, "h w"],
    model: CameraModel,
    setting: Setting,
    fixed: Pattern,
    rng: np.random.Generator,
) -> UInt16[Array, "h w"]:
    """Return the raw file's values of what a sensor of one or of several exposures sees."""
    if model.hdr is None:
        return raw(electrons, model, setting, fixed, rng)
    merged = np.zeros(electrons.shape, np.float32)
    open_still = np.ones(electrons.shape, bool)
    for share, each in exposures(model, setting):
        values = raw(electrons * share, model, each, fixed, rng).astype(np.float32) - model.black
        merged = np.where(open_still, values / np.float32(share), merged)
        open_still &= values >= SATURATED * (2**model.bits - 1 - model.black)
    return companded(merged + model.black, model)


def exposures(model: CameraModel, setting: Setting) -> Sequence[tuple[float, Setting]]:
    """Return the sensitivity of each exposure against the first, and its setting."""
    hdr = model.hdr
    if hdr is None:
        return [(1.0, setting)]
    shares = [hdr.ratio**-number for number in range(hdr.exposures)]
    return [
        (share, setting if hdr.split else replace(setting, time=setting.time * share))
        for share in shares
    ]


def deviation(
    signal: Float[Array, "h w"], model: CameraModel, setting: Setting
) -> Float[Array, "h w"]:
    """Return the predicted standard deviation [electrons of the most sensitive exposure] of the
    merged `signal`: that of the exposure each pixel is taken from, and of squeezing it.
    """
    if model.hdr is None:
        return noise(signal, model, setting)
    found = np.zeros(signal.shape)
    left = np.ones(signal.shape, bool)
    for share, each in exposures(model, setting):
        found = np.where(left, noise(signal * share, model, each) / share, found)
        left &= signal * share >= SATURATED * model.full_well / setting.gain
    electron = setting.gain * (2**model.bits - 1 - model.black) / model.full_well
    step = np.interp(signal * electron + model.black, *_steps(model)) / electron
    return np.sqrt(found**2 + step**2 / 12)


@lru_cache(maxsize=16)
def knees(model: CameraModel) -> tuple[Float[Array, "k"], Float[Array, "k"]]:
    """Return the points between which squeezing is linear: signal [DN], raw value [DN]."""
    octaves = np.log2(2**model.bits * model.reach) - LINEAR_BITS
    first, last = 2.0**LINEAR_BITS, 2.0**model.bits - 1
    signal = 2.0 ** (LINEAR_BITS + np.arange(int(np.ceil(octaves)) + 1))
    code = first + (last - first) * np.minimum(np.arange(len(signal)) / octaves, 1)
    signal[-1] = 2**model.bits * model.reach
    return np.append(0.0, signal), np.append(0.0, code)


def companded(signal: Float[Array, "h w"], model: CameraModel) -> UInt16[Array, "h w"]:
    """Return the raw values of a merged `signal` [DN], black level included."""
    points, codes = knees(model)
    return np.rint(np.interp(signal, points, codes)).astype(np.uint16)


def widened(values: UInt16[Array, "*n"], model: CameraModel) -> Float[Array, "*n"]:
    """Return the signal [DN] that raw `values` stand for, black level included."""
    if model.hdr is None:
        return values.astype(np.float32)
    return _wide(model)[values]


@lru_cache(maxsize=16)
def _wide(model: CameraModel) -> Float[Array, "k"]:
    points, codes = knees(model)
    return np.interp(np.arange(2**model.bits), codes, points).astype(np.float32)


def _steps(model: CameraModel) -> tuple[Float[Array, "k"], Float[Array, "k"]]:
    """Return signals [DN] and what one raw value spans there [DN]."""
    wide = _wide(model).astype(float)
    return (wide[1:] + wide[:-1]) / 2, np.diff(wide)
