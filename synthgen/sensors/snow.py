"""What a laser meets where snow lies: white grains, or dark water where it melts."""

from dataclasses import replace

import numpy as np
from jaxtyping import Float

from synthgen.embree import Tracer
from synthgen.geometry import Array, inverse, transform
from synthgen.rays import Hits, Rays
from synthgen.scene import Moment
from synthgen.sensors.surface import OPTICS, Surfaces
from synthgen.snow_cover import Ground, Lying, cover_of, lying
from synthgen.snowpack import NEAR_INFRARED, SLUSH_NEAR_INFRARED


def snowed_in(
    surface: Surfaces, moment: Moment, rays: Rays, hits: Hits, tracer: Tracer
) -> tuple[Surfaces, Float[Array, "n"] | float]:
    """Return `surface` with the snow of `moment` on it, and the wetness of each.

    Reflectance at 905 nm is that of snow or slush; under snow nothing glints and nothing is wet.
    """
    wetness = moment.scene.world.environment.wetness
    cover = cover_of(moment)
    if cover is None:
        return surface, wetness
    met = np.flatnonzero(hits.hit)
    ground = _ground(surface, moment, rays, hits, met)
    found = lying(cover, ground, tracer, moment)
    optics = surface.optics.copy()
    optics[met] = _mixed(optics[met], found)
    wet = np.full(len(hits), wetness)
    wet[met] = np.maximum(wetness, found.melt) * (1 - found.share)
    return replace(surface, optics=optics), wet


def _ground(surface: Surfaces, moment: Moment, rays: Rays, hits: Hits, met: Array) -> Ground:
    """Return where rays `met` something, as snow sees it."""
    way = rays.direction[met]
    position = rays.origin[met] + way * hits.distance[met, None].astype(float)
    normal = surface.normal[met]
    side = np.where(np.einsum("ij,ij->i", normal, way) > 0, -1.0, 1.0)
    columns = surface.optics[met].T
    glass, leaf = (columns[OPTICS.index(name)] > 0 for name in ("transmission", "foliage"))
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
        pose = moment.by_number[int(number)].track.world_from_body(moment.time)
        local[own] = transform(inverse(pose), position[own])
    return local


def _mixed(optics: Float[Array, "n k"], found: Lying) -> Float[Array, "n k"]:
    """Return `optics` with the share of snow that lies there."""
    share = found.share[:, None]
    snow = np.zeros_like(optics)
    bright = NEAR_INFRARED + (SLUSH_NEAR_INFRARED - NEAR_INFRARED) * found.dirt
    snow[:, OPTICS.index("reflectance")] = bright
    snow[:, OPTICS.index("roughness")] = 1.0
    return (1 - share) * optics + share * snow
