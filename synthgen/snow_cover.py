"""Where snow lies: one answer for the camera, the lidar and the labels.

It is drawn on the shapes, which stay as they are: snow of 20 cm whitens a kerb but does not round
it. On the ground it is thinner where wheels and feet go; on a car that drives little is left.
"""

from typing import NamedTuple

import numba
import numpy as np
from jaxtyping import Float

from synthgen.classes import CLASSES, EMERGENCY
from synthgen.embree import Tracer
from synthgen.geometry import Array
from synthgen.lane_grid import REACH, LaneGrid, away, cell_of
from synthgen.light.noise import fbm2, noise2, smooth
from synthgen.scene import Moment, Present
from synthgen.snowpack import ROUGH, hidden_share
from synthgen.world import World

NOTHING, LOADED, DRIVEN, ROAD, WALK, LAND, PLANT = range(7)
"""What kind of surface a body is to snow: it carries none (people, animals, what is ridden), all
of it, what driving leaves; or it is road, sidewalk, land, plant."""
_GROUND = {"road": ROAD, "lane_marking": ROAD, "crosswalk": ROAD, "sidewalk": WALK, "terrain": LAND,
           "tree": PLANT, "vegetation": PLANT, "water": NOTHING}  # fmt: skip
_ALIVE = frozenset({"pedestrian", "rider", "dog", "cat", "deer"})
_VEHICLES = frozenset({"car", "van", "truck", "bus", "trailer", "ego", *EMERGENCY})
_ROOFS = _VEHICLES | {"building"}
_KEPT = 0.04
"""Share of the depth that a car keeps which is driven."""
GAUGE, TRACK = 0.76, 0.34
"""[m] from the middle of a lane to its wheel tracks, and how wide these are (1/e)."""


NOISE_MEAN, NOISE_SPREAD = 0.5, 0.115
"""Of the noise of `patchy`, over 400,000 places."""


FINEST = 0.35
"""[m] Width from which a patch is seen as the mean alone: its edges are finer than a pixel."""


class Cover(NamedTuple):
    """The snow of one moment.

    Attributes:
        depth: [m] on open, level, untouched ground.
        lanes: where wheels and feet go.
        kind: of each body, as above.
        roof: whether each body keeps snow from what is below it.
    """

    depth: float
    lanes: LaneGrid
    kind: np.ndarray
    roof: np.ndarray


class Lying(NamedTuple):
    """What lies at surface points.

    Attributes:
        share: of the surface that snow hides.
        dirt: of the snow, 0 fresh to 1 slush.
        melt: how wet the rest is by what melts there.
    """

    share: np.ndarray
    dirt: np.ndarray
    melt: np.ndarray


class Ground(NamedTuple):
    """Surface points that snow may lie on.

    Attributes:
        body: number of the body.
        position: [m] world frame.
        local: [m] in the body's frame, where its snow has its pattern.
        up: upward part of the unit normal.
        glass: whether it is a pane or a lit lens.
        leaf: whether it is foliage, which holds snow in clumps whichever way it faces.
        size: [m] width of what is seen or met as one, 0 for a point.
    """

    body: np.ndarray
    position: np.ndarray
    local: np.ndarray
    up: np.ndarray
    glass: np.ndarray
    leaf: np.ndarray
    size: np.ndarray


def cover_of(moment: Moment) -> Cover | None:
    """Return the snow of `moment`, None where there is none."""
    world = moment.scene.world
    depth = world.environment.snow_cover / 100
    if depth <= 0:
        return None
    kind = np.full(len(world.bodies), LOADED, np.int64)
    for number, body in enumerate(world.stuff):
        kind[number] = _GROUND.get(body.kind, LOADED)
    for thing in moment.things:
        kind[thing.number] = _kind(thing)
    still = {thing.number for thing in moment.things if thing.stands}
    roof = [
        (body.kind in _ROOFS or body.subtype == "bus_stop")
        and (number < len(world.stuff) or number in still)
        for number, body in enumerate(world.bodies)
    ]
    return Cover(depth, world.lane_grid, kind, np.array(roof, bool))


