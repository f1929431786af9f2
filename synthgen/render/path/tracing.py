"""Paths through a scene, one per pixel at a time: hit, paint, ask the lights, go on."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import drjit as dr
import mitsuba as mi
import numpy as np

from synthgen.geometry import Array
from synthgen.rays import Hits
from synthgen.render.path import far, lamps
from synthgen.render.path.arrays import numbers, rows, vectors
from synthgen.render.path.brdf import Surface, scatter
from synthgen.render.path.dice import Dice, dice
from synthgen.render.path.lighting import BLUNT, COARSE, Place, Stage, lit
from synthgen.render.raycast import air, density
from synthgen.render.raycast.paint import Coat
from synthgen.render.raycast.shading import coated
from synthgen.render.raycast.spots import Spots, spots

_LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)


@dataclass(eq=False)
class Paths:
    """Paths under way, one row each.

    Attributes:
        pixel: which pixel each belongs to.
        origin: [m] where its ray starts.
        direction: unit.
        weight: what of the light that comes along the ray reaches the camera, linear sRGB.
        density: [1/sr] with which the ray's direction was drawn.
        blur: roughness of the layer that the ray left, 1 for a Lambert part, 0 for the camera.
    """

    pixel: Array
    origin: Array
    direction: Array
    weight: Array
    density: Array
    blur: Array


class Traced(NamedTuple):
    """One sample of every pixel: light [cd/m2], and reflectance and normal of the first surface."""

    light: Array
    reflectance: Array
    normal: Array


class First(NamedTuple):
    """What camera rays of a rolling shutter meet, each where things are at its own time.

    Attributes:
        hits: of the rays.
        offset: [s] of each ray's time after the view's.
    """

    hits: Hits
    offset: Array


def trace(
    stage: Stage, origin: Array, direction: Array, sample: int, first: First | None = None
) -> Traced:
    """Return what comes along camera rays, one per pixel, but for lamp light in the air.

    Without `first` they meet things where they are at the moment's time.
    """
    count = len(origin)
    out = Traced(*(np.zeros((count, 3), np.float32) for _ in range(3)))
    paths = Paths(
        np.arange(count), origin, direction, np.ones((count, 3), np.float32),
        np.zeros(count, np.float32), np.zeros(count, np.float32),
    )  # fmt: skip
    for depth in range(stage.bounces + 1):
        if len(paths.pixel):
            paths = _step(stage, out, paths, (sample, depth), None if depth else first)
    return out


def _step(
    stage: Stage, out: Traced, paths: Paths, number: tuple[int, int], first: First | None
) -> Paths:
    """Take every path to its next surface, add what it finds, and return those that go on.

    `number` is that of the sample and that of the surface.
    """
    frame, (sample, depth) = stage.frame, number
    if first is None:
        hits, where = stage.trees.cast(paths.origin, paths.direction), frame.still
    else:
        hits, where = first.hits, frame.poses
    light = _air(stage, paths, hits, depth)
    width = frame.pixel * (BLUNT if depth else 1.0)
    offset = None if first is None else first.offset
    points = spots(paths.origin, paths.direction, hits, frame.atlases, where, width, offset)
    if not len(points.ray):
        _add(stage, out, paths, light, depth)
        return _some(paths, points.ray)
    coat = coated(frame, points)
    here = _some(paths, points.ray)
    given = dice(here.pixel, stage.seed, sample, depth)
    found, onward = _shade(stage, points, coat, given, depth == stage.bounces)
    found += _own_light(points, coat, here, depth)
    light[points.ray] += here.weight * found
    if depth == 0:
        _note(out, points, coat)
    _add(stage, out, paths, light, depth)
    return _alive(here, points, onward, depth)


def _air(stage: Stage, paths: Paths, hits: Hits, depth: int) -> Array:
    """Return daylight in the air along the rays and far light at their end; dim their weight."""
    frame, ways = stage.frame, paths.direction
    light = np.zeros((len(ways), 3))
    lost = np.flatnonzero(hits.body < 0)
    if depth == 0:
        air.add_sky(light, lost, ways, frame.sky.dome)
        density.veil(light, paths.origin, ways, hits.distance, frame.through)
    else:
        density.veil(light, paths.origin, ways, hits.distance, frame.through)
        if len(lost):
            light[lost] = _escaped(stage, paths, lost)
    light = light.astype(np.float32) * paths.weight
    distance = np.where(hits.body < 0, 0.0, hits.distance)
    paths.weight *= np.exp(-frame.air.extinction * distance[:, None]).astype(np.float32)
    if frame.haze is not None:
        here = density.passed(paths.origin, ways, distance, frame.haze)
        paths.weight *= here.astype(np.float32)
    return light


def _escaped(stage: Stage, paths: Paths, lost: Array) -> Array:
    ways = vectors(mi.Vector3f, paths.direction[lost])
    mirrored = numbers(paths.blur[lost]) <= far.MIRROR
    light = far.escaped(stage.far, ways, numbers(paths.density[lost]), mirrored)
    dr.eval(light)
    return rows(light)


def _own_light(points: Spots, coat: Coat, here: Paths, depth: int) -> Array:
    """Return the surfaces' emission. Lenses are lamps too: only smooth mirrors show them."""
    if depth == 0:
        return coat.emission
    keen = np.clip((0.14 - here.blur) / 0.08, 0.0, 1.0)
    share = np.where(points.circuit >= 0, keen, 1.0).astype(np.float32)
    return coat.emission * share[:, None]


