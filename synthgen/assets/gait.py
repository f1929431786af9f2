"""How people walk and run: the angle of every joint over one cycle."""

from dataclasses import dataclass

import numpy as np

from synthgen.assets.body.bones import Bone
from synthgen.assets.body.figure import Figure
from synthgen.assets.skeleton import Stance, pitch, roll, yaw
from synthgen.geometry import Array

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


RUN_THIGH = (
    (13.95, 20.24, -3.10, -0.64, 0.22, -0.39, -0.10), (0.0, -21.91, 4.37, -0.94, 1.11, 0.29, 0.16),
)  # fmt: skip
RUN_KNEE = (
    (47.20, -17.78, -8.57, -2.80, 0.63, -0.84, -0.10),
    (0.0, -24.38, 21.42, 0.54, 1.13, 0.01, -0.11),
)
RUN_ANKLE = (
    (1.80, 11.88, -5.23, -3.18, 1.12, -1.44, 0.05), (0.0, 1.57, 7.45, -3.12, 0.18, 0.49, -0.59),
)  # fmt: skip
"""The same for running at about 3.2 m/s: landing at phase 0, toe-off at 0.38.

Least-squares fit (better than 0.9 degrees) to values read off the curves.

Source: T. F. Novacheck, "The biomechanics of running", Gait and Posture 7, 1998, figure 5.
"""


def stride(height: float) -> float:
    """Return the way per gait cycle [m] of someone `height` [m] tall.

    Source: Perry and Burnfield, 2010, chapter 1: 1.46 m for men (1.77 m tall) and 1.28 m for
    women (1.62 m tall), 0.81 of the height on average.
    """
    return 0.81 * height


def running_stride(height: float) -> float:
    """Return the way per running cycle [m] of someone `height` [m] tall, jogging at 3.2 m/s.

    Source: Novacheck, 1998, table 1: 1.39 cycles a second, so 2.3 m, 1.3 heights.
    """
    return 1.3 * height


def angle(terms: tuple[tuple[float, ...], tuple[float, ...]], phase: float) -> float:
    """Return the angle [rad] that a Fourier series [degrees] has at `phase` [cycles]."""
    turn = 2 * np.pi * phase * np.arange(len(terms[0]))
    return float(np.radians(np.cos(turn) @ terms[0] + np.sin(turn) @ terms[1]))


@dataclass(frozen=True)
class Style:
    """How someone moves.

    Attributes:
        reach: 1 for the mean stride angles, less for short steps.
        swing: 1 for the mean arm swing, left.
        swing_right: the same for the right arm.
        stoop: [rad] of the upper body forward.
        elbow: [rad] mean bend of the elbow.
        spread: [rad] between hanging arm and body.
        toe_out: [rad] of the feet.
        curl: [rad] of the fingers.
    """

    reach: float = 1.0
    swing: float = 1.0
    swing_right: float = 1.0
    stoop: float = 0.03
    elbow: float = 0.4
    spread: float = 0.1
    toe_out: float = 0.08
    curl: float = 0.5


@dataclass(frozen=True)
class Walk:
    """A walk; phase 0 and 1 are contacts of the left heel.

    The pelvis turns forward with the leading leg by 5 degrees and drops towards the swinging leg
    by 4, the chest turns against it (Perry and Burnfield, 2010, chapter 7). Shoulders swing from
    24 degrees back to 8 forward, elbows bend from 20 to 43.

    Source: M. P. Murray, S. B. Sepic and E. J. Barnard, "Patterns of sagittal rotation of the
    upper limbs in walking", Physical Therapy 47, 1967.
    """

    style: Style

    def __call__(self, who: Figure, phase: float) -> Stance:
        """Return the stance of `who` at `phase` [cycles]."""
        style, moves = self.style, still()
        reach, turn = style.reach, 2 * np.pi * phase
        trunk(moves, yaw(-0.087 * reach * np.cos(turn)) @ roll(0.05 * reach * np.sin(turn)),
              yaw(0.07 * reach * np.cos(turn)) @ pitch(-0.04 - style.stoop))  # fmt: skip
        moves[Bone.HEAD] = pitch(-0.02 - 0.35 * style.stoop)
        for first, sign, own in ((0, 1, phase), (1, -1, phase + 0.5)):
            thigh = reach * angle(THIGH, own)
            shank = thigh - (0.25 + 0.75 * reach) * angle(KNEE, own)
            leg(moves, first, (thigh, shank, reach * angle(ANKLE, own)), style.toe_out)
            toes = np.clip(-(shank + reach * angle(ANKLE, own)) - 0.1, 0, 0.6)
            moves[Bone.TOES_LEFT + first] = moves[Bone.FOOT_LEFT + first] @ pitch(toes)
            forward = -np.cos(2 * np.pi * own)
            swing = style.swing_right if first else style.swing
            upper = np.radians(-6 + 17 * swing * forward)
            lower = upper + style.elbow + np.radians(11) * swing * forward
            arm(moves, first, roll(sign * style.spread) @ pitch(upper),
                roll(sign * 0.3 * style.spread) @ pitch(lower))  # fmt: skip
            fingers(moves, first, style.curl)
        hem(moves)
        return who.stance(pelvis(who), moves)


