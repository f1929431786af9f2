"""What a laser meets where water or snow lies: puddles, white grains, dark melt."""

import numpy as np
from jaxtyping import Float

from synthgen.embree import Tracer
from synthgen.geometry import Array, inverse, transform
from synthgen.rays import Hits, Rays
from synthgen.scene import Moment
from synthgen.sensors.echo import Lain, bare
from synthgen.sensors.surface import Surfaces
from synthgen.snow_cover import Ground, cover_of, lying
from synthgen.snowpack import NEAR_INFRARED, SLUSH_NEAR_INFRARED
from synthgen.spectra import SUBSTANCES, relative
from synthgen.standing_water import pools


def laid_on(
    surface: Surfaces, moment: Moment, rays: Rays, hits: Hits, tracer: Tracer, wavelength: float
) -> Lain:
    """Return the water and snow of `moment` on each `surface` that `rays` hit.

    Snow or slush has the reflectance of `wavelength` [m]; under it nothing glints or is wet.
    """
    around = moment.scene.world.environment
    cover = cover_of(moment)
    lain = bare(len(hits), around.wetness)
    if cover is not None:
        met = np.flatnonzero(hits.hit)
        found = lying(cover, _ground(surface, moment, rays, hits, met), tracer, moment)
        lain.wetness[met] = np.maximum(around.wetness, found.melt) * (1 - found.share)
        lain.snow[met] = found.share
        made = SUBSTANCES["snow"]
        factor = relative(made.at_850, made.at_1550, wavelength)
        slush = SLUSH_NEAR_INFRARED - NEAR_INFRARED
        lain.bright[met] = (NEAR_INFRARED + slush * found.dirt) * factor
    wet = min(around.wetness, FROZEN) if cover is not None else around.wetness
    if wet > 0:
        level = (surface["pools"] > 0) & (surface.normal[:, 2] > 0.9)
        place = rays.origin[:, :2] + rays.direction[:, :2] * _finite(hits)[:, None]
        lain.pool[:] = pools(place, level, float(wet)) * (1 - lain.snow)
    return lain


FROZEN = 0.3
"""Wetness at which there are hardly any puddles: under snow they have frozen."""


def _finite(hits: Hits) -> Float[Array, "n"]:
    return np.where(hits.hit, hits.distance, 0.0).astype(float)


def _ground(surface: Surfaces, moment: Moment, rays: Rays, hits: Hits, met: Array) -> Ground:
    """Return where rays `met` something, as snow sees it."""
    way = rays.direction[met]
    position = rays.origin[met] + way * hits.distance[met, None].astype(float)
    normal = surface.normal[met]
    side = np.where(np.einsum("ij,ij->i", normal, way) > 0, -1.0, 1.0)
    glass, leaf = (surface[name][met] > 0 for name in ("transmission", "foliage"))
    body = hits.body[met]
    return Ground(
        body, position, _local(position, moment, body), normal[:, 2] * side, glass, leaf,
        np.zeros(len(met)),
    )  # fmt: skip


def _local(position: Float[Array, "n 3"], moment: Moment, body: Array) -> Float[Array, "n 3"]:
    """Return `position` in the frame of each `body`: snow on a car goes with it."""
    local = position.copy()
    for number in np.unique(body[body >= len(moment.scene.world.stuff)]):
        own = np.flatnonzero(body == number)
        local[own] = transform(inverse(moment.pose_of[int(number)]), position[own])
    return local
