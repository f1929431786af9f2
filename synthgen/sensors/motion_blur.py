"""Motion blur: what a pixel gathers while the shutter is open and things move through the image.

The picture of mid-exposure is taken to other times of the exposure and the mean of these is the
image. To find what a pixel shows at another time, places are tried from which it may have come:
along the way of what the pixel shows now, of the fastest thing that may come by, and of the
slowest around. What really arrives from there counts, the nearest to the camera first. Where
nothing does, something has moved away, and what is farthest off comes to light.

Source: M. McGuire, P. Hennessy, M. Bukowski and B. Osman, "A reconstruction filter for plausible
motion blur", I3D 2012, for the tiles of fastest motion; the rest is our own.
"""

import numba
import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array

LEAST = 0.5
"""[px] Shorter ways leave the picture as it is."""
MOST = 96.0
"""[px] Longer ways are blurred as if they were so long."""
_TILE = 16
_APART = 1.5
"""[px] of the longest way between two times of the exposure that are looked at."""
_ARRIVES = 1.0
"""[px] How near to the pixel something must come to be seen there."""
_ALIKE = 0.7
"""[px] Difference of ways up to which neighbours are parts of one surface."""
_EVEN = 0.4
"""[px] Difference of the ways of neighbours up to which a tile shows a single surface."""


def blurred(
    radiance: Float[Array, "h w 3"], depth: Float[Array, "h w"], way: Float[Array, "h w 2"]
) -> Float[Array, "h w 3"]:
    """Return `radiance` [cd/m2] of mid-exposure as the mean over the exposure.

    Args:
        radiance: linear.
        depth: [m], 0 for the sky.
        way: [px] (right, down) that what a pixel shows moves in the exposure.
    """
    tiles = _tiles(way)
    if np.hypot(tiles[0][..., 0], tiles[0][..., 1]).max() < LEAST:
        return radiance
    result = np.empty(radiance.shape, radiance.dtype)
    _gather(result, radiance, depth, way, tiles)
    return result


