"""How places of one kind look."""

from dataclasses import dataclass

import numpy as np

from synthgen.materials import Material, Texture
from synthgen.place import palette
from synthgen.place.layout import COUNTRY


@dataclass(frozen=True)
class Look:
    """The surfaces of one place.

    Attributes:
        road: carriageway.
        patch: repaired carriageway.
        kerb: kerb stones.
        walk: sidewalk slabs.
        ground: land in the blocks.
        paved: driveways, alleys and yards.
        wear: of road markings, 0 new to 1 gone.
        trees: share of the horizon that is trees; the rest is buildings.
        grove: trees tried for behind the plots.
        left: share of the leaves of trees and bushes.
    """

    road: Material
    patch: Material
    kerb: Material
    walk: Material
    ground: Material
    paved: Material
    wear: float
    trees: float
    grove: int
    left: float


TREES = {"downtown": 0.15, "suburb": 0.95, "arterial": 0.7, "industrial": 0.5, "rural": 1.0,
         "motorway": 1.0}  # fmt: skip
"""Share of the horizon that is trees; the rest is buildings."""
GROVES = {"downtown": 30, "suburb": 280, "arterial": 200, "industrial": 60, "rural": 0,
          "motorway": 0}  # fmt: skip
"""Trees tried for behind the plots; open land has woods of its own."""

WORN = (84, 111)
"""sRGB grey of roads: reflectances of 0.09 to 0.16 about a mean of 0.12, see `palette.asphalt`."""
SLABS = (128, 166)
"""sRGB grey of sidewalks: grey concrete reflects 0.2 to 0.3 weathered and 0.35 to 0.4 when new.

Source: American Concrete Pavement Association, "Albedo: a measure of pavement surface
reflectance", R&T Update 3.05, 2002.
"""


def look(kind: str, rng: np.random.Generator, left: float = 1.0) -> Look:
    """Return the surfaces of a place of `kind`: downtown, suburb, arterial, osm or opendrive."""
    shade = int(rng.integers(*WORN))
    slabs = int(rng.integers(*SLABS))
    green = tuple(int(v) for v in np.array([82, 104, 52]) + rng.integers(-10, 12, 3))
    lawn = palette.grass(*green)
    yard = palette.concrete(int(rng.integers(118, 140)), "yard")
    return Look(
        road=palette.asphalt(shade),
        patch=palette.asphalt(shade - 20, "asphalt patch"),
        kerb=_kerb(kind),
        walk=palette.concrete(slabs, "sidewalk", Texture.PAVING),
        ground=yard if kind == "downtown" else lawn,
        paved=palette.concrete(int(rng.integers(146, 166)), "driveway"),
        wear=float(rng.uniform(0.1, 0.45)),
        trees=TREES.get(kind, 0.6),
        grove=GROVES.get(kind, 220),
        left=left,
    )


def _kerb(kind: str) -> Material:
    """Return what the edge of the carriageway is made of."""
    if kind in COUNTRY:
        return palette.VERGE
    return palette.GRANITE if kind == "downtown" else palette.concrete(158, "kerb")
