"""A dressed person over bones, and where the COCO keypoints are on it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from jaxtyping import Float

from synthgen.assets.body.bags import bag, phone
from synthgen.assets.body.bones import Bone, hanging_turns, skeleton
from synthgen.assets.body.bottoms import bottom, shoes
from synthgen.assets.body.hair import head
from synthgen.assets.body.lap import lay_on_seat
from synthgen.assets.body.skin import CLOSED, bare, eyes
from synthgen.assets.body.surface import piece
from synthgen.assets.body.tops import below, top
from synthgen.assets.body.wearer import Wearer
from synthgen.assets.skeleton import (
    Piece,
    Skeleton,
    Skin,
    Stance,
    dress,
    ground,
    posed,
    shifts_of,
)
from synthgen.assets.wardrobe import Outfit, tape
from synthgen.geometry import Array
from synthgen.materials import Material, srgb
from synthgen.mesh import Mesh
from synthgen.world import Extent

KEYPOINT_BONES = np.array(
    [Bone.HEAD] * 5
    + [Bone.ARM_LEFT, Bone.ARM_RIGHT, Bone.FOREARM_LEFT, Bone.FOREARM_RIGHT, Bone.HAND_LEFT,
       Bone.HAND_RIGHT, Bone.THIGH_LEFT, Bone.THIGH_RIGHT, Bone.SHANK_LEFT, Bone.SHANK_RIGHT,
       Bone.FOOT_LEFT, Bone.FOOT_RIGHT]
)  # fmt: skip
"""The bone that carries each keypoint, in COCO's order."""


@dataclass(frozen=True, eq=False)
class Figure:
    """A person that can be posed.

    Attributes:
        skin: surface over bones in the rest pose, arms half raised.
        hang: turn of each bone from the rest pose to standing with limbs straight down.
        keypoints: [m] COCO's keypoints in the rest pose.
        height: [m] standing straight, as counted for the box.
        own: how many vertices are the person's; gear comes after them.
    """

    skin: Skin
    hang: Float[Array, "b 3 3"]
    keypoints: Float[Array, "17 3"]
    height: float
    own: int

    @property
    def hip(self) -> float:
        """Height of the hip joints standing straight, share of the height."""
        skin, foot = self.skin, Bone.FOOT_LEFT
        sole = float(skin.mesh.vertices[: self.own][skin.counted[: self.own], 2].min())
        leg = self.length(Bone.THIGH_LEFT, Bone.SHANK_LEFT) + self.length(Bone.SHANK_LEFT, foot)
        return (leg + float(skin.skeleton.joints[foot, 2]) - sole) / self.height

    def hung(self, bone: Bone, end: Bone) -> Float[Array, "3"]:
        """Return the way [m] from the joint of `bone` to that of `end`, its child, hanging."""
        joints = self.skin.skeleton.joints
        return self.hang[bone] @ (joints[end] - joints[bone])

    def length(self, bone: Bone, end: Bone) -> float:
        """Return the way [m] from the joint of `bone` to that of `end`."""
        joints = self.skin.skeleton.joints
        return float(np.linalg.norm(joints[end] - joints[bone]))

    def stance(self, root: Float[Array, "3"], moves: Float[Array, "b 3 3"]) -> Stance:
        """Return the stance with each bone turned by `moves` from hanging straight."""
        return Stance(np.asarray(root, float), moves @ self.hang)


def figure(
    wearer: Wearer, outfit: Outfit, kind: str, height: float, *, calls: bool = False,
    held: Sequence[Piece] = (),
) -> Figure:  # fmt: skip
    """Return `wearer` in `outfit`, of class `kind`, exactly `height` [m] standing straight.

    Hats, hair and shoes count; bags do not. The whole body is scaled to the height asked for.
    `calls` puts a phone into the right hand; `held` is what else the hands hold.
    """
    pieces = [*_pieces(wearer, outfit, calls), *held]
    marks = _keypoints(wearer)
    frame = skeleton(wearer.points, wearer.data)
    skin = dress(pieces, frame)
    hang = hanging_turns(wearer.points, wearer.data)
    _, extent = posed(skin, Stance(frame.joints[0], hang), grounded=True)
    scale = height / extent.size[2]
    mesh = replace(skin.mesh, vertices=skin.mesh.vertices * scale, classes=(kind,))
    skin = replace(skin, mesh=mesh, skeleton=Skeleton(frame.parents, frame.joints * scale),
                   loose=tuple(one.scaled(scale) for one in skin.loose))  # fmt: skip
    return Figure(skin, hang, marks * scale, height, len(skin.mesh.vertices))


