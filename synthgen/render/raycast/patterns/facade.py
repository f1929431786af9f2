"""Facades: a grid of windows with frames, sills, reveals, blinds and lit rooms."""

import numba
import numpy as np

from synthgen.light.noise import faded, indicator, lattice, noise2, smooth
from synthgen.light.windows import Pane, candle_light, is_lit, pane_at, room
from synthgen.render.raycast.patterns.spot import (
    inside,
    mix3,
    parameters_of,
    point,
    put,
    spot_of,
    times,
)
from synthgen.render.raycast.patterns.walls import brick, plaster


@numba.njit(cache=True)
def pane(spot, parameters):  # type: ignore[no-untyped-def]
    """Return the window bay of a point."""
    return pane_at(spot.u, spot.v, parameters)


@numba.njit(cache=True)
def glass_share(spot, bay):  # type: ignore[no-untyped-def]
    """Return the share of the pixel that is glass: opening less frame, mullion and transom."""
    frame, size = 0.055, spot.size
    opening = inside(bay.x, bay.half - frame, size) * inside(bay.y, bay.tall - frame, size)
    bar = (
        inside(bay.x, 0.03, size)
        if bay.half < 1.1
        else inside(abs(bay.x) - bay.half / 3, 0.03, size)
    )
    transom = inside(bay.y - 0.38 * bay.tall, 0.025, size)
    return opening * (1.0 - bar) * (1.0 - transom)


_PLAIN = (0.0, 0.0, 0.0, 0.0)
_DEEP, _FLUSH = 0.17, 0.05
"""[m] from the face of a wall to its windows: masonry, and curtain walls."""


@numba.njit(cache=True)
def facade(spot, color, parameters):  # type: ignore[no-untyped-def]
    """Return wall, reveals, frames, sills and what shows behind the glass by day; and its share.

    Windows lie behind the face of the wall: where the line of sight meets a reveal, that shows.
    """
    bay = pane(spot, parameters)
    size = spot.size
    if color[0] > 1.7 * color[2]:
        wall, _ = brick(spot, color, _PLAIN)
    else:
        wall, _ = plaster(spot, color, _PLAIN)
    reveal = wall
    wall = _relief(spot, bay, wall, max(parameters[1], 1.0))
    opening = inside(bay.x, bay.half, size) * inside(bay.y, bay.tall, size)
    if opening <= 0.0:
        return wall, 0.0
    depth = (_FLUSH if parameters[2] > 0.7 else _DEEP) * smooth(0.30, 0.05, size)
    x, y = bay.x + depth * spot.right, bay.y + depth * spot.rise
    deep = Pane(bay.column, bay.row, x, y, bay.half, bay.tall)
    wall = mix3(wall, _reveal(deep, reveal), opening)
    seen = opening * inside(x, bay.half, size) * inside(y, bay.tall, size)
    if seen <= 0.0:
        return wall, 0.0
    one, two, three = room(bay.column, bay.row, spot.seed)
    bright = 0.62 if lattice(spot.seed, 7, 154) > 0.45 else 0.10
    shade = 1.0 - 3.0 * depth * np.exp(-(bay.tall - y) / 0.15)
    wall = mix3(wall, (bright * shade, bright * shade, 0.96 * bright * shade), seen)
    glass = seen * glass_share(spot, deep)
    return mix3(wall, times(_interior(deep, one, two, three), shade), glass), glass


@numba.njit(cache=True)
def _reveal(deep, wall):  # type: ignore[no-untyped-def]
    """Return the colour of a reveal: the sill is light, jambs and the lintel get less light."""
    beside, above = abs(deep.x) - deep.half, abs(deep.y) - deep.tall
    if beside > above:
        return times(wall, 0.72)
    return times(wall, 0.45) if deep.y > 0.0 else (0.42, 0.41, 0.39)


