"""Bones: a tree of joints, stances of it, and skins that follow."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol, Self

import numba
import numpy as np
from jaxtyping import Bool, Float, Int

from synthgen.geometry import Array, unit
from synthgen.mesh import Mesh, merge
from synthgen.world import Extent

FIXED = -2


@dataclass(frozen=True, eq=False)
class Skeleton:
    """Joints at rest.

    Attributes:
        parents: parent of each bone, -1 for the root, `FIXED` for what stays where it is at rest
            whatever the root does; parents come first.
        joints: [m] where each bone begins, body frame, at rest.
    """

    parents: tuple[int, ...]
    joints: Float[Array, "b 3"]


@dataclass(frozen=True, eq=False)
class Stance:
    """How the bones of a skeleton are turned.

    Attributes:
        root: [m] where the root joint is, body frame.
        turns: rotation of each bone, body frame from rest.
    """

    root: Float[Array, "3"]
    turns: Float[Array, "b 3 3"]


class Loose(Protocol):
    """Vertices that no bone carries: laid anew in every stance."""

    @property
    def triangles(self) -> Int[Array, "t"]:
        """Its faces."""
        ...

    def scaled(self, factor: float) -> Self:
        """Return the same for a body `factor` times as large."""
        ...

    def numbered(self, vertices: Int[Array, "v"], first: int) -> Self:
        """Return the same with vertex i called `vertices[i]`, triangles counted from `first`."""
        ...

    def lay(self, points: Float[Array, "v 3"], joints: Array, turns: Array) -> None:
        """Move its own among `points` [m], bones being at `joints` [m] and turned by `turns`."""
        ...


@dataclass(frozen=True, eq=False)
class Piece:
    """Part of a skin: mesh at rest, weight of each bone per vertex, whether the box counts it, and
    what of it is loose.
    """

    mesh: Mesh
    weights: Float[Array, "v b"]
    counted: bool = True
    loose: Loose | None = None


@dataclass(frozen=True, eq=False)
class Skin:
    """A whole surface over a skeleton.

    Attributes:
        mesh: at rest.
        weights: share of each bone per vertex, rows add up to one.
        counted: which vertices belong to the labelled box (bags do not).
        skeleton: bones at rest.
        loose: what no bone carries.
    """

    mesh: Mesh
    weights: Float[Array, "v b"]
    counted: Bool[Array, "v"]
    skeleton: Skeleton
    loose: tuple[Loose, ...] = ()

    @cached_property
    def hold(self) -> tuple[Int[Array, "v k"], Float[Array, "v k"]]:
        """The bones that hold each vertex, and their shares: `weights` without its zeros."""
        most = max(1, int((self.weights > 0).sum(axis=1).max()))
        bones = np.argsort(-self.weights, axis=1, kind="stable")[:, :most]
        return bones, np.take_along_axis(self.weights, bones, axis=1)


def dress(pieces: Sequence[Piece], skeleton: Skeleton) -> Skin:
    """Return one skin of all `pieces`."""
    counted = np.concatenate([np.full(len(p.mesh.vertices), p.counted) for p in pieces])
    weights = np.concatenate([p.weights for p in pieces])
    loose, vertices, triangles = [], 0, 0
    for one in pieces:
        if one.loose is not None:
            names = vertices + np.arange(len(one.mesh.vertices))
            loose.append(one.loose.numbered(names, triangles))
        vertices += len(one.mesh.vertices)
        triangles += len(one.mesh.triangles)
    return Skin(merge([p.mesh for p in pieces]), weights, counted, skeleton, tuple(loose))


def joints_of(skeleton: Skeleton, stance: Stance) -> Float[Array, "b 3"]:
    """Return where every joint is in `stance` [m], body frame."""
    places = np.empty_like(skeleton.joints)
    for bone, parent in enumerate(skeleton.parents):
        if parent == FIXED:
            places[bone] = skeleton.joints[bone]
        elif parent < 0:
            places[bone] = stance.root
        else:
            offset = skeleton.joints[bone] - skeleton.joints[parent]
            places[bone] = places[parent] + stance.turns[parent] @ offset
    return places


def posed(skin: Skin, stance: Stance, *, grounded: bool) -> tuple[Mesh, Extent]:
    """Return surface and box in `stance`; `grounded` sets the lowest point on z = 0.

    Linear blend skinning: every vertex moves by the weighted mean of its bones' motions.

    Source: N. Magnenat-Thalmann, R. Laperrière and D. Thalmann, "Joint-dependent local
    deformations for hand animation and object grasping", Graphics Interface, 1988.
    """
    turn, vertices = _moved(skin, stance)
    normals = _turned(turn, skin.mesh.triangles, skin.mesh.normals)
    for one in skin.loose:
        one.lay(vertices, joints_of(skin.skeleton, stance), stance.turns)
        faces = skin.mesh.triangles[one.triangles]
        normals[one.triangles] = _smooth(vertices, faces)
    if grounded:
        vertices[:, 2] -= vertices[skin.counted, 2].min()
    mesh = replace(skin.mesh, vertices=vertices, normals=normals)
    return mesh, box(vertices[skin.counted])


def _smooth(points: Float[Array, "v 3"], faces: Int[Array, "t 3"]) -> Float[Array, "t 3 3"]:
    """Return corner normals of `faces`, each the mean of those around its vertex."""
    a, b, c = (points[faces[:, i]] for i in range(3))
    own = np.cross(b - a, c - a)
    used, corner = np.unique(faces, return_inverse=True)
    total = np.zeros((len(used), 3))
    np.add.at(total, corner.ravel(), np.repeat(own, 3, axis=0))
    total /= np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-12)
    return total[corner.reshape(-1, 3)]


def ground(skin: Skin, stance: Stance, own: int) -> float:
    """Return the height [m] of the lowest counted point of the first `own` in `stance`."""
    _, vertices = _moved(skin, stance)
    return float(vertices[:own][skin.counted[:own], 2].min())


def shifts_of(skeleton: Skeleton, stance: Stance) -> Float[Array, "b 3"]:
    """Return by how much [m] each bone moves points after turning them about the origin."""
    places = joints_of(skeleton, stance)
    return places - np.einsum("bij,bj->bi", stance.turns, skeleton.joints)


def _moved(skin: Skin, stance: Stance) -> tuple[Float[Array, "v 12"], Float[Array, "v 3"]]:
    """Return the blended motion (turn by rows, then shift) and the place [m] of every vertex."""
    shifts = shifts_of(skin.skeleton, stance)
    motions = np.concatenate([stance.turns.reshape(-1, 9), shifts], axis=1)
    blended = _blended(motions, *skin.hold)
    return blended, _carried(blended, skin.mesh.vertices)


@numba.njit(cache=True)
def _blended(motions, bones, shares):  # type: ignore[no-untyped-def]
    """Return the mean of `motions` for each row of `bones`, weighted by `shares`."""
    found = np.zeros((len(bones), 12))
    for v in range(len(bones)):
        for k in range(bones.shape[1]):
            share = shares[v, k]
            if share > 0:
                for i in range(12):
                    found[v, i] += share * motions[bones[v, k], i]
    return found


@numba.njit(cache=True)
def _carried(motion, points):  # type: ignore[no-untyped-def]
    """Return `points` [m], each moved by its own row of `motion`."""
    found = np.empty_like(points)
    for v in range(len(points)):
        m, x, y, z = motion[v], points[v, 0], points[v, 1], points[v, 2]
        for i in range(3):
            found[v, i] = m[3 * i] * x + m[3 * i + 1] * y + m[3 * i + 2] * z + m[9 + i]
    return found


@numba.njit(cache=True)
def _turned(motion, triangles, normals):  # type: ignore[no-untyped-def]
    """Return the corner `normals` turned by each vertex's `motion` and made unit again."""
    found = np.empty_like(normals)
    for t in range(len(triangles)):
        for k in range(3):
            m, old, new = motion[triangles[t, k]], normals[t, k], found[t, k]
            for i in range(3):
                new[i] = m[3 * i] * old[0] + m[3 * i + 1] * old[1] + m[3 * i + 2] * old[2]
            length = np.sqrt(new[0] ** 2 + new[1] ** 2 + new[2] ** 2)
            new /= max(length, 1e-12)
    return found


