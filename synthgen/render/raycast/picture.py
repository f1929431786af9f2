"""The raycast renderer: a list of passes."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from jaxtyping import Float

from synthgen.atmosphere import Atmosphere
from synthgen.embree import Tracer
from synthgen.geometry import Array
from synthgen.light.beams import beam_tables
from synthgen.light.lightning import flash_sky, struck
from synthgen.light.sky import Sky
from synthgen.light.sky import sky as sky_of
from synthgen.light.sources import Wiring, joined, levels, sources, window_light, wire
from synthgen.materials import Material
from synthgen.rays import Hits, Rays
from synthgen.render.raycast import air, ambient, bounce, density, direct, edges, lantern, mirror
from synthgen.render.raycast.atlas import (
    Atlas,
    fixed_atlas,
    new_materials,
    palette,
    posed_atlas,
    rows_of,
)
from synthgen.render.raycast.bank_glow import bank_glow
from synthgen.render.raycast.glow import brightest, scattered
from synthgen.render.raycast.halo import halo
from synthgen.render.raycast.paint import Coat
from synthgen.render.raycast.passage import passage
from synthgen.render.raycast.pixel_rays import (
    coarse,
    dark,
    directions,
    offsets,
    origins,
    pose_times,
    through,
)
from synthgen.render.raycast.quality import Quality
from synthgen.render.raycast.shade import shades, unshaded
from synthgen.render.raycast.shading import Frame, cast, coated, reflect, shade
from synthgen.render.raycast.shortlist import cells
from synthgen.render.raycast.snow import surroundings, whitened
from synthgen.render.raycast.sparse import filled
from synthgen.render.raycast.spots import Spots, poses, spots
from synthgen.render.raycast.stars import add_stars
from synthgen.sample import CameraView
from synthgen.scene import Moment
from synthgen.snow_cover import cover_of
from synthgen.world import World

_EDGE = 0.06
_WIDE = 100.0
"""Width of a sky ray in pixels: what it meets is seen as one colour."""
_STRIP = 32_768
"""Rays shaded at a time: their numbers stay in the cache."""


@dataclass(frozen=True, eq=False)
class Raycast:
    """Renders frames of one world; what never changes is prepared once.

    Attributes:
        world: the world.
        quality: what to spend where.
        given_sky: a sky instead of that of the world's environment.
        like: the renderer of a world of the same shapes under other conditions, which has
            prepared them already.
    """

    world: World
    quality: Quality = field(default_factory=Quality)
    given_sky: Sky | None = None
    like: "Raycast | None" = None

    def twin(self, world: World) -> "Raycast":
        """Return the renderer of `world`, which has the same shapes under other conditions."""
        return Raycast(world, self.quality, like=self)

    @cached_property
    def sky(self) -> Sky:
        """The sky of the world."""
        return self.given_sky or sky_of(self.world.environment)

    def sky_at(self, time: float) -> Sky:
        """The sky at `time` [s]: that of the world, or lit by a stroke of lightning."""
        stroke = struck(self.world.strokes, time)
        if stroke is None or self.given_sky is not None:
            return self.sky
        return flash_sky(self.world.environment, stroke)

    @cached_property
    def wiring(self) -> Wiring:
        """The lamps and circuits of the world."""
        return wire(self.world)

    @cached_property
    def _tables(self) -> Array:
        return beam_tables()

    @cached_property
    def _rows(self) -> dict[Material, int]:
        return self.like._rows if self.like else rows_of([body.mesh for body in self.world.bodies])

    @cached_property
    def _fixed(self) -> Atlas:
        if self.like is not None:
            return self.like._fixed._replace(wired=self.wiring.first)
        return fixed_atlas(self.world, self._rows, self.wiring.first)

    def radiance(
        self,
        tracer: Tracer,
        moment: Moment,
        view: CameraView,
        hits: Hits,
        atmosphere: Atmosphere,
        seed: int,
    ) -> Float[Array, "h w 3"]:
        """Return linear sRGB radiance [cd/m2] at the camera, air included, edges smoothed.

        `hits` are the first hits of the pixel-centre rays of `view`, row by row; `seed` alone
        decides the noise of mirrors.
        """
        frame = self.frame(tracer, moment, view, atmosphere, seed % 2**31)
        coarse = coarse_spots(frame, view, hits)
        lamps = lantern.relevant(frame.lamps, coarse.position[::2], self.quality.in_view)
        frame = replace(frame, lamps=lamps)
        open_sky = _openness(frame, view, coarse)
        image = _centers(frame, view, hits, open_sky)
        haze = banked(frame, view, hits.distance, glow(frame, view, hits.distance))
        pixel, light = _edges(frame, view, image, hits, open_sky)
        image[pixel] = light
        air.add_coarse(image, view.width, *haze, hits.distance, self.quality.air_step)
        image[dark(view, pixel)] = 0
        picture = image.reshape(view.height, view.width, 3)
        add_stars(picture, frame, view, (hits.body < 0).reshape(picture.shape[:2]))
        return picture.astype(np.float32)

    def frame(
        self, tracer: Tracer, moment: Moment, view: CameraView, atmosphere: Atmosphere, seed: int
    ) -> Frame:
        """Return what shading asks of one frame; every lit lamp is in it."""
        level = levels(self.wiring, moment, self.sky.dark)
        new = new_materials(moment, self._rows)
        rows = self._rows | {m: len(self._rows) + index for index, m in enumerate(new)}
        around, still = self.world.environment, poses(moment, np.array([moment.time]))
        times = pose_times(view)
        same = len(times) == 1 and abs(view.time - moment.time) < 1e-9
        given = surroundings(around, moment.time, window_light(self.world, self.sky.dark))
        sky = self.sky_at(moment.time)
        fog = passage(atmosphere.extinction[1], atmosphere.asymmetry, atmosphere.albedo)
        lamps, eye = self._lamps(tracer, moment, view, level), view.world_from_camera[:3, 3]
        thin, late = air.air_of(atmosphere, sky), view.time - moment.time
        return Frame(
            tracer=tracer, moment=moment,
            atlases=(self._fixed, posed_atlas(moment, rows, self.wiring.first)),
            palette=palette(rows), poses=still if same else poses(moment, times), still=still,
            lens=np.concatenate([self.wiring.luminance * level[:, None], np.zeros((1, 3))]),
            sky=sky, lamps=lamps._replace(air=fog),
            cells=cells(0.02, eye, given.wetness, self.world.land), around=given,
            air=thin, quality=self.quality, seed=seed,
            pixel=1.0 / view.matrix[0, 0], glare=300.0 + 2.0 * sky.illuminance,
            haze=density.haze_of(atmosphere.clouds, sky, thin, lamps, eye, late),
            cover=cover_of(moment),
        )  # fmt: skip

    def _lamps(
        self, tracer: Tracer, moment: Moment, view: CameraView, level: Array
    ) -> lantern.Lamps:
        """All lit lamps and, when it is dark, the patches of ground that they light."""
        lit = sources(self.wiring, moment, level)
        eye = view.world_from_camera[:3, 3]
        if self.sky.illuminance < 300.0:
            lit = joined([lit, bounce.patches(tracer, moment, lit, eye)])
        dry = 1.0 - 0.7 * self.world.environment.wetness
        # By day a lamp counts from 0.3 % of the sky's light, at night from a fiftieth of a lux.
        floor = dry * (0.02 + 3e-3 * max(self.sky.illuminance - 50.0, 0.0))
        return lantern.lamps(lit, self._tables, floor)


def _some(hits: Hits, which: Array | slice) -> Hits:
    return Hits(
        hits.distance[which], hits.body[which], hits.primitive[which], hits.barycentric[which]
    )


def coarse_spots(frame: Frame, view: CameraView, hits: Hits) -> Spots:
    """Return what every few pixels show; `ray` counts points of the coarse grid."""
    pixel, _ = coarse(view, frame.quality.ambient_step)
    row = pixel // view.width
    return spots(
        origins(view, row), directions(view, pixel), _some(hits, pixel), frame.atlases,
        frame.poses, frame.pixel, offsets(view, row),
    )  # fmt: skip


def _openness(frame: Frame, view: CameraView, points: Spots) -> ambient.Openness:
    """Measure how much of the sky the `points` of the coarse grid see."""
    step, count = frame.quality.ambient_step, frame.quality.ambient_rays
    if frame.sky.dark:
        count = (count + 1) // 2  # lamps light more than the sky does
    pixel, columns = coarse(view, step)
    place = np.arange(len(pixel))
    pattern = (place // columns % 3 * 3 + place % columns % 3)[points.ray]
    rays = ambient.fan(points, frame.sky.dome, count, pattern)
    met = frame.tracer.frozen_hits(frame.moment, rays.origin, rays.direction)
    grid = ambient.Openness(
        step, np.ones(len(pixel)), np.zeros(len(pixel)), np.zeros(len(pixel)),
        np.zeros((len(pixel), 3)),
    )  # fmt: skip
    bright = _bright(frame, rays, met)
    grid.open[points.ray], grid.near[points.ray] = ambient.openness(
        rays, met.distance, bright, count
    )
    grid.distance[points.ray], grid.normal[points.ray] = points.distance, points.face
    for _ in range(2):
        share, near = ambient.smoothed(grid, columns)
        grid = grid._replace(open=share, near=near)
    return grid


def _bright(frame: Frame, rays: ambient.Fan, met: Hits) -> Array:
    """Return how bright what sky `rays` met is, over open ground; 1 where no sun tells."""
    bright = np.ones(len(met), np.float32)
    if direct.shines(frame.sky) or frame.cover is not None:
        pixel = _WIDE * frame.pixel
        seen = spots(rays.origin, rays.direction, met, frame.atlases, frame.still, pixel)
        color = whitened(frame.palette.color[seen.material], seen, frame.cover)
        bright[seen.ray] = direct.brightness(frame.tracer, frame.moment, frame.sky, seen, color)
    return bright


def _centers(frame: Frame, view: CameraView, hits: Hits, open_sky: ambient.Openness) -> Array:
    """Shade the pixel centres in strips of whole rows."""
    tall = max(_STRIP // view.width, 1)
    image = np.empty((view.height * view.width, 3))
    for top in range(0, view.height, tall):
        rows = min(tall, view.height - top)
        strip = slice(top * view.width, (top + rows) * view.width)
        pixel = np.arange(strip.start, strip.stop)
        row, column = np.divmod(pixel, view.width)
        places = _Places(column, row, rows, view.width, frame.seed * 4096 + top)
        direction = through(view, column, row)
        image[strip] = _light(frame, view, direction, _some(hits, strip), open_sky, places)
    return image


@dataclass(frozen=True, eq=False)
class _Places:
    """Where rays of a batch go through the image: pixels of whole rows, or (rows 0) anywhere."""

    column: Array
    row: Array
    rows: int
    width: int
    seed: int


def _light(
    frame: Frame,
    view: CameraView,
    direction: Array,
    hits: Hits,
    open_sky: ambient.Openness,
    places: _Places,
) -> Array:
    """Return what comes along camera rays, but for lamp light scattered by the air."""
    pixel = frame.pixel if places.rows else frame.pixel / 2
    origin, offset = origins(view, places.row), offsets(view, places.row)
    points = spots(origin, direction, hits, frame.atlases, frame.poses, pixel, offset)
    coat = coated(frame, points)
    openness = np.empty(len(points.ray)), np.empty(len(points.ray))
    column, row = (ways[points.ray].astype(float) for ways in (places.column, places.row))
    ambient.upsample(open_sky, view.width, points, column, row, *openness)
    sparse = places.width if places.rows else 0
    shiny, rays = mirror.mirror_rays(points, coat, frame.quality.mirror, sparse, places.seed)
    light = shade(frame, points, coat, openness, shiny, sparse)
    met = reflect(frame, coat, rays)
    which = np.flatnonzero(shiny)
    calm = 4.0 + 0.4 * frame.sky.illuminance
    if places.rows:
        met = _blurred(points, coat, shiny, rays, met, places, calm)[which]
    mirror.add_mirrored(light, points, coat, which, met)
    image = np.zeros((len(direction), 3))
    image[points.ray] = light
    air.add_sky(image, np.flatnonzero(hits.body < 0), direction, frame.sky.dome)
    density.veil(image, origin, direction, hits.distance, frame.through)
    return image


def _blurred(
    points: Spots, coat: Coat, shiny: Array, rays: mirror.Mirror, met: Array,
    places: _Places, calm: float,
) -> Array:  # fmt: skip
    """Spread what mirror rays met over their neighbourhood, per spot."""
    count = places.rows * places.width
    image, rough = np.zeros((count, 3)), np.full(count, mirror.ROUGH_GAP, np.float32)
    body = np.full(count, -1, np.int32)
    body[points.ray[shiny]] = points.body[shiny]
    rough[points.ray[shiny & mirror.smooth(coat.roughness)]] = mirror.SMOOTH_GAP
    pixel = points.ray[rays.spot]
    image[pixel], rough[pixel] = met, coat.roughness[rays.spot]
    return mirror.blur(image, rough, body, places.rows, places.width, calm)[points.ray]


def glow(
    frame: Frame, view: CameraView, distance: Array, integrate: Callable[..., Array] = scattered
) -> tuple[Array, Array]:
    """Integrate lamp light that the air scatters, at every few pixels; and their distances.

    `integrate` does what `scattered` does.
    """
    pixel, columns = coarse(view, frame.quality.air_step)
    eye, forward = view.world_from_camera[:3, 3], view.world_from_camera[:3, 2]
    chosen = brightest(frame.lamps, eye, forward, 24)
    if not len(chosen) or frame.air.scatter < 1e-5 or frame.sky.illuminance > 300:
        return np.zeros((len(pixel), 3)), distance[pixel]
    rays = origins(view, pixel // view.width), directions(view, pixel)
    land = frame.moment.scene.world.land
    place = (
        halo(frame.air.asymmetry, frame.air.scatter / frame.air.extinction[1]),
        0.0 if land is None else float(land.height(eye[:2])[0]),
    )
    far, shaded = distance[pixel], unshaded(len(chosen))
    if frame.lamps.air.extinction > 0.0:
        shaded = shades(frame.tracer, frame.moment, frame.lamps, chosen)

    def evaluate(some: Array) -> Array:
        of = rays[0][some], rays[1][some], far[some]
        return integrate(*of, frame.air, place, frame.lamps, chosen, shaded)

    return filled(far, columns, evaluate), far


def banked(
    frame: Frame, view: CameraView, distance: Array, even: tuple[Array, Array]
) -> tuple[Array, Array]:
    """Add lamp light that fog banks scatter to that of `even` air; see `glow`."""
    if frame.haze is None or frame.sky.illuminance > density.LIT_BY_DAY:
        return even
    pixel, _ = coarse(view, frame.quality.air_step)
    eye, forward = view.world_from_camera[:3, 3], view.world_from_camera[:3, 2]
    chosen = brightest(frame.lamps, eye, forward, 24)
    rays = origins(view, pixel // view.width), directions(view, pixel), distance[pixel]
    light = bank_glow(*rays, (frame.air, frame.haze), (frame.lamps, chosen))
    return even[0] + light, even[1]


def _edges(
    frame: Frame, view: CameraView, image: Array, hits: Hits, open_sky: ambient.Openness
) -> tuple[Array, Array]:
    """Return the pixels that differ from their neighbours and the mean light of more samples."""
    count = frame.quality.edge_samples
    if not count:
        return np.zeros(0, np.int64), np.zeros((0, 3))
    floor = 0.02 * float(np.median(image[:, 1])) + 1e-5
    strength = edges.contrast(image, hits.body, view.height, view.width, floor)
    fine = edges.thin(strength, hits.body, view.height, view.width)
    most = frame.quality.edge_share * len(image) + min(fine, frame.quality.thin_share * len(image))
    pixel = edges.pick(strength, _EDGE, int(most))
    light = np.zeros((len(pixel), 3))
    for start in range(0, len(pixel), _STRIP // count):
        some = slice(start, start + _STRIP // count)
        place = edges.offsets(count)
        column = ((pixel[some] % view.width)[:, None] + place[:, 0]).ravel()
        row = ((pixel[some] // view.width)[:, None] + place[:, 1]).ravel()
        direction = through(view, column, row)
        met = cast(frame, Rays(origins(view, row), direction, view.times(row)))
        places = _Places(column, row, 0, view.width, frame.seed * 4096 + 4000 + start)
        samples = _light(frame, view, direction, met, open_sky, places)
        if not view.lens.flat:
            samples[np.isnan(view.directions(column, row)[:, 0])] = 0
        light[some] = samples.reshape(-1, count, 3).mean(axis=1)
    return pixel, light
