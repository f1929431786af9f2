"""Light of the sun or the moon, with shadows."""

import numba
import numpy as np

from synthgen.embree import Tracer
from synthgen.light.sky import Sky
from synthgen.render.raycast.brdf import answer, schlick
from synthgen.render.raycast.lantern import vector
from synthgen.render.raycast.spots import Spots
from synthgen.scene import Moment

_FAR = 400.0


def seen(tracer: Tracer, moment: Moment, spots: Spots, sky: Sky) -> np.ndarray:
    """Return 1 for each spot that sun or moon reach, else 0; one shadow ray each."""
    lit = np.zeros(len(spots.ray), np.float32)
    if sky.direct.max() <= 1e-3 * max(sky.illuminance, 1e-6) or sky.direction[2] <= 0:
        return lit
    toward = sky.direction.astype(np.float32)
    facing = np.flatnonzero((spots.face @ toward > 0.0) & (spots.normal @ toward > 0.0))
    if len(facing):
        origin = spots.position[facing] + lift(spots)[facing]
        direction = np.broadcast_to(toward, origin.shape)
        lit[facing] = ~tracer.occluded(moment, origin, direction, _FAR)
    return lit


def lift(spots: Spots) -> np.ndarray:
    """Return the small step [m] off the surface that spares a ray its own triangle."""
    step = 0.002 + 2e-4 * spots.distance
    return spots.face * step[:, None]


@numba.njit(cache=True)
def add_direct(out, spots, coat, lit, direction, illuminance):  # type: ignore[no-untyped-def]
    """Add what each spot sends on of one far source where `lit` (0 to 1) says it is seen."""
    toward = (direction[0], direction[1], direction[2])
    for n in range(len(spots.ray)):
        if lit[n] <= 0.0:
            continue
        shines = coat.specular[n, 1] >= 0.005
        flat, gloss, v_half = answer(
            vector(spots.normal, n),
            vector(spots.eye, n),
            toward,
            np.float64(coat.roughness[n]),
            shines,
        )
        gloss = min(gloss, 400.0)
        for k in range(3):
            mirror = schlick(np.float64(coat.specular[n, k]), v_half)
            if not shines:
                mirror = 0.0
            share = coat.diffuse[n, k] * (1.0 - mirror) * flat + mirror * gloss
            out[n, k] += lit[n] * illuminance[k] * share
