"""Light of lamps on surfaces: choose the strongest, test their shadows, add them."""

from typing import NamedTuple

import numba
import numpy as np

from synthgen.embree import Tracer
from synthgen.render.raycast import shadows, weighing
from synthgen.render.raycast.bounce import NO_BODY
from synthgen.render.raycast.brdf import dot, schlick
from synthgen.render.raycast.direct import lifted
from synthgen.render.raycast.lantern import Lamps, reach, vector
from synthgen.render.raycast.passage import straight
from synthgen.render.raycast.quality import Quality
from synthgen.render.raycast.shortlist import Cells, cell_key, home, slot_of
from synthgen.render.raycast.spots import Spots
from synthgen.render.raycast.weighing import SHINES, alignment
from synthgen.scene import Moment

_TRIED = 3
"""Lamps of a cell's list, strongest first, that are weighed for each that is wanted."""
_CLEAR = 0.30
"""[m] How far before a lamp its shadow ray ends: housings and lenses do not shade it."""


class Choice(NamedTuple):
    """The strongest lamps of each spot, strongest first.

    Attributes:
        lamp: lamp number, -1 where there are fewer.
        level: luminance the lamp gives the spot, unshadowed.
        flat: n.l / pi times gain / d^2.
        gloss: mirrored layer times gain / d^2, Fresnel left out.
        fresnel: cosine between view and half vector.
    """

    lamp: np.ndarray
    level: np.ndarray
    flat: np.ndarray
    gloss: np.ndarray
    fresnel: np.ndarray


def choose(spots: Spots, coat: tuple, every: Lamps, known: Cells, most: int) -> Choice:
    """Return the `most` strongest lamps of each of `spots`, of those that its cell lists."""
    shape = (len(spots.ray), most)
    out = Choice(np.full(shape, -1, np.int32), *(np.zeros(shape, np.float32) for _ in range(4)))
    if len(every.rows) and len(spots.ray):
        _choose(out, spots, coat, every, known)
    return out


def shadow(
    tracer: Tracer, moment: Moment, spots: Spots, every: Lamps, choice: Choice,
    tested: np.ndarray, width: int,
) -> None:  # fmt: skip
    """Strike the `tested` lamps (spot by slot) from `choice` that something hides.

    `width` [px] is that of an image of which the spots are whole rows, or 0; see `shadows`.
    """

    def ask(spot: np.ndarray, slot: np.ndarray) -> np.ndarray:
        return tracer.blocked(moment, _ways(spots, every, choice.lamp, spot, slot))

    slots = tested.shape[1]
    struck = shadows.hidden(spots, choice.lamp[:, :slots], tested, width, ask)
    choice.lamp[:, :slots][struck] = -1


@numba.njit(cache=True)
def _ways(spots, every, lamp, spot, slot):  # type: ignore[no-untyped-def]
    """Return rays (origin, whole way) from spots to just before their lamps."""
    out = np.empty((len(spot), 6), np.float32)
    distance, position, face = spots.distance, spots.position, spots.face
    goal, radius = every.position, every.radius
    for i in range(len(spot)):
        n, one = spot[i], lamp[spot[i], slot[i]]
        step, length2 = lifted(np.float64(distance[n])), 0.0
        for k in range(3):
            out[i, k] = position[n, k] + step * face[n, k]
            out[i, 3 + k] = goal[one, k] - out[i, k]
            length2 += np.float64(out[i, 3 + k]) ** 2
        length = max(np.sqrt(length2), 1e-6)
        share = max((length - _CLEAR - radius[one]) / length, 0.5)
        for k in range(3):
            out[i, 3 + k] *= share
    return out


def worth_testing(choice: Choice, light: np.ndarray, every: Lamps, quality: Quality) -> np.ndarray:
    """Return which lamps of `choice` add enough to a spot's other `light` to need a shadow ray."""
    slots = min(quality.shadowed, choice.lamp.shape[1])
    tested = np.zeros((len(light), slots), np.bool_)
    _mark(tested, choice, light, every.body, quality.threshold)
    return tested


