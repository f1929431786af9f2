"""Mirror rays: one per shiny point, spread by roughness, blurred along the road."""

from typing import NamedTuple

import numba
import numpy as np

from synthgen.light.noise import lattice
from synthgen.render.raycast.brdf import dot, rough_schlick
from synthgen.render.raycast.lantern import vector
from synthgen.render.raycast.spots import Spots

_ROUGHEST = 0.48
_SMOOTH = 0.12
_WEAK = 0.15
"""Mirrored share below which a smooth surface leaves every second ray out."""
ROUGH_GAP, SMOOTH_GAP = -1.0, -2.0
"""Roughness that `blur` takes for pixels without a ray of their own."""


class Mirror(NamedTuple):
    """Mirror rays.

    Attributes:
        spot: which spot each ray starts from.
        origin: [m].
        direction: unit.
    """

    spot: np.ndarray
    origin: np.ndarray
    direction: np.ndarray


def mirror_rays(
    spots: Spots, coat: tuple, least: float, width: int, seed: int
) -> tuple[np.ndarray, Mirror]:
    """Return which spots mirror at least a share `least`, and rays from them.

    With an image `width` [px] rough spots send a ray from every third pixel only, and smooth ones
    that mirror little from every second; 0 for all.
    """
    shiny = np.zeros(len(spots.ray), bool)
    casts = np.zeros(len(spots.ray), bool)
    direction = np.zeros((len(spots.ray), 3), np.float32)
    _aim(shiny, casts, direction, spots, coat, _Plan(least, width, seed))
    index = np.flatnonzero(casts)
    step = (0.004 + 3e-4 * spots.distance[index])[:, None] * spots.face[index]
    return shiny, Mirror(index, spots.position[index] + step, direction[index])


def smooth(roughness: np.ndarray) -> np.ndarray:
    """Return where a surface mirrors without a blur."""
    return roughness <= _SMOOTH


class _Plan(NamedTuple):
    least: float
    width: int
    seed: int


@numba.njit(cache=True)
def _aim(shiny, casts, direction, spots, coat, plan):  # type: ignore[no-untyped-def]
    ray, eye, normals, face = spots.ray, spots.eye, spots.normal, spots.face
    specular, roughness = coat.specular, coat.roughness
    for n in range(len(ray)):
        rough = np.float64(roughness[n])
        if rough > _ROUGHEST or specular[n, 1] < 0.01:
            continue
        view, normal = vector(eye, n), vector(normals, n)
        share = rough_schlick(np.float64(specular[n, 1]), dot(view, normal), rough)
        if share < plan.least:
            continue
        shiny[n] = True
        if plan.width > 0 and _skips(ray[n], plan.width, rough > _SMOOTH, share < _WEAK):
            continue
        casts[n] = True
        half = _half_vector(normal, rough, ray[n], plan.seed)
        lean = dot(view, half)
        lift = 0.0
        for k in range(3):
            direction[n, k] = 2.0 * lean * half[k] - view[k]
            lift += direction[n, k] * face[n, k]
        # A ray into the surface is bent back above it.
        length = 0.0
        for k in range(3):
            direction[n, k] += max(0.02 - lift, 0.0) * 2.0 * face[n, k]
            length += direction[n, k] ** 2
        for k in range(3):
            direction[n, k] /= np.sqrt(length)


@numba.njit(cache=True)
def _skips(ray, width, rough, weak):  # type: ignore[no-untyped-def]
    """Return whether a pixel leaves mirror rays to its neighbours.

    Two of three pixels of a rough surface do; those left form a slanted grid without gaps wider
    than two pixels. Every second pixel of a weak smooth mirror does, as on a chessboard.
    """
    diagonal = ray // width + ray % width
    return diagonal % 3 != 0 if rough else (weak and diagonal % 2 != 0)


@numba.njit(cache=True)
def _half_vector(normal, roughness, ray, seed):  # type: ignore[no-untyped-def]
    """Return a GGX-distributed micro normal (Walter et al. 2007, eq. 35 and 36)."""
    alpha = roughness * roughness
    share = 0.6 * lattice(ray, seed, 311)
    tilt = np.arctan(alpha * np.sqrt(share / (1.0 - share)))
    turn = 2 * np.pi * lattice(ray, seed, 312)
    sign = 1.0 if normal[2] >= 0.0 else -1.0
    a = -1.0 / (sign + normal[2])
    b = normal[0] * normal[1] * a
    x, y, z = np.sin(tilt) * np.cos(turn), np.sin(tilt) * np.sin(turn), np.cos(tilt)
    return (
        x * (1 + sign * normal[0] * normal[0] * a) + y * b + z * normal[0],
        x * sign * b + y * (sign + normal[1] * normal[1] * a) + z * normal[1],
        -x * sign * normal[0] - y * normal[1] + z * normal[2],
    )


@numba.njit(cache=True)
def blur(image, rough, body, height, width, calm):  # type: ignore[no-untyped-def]
    """Return `image` (h*w, 3) averaged over neighbours that mirror alike, mostly up and down.

    `rough` is negative where a pixel has no mirror ray (`SMOOTH_GAP` asks its four neighbours),
    `body` -1 where it mirrors nothing. A rough road seen at a grazing angle smears reflections
    vertically far more than sideways.
    Rays that met something much brighter than `calm` [cd/m2] count less: a few of them make
    sparks, not a picture.
    """
    out = np.zeros_like(image)
    for row in range(height):
        for column in range(width):
            here = row * width + column
            if body[here] < 0:
                continue
            tall = 0 if 0.0 <= rough[here] <= _SMOOTH else 5
            side = min(tall, 2)
            if rough[here] == SMOOTH_GAP:
                tall, side = 1, 1
            total = 0.0
            for j in range(max(row - tall, 0), min(row + tall + 1, height)):
                for i in range(max(column - side, 0), min(column + side + 1, width)):
                    there = j * width + i
                    if rough[there] < 0.0 or body[there] != body[here]:
                        continue
                    weight = 1.0 / (1.0 + 0.06 * (j - row) ** 2 + 0.4 * (i - column) ** 2)
                    if tall > 0:
                        weight /= 1.0 + image[there, 1] / calm
                    total += weight
                    for k in range(3):
                        out[here, k] += weight * image[there, k]
            if total > 0.0:
                for k in range(3):
                    out[here, k] /= total
    return out


@numba.njit(cache=True)
def add_mirrored(out, spots, coat, which, radiance):  # type: ignore[no-untyped-def]
    """Add the mirrored share of `radiance` (one row per number in `which`) to these spots."""
    normal, eye, specular, roughness = spots.normal, spots.eye, coat.specular, coat.roughness
    for i in range(len(which)):
        n = which[i]
        cosine = 0.0
        for k in range(3):
            cosine += normal[n, k] * eye[n, k]
        for k in range(3):
            share = rough_schlick(np.float64(specular[n, k]), cosine, np.float64(roughness[n]))
            out[n, k] += share * radiance[i, k]