def with_gear(who: Figure, still: Mesh, wheels: Mesh, axle: Float[Array, "3"]) -> Figure:
    """Return `who` with gear in the body frame: what is `still`, and `wheels` that turn together.

    Gear counts for the box: a wheelchair is labelled with who sits in it.
    """
    skin, pieces = who.skin, []
    for part, bone in ((still, Bone.GEAR), (wheels, Bone.WHEELS)):
        weights = np.zeros((len(part.vertices), len(Bone)))
        weights[:, bone] = 1.0
        pieces.append(Piece(replace(part, classes=skin.mesh.classes), weights))
    joints = skin.skeleton.joints.copy()
    joints[Bone.WHEELS] = axle
    frame = Skeleton(skin.skeleton.parents, joints)
    whole = dress([Piece(skin.mesh, skin.weights), *pieces], frame)
    counted = whole.counted.copy()
    counted[: who.own] = skin.counted
    return replace(who, skin=replace(whole, counted=counted, loose=skin.loose))


def _pieces(wearer: Wearer, outfit: Outfit, calls: bool) -> list[Piece]:
    (lower, hem), garment = bottom(wearer, outfit), top(wearer, outfit)
    upper, skirts = below(wearer, outfit, garment, lower)
    belt = Material("belt", srgb(30, 26, 24), roughness=0.5, reflectance=0.2)
    sole = Material("sole", srgb(206, 204, 198), roughness=0.8, reflectance=0.4)
    dark = Material("trim", srgb(24, 24, 26), roughness=0.6, reflectance=0.2)
    white = Material("eye", srgb(222, 218, 212), roughness=0.3, reflectance=0.4)
    iris = Material("iris", srgb(44, 32, 26), roughness=0.2, reflectance=0.2)
    lips = tuple(float(v) for v in np.array(outfit.skin.color) * [0.78, 0.55, 0.55])
    mouth = Material("lips", (lips[0], lips[1], lips[2]), roughness=0.5, reflectance=0.5)
    own = (outfit.top, outfit.inner, tape(), dark, outfit.accent)
    pieces = [
        piece(upper, own, "pedestrian", skirts),
        piece(lower, (outfit.bottom, belt, tape()), "pedestrian", hem),
        piece(shoes(wearer, outfit), (outfit.shoes, sole), "pedestrian"),
        piece(bare(wearer, outfit),
              (outfit.skin, mouth, outfit.hair, outfit.legs, outfit.hair, dark), "pedestrian"),
        *head(wearer, outfit),
        *bag(wearer, outfit, garment),
    ]  # fmt: skip
    if outfit.head not in CLOSED:
        pieces.append(piece(eyes(wearer), (white, iris), "pedestrian"))
    return [*pieces, phone(wearer)] if calls else pieces


def _keypoints(wearer: Wearer) -> Float[Array, "17 3"]:
    """Return nose, eyes, ears, then the joints of arms and legs [m] in the rest pose.

    Joints are those of the rig; an eye is the front of its ball, 12 mm before its centre.
    """
    front = np.array([0.012 * wearer.scale, 0.0, 0.0])
    found = [wearer.mark("nose")]
    found += [wearer.mark(f"{side}-eye") + front for side in "lr"]
    for name in ("ear", "shoulder", "elbow", "hand", "upper-leg", "knee", "ankle"):
        found += [wearer.mark(f"{side}-{name}") for side in "lr"]
    return np.array(found)


class Manner(Protocol):
    """A way to hold the body."""

    def __call__(self, who: Figure, phase: float) -> Stance:
        """Return the stance of `who` at `phase` [cycles]."""
        ...


@dataclass(frozen=True, eq=False)
class Moving:
    """A figure in the stances that `manner` gives; both calls belong to `world.Body`.

    Attributes:
        figure: who moves.
        manner: stance at each phase.
        grounded: whether the lowest point is set on the ground.
        edge: [m] x of the front edge of the bench below, infinite and negative without one.
    """

    figure: Figure
    manner: Manner
    grounded: bool
    edge: float = -np.inf

    def __call__(self, phase: float) -> tuple[Mesh, Extent]:
        """Return surface and box at `phase` [cycles]."""
        plain = self.figure.own == len(self.figure.skin.weights)
        stance = self.manner(self.figure, phase) if plain else self._stance(phase)
        mesh, extent = posed(self.figure.skin, stance, grounded=self.grounded and plain)
        if np.isfinite(self.edge):
            lay_on_seat(mesh.vertices, self.figure.skin, self.edge)
        return mesh, extent

    def keypoints(self, phase: float) -> Float[Array, "17 3"]:
        """Return COCO's keypoints [m] at `phase` [cycles], body frame."""
        return keypoints_at(self.figure, self._stance(phase))

    def _stance(self, phase: float) -> Stance:
        """Return the stance with the lowest point of the person on the ground."""
        stance = self.manner(self.figure, phase)
        if not self.grounded:
            return stance
        lift = ground(self.figure.skin, stance, self.figure.own)
        return replace(stance, root=stance.root - [0.0, 0.0, lift])


def keypoints_at(who: Figure, stance: Stance) -> Float[Array, "17 3"]:
    """Return COCO's keypoints [m] in `stance`, moved rigidly with their bones."""
    shifts = shifts_of(who.skin.skeleton, stance)[KEYPOINT_BONES]
    turns = stance.turns[KEYPOINT_BONES]
    return np.einsum("kij,kj->ki", turns, who.keypoints) + shifts