@numba.njit(cache=True)
def _mark(tested, choice, light, body, threshold):  # type: ignore[no-untyped-def]
    levels, lamps = choice.level, choice.lamp
    for n in range(len(light)):
        total = 0.2126 * light[n, 0] + 0.7152 * light[n, 1] + 0.0722 * light[n, 2]
        for slot in range(levels.shape[1]):
            total += np.float64(levels[n, slot])
        for slot in range(tested.shape[1]):
            level, lamp = np.float64(levels[n, slot]), lamps[n, slot]
            if lamp >= 0 and level > 0.0 and body[lamp] != NO_BODY:
                tested[n, slot] = level > threshold * total


class Groups(NamedTuple):
    """Spots by the cell that they lie in.

    Attributes:
        order: all spots, those of one cell side by side.
        start: where each cell's spots start in `order`, and their number at the end.
        lamps: lamp numbers that each cell lists.
        kept: how many of them there are.
    """

    order: np.ndarray
    start: np.ndarray
    lamps: np.ndarray
    kept: np.ndarray


@numba.njit(cache=True)
def _choose(out, spots, coat, every, known):  # type: ignore[no-untyped-def]
    groups, board, most = _grouped(spots, every, known), weighing.table(), out.lamp.shape[1]
    best = Choice(
        np.empty((weighing.SPOTS, most), np.int32),
        np.empty((weighing.SPOTS, most), np.float32), np.empty((weighing.SPOTS, most), np.float32),
        np.empty((weighing.SPOTS, most), np.float32), np.empty((weighing.SPOTS, most), np.float32),
    )  # fmt: skip
    for group in range(len(groups.kept)):
        end = groups.start[group + 1]
        for first in range(groups.start[group], end, weighing.SPOTS):
            some = groups.order[first : min(first + weighing.SPOTS, end)]
            signs = weighing.fill(board, spots, coat, some)
            if every.air.extinction > 0.0:
                weighing.enclose(board, len(some))
            _forget(best, len(some))
            for place in range(min(groups.kept[group], _TRIED * most)):
                lamp = groups.lamps[group, place]
                if weighing.weigh(board, len(some), lamp, every, signs):
                    _rank(best, len(some), board, lamp)
            _store(out, some, best)


@numba.njit(cache=True)
def _forget(best, count):  # type: ignore[no-untyped-def]
    lamps, levels = best.lamp, best.level
    for i in range(count):
        for slot in range(lamps.shape[1]):
            lamps[i, slot] = -1
            levels[i, slot] = 0.0


@numba.njit(cache=True)
def _rank(best, count, board, lamp):  # type: ignore[no-untyped-def]
    """Sort a lamp in where it is among the strongest of a spot."""
    lamps, levels, flats, glosses, halves = best
    last = lamps.shape[1] - 1
    for i in range(count):
        level = np.float32(board[weighing.LEVEL, i])
        if level <= levels[i, last]:
            continue
        place = last
        while place > 0 and levels[i, place - 1] <= 0.0:
            place -= 1  # free slots need not be moved
        while place > 0 and levels[i, place - 1] < level:
            lamps[i, place] = lamps[i, place - 1]
            levels[i, place] = levels[i, place - 1]
            flats[i, place] = flats[i, place - 1]
            glosses[i, place] = glosses[i, place - 1]
            halves[i, place] = halves[i, place - 1]
            place -= 1
        lamps[i, place], levels[i, place] = lamp, level
        flats[i, place], glosses[i, place] = board[weighing.FLAT, i], board[weighing.GLOSS, i]
        halves[i, place] = board[weighing.HALF, i]


