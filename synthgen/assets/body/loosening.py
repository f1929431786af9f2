"""How cloth hangs off the body: tubes around limbs, straight falls from chest to hem."""

import numpy as np
from jaxtyping import Float

from synthgen.assets.body.bones import Bone
from synthgen.assets.body.surface import Surface, extruded, smoothed, vertex_normals
from synthgen.assets.body.wearer import Wearer
from synthgen.geometry import Array

X, Y, Z, ARM, LEG = range(5)
"""Columns of `Surface.home`."""


def eased(surface: Surface, ease: Float[Array, "v"] | float, rounds: int) -> Float[Array, "v 3"]:
    """Return the points [m] after smoothing and moving out by `ease` [m]."""
    points = smoothed(surface.points, surface.triangles, rounds)
    normals = vertex_normals(points, surface.triangles)
    return points + normals * np.broadcast_to(np.asarray(ease), len(points))[:, None]


def tubed(
    wearer: Wearer,
    surface: Surface,
    points: Float[Array, "v 3"],
    limb: str,
    widths: tuple[float, float, float],
) -> Float[Array, "v 3"]:
    """Return `points` with each limb at least as wide as a straight tube.

    `widths` at start, middle joint and end are shares of the limb's own mean radius beside the
    first joint (start) and at the middle joint (middle and end).
    """
    way = surface.home[:, ARM if limb == "arm" else LEG]
    axis = wearer.along(limb, surface.home[:, Y], np.clip(way, 0, 2))
    ahead = wearer.along(limb, surface.home[:, Y], np.clip(way, 0, 1.99) + 0.01) - axis
    ahead /= np.maximum(np.linalg.norm(ahead, axis=1, keepdims=True), 1e-9)
    out = points - axis
    out -= (out * ahead).sum(axis=1, keepdims=True) * ahead
    radius = np.linalg.norm(out, axis=1)
    first, middle = (_mean(radius, way, spot) for spot in (0.42, 1.0))
    floor = np.interp(
        way, [0.3, 1.0, 2.0], [first * widths[0], middle * widths[1], middle * widths[2]]
    )
    floor *= np.clip((way - 0.1) / 0.2, 0, 1)
    grown = np.maximum(radius, floor) / np.maximum(radius, 1e-6)
    return points + out * (grown - 1)[:, None] * (way > 0.1)[:, None]


def _mean(radius: Array, way: Array, spot: float) -> float:
    return float(radius[np.abs(way - spot) < 0.12].mean())


def hung(surface: Surface, points: Float[Array, "v 3"], loose: float) -> Float[Array, "v 3"]:
    """Return `points` with the trunk at least `loose` of a straight fall from chest to hips."""
    height = surface.home[:, Z]
    trunk = surface.home[:, ARM] < 0.05
    middle = np.array([points[trunk, 0].mean(), 0.0])
    flat = points[:, :2] - middle
    angle, radius = np.arctan2(flat[:, 1], flat[:, 0]), np.linalg.norm(flat, axis=1)
    rings = [
        _around(angle, radius, trunk & (np.abs(height - spot) < 0.06)) for spot in (0.40, 0.05)
    ]
    share = np.clip((0.40 - height) / 0.35, 0, 1)
    fall = (1 - share) * rings[0] + share * rings[1]
    fall *= loose * np.clip((0.50 - height) / 0.06, 0, 1) * trunk
    grown = np.maximum(radius, fall) / np.maximum(radius, 1e-6)
    return np.concatenate([middle + flat * grown[:, None], points[:, 2:]], axis=1)


def _around(angle: Array, radius: Array, near: Array) -> Array:
    """Return at each angle the radius that the vertices `near` have around it, smoothed."""
    spots = np.linspace(-np.pi, np.pi, 25)[:-1]
    away = np.abs((angle[near] - spots[:, None] + np.pi) % (2 * np.pi) - np.pi)
    share = np.exp(-((away / 0.25) ** 2)) + 1e-9
    mean = (share * radius[near]).sum(axis=1) / share.sum(axis=1)
    return np.interp(angle, spots, mean, period=2 * np.pi)


def skirted(
    surface: Surface, edges: Array, drop: Float[Array, "k"], flare: float, start: float
) -> tuple[Surface, Array]:
    """Return the surface with a skirt of strips below the border `edges`.

    `drop` [m] of each strip; `flare` is the way out per way down, after `start` [m] at once. Front
    and back swing with the hem's bones, more the lower. Also returns the new border.
    """
    rim = np.unique(edges)
    middle = surface.points[rim].mean(axis=0)
    deep = 0.0
    for one in drop:
        deep += float(one)
        out = surface.points - middle
        out[:, 2] = 0
        out /= np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-9)
        weights = _swinging(surface, out, deep)
        first = start if deep == one else 0.0
        shift = out * (flare * one + first) - np.array([0, 0, 1.0]) * one
        surface, edges = extruded(surface, edges, shift, weights)
    return surface, edges


def _swinging(surface: Surface, out: Array, deep: float) -> Array:
    """Return the weights of a hem `deep` [m] below the hips, `out` to each side of the middle."""
    weights = np.zeros_like(surface.weights)
    hem = min(1.0, 0.4 + 1.3 * deep)
    ahead = np.clip(0.5 + 0.8 * out[:, 0], 0, 1)
    weights[:, Bone.PELVIS] = 1 - hem
    weights[:, Bone.HEM_FRONT] = hem * ahead
    weights[:, Bone.HEM_BACK] = hem * (1 - ahead)
    return weights
