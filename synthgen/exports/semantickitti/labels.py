"""Our classes and instances in SemanticKITTI's words."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int, UInt16, UInt32

from synthgen.classes import BY_SEMANTIC, CLASSES
from synthgen.exports.semantickitti.names import (
    BICYCLIST,
    BY_ID,
    MOTORCYCLIST,
    OUTLIER,
    THINGS,
    UNLABELLED,
)
from synthgen.geometry import Array
from synthgen.readers.sensors import Sweep
from synthgen.readers.shard import Clip

MOVING = 0.2
"""[m/s] from which a thing moves."""
SURFACE = 0
"""Cause of an ordinary return."""
RIDDEN = {"bicycle": BICYCLIST, "motorcycle": MOTORCYCLIST}
"""Rider and what is ridden are one, by the class of what is ridden."""


@dataclass(frozen=True, eq=False)
class Labeller:
    """Looks up the words of the points of one sequence.

    Attributes:
        by_class: id by our class id.
        by_instance: id by our instance id, 0 where the class decides.
        joined: instance id by our instance id.
    """

    by_class: UInt16[Array, "c"]
    by_instance: UInt16[Array, "i"]
    joined: UInt16[Array, "i"]

    def words(self, sweep: Sweep) -> UInt32[Array, "n"]:
        """Return the label of each point: class in the low, instance in the high 16 bits.

        What comes from no surface (rain, fog, snow, spray, smoke, mirrored points) is an outlier.
        """
        own = self.by_instance[sweep.instance]
        kind = np.where(own > 0, own, self.by_class[sweep.semantic])
        kind = np.where(sweep.cause == SURFACE, kind, OUTLIER).astype(np.uint32)
        thing = np.isin(kind, [*THINGS, *_moving_ids()])
        instance = np.where(thing, self.joined[sweep.instance], 0).astype(np.uint32)
        return (kind | instance << 16).astype("<u4")


def labeller(clip: Clip) -> Labeller:
    """Return the labeller of the sequence that `clip` becomes.

    A thing moves in all of it when it moves in any of its frames, as SemanticKITTI has it. Rider
    and what is ridden have the rider's instance.
    """
    things = _things(clip)
    by_track = {one["track"]: one for one in things.values()}
    by_instance, joined = np.zeros((2, 65_536), np.uint16)
    joined[:] = np.arange(65_536)
    for instance, row in things.items():
        ridden, rider = by_track.get(row["rides"], row), by_track.get(row["ridden_by"])
        kind = CLASSES[row["class"]].semantickitti
        if ridden is not row or rider is not None:
            kind = RIDDEN.get(ridden["class"], kind)
            joined[instance] = (rider or row)["instance"]
        moves = max(one["speed"] for one in (row, ridden, rider or row)) > MOVING
        by_instance[instance] = BY_ID[kind].moving if moves and BY_ID[kind].moving else kind
    return Labeller(_by_class(), by_instance, joined)


def _things(clip: Clip) -> Mapping[int, dict]:
    """Return a row per instance of the clip with its greatest `speed` [m/s]."""
    found: dict[int, dict] = {}
    for frame in clip.frames:
        for row in frame.things():
            one = found.setdefault(row["instance"], {**row, "speed": 0.0})
            one["speed"] = max(one["speed"], float(np.linalg.norm(row["velocity"])))
    return found


def _by_class() -> Int[Array, "c"]:
    table = np.full(max(BY_SEMANTIC) + 1, UNLABELLED, np.uint16)
    for number, info in BY_SEMANTIC.items():
        table[number] = info.semantickitti
    return table


def _moving_ids() -> list[int]:
    return [BY_ID[one].moving for one in THINGS if BY_ID[one].moving]
