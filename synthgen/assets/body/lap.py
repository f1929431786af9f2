"""What a seat does to who sits on it: cloth lies on it, hands lie in the lap."""

import numpy as np
from jaxtyping import Float

from synthgen.assets.body.bones import Bone
from synthgen.assets.skeleton import Skin, Stance, posed
from synthgen.geometry import Array
from synthgen.road_user import SEAT

HANGS = 3.0
"""[m/m] How steeply cloth falls over the front edge of a seat."""
THIN = 0.003
"""[m] Of cloth that lies on a seat, below who sits on it."""
PALM = 0.06
"""[m] About the middle of a hand, in which it meets what it lies on."""
_BELOW = [Bone.SHANK_LEFT, Bone.SHANK_RIGHT, Bone.FOOT_LEFT, Bone.FOOT_RIGHT, Bone.TOES_LEFT,
          Bone.TOES_RIGHT]  # fmt: skip
_HEMS = [Bone.HEM_FRONT, Bone.HEM_BACK]
_THIGHS = [Bone.PELVIS, Bone.THIGH_LEFT, Bone.THIGH_RIGHT]
_HAND = [Bone.HAND_LEFT, Bone.FINGERS_LEFT]


def lay_on_seat(points: Float[Array, "v 3"], skin: Skin, edge: float) -> None:
    """Raise what hangs through a seat onto it; shins and feet stay in front of it.

    Args:
        points: [m] vertices of `skin` as posed, body frame, z from the ground.
        skin: whose.
        edge: [m] x of the front edge of the seat.
    """
    low = SEAT - THIN - HANGS * np.maximum(points[:, 0] - edge, 0.0)
    legs = skin.weights[:, _BELOW].sum(axis=1) > 0.5
    points[:, 2] = np.where(legs, points[:, 2], np.maximum(points[:, 2], low))


def seat_height(skin: Skin, stance: Stance) -> float:
    """Return the height [m] of the lowest point of bottom and thighs in a `stance` on a seat."""
    points = posed(skin, stance, grounded=False)[0].vertices
    near = (skin.weights[:, _THIGHS].sum(axis=1) > 0.6) & skin.counted
    near &= np.abs(points[:, 0]) < 0.18
    for cloth in skin.loose:
        near[skin.mesh.triangles[cloth.triangles]] = False
    return float(points[near, 2].min())


def hand_height(skin: Skin, stance: Stance) -> float:
    """Return how high [m] the left hand is above the thigh, or cloth on it; negative inside.

    0 where it is above neither.
    """
    points = posed(skin, stance, grounded=False)[0].vertices
    hand = points[skin.weights[:, _HAND].sum(axis=1) > 0.9]
    lap = skin.weights[:, [*_THIGHS, *_HEMS, Bone.SHANK_LEFT]].sum(axis=1) > 0.6
    away = np.linalg.norm(points[:, :2] - hand[:, :2].mean(axis=0), axis=1)
    under = points[lap & (away < PALM), 2]
    over = hand[np.linalg.norm(hand[:, :2] - hand[:, :2].mean(axis=0), axis=1) < PALM, 2]
    return float(over.min() - under.max()) if len(under) else 0.0
