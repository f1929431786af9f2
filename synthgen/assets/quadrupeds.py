"""Four-legged walkers: bones, gait, trunk and legs; heads and tails are their makers'."""

# ruff: noqa: RUF005 (a list added to an array is a sum, not a longer list)

from collections.abc import Sequence
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
from synthgen.assets.sweeping import loft, ring
from synthgen.geometry import Array
from synthgen.materials import Material, Texture, srgb
from synthgen.mesh import Mesh
from synthgen.world import Extent

Row = tuple[float, float, float, float]
Rgb = tuple[int, int, int]


class Bone(IntEnum):
    """Bones of an animal; limbs in the order left fore, right fore, left hind, right hind."""

    TRUNK = 0
    HEAD = 1
    TAIL = 2
    UPPER = 3
    LOWER = 7


BEAT = (0.25, 0.75, 0.0, 0.5)
"""Phase at which each foot is set down: left hind, left fore, right hind, right fore in turn.

Source: M. Hildebrand, "Symmetrical gaits of dogs in relation to body build", Journal of
Morphology 124, 1968: lateral-sequence walk, each foot a quarter cycle after the last. Cats and
deer walk in the same sequence: M. Hildebrand, "The quadrupedal gaits of vertebrates", BioScience
39, 1989."""
DUTY = 0.62
"""Share of the cycle that a foot is on the ground (same source, walking dogs 0.55 to 0.7)."""


@dataclass(frozen=True)
class Frame:
    """Measures of an animal [m].

    Attributes:
        kind: class name.
        length: nose to rump.
        height: crown above the ground.
        withers: shoulder height.
        width: of the chest.
        shaggy: 0 smooth to 1 shaggy.
        trunk: sections of the trunk from rump to chest: x over the length, middle over the
            withers, half height over the withers, half width over half the width.
        limbs: radii over the withers of the upper fore leg, the upper hind leg and the lower legs.
        foot: length and width of a paw or hoof over the withers.
        legs: places of fore and hind legs over the length.
    """

    kind: str
    length: float
    height: float
    withers: float
    width: float
    shaggy: float
    trunk: tuple[Row, ...]
    limbs: tuple[tuple[float, ...], tuple[float, ...], tuple[float, ...]]
    foot: tuple[float, float]
    legs: tuple[float, float] = (0.13, -0.36)


@dataclass(frozen=True, eq=False)
class Trotting:
    """An animal's skin and how far each foot reaches."""

    skin: Skin
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


@dataclass(frozen=True, eq=False)
class Parts:
    """What a maker adds to a trunk with four legs.

    Attributes:
        head: moves with the head; `collar` likewise, but the labelled box leaves it out.
        tail: wags.
        coat: of the trunk and the upper legs.
        stockings: of the lower legs.
        collar: collar, bell or lead, if any.
    """

    head: Mesh
    tail: Mesh
    coat: Material
    stockings: Material
    collar: tuple[Mesh, ...] = ()


def walker(frame: Frame, parts: Parts, trunk: Mesh) -> Trotting:
    """Return the walking animal of `frame`; it goes `gait.stride(height)` per cycle."""
    joints = frame_joints(frame)
    parents = (-1, 0, 0, 0, 0, 0, 0, 3, 4, 5, 6, 7, 8, 9, 10)
    pieces = [_piece(trunk, 0), _piece(parts.head, 1), _piece(parts.tail, 2)]
    pieces += [_piece(part, 1, counted=False) for part in parts.collar]
    for leg in range(4):
        upper, lower = _leg(frame, joints, leg, parts)
        pieces += [_piece(upper, 3 + leg), _piece(lower, 7 + leg)]
    skin = dress(pieces, Skeleton(parents, _hanging_rest(joints)))
    return Trotting(skin, stride(frame.height) * DUTY)


def fur(tone: Rgb, name: str = "fur") -> Material:
    """Return fur of sRGB `tone`."""
    return Material(
        name, srgb(*tone), roughness=0.95, texture=Texture.CLOTH, reflectance=0.45, porosity=0.6
    )


