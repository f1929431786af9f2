"""First bounce of lamp light: each lit patch of ground is a soft lamp of its own."""

from dataclasses import replace

import numpy as np

from synthgen.embree import Tracer
from synthgen.geometry import Array, unit
from synthgen.light.sources import Sources
from synthgen.scene import Moment
from synthgen.snowpack import ground_reflectance
from synthgen.world import Beam

NO_BODY = -2
"""Body number of a patch: its light is too soft to be worth shadow rays."""
_REFLECTANCE = 0.12
# Flux that meets the ground over rated intensity [sr], by integrating `light.beams.gain` below the
# horizon; reach of the patch over the way to it.
_FLUX = {Beam.STREET: 6.28, Beam.LOW_BEAM: 0.0184, Beam.HIGH_BEAM: 0.0102}
_SPREAD = {Beam.STREET: 0.7, Beam.LOW_BEAM: 0.25, Beam.HIGH_BEAM: 0.2}
_FARTHEST = 30.0


def patches(tracer: Tracer, moment: Moment, lamps: Sources, near: Array) -> Sources:
    """Return a Lambert lamp for each patch that one of `lamps` lights within 120 m of `near`.

    Source: A. Keller, "Instant radiosity", SIGGRAPH 1997, with one virtual light per lamp.
    """
    close = np.linalg.norm(lamps.position - near, axis=1) < 120.0
    throws = lamps.select(np.isin(lamps.beam, [int(beam) for beam in _FLUX]) & close)
    if not len(throws):
        return throws
    street = throws.beam == Beam.STREET
    aim = unit(throws.axes[:, 0] - np.where(street, 0.0, 0.06)[:, None] * np.array([0.0, 0.0, 1.0]))
    start = throws.position + 0.4 * aim
    hits = tracer.frozen_hits(moment, start.astype(np.float32), aim.astype(np.float32))
    found = hits.distance < _FARTHEST
    place = start[found] + aim[found] * hits.distance[found][:, None]
    lit = _patches(throws.select(found), place)
    depth = moment.scene.world.environment.snow_cover / 100
    white = ground_reflectance(np.full(3, _REFLECTANCE), depth) / _REFLECTANCE
    return replace(lit, intensity=lit.intensity * white)


def candela(beam: Beam) -> float:
    """Return the luminous intensity of a patch straight up, over that of a lamp with this beam."""
    return _FLUX[beam] * _REFLECTANCE / np.pi


def _patches(throws: Sources, place: Array) -> Sources:
    count = len(throws)
    beams = [Beam(int(number)) for number in throws.beam]
    level = np.array([candela(beam) for beam in beams]).reshape(-1, 1)
    spread = np.array([_SPREAD[beam] for beam in beams])
    way = np.linalg.norm(place - throws.position, axis=1)
    up = np.array([[0.0, 0.0, 1.0], [0.0, 1.0, 0.0], [-1.0, 0.0, 0.0]])
    return Sources(
        position=place + np.array([0.0, 0.0, 0.05]),
        axes=np.broadcast_to(up, (count, 3, 3)),
        intensity=throws.intensity * level,
        beam=np.full(count, int(Beam.LAMBERT)),
        radius=np.maximum(spread * way, 1.0),
        body=np.full(count, NO_BODY),
    )
