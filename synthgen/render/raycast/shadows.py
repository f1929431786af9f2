"""Which lights are hidden from which spots, with rays for few of them."""

from collections.abc import Callable

import numba
import numpy as np

from synthgen.render.raycast.spots import Spots

Ask = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""Takes spot numbers and slots, returns which of these lights are hidden, by shadow rays."""
_SEEN, _HIDDEN = 1, 2
_GRID, _MIDDLE, _REST = 0, 1, 2
"""Turns: every second pixel of every second row, those in the middle of four, all others."""
_AGREE = 3
"""Neighbours that must say the same before a ray is spared."""


def hidden(spots: Spots, light: np.ndarray, wanted: np.ndarray, width: int, ask: Ask) -> np.ndarray:
    """Return which `wanted` lights (spot by slot) are hidden; `light` holds their numbers.

    With whole rows of an image `width` [px], rays are cast from a grid of every second pixel.
    The pixel in the middle of four, and then each of the others, takes the answer that three of
    its neighbours on the same surface have for the same light; where they differ it gets a ray of
    its own. So shadows wider than two pixels are found, and each pixel of their borders is asked.
    With width 0 every spot is asked.
    """
    state = np.zeros(wanted.shape, np.int8)
    if not len(spots.ray) or not width:
        _settle(state, wanted, ask)
        return state == _HIDDEN
    place = np.full((int(spots.ray[-1]) // width + 1) * width, -1, np.int32)
    place[spots.ray] = np.arange(len(spots.ray))
    for turn in (_GRID, _MIDDLE, _REST):
        unsure = np.zeros(wanted.shape, np.bool_)
        _guess(state, unsure, spots, light, wanted, place, width, turn)
        _settle(state, unsure, ask)
    return state == _HIDDEN


def _settle(state: np.ndarray, unsure: np.ndarray, ask: Ask) -> None:
    # Slot by slot, so that neighbouring rays go to one light through the same part of the tree.
    slot, spot = np.nonzero(unsure.T)
    if len(spot):
        state[spot, slot] = np.where(ask(spot, slot), _HIDDEN, _SEEN)


@numba.njit(cache=True)
def _guess(state, unsure, spots, light, wanted, place, width, turn):  # type: ignore[no-untyped-def]
    """Take what neighbours agree on into `state`; mark in `unsure` what must be asked."""
    near = np.empty(4, np.int64)
    faces = spots.ray, spots.body, spots.face, spots.distance
    for row in range(1 if turn == _MIDDLE else 0, len(place) // width, 1 if turn == _REST else 2):
        first = (0, 1, (row + 1) % 2)[turn]
        for column in range(first, width, 2):
            n, count = place[row * width + column], 0
            if n < 0:
                continue
            if turn != _GRID:
                count = _neighbours(near, faces, place, width, column, n, turn)
            for slot in range(wanted.shape[1]):
                if wanted[n, slot]:
                    answer = _agreed(state, light, near, count, light[n, slot])
                    state[n, slot] = answer
                    unsure[n, slot] = answer == 0


@numba.njit(cache=True)
def _neighbours(near, faces, place, width, column, n, turn):  # type: ignore[no-untyped-def]
    """Fill `near` with those of four neighbours that lie on the surface of spot `n`."""
    ray, body, face, distance = faces
    pixel, count = ray[n], 0
    for corner in range(4):
        across, down = 1 - 2 * (corner & 1), 1 - (corner & 2)
        if turn == _REST:
            across, down = (across, 0) if corner < 2 else (0, across)
        there = pixel + down * width + across
        if 0 <= column + across < width and 0 <= there < len(place):
            m = place[there]
            if m >= 0 and alike(body, face, distance, n, m):
                near[count] = m
                count += 1
    return count


@numba.njit(cache=True)
def _agreed(state, light, near, there, number):  # type: ignore[no-untyped-def]
    """Return the answer that spots share for a light, 0 where they differ or are too few.

    They are the first `there` of `near`.
    """
    answer, count = 0, 0
    if there < _AGREE:
        return 0
    for place in range(there):
        m = near[place]
        for slot in range(state.shape[1]):
            if light[m, slot] == number and state[m, slot] > 0:
                if answer > 0 and state[m, slot] != answer:
                    return 0
                answer, count = state[m, slot], count + 1
    return answer if count >= _AGREE else 0


@numba.njit(cache=True)
def alike(body, face, distance, n, m):  # type: ignore[no-untyped-def]
    """Return whether two spots lie on one smooth surface."""
    if body[n] != body[m]:
        return False
    lean = 0.0
    for k in range(3):
        lean += face[n, k] * face[m, k]
    near, far = distance[n], distance[m]
    return lean > 0.9 and abs(near - far) < 0.1 * near
