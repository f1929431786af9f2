"""Light of lamps on surfaces: choose the strongest, test their shadows, add them."""

from typing import NamedTuple

import numba
import numpy as np

from synthgen.embree import Tracer
from synthgen.render.raycast.bounce import NO_BODY
from synthgen.render.raycast.brdf import answer, dot, schlick
from synthgen.render.raycast.direct import lift
from synthgen.render.raycast.lantern import WIDEST, Lamps, reach, vector
from synthgen.render.raycast.quality import Quality
from synthgen.render.raycast.shortlist import Cells, cell_key, slot_of
from synthgen.render.raycast.spots import Spots
from synthgen.scene import Moment

_CLEAR = 0.30
"""[m] How far before a lamp its shadow ray ends: housings and lenses do not shade it."""
_MATT = 0.01
"""Reflectance at normal incidence below which a layer does not shine."""


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
    tracer: Tracer,
    moment: Moment,
    spots: Spots,
    every: Lamps,
    choice: Choice,
    tested: np.ndarray,
) -> None:
    """Strike the `tested` lamps (spot by slot) from `choice` that something hides."""
    # Slot by slot, so that neighbouring rays go to one lamp: they are culled together.
    slot, spot = np.nonzero(tested.T)
    if not len(spot):
        return
    origin = spots.position[spot] + lift(spots)[spot]
    lamp = choice.lamp[spot, slot]
    way = every.position[lamp].astype(np.float32) - origin
    length = np.sqrt(np.einsum("ij,ij->i", way, way))
    stop = np.maximum(length - _CLEAR - every.radius[lamp].astype(np.float32), 0.5 * length)
    way /= length[:, None]
    hidden = tracer.occluded(moment, origin, way, stop)
    choice.lamp[spot[hidden], slot[hidden]] = -1


def worth_testing(choice: Choice, light: np.ndarray, every: Lamps, quality: Quality) -> np.ndarray:
    """Return which lamps of `choice` add enough to a spot's other `light` to need a shadow ray."""
    tested = choice.level[:, : quality.shadowed]
    total = choice.level.sum(axis=1) + light @ np.array([0.2126, 0.7152, 0.0722])
    soft = every.body[choice.lamp[:, : quality.shadowed]] == NO_BODY
    return (tested > quality.threshold * total[:, None]) & (tested > 0) & ~soft


@numba.njit(cache=True)
def _choose(out, spots, coat, every, known):  # type: ignore[no-untyped-def]
    last, slot = -1, 0
    for n in range(len(spots.ray)):
        point, face = vector(spots.position, n), vector(spots.face, n)
        key = cell_key(point[0], point[1], point[2], np.float64(spots.distance[n]))
        if key != last:
            last, slot = key, slot_of(known, every, key)
        site = Site(
            vector(spots.normal, n), vector(spots.eye, n), np.float64(coat.roughness[n]),
            np.float64(coat.specular[n, 1]), _white(coat.diffuse, n),
            np.float64(coat.retroreflection[n]),
        )  # fmt: skip
        tries = out.lamp.shape[1] + 3
        for place in range(known.kept[slot]):
            lamp = known.lamps[slot, place]
            if _may_light(every.rows[lamp], every.floor, point, face, spots.body[n]):
                _try(out, n, lamp, every, point, site)
                tries -= 1
                if tries == 0:
                    break


@numba.njit(cache=True)
def _try(out, n, lamp, every, point, site):  # type: ignore[no-untyped-def]
    """Sort a lamp in if it is among the strongest of spot `n`."""
    strength, light = reach(every.rows, every.tables, lamp, point)
    candela = every.rows[lamp, 12]
    if strength * candela <= every.floor:
        return
    share, flat, gloss, v_half = _weigh(site, light)
    level = candela * strength * share
    if level > out.level[n, out.lamp.shape[1] - 1]:
        values = (level, strength * flat, strength * gloss, v_half)
        _insert(out.lamp, out.level, out.flat, out.gloss, out.fresnel, n, lamp, values)


