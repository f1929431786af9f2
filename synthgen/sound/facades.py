"""Walls that throw sound back: flat, upright parts of buildings, and mirror images in them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from synthgen.geometry import Array
from synthgen.mesh import Mesh
from synthgen.world import World

GAIN = 0.894
"""Amplitude that a facade gives back. Source: ISO 9613-2:1996, table 4: a share of 0.8 of the power
from walls of buildings with windows and small additions."""
_UPRIGHT = 0.1
"""Walls lean less than this (sine)."""
_LEAST = 12.0
"""[m2] Smaller ones throw back little."""
_TURN, _DEPTH = np.deg2rad(3.0), 0.3
"""[rad], [m] What is closer than this is of one plane."""


@dataclass(frozen=True, eq=False)
class Facades:
    """Flat walls.

    Attributes:
        normal: unit vectors out of each wall, level.
        offset: [m] normal . x of its points.
        along: [m] from and to, along the level vector 90 degrees left of `normal`.
        rise: [m] from and to, heights.
        area: [m2].
    """

    normal: Float[Array, "f 3"]
    offset: Float[Array, "f"]
    along: Float[Array, "f 2"]
    rise: Float[Array, "f 2"]
    area: Float[Array, "f"]

    def mirror(self, number: int) -> tuple[Float[Array, "3 3"], Float[Array, "3"]]:
        """Return matrix and offset [m] that map a point to its image in wall `number`."""
        normal = self.normal[number]
        return np.eye(3) - 2 * np.outer(normal, normal), 2 * self.offset[number] * normal

    def bounce(
        self, source: Float[Array, "n 3"], ear: Float[Array, "n 3"]
    ) -> tuple[Float[Array, "f n 3"], Bool[Array, "f n"]]:
        """Return where sound from `source` to `ear` [m] meets each plane, and whether on the wall.

        Both must be before the wall.
        """
        before = self.normal @ source.T - self.offset[:, None]
        behind = self.normal @ ear.T - self.offset[:, None]
        total = before + behind
        share = before / np.where(np.abs(total) < 1e-9, 1e-9, total)
        image = source[None] - 2 * before[..., None] * self.normal[:, None]
        point = image + share[..., None] * (ear[None] - image)
        aside = np.column_stack([-self.normal[:, 1], self.normal[:, 0]])
        place = (point[..., :2] * aside[:, None]).sum(axis=-1)
        good = (before > 0.2) & (behind > 0.2)
        good &= (place > self.along[:, :1]) & (place < self.along[:, 1:])
        good &= (point[..., 2] > self.rise[:, :1]) & (point[..., 2] < self.rise[:, 1:])
        return point, good


def facades(world: World, center: Float[Array, "3"], reach: float) -> Facades:
    """Return the walls within `reach` [m] of `center`."""
    found: list[tuple] = []
    for body in world.stuff:
        if body.kind != "building" or not len(body.mesh.triangles):
            continue
        low, high = body.mesh.bounds
        gap = np.maximum(np.maximum(low - center, center - high), 0.0)
        if np.linalg.norm(gap[:2]) < reach:
            found += walls_of(body.mesh)
    rows = [one for one in found if abs(float(one[0] @ center) - one[1]) < reach]
    return stacked(rows)


def stacked(rows: Sequence[tuple]) -> Facades:
    """Return walls given as rows of `walls_of` as one."""
    count = len(rows)
    normal, offset, along, rise, area = zip(*rows, strict=True) if rows else ((),) * 5
    return Facades(
        np.array(normal, float).reshape(count, 3),
        np.array(offset, float),
        np.array(along, float).reshape(count, 2),
        np.array(rise, float).reshape(count, 2),
        np.array(area, float),
    )


def walls_of(mesh: Mesh) -> Iterator[tuple]:
    """Yield the flat, upright parts of `mesh` that are large enough, as rows of `Facades`."""
    corner = np.asarray(mesh.vertices, float)[mesh.triangles]
    cross = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
    area = np.linalg.norm(cross, axis=1) / 2
    normal = cross / np.maximum(2 * area, 1e-12)[:, None]
    upright = np.flatnonzero((np.abs(normal[:, 2]) < _UPRIGHT) & (area > 0.01))
    if not len(upright):
        return
    corner, area, normal = corner[upright], area[upright], normal[upright]
    turn = np.round(np.arctan2(normal[:, 1], normal[:, 0]) / _TURN)
    unit = np.column_stack([np.cos(turn * _TURN), np.sin(turn * _TURN)])
    depth = np.round((corner.mean(axis=1)[:, :2] * unit).sum(axis=1) / _DEPTH)
    keys, which = np.unique(np.column_stack([turn, depth]), axis=0, return_inverse=True)
    sums = np.bincount(which.ravel(), weights=area, minlength=len(keys))
    for key in np.flatnonzero(sums >= _LEAST):
        part = which.ravel() == key
        yield _wall(corner[part], area[part], normal[part])


def _wall(corner: Array, area: Array, normal: Array) -> tuple:
    mean = (normal * area[:, None]).sum(axis=0) * [1.0, 1.0, 0.0]
    mean = mean / np.linalg.norm(mean)
    offset = float((corner.mean(axis=1) @ mean * area).sum() / area.sum())
    place = corner.reshape(-1, 3) @ np.array([-mean[1], mean[0], 0.0])
    height = corner[..., 2]
    span = float(place.min()), float(place.max())
    rise = float(height.min()), float(height.max())
    return mean, offset, span, rise, float(area.sum())
