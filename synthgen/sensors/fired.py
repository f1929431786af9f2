"""The pulses of a sweep and what they meet: the same in any light and weather."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from synthgen.embree import Tracer
from synthgen.geometry import Array
from synthgen.rays import Hits
from synthgen.rig import Lidar
from synthgen.scene import Moment
from synthgen.sensors.footprint import Parts, footprints
from synthgen.sensors.mirrors import beyond
from synthgen.sensors.surface import Surfaces, surfaces
from synthgen.sensors.sweep import Sweep, sweep


@dataclass(frozen=True, eq=False)
class Fired:
    """The rays of a sweep and what they meet.

    Attributes:
        cast: the rays, one a pulse.
        hits: what they meet.
        distance: [m] of that, infinite for nothing.
        tracer: knows what else is there.
        edges: more rays of the beams that straddle two depths.
        surface: what that is.
        keep: share of each pulse that its ray in `cast` stands for.
        behind: what pulses meet behind panes of glass.
    """

    cast: Sweep
    hits: Hits
    distance: Float[Array, "n"]
    surface: Surfaces
    tracer: Tracer
    edges: Parts
    keep: Float[Array, "n"]
    behind: Parts


def fire(lidar: Lidar, tracer: Tracer, moment: Moment) -> Fired:
    """Return the rays of a sweep around the moment and what they meet."""
    cast = sweep(lidar, moment.scene.ego, moment.time)
    hits = _first(lidar, tracer, moment, cast)
    distance = np.where(hits.hit, hits.distance, np.inf).astype(float)
    surface = surfaces(moment, hits, lidar.model.wavelength)
    edges, keep = footprints(lidar.model, tracer, moment, cast, (hits, surface))
    panes = (surface["transmission"] > 0) & (hits.body != ego_of(moment))
    behind = beyond(lidar.model, tracer, moment, cast, (hits, surface, panes))
    return Fired(cast, hits, distance, surface, tracer, edges, keep, behind)


def _first(lidar: Lidar, tracer: Tracer, moment: Moment, cast: Sweep) -> Hits:
    """Return what the rays meet first; the car that carries the lidar they meet as ever."""
    own, reach = ego_of(moment), lidar.model.farthest
    carrier = [number for number, one in enumerate(moment.things) if one.number == own]
    if not carrier:
        return tracer.sweep_hits(moment, cast.rays, reach)
    return tracer.carried_hits(moment, cast.rays, reach, (carrier[0], cast.carried))


def ego_of(moment: Moment) -> int:
    """Return the body number of the car that carries the sensors."""
    return len(moment.scene.world.stuff) + moment.scene.world.ego
