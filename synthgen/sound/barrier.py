"""Loss behind an edge by the detour that sound makes around it."""

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array

CAP, CAP_NONE = 20.0, 25.0
"""[dB] Most that one edge takes, and what is taken where no way around one edge was found.

Source: ISO 9613-2:1996, 7.4: not above 20 dB for one edge, 25 dB for two."""


def barrier_loss(
    detour: Float[Array, "*n"], frequency: Float[Array, "*n"], speed: float
) -> Float[Array, "*n"]:
    """Return the loss [dB] of tones that go `detour` [m] further than straight through an edge.

    0 for no detour at all (nothing in between), `CAP_NONE` for an infinite one. Ground reflections
    are sources of their own, hence C2 = 40; then it is Maekawa's 10 lg(3 + 20 N) with N twice the
    detour over the wavelength.

    Source: ISO 9613-2:1996, equations 12 and 14, with C3 = 1 and Kmet = 1 (less than 100 m).
    """
    way = np.asarray(detour, float)
    finite = np.where(np.isfinite(way), way, 0.0)
    loss = 10 * np.log10(3 + 40 * finite * frequency / speed)
    bent = np.where(np.isfinite(way), np.minimum(loss, CAP), CAP_NONE)
    found: Float[Array, "*n"] = np.where(way > 0, bent, 0.0)
    return found
