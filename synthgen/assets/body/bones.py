"""The bones of a person: which there are, where they are at rest, how they hang."""

from enum import IntEnum

import numpy as np
from jaxtyping import Float

from synthgen.assets.body.data import BodyData
from synthgen.assets.skeleton import FIXED, Skeleton
from synthgen.geometry import Array, unit


class Bone(IntEnum):
    """Bones; left before right. The first 27 carry the body, then come a hem, gear, umbrellas."""

    PELVIS = 0
    SPINE = 1
    CHEST = 2
    NECK = 3
    HEAD = 4
    CLAVICLE_LEFT = 5
    CLAVICLE_RIGHT = 6
    ARM_LEFT = 7
    ARM_RIGHT = 8
    FOREARM_LEFT = 9
    FOREARM_RIGHT = 10
    HAND_LEFT = 11
    HAND_RIGHT = 12
    FINGERS_LEFT = 13
    FINGERS_RIGHT = 14
    TIPS_LEFT = 15
    TIPS_RIGHT = 16
    THUMB_LEFT = 17
    THUMB_RIGHT = 18
    THIGH_LEFT = 19
    THIGH_RIGHT = 20
    SHANK_LEFT = 21
    SHANK_RIGHT = 22
    FOOT_LEFT = 23
    FOOT_RIGHT = 24
    TOES_LEFT = 25
    TOES_RIGHT = 26
    HEM_FRONT = 27
    HEM_BACK = 28
    GEAR = 29
    WHEELS = 30
    UMBRELLA_LEFT = 31
    UMBRELLA_RIGHT = 32


PARENTS = (
    -1, 0, 1, 2, 3, 2, 2, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 11, 12, 0, 0, 19, 20, 21, 22, 23, 24,
    0, 0, FIXED, FIXED, 11, 12,
)  # fmt: skip
_TRUNK = ("pelvis", "spine-4", "spine-3", "neck", "head")
_LIMBS = (
    "clavicle", "shoulder", "elbow", "hand", "finger-3-1", "finger-3-2", "finger-1-1",
    "upper-leg", "knee", "ankle", "foot-1",
)  # fmt: skip
_CHAINS = (
    (Bone.ARM_LEFT, "shoulder", "elbow"), (Bone.FOREARM_LEFT, "elbow", "hand"),
    (Bone.HAND_LEFT, "hand", "finger-3-1"), (Bone.FINGERS_LEFT, "finger-3-1", "finger-3-2"),
    (Bone.TIPS_LEFT, "finger-3-2", "finger-3-4"), (Bone.THIGH_LEFT, "upper-leg", "knee"),
    (Bone.SHANK_LEFT, "knee", "ankle"),
)  # fmt: skip
_DOWN = np.array([0.0, 0.0, -1.0])


def skeleton(points: Float[Array, "p 3"], data: BodyData) -> Skeleton:
    """Return the bones of the body with marks and vertices `points` [m], in the rest pose."""
    sided = [f"{side}-{name}" for name in _LIMBS for side in "lr"]
    rows = [data.marks[name] for name in (*_TRUNK, *sided)] + [data.marks["pelvis"]] * 6
    joints = points[rows]
    joints[[Bone.GEAR, Bone.WHEELS]] = 0.0
    joints[Bone.UMBRELLA_LEFT :] = grips(points, data)
    return Skeleton(PARENTS, joints)


def grips(points: Float[Array, "p 3"], data: BodyData) -> Float[Array, "2 3"]:
    """Return where the left and the right fist hold a shaft [m], in the rest pose."""
    turns, found = hanging_turns(points, data), []
    for first, side in ((0, "l"), (1, "r")):
        palm = 0.35 * points[data.marks[f"{side}-hand"]]
        palm = palm + 0.65 * points[data.marks[f"{side}-finger-3-2"]]
        inward = np.array([0.0, 0.022 * (2 * first - 1), 0.0])
        found.append(palm + inward @ turns[Bone.HAND_LEFT + first])
    return np.array(found)


def hanging_turns(points: Float[Array, "p 3"], data: BodyData) -> Float[Array, "b 3 3"]:
    """Return the turn of each bone that takes the rest pose to limbs hanging straight down.

    Every turn is the shortest one, so that palms look at the thighs; thumbs go with the hand.
    """
    turns = np.tile(np.eye(3), (len(Bone), 1, 1))
    for bone, start, end in _CHAINS:
        for first, side in ((0, "l"), (1, "r")):
            way = points[data.marks[f"{side}-{end}"]] - points[data.marks[f"{side}-{start}"]]
            turns[bone + first] = shortest(way, _DOWN)
    for first in (0, 1):
        turns[Bone.THUMB_LEFT + first] = turns[Bone.HAND_LEFT + first]
    return turns


def shortest(start: Float[Array, "3"], end: Float[Array, "3"]) -> Float[Array, "3 3"]:
    """Return the turn about the common normal that takes direction `start` to `end`.

    Rodrigues' formula; the two must not be opposite.
    """
    a, b = unit(np.asarray(start, float)), unit(np.asarray(end, float))
    axis, cosine = np.cross(a, b), float(a @ b)
    cross = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
    return np.eye(3) + cross + cross @ cross / (1 + cosine)
