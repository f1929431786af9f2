"""Heights of the ground: level carriageway, kerb step, lowered kerbs and far hills."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from jaxtyping import Float
from scipy.spatial import cKDTree
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from synthgen.geometry import Array
from synthgen.place.layout import Layout
from synthgen.place.planar import polygons_of

STEP = 0.12
"""[m] height of the kerb.

Source: FGSV, RASt 06, 2006, section 6.1.1.3 (8 to 14 cm).
"""
LOWERED = 0.02
"""[m] height of the kerb at crossings (same source, section 6.1.8.1: 3 cm or less)."""
DEPTH = 1.2
FLARE = 0.8
_HALF = 0.9


@dataclass(frozen=True, eq=False)
class Ramps:
    """Where the kerb is lowered.

    Attributes:
        origin: [m] point on the kerb line, middle of the lowered stretch.
        outward: unit vector from the carriageway to the sidewalk.
        half: [m] half the lowered width.
    """

    origin: Float[Array, "n 2"]
    outward: Float[Array, "n 2"]
    half: Float[Array, "n"]

    @cached_property
    def tree(self) -> cKDTree:
        """Finds ramps near a point."""
        return cKDTree(self.origin if len(self.origin) else np.full((1, 2), 1e9))

    def height(self, points: Float[Array, "n 2"]) -> Float[Array, "n"]:
        """Return the height [m] of kerb tops and land at `points`: piecewise linear."""
        drop = np.zeros(len(points))
        if not len(self.origin):
            return drop + STEP
        reach = float(np.hypot(DEPTH, self.half.max() + FLARE)) + 0.1
        near = self.tree.query_ball_point(points, reach)
        counts = np.array([len(found) for found in near], int)
        point = np.repeat(np.arange(len(points)), counts)
        ramp = np.array([one for found in near for one in found], int)
        np.maximum.at(drop, point, self._share(points[point], ramp))
        return STEP - (STEP - LOWERED) * drop

    def _share(self, points: Array, ramp: Array) -> Array:
        """1 on the lowered kerb, 0 where the land is at full height again."""
        way = points - self.origin[ramp]
        out = self.outward[ramp]
        inward = (way * out).sum(axis=1)
        side = np.abs(way[:, 0] * out[:, 1] - way[:, 1] * out[:, 0])
        flare = (self.half[ramp] + FLARE - side) / FLARE
        return np.clip(np.minimum(1 - inward / DEPTH, flare), 0, 1)

    @cached_property
    def creases(self) -> list[tuple[Polygon, ...]]:
        """Per ramp, the convex pieces of the plane on which its height is linear."""
        found = []
        for origin, out, half in zip(self.origin, self.outward, self.half, strict=True):
            axes = np.array([out, [-out[1], out[0]]])
            rings = [origin + piece @ axes for piece in _pieces(float(half))]
            found.append(tuple(Polygon(ring) for ring in rings))
        return found

    @cached_property
    def hulls(self) -> list[BaseGeometry]:
        """Per ramp, all its pieces together."""
        return [shapely.union_all(list(group)) for group in self.creases]


def _pieces(half: float) -> list[Array]:
    """Pieces in (inward, sideways) coordinates, reaching 1.2 m towards the carriageway."""
    front, wide = -1.2, half + FLARE
    pieces = [
        np.array([[front, -half], [0, -half], [0, half], [front, half]]),
        np.array([[0, -half], [DEPTH, -half], [DEPTH, half], [0, half]]),
    ]
    for sign in (-1, 1):
        inner, outer = sign * half, sign * wide
        pieces.append(np.array([[front, inner], [0, inner], [0, outer], [front, outer]]))
        pieces.append(np.array([[0, inner], [DEPTH, outer], [0, outer]]))
        pieces.append(np.array([[0, inner], [DEPTH, inner], [DEPTH, outer]]))
    return pieces


def ramps(plan: Layout) -> Ramps:
    """Return the lowered kerbs at both ends of every crossing."""
    edge = plan.road.boundary
    found: list[tuple[Array, Array, float]] = []
    for crossing in plan.network.crossings:
        for end, inner in ((0, 1), (-1, -2)):
            tip, way = crossing.shape[end], crossing.shape[end] - crossing.shape[inner]
            out = way / max(float(np.linalg.norm(way)), 1e-9)
            probe = LineString([tip - 1.5 * out, tip + 2.5 * out])
            hit = shapely.get_coordinates(probe.intersection(edge))
            if len(hit):
                middle = hit[np.argmax((hit - tip) @ out)]
                found.append((middle, out, min(crossing.width / 2, _HALF)))
    found = _apart(found)
    return Ramps(
        np.array([one[0] for one in found]).reshape(-1, 2),
        np.array([one[1] for one in found]).reshape(-1, 2),
        np.array([one[2] for one in found]),
    )


def _apart(found: list[tuple[Array, Array, float]]) -> list[tuple[Array, Array, float]]:
    """Keep ramps whose flares do not meet, so that heights stay linear on the pieces."""
    kept: list[tuple[Array, Array, float]] = []
    for one in found:
        if all(
            np.linalg.norm(one[0] - other[0]) > one[2] + other[2] + 2 * FLARE + 0.2
            for other in kept
        ):
            kept.append(one)
    return kept


def split(shapes: list[Polygon], lowered: Ramps) -> list[Polygon]:
    """Return `shapes` cut along the creases of all ramps."""
    pieces, hulls = lowered.creases, lowered.hulls
    if not pieces or not shapes:
        return shapes
    tree = shapely.STRtree(shapes)
    which, ramp = np.array(tree.query(hulls, predicate="intersects"))[::-1]
    done: list[Polygon] = []
    rest: dict[int, list[BaseGeometry]] = {}
    for shape, number in zip(which, ramp, strict=True):
        rest.setdefault(int(shape), []).append(hulls[number])
        local = shapely.intersection(list(pieces[number]), shapes[shape])
        done.extend(part for one in local for part in polygons_of(one, 1e-6))
    for index, shape in enumerate(shapes):
        holes = rest.get(index)
        left = shape.difference(shapely.union_all(holes)) if holes else shape
        done.extend(polygons_of(left, 1e-6))
    return done


def hills(plan: Layout, points: Float[Array, "n 2"]) -> Float[Array, "n"]:
    """Return the height [m] of the land beyond the flat region: long, low swells."""
    low_x, low_y, high_x, high_y = plan.region.bounds
    x, y = points.T
    beyond = np.hypot(
        np.maximum(np.maximum(low_x - x, x - high_x), 0),
        np.maximum(np.maximum(low_y - y, y - high_y), 0),
    )
    swell = 0.6 + 0.25 * np.sin(x / 170 + 1.3) + 0.25 * np.sin(y / 210 + x / 390)
    return STEP + swell * 26 * np.clip((beyond - 20) / 500, 0, 1) ** 1.4
