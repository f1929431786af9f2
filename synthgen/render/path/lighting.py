"""What one frame's light is, and what surface points get of it by one ray to each kind of light."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import drjit as dr
import mitsuba as mi

from synthgen.render.path import far, lamps
from synthgen.render.path.brdf import Surface
from synthgen.render.path.dice import Dice
from synthgen.render.path.trees import Trees, Way
from synthgen.render.raycast.shading import Frame

BLUNT = 6.0
"""Width of a pixel, in pixels, for what paths meet after their first surface."""

COARSE = 45.0
"""[m] From how far cells of lamps are seen, at least, by paths after their first surface."""


@dataclass(frozen=True, eq=False)
class Stage:
    """What all paths of one frame share.

    Attributes:
        frame: the frame as the raycast renderer prepares it: paint, poses, air, lamps.
        trees: the meshes.
        far: sky and sun.
        lanterns: lamps.
        bounces: most surfaces after the first.
        seed: of the frame's numbers.
    """

    frame: Frame
    trees: Trees
    far: far.Far
    lanterns: lamps.Lanterns
    bounces: int
    seed: int


class Place(NamedTuple):
    """Surface points that ask for light.

    Attributes:
        surface: the surface.
        start: [m] where rays start, just off it.
        retroreflection: [cd/lx/m2] sent back to where light came from.
        listed: the lamps that each point asks, None where there are none.
    """

    surface: Surface
    start: Any
    retroreflection: Any
    listed: lamps.Lists | None


def lit(stage: Stage, place: Place, given: Dice) -> Any:
    """Return what the surfaces send on of sun, sky and one lamp each, shadows counted."""
    ways, lights = [], []
    for way, reach, light in _asked(stage, place, given):
        ways.append(Way(way, reach, dr.max(light) > 0.0))
        lights.append(light)
    total, open_ways = None, stage.trees.free(place.start, ways, lights)
    for free, light in zip(open_ways, lights, strict=True):
        seen = dr.select(free, light, mi.Color3f(0.0))
        total = seen if total is None else total + seen
    return total


def _asked(stage: Stage, place: Place, given: Dice) -> list[tuple[Any, Any, Any]]:
    """Return a way to each kind of light, how far it goes and what comes along it, unshadowed."""
    surface, endless = place.surface, mi.Float(1e6)
    way, light = far.sky_light(stage.far, surface, given.pair(2))
    found = [(way, endless, light)]
    if stage.far.shines:
        way, light = far.sun_light(stage.far, surface, given.pair(0))
        found.append((way, endless, light))
    if place.listed is not None:
        gloss = 1.0 - dr.clip((0.14 - surface.roughness) / 0.08, 0.0, 1.0)
        asked = lamps.Asked(surface, place.start, place.retroreflection, gloss)
        lamp = lamps.draw(stage.lanterns, asked, place.listed, given.number(4), given.pair(5))
        found.append((lamp.direction, lamp.reach, lamp.light))
    return found