def _note(out: Traced, points: Spots, coat: Coat) -> None:
    glow = coat.emission / (1.0 + coat.emission.max(axis=1, keepdims=True))
    out.reflectance[points.ray] = np.clip(coat.diffuse + coat.specular + glow, 0.0, 1.0)
    out.normal[points.ray] = points.normal


def _add(stage: Stage, out: Traced, paths: Paths, light: Array, depth: int) -> None:
    """Add `light` to the pixels; what comes from beyond the first surface cannot blind."""
    if depth:
        level = light @ _LUMA
        light = light * np.minimum(1.0, stage.frame.glare / np.maximum(level, 1e-9))[:, None]
    out.light[paths.pixel] += light


class _Onward(NamedTuple):
    direction: Array
    weight: Array
    density: Array
    blur: Array
    keep: Array


def _shade(
    stage: Stage, points: Spots, coat: Coat, given: Dice, last: bool
) -> tuple[Array, _Onward | None]:
    """Return what the points send to the eye of all lights, and where their paths go on."""
    surface = Surface(
        vectors(mi.Normal3f, points.normal), vectors(mi.Normal3f, points.face),
        vectors(mi.Vector3f, points.eye), vectors(mi.Color3f, coat.diffuse),
        vectors(mi.Color3f, coat.specular), numbers(coat.roughness),
    )  # fmt: skip
    light = _lit(stage, points, surface, coat, given)
    if last:
        dr.eval(light)
        return rows(light), None
    onward = scatter(surface, given.number(7), given.pair(8))
    keep = given.number(10)
    dr.eval(light, *onward, keep)
    found = _Onward(
        rows(onward.direction), rows(onward.weight), onward.density.numpy(),
        np.where(onward.shiny.numpy(), coat.roughness, np.float32(1.0)), keep.numpy(),
    )  # fmt: skip
    return rows(light), found


def _lit(stage: Stage, points: Spots, surface: Surface, coat: Coat, given: Dice) -> Any:
    """Return what the surfaces send on of sun, sky and one lamp each, shadows counted."""
    start = vectors(mi.Point3f, points.position + _lift(points))
    listed = None
    if stage.lanterns.total:
        least = COARSE if given.depth else 0.0
        listed = lamps.lists(points, stage.frame.lamps, stage.frame.cells, least)
    place = Place(surface, start, numbers(coat.retroreflection), listed)
    return lit(stage, place, given)


def _lift(points: Spots) -> Array:
    """Return the small steps [m] off the surfaces that spare rays their own triangle."""
    return (0.002 + 2e-4 * points.distance)[:, None] * points.face


def _alive(here: Paths, points: Spots, onward: _Onward | None, depth: int) -> Paths:
    """Return the paths that go on: from the second surface on, by the chance of their weight."""
    if onward is None:
        return _some(here, np.zeros(0, np.int64))
    weight = here.weight * onward.weight
    chance = np.clip(weight.max(axis=1), 0.0, 1.0) if depth else np.ones(len(weight))
    goes = np.flatnonzero((onward.keep < chance) & (weight.max(axis=1) > 1e-6))
    return Paths(
        here.pixel[goes], (points.position + _lift(points))[goes], onward.direction[goes],
        (weight[goes] / chance[goes, None]).astype(np.float32), onward.density[goes],
        onward.blur[goes],
    )  # fmt: skip


def _some(paths: Paths, which: Array) -> Paths:
    return Paths(
        paths.pixel[which], paths.origin[which], paths.direction[which], paths.weight[which],
        paths.density[which], paths.blur[which],
    )  # fmt: skip
