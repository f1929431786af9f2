"""All paths of a picture at once: the way of `tracing` on a card, where nothing leaves it.

The host only says which kernel is next: Mitsuba's rays, `meeting.meet` for what they meet, then
one kernel of Dr.Jit for light and the way on. Every path has a place of its own to add light to, so
that the same command gives the same picture.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import drjit as dr
import mitsuba as mi
import numpy as np

from synthgen.render.path import far
from synthgen.render.path.arrays import fixed, indices
from synthgen.render.path.bench import Bench
from synthgen.render.path.brdf import Onward, Surface, luminance, scatter
from synthgen.render.path.dice import COUNT, Dice, steps
from synthgen.render.path.lighting import BLUNT, COARSE, Place, Stage, lit
from synthgen.render.path.meeting import Met, Rays, Setting, Step
from synthgen.render.path.trees import Found
from synthgen.render.raycast import density
from synthgen.render.raycast.shading import Frame
from synthgen.sample import CameraView

_NO_HAZE = density.Haze(
    np.zeros((0, 15)), np.zeros((0, 4)), np.zeros((0, 9)), np.zeros((0, 3)), np.zeros((0, 3)),
    np.zeros(3), 0.0, np.zeros(0, bool),
)  # fmt: skip


def suits(frame: Frame, view: CameraView) -> bool:
    """Return whether a card can take the whole picture.

    Snow that lies, rolling shutters, wide apertures and bent lenses are asked of the processor.
    """
    straight = view.lens.flat and view.readout is None and view.aperture == 0
    return straight and frame.cover is None


def setting(frame: Frame) -> Setting:
    """Return what of `frame` rays ask about."""
    haze = frame.haze or _NO_HAZE
    return Setting(
        *frame.atlases, frame.still, frame.palette, frame.lens, frame.around, frame.air,
        frame.sky.dome, haze, np.asarray(frame.sky.direction, float), np.arange(len(haze.puffs)),
    )  # fmt: skip


class Sums(NamedTuple):
    """What paths have brought: light [cd/m2], reflectance and normal of their first surfaces."""

    light: Any
    reflectance: Any
    normal: Any


@dataclass(eq=False)
class Wave:
    """Paths under way, see `tracing.Paths`; `number` is a path's own, pixels of a sample first."""

    number: Any
    origin: Any
    direction: Any
    weight: Any
    density: Any
    blur: Any


@dataclass(frozen=True, eq=False)
class Shot:
    """One batch of samples of every pixel.

    Attributes:
        stage: the frame.
        bench: where rays are met.
        pixels: how many there are.
        first: number of the first sample.
        samples: how many.
        sums: what the paths have brought.
        turns: how far each number of `Dice` has turned at each sample, flat.
    """

    stage: Stage
    bench: Bench
    pixels: int
    first: int
    samples: int
    sums: Sums
    turns: Any


MOST = 1 << 23
"""Most paths at a time: what they need is about 0.5 kB each."""


