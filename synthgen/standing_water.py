"""Where water stands on level ground: one answer for the camera and the lidar."""

import numba
import numpy as np

from synthgen.light.noise import fbm2, fbm2_all, smooth


@numba.njit(cache=True)
def puddle(a: float, b: float, wetness: float) -> float:
    """Return how much of a puddle stands at (a, b) [m] of level ground, 0 to 1."""
    low = 0.65 * fbm2(a / 4.5, b / 4.5, 3, 201) + 0.35 * fbm2(a / 0.9, b / 0.9, 2, 207)
    gate = 0.86 - 0.32 * wetness
    return smooth(gate, gate + 0.11, low)


@numba.njit(cache=True)
def puddles(a, b, wetness):  # type: ignore[no-untyped-def]
    """Return `puddle` at all (`a`, `b`)."""
    low = fbm2_all(a / 4.5, b / 4.5, 3, 201)
    fine = fbm2_all(a / 0.9, b / 0.9, 2, 207)
    gate = 0.86 - 0.32 * wetness
    for n in range(len(low)):
        low[n] = smooth(gate, gate + 0.11, 0.65 * low[n] + 0.35 * fine[n])
    return low


@numba.njit(cache=True)
def pools(place, up, wetness):  # type: ignore[no-untyped-def]
    """Return `puddle` at each `place` (x, y, ...) [m] whose `up` is set, 0 elsewhere."""
    found = np.zeros(len(place))
    gate = 0.86 - 0.32 * wetness
    for n in range(len(place)):
        if not up[n]:
            continue
        a, b = place[n, 0], place[n, 1]
        low = 0.65 * fbm2(a / 4.5, b / 4.5, 3, 201)
        # The finer part adds at most its weight: most places need not be asked for it.
        if low + 0.35 > gate:
            fine = 0.35 * fbm2(a / 0.9, b / 0.9, 2, 207)
            found[n] = smooth(gate, gate + 0.11, low + fine)
    return found