@numba.njit(cache=True)
def _relief(spot, bay, wall, floor):  # type: ignore[no-untyped-def]
    """Add sill, lintel, the grime below sills, storey bands and the plinth."""
    size = spot.size
    wide = inside(bay.x, bay.half + 0.10, size)
    sill = wide * inside(bay.y + bay.tall + 0.05, 0.05, size)
    lintel = wide * inside(bay.y - bay.tall - 0.09, 0.09, size)
    below = wide * smooth(0.9, 0.0, abs(bay.y + bay.tall + 0.1)) * indicator(bay.y < -bay.tall)
    if below > 0.0:
        below *= noise2(spot.u / 0.08, spot.v / 0.9, 155)
    stain = 0.28 * faded(below, 0.1, 0.5, size)
    above = spot.v - np.floor(spot.v / floor) * floor
    band = inside(above - 0.04, 0.04, size) * indicator(lattice(spot.seed, 3, 156) > 0.4)
    wall = times(wall, 1.0 - stain)
    pale = (0.45, 0.44, 0.42)
    wall = mix3(wall, pale, 0.75 * sill + 0.5 * lintel * (1.0 - sill))
    wall = times(wall, 1.0 - 0.35 * band)
    return times(wall, 1.0 - 0.35 * indicator(spot.v < 0.45))


@numba.njit(cache=True)
def _interior(bay, one, two, three):  # type: ignore[no-untyped-def]
    """Return the colour behind the glass by day: a dark room, curtains or a blind."""
    dark = (0.018 + 0.03 * three, 0.018 + 0.028 * three, 0.02 + 0.025 * three)
    drawn = two * 1.5 - 0.6
    height = (bay.y + bay.tall) / (2 * bay.tall)
    if one < 0.42 and height > 1.0 - drawn:
        tone = 0.22 + 0.3 * three
        return tone, tone * (0.9 + 0.1 * two), tone * (0.75 + 0.2 * two)
    side = abs(bay.x) / bay.half
    if one > 0.62 and side > 0.55 + 0.4 * two:
        tone = 0.16 + 0.3 * two
        return tone, tone * 0.95, tone * 0.88
    return dark


@numba.njit(cache=True)
def window_light(spot, bay, lit, windows):  # type: ignore[no-untyped-def]
    """Return the luminance [cd/m2] of the room behind a window, zero where nobody is up.

    `windows` is the body's row of `sources.window_light`. Living rooms behind curtains show 1 to 15
    cd/m2 from the street, ground floors more.
    """
    if not is_lit(bay.column, bay.row, spot.seed, lit, windows[0]):
        return 0.0, 0.0, 0.0
    one, two, three = room(bay.column, bay.row, spot.seed)
    if windows[2] > 0.0:
        return candle_light(bay, (one, two, three), spot.size)
    level = 0.7 * 18.0**two * windows[1] * (1.5 if bay.row == 0 else 1.0)
    height = (bay.y + bay.tall) / (2 * bay.tall)
    fade = 0.35 + 0.75 * height + 0.35 * np.exp(-8.0 * (bay.x / bay.half - one + 0.5) ** 2)
    if three < 0.5:
        fade = 0.75 + 0.3 * noise2(bay.x / 0.10, 0.0, bay.column)
    level *= fade * (0.55 + 0.45 * smooth(0.05, 0.5, height))
    cold = indicator(one > 0.78)
    return (
        level * (1.36 * (1 - cold) + 0.92 * cold),
        level * (0.95 * (1 - cold) + 1.0 * cold),
        level * (0.48 * (1 - cold) + 1.16 * cold),
    )


@numba.njit(cache=True)
def facade_all(out, extra, which, table):  # type: ignore[no-untyped-def]
    """Evaluate `facade` at the numbered places, of which `table` has a row each."""
    for i in range(len(which)):
        put(out, extra, which[i], facade(*point(table, i)))


@numba.njit(cache=True)
def light_windows(emission, glass, which, table, windows):  # type: ignore[no-untyped-def]
    """Add what lit rooms send through the `glass` share of the numbered places.

    `table` has a row for each of them, `windows` one per body, see `sources.window_light`.
    """
    for i in range(len(which)):
        n, here, parameters = which[i], spot_of(table, i), parameters_of(table, i)
        house = windows[here.seed, 0], windows[here.seed, 1], windows[here.seed, 2]
        light = window_light(here, pane(here, parameters), parameters[3], house)
        for k in range(3):
            emission[n, k] += light[k] * glass[n]