def _kind(thing: Present) -> int:
    name = thing.body.kind
    if name in _ALIVE:
        return NOTHING
    if CLASSES[name].supercategory != "vehicle":
        return LOADED if thing.stands else NOTHING
    if thing.body.name.startswith("parked/"):
        return LOADED
    return DRIVEN if name in _VEHICLES else NOTHING


def lying(cover: Cover, ground: Ground, tracer: Tracer | None, moment: Moment) -> Lying:
    """Return what lies on `ground`; without a `tracer` nothing shelters it."""
    count = len(ground.body)
    found = Lying(np.zeros(count), np.zeros(count), np.zeros(count))
    _lay(found, cover, ground)
    if tracer is not None:
        _clear(found, cover, ground, tracer, moment)
    return found


def _clear(found: Lying, cover: Cover, ground: Ground, tracer: Tracer, moment: Moment) -> None:
    """Take away what roofs, parked vehicles and the like have kept off.

    Flakes fall aslant, each a little otherwise: the ways up are bent by noise, and the edge of
    what is sheltered winds. Stems, wires and posts are too thin to shelter, crowns let snow
    through.
    """
    asked = np.flatnonzero(found.share + found.melt > 0.01)
    way = np.empty((len(asked), 3), np.float32)
    _upward(way, ground.position, asked)
    origin = (ground.position[asked] + 0.02 * way).astype(np.float32)
    met = tracer.frozen_hits(moment, origin, way).body
    under = asked[(met >= 0) & cover.roof[met]]
    found.share[under] = 0.0
    found.melt[under] = 0.0


@numba.njit(cache=True)
def _upward(way, position, asked):  # type: ignore[no-untyped-def]
    for i in range(len(asked)):
        x, y = np.float64(position[asked[i], 0]), np.float64(position[asked[i], 1])
        a = 0.5 * (fbm2(x / 0.5, y / 0.5, 3, 601) - 0.5)
        b = 0.5 * (fbm2(x / 0.5, y / 0.5, 3, 611) - 0.5)
        scale = 1.0 / np.sqrt(1.0 + a * a + b * b)
        way[i, 0], way[i, 1], way[i, 2] = a * scale, b * scale, scale


@numba.njit(cache=True)
def worn(lanes, x, y):  # type: ignore[no-untyped-def]
    """Return the share of the snow's depth that is left at a point, its dirt and its melting.

    Wheels press tracks into the snow of each lane, on busy roads the plough has taken most of what
    lies between them, and slush is thrown aside. Feet tread a path.
    """
    left, dirt, melt = 1.0, 0.0, 0.0
    cell = cell_of(lanes, x, y)
    if cell < 0:
        return left, dirt, melt
    wander = 0.35 * (noise2(x / 7.0, y / 7.0, 621) - 0.5)
    i, end = lanes.first[cell], lanes.first[cell + 1]
    while i < end:
        n = lanes.listed[i]
        gap = away(lanes, n, x, y)
        lane = lanes.lane[n]
        i += 1
        while i < end and lanes.lane[lanes.listed[i]] == lane:
            gap = min(gap, away(lanes, lanes.listed[i], x, y))
            i += 1
        half, busy = lanes.piece[n, 5], lanes.piece[n, 6]
        if lanes.piece[n, 7] > 0.0:
            left *= 1.0 - _trodden(x, y, gap, half)
            continue
        wheels = np.exp(-(((gap - GAUGE + wander) / TRACK) ** 2))
        inside = smooth(half + 0.3, half - 0.5, gap)
        left *= (1.0 - (0.55 + 0.45 * np.sqrt(busy)) * wheels) * (1.0 - 0.95 * busy * inside)
        beside = np.exp(-max(gap - half, 0.0) / 0.7) * smooth(half + REACH, half + 1.0, gap)
        dirt = max(dirt, (0.15 + 0.75 * busy) * beside * (0.6 + 0.4 * wheels))
        melt = max(melt, busy * inside * (0.5 + 0.5 * wheels))
    return left, dirt, melt


@numba.njit(cache=True)
def _trodden(x, y, gap, half):  # type: ignore[no-untyped-def]
    """Return the share of the depth that feet have taken: a path of prints along the middle."""
    path = np.exp(-((gap / max(0.6 * half, 0.4)) ** 2))
    prints = smooth(0.45, 0.62, noise2(x / 0.17, y / 0.17, 625))
    return path * (0.5 + 0.45 * prints)


