"""The ways of one source's sound to the ears: straight, off the ground, off walls."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from synthgen.geometry import Array
from synthgen.sound.air import Air
from synthgen.sound.facades import GAIN, Facades
from synthgen.sound.obstacles import Blocked
from synthgen.sound.source import Source
from synthgen.sound.trajectory import Trajectory, retarded

GROUND = 0.97
"""Amplitude that asphalt gives back: 0.95 to 0.99 from 100 Hz to 4 kHz, in phase.

Source: T. Embleton, J. Piercy and G. Daigle, "Effective flow resistivity of ground surfaces
determined by acoustical measurements", J. Acoust. Soc. Am. 74, 1983: as good as hard."""
SNOW = 0.5
"""The same of lying snow, which is porous (estimate)."""
_NEAR = 0.4
"""[m] Rays to a wall end so much before its plane: window recesses, ledges."""
_BEYOND = 0.5
"""[m] and behind the plane something must stop them."""
_ALIKE = 0.98, 1.5
"""Cosine between normals and [m] between planes of what is one wall."""

UPSIDE_DOWN = np.diag([1.0, 1.0, -1.0])
STRAIGHT = np.eye(3)


@dataclass(frozen=True, eq=False)
class Way:
    """One way, as the straight one from a mirror image.

    Attributes:
        kind: direct, ground or facade.
        path: where the image is.
        mirror: maps directions at the image to those at the source.
        gain: amplitude that reflection leaves, at each control time of the ears; 0: cut off.
        detour: [m] around what is in between, at each control time.
    """

    kind: str
    path: Trajectory
    mirror: Float[Array, "3 3"]
    gain: Float[Array, "c"]
    detour: Float[Array, "c"]


def ways_of(
    source: Source, detour: Float[Array, "c"], ground: float, reflected: Sequence[Way]
) -> tuple[Way, ...]:
    """Return the ways of `source`: the ground's is cut off like the straight one."""
    full = np.ones(len(detour))
    direct = Way("direct", source.path, STRAIGHT, full, detour)
    if source.low:
        return (direct, *reflected)
    below = Way("ground", source.image, UPSIDE_DOWN, ground * full, detour)
    return (direct, below, *reflected)


def off_walls(
    source: Source,
    ear: Trajectory,
    control: Float[Array, "c"],
    walls: tuple[Facades, Blocked],
    air: Air,
    limit: tuple[int, float],
) -> tuple[Way, ...]:
    """Return the ways of `source` off the strongest walls that are seen from both ends.

    Args:
        source: what sounds.
        ear: the middle of the array.
        control: [s] when ways are looked at.
        walls: the walls, and what tells whether anything stands in between.
        air: gives the speed of sound.
        limit: how many at most, and the farthest images [m].
    """
    known = walls[0]
    if not len(known.area) or not limit[0]:
        return ()
    emitted, _ = retarded(source.path, ear, control, air.speed)
    place, here = source.path.at(emitted), ear.at(control)
    point, good = known.bounce(place, here)
    far = np.linalg.norm(point - place, axis=-1) + np.linalg.norm(point - here, axis=-1)
    good &= far < limit[1]
    seen = _seen(walls, (place, here), point, good)
    strength = np.where(seen, 1 / far**2, 0.0).sum(axis=1)
    found = []
    for number in _apart(known, strength, limit[0]):
        turn, offset = known.mirror(int(number))
        path = source.path.mapped(turn, offset)
        gain = GAIN * seen[number].astype(float)
        found.append(Way("facade", path, turn, gain, np.zeros(len(control))))
    return tuple(found)


def _apart(known: Facades, strength: Float[Array, "f"], most: int) -> list[int]:
    """Return the strongest walls; of those that are one wall with ledges only the strongest."""
    chosen: list[int] = []
    for number in np.argsort(-strength, kind="stable").tolist():
        if strength[number] <= 0 or len(chosen) == most:
            break
        alike = known.normal[chosen] @ known.normal[number] > _ALIKE[0]
        near = np.abs(known.offset[chosen] - known.offset[number]) < _ALIKE[1]
        if not (alike & near).any():
            chosen.append(number)
    return chosen


def _seen(
    walls: tuple[Facades, Blocked], ends: tuple[Array, Array], point: Array, good: Array
) -> Bool[Array, "f c"]:
    """Whether each point on a wall is seen from the source and from the ear, and is a wall."""
    known, still = walls
    wall, time = np.nonzero(good)
    seen = np.zeros(good.shape, bool)
    if not len(wall):
        return seen
    target, normal = point[wall, time], known.normal[wall]
    front, back = target + _NEAR * normal, target - _BEYOND * normal
    free = ~still(ends[0][time], front) & ~still(ends[1][time], front)
    left = np.flatnonzero(free)
    solid = still(front[left], back[left])
    seen[wall[left[solid]], time[left[solid]]] = True
    return seen
