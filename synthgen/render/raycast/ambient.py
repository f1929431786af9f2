"""Light from all around: how much of the sky each point sees, and what it gets from it."""

from typing import NamedTuple

import numba
import numpy as np

from synthgen.light.dome import Dome, radiance
from synthgen.render.raycast.brdf import dot, rough_schlick
from synthgen.render.raycast.lantern import vector
from synthgen.render.raycast.spots import Spots

_GOLDEN = 0.6180339887


class Openness(NamedTuple):
    """Sky visibility on a coarse grid of pixels, row by row.

    Attributes:
        step: [px] spacing of the grid.
        open: light-weighted share of the sky that is visible.
        near: mean brightness of what hides it, over that of open ground.
        distance: [m] of the grid's points, 0 where there is sky.
        normal: face normal of the grid's points.
    """

    step: int
    open: np.ndarray
    near: np.ndarray
    distance: np.ndarray
    normal: np.ndarray


class Fan(NamedTuple):
    """Rays from grid points into their half spaces.

    Attributes:
        origin: [m].
        direction: unit, cosine-weighted about the face normal.
        weight: luminance of the sky (or ground) in that direction.
    """

    origin: np.ndarray
    direction: np.ndarray
    weight: np.ndarray


def fan(spots: Spots, dome: Dome, count: int, pattern: np.ndarray) -> Fan:
    """Return `count` stratified rays per spot, in the order of the spots.

    `pattern` (0 to 8, nine in any 3 x 3 grid points) turns each fan, so that averages over
    neighbours see nine times as many directions.
    """
    total = len(spots.ray) * count
    out = Fan(np.empty((total, 3), np.float32), np.empty((total, 3), np.float32), np.empty(total))
    _fan(out, spots, dome, count, pattern)
    return out