def sections(rows: Sequence[Row], coat: Material, kind: str) -> Mesh:
    """Return the hull through upright sections (x, middle z, half height, half width) [m]."""
    rings = []
    for x, z, half, width in rows:
        flat = ring((0, 0, 0), (half, width), 12, 2.0)
        rings.append(np.stack([np.full(12, x), flat[:, 1], flat[:, 0] + z], 1))
    return loft(rings, coat, kind)


def torso(frame: Frame, coat: Material) -> Mesh:
    """Return the trunk of `frame`."""
    long, high, half = frame.length, frame.withers, frame.width / 2
    thick = 1 + 0.12 * frame.shaggy
    rows = [(x * long, z * high, h * high * thick, w * half * thick) for x, z, h, w in frame.trunk]
    return sections(rows, coat, frame.kind)


def frame_joints(frame: Frame) -> Array:
    """Return trunk, head, tail, four upper, four lower joints and four leg ends [m]."""
    high, half = frame.withers, 0.30 * frame.width
    gap = 0.0375 * frame.length
    fore, hind = (share * frame.length for share in frame.legs)
    rows = [
        (0.0, 0.0, 0.8 * high),
        (fore + gap, 0.0, 0.92 * high),
        (hind - gap, 0.0, 0.92 * high),
    ]
    sides = (1, -1)
    rows += [(fore, s * half, 0.62 * high) for s in sides]
    rows += [(hind + 0.67 * gap, s * half, 0.66 * high) for s in sides]
    rows += [(fore - 0.03 * high, s * half, 0.34 * high) for s in sides]
    rows += [(hind + 0.06 * high, s * half, 0.35 * high) for s in sides]
    rows += [(fore, s * half, 0.045 * high) for s in sides]
    rows += [(hind - 0.02 * high, s * half, 0.045 * high) for s in sides]
    return np.array(rows)


def _hanging_rest(joints: Array) -> Array:
    """Return the joints with each leg hanging straight down, as the two-bone solver expects."""
    rest = joints.copy()
    for leg in range(4):
        upper = np.linalg.norm(joints[7 + leg] - joints[3 + leg])
        lower = np.linalg.norm(joints[11 + leg] - joints[7 + leg])
        rest[7 + leg] = joints[3 + leg] - [0, 0, upper]
        rest[11 + leg] = rest[7 + leg] - [0, 0, lower]
    return rest


def _piece(part: Mesh, bone: int, *, counted: bool = True) -> Piece:
    table = np.zeros((len(part.vertices), 15))
    table[:, bone] = 1.0
    return Piece(part, table, counted)


def _leg(frame: Frame, joints: Array, leg: int, parts: Parts) -> tuple[Mesh, Mesh]:
    """Return upper and lower leg hanging straight down, paw included."""
    rest, size = _hanging_rest(joints), frame.withers * (1 + 0.1 * frame.shaggy)
    hip, knee, end = rest[3 + leg], rest[7 + leg], rest[11 + leg]
    upper = []
    for share, radius in zip((-0.62, -0.5, -0.25, 0.1, 0.62, 1.08), frame.limbs[leg // 2],
                             strict=True):  # fmt: skip
        inward = np.array([0, -np.sign(hip[1]), 0]) * 0.16 * frame.width * max(0.0, -share)
        middle = hip + share * (knee - hip) + inward
        upper.append(ring(middle, (radius * size, radius * size * 0.6), 9))
    lower = []
    for share, radius in zip((-0.12, 0.3, 0.85, 1.0), frame.limbs[2], strict=True):
        middle = knee + share * (end - knee)
        lower.append(ring(middle, (radius * size, radius * size * 0.9), 8))
    long, wide = frame.foot
    drop = 0.045 * frame.withers
    paw = [ring(end + [0.4 * long * size, 0, -z * drop], (long * size * w, wide * size * w), 8)
           for z, w in ((0.0, 0.8), (0.5, 1.0), (1.0, 0.92))]  # fmt: skip
    thigh = loft(upper, parts.coat, frame.kind)
    return thigh, loft([*lower, *paw], parts.stockings, frame.kind)
