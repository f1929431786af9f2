"""The path tracer behind the one question that every renderer answers."""

from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib import import_module
from typing import Any

import drjit as dr
import mitsuba as mi
import numpy as np
from jaxtyping import Float

from synthgen.atmosphere import Atmosphere
from synthgen.embree import Tracer
from synthgen.geometry import Array
from synthgen.light.sky import Sky
from synthgen.light.sources import Wiring
from synthgen.rays import Hits, Rays
from synthgen.render.path import far, lamps, setup, wave
from synthgen.render.path.arrays import numbers
from synthgen.render.path.bench import Bench
from synthgen.render.path.denoise import Cleaner, denoised
from synthgen.render.path.lighting import Stage
from synthgen.render.path.quality import PathQuality
from synthgen.render.path.tracing import First, Traced, trace
from synthgen.render.path.trees import Trees
from synthgen.render.path.wave import STEP
from synthgen.render.raycast import air, lantern
from synthgen.render.raycast.bounce import NO_BODY
from synthgen.render.raycast.glow import scattered
from synthgen.render.raycast.picture import Raycast, banked, coarse_spots, glow
from synthgen.render.raycast.shading import cast
from synthgen.render.raycast.stars import add_stars
from synthgen.rng import stream
from synthgen.sample import CameraView
from synthgen.scene import Moment
from synthgen.world import World


class Helper:
    """The processor at work that a card can do, see `card.Card`."""

    levels = staticmethod(lantern.levels)
    scattered = staticmethod(scattered)
    add_coarse = staticmethod(air.add_coarse)