@numba.njit(cache=True)
def _store(out, some, best):  # type: ignore[no-untyped-def]
    lamps, levels, flats, glosses, halves = out
    lamp, level, flat, gloss, half = best
    for i in range(len(some)):
        n = some[i]
        for slot in range(lamps.shape[1]):
            lamps[n, slot], levels[n, slot] = lamp[i, slot], level[i, slot]
            flats[n, slot], glosses[n, slot] = flat[i, slot], gloss[i, slot]
            halves[n, slot] = half[i, slot]


@numba.njit(cache=True)
def _grouped(spots, every, known):  # type: ignore[no-untyped-def]
    """Sort the spots by cell. A cell that loses its slot on the way makes two groups."""
    total = len(spots.ray)
    member = np.empty(total, np.int32)
    owner, keys = np.full(len(known.key), -1, np.int32), np.empty(total, np.int64)
    lamps, kept = np.empty((total, known.lamps.shape[1]), np.int32), np.empty(total, np.int32)
    last, group, count = -1, 0, 0
    position, distance, there = spots.position, spots.distance, known.key
    for n in range(total):
        x, y, z = vector(position, n)
        key = cell_key(x, y, z, np.float64(distance[n]))
        if key != last:
            last, slot = key, home(key)
            if there[slot] != key:
                slot_of(known, every, key)
            group = owner[slot]
            if group < 0 or keys[group] != key:
                group, count = count, count + 1
                owner[slot], keys[group], kept[group] = group, key, known.kept[slot]
                for place in range(kept[group]):
                    lamps[group, place] = known.lamps[slot, place]
        member[n] = group
    return _sorted(member, count, lamps, kept)


@numba.njit(cache=True)
def _sorted(member, count, lamps, kept):  # type: ignore[no-untyped-def]
    start = np.zeros(count + 1, np.int64)
    for n in range(len(member)):
        start[member[n] + 1] += 1
    for group in range(count):
        start[group + 1] += start[group]
    order, place = np.empty(len(member), np.int64), start.copy()
    for n in range(len(member)):
        order[place[member[n]]] = n
        place[member[n]] += 1
    return Groups(order, start, lamps[:count], kept[:count])


@numba.njit(cache=True)
def add_lamps(out, spots, coat, choice, every):  # type: ignore[no-untyped-def]
    """Add what each spot sends on of its chosen lamps: diffuse, mirrored, retroreflected."""
    lamps, _, flats, glosses, halves = choice
    position, normal, eye, intensity = spots.position, spots.normal, spots.eye, every.intensity
    diffuse, specular, signs = coat.diffuse, coat.specular, coat.retroreflection
    for n in range(len(out)):
        retro = np.float64(signs[n])
        for slot in range(lamps.shape[1]):
            lamp = lamps[n, slot]
            if lamp < 0:
                continue
            back = 0.0
            if retro > 0.0:
                point, face = vector(position, n), vector(normal, n)
                back = retro * _returned(every, lamp, point, vector(eye, n), face, flats[n, slot])
            for k in range(3):
                shiny = np.float64(specular[n, k])
                mirror = schlick(shiny, halves[n, slot]) if shiny >= SHINES else 0.0
                share = diffuse[n, k] * (1.0 - mirror) * flats[n, slot]
                tint = min(diffuse[n, k] * 1.6, 1.0)
                share += mirror * glosses[n, slot] + back * tint
                out[n, k] += intensity[lamp, k] * share


@numba.njit(cache=True)
def _returned(every, lamp, point, eye, face, flat):  # type: ignore[no-untyped-def]
    """Return how much of a lamp's light [lx/cd] a sign aligns with the `eye`.

    `flat` is that of `Choice`: in fog it has scattered light too, which signs do not send back.
    """
    level, light = reach(every.rows, every.tables, lamp, point)
    if every.air.extinction > 0.0:
        x, y, z = vector(every.position, lamp)
        gap = (x - point[0], y - point[1], z - point[2])
        depth = every.air.extinction * np.sqrt(dot(gap, gap))
        flat = level * max(dot(light, face), 0.0) / np.pi * straight(depth)
    return alignment(dot(light, eye)) * np.pi * flat
