"""How people stand, sit, crouch and hold things: joint angles from where hands and feet are."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float

from synthgen.assets.body.bones import Bone
from synthgen.assets.body.figure import Figure
from synthgen.assets.body.lap import hand_height, seat_height
from synthgen.assets.gait import Style, Walk, arm, fingers, hem, leg, pelvis, still, trunk
from synthgen.assets.skeleton import Stance, ground, joints_of, pitch, reach, roll, yaw
from synthgen.geometry import Array, unit
from synthgen.road_user import SEAT

_TURNED = np.diag([-1.0, -1.0, 1.0])
Point = tuple[float, float, float]


@dataclass(frozen=True)
class Seat:
    """Where someone is held.

    Attributes:
        hip: [m] middle of the hip joints.
        grip: [m] middle of the left hand; the right one mirrors it.
        lean: [rad] of the upper body forward.
        palms_down: hands turned as on a bar, else palms inward.
    """

    hip: Point
    grip: Point
    lean: float
    palms_down: bool = True


@dataclass(frozen=True)
class Stand:
    """Standing, with little sway; a cycle is a breath.

    Attributes:
        style: how arms and trunk are held.
        shift: [rad] of the pelvis to the left foot, the weight on one leg.
        turn: [rad] of the head to the left.
        calls: whether the right hand holds a phone up before the face.
        pockets: whether the hands are in the pockets.
    """

    style: Style
    shift: float = 0.0
    turn: float = 0.0
    calls: bool = False
    pockets: bool = False

    def __call__(self, who: Figure, phase: float) -> Stance:
        """Return the stance of `who` at `phase` [cycles]."""
        moves, sway = still(), 0.008 * np.sin(2 * np.pi * phase)
        style = self.style
        trunk(moves, roll(self.shift), pitch(-0.02 - style.stoop + sway) @ roll(-0.4 * self.shift))
        moves[Bone.HEAD] = yaw(self.turn) @ pitch(-0.05 - 0.35 * self.calls)
        for first, sign in ((0, 1), (1, -1)):
            bent = max(0.0, sign * self.shift) * 2.5
            leg(moves, first, (bent, -bent, bent), style.toe_out)
            moves[Bone.THIGH_LEFT + first] = roll(0.06 * sign) @ moves[Bone.THIGH_LEFT + first]
            moves[Bone.SHANK_LEFT + first] = roll(0.06 * sign) @ moves[Bone.SHANK_LEFT + first]
            arm(moves, first, roll(sign * style.spread) @ pitch(-0.05 + sway),
                roll(-0.3 * sign * style.spread) @ pitch(0.8 * style.elbow))  # fmt: skip
            fingers(moves, first, style.curl)
        if self.pockets:
            z = float(pelvis(who)[2])
            hold(who, moves, pelvis(who), (0.07, 0.16, z - 0.01), palms_down=False)
        if self.calls:
            call(moves)
        hem(moves)
        return who.stance(pelvis(who), moves)


def call(moves: Array) -> None:
    """Raise the right forearm so that a phone in the hand is read."""
    arm(moves, 1, roll(-0.10) @ pitch(0.30), yaw(0.55) @ pitch(2.0))
    fingers(moves, 1, 0.6)


@dataclass(frozen=True)
class WalkCalling:
    """A walk with a phone before the face."""

    style: Style

    def __call__(self, who: Figure, phase: float) -> Stance:
        """Return the stance of `who` at `phase` [cycles]."""
        stance = Walk(self.style)(who, phase)
        moves = stance.turns @ np.swapaxes(who.hang, 1, 2)
        call(moves)
        moves[Bone.HEAD] = pitch(-0.35)
        return who.stance(stance.root, moves)


@dataclass(frozen=True)
class Push:
    """A walk behind a bar held with both hands; a cycle also turns wheels by `roll`.

    Attributes:
        style: of the walk.
        grip: [m] of the left hand.
        turns: of the wheels per cycle.
    """

    style: Style
    grip: Point
    turns: float

    def __call__(self, who: Figure, phase: float) -> Stance:
        """Return the stance of `who` at `phase` [cycles]."""
        stance = Walk(self.style)(who, phase)
        moves = stance.turns @ np.swapaxes(who.hang, 1, 2)
        root = stance.root - [0.0, 0.0, ground(who.skin, stance, who.own)]
        hold(who, moves, root, self.grip, palms_down=True)
        moves[Bone.WHEELS] = rolled(self.turns * phase)
        return who.stance(root, moves)


@dataclass(frozen=True)
class Sit:
    """Sitting still, feet on a rest.

    Attributes:
        seat: where hips and hands are.
        foot: [m] under the ball of the left foot; the right one mirrors it.
        turns: of the wheels per cycle.
        stroke: [m] to and fro of the hands, as on the rims of a wheelchair.
    """

    seat: Seat
    foot: Point
    turns: float = 0.0
    stroke: float = 0.0

    def __call__(self, who: Figure, phase: float) -> Stance:
        """Return the stance of `who` at `phase` [cycles]."""
        foot = np.array(self.foot)
        stance = seated(who, self.seat, (foot, foot * [1, -1, 1]), (0.0, 0.0))
        moves = stance.turns @ np.swapaxes(who.hang, 1, 2)
        ahead = self.stroke * np.sin(2 * np.pi * phase)
        x, y, z = self.seat.grip
        hold(who, moves, stance.root, (x + ahead, y, z - 0.4 * abs(ahead)), self.seat.palms_down)
        moves[Bone.WHEELS] = rolled(self.turns * phase)
        return who.stance(stance.root, moves)


@dataclass(frozen=True)
class Rest:
    """Sitting on a bench, hands on the thighs or one of them with a phone; a cycle is a breath.

    Attributes:
        sit: hips, hands, feet.
        turn: [rad] of the head to the left.
        calls: whether the right hand holds a phone up before the face.
    """

    sit: Sit
    turn: float = 0.0
    calls: bool = False

    def __call__(self, who: Figure, phase: float) -> Stance:
        """Return the stance of `who` at `phase` [cycles]."""
        stance = self.sit(who, phase)
        moves = stance.turns @ np.swapaxes(who.hang, 1, 2)
        moves[Bone.HEAD] = yaw(self.turn) @ pitch(-0.05 - 0.4 * self.calls)
        for first in (0, 1):
            fingers(moves, first, 0.14)
        if self.calls:
            call(moves)
        return who.stance(stance.root, moves)


def resting(who: Figure, lean: float, feet: tuple[float, float], manner: Rest) -> Rest:
    """Return `manner` of sitting on a seat `SEAT` high: thighs lie on it, hands on the thighs.

    `lean` [rad] of the upper body forward; `feet`: [m] how far the balls are before the hips, over
    the height, and to either side. Hips go down until the lowest point above the seat touches it,
    hands until they touch what is below them.
    """
    tall, hip, above = who.height / 1.7, SEAT + 0.09, 0.09 * who.height / 1.7
    for _ in range(5):
        seat = Seat((0.0, 0.0, hip), (0.27 * tall, 0.12, hip + above), lean)
        manner = replace(manner, sit=Sit(seat, (feet[0] * who.height, feet[1], 0.0)))
        stance = manner(who, 0.0)
        hip += SEAT - seat_height(who.skin, stance)
        above -= hand_height(who.skin, stance)
    return manner


def rolled(turns: float) -> Float[Array, "3 3"]:
    """Return the turn of a wheel that rolls forward by `turns`."""
    angle = 2 * np.pi * (turns % 1.0)
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])


def crouching(height: float) -> Sit:
    """Return the crouch of someone `height` [m] tall: heels down, forearms over the knees."""
    unit_ = height / 1.7
    seat = Seat((-0.16 * unit_, 0.0, 0.30 * unit_), (0.42 * unit_, 0.08, 0.42 * unit_), 0.75, False)
    return Sit(seat, (0.13 * unit_, 0.12 * unit_, 0.0))


def seated(who: Figure, seat: Seat, feet: tuple[Array, Array], tilt: tuple[float, float]) -> Stance:
    """Return the stance of who is held by `seat`, balls of the feet on `feet` [m].

    `tilt` [rad] is toes up. Joint angles follow from the places of hips, feet and hands (two-bone
    inverse kinematics).
    """
    moves = still()
    low = pitch(-0.5 * seat.lean + 0.10)
    trunk(moves, low, pitch(-seat.lean))
    moves[Bone.HEAD] = pitch(-0.25 * seat.lean)
    hips = 0.5 * (who.hung(Bone.PELVIS, Bone.THIGH_LEFT) + who.hung(Bone.PELVIS, Bone.THIGH_RIGHT))
    root = np.array(seat.hip) - low @ hips
    for first in (0, 1):
        _tread(who, moves, root, first, (feet[first], tilt[first]))
    hold(who, moves, root, seat.grip, seat.palms_down)
    hem(moves)
    moves[Bone.HEM_BACK] = low
    return who.stance(root, moves)


def _tread(who: Figure, moves: Array, root: Array, first: int, foot: tuple[Array, float]) -> None:
    """Bend a leg so that the ball of its foot stands on a place [m], toes up by an angle."""
    (ball, tilt), sign = foot, 1 - 2 * first
    hip = root + moves[Bone.PELVIS] @ who.hung(Bone.PELVIS, Bone(Bone.THIGH_LEFT + first))
    moves[Bone.FOOT_LEFT + first] = moves[Bone.TOES_LEFT + first] = pitch(tilt)
    joints = who.skin.skeleton.joints
    way = joints[Bone.TOES_LEFT + first] - joints[Bone.FOOT_LEFT + first]
    lowest = who.skin.mesh.vertices[: who.own][who.skin.counted[: who.own], 2].min()
    way = way * [1, 0, 0] + [0, 0, lowest - joints[Bone.FOOT_LEFT + first, 2]]
    ankle = ball - pitch(tilt) @ way
    lengths = (who.length(Bone.THIGH_LEFT, Bone.SHANK_LEFT),
               who.length(Bone.SHANK_LEFT, Bone.FOOT_LEFT))  # fmt: skip
    bent = reach(hip, ankle, lengths, np.array([1.0, 0.12 * sign, 0.3]))
    moves[Bone.THIGH_LEFT + first], moves[Bone.SHANK_LEFT + first] = bent


def hold(who: Figure, moves: Array, root: Array, grip: Point, palms_down: bool) -> None:
    """Bend both arms so that the hands are at `grip` [m], the right one mirrored."""
    lengths = (who.length(Bone.ARM_LEFT, Bone.FOREARM_LEFT),
               who.length(Bone.FOREARM_LEFT, Bone.HAND_LEFT))  # fmt: skip
    shoulders = joints_of(who.skin.skeleton, who.stance(root, moves))
    for first, sign in ((0, 1), (1, -1)):
        shoulder, place = shoulders[Bone.ARM_LEFT + first], np.array(grip) * [1, sign, 1]
        palm = 0.75 * who.length(Bone.HAND_LEFT, Bone.FINGERS_LEFT)
        wrist = place - palm * unit(place - shoulder) + [0, 0, 0.02]
        upper, lower = reach(shoulder, wrist, lengths, np.array([-0.4, 0.5 * sign, -1.0]))
        turn = -sign * np.pi / 2 * palms_down
        arm(moves, first, upper @ _TURNED, lower @ _TURNED @ yaw(turn))
        moves[Bone.FOREARM_LEFT + first] = lower @ _TURNED @ yaw(0.5 * turn)
        fingers(moves, first, 0.9)