def _tiles(way: Array) -> tuple[Array, Array, Array]:
    """Return, per tile, the longest and shortest way that may matter in it, and its worst step."""
    high, wide = (-(-size // _TILE) for size in way.shape[:2])
    ways = [np.zeros((high, wide, 2), np.float32) for _ in range(4)]
    steps = [np.zeros((high, wide), np.float32) for _ in range(2)]
    _measure(way, ways[0], ways[1], steps[0])
    _spread(ways[0], ways[1], steps[0], ways[2], ways[3], steps[1])
    return ways[2], ways[3], steps[1]


@numba.njit(cache=True)
def _measure(way, longest, shortest, step):  # type: ignore[no-untyped-def]
    """Find the longest and shortest way in each tile and how much neighbours differ at most."""
    height, width = way.shape[:2]
    shortest[:] = 1e15
    for row in range(height):
        for column in range(width):
            i, j = row // _TILE, column // _TILE
            a, b = way[row, column, 0], way[row, column, 1]
            size = a * a + b * b
            if size > longest[i, j, 0] ** 2 + longest[i, j, 1] ** 2:
                longest[i, j, 0], longest[i, j, 1] = a, b
            if size < shortest[i, j, 0] ** 2 + shortest[i, j, 1] ** 2:
                shortest[i, j, 0], shortest[i, j, 1] = a, b
            if column + 1 < width:
                other = way[row, column + 1]
                step[i, j] = max(step[i, j], abs(a - other[0]) + abs(b - other[1]))
            if row + 1 < height:
                other = way[row + 1, column]
                step[i, j] = max(step[i, j], abs(a - other[0]) + abs(b - other[1]))


@numba.njit(cache=True)
def _size(one):  # type: ignore[no-untyped-def]
    return np.sqrt(one[0] * one[0] + one[1] * one[1])


@numba.njit(cache=True)
def _spread(longest, shortest, step, fastest, slowest, steepest):  # type: ignore[no-untyped-def]
    """Let each tile know the ways of its neighbours, of fast ones as far as they reach."""
    high, wide = step.shape
    slowest[:] = shortest
    for i in range(high):
        for j in range(wide):
            reach = 1 + int(min(_size(longest[i, j]), MOST) / 2 / _TILE)
            for m in range(max(i - reach, 0), min(i + reach + 1, high)):
                for n in range(max(j - reach, 0), min(j + reach + 1, wide)):
                    if _size(longest[i, j]) > _size(fastest[m, n]):
                        fastest[m, n] = longest[i, j]
                    if _size(shortest[i, j]) < _size(slowest[m, n]):
                        slowest[m, n] = shortest[i, j]
                    steepest[m, n] = max(steepest[m, n], step[i, j])


@numba.njit(cache=True)
def _gather(result, radiance, depth, way, tiles):  # type: ignore[no-untyped-def]
    fastest, slowest, steepest = tiles
    height, width = depth.shape
    total, place, best = np.empty(3), np.empty(2), np.empty(2)
    for row in range(height):
        for column in range(width):
            i, j = row // _TILE, column // _TILE
            even = steepest[i, j] < _EVEN
            length = min(_size(way[row, column] if even else fastest[i, j]), MOST)
            if length < LEAST:
                result[row, column] = radiance[row, column]
                continue
            count = int(length / _APART) + 2
            total[:] = 0.0
            for sample in range(count):
                share = (sample + 0.5) / count - 0.5
                if even:
                    best[0] = column - share * way[row, column, 0]
                    best[1] = row - share * way[row, column, 1]
                    _settle(row, column, share, way, best)
                    _add(total, radiance, best)
                else:
                    _come_from(row, column, share, depth, way, fastest[i, j], slowest[i, j],
                               place, best)  # fmt: skip
                    _add_alike(total, radiance, way, best)
            for k in range(3):
                result[row, column, k] = total[k] / count


@numba.njit(cache=True)
def _come_from(row, column, share, depth, way, fast, slow, place, best):  # type: ignore[no-untyped-def]
    """Write to `best` from where (column, row) what the pixel shows at `share` has come."""
    near, far, arrived = 1e30, -1.0, False
    for guess in range(3):
        one = way[row, column] if guess == 0 else (fast if guess == 1 else slow)
        scale = share * min(1.0, MOST / max(_size(one), 1e-6))
        place[0], place[1] = column - scale * one[0], row - scale * one[1]
        off = _settle(row, column, share, way, place)
        away = _depth(depth, place)
        if off < _ARRIVES:
            if away < near:
                near, arrived = away, True
                best[:] = place
        elif not arrived and away > far:
            far = away
            best[:] = place
    return arrived


@numba.njit(cache=True)
def _settle(row, column, share, way, place):  # type: ignore[no-untyped-def]
    """Return how far from the pixel [px] what is at `place` arrives, once moved to arrive there."""
    height, width = way.shape[:2]
    off = 0.0
    for turn in range(2):
        u = min(max(int(np.rint(place[0])), 0), width - 1)
        v = min(max(int(np.rint(place[1])), 0), height - 1)
        one = way[v, u]
        scale = share * min(1.0, MOST / max(_size(one), 1e-6))
        x, y = column - scale * one[0], row - scale * one[1]
        off = np.sqrt((x - place[0]) ** 2 + (y - place[1]) ** 2)
        if off >= 4.0 * _ARRIVES or turn == 1:
            break
        place[0], place[1] = x, y
    return off


@numba.njit(cache=True)
def _depth(depth, place):  # type: ignore[no-untyped-def]
    height, width = depth.shape
    u = min(max(int(np.rint(place[0])), 0), width - 1)
    v = min(max(int(np.rint(place[1])), 0), height - 1)
    return depth[v, u] if depth[v, u] > 0.0 else 1e29


@numba.njit(cache=True)
def _add(total, image, place):  # type: ignore[no-untyped-def]
    """Add the bilinear colour at `place`, of the border beyond it."""
    height, width = image.shape[:2]
    x, y = min(max(place[0], 0.0), width - 1.0), min(max(place[1], 0.0), height - 1.0)
    u, v = min(int(x), width - 2), min(int(y), height - 2)
    a, b = x - u, y - v
    for k in range(3):
        above = (1.0 - a) * image[v, u, k] + a * image[v, u + 1, k]
        below = (1.0 - a) * image[v + 1, u, k] + a * image[v + 1, u + 1, k]
        total[k] += (1.0 - b) * above + b * below


@numba.njit(cache=True)
def _add_alike(total, image, way, place):  # type: ignore[no-untyped-def]
    """Add the bilinear colour at `place` of those pixels that move like the nearest of them."""
    height, width = image.shape[:2]
    x, y = min(max(place[0], 0.0), width - 1.0), min(max(place[1], 0.0), height - 1.0)
    u, v = min(int(x), width - 2), min(int(y), height - 2)
    near = way[int(np.rint(y)), int(np.rint(x))]
    whole, color = 0.0, np.zeros(3)
    for i in range(2):
        for j in range(2):
            other = way[v + i, u + j]
            if abs(other[0] - near[0]) + abs(other[1] - near[1]) > _ALIKE:
                continue
            weight = (1.0 - abs(v + i - y)) * (1.0 - abs(u + j - x))
            whole += weight
            for k in range(3):
                color[k] += weight * image[v + i, u + j, k]
    for k in range(3):
        total[k] += color[k] / whole
