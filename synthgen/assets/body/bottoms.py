"""What is worn below the waist: trousers, shorts, skirts, shoes."""

from dataclasses import dataclass, replace

import numpy as np

from synthgen.assets.body.drape import Drape, Fall, falling
from synthgen.assets.body.loosening import ARM, LEG, X, Z, eased, tubed
from synthgen.assets.body.surface import (
    Surface,
    banded,
    border,
    coated,
    extruded,
    kept,
    vertex_normals,
)
from synthgen.assets.body.tops import CUTS
from synthgen.assets.body.wearer import Wearer
from synthgen.assets.wardrobe import Outfit
from synthgen.geometry import Array

WAISTBAND = 0.15
"""[m] `home` height of a waistband that shows."""
HIDDEN = 0.07
"""[m] the same below a garment that falls over it."""


@dataclass(frozen=True)
class Legs:
    """How trousers are made: ease [m], way along the leg at which they end, widths of `tubed`."""

    ease: float
    end: float
    widths: tuple[float, float, float]


LEGS = {
    "trousers": Legs(0.007, 1.86, (1.0, 1.12, 1.10)),
    "jeans": Legs(0.004, 1.85, (0.98, 1.04, 0.88)),
    "wide": Legs(0.010, 1.87, (1.04, 1.28, 1.35)),
    "tights": Legs(0.001, 1.97, (0.0, 0.0, 0.0)),
    "shorts": Legs(0.010, 0.88, (1.05, 1.32, 1.32)),
}
_SKIRTS = {
    "skirt": Fall(0.40, 0.10, 0.012, 0.030), "long_skirt": Fall(0.62, 0.09, 0.014, 0.035),
    "short_skirt": Fall(0.25, 0.16, 0.010, 0.040),
}  # fmt: skip
_HIP = 0.0
"""[m] `home` height from which a skirt falls."""


def bottom(wearer: Wearer, outfit: Outfit) -> tuple[Surface, Drape | None]:
    """Return trousers, or a skirt and how it falls; finishes are 0 cloth, 1 belt, 2 tape."""
    if outfit.lower in _SKIRTS:
        return _skirt(wearer, _SKIRTS[outfit.lower], not CUTS[outfit.upper].drop)
    return _trousers(wearer, outfit), None


def _trousers(wearer: Wearer, outfit: Outfit) -> Surface:
    legs = LEGS[outfit.lower]
    suit = wearer.suit()
    tucked = not CUTS[outfit.upper].drop
    waist = np.clip((suit.home[:, Z] - 0.05) / 0.07, 0, 1) * 0.008 * tucked
    points = eased(suit, (legs.ease + waist) * wearer.scale, 1)
    points = tubed(wearer, suit, points, "leg", legs.widths)
    suit = wearer.located(replace(suit, points=points))
    home = suit.home
    high = WAISTBAND if tucked else HIDDEN
    field = np.min([high - home[:, Z], legs.end - home[:, LEG], _no_arms(home)], axis=0)
    garment = kept(suit, field)
    garment = _hemmed(garment, legs, wearer.scale)
    belt = [(lambda home: home[:, Z], WAISTBAND - 0.035, WAISTBAND)]
    garment = banded(garment, belt, 1, lambda home: home[:, Z] > 0.05)
    if outfit.upper == "vest":
        for spot in (1.25, 1.50):
            band = [(lambda home: home[:, LEG], spot - 0.07, spot + 0.07)]
            garment = banded(garment, band, 2, lambda home: home[:, LEG] > 0.9)
    return garment


def _hemmed(garment: Surface, legs: Legs, scale: float) -> Surface:
    """Return trousers with a little more length and the hem turned in."""
    edges = border(garment)
    hem = np.abs(garment.home[edges][:, :, LEG] - legs.end).max(axis=1) < 0.02
    normals = vertex_normals(garment.points, garment.triangles)
    down = np.array([0.0, 0.0, -0.055 * scale]) * (1.8 < legs.end < 1.9)
    garment, low = extruded(garment, edges[hem], 0.0 * normals + down)
    shift = np.zeros_like(garment.points)
    shift[np.unique(low)] = -0.012 * scale * normals[np.unique(edges[hem])]
    return extruded(garment, low, shift)[0]


def _no_arms(home: Array) -> Array:
    return 0.05 - home[:, ARM]


def _skirt(wearer: Wearer, fall: Fall, tucked: bool) -> tuple[Surface, Drape]:
    body = wearer.suit()
    suit = replace(body, points=eased(body, (0.016 if tucked else 0.010) * wearer.scale, 2))
    home = suit.home
    limits = [(WAISTBAND if tucked else 0.13) - home[:, Z], home[:, Z] - _HIP, _no_arms(home)]
    garment = kept(suit, np.min(limits, axis=0))
    edges = border(garment)
    hem = garment.home[edges].mean(axis=1)[:, Z] < _HIP + 0.07
    return falling(wearer, garment, edges[hem], fall, body)


def shoes(wearer: Wearer, outfit: Outfit) -> Surface:
    """Return both shoes; finishes are 0 upper, 1 sole."""
    suit = wearer.suit()
    points = eased(suit, 0.007 * wearer.scale, 1)
    home = suit.home
    floor = float(suit.points[:, 2].min())
    under = home[:, Z] < -0.806
    points[under, 2] = floor - 0.014 * wearer.scale
    suit = replace(suit, points=points)
    height = {"boots": -0.64, "shoes": -0.725}[outfit.shoe]
    field = np.minimum(home[:, LEG] - 1.4, height + 0.35 * (0.0 - home[:, X]) - home[:, Z])
    pair = kept(suit, field)
    return coated(pair, floor + 0.010 * wearer.scale - pair.points[:, 2], 1)
