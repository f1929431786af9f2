"""Dogs, walking on four legs."""

# ruff: noqa: RUF005 (a list added to an array is a sum, not a longer list)

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from synthgen.assets.gait import stride
from synthgen.assets.skeleton import (
    Piece,
    Skeleton,
    Skin,
    Stance,
    dress,
    pitch,
    posed,
    reach,
    yaw,
)
from synthgen.assets.sweeping import flipped, loft, ring, tube
from synthgen.geometry import Array
from synthgen.materials import Material, Texture, srgb
from synthgen.mesh import Mesh, merge, mesh
from synthgen.rng import stream
from synthgen.road_user import RoadUser
from synthgen.world import Body, Extent

KIND = "dog"


class Bone(IntEnum):
    """Bones of a dog; limbs in the order left fore, right fore, left hind, right hind."""

    TRUNK = 0
    HEAD = 1
    TAIL = 2
    UPPER = 3
    LOWER = 7


COATS = (
    ("black", (34, 32, 32)), ("brown", (110, 74, 46)), ("golden", (196, 150, 92)),
    ("white", (222, 216, 204)), ("grey", (120, 118, 114)), ("red", (146, 84, 48)),
)  # fmt: skip
BEAT = (0.25, 0.75, 0.0, 0.5)
"""Phase at which each foot is set down: left hind, left fore, right hind, right fore in turn.

Source: M. Hildebrand, "Symmetrical gaits of dogs in relation to body build", Journal of
Morphology 124, 1968: lateral-sequence walk, each foot a quarter cycle after the last."""
DUTY = 0.62
"""Share of the cycle that a foot is on the ground (same source, walking dogs 0.55 to 0.7)."""


@dataclass(frozen=True)
class Build:
    """Measures of a dog [m].

    Attributes:
        length: nose to rump, head held ahead.
        height: crown above the ground.
        withers: shoulder height.
        width: of the chest.
        flop: whether the ears hang.
        shaggy: 0 smooth to 1 shaggy.
    """

    length: float
    height: float
    withers: float
    width: float
    flop: bool
    shaggy: float


@dataclass(frozen=True, eq=False)
class Trotting:
    """A dog's skin and how far each foot reaches."""

    skin: Skin
    build: Build
    step: float

    def __call__(self, phase: float) -> tuple[Mesh, Extent]:
        """Return surface and box at `phase` [cycles]."""
        joints = self.skin.skeleton.joints
        turns = np.tile(np.eye(3), (len(joints), 1, 1))
        sway = 2 * np.pi * phase
        turns[Bone.TRUNK] = yaw(0.03 * np.cos(sway))
        turns[Bone.HEAD] = pitch(0.04 * np.cos(2 * sway)) @ yaw(0.02 * np.cos(sway))
        turns[Bone.TAIL] = yaw(0.25 * np.cos(sway))
        for leg in range(4):
            hip = turns[Bone.TRUNK] @ (joints[Bone.UPPER + leg] - joints[0]) + joints[0]
            paw = _paw(joints, leg, phase - BEAT[leg], self.step)
            knee, end = joints[Bone.LOWER + leg], joints[11 + leg]
            lengths = (
                float(np.linalg.norm(knee - joints[3 + leg])),
                float(np.linalg.norm(end - knee)),
            )
            bend = np.array([-1.0 if leg < 2 else 1.0, 0.0, 0.0])
            front = np.eye(3) if leg >= 2 else np.diag([-1.0, -1.0, 1.0])
            upper, lower = reach(hip, paw, lengths, bend)
            turns[Bone.UPPER + leg], turns[Bone.LOWER + leg] = upper @ front, lower @ front
        return posed(self.skin, Stance(joints[0], turns), grounded=True)


def _paw(joints: Array, leg: int, phase: float, step: float) -> Array:
    """Return where the end of a leg is: straight back on the ground, in an arc through the air."""
    share = phase % 1.0
    rest = joints[11 + leg]
    if share < DUTY:
        return rest + [step * (0.5 - share / DUTY), 0, 0]
    air = (share - DUTY) / (1 - DUTY)
    ahead = step * (0.5 * -np.cos(np.pi * air))
    return rest + [ahead, 0, 0.28 * step * np.sin(np.pi * air) ** 2]