def picture(stage: Stage, bench: Bench, view: CameraView, samples: int, start: Any) -> Sums:
    """Return the mean of `samples` of what each pixel shows, rows of three, flat.

    `start` is where the samples of each pixel begin, along both axes.
    """
    batch = max(MOST // (view.width * view.height), 1)
    total = None
    for first in range(0, samples, batch):
        some = shoot(stage, bench, view, slice(first, min(first + batch, samples)), start)
        total = some if total is None else Sums(*(a + b for a, b in zip(total, some, strict=True)))
        dr.eval(*total)
    assert total is not None
    mean = Sums(*(part / samples for part in total))
    dr.eval(*mean)
    return mean


def shoot(stage: Stage, bench: Bench, view: CameraView, samples: slice, start: Any) -> Sums:
    """Return the sums over `samples` of what each pixel shows; `start` as for `picture`."""
    pixels, count = view.width * view.height, samples.stop - samples.start
    sums = Sums(*(dr.zeros(mi.Color3f, pixels * count) for _ in range(3)))
    dr.make_opaque(*sums)
    turned = np.array([steps(sample) for sample in range(samples.start, samples.stop)])
    shot = Shot(stage, bench, pixels, samples.start, count, sums, indices(turned.ravel()))
    wave = _camera(shot, view, start)
    for depth in range(stage.bounces + 1):
        if dr.width(wave.number):
            wave = _step(shot, wave, depth)
    bench.check()
    return Sums(*(_together(shot, part) for part in sums))


def _camera(shot: Shot, view: CameraView, start: Any) -> Wave:
    """Return the camera's rays; see `Path._image`."""
    number = dr.arange(mi.UInt32, shot.pixels * shot.samples)
    pixel = number % shot.pixels
    sample = mi.Float(number // shot.pixels + dr.opaque(mi.UInt32, shot.first))
    row = pixel // view.width
    place = []
    for axis, middle in ((0, mi.Float(pixel % view.width)), (1, mi.Float(row))):
        turn = dr.gather(mi.Float, start[axis], pixel) + sample * float(STEP[axis])
        place.append(middle + (turn - dr.floor(turn)) - 0.5)
    matrix, pose = view.matrix, view.world_from_camera
    focal = fixed(mi.Point2f, np.array([matrix[0, 0], matrix[1, 1]]))
    center = fixed(mi.Point2f, matrix[:2, 2])
    right, down, ahead = (fixed(mi.Vector3f, pose[:3, k]) for k in range(3))
    x, y = (place[0] - center.x) / focal.x, (place[1] - center.y) / focal.y
    way = dr.normalize(x * right + y * down + ahead)
    count = shot.pixels * shot.samples
    eye = fixed(mi.Point3f, pose[:3, 3]) + dr.zeros(mi.Point3f, count)
    nothing = dr.zeros(mi.Float, count)
    wave = Wave(number, eye, way, mi.Color3f(nothing + 1.0), nothing, nothing + 0.0)
    dr.make_opaque(wave.origin, wave.direction, wave.weight, wave.density, wave.blur)
    return wave


STEP = np.array([0.7548776662466927, 0.5698402909980532])
"""Where the next sample of a pixel goes: Roberts' sequence, 1/g and 1/g^2 with g^3 = g + 1."""


def _step(shot: Shot, wave: Wave, depth: int) -> Wave:
    """Take every path to its next surface, add what it finds, and return those that go on."""
    stage, last = shot.stage, depth == shot.stage.bounces
    found, met, seats = _met(shot, wave, depth)
    hit, given = found.body >= 0, _dice(shot, wave, depth)
    place, glow = _place(shot, wave, met, seats)
    onward = None if last else scatter(place.surface, given.number(7), given.pair(8))
    keep, weight = given.number(10), mi.Color3f(_three(met.weight))
    dr.schedule(place.start, weight, hit, keep, *(onward or ()))
    light = mi.Color3f(_three(met.light)) + weight * (lit(stage, place, given) + glow)
    if depth:
        light = _dimmed(stage, dr.select(hit, light, _lost(stage, wave)))
    else:
        light = dr.select(hit, light, mi.Color3f(_three(met.light)))
        _note(shot, wave, place.surface, glow, hit)
    dr.scatter_add(shot.sums.light, light, wave.number)
    if onward is None:
        dr.eval(*shot.sums)
        return _some(wave, mi.UInt32([]))
    ahead = weight * onward.weight
    most = dr.max(ahead)
    chance = dr.clip(most, 0.0, 1.0) if depth else mi.Float(1.0)
    goes = hit & (keep < chance) & (most > 1e-6)
    return _following(shot, wave, place, onward._replace(weight=ahead / chance), goes)


def _met(shot: Shot, wave: Wave, depth: int) -> tuple[Found, Met, Any]:
    """Return what the paths' rays find and meet, and the slots of their cells of lamps."""
    found = shot.stage.trees.find(wave.origin, wave.direction)
    width = shot.stage.frame.pixel * (BLUNT if depth else 1.0)
    step = Step(depth, width, COARSE if depth else 0.0)
    rays = Rays(
        tuple(wave.origin), tuple(wave.direction), tuple(wave.weight), wave.blur, found.distance,
        found.body, found.primitive, tuple(found.barycentric),
    )  # fmt: skip
    return found, *shot.bench.meet(step, rays, found, dr.width(wave.number))


def _lost(stage: Stage, wave: Wave) -> Any:
    """Return the far light that comes along the paths' rays."""
    mirrored = wave.blur <= far.MIRROR
    return far.escaped(stage.far, wave.direction, wave.density, mirrored) * wave.weight


def _dimmed(stage: Stage, light: Any) -> Any:
    """Return `light`: what comes from beyond the first surface cannot blind."""
    glare = dr.opaque(mi.Float, stage.frame.glare)
    return light * dr.minimum(1.0, glare / dr.maximum(luminance(light), 1e-9))


def _following(shot: Shot, wave: Wave, place: Place, onward: Onward, goes: Any) -> Wave:
    """Return the paths that go on, behind their surfaces."""
    blur = dr.select(onward.shiny, place.surface.roughness, 1.0)
    ways = onward.direction, onward.weight, onward.density, blur
    dr.eval(*shot.sums, goes, place.start, *ways)
    return _some(Wave(wave.number, place.start, *ways), dr.compress(goes))


def _three(flat: Any) -> Any:
    """Return the rows of a flat array (n, 3)."""
    row = dr.arange(mi.UInt32, dr.width(flat) // 3) * 3
    return [dr.gather(mi.Float, flat, row + k) for k in range(3)]


def _place(shot: Shot, wave: Wave, met: Met, seats: Any) -> tuple[Place, Any]:
    """Return the surface points and their own light."""
    surface = Surface(
        mi.Normal3f(_three(met.normal)), mi.Normal3f(_three(met.face)), -wave.direction,
        mi.Color3f(_three(met.diffuse)), mi.Color3f(_three(met.specular)), met.roughness,
    )  # fmt: skip
    listed = shot.bench.lists(seats) if shot.stage.lanterns.total else None
    place = Place(surface, mi.Point3f(_three(met.start)), met.retroreflection, listed)
    return place, mi.Color3f(_three(met.glow))


def _dice(shot: Shot, wave: Wave, depth: int) -> Dice:
    base = (shot.stage.seed * 64 + depth) * 16
    starts = indices(np.array([(base + which) % 2**32 for which in range(COUNT)]))
    row = wave.number // shot.pixels * COUNT
    one = mi.UInt32(0)
    return Dice(
        wave.number % shot.pixels,
        tuple(dr.gather(mi.UInt32, starts, one + which) for which in range(COUNT)),
        tuple(dr.gather(mi.UInt32, shot.turns, row + which) for which in range(COUNT)), depth,
    )  # fmt: skip


def _note(shot: Shot, wave: Wave, surface: Surface, glow: Any, hit: Any) -> None:
    shine = glow / (1.0 + dr.max(glow))
    reflectance = dr.clip(surface.diffuse + surface.specular + shine, 0.0, 1.0)
    dr.scatter(shot.sums.reflectance, reflectance, wave.number, hit)
    dr.scatter(shot.sums.normal, mi.Color3f(surface.normal), wave.number, hit)


def _some(wave: Wave, which: Any) -> Wave:
    return Wave(
        dr.gather(mi.UInt32, wave.number, which), dr.gather(mi.Point3f, wave.origin, which),
        dr.gather(mi.Vector3f, wave.direction, which), dr.gather(mi.Color3f, wave.weight, which),
        dr.gather(mi.Float, wave.density, which), dr.gather(mi.Float, wave.blur, which),
    )  # fmt: skip


def _together(shot: Shot, part: Any) -> Any:
    """Return the sum over samples for each pixel, rows of three, flat."""
    pixel = dr.arange(mi.UInt32, shot.pixels)
    total = mi.Color3f(0.0)
    for sample in range(shot.samples):
        total += dr.gather(mi.Color3f, part, pixel + sample * shot.pixels)
    return dr.ravel(total)
