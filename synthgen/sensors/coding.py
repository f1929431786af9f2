"""How makers code the strength of a return as an intensity, here always from 0 to 1."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array
from synthgen.lidar_model import LidarModel
from synthgen.sensors.echo import intensity, receiver_gain

WORD = 65535
"""Largest count of photons that a lidar sends."""
IDEAL = 1000.0
"""Effective reflectance that is coded as 255, an ideal retroreflector: pi R_A of 320 cd/lx/m2, what
type III sheeting has at the angle between sender and receiver of a lidar (ASTM D4956-01, 0.1
degrees)."""


def coded(
    model: LidarModel, strength: Float[Array, "n"], distance: Float[Array, "n"]
) -> Float[Array, "n"]:
    """Return what `model` reports of returns of `strength` (see `echo`) from `distance` [m]."""
    return _CODES[model.encoding](model, strength, np.maximum(distance, model.nearest))


def _logarithmic(model: LidarModel, strength: Array, distance: Array) -> Array:
    return intensity(model, strength)


def _reflectivity(model: LidarModel, strength: Array, distance: Array) -> Array:
    """A byte: diffuse reflectance up to `border`, beyond it retroreflectors by their logarithm.

    Source: Velodyne, "VLP-16 user manual", 63-9243 Rev. D, section 6.1: 0 to 100 diffuse, 101 to
    255 partially obscured to ideal retroreflectors. That the upper part is logarithmic is
    Ouster's ("Firmware user manual", calibrated reflectivity); of Velodyne's an estimate.
    """
    reflectance = strength / receiver_gain(model, distance)
    diffuse = model.border * np.minimum(reflectance, 1.0)
    bright = np.log(np.maximum(reflectance, 1.0)) / np.log(IDEAL)
    return _byte(diffuse + (255 - model.border) * bright)


def _percent(model: LidarModel, strength: Array, distance: Array) -> Array:
    """A byte: reflectance up to 255 %.

    Source: Hesai, "PandarXT-32 user manual", linear mapping of reflectivity.
    """
    return _byte(model.border * strength / receiver_gain(model, distance))


def _signal(model: LidarModel, strength: Array, distance: Array) -> Array:
    """Sixteen bits: photons, of which a white plate at 1 m gives `intensity_gain`.

    Source: Ouster, "Software user manual", signal photons: not made up for distance.
    """
    received = strength / receiver_gain(model, distance) / distance**2
    return np.clip(np.rint(model.intensity_gain * received), 0, WORD) / WORD


def _byte(value: Array) -> Array:
    return np.clip(np.rint(value), 0, 255) / 255


_Code = Callable[[LidarModel, Array, Array], Array]
_CODES: Mapping[str, _Code] = MappingProxyType(
    {
        "logarithmic": _logarithmic,
        "reflectivity": _reflectivity,
        "percent": _percent,
        "signal": _signal,
    }
)