def openness(
    rays: Fan, distance: np.ndarray, bright: np.ndarray, count: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the open share and the near brightness per spot from the rays' hit `distance`s.

    What rays meet shines as open ground does, times `bright`.
    """
    weight = rays.weight.reshape(-1, count)
    reach = distance.reshape(-1, count)
    down = rays.direction[:, 2].reshape(-1, count) < 0
    blocked = np.isfinite(reach)
    # Below the horizon the ground is the light; it counts as hidden only close to it.
    level = bright.reshape(-1, count)
    shadow = np.where(down, 1 - level * np.clip(reach / 1.2, 0, 1), blocked)
    shadow = np.where(blocked, shadow, 0.0)
    share = 1 - (weight * shadow).sum(axis=1) / np.maximum(weight.sum(axis=1), 1e-12)
    glow = np.where(blocked, 0.06 + 0.94 * np.clip((reach - 0.3) / 6.0, 0, 1), 0.0)
    return share, (level * glow * np.where(down, np.clip(1 - reach / 1.2, 0, 1), shadow)).mean(1)


@numba.njit(cache=True)
def _frame(n):  # type: ignore[no-untyped-def]
    """Return two tangents of unit vector `n`.

    Source: T. Duff et al., "Building an orthonormal basis, revisited", JCGT 6, 2017.
    """
    x, y, z = n
    sign = 1.0 if z >= 0.0 else -1.0
    a = -1.0 / (sign + z)
    b = x * y * a
    return (1.0 + sign * x * x * a, sign * b, -sign * x), (b, sign + y * y * a, -y)


@numba.njit(cache=True)
def _fan(out, spots, dome, count, pattern):  # type: ignore[no-untyped-def]
    face, position, origins, directions, weights = (
        spots.face, spots.position, out.origin, out.direction, out.weight
    )  # fmt: skip
    for n in range(len(pattern)):
        normal = vector(face, n)
        t, b = _frame(normal)
        turn = (pattern[n] * 0.7548776662) % 1.0
        shift = (pattern[n] + 0.5) / 9.0
        for k in range(count):
            i = n * count + k
            area = (k + shift) / count
            angle = 2 * np.pi * ((k * _GOLDEN + turn) % 1.0)
            radius = np.sqrt(area)
            x, y, z = radius * np.cos(angle), radius * np.sin(angle), np.sqrt(1.0 - area)
            for j in range(3):
                directions[i, j] = x * t[j] + y * b[j] + z * normal[j]
                origins[i, j] = position[n, j] + 0.01 * normal[j]
            toward = vector(directions, i)
            red, green, blue = radiance(dome, toward[0], toward[1], toward[2])
            weights[i] = 0.2126 * red + 0.7152 * green + 0.0722 * blue


@numba.njit(cache=True)
def smoothed(grid, columns):  # type: ignore[no-untyped-def]
    """Return `grid` averaged over the 3 x 3 points around each that lie on its surface."""
    share, near = grid.open.copy(), grid.near.copy()
    rows = len(share) // columns
    for n in range(len(share)):
        far = grid.distance[n]
        if far <= 0.0:
            continue
        i, j, total, one, two = n % columns, n // columns, 0.0, 0.0, 0.0
        for jj in range(max(j - 1, 0), min(j + 2, rows)):
            for ii in range(max(i - 1, 0), min(i + 2, columns)):
                m = jj * columns + ii
                ratio = grid.distance[m] / far
                agree = 0.0
                for c in range(3):
                    agree += grid.normal[m, c] * grid.normal[n, c]
                if agree > 0.85 and 0.7 < ratio < 1.4:
                    total += 1.0
                    one += grid.open[m]
                    two += grid.near[m]
        share[n], near[n] = one / total, two / total
    return share, near


@numba.njit(cache=True)
def _look_up(points, place, distance, normal):  # type: ignore[no-untyped-def]
    """Return openness at `place` of the grid from the four points around it on its surface."""
    columns, rows, x, y = place
    reach, lean, opens, nears = points
    i, j = int(np.floor(x)), int(np.floor(y))
    total, share, near = 1e-9, 0.0, 0.0
    for dj in range(2):
        for di in range(2):
            ii, jj = min(max(i + di, 0), columns - 1), min(max(j + dj, 0), rows - 1)
            k = jj * columns + ii
            far = reach[k]
            if far <= 0.0:
                continue
            weight = (1.0 - abs(x - i - di) + 0.01) * (1.0 - abs(y - j - dj) + 0.01)
            # Falls to a tenth where one is 1.3 times as far as the other.
            gap = (far - distance) / (far + distance)
            agree = 0.0
            for c in range(3):
                agree += lean[k, c] * normal[c]
            weight *= max(agree, 0.0) ** 8 / (1.0 + 500.0 * gap * gap) ** 2 + 1e-5
            total += weight
            share += weight * opens[k]
            near += weight * nears[k]
    if total < 1e-8:
        return 0.8, 0.1
    return share / total, near / total


@numba.njit(cache=True)
def _irradiance(harmonics, x, y, z, k):  # type: ignore[no-untyped-def]
    h = harmonics
    value = h[0, k] + h[1, k] * y + h[2, k] * z + h[3, k] * x + h[4, k] * x * y + h[5, k] * y * z
    value += h[6, k] * (3 * z * z - 1) + h[7, k] * x * z + h[8, k] * (x * x - y * y)
    return max(value, 0.0)


@numba.njit(cache=True)
def add_ambient(out, spots, coat, openness, shiny, harmonics, ground):  # type: ignore[no-untyped-def]
    """Add what each spot sends on of sky and ground light.

    The mirrored part is a blurred sky, left out where spots are `shiny`: they send a mirror ray.
    `openness` is share and near brightness per spot, `ground` the luminance of open ground.
    """
    share, near = openness
    normals, eye = spots.normal, spots.eye
    diffuse, specular, roughness = coat.diffuse, coat.specular, coat.roughness
    for n in range(len(share)):
        normal, view = vector(normals, n), vector(eye, n)
        cosine = dot(normal, view)
        rx, ry, rz = (
            2 * cosine * normal[0] - view[0],
            2 * cosine * normal[1] - view[1],
            2 * cosine * normal[2] - view[2],
        )
        rough = np.float64(roughness[n])
        for k in range(3):
            level = share[n] * _irradiance(harmonics, normal[0], normal[1], normal[2], k)
            level += near[n] * np.pi * ground[k]
            mirrored = share[n] * _irradiance(harmonics, rx, ry, rz, k) / np.pi
            mirrored += near[n] * ground[k]
            gloss = rough_schlick(np.float64(specular[n, k]), cosine, rough)
            if specular[n, k] < 0.01:
                gloss = 0.0
            out[n, k] += diffuse[n, k] * (1.0 - gloss) * level / np.pi
            if not shiny[n]:
                out[n, k] += gloss * mirrored


@numba.njit(cache=True)
def upsample(grid, width, spots, column, row, share, near):  # type: ignore[no-untyped-def]
    """Fill `share` and `near` of each spot, seen at pixel (`column`, `row`), from the grid."""
    points = grid.distance, grid.normal, grid.open, grid.near
    step, distance, face = grid.step, spots.distance, spots.face
    columns = (width + step - 1) // step
    rows, half = len(points[0]) // columns, step // 2
    for n in range(len(share)):
        place = columns, rows, (column[n] - half) / step, (row[n] - half) / step
        share[n], near[n] = _look_up(points, place, np.float64(distance[n]), vector(face, n))