def dog(user: RoadUser, name: str) -> Body:
    """Return a walking dog, `user.height` to the crown; `Body.pose` covers `stride` per cycle."""
    rng = stream(user.seed, "dog")
    build = Build(
        length=user.length,
        height=user.height,
        withers=user.height * float(rng.uniform(0.78, 0.84)),
        width=min(user.width, 0.36 * user.height) * float(rng.uniform(0.85, 1.0)),
        flop=bool(rng.random() < 0.6),
        shaggy=float(rng.random()),
    )
    color, tone = COATS[int(rng.integers(len(COATS)))]
    skin = _skin(build, _fur(tone), _fur(tuple(int(v * 0.8) for v in tone)))
    walk = Trotting(skin, build, stride(user.height) * DUTY)
    surface, extent = walk(0.0)
    return Body(name, KIND, user.subtype, surface, extent, pose=walk, color=color)


def _fur(tone: tuple[int, ...]) -> Material:
    red, green, blue = tone
    return Material(
        "fur", srgb(red, green, blue), roughness=0.95, texture=Texture.CLOTH, reflectance=0.45,
        porosity=0.6,
    )  # fmt: skip


def _joints(build: Build) -> Array:
    """Return trunk, head, tail, four upper, four lower joints and four leg ends."""
    high, half = build.withers, 0.30 * build.width
    fore, hind = 0.13 * build.length, -0.36 * build.length
    rows = [
        (0.0, 0.0, 0.8 * high),
        (fore + 0.03, 0.0, 0.92 * high),
        (hind - 0.03, 0.0, 0.92 * high),
    ]
    sides = (1, -1)
    rows += [(fore, s * half, 0.62 * high) for s in sides]
    rows += [(hind + 0.02, s * half, 0.66 * high) for s in sides]
    rows += [(fore - 0.03 * high, s * half, 0.34 * high) for s in sides]
    rows += [(hind + 0.06 * high, s * half, 0.35 * high) for s in sides]
    rows += [(fore, s * half, 0.045 * high) for s in sides]
    rows += [(hind - 0.02 * high, s * half, 0.045 * high) for s in sides]
    return np.array(rows)


def _skin(build: Build, fur: Material, dark: Material) -> Skin:
    joints = _joints(build)
    parents = (-1, 0, 0, 0, 0, 0, 0, 3, 4, 5, 6, 7, 8, 9, 10)
    pieces = [_piece(_trunk(build, fur), {0: 1.0}), _piece(_head(build, fur, dark), {1: 1.0})]
    pieces.append(_piece(_tail(build, joints[2], fur), {2: 1.0}))
    for leg in range(4):
        upper, lower = _leg(build, joints, leg, fur)
        pieces += [_piece(upper, {3 + leg: 1.0}), _piece(lower, {7 + leg: 1.0})]
    return dress(pieces, Skeleton(parents, _hanging_rest(joints)))


def _hanging_rest(joints: Array) -> Array:
    """Return the joints with each leg hanging straight down, as the two-bone solver expects."""
    rest = joints.copy()
    for leg in range(4):
        upper = np.linalg.norm(joints[7 + leg] - joints[3 + leg])
        lower = np.linalg.norm(joints[11 + leg] - joints[7 + leg])
        rest[7 + leg] = joints[3 + leg] - [0, 0, upper]
        rest[11 + leg] = rest[7 + leg] - [0, 0, lower]
    return rest


def _piece(part: Mesh, shares: dict[int, float]) -> Piece:
    table = np.zeros((len(part.vertices), 15))
    for bone, share in shares.items():
        table[:, bone] = share
    return Piece(part, table)


def _sections(rows: list[tuple[float, float, float, float]], fur: Material) -> Mesh:
    """Return the hull through upright sections (x, middle z, half height, half width) [m]."""
    rings = []
    for x, z, half, width in rows:
        flat = ring((0, 0, 0), (half, width), 12, 2.0)
        rings.append(np.stack([np.full(12, x), flat[:, 1], flat[:, 0] + z], 1))
    return loft(rings, fur, KIND)


def _trunk(build: Build, fur: Material) -> Mesh:
    """Return body and neck: deep chest, tucked-up belly."""
    long, high, half = build.length, build.withers, build.width / 2
    coat = 1 + 0.12 * build.shaggy
    rows = [
        (-0.455, 0.84, 0.05, 0.30), (-0.43, 0.82, 0.14, 0.62), (-0.34, 0.79, 0.19, 0.80),
        (-0.18, 0.77, 0.19, 0.78), (0.02, 0.72, 0.25, 0.98), (0.12, 0.72, 0.26, 0.96),
        (0.19, 0.80, 0.24, 0.76), (0.25, 0.90, 0.19, 0.58), (0.29, 0.98, 0.14, 0.50),
    ]  # fmt: skip
    return _sections(
        [(x * long, z * high, h * high * coat, w * half * coat) for x, z, h, w in rows], fur
    )


