"""How riders sit: on saddles, hands on the grips, feet on pedals, pegs or boards."""

from dataclasses import dataclass

import numpy as np

from synthgen.assets.bicycles import Cycle
from synthgen.assets.physique import Bone
from synthgen.assets.skeleton import (
    Skeleton,
    Skin,
    Stance,
    joints_of,
    pitch,
    posed,
    reach,
)
from synthgen.geometry import Array, unit
from synthgen.mesh import Mesh
from synthgen.world import Extent

_TURNED = np.diag([-1.0, -1.0, 1.0])


@dataclass(frozen=True, eq=False)
class Seat:
    """Where a rider is held.

    Attributes:
        hip: [m] hip joint.
        grip: [m] middle of the left grip; the right one mirrors it.
        lean: [rad] of the upper body forward.
    """

    hip: tuple[float, float, float]
    grip: tuple[float, float, float]
    lean: float


@dataclass(frozen=True, eq=False)
class Pedalling:
    """A rider whose feet follow the pedals; phase counts turns of the crank."""

    skin: Skin
    seat: Seat
    cycle: Cycle

    def __call__(self, phase: float) -> tuple[Mesh, Extent]:
        """Return surface and box at `phase` [cycles]."""
        feet = (self.cycle.pedal(phase, 0), self.cycle.pedal(phase, 1))
        tilt = tuple(-0.18 - 0.16 * np.sin(2 * np.pi * (phase + 0.5 * first)) for first in (0, 1))
        stance = seated(self.skin.skeleton, self.seat, feet, (tilt[0], tilt[1]))
        return posed(self.skin, stance, grounded=False)


def seated(
    skeleton: Skeleton, seat: Seat, feet: tuple[Array, Array], tilt: tuple[float, float]
) -> Stance:
    """Return the bones of a rider whose balls of the feet rest on `feet` [m], `tilt` [rad] toes up.

    Joint angles follow from the places of hips, feet and hands (two-bone inverse kinematics).
    """
    turns = np.tile(np.eye(3), (len(Bone), 1, 1))
    turns[Bone.PELVIS] = pitch(-0.5 * seat.lean)
    turns[Bone.CHEST] = pitch(-seat.lean)
    turns[Bone.HEAD] = pitch(-0.25 * seat.lean)
    root = np.array(seat.hip)
    joints = skeleton.joints
    for first in (0, 1):
        _seat_leg(turns, joints, root, first, feet[first] + [0, 0, 0.012], tilt[first])
    for first, sign in ((0, 1), (1, -1)):
        shoulder = joints_of(skeleton, Stance(root, turns))[Bone.ARM_LEFT + first]
        grip = np.array(seat.grip) * [1, sign, 1]
        wrist = grip - 0.052 * joints[Bone.HEAD, 2] * unit(grip - shoulder) + [0, 0, 0.015]
        lengths = _lengths(joints, Bone.ARM_LEFT)
        bent = reach(shoulder, wrist, lengths, np.array([-0.4, 0.5 * sign, -1.0]))
        turns[Bone.ARM_LEFT + first] = bent[0] @ _TURNED
        turns[Bone.FOREARM_LEFT + first] = bent[1] @ _TURNED
    turns[Bone.HEM_FRONT], turns[Bone.HEM_BACK] = pitch(1.2), np.eye(3)
    return Stance(root, turns)


def _lengths(joints: Array, first: Bone) -> tuple[float, float]:
    """Return the lengths of an upper limb and of what follows it [m]."""
    if first == Bone.ARM_LEFT:
        upper = float(np.linalg.norm(joints[Bone.FOREARM_LEFT] - joints[Bone.ARM_LEFT]))
        return upper, upper * 0.146 / 0.178
    upper = float(np.linalg.norm(joints[Bone.SHANK_LEFT] - joints[Bone.THIGH_LEFT]))
    return upper, float(np.linalg.norm(joints[Bone.FOOT_LEFT] - joints[Bone.SHANK_LEFT]))


def _seat_leg(
    turns: Array, joints: Array, root: Array, first: int, ball: Array, tilt: float
) -> None:
    thigh, foot = Bone.THIGH_LEFT + first, Bone.FOOT_LEFT + first
    hip = root + turns[Bone.PELVIS] @ (joints[thigh] - joints[Bone.PELVIS])
    ankle_height = joints[foot, 2]
    turns[foot] = pitch(tilt)
    ankle = ball - turns[foot] @ np.array([1.5 * ankle_height, 0, -ankle_height])
    sign = 1 - 2 * first
    bent = reach(hip, ankle, _lengths(joints, Bone.THIGH_LEFT), np.array([1.0, 0.12 * sign, 0.3]))
    turns[thigh], turns[Bone.SHANK_LEFT + first] = bent