@dataclass(frozen=True, eq=False)
class Path:
    """Renders frames of one world; what never changes is prepared once.

    Attributes:
        world: the world.
        quality: what to spend.
        given_sky: a sky instead of that of the world's environment.
        like: the renderer of a world of the same shapes under other conditions, which has
            prepared them already.
    """

    world: World
    quality: PathQuality = field(default_factory=PathQuality)
    given_sky: Sky | None = None
    like: "Path | None" = None

    def __post_init__(self) -> None:
        """Start the engine, on one thread: one worker has one core."""
        mi.set_variant(f"{self._device}_ad_rgb")
        dr.set_thread_count(1)

    @cached_property
    def _device(self) -> str:
        return setup.check(self.quality.device)

    @cached_property
    def _helper(self) -> Any:
        """What does the work that is the same at many places: a card or the processor."""
        if self._device != "cuda":
            return Helper()
        return import_module("synthgen.render.path.card").Card()

    @cached_property
    def _bench(self) -> Bench | None:
        """Where a card meets and paints rays; None on processors."""
        if self._device != "cuda":
            return None
        if self.like is not None:
            return self.like._bench
        return Bench(self._helper)

    @cached_property
    def _cleaners(self) -> dict[tuple[int, int], Cleaner]:
        """Denoisers on the card, by height and width of the image."""
        return self.like._cleaners if self.like else {}

    @cached_property
    def _paint(self) -> Raycast:
        """The renderer that prepares what both share: materials, lights, sky, air."""
        known = self.like._paint if self.like else None
        return Raycast(self.world, given_sky=self.given_sky, like=known)

    def twin(self, world: World) -> "Path":
        """Return the renderer of `world`, which has the same shapes under other conditions."""
        return Path(world, self.quality, like=self)

    @property
    def sky(self) -> Sky:
        """The sky of the world."""
        return self._paint.sky

    def sky_at(self, time: float) -> Sky:
        """The sky at `time` [s]: that of the world, or lit by a stroke of lightning."""
        return self._paint.sky_at(time)

    @property
    def wiring(self) -> Wiring:
        """The lamps and circuits of the world."""
        return self._paint.wiring

    @cached_property
    def _trees(self) -> Trees:
        return self.like._trees if self.like else Trees(self.world)

    @cached_property
    def _steady(self) -> far.Far:
        """Far light of all moments that no lightning lights."""
        return far.far(self.sky)

    def _far(self, sky: Sky) -> far.Far:
        return self._steady if sky is self.sky else far.far(sky)

    @cached_property
    def _tables(self) -> Array:
        return lamps.beam_table()

    def radiance(
        self,
        tracer: Tracer,
        moment: Moment,
        view: CameraView,
        hits: Hits,
        atmosphere: Atmosphere,
        seed: int,
    ) -> Float[Array, "h w 3"]:
        """Return linear sRGB radiance [cd/m2] at the camera, air included.

        `hits` are the first hits of the pixel-centre rays of `view`, row by row; `seed` alone
        decides the noise.
        """
        whole = self._paint.frame(tracer, moment, view, atmosphere, seed % 2**31)
        near = coarse_spots(whole, view, hits).position[::2]
        level = self._helper.levels(whole.lamps, near)
        frame = replace(whole, lamps=self._lamps(whole.lamps, level))
        self._trees.enter(moment, view)
        known = lamps.lanterns(frame.lamps, self._tables)
        bounces = self.quality.bounces
        stage = Stage(frame, self._trees, self._far(frame.sky), known, bounces, seed % 2**26)
        image = self._image(stage, view)
        flat = image.reshape(-1, 3).astype(np.float64)
        # The glow of the very lamps that raycast shows it of.
        few = lantern.strongest(whole.lamps, level, whole.quality.in_view)
        lit = replace(whole, lamps=few)
        even = glow(lit, view, hits.distance, self._helper.scattered)
        haze = banked(lit, view, hits.distance, even)
        self._helper.add_coarse(flat, view.width, *haze, hits.distance, frame.quality.air_step)
        if not view.lens.flat:
            flat[view.void.ravel()] = 0
        picture = flat.reshape(image.shape)
        add_stars(picture, frame, view, (hits.body < 0).reshape(picture.shape[:2]))
        return picture.astype(np.float32)

    def _lamps(self, every: lantern.Lamps, level: Array) -> lantern.Lamps:
        """Return the real lamps of the highest `level`: bounced light is traced here."""
        real = np.flatnonzero(every.body != NO_BODY)
        return lantern.strongest(lantern.chosen(every, real), level[real], self.quality.lamps)

    def _image(self, stage: Stage, view: CameraView) -> Array:
        """Return the mean of all samples, denoised if wanted."""
        if self._bench is not None and wave.suits(stage.frame, view):
            return self._on_card(stage, view, self._bench)
        shape = (view.height, view.width, 3)
        total = Traced(*(np.zeros((view.height * view.width, 3)) for _ in range(3)))
        row, column = np.divmod(np.arange(view.height * view.width), view.width)
        start = stream(stage.seed, "path", "pixel").random((2, len(row)))
        lens = stream(stage.seed, "path", "lens").random((2, len(row)))
        for sample in range(self.quality.samples):
            off = (start + sample * STEP[:, None]) % 1.0 - 0.5
            direction = view.directions(column + off[0], row + off[1]).astype(np.float32)
            dark = np.isnan(direction[:, 0])
            direction[dark] = view.world_from_camera[:3, 2]
            origin = view.origins(row + off[1]).astype(np.float32)
            if view.aperture > 0:
                part = (lens + sample * _LENS_STEP[:, None]) % 1.0
                origin, direction = through_lens(view, row + off[1], origin, direction, part)
            first = _first(stage, view, origin, direction, row + off[1])
            for whole, part in zip(
                total, trace(stage, origin, direction, sample, first), strict=True
            ):
                whole[~dark] += part[~dark]
        mean = [(whole / self.quality.samples).reshape(shape) for whole in total]
        return denoised(*mean) if self.quality.denoise else mean[0]

    def _on_card(self, stage: Stage, view: CameraView, bench: Bench) -> Array:
        """Return what `_image` does, made on a graphics card."""
        shape, samples = (view.height, view.width), self.quality.samples
        start = stream(stage.seed, "path", "pixel").random((2, view.height * view.width))
        bench.enter(wave.setting(stage.frame), stage.frame.lamps, stage.frame.cells)
        mean = wave.picture(stage, bench, view, samples, [numbers(part) for part in start])
        if not self.quality.denoise:
            return mean.light.numpy().reshape(*shape, 3)
        if shape not in self._cleaners:
            self._cleaners[shape] = Cleaner(*shape)
        return self._cleaners[shape].denoised(*mean)


def through_lens(
    view: CameraView, row: Array, origin: Array, direction: Array, part: Array
) -> tuple[Array, Array]:
    """Return rays through points of a thin lens that meet those through its middle in focus.

    Args:
        view: the camera; its depth decides what is in focus, a plane or of a fisheye a sphere.
        row: [px] of each ray.
        origin: [m] of the rays through the middle.
        direction: their unit directions.
        part: two numbers from 0 to 1 for each ray, evenly spread: even over the disc.
    """
    away, turn = np.sqrt(part[0]) * view.aperture / 2, 2 * np.pi * part[1]
    flat = np.stack([away * np.cos(turn), away * np.sin(turn), np.zeros(len(away))], axis=-1)
    shift = view.outwards(flat, row)
    way = direction * (view.focus / view.depth_per_way(direction, row))[:, None] - shift
    way /= np.linalg.norm(way, axis=1, keepdims=True)
    return (origin + shift).astype(np.float32), way.astype(np.float32)


def _first(
    stage: Stage, view: CameraView, origin: Array, direction: Array, row: Array
) -> First | None:
    """What the rays of a rolling shutter meet; of all rows at once the path tracer finds it."""
    if view.readout is None:
        return None
    hits = cast(stage.frame, Rays(origin, direction, view.times(row)))
    return First(hits, view.readout.offsets(row))


_LENS_STEP = np.array([0.6287067210378087, 0.5385972572236101])
"""Where it goes through the lens: the last two of his sequence in four, 1/g^3 and 1/g^4 with
g^5 = g + 1."""
