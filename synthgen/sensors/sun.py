"""The sun as the lens meets it, in the image or beside it."""

import numpy as np
from jaxtyping import Float

from synthgen.atmosphere import Atmosphere
from synthgen.embree import Tracer
from synthgen.geometry import Array
from synthgen.light.sky import sunlight
from synthgen.sample import CameraView
from synthgen.scene import Moment
from synthgen.sensors.glare import NO_SPOTS, Spots
from synthgen.sensors.tone import luminance

WIDEST = np.cos(np.radians(80.0))
"""Cosine of the angle off the axis up to which light falls into the lens past its hood."""
LAYER = 700.0
"""[m] Height of the air that counts along rays to the sky, as renderers have it."""

_RADIUS = 0.00465
"""[rad] of the disc. Source: Astronomical Almanac, semi-diameter 959.63 arcseconds at 1 au."""
_DISC = 1e6
"""[cd/m2] Nothing else in a picture by day is as bright."""


def sun_spot(
    tracer: Tracer,
    moment: Moment,
    view: CameraView,
    atmosphere: Atmosphere,
    radiance: Float[Array, "h w 3"],
) -> Spots:
    """Return where the sun's image is and what light of it `radiance` lacks, if it shines here.

    Renderers draw its disc less bright than it is, or it lies outside the image. Its image holds
    its illuminance [lx] over the solid angle of a pixel.
    """
    toward, light = sunlight(moment.scene.world.environment)
    local = toward @ view.world_from_camera[:3, :3]
    if toward[2] <= 0 or not light.any() or local[2] < WIDEST:
        return NO_SPOTS
    place, _ = view.lens.pixels(1e6 * local[None])
    if np.isnan(place).any():
        return NO_SPOTS
    through = np.exp(-np.array(atmosphere.extinction) * LAYER / max(toward[2], 0.02))
    light = light * through * _open_share(tracer, moment, view, toward)
    pixel = view.lens.solid_angle(place[:, 0], place[:, 1])[0]
    missing = np.maximum(light / pixel - _drawn(radiance, place[0], _RADIUS / np.sqrt(pixel)), 0)
    return Spots(place, missing[None]) if missing.any() else NO_SPOTS


def _open_share(tracer: Tracer, moment: Moment, view: CameraView, toward: Array) -> float:
    """Return which share of the sun's disc nothing hides from the camera: 19 rays."""
    side = np.cross(toward, [0.0, 0.0, 1.0] if toward[2] < 0.9 else [1.0, 0.0, 0.0])
    side /= np.linalg.norm(side)
    other = np.cross(toward, side)
    turns = [(r, 2 * np.pi * n / count) for r, count in ((0.0, 1), (0.5, 6), (0.9, 12))
             for n in range(count)]  # fmt: skip
    away = np.array([(r * np.cos(a), r * np.sin(a)) for r, a in turns]) * _RADIUS
    ways = 2000.0 * (toward + away[:, :1] * side + away[:, 1:] * other)
    eye = np.broadcast_to(view.world_from_camera[:3, 3], ways.shape)
    packed = np.concatenate([eye, ways], axis=1).astype(np.float32)
    return float(1 - tracer.blocked(moment, packed).mean())


def _drawn(radiance: Array, place: Array, radius: float) -> Float[Array, "3"]:
    """Return the light of the sun's disc that `radiance` holds [cd/m2 px2]."""
    reach, (height, width) = radius + 2.0, radiance.shape[:2]
    low = np.clip(np.floor(place - reach), 0, [width, height]).astype(int)
    high = np.clip(np.ceil(place + reach) + 1, 0, [width, height]).astype(int)
    part = radiance[low[1] : high[1], low[0] : high[0]]
    return (part * (luminance(part) > _DISC)[..., None]).sum(axis=(0, 1))
