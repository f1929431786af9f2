"""What lit shop windows show: ceiling lamps, back walls, shelves, goods, people-high shapes."""

import numba
import numpy as np

from synthgen.light.noise import faded, indicator, lattice, noise2, smooth
from synthgen.render.raycast.patterns.spot import inside, spot_of


@numba.njit(cache=True)
def showroom(spot):  # type: ignore[no-untyped-def]
    """Return the colour of the room behind a pane, over that of an evenly lit white wall."""
    bay = int(np.floor(spot.a / 4.3)) * 31 + spot.seed
    tone = 0.14 + 0.3 * lattice(bay, 1, 401)
    height = spot.b + 0.4 * lattice(bay, 2, 401)
    lit = indicator(noise2(spot.a / 0.6, 0.0, bay) > 0.45)
    lamps = inside(height - 2.72, 0.05, spot.size) * lit
    pitch = 0.32 + 0.25 * lattice(bay, 3, 401)
    row, column = np.floor(height / pitch), np.floor(spot.a / 0.13)
    goods = lattice(int(column), int(row) + 97 * bay, 402)
    hue = lattice(int(column) // 2, int(row) + 89 * bay, 403)
    shelf = indicator(height < 2.1) * indicator(lattice(bay, 4, 401) > 0.3)
    red = faded(0.45 + 0.6 * goods * (0.7 + 0.6 * hue), 0.75, 0.13, spot.size)
    blue = faded(0.40 + 0.6 * goods * (1.25 - 0.6 * hue), 0.70, 0.13, spot.size)
    green = 0.5 * (red + blue) * 1.02
    edge = 1.0 - 0.5 * inside(height - row * pitch - 0.02, 0.02, spot.size)
    cloudy = 0.7 + 0.6 * noise2(spot.a / 2.1, height / 1.7, bay)
    light = tone * (0.45 + 0.75 * smooth(0.2, 2.6, height)) * cloudy
    dark = smooth(0.66, 0.7, noise2(spot.a / 0.45, height / 1.6, bay + 9))
    shape = 1.0 - 0.7 * shelf * indicator(height < 1.75) * dark
    level = light * shape * (edge if shelf > 0 else 1.0)
    mix = 0.85 * shelf
    return (
        level * (1.0 - mix + mix * red) + 1.6 * lamps,
        level * (1.0 - mix + mix * green) + 1.6 * lamps,
        level * (1.0 - mix + mix * blue) + 1.6 * lamps,
    )


@numba.njit(cache=True)
def furnish(emission, which, table):  # type: ignore[no-untyped-def]
    """Turn the even light of the numbered panes, of which `table` has a row each, into rooms."""
    for i in range(len(which)):
        n, room = which[i], showroom(spot_of(table, i))
        for k in range(3):
            emission[n, k] *= room[k]
