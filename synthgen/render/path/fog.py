"""Lamp light on its way through fog to a surface, in Dr.Jit: `raycast.passage` once more."""

from typing import Any, NamedTuple

import drjit as dr
import mitsuba as mi

from synthgen.render.path.arrays import numbers
from synthgen.render.raycast.halo import DEPTHS, FAR, TURNS, deep, turning
from synthgen.render.raycast.passage import Passage
from synthgen.world import Beam


class Fog(NamedTuple):
    """`raycast.passage.Passage`, its tables flat."""

    extinction: Any
    arriving: Any
    uneven: Any
    ring: Any


def fog_of(air: Passage) -> Fog | None:
    """Return the tables of `air`, None if it is clear."""
    if air.extinction == 0.0:
        return None
    tables = (numbers(table.ravel()) for table in (air.arriving, air.uneven, air.ring))
    return Fog(dr.opaque(mi.Float, air.extinction), *tables)


def scattered(fog: Fog, turned: tuple[Any, Any, Any], gap: Any, cosine: Any) -> Any:
    """Return light scattered on its `gap` [m] from lamps to surfaces, over I / d^2.

    `turned` are the lamps' patterns, the cosines between their axes and the ways and their gains
    there; `cosine` is that of the incidence. See `raycast.passage.scattered_flux` and `slanted`.
    """
    beam, forward, gain = turned
    depth, axis = deep(dr.minimum(fog.extinction * gap, FAR)), turning(forward)
    i = dr.minimum(mi.UInt32(depth), DEPTHS - 2)
    k = dr.minimum(mi.UInt32(dr.maximum(axis, 0.0)), TURNS - 2)
    part, side = depth - mi.Float(i), axis - mi.Float(k)
    first, row, ring = (beam * DEPTHS + i) * TURNS + k, beam * DEPTHS + i, beam * TURNS + k
    mean = _between(fog.ring, ring, ring + 1, side)
    more = dr.select(beam == int(Beam.STREET), gain - mean, 0.0)
    flux = []
    for n in range(2):
        near = _between(fog.arriving, first * 2 + n, first * 2 + 2 + n, side)
        behind = (first + TURNS) * 2 + n
        far = _between(fog.arriving, behind, behind + 2, side)
        uneven = _between(fog.uneven, row * 2 + n, row * 2 + 2 + n, part)
        flux.append(dr.maximum(dr.lerp(near, far, part) + more * uneven, 0.0))
    level = 0.5 * flux[0] * dr.maximum(cosine, 0.0)
    return level + dr.sqrt(level * level + flux[1] * flux[1])


def _between(table: Any, one: Any, two: Any, share: Any) -> Any:
    """Return `table` between two places."""
    return dr.lerp(dr.gather(mi.Float, table, one), dr.gather(mi.Float, table, two), share)