def _head(build: Build, fur: Material, dark: Material) -> Mesh:
    """Return skull, muzzle, nose, eyes and ears."""
    long, high = build.length, build.height
    size = 0.122 * high
    x, z = 0.325 * long, high - (1.06 if build.flop else 1.46) * size
    rows = [
        (-1.05, -0.05, 0.35, 0.40), (-0.85, 0.05, 0.85, 0.75), (-0.30, 0.10, 0.92, 0.82),
        (0.20, 0.02, 0.72, 0.66), (0.45, -0.16, 0.50, 0.46), (1.05, -0.24, 0.40, 0.36),
        (1.25, -0.22, 0.30, 0.30), (1.32, -0.18, 0.14, 0.16),
    ]  # fmt: skip
    muzzle = (0.5 * long - x) / 1.36
    skull = _sections(
        [(x + a * muzzle, z + b * size, h * size, w * size) for a, b, h, w in rows], fur
    )
    black = Material("nose", srgb(22, 20, 20), roughness=0.35, reflectance=0.1)
    nose_x = x + 1.30 * muzzle
    nose = _sections(
        [(nose_x - 0.02, z - 0.02 * size, 0.16 * size, 0.2 * size),
         (nose_x + 0.05 * muzzle, z - 0.05 * size, 0.12 * size, 0.14 * size)], black,
    )  # fmt: skip
    eye = np.array([(0.32, 0.44, 0.20), (0.20, 0.52, 0.20), (0.20, 0.52, 0.36), (0.32, 0.44, 0.36)])
    flat = eye * [muzzle, size * 1.25, size] + [x, 0, z]
    eyes = mesh(flat, np.array([[0, 1, 2], [0, 2, 3]]), black, KIND)
    tip = (-0.5, 0.95, -0.55) if build.flop else (-0.55, 0.62, 1.45)
    base = np.array(
        [(-0.75, 0.50, 0.62), (-0.62, 0.66, 0.62), (-0.28, 0.66, 0.66), (-0.28, 0.50, 0.70)]
    )
    middle = (base + np.array(tip)) / 2 + [0.0, 0.14 if build.flop else 0.0, 0.2]
    point = np.array(tip) + 0.12 * (base - base.mean(axis=0))
    ear = loft([p * [muzzle, size, size] + [x, 0, z] for p in (base, middle, point)], dark, KIND)
    return merge([skull, nose, eyes, flipped(eyes), ear, flipped(ear)])


def _tail(build: Build, start: Array, fur: Material) -> Mesh:
    size = build.withers
    bend = (
        (0.06, 0, -0.02),
        (-0.03, 0, 0.01),
        (-0.10, 0, 0.07),
        (-0.13, 0, 0.16),
        (-0.11, 0, 0.24),
    )
    line = start + size * np.array(bend)
    line[:, 0] = np.maximum(line[:, 0], -0.5 * build.length + 0.03 * size)
    radius = size * (0.035 + 0.03 * build.shaggy) * np.array([1.0, 0.95, 0.9, 0.75, 0.35])
    return tube(line, radius, fur, KIND, 7)


def _leg(build: Build, joints: Array, leg: int, fur: Material) -> tuple[Mesh, Mesh]:
    """Return upper and lower leg hanging straight down, paw included."""
    rest, size = _hanging_rest(joints), build.withers * (1 + 0.1 * build.shaggy)
    hip, knee, end = rest[3 + leg], rest[7 + leg], rest[11 + leg]
    hind = leg >= 2
    thick = (0.04, 0.11, 0.14, 0.13, 0.078, 0.05) if hind else (0.04, 0.09, 0.11, 0.10, 0.065, 0.05)
    upper = []
    for share, radius in zip((-0.62, -0.5, -0.25, 0.1, 0.62, 1.08), thick, strict=True):
        inward = np.array([0, -np.sign(hip[1]), 0]) * 0.16 * build.width * max(0.0, -share)
        middle = hip + share * (knee - hip) + inward
        upper.append(ring(middle, (radius * size, radius * size * 0.6), 9))
    lower = []
    for share, radius in zip((-0.12, 0.3, 0.85, 1.0), (0.052, 0.042, 0.034, 0.040), strict=True):
        middle = knee + share * (end - knee)
        lower.append(ring(middle, (radius * size, radius * size * 0.9), 8))
    drop = 0.045 * build.withers
    paw = [ring(end + [0.025 * size, 0, -z * drop], (0.062 * size * w, 0.046 * size * w), 8)
           for z, w in ((0.0, 0.8), (0.5, 1.0), (1.0, 0.92))]  # fmt: skip
    return loft(upper, fur, KIND), loft([*lower, *paw], fur, KIND)