@numba.njit(cache=True)
def _may_light(lamp, floor, point, face, body):  # type: ignore[no-untyped-def]
    """Return whether a lamp is near enough and both it and the face look at each other.

    The panels around a lens get none of its light: housings are deeper than they are modelled.
    """
    way = (lamp[0] - point[0], lamp[1] - point[1], lamp[2] - point[2])
    gap2 = dot(way, way)
    if dot(face, way) <= 0.0 or lamp[12] * WIDEST <= floor * gap2:
        return False
    if lamp[15] == body and gap2 < 1.0:
        return False
    return lamp[14] == 0.0 or way[0] * lamp[3] + way[1] * lamp[4] + way[2] * lamp[5] < 0.0


class Site(NamedTuple):
    """One spot's answer to light, as numbers."""

    normal: tuple[float, float, float]
    eye: tuple[float, float, float]
    roughness: float
    shiny: float
    white: float
    retro: float


@numba.njit(cache=True)
def _white(diffuse, n):  # type: ignore[no-untyped-def]
    return 0.3 * diffuse[n, 0] + 0.6 * diffuse[n, 1] + 0.1 * diffuse[n, 2]


@numba.njit(cache=True)
def _weigh(site, light):  # type: ignore[no-untyped-def]
    """Return luminance per illuminance facing the light, and the three parts of it."""
    flat, gloss, v_half = answer(site.normal, site.eye, light, site.roughness, site.shiny >= _MATT)
    gloss = min(gloss, 400.0)
    back = 0.0
    if site.retro > 0.0:
        back = site.retro * _alignment(light, site.eye) * flat * np.pi
    return site.white * flat + schlick(site.shiny, v_half) * gloss + back, flat, gloss, v_half


@numba.njit(cache=True)
def _alignment(light, eye):  # type: ignore[no-untyped-def]
    """Return how much of the full retroreflection comes back at the angle from light to eye.

    Falls to half at 0.5 degrees and to a twentieth at 2 degrees, as glass-bead sheeting does.
    Source: ASTM D4956, type III: R_A 250 at 0.2 degrees, 95 at 0.5 degrees observation angle.
    """
    cosine = dot(light, eye)
    if cosine < 0.99:
        return 0.0
    angle2 = 2.0 * max(1.0 - cosine, 0.0)
    return 1.15 / (1.0 + angle2 / 6.0e-5)


@numba.njit(cache=True)
def _insert(lamps, level, flat, gloss, fresnel, n, lamp, values):  # type: ignore[no-untyped-def]
    place = lamps.shape[1] - 1
    while place > 0 and level[n, place - 1] < values[0]:
        lamps[n, place] = lamps[n, place - 1]
        level[n, place] = level[n, place - 1]
        flat[n, place] = flat[n, place - 1]
        gloss[n, place] = gloss[n, place - 1]
        fresnel[n, place] = fresnel[n, place - 1]
        place -= 1
    lamps[n, place] = lamp
    level[n, place], flat[n, place] = values[0], values[1]
    gloss[n, place], fresnel[n, place] = values[2], values[3]


@numba.njit(cache=True)
def add_lamps(out, spots, coat, choice, every):  # type: ignore[no-untyped-def]
    """Add what each spot sends on of its chosen lamps: diffuse, mirrored, retroreflected."""
    for n in range(len(spots.ray)):
        retro = np.float64(coat.retroreflection[n])
        for slot in range(choice.lamp.shape[1]):
            lamp = choice.lamp[n, slot]
            if lamp < 0:
                continue
            back = 0.0
            if retro > 0.0:
                point = vector(spots.position, n)
                _, light = reach(every.rows, every.tables, lamp, point)
                back = retro * _alignment(light, vector(spots.eye, n)) * np.pi
                back *= choice.flat[n, slot]
            for k in range(3):
                shiny = np.float64(coat.specular[n, k])
                mirror = schlick(shiny, choice.fresnel[n, slot]) if shiny >= _MATT else 0.0
                share = coat.diffuse[n, k] * (1.0 - mirror) * choice.flat[n, slot]
                tint = min(coat.diffuse[n, k] * 1.6, 1.0)
                share += mirror * choice.gloss[n, slot] + back * tint
                out[n, k] += every.intensity[lamp, k] * share
