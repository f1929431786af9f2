"""The one attribute of an annotation.

Source: Motional, nuScenes development kit, docs/instructions_nuscenes.md, "Attributes": vehicles
move, stop or are parked; cycles have a rider or not; people move, stand, sit or lie.
"""

from synthgen.exports.nuscenes.boxes import Box
from synthgen.exports.nuscenes.recording import Seen

MOVES = 0.1
"""[m/s] Slower than this is at rest."""


def attribute(category: str, box: Box) -> str:
    """Return the name of the attribute of `box`, empty for categories that have none."""
    if category in ("vehicle.bicycle", "vehicle.motorcycle", "human.pedestrian.personal_mobility"):
        return "cycle.with_rider" if len(box.members) > 1 else "cycle.without_rider"
    if category.startswith("vehicle."):
        return _vehicle(box.first)
    if category.startswith("human."):
        return _person(box.first)
    return ""


def speed(seen: Seen) -> float:
    """Return how fast something moves [m/s]."""
    return sum(value * value for value in seen.velocity) ** 0.5


def _vehicle(seen: Seen) -> str:
    if speed(seen) > MOVES:
        return "vehicle.moving"
    return "vehicle.stopped" if seen.lit else "vehicle.parked"


def _person(seen: Seen) -> str:
    if speed(seen) > MOVES:
        return "pedestrian.moving"
    return "pedestrian.sitting_lying_down" if seen.posture == "sitting" else "pedestrian.standing"
