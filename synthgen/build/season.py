"""The time of year of a city: colour of leaves and grass, and how many leaves are left."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from synthgen.materials import Material, Texture, srgb
from synthgen.world import Body

Color = tuple[float, float, float]
LEAVES = frozenset({"foliage", "lime leaves", "plane leaves", "maple leaves", "birch leaves"})
"""Materials of what is green in summer only; needles, evergreens and crops keep their colour."""


@dataclass(frozen=True)
class Season:
    """A time of year.

    Attributes:
        name: of it.
        tints: colours that leaves turn to; one is drawn for each kind of leaf.
        turned: share of the turn, least and most.
        street: share of the leaves left on street trees.
        garden: on garden trees, on bushes and in woods.
        grass: share by which grass is withered.
    """

    name: str
    tints: tuple[Color, ...]
    turned: tuple[float, float]
    street: float
    garden: float
    grass: float


WITHERED = srgb(138, 126, 84)
SEASONS: Mapping[str, tuple[float, Season]] = {
    "spring": (0.25, Season("spring", (srgb(128, 156, 62), srgb(148, 164, 82)), (0.2, 0.6),
                            0.9, 0.95, 0.0)),
    "summer": (0.4, Season("summer", (srgb(70, 92, 44),), (0.0, 0.15), 1.0, 1.0, 0.0)),
    "autumn": (0.25, Season("autumn", (srgb(178, 142, 58), srgb(160, 106, 52), srgb(140, 80, 50),
                                       srgb(168, 152, 60), srgb(120, 84, 46)), (0.35, 0.9),
                            0.65, 0.85, 0.15)),
    "winter": (0.1, Season("winter", (srgb(92, 78, 62), srgb(104, 88, 70)), (0.85, 1.0),
                           0.0, 0.0, 0.5)),
}  # fmt: skip
"""Seasons with their weights. A photograph's year: most driving data were taken in leaf."""


def draw_season(rng: np.random.Generator, name: str = "any") -> Season:
    """Return the season of that `name`, or any by weight."""
    if name != "any":
        return SEASONS[name][1]
    weights = np.array([weight for weight, _ in SEASONS.values()])
    names = list(SEASONS)
    return SEASONS[names[int(rng.choice(len(names), p=weights / weights.sum()))]][1]


def in_season(
    stuff: tuple[Body, ...], season: Season, rng: np.random.Generator
) -> tuple[Body, ...]:
    """Return `stuff` with its leaves and grass coloured as they are in `season`."""
    turned: dict[Material, Material] = {}
    return tuple(_turned(body, season, turned, rng) for body in stuff)


def _turned(
    body: Body, season: Season, turned: dict[Material, Material], rng: np.random.Generator
) -> Body:
    for one in body.mesh.materials:
        if one not in turned:
            turned[one] = _aged(one, season, rng)
    if all(turned[one] is one for one in body.mesh.materials):
        return body
    mesh = replace(body.mesh, materials=tuple(turned[one] for one in body.mesh.materials))
    return replace(body, mesh=mesh)


def _aged(one: Material, season: Season, rng: np.random.Generator) -> Material:
    if one.texture is Texture.FOLIAGE and one.name in LEAVES:
        tint = season.tints[int(rng.integers(len(season.tints)))]
        return replace(one, color=_mixed(one.color, tint, float(rng.uniform(*season.turned))))
    if one.texture is Texture.GRASS and one.name == "grass" and season.grass:
        return replace(one, color=_mixed(one.color, WITHERED, season.grass))
    return one


def _mixed(one: Color, other: Color, share: float) -> Color:
    red, green, blue = (float(a + share * (b - a)) for a, b in zip(one, other, strict=True))
    return red, green, blue
