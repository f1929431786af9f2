"""One frame's light, and what surface points make of it."""

from dataclasses import dataclass

import numpy as np

from synthgen.embree import Tracer
from synthgen.light import dome as sky_dome
from synthgen.light.sky import Sky
from synthgen.materials import Texture
from synthgen.rays import Hits, Rays
from synthgen.render.raycast import air, ambient, density, direct, lamplight, mirror
from synthgen.render.raycast.atlas import Atlas, Palette
from synthgen.render.raycast.lantern import Lamps
from synthgen.render.raycast.paint import Coat, Surroundings, paint
from synthgen.render.raycast.quality import Quality
from synthgen.render.raycast.shortlist import Cells
from synthgen.render.raycast.snow import snow_in
from synthgen.render.raycast.spots import Poses, Spots, spots
from synthgen.scene import Moment
from synthgen.snow_cover import Cover


@dataclass(frozen=True, eq=False)
class Frame:
    """All that shading asks for besides rays.

    Attributes:
        tracer: the ray engine.
        moment: the frame.
        atlases: triangles of fixed and of posed bodies.
        palette: materials.
        poses: of bodies, for camera rays.
        still: of bodies, for rays cast with everything held still.
        lens: [cd/m2] luminance per circuit row, and a last row of zeros.
        sky: light from far.
        lamps: light from near.
        cells: which lamps matter where.
        around: wetness and lit windows.
        air: between.
        haze: what hangs in it, None for nothing.
        cover: snow that lies, None for none.
        quality: what to spend.
        seed: of per-pixel noise.
        pixel: [rad] width of a pixel.
        glare: [cd/m2] most that a mirror ray may bring.
    """

    tracer: Tracer
    moment: Moment
    atlases: tuple[Atlas, Atlas]
    palette: Palette
    poses: Poses
    still: Poses
    lens: np.ndarray
    sky: Sky
    lamps: Lamps
    cells: Cells
    around: Surroundings
    air: air.Air
    quality: Quality
    seed: int
    pixel: float
    glare: float
    haze: density.Haze | None = None
    cover: Cover | None = None

    @property
    def through(self) -> tuple[air.Air, density.Haze | None, Sky]:
        """What light goes through: air, what hangs in it, and what lights both."""
        return self.air, self.haze, self.sky


def cast(frame: Frame, rays: Rays) -> Hits:
    """Return first hits of camera `rays`, each at its own time."""
    return frame.tracer.first_hits(frame.moment, rays)


def coated(frame: Frame, points: Spots, sheltered: bool = True) -> Coat:
    """Return the coat of `points`, with snow where it lies; and bend their normals.

    Rays tell what is `sheltered` from snow; otherwise nothing is.
    """
    coat = paint(points, frame.palette, frame.lens, frame.around)
    if frame.cover is not None:
        leaf = frame.palette.texture[points.material] == Texture.FOLIAGE
        shelter = frame.tracer if sheltered else None, frame.moment
        snow_in(coat, points, leaf, frame.cover, shelter)
    return coat


def shade(
    frame: Frame,
    points: Spots,
    coat: Coat,
    openness: tuple[np.ndarray, np.ndarray],
    shiny: np.ndarray,
    width: int,
) -> np.ndarray:
    """Return what `points` send to the eye: emission, sky, sun, lamps.

    `width` [px] is that of an image of which the points are whole rows, or 0. What `shiny` points
    mirror of their surroundings is left to mirror rays.
    """
    out = coat.emission.astype(np.float64)
    ground = frame.sky.dome.ground
    ambient.add_ambient(out, points, coat, openness, shiny, frame.sky.harmonics, ground)
    lit = direct.seen(frame.tracer, frame.moment, points, frame.sky, width)
    direct.add_direct(out, points, coat, lit, frame.sky.direction, frame.sky.direct)
    if not len(frame.lamps.rows):
        return out
    choice = lamplight.choose(points, coat, frame.lamps, frame.cells, frame.quality.lamps)
    tested = lamplight.worth_testing(choice, out, frame.lamps, frame.quality)
    lamplight.shadow(frame.tracer, frame.moment, points, frame.lamps, choice, tested, width)
    lamplight.add_lamps(out, points, coat, choice, frame.lamps)
    return out


def reflect(frame: Frame, coat: Coat, rays: mirror.Mirror) -> np.ndarray:
    """Return what mirror `rays` off a `coat` meet [cd/m2], shaded without more mirrors."""
    hits = frame.tracer.frozen_hits(frame.moment, rays.origin, rays.direction)
    out = np.zeros((len(rays.spot), 3))
    sky_rays = np.flatnonzero(hits.body < 0)
    out[sky_rays] = sky_dome.radiances(frame.sky.dome, rays.direction[sky_rays].astype(float))
    seen = spots(rays.origin, rays.direction, hits, frame.atlases, frame.still, 6 * frame.pixel)
    painted = coated(frame, seen)
    # Lenses of lamps show in a rough mirror as the lamp's own highlight already.
    rough = coat.roughness[rays.spot[seen.ray]]
    painted.emission[seen.circuit >= 0] *= np.clip((0.14 - rough) / 0.08, 0, 1)[
        seen.circuit >= 0, None
    ]
    count = len(seen.ray)
    light = painted.emission.astype(np.float64)
    flat = (np.full(count, 0.55), np.full(count, 0.25))
    ambient.add_ambient(
        light,
        seen,
        painted,
        flat,
        np.zeros(count, bool),
        frame.sky.harmonics,
        frame.sky.dome.ground,
    )
    lit = direct.seen(frame.tracer, frame.moment, seen, frame.sky, 0)
    direct.add_direct(light, seen, painted, lit, frame.sky.direction, frame.sky.direct)
    choice = lamplight.choose(seen, painted, frame.lamps, frame.cells, 3)
    lamplight.add_lamps(light, seen, painted, choice, frame.lamps)
    # A mirrored lamp may blind, but one ray must not stand for the whole beam.
    out[seen.ray] = np.minimum(light, frame.glare)
    density.veil(out, rays.origin, rays.direction, hits.distance, frame.through)
    return out