@numba.njit(cache=True)
def _lay(found, cover, ground):  # type: ignore[no-untyped-def]
    share, dirt, melt = found.share, found.dirt, found.melt
    body, position, local, up = ground.body, ground.position, ground.local, ground.up
    glass, leaf, size = ground.glass, ground.leaf, ground.size
    kinds, lanes = cover.kind, cover.lanes
    for n in range(len(body)):
        kind, lean = kinds[body[n]], np.float64(up[n])
        if kind == NOTHING or (lean < 0.0 and not leaf[n]) or (kind == DRIVEN and glass[n]):
            continue
        x, y, z = np.float64(local[n, 0]), np.float64(local[n, 1]), np.float64(local[n, 2])
        left = 1.0
        if kind in (ROAD, WALK, LAND):
            left, dirt[n], melt[n] = worn(
                lanes, np.float64(position[n, 0]), np.float64(position[n, 1])
            )
            if kind != ROAD:
                melt[n] = 0.0
        elif kind == DRIVEN:
            left = _KEPT
        mean = hidden_share(cover.depth * left, _rough(kind)) * _held(kind, leaf[n], lean)
        patch = patchy(mean, x + 0.3 * z, y + 0.7 * z, np.float64(size[n]))
        share[n] = pressed(mean, patch, left)


@numba.njit(cache=True)
def _held(kind, leaf, lean):  # type: ignore[no-untyped-def]
    """Return the share of the snow that does not slip off a face by the upward part of its normal.

    It slides off smooth things from 45 degrees on, lies against kerbs, and hangs in leaves.
    """
    if leaf:
        return smooth(-0.7, 0.8, lean)
    least = 0.25 if kind in (LOADED, DRIVEN, PLANT) else 0.0
    return smooth(least, least + 0.4, lean)


@numba.njit(cache=True)
def _rough(kind):  # type: ignore[no-untyped-def]
    """Return the roughness length [m]: turf stands out of thin snow, lacquer does not."""
    if kind == LAND:
        return 1.6 * ROUGH
    return ROUGH if kind in (ROAD, WALK) else 0.5 * ROUGH


@numba.njit(cache=True)
def patchy(mean, a, b, size):  # type: ignore[no-untyped-def]
    """Return the snow's share at (a, b) [m], patches whose mean over the surface is `mean`.

    What is finer than `size` [m] fades to the mean.
    """
    if mean <= 0.002 or mean >= 0.998:
        return round(mean)
    n = 0.7 * fbm2(a / 0.8, b / 0.8, 3, 631) + 0.3 * fbm2(a / 0.11, b / 0.11, 2, 637)
    # The noise is about normal: its logistic share below it is nearly even from 0 to 1.
    even = 1.0 / (1.0 + np.exp(-1.702 * (n - NOISE_MEAN) / NOISE_SPREAD))
    patch = smooth(even - 0.1, even + 0.1, mean)
    keep = 1.0 - smooth(0.25, 1.0, size / FINEST)
    return mean + (patch - mean) * keep


@numba.njit(cache=True)
def pressed(mean, patch, left):  # type: ignore[no-untyped-def]
    """Return a `patch`'s share where wheels have `left` of the depth: smeared to a thin skin."""
    return patch + 0.75 * (1.0 - left) * (mean - patch)


def hidden(world: World, point: Float[Array, "n 3"]) -> Float[Array, "n"]:
    """Return the share of the road that snow hides at each `point` [m] of it, under open sky."""
    depth = world.environment.snow_cover / 100
    share = np.zeros(len(point))
    if depth > 0:
        _hidden(share, np.asarray(point, float), depth, world.lane_grid)
    return share


@numba.njit(cache=True)
def _hidden(share, point, depth, lanes):  # type: ignore[no-untyped-def]
    for n in range(len(share)):
        left, _, _ = worn(lanes, point[n, 0], point[n, 1])
        mean = hidden_share(depth * left, ROUGH)
        x, y, z = point[n, 0], point[n, 1], point[n, 2]
        patch = patchy(mean, x + 0.3 * z, y + 0.7 * z, 0.0)
        share[n] = pressed(mean, patch, left)
