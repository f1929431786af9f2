"""How people walk: the angle of every joint over one cycle."""

from dataclasses import dataclass

import numpy as np

from synthgen.assets.physique import Bone
from synthgen.assets.skeleton import Skeleton, Skin, Stance, pitch, posed, roll, yaw
from synthgen.geometry import Array
from synthgen.mesh import Mesh
from synthgen.world import Extent

THIGH = (
    (6.21, 21.22, -5.78, -1.04, -0.32, -0.16), (0.0, -2.58, -1.15, 0.66, 0.13, 0.01),
)  # fmt: skip
KNEE = (
    (21.82, -2.53, -14.21, -0.09, -0.28, -0.19, 0.05),
    (0.0, -18.64, 8.01, 4.46, 0.51, 0.28, 0.32),
)
ANKLE = (
    (-0.48, -1.46, 1.98, -2.35, 1.79, 0.22, 0.15),
    (0.0, 5.86, -7.10, 1.31, -1.23, -0.31, 0.06),
)
"""Cosine and sine terms [degrees] of thigh to vertical, knee flexion and ankle dorsiflexion.

Least-squares fit (better than 0.5 degrees) to the mean angles at the phases of free walking.

Source: J. Perry and J. Burnfield, "Gait Analysis: Normal and Pathological Function", 2nd ed.,
Slack, 2010, chapters 4 to 6.
"""


def stride(height: float) -> float:
    """Return the way per gait cycle [m] of someone `height` [m] tall.

    Source: Perry and Burnfield, 2010, chapter 1: 1.46 m for men (1.77 m tall) and 1.28 m for
    women (1.62 m tall), 0.81 of the height on average.
    """
    return 0.81 * height


def angle(terms: tuple[tuple[float, ...], tuple[float, ...]], phase: float) -> float:
    """Return the angle [rad] that a Fourier series [degrees] has at `phase` [cycles]."""
    turn = 2 * np.pi * phase * np.arange(len(terms[0]))
    return float(np.radians(np.cos(turn) @ terms[0] + np.sin(turn) @ terms[1]))


@dataclass(frozen=True)
class Manner:
    """How someone walks.

    Attributes:
        reach: 1 for the mean stride angles, less for short steps.
        swing: 1 for the mean arm swing.
        stoop: [rad] of the upper body forward.
        elbow: [rad] mean bend of the elbow.
        spread: [rad] between hanging arm and body.
    """

    reach: float
    swing: float
    stoop: float
    elbow: float
    spread: float


@dataclass(frozen=True, eq=False)
class Walking:
    """A skin that walks; phase 0 and 1 are contacts of the left heel."""

    skin: Skin
    manner: Manner

    def __call__(self, phase: float) -> tuple[Mesh, Extent]:
        """Return surface and box at `phase` [cycles]."""
        stance = walking_stance(self.skin.skeleton, self.manner, phase)
        return posed(self.skin, stance, grounded=True)


def walking_stance(skeleton: Skeleton, manner: Manner, phase: float) -> Stance:
    """Return the bones at `phase` [cycles] of the walk.

    The pelvis turns forward with the leading leg by 5 degrees and drops towards the swinging leg
    by 4, the chest turns against it (Perry and Burnfield, 2010, chapter 7). Shoulders swing from
    24 degrees back to 8 forward, elbows bend from 20 to 43.

    Source: M. P. Murray, S. B. Sepic and E. J. Barnard, "Patterns of sagittal rotation of the
    upper limbs in walking", Physical Therapy 47, 1967.
    """
    wave, late = np.cos(2 * np.pi * phase), np.sin(2 * np.pi * phase)
    turns = np.tile(np.eye(3), (len(Bone), 1, 1))
    reach = manner.reach
    turns[Bone.PELVIS] = yaw(-0.087 * reach * wave) @ roll(0.05 * reach * late)
    chest = yaw(0.07 * reach * wave) @ pitch(-0.04 - manner.stoop)
    turns[Bone.CHEST] = chest
    turns[Bone.HEAD] = pitch(-0.02 - 0.35 * manner.stoop)
    for first, sign, own in ((0, 1, phase), (1, -1, phase + 0.5)):
        _leg(turns, first, own, reach)
        _arm(turns, first, sign, own, manner)
    front, back = _hem(turns)
    turns[Bone.HEM_FRONT], turns[Bone.HEM_BACK] = pitch(front), pitch(back)
    return Stance(skeleton.joints[0], turns)


def _leg(turns: Array, first: int, phase: float, reach: float) -> None:
    thigh = reach * angle(THIGH, phase)
    shank = thigh - (0.25 + 0.75 * reach) * angle(KNEE, phase)
    turns[Bone.THIGH_LEFT + first] = pitch(thigh)
    turns[Bone.SHANK_LEFT + first] = pitch(shank)
    turns[Bone.FOOT_LEFT + first] = pitch(shank + reach * angle(ANKLE, phase))


def _arm(turns: Array, first: int, sign: int, phase: float, manner: Manner) -> None:
    forward = -np.cos(2 * np.pi * phase)
    upper = np.radians(-6 + 17 * manner.swing * forward)
    lower = upper + manner.elbow + np.radians(11) * manner.swing * forward
    turns[Bone.ARM_LEFT + first] = roll(sign * manner.spread) @ pitch(upper)
    turns[Bone.FOREARM_LEFT + first] = roll(sign * 0.4 * manner.spread) @ pitch(lower)


def _hem(turns: Array) -> tuple[float, float]:
    """Return the angles [rad] of the front and the back of a skirt: those of the outer thighs."""
    swung = [float(np.arcsin(turns[bone][2, 0])) for bone in (Bone.THIGH_LEFT, Bone.THIGH_RIGHT)]
    return max(swung) * 0.9, min(swung) * 0.9
