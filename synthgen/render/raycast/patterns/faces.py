"""Patterns that people drew: sign faces and vehicle liveries."""

import numba
import numpy as np

from synthgen.light.noise import indicator
from synthgen.render.raycast.patterns.spot import inside, mix3, point, put

_WHITE = (0.80, 0.80, 0.78)
_RED = (0.48, 0.02, 0.02)
_BLUE = (0.02, 0.08, 0.38)
_BLACK = (0.02, 0.02, 0.02)
_YELLOW = (0.78, 0.50, 0.02)
_PALETTE = np.array([
    [0.80, 0.80, 0.78], [0.70, 0.80, 0.02], [0.02, 0.09, 0.45], [0.50, 0.02, 0.02],
    [0.85, 0.28, 0.02], [0.03, 0.32, 0.08], [0.02, 0.02, 0.02], [0.78, 0.52, 0.02],
])  # fmt: skip
# Seven-segment bars (left, bottom, right, top) in a glyph of 1 x 2: a, b, c, d, e, f, g.
_BARS = np.array([
    [0.0, 1.75, 1.0, 2.0], [0.75, 1.0, 1.0, 2.0], [0.75, 0.0, 1.0, 1.0], [0.0, 0.0, 1.0, 0.25],
    [0.0, 0.0, 0.25, 1.0], [0.0, 1.0, 0.25, 2.0], [0.0, 0.875, 1.0, 1.125],
])  # fmt: skip
# Glyphs as bit masks of the bars: digits 0 to 9, then S, T (drawn apart), O, P.
_GLYPHS = np.array([63, 6, 91, 79, 102, 109, 125, 7, 127, 111, 109, 0, 63, 115])


@numba.njit(cache=True)
def _glyph(number, x, y, size):  # type: ignore[no-untyped-def]
    """Return the cover of a block glyph that fills [0, 1] x [0, 2]."""
    if number == 11:
        stem = inside(x - 0.5, 0.125, size) * inside(y - 1.0, 1.0, size)
        return max(stem, inside(x - 0.5, 0.5, size) * inside(y - 1.875, 0.125, size))
    cover = 0.0
    for bar in range(7):
        if (_GLYPHS[number] >> bar) & 1:
            left, low, right, high = _BARS[bar]
            wide = inside(x - (left + right) / 2, (right - left) / 2, size)
            cover = max(cover, wide * inside(y - (low + high) / 2, (high - low) / 2, size))
    return cover


@numba.njit(cache=True)
def _number(value, u, v, size):  # type: ignore[no-untyped-def]
    """Return the cover of a number of two or three digits in the middle of the unit square."""
    count, gap = 3 if value > 99 else 2, 0.06
    height = 0.32 if value > 99 else 0.38
    scale = 2.0 / height
    y = (v - 0.5) * scale + 1.0
    start = 0.5 - (count * height / 2 + (count - 1) * gap) / 2
    cover = 0.0
    for place in range(count):
        x = (u - start - place * (height / 2 + gap)) * scale
        digit = value // 10 ** (count - 1 - place) % 10
        cover = max(cover, _glyph(digit, x, y, size * scale))
    return cover


@numba.njit(cache=True)
def _stop(u, v, size):  # type: ignore[no-untyped-def]
    cover, scale = 0.0, 7.4
    for place in range(4):
        number = 10 + place
        x = (u - 0.5) * scale + 2.6 - 1.35 * place
        cover = max(cover, _glyph(number, x, (v - 0.5) * scale + 1.0, size * scale))
    return cover


@numba.njit(cache=True)
def _polygon(u, v, sides, turn):  # type: ignore[no-untyped-def]
    """Return the distance from the middle over the inner radius of a regular polygon."""
    x, y = u - 0.5, v - 0.5
    step = 2 * np.pi / sides
    angle = (np.arctan2(y, x) - turn) % step - step / 2
    return np.sqrt(x * x + y * y) * np.cos(angle)


