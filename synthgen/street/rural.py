"""What stands along a country road: delineators, guard rails at bends, utility poles with wires."""

from itertools import pairwise

import numpy as np
from jaxtyping import Float
from shapely.geometry.base import BaseGeometry

from synthgen.geometry import Array
from synthgen.materials import Material, Texture, srgb
from synthgen.mesh import Mesh, merge
from synthgen.network import Lane, Network
from synthgen.street.barriers import guard_rail
from synthgen.street.fixture import Roadside
from synthgen.street.linear import (
    Height,
    Piece,
    fixtures,
    obstacles,
    off_road,
    pieces,
    sharpest,
)  # fmt: skip
from synthgen.street.motorway import LONGEST, post_bodies
from synthgen.street.parts import block, tube
from synthgen.street.signals import at
from synthgen.street.verge import Station, clear, length, outer_lanes, stations
from synthgen.world import Body

RAIL = 1.05
"""[m] from the lane's border to a guard rail."""
BEND = 1 / 420
"""[1/m] Curvature from which on the outside of a bend has a guard rail."""
POLES = 42.0
"""[m] between utility poles: 40 to 50 m on low-voltage lines (DIN VDE 0211)."""
POLE = 8.2
"""[m] of a pole above the ground."""
SAG = 0.018
"""Sag of a wire over its span, at mild temperatures (same source)."""
TIMBER = Material("pole wood", srgb(98, 84, 68), 0.9, texture=Texture.BARK, reflectance=0.35)
WIRE = Material("wire", srgb(52, 54, 56), 0.5, 0.4, reflectance=0.2)
CERAMIC = Material("insulator", srgb(120, 84, 62), 0.2, reflectance=0.3)


def rural_roadside(
    network: Network, blocked: BaseGeometry, height: Height, rng: np.random.Generator
) -> Roadside:
    """Return what stands along the roads; `blocked` is the carriageway with a margin."""
    outer = outer_lanes(network)
    rails = off_road([p for lane in outer for p in _bend_rail(lane)], blocked)
    posts = [
        spot
        for lane in outer
        if lane.road == "secondary"
        for spot in stations(lane, np.arange(20.0, length(lane) - 15, 50.0).tolist(), 0.8)
    ]
    lines, feet = _lines(outer, blocked, height, rng)
    stuff = [
        *post_bodies(clear(posts, blocked, np.zeros((0, 2)), 8.0), height),
        *([Body("street/lines", "pole", "utility", merge(lines))] if lines else []),
    ]
    things = fixtures(rails, guard_rail, height, "barrier/rail")
    return Roadside(tuple(stuff), tuple(things), np.concatenate([obstacles(rails, 0.3), feet]))


def _bend_rail(lane: Lane) -> list[Piece]:
    """Return guard rail along the middle of a lane that bends to the left, its outside."""
    step = np.diff(lane.shape[:, :2], axis=0)
    yaw = np.unwrap(np.arctan2(step[:, 1], step[:, 0]))
    if len(yaw) < 3 or yaw[-1] < yaw[0] or sharpest(lane) < BEND:
        return []
    total = length(lane)
    return pieces(lane, RAIL, (0.18 * total, 0.82 * total), LONGEST)


def _lines(
    outer: list[Lane], blocked: BaseGeometry, height: Height, rng: np.random.Generator
) -> tuple[list[Mesh], Float[Array, "n 5"]]:
    """Return poles and wires along one side of some roads, and where the poles stand."""
    parts: list[Mesh] = []
    feet: list[tuple[float, ...]] = []
    done: set[frozenset[str]] = set()
    for lane in outer:
        ends = frozenset((lane.start, lane.end))
        if ends in done or rng.random() > 0.55 or length(lane) < 120:
            continue
        done.add(ends)
        places = np.arange(18.0, length(lane) - 10, POLES).tolist()
        found = clear(stations(lane, places, 3.2), blocked, np.zeros((0, 2)), 5.0)
        if len(found) < 2:
            continue
        ground = height(np.array([(s.x, s.y) for s in found]))
        spots = [(s, float(z)) for s, z in zip(found, ground, strict=True)]
        parts += [at(utility_pole(), (s.x, s.y, z), s.yaw) for s, z in spots]
        for one, other in pairwise(spots):
            parts += _span(one, other)
        feet += [(s.x, s.y, s.yaw, 0.4, 0.4) for s in found]
    return parts, np.array(feet, float).reshape(-1, 5)


def utility_pole() -> Mesh:
    """Return a wooden pole at the origin with a cross arm along y and four insulators."""
    arm = block((-0.05, -0.85, POLE - 0.5), (0.05, 0.85, POLE - 0.4), TIMBER, "pole")
    pins = [
        tube([(0, y, POLE - 0.4), (0, y, POLE - 0.25)], 0.035, CERAMIC, "pole", 6) for y in _WIRES
    ]
    return merge([tube([(0, 0, -0.2), (0, 0, POLE)], [0.15, 0.1], TIMBER, "pole", 8), arm, *pins])


_WIRES = (-0.75, -0.3, 0.3, 0.75)


def _span(one: tuple[Station, float], other: tuple[Station, float]) -> list[Mesh]:
    """Return the wires between two poles: parabolas."""
    parts = []
    share = np.linspace(0, 1, 7)[:, None]
    for across in _WIRES:
        ends = np.array([_tip(*one, across), _tip(*other, across)])
        if np.linalg.norm(ends[1] - ends[0]) > 1.6 * POLES:
            return []
        drop = 4 * SAG * np.linalg.norm(ends[1] - ends[0]) * share * (1 - share)
        line = ends[0] + share * (ends[1] - ends[0]) - drop * np.array([0, 0, 1.0])
        parts.append(tube(line, 0.012, WIRE, "pole", 3))
    return parts


def _tip(spot: Station, z: float, across: float) -> Array:
    left = np.array([-np.sin(spot.yaw), np.cos(spot.yaw)])
    return np.array([*(np.array([spot.x, spot.y]) + across * left), z + POLE - 0.25])
