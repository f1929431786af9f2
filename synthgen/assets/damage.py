"""Sheet metal after a blow: dented bodies."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float

from synthgen.assets.assembly import body_bounds
from synthgen.geometry import Array, unit
from synthgen.mesh import corner_normals
from synthgen.world import Body, Extent

FOLD = 0.16
"""[m] Length of a fold in crumpled sheet metal."""
CREASE = 0.5
"""[rad] Faces at a sharper angle do not share their shading."""


@dataclass(frozen=True)
class Blow:
    """Where something was hit.

    Attributes:
        point: [m] where, body frame.
        inward: horizontal direction that the metal was pushed in, body frame.
        depth: [m] how far.
        radius: [m] of the dent.
    """

    point: tuple[float, float, float]
    inward: tuple[float, float, float]
    depth: float
    radius: float


def dented(body: Body, blow: Blow, rng: np.random.Generator) -> Body:
    """Return `body` with what is near the blow pushed in and folded; wheels stay as they are.

    The push fades over three depths into the body, so that no sheet passes through another.
    """
    whole = body.mesh
    moved = whole.vertices + _push(whole.vertices, blow, rng)
    for wheel in body.wheels:
        own = slice(*wheel.vertices)
        moved[own] = whole.vertices[own]
    normals = corner_normals(moved, whole.triangles, CREASE)
    turned = (moved != whole.vertices).any(axis=1)[whole.triangles].any(axis=1)
    normals = np.where(turned[:, None, None], normals, whole.normals)
    mesh = replace(whole, vertices=moved, normals=normals)
    low, high = body_bounds(mesh)
    x, y, z = (float(v) for v in (low + high) / 2)
    long, wide, tall = (float(v) for v in high - low)
    return replace(body, mesh=mesh, extent=Extent((x, y, z), (long, wide, tall)))


def _push(points: Float[Array, "v 3"], blow: Blow, rng: np.random.Generator) -> Float[Array, "v 3"]:
    inward = unit(np.array(blow.inward))
    away = points - np.array(blow.point)
    along = away @ inward
    aside = np.linalg.norm(away - along[:, None] * inward, axis=1)
    weight = np.exp(-((aside / blow.radius) ** 2))
    weight = weight * np.clip(1 - along / (3 * blow.depth), 0, 1)
    weight[weight < 0.02] = 0.0
    waves = rng.normal(size=(3, 3)) * 2 * np.pi / FOLD / 2
    folds = np.sin(points @ waves.T + rng.uniform(0, 2 * np.pi, 3))
    return weight[:, None] * (blow.depth * inward + 0.09 * blow.depth * folds)