@numba.njit(cache=True)
def sign(spot, color, parameters):  # type: ignore[no-untyped-def]
    """Return a sign's face in its unit square; see `synthgen.materials.Texture`."""
    face, value = int(parameters[0] + 0.5), int(parameters[1] + 0.5)
    u, v, size = spot.u, spot.v, min(spot.size * 1.4, 0.5)
    round_ = np.sqrt((u - 0.5) ** 2 + (v - 0.5) ** 2)
    if face == 1:
        rim = inside(_polygon(u, v, 8, 0.0), 0.455, size)
        return mix3(mix3(_WHITE, _RED, rim), _WHITE, _stop(u, v, size)), 0.0
    if face == 3:
        ring = mix3(_RED, _WHITE, inside(round_, 0.385, size))
        return mix3(ring, _BLACK, _number(value if value > 0 else 50, u, v, size)), 0.0
    if face == 4:
        bar = inside(u - 0.5, 0.36, size) * inside(v - 0.5, 0.085, size)
        rim = inside(round_, 0.475, size)
        return mix3(mix3(_WHITE, _RED, rim), _WHITE, bar), 0.0
    if face == 2 or face == 5:
        return _triangle(u, v, size, face == 2), 0.0
    if face == 6:
        glyph = _glyph(13, (u - 0.34) / 0.32, (v - 0.18) / 0.32, size / 0.32)
        return _framed(u, v, size, glyph), 0.0
    if face == 7:
        return _crossing(u, v, size), 0.0
    if face == 8:
        line = inside(v - 0.5, 0.17, size) * inside(u - 0.5, 0.40, size)
        letters = 0.35 + 0.65 * indicator(int(u * 19.0 + spot.seed) % 3 > 0)
        return mix3((0.02, 0.16, 0.07), _WHITE, line * letters), 0.0
    return (color[0], color[1], color[2]), 0.0


@numba.njit(cache=True)
def _framed(u, v, size, cover):  # type: ignore[no-untyped-def]
    field = inside(u - 0.5, 0.455, size) * inside(v - 0.5, 0.455, size)
    return mix3(mix3(_WHITE, _BLUE, field), _WHITE, cover)


@numba.njit(cache=True)
def _triangle(u, v, size, upside_down):  # type: ignore[no-untyped-def]
    """Return a red-rimmed triangle: yield (point down), warning (point up, with a stroke)."""
    height = 1.0 - v if upside_down else v
    reach = min(height - 0.10, (0.90 - height) * 0.5 + 0.04 - abs(u - 0.5))
    inner = min(max(reach / max(size, 1e-6) + 0.5, 0.0), 1.0) if reach > -size else 0.0
    mark = 0.0
    if not upside_down:
        mark = inside(u - 0.5, 0.035, size) * inside(v - 0.45, 0.14, size)
        mark = max(mark, inside(u - 0.5, 0.035, size) * inside(v - 0.22, 0.035, size))
    return mix3(mix3(_RED, _WHITE, inner), _BLACK, mark)


@numba.njit(cache=True)
def _crossing(u, v, size):  # type: ignore[no-untyped-def]
    """Return a walker on a white triangle in a blue square."""
    reach = min(v - 0.14, (0.88 - v) * 0.55 - abs(u - 0.5))
    field = min(max(reach / max(size, 1e-6) + 0.5, 0.0), 1.0)
    head = inside(np.sqrt((u - 0.5) ** 2 + (v - 0.62) ** 2), 0.05, size)
    trunk = inside(u - 0.5 - 0.05 * (v - 0.45), 0.045, size) * inside(v - 0.46, 0.10, size)
    spread = abs(abs(u - 0.5) - 0.5 * (0.37 - v))
    legs = inside(spread, 0.03, size) * inside(v - 0.27, 0.10, size)
    return mix3(_framed(u, v, size, field), _BLACK, max(head, max(trunk, legs)))


@numba.njit(cache=True)
def livery(spot, color, parameters):  # type: ignore[no-untyped-def]
    """Return squares in two rows, a waist stripe or chevrons over the body colour."""
    kind = int(parameters[0] + 0.5)
    one = _PALETTE[int(parameters[1] + 0.5) % 8]
    two = _PALETTE[int(parameters[2] + 0.5) % 8]
    first, second = (one[0], one[1], one[2]), (two[0], two[1], two[2])
    u, v, size = spot.u, spot.v, spot.size
    if kind == 1:
        odd = (int(np.floor(u / 0.6)) + int(np.floor(v / 0.3))) & 1
        far = min(size / 0.6, 1.0)
        return mix3(first, second, (1 - far) * odd + far * 0.5), 0.0
    if kind == 2:
        return mix3(first, second, inside(v - 0.8, 0.10, size)), 0.0
    if kind == 3:
        phase = (u + abs(v) * 0.9) / 0.30
        odd = int(np.floor(phase)) & 1
        far = min(size / 0.3, 1.0)
        return mix3(first, second, (1 - far) * odd + far * 0.5), 0.0
    return (color[0], color[1], color[2]), 0.0


@numba.njit(cache=True)
def sign_all(out, extra, which, table):  # type: ignore[no-untyped-def]
    """Evaluate `sign` at the numbered places, of which `table` has a row each."""
    for i in range(len(which)):
        put(out, extra, which[i], sign(*point(table, i)))


@numba.njit(cache=True)
def livery_all(out, extra, which, table):  # type: ignore[no-untyped-def]
    """Evaluate `livery` at the numbered places, of which `table` has a row each."""
    for i in range(len(which)):
        put(out, extra, which[i], livery(*point(table, i)))
