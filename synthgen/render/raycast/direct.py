"""Light of the sun or the moon, with shadows."""

import numba
import numpy as np

from synthgen.embree import Tracer
from synthgen.light.illuminance import luminance
from synthgen.light.sky import Sky
from synthgen.render.raycast import penumbra, shadows
from synthgen.render.raycast.brdf import answer, schlick
from synthgen.render.raycast.lantern import vector
from synthgen.render.raycast.spots import Spots
from synthgen.scene import Moment

_FAR = 400.0


def seen(tracer: Tracer, moment: Moment, spots: Spots, sky: Sky, width: int) -> np.ndarray:
    """Return the share of sun or moon that each spot sees.

    `width` [px] is that of an image of which the spots are whole rows, or 0; see `shadows`. With
    width 0 a spot sees all or nothing of it, and consecutive rays look at other parts of the disc.
    """
    lit = np.zeros(len(spots.ray), np.float32)
    if not shines(sky):
        return lit
    toward = sky.direction.astype(np.float32)
    facing = (spots.face @ toward > 0.0) & (spots.normal @ toward > 0.0)

    def blocked(spot: np.ndarray, way: np.ndarray) -> np.ndarray:
        return tracer.blocked(moment, _ways(spots, way.astype(np.float32), spot))

    def ask(spot: np.ndarray, _slot: np.ndarray) -> np.ndarray:
        if width:
            return blocked(spot, np.broadcast_to(toward, (len(spot), 3)))
        return blocked(spot, penumbra.disc(sky.direction, 4)[spots.ray[spot] % 4])

    def share(spot: np.ndarray) -> np.ndarray:
        ways = penumbra.disc(sky.direction)
        hidden = [blocked(spot, np.broadcast_to(way, (len(spot), 3))) for way in ways]
        return 1.0 - np.mean(hidden, axis=0)

    one = np.zeros((len(facing), 1), np.int32)
    lit[facing] = 1.0
    lit[shadows.hidden(spots, one, facing[:, None], width, ask)[:, 0]] = 0.0
    if width:
        penumbra.soften(lit, spots, facing, width, share)
    return lit


def shines(sky: Sky) -> bool:
    """Return whether sun or moon are up and give any light that counts."""
    return bool(sky.direct.max() > 1e-3 * max(sky.illuminance, 1e-6) and sky.direction[2] > 0)


def brightness(
    tracer: Tracer, moment: Moment, sky: Sky, spots: Spots, color: np.ndarray
) -> np.ndarray:
    """Return the luminance of matt `spots` of mean `color` over that of open level ground.

    Where sun or moon reach them by their light, and by the sky that each looks at, of which as a
    rule two fifths are hidden. None outshines the ground more than eightfold.
    """
    lit = seen(tracer, moment, spots, sky, 0)
    level = lit * luminance(sky.direct) * np.maximum(spots.face @ sky.direction, 0.0)
    open_sky = luminance(sky.irradiance(np.array([[0.0, 0.0, 1.0]]))[0])
    level += 0.6 * open_sky * 0.5 * (1.0 + spots.face[:, 2])
    ground = np.pi * max(float(luminance(sky.dome.ground)), 1e-9)
    return np.minimum(luminance(color) * level / ground, 8.0).astype(np.float32)


@numba.njit(cache=True)
def lifted(distance: float) -> float:
    """Return the small step [m] off a surface that spares a ray its own triangle."""
    return 0.002 + 2e-4 * distance


@numba.njit(cache=True)
def _ways(spots, toward, spot):  # type: ignore[no-untyped-def]
    """Return rays (origin, whole way) from the numbered spots, each towards its far light."""
    out = np.empty((len(spot), 6), np.float32)
    distance, position, face = spots.distance, spots.position, spots.face
    for i in range(len(spot)):
        n = spot[i]
        step = lifted(np.float64(distance[n]))
        for k in range(3):
            out[i, k] = position[n, k] + step * face[n, k]
            out[i, 3 + k] = _FAR * toward[i, k]
    return out


@numba.njit(cache=True)
def add_direct(out, spots, coat, lit, direction, illuminance):  # type: ignore[no-untyped-def]
    """Add what each spot sends on of one far source where `lit` (0 to 1) says it is seen."""
    toward = (direction[0], direction[1], direction[2])
    normal, eye = spots.normal, spots.eye
    diffuse, specular, roughness = coat.diffuse, coat.specular, coat.roughness
    for n in range(len(lit)):
        if lit[n] <= 0.0:
            continue
        shines = specular[n, 1] >= 0.005
        flat, gloss, v_half = answer(
            vector(normal, n), vector(eye, n), toward, np.float64(roughness[n]), shines
        )
        gloss = min(gloss, 400.0)
        for k in range(3):
            mirror = schlick(np.float64(specular[n, k]), v_half)
            if not shines:
                mirror = 0.0
            share = diffuse[n, k] * (1.0 - mirror) * flat + mirror * gloss
            out[n, k] += lit[n] * illuminance[k] * share
