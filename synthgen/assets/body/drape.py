"""Skirts and long coats: one closed garment that goes round both legs, however they stand."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, Int

from synthgen.assets.body.bones import Bone
from synthgen.assets.body.loosening import LEG
from synthgen.assets.body.surface import Surface, extruded
from synthgen.assets.body.wearer import Wearer
from synthgen.geometry import Array, unit

SIDES = 32
"""Directions in which the hull of a section is told."""
TIGHT = 0.6
"""Least size of the section between the legs, as a share of how it hangs straight."""
WAYS = np.array([0.15, 0.45, 1.0, 1.4, 1.9])
"""Where along a leg its radius is measured: 0 hip, 1 knee, 2 ankle."""
HANGS = 0.5
"""Share of the straight fall in the way of cloth below the knees; the rest follows the shins."""
_DOWN = np.array([0.0, 0.0, -1.0])


@dataclass(frozen=True)
class Fall:
    """How cloth falls below the hips.

    Attributes:
        drop: [m] from the hips to the hem.
        flare: way out per way down.
        ease: [m] off the legs.
        folds: [m/m] depth of folds per way down.
    """

    drop: float
    flare: float
    ease: float
    folds: float


@dataclass(frozen=True, eq=False)
class Drape:
    """Rings of vertices that are laid round both legs in every stance.

    Each ring lies in a plane across the middle of both legs. There it is the convex hull of both
    legs and of a smaller copy of how the ring hangs straight, just so large that the cloth keeps
    its girth: by Cauchy's formula the girth of a convex figure is the integral of its support
    function over all directions. Where legs are too far apart for that, cloth gives; round the
    level thighs of who sits it lies close.

    Attributes:
        rim: vertices of the border it hangs from.
        rows: vertices of each ring below.
        triangles: its faces.
        deep: [m] way of each ring from the rim.
        half: [m] half axes, forward and left, of each ring hanging straight.
        angle: [rad] of each column about the middle, 0 ahead, anticlockwise from above.
        radii: [m] of a leg with room for it, at `WAYS`.
        folds: [m/m] depth of folds per way down.
    """

    rim: Int[Array, "n"]
    rows: Int[Array, "k n"]
    triangles: Int[Array, "t"]
    deep: Float[Array, "k"]
    half: Float[Array, "k 2"]
    angle: Float[Array, "n"]
    radii: Float[Array, "w"]
    folds: float

    def scaled(self, factor: float) -> "Drape":
        """Return the drape of a body `factor` times as large."""
        return replace(
            self, deep=self.deep * factor, half=self.half * factor, radii=self.radii * factor
        )

    def numbered(self, vertices: Int[Array, "v"], first: int) -> "Drape":
        """Return the drape with vertex i called `vertices[i]`, triangles counted from `first`."""
        return replace(
            self, rim=vertices[self.rim], rows=vertices[self.rows],
            triangles=self.triangles + first,
        )  # fmt: skip

    def lay(self, points: Float[Array, "v 3"], joints: Array, turns: Array) -> None:
        """Move the rings among `points` [m] to where they are with bones at `joints` [m]."""
        middles, ahead, left = self._planes(points[self.rim].mean(axis=0), joints, turns)
        legs = self._legs(middles, np.stack([ahead, left], axis=1), joints)
        around = np.arange(SIDES) / SIDES * 2 * np.pi
        hanging = np.hypot(self.half[:, :1] * np.cos(around), self.half[:, 1:] * np.sin(around))
        down = np.cross(left, ahead)
        support = _kept(legs, hanging * np.clip(-down[:, 2:], 0.1, 1.0))
        cosine = np.cos(around[:, None] - self.angle)
        beyond = np.where(cosine > 0.05, 1 / np.maximum(cosine, 0.05), np.inf)
        radius = (support[:, :, None] * beyond).min(axis=1)
        radius += self.folds * self.deep[:, None] * (0.5 + 0.5 * np.cos(7 * self.angle + 1.0))
        out = radius[..., None] * (
            np.cos(self.angle)[:, None] * ahead[:, None]
            + np.sin(self.angle)[:, None] * left[:, None]
        )
        points[self.rows] = middles[:, None] + out

    def _planes(self, top: Array, joints: Array, turns: Array) -> tuple[Array, Array, Array]:
        """Return middle, way ahead and way to the left of each ring."""
        knee = (joints[Bone.SHANK_LEFT] + joints[Bone.SHANK_RIGHT]) / 2
        ankle = (joints[Bone.FOOT_LEFT] + joints[Bone.FOOT_RIGHT]) / 2
        thigh, shin = unit(knee - top), unit(ankle - knee)
        below = unit(HANGS * _DOWN + (1 - HANGS) * shin)
        length = float(np.linalg.norm(knee - top))
        deep = self.deep[:, None]
        middles = top + np.minimum(deep, length) * thigh + np.maximum(deep - length, 0) * below
        share = np.clip(deep / (0.35 * length), 0, 1)
        bent = np.clip((deep - length) / (0.3 * length) + 0.5, 0, 1)
        down = (1 - share) * (turns[Bone.PELVIS] @ _DOWN) + share * thigh
        down = unit((1 - bent) * down + bent * below)
        side = unit(joints[Bone.THIGH_LEFT] - joints[Bone.THIGH_RIGHT])
        left = unit(side - (down @ side)[:, None] * down)
        return middles, np.cross(left, -down), left

    def _legs(self, middles: Array, axes: Array, joints: Array) -> Float[Array, "k s"]:
        """Return the support function [m] of both legs' sections in each ring's plane."""
        down = np.cross(axes[:, 1], axes[:, 0])
        around = np.arange(SIDES) / SIDES * 2 * np.pi
        ways = np.stack([np.cos(around), np.sin(around)])
        found = np.full((len(middles), SIDES), -np.inf)
        for first in (0, 1):
            line = joints[
                [Bone.THIGH_LEFT + first, Bone.SHANK_LEFT + first, Bone.FOOT_LEFT + first]
            ]
            gap = (line[None] - middles[:, None]) @ down[:, :, None]
            place, way, run = _crossing(line, gap[:, :, 0])
            radius = np.interp(way, WAYS, self.radii)[:, None]
            slant = np.clip(np.abs((run * down).sum(axis=1)), 0.55, 1.0)[:, None]
            spot = np.einsum("kai,ki->ka", axes, place - middles)
            flat = np.einsum("kai,ki->ka", axes, run)
            flat /= np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-9)
            long = np.sqrt(1 + (1 / slant**2 - 1) * (flat @ ways) ** 2)
            found = np.maximum(found, spot @ ways + radius * long)
        return found


def _crossing(line: Float[Array, "3 3"], gap: Float[Array, "k 3"]) -> tuple[Array, Array, Array]:
    """Return where a leg meets each plane, how far along that is, and the leg's direction there.

    `gap` [m] is how far hip, knee and ankle are beyond each plane. A leg that ends before a plane
    counts with its ankle, one that begins beyond it with its hip.
    """
    shin = gap[:, 1] < 0
    start, end = np.where(shin, gap[:, 1], gap[:, 0]), np.where(shin, gap[:, 2], gap[:, 1])
    share = np.clip(-start / np.where(np.abs(end - start) < 1e-6, 1e-6, end - start), 0, 1)
    run = (line[1:] - line[:-1])[shin.astype(int)]
    place = line[shin.astype(int)] + share[:, None] * run
    return place, shin + share, unit(run)


def _kept(legs: Float[Array, "k s"], hanging: Float[Array, "k s"]) -> Float[Array, "k s"]:
    """Return the support function of legs and cloth, of the girth that `hanging` has."""
    sizes = np.linspace(TIGHT, 1.0, 6)
    tries = np.maximum(legs, sizes[:, None, None] * hanging)
    girth, wanted = tries.mean(axis=2), hanging.mean(axis=1)
    size = [np.interp(one, own, sizes) for one, own in zip(wanted, girth.T, strict=True)]
    return np.maximum(legs, np.array(size)[:, None] * hanging)


def falling(
    wearer: Wearer, surface: Surface, edges: Array, fall: Fall, legs: Surface
) -> tuple[Surface, Drape]:
    """Return the surface with rings below the border `edges`, and how they are laid.

    `legs` is what is worn, or else the body, inside.
    """
    rim, scale = np.unique(edges), wearer.scale
    count = max(2, round(fall.drop / 0.085))
    deep = np.arange(1, count + 1) * fall.drop * scale / count
    first, rows = len(surface.triangles), []
    weights = np.zeros_like(surface.weights)
    middle = surface.points[rim].mean(axis=0)
    for _ in deep:
        weights = np.zeros_like(surface.weights)
        weights[:, Bone.PELVIS] = 1.0
        rows.append(len(surface.points) + np.arange(len(rim)))
        down = np.tile([0.0, 0.0, -float(deep[0])], (len(surface.points), 1))
        surface, edges = extruded(surface, edges, down, weights)
    flat = surface.points[rim] - middle
    half = np.ptp(flat[:, :2], axis=0) / 2 + (fall.flare * deep + 0.004)[:, None]
    return surface, Drape(
        rim=rim, rows=np.array(rows), triangles=np.arange(first, len(surface.triangles)),
        deep=deep, half=half, angle=np.arctan2(flat[:, 1], flat[:, 0]),
        radii=_radii(wearer, legs) + fall.ease * scale, folds=fall.folds,
    )  # fmt: skip


def _radii(wearer: Wearer, legs: Surface) -> Float[Array, "w"]:
    """Return the radius [m] of a leg at `WAYS`, as far as `legs` go."""
    way = legs.home[:, LEG]
    axis = wearer.along("leg", legs.home[:, 1], np.clip(way, 0, 2))
    ahead = wearer.along("leg", legs.home[:, 1], np.clip(way, 0, 1.99) + 0.01) - axis
    ahead /= np.maximum(np.linalg.norm(ahead, axis=1, keepdims=True), 1e-9)
    out = legs.points - axis
    radius = np.linalg.norm(out - (out * ahead).sum(axis=1, keepdims=True) * ahead, axis=1)
    found = [np.quantile(radius[near], 0.9) if near.any() else np.nan
             for near in (np.abs(way - spot) < 0.14 for spot in WAYS)]  # fmt: skip
    known = np.isfinite(found)
    return np.interp(WAYS, WAYS[known], np.array(found)[known])