def box(points: Float[Array, "n 3"]) -> Extent:
    """Return the box around `points` [m]."""
    low, high = points.min(axis=0), points.max(axis=0)
    middle, size = (low + high) / 2, high - low
    return Extent(
        (float(middle[0]), float(middle[1]), float(middle[2])),
        (float(size[0]), float(size[1]), float(size[2])),
    )


def pitch(angle: float) -> Float[Array, "3 3"]:
    """Return the turn by `angle` [rad] about the y axis; positive swings a hanging limb forward."""
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, 0, -s], [0, 1, 0], [s, 0, c]])


def roll(angle: float) -> Float[Array, "3 3"]:
    """Return the turn by `angle` [rad] about the x axis; positive swings a hanging limb left."""
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[1, 0, 0], [0, c, -s], [0, s, c]])


def yaw(angle: float) -> Float[Array, "3 3"]:
    """Return the turn by `angle` [rad] about the z axis, anticlockwise from above."""
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])


def reach(
    start: Float[Array, "3"], end: Float[Array, "3"], lengths: tuple[float, float], bend: Array
) -> tuple[Float[Array, "3 3"], Float[Array, "3 3"]]:
    """Return the turns of two hanging bones so that they lead from `start` to `end` [m].

    `lengths` [m] of the bones; the middle joint moves out towards `bend`. What is out of reach
    is pointed at. Law of cosines.
    """
    way = np.asarray(end, float) - start
    first, second = lengths
    span = float(np.clip(np.linalg.norm(way), abs(first - second) + 1e-4, first + second - 1e-4))
    ahead = unit(way)
    cosine = (first**2 + span**2 - second**2) / (2 * first * span)
    out = unit(np.asarray(bend, float) - ahead * (np.asarray(bend, float) @ ahead))
    middle = first * (cosine * ahead + np.sqrt(max(0.0, 1 - cosine**2)) * out)
    return hanging(middle, out), hanging(ahead * span - middle, out)


def hanging(way: Float[Array, "3"], front: Float[Array, "3"]) -> Float[Array, "3 3"]:
    """Return the turn that takes a bone hanging along -z to `way`, its +x side near `front`."""
    up = -unit(way)
    side = unit(np.cross(up, front))
    return np.stack([np.cross(side, up), side, up], axis=1)