@dataclass(frozen=True)
class Run:
    """A jog: elbows bent, landings of the left foot one running stride apart.

    The phase counts walking strides as everyone's does, so that who moves people need not know
    what they do. The flight, about a centimetre high, is left out: the lower foot stays down.
    """

    style: Style

    def __call__(self, who: Figure, phase: float) -> Stance:
        """Return the stance of `who` at `phase` [walking strides]."""
        phase = phase * stride(who.height) / running_stride(who.height)
        style, moves = self.style, still()
        reach, turn = style.reach, 2 * np.pi * phase
        lean = pitch(-0.12 - style.stoop)
        trunk(moves, yaw(-0.12 * reach * np.cos(turn)) @ pitch(-0.10),
              yaw(0.16 * reach * np.cos(turn)) @ lean)  # fmt: skip
        moves[Bone.HEAD] = pitch(-0.03)
        for first, sign, own in ((0, 1, phase), (1, -1, phase + 0.5)):
            thigh = reach * angle(RUN_THIGH, own)
            shank = thigh - (0.3 + 0.7 * reach) * angle(RUN_KNEE, own)
            leg(moves, first, (thigh, shank, reach * angle(RUN_ANKLE, own)), style.toe_out)
            forward = -np.cos(2 * np.pi * own)
            upper = np.radians(-12 + 30 * style.swing * forward)
            lower = upper + np.radians(88 + 12 * forward)
            inward = yaw(-sign * 0.35)
            arm(moves, first, roll(sign * 1.6 * style.spread) @ pitch(upper),
                roll(sign * 1.2 * style.spread) @ inward @ pitch(lower))  # fmt: skip
            fingers(moves, first, 1.1)
        hem(moves)
        return who.stance(pelvis(who), moves)


def still() -> Array:
    """Return moves of all bones that leave the limbs hanging."""
    return np.tile(np.eye(3), (len(Bone), 1, 1))


def pelvis(who: Figure) -> Array:
    """Return the pelvis joint [m] over the origin, as high as at rest."""
    return who.skin.skeleton.joints[Bone.PELVIS] * [0, 0, 1]


def trunk(moves: Array, low: Array, high: Array) -> None:
    """Turn pelvis by `low` and chest by `high`, spine and neck between."""
    moves[Bone.PELVIS], moves[Bone.CHEST] = low, high
    moves[Bone.SPINE] = moves[Bone.NECK] = mean_turn(low, high)
    moves[Bone.NECK] = mean_turn(high, np.eye(3))
    moves[Bone.CLAVICLE_LEFT] = moves[Bone.CLAVICLE_RIGHT] = high


def mean_turn(one: Array, two: Array) -> Array:
    """Return the turn half way between two small ones: the nearest rotation to their mean."""
    left, _, right = np.linalg.svd(one + two)
    return left @ right


def leg(moves: Array, first: int, angles: tuple[float, float, float], toe_out: float) -> None:
    """Turn a leg by thigh and shank to the vertical and the ankle's flexion [rad].

    Legs slant 3 degrees inward, so that feet come down closer together than hips.
    """
    thigh, shank, ankle = angles
    sign = 1 - 2 * first
    inward = roll(-0.055 * sign)
    moves[Bone.THIGH_LEFT + first] = inward @ pitch(thigh)
    moves[Bone.SHANK_LEFT + first] = inward @ pitch(shank)
    moves[Bone.FOOT_LEFT + first] = yaw(sign * toe_out) @ pitch(shank + ankle)
    moves[Bone.TOES_LEFT + first] = moves[Bone.FOOT_LEFT + first]


def arm(moves: Array, first: int, upper: Array, lower: Array) -> None:
    """Turn an arm; hand and fingers follow the forearm."""
    moves[Bone.ARM_LEFT + first] = upper
    for bone in (Bone.FOREARM_LEFT, Bone.HAND_LEFT, Bone.THUMB_LEFT):
        moves[bone + first] = lower


def fingers(moves: Array, first: int, curl: float) -> None:
    """Curl the fingers of a hand by `curl` [rad] at each of two joints, towards the palm."""
    sign = 1 - 2 * first
    hand = moves[Bone.HAND_LEFT + first]
    moves[Bone.FINGERS_LEFT + first] = hand @ roll(-sign * curl)
    moves[Bone.TIPS_LEFT + first] = hand @ roll(-2.2 * sign * curl)
    moves[Bone.THUMB_LEFT + first] = hand @ roll(-0.4 * sign * curl)


def hem(moves: Array) -> None:
    """Let front and back of a skirt swing with the outer thighs."""
    thighs = [_forward(moves[bone]) for bone in (Bone.THIGH_LEFT, Bone.THIGH_RIGHT)]
    shanks = [_forward(moves[bone]) for bone in (Bone.SHANK_LEFT, Bone.SHANK_RIGHT)]
    back = min(*thighs, *(0.5 * (one + two) for one, two in zip(thighs, shanks, strict=True)))
    moves[Bone.HEM_FRONT], moves[Bone.HEM_BACK] = pitch(max(thighs)), pitch(back)


def _forward(turn: Array) -> float:
    """Return the angle [rad] by which `turn` swings a hanging bone forward."""
    return float(np.arctan2(-turn[0, 2], turn[2, 2]))
