"""Rain drops and snowflakes near a camera: where they are, how large and how fast."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array, transform
from synthgen.precipitation import Spectrum, flake_area, flake_size, flake_speed
from synthgen.sample import CameraView

NEAREST, FARTHEST = 0.8, 20.0
"""[m] Depths between which drops are drawn one by one; beyond they are haze."""
NEAREST_FLAKE = 0.4
"""[m] Flakes so near are blurs as large as a hand; nearer ones are on the lens."""
THINNEST = 0.3
"""[px] Drops thinner than this count as haze."""
SMALLEST = 0.6
"""[px] Flakes smaller than this count as haze."""
MARGIN = 80
"""[px] Drops this far outside the image may streak into it."""
FLUTTER = 0.25
"""[m/s] Spread of a flake's own velocity each way: what turbulence and tumbling add."""

_NO_PIXEL = np.zeros(0)
_DROPS = np.linspace(0.5e-3, 6e-3, 56)
"""[m] Edges of the classes of drop diameters."""
_MELTED = np.linspace(0.2e-3, 6e-3, 59)
"""[m] Edges of the classes of melted diameters of flakes."""


@dataclass(frozen=True, eq=False)
class Falling:
    """Drops or flakes in the view.

    Attributes:
        position: [m] world frame, at mid-exposure.
        diameter: [m].
        area: [m2] that each covers.
        velocity: [m/s] world frame, through still air.
        white: share of light that each scatters all around, as snow does; 0 for clear water.
    """

    position: Float[Array, "n 3"]
    diameter: Float[Array, "n"]
    area: Float[Array, "n"]
    velocity: Float[Array, "n 3"]
    white: float = 0.0


def fall_speed(diameter: Float[Array, "n"]) -> Float[Array, "n"]:
    """Return the terminal speed [m/s] of drops of `diameter` [m], 0.5 to 6 mm.

    Source: D. Atlas, R. Srivastava and R. Sekhon, "Doppler radar characteristics of
    precipitation at vertical incidence", Rev. Geophys. 11, 1973, equation 24.
    """
    return np.maximum(9.65 - 10.3 * np.exp(-600.0 * diameter), 0.1)


def rain_drops(position: Float[Array, "n 3"], diameter: Float[Array, "n"]) -> Falling:
    """Return drops of these sizes that fall at their terminal speed."""
    velocity = np.zeros_like(position)
    velocity[:, 2] = -fall_speed(diameter)
    return Falling(position, diameter, np.pi / 4 * diameter**2, velocity)


def drops(view: CameraView, sizes: Spectrum, rng: np.random.Generator) -> Falling:
    """Return the drops of rain with these `sizes` that `view` can tell apart."""
    reach = np.clip(view.matrix[0, 0] * _middle(_DROPS) / THINNEST, NEAREST, FARTHEST)
    density = sizes.density(_middle(_DROPS)) * np.diff(_DROPS)
    position, which = _strewn(view, density, (NEAREST, reach), rng)
    return rain_drops(position, _DROPS[which] + np.diff(_DROPS)[0] * rng.random(len(which)))


def flakes(view: CameraView, melted: Spectrum, rng: np.random.Generator) -> Falling:
    """Return the snowflakes with these `melted` diameters that `view` can tell apart.

    They reflect nine tenths of visible light.

    Source: reflectance of fresh snow, W. Wiscombe and S. Warren, "A model for the spectral albedo
    of snow. I", J. Atmos. Sci. 37, 1980.
    """
    middle = _middle(_MELTED)
    seen = view.matrix[0, 0] * flake_size(middle) / SMALLEST
    density = melted.density(middle) * np.diff(_MELTED)
    reach = np.clip(seen, NEAREST_FLAKE, FARTHEST)
    position, which = _strewn(view, density, (NEAREST_FLAKE, reach), rng)
    size = flake_size(_MELTED[which] + np.diff(_MELTED)[0] * rng.random(len(which)))
    velocity = FLUTTER * rng.standard_normal(position.shape)
    velocity[:, 2] -= flake_speed(size)
    return Falling(position, size, flake_area(size), velocity, white=0.9)


def _middle(edges: Float[Array, "n"]) -> Float[Array, "k"]:
    return (edges[1:] + edges[:-1]) / 2


def _strewn(
    view: CameraView,
    density: Float[Array, "k"],
    between: tuple[float, Float[Array, "k"]],
    rng: np.random.Generator,
) -> tuple[Float[Array, "n 3"], Array]:
    """Return places [m] of a Poisson process in the view, and the class of each.

    Args:
        view: the camera.
        density: [1/m3] of each class.
        between: [m] nearest depth, and the farthest of each class.
        rng: the source of chance.
    """
    nearest, reach = between
    focal = view.matrix[0, 0]
    spread = (view.width + 2 * MARGIN) * (view.height + 2 * MARGIN) / focal**2
    if not view.lens.flat:
        spread = float(_spread(view)[0] * (view.width + 2 * MARGIN) * (view.height + 2 * MARGIN))
    count = rng.poisson(density * spread * (reach**3 - nearest**3) / 3)
    which = np.repeat(np.arange(len(density)), count)
    depth = np.cbrt(nearest**3 + rng.random(len(which)) * (reach[which] ** 3 - nearest**3))
    column = rng.uniform(-MARGIN, view.width + MARGIN, len(which))
    row = rng.uniform(-MARGIN, view.height + MARGIN, len(which))
    if not view.lens.flat:
        most, angle = _spread(view, column, row)
        kept = rng.random(len(which)) * most < angle
        way = view.directions(column[kept], row[kept]) * depth[kept, None]
        return view.world_from_camera[:3, 3] + way, which[kept]
    local = np.stack([column, row, np.ones(len(which))], -1) @ np.linalg.inv(view.matrix).T
    return transform(view.world_from_camera, local * depth[:, None]), which


def _spread(
    view: CameraView, column: Array = _NO_PIXEL, row: Array = _NO_PIXEL
) -> tuple[float, Float[Array, "n"]]:
    """Return the largest solid angle [sr] of a pixel in the view and those of some pixels."""
    down, across = np.mgrid[-MARGIN : view.height + MARGIN : 8, -MARGIN : view.width + MARGIN : 8]
    every = view.lens.solid_angle(across.ravel().astype(float), down.ravel().astype(float))
    return 1.02 * float(every.max()), view.lens.solid_angle(column, row)
