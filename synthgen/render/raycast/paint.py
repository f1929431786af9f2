"""From materials and patterns to what each surface point does with light."""

from typing import NamedTuple

import numba
import numpy as np

from synthgen.light.noise import faded, noise3
from synthgen.materials import Texture
from synthgen.render.raycast import water
from synthgen.render.raycast.atlas import Palette
from synthgen.render.raycast.patterns.facade import light_windows
from synthgen.render.raycast.patterns.loops import evaluate
from synthgen.render.raycast.patterns.showroom import furnish
from synthgen.render.raycast.patterns.spot import Looks, Where, gathered
from synthgen.render.raycast.spots import Spots

_FACADE = int(Texture.FACADE)
_GLASS = 0.08
"""Reflectance of a pane's two faces at normal incidence, refractive index 1.5 (Fresnel)."""
# Bumps of each texture: tilt of the normal and size of a bump [m].
_TILT = np.array(
    [0, 0.06, 0.03, 0.05, 0.5, 0.3, 0.06, 0.03, 0.02, 0.06, 0.55, 0.3, 0.22, 0, 0, 0.1]
)
_BUMP = np.array(
    [1, 0.02, 0.05, 0.02, 0.04, 0.04, 0.05, 0.05, 0.1, 0.03, 0.1, 0.03, 0.09, 1, 1, 0.1]
)


class Coat(NamedTuple):
    """How surface points answer light, one row each.

    Attributes:
        diffuse: reflectance, linear sRGB.
        specular: reflectance of the shiny layer at normal incidence, linear sRGB.
        roughness: of that layer, perceptual.
        emission: [cd/m2] own light.
        retroreflection: [cd/lx/m2] sent back to where light came from.
    """

    diffuse: np.ndarray
    specular: np.ndarray
    roughness: np.ndarray
    emission: np.ndarray
    retroreflection: np.ndarray


class Surroundings(NamedTuple):
    """What painting asks of the environment.

    Attributes:
        wetness: of the road, 0 to 1.
        rain: [mm/h].
        time: [s].
        windows: as of `sources.window_light`.
        wind: [m/s] along x and y.
    """

    wetness: float
    rain: float
    time: float
    windows: np.ndarray
    wind: tuple[float, float] = (0.0, 0.0)


def paint(spots: Spots, palette: Palette, lens: np.ndarray, around: Surroundings) -> Coat:
    """Return the coat of `spots` and bend their normals; `lens` is the luminance per circuit.

    The last row of `lens` belongs to surfaces without a circuit and is zero.
    """
    where = Where(
        spots.local, spots.flat, spots.eye, spots.uv, spots.size, spots.body, spots.material
    )
    looks, kinds = Looks(palette.color, palette.parameters), palette.texture[spots.material]
    color, extra = evaluate(where, looks, kinds)
    coat = Coat(
        color, np.empty_like(color), palette.roughness.astype(np.float32)[spots.material],
        lens.astype(np.float32)[spots.circuit],
        palette.retroreflection.astype(np.float32)[spots.material],
    )  # fmt: skip
    finish(coat, extra, kinds, spots, palette)
    lit = np.flatnonzero((coat.emission[:, 1] > 0) & (palette.transmission[spots.material] > 0))
    furnish(coat.emission, lit, gathered(lit, where, looks))
    panes = np.flatnonzero((kinds == _FACADE) & (extra > 0.0))
    light_windows(coat.emission, extra, panes, gathered(panes, where, looks), around.windows)
    if around.wetness > 0:
        water.soak(coat, spots, palette.porosity, kinds, around)
    return coat


@numba.njit(cache=True)
def finish(coat, extra, kinds, spots, palette):  # type: ignore[no-untyped-def]
    """Make layers and bumps of colours and what `evaluate` says beside."""
    material, normal, local, size = spots.material, spots.normal, spots.local, spots.size
    clear, matt, metal, lacquer = (
        palette.transmission, palette.roughness, palette.metallic, palette.clearcoat
    )  # fmt: skip
    layers = coat.diffuse, coat.specular, coat.roughness
    for n in range(len(kinds)):
        m, wall = material[n], kinds[n] == _FACADE
        glass = max(extra[n], 0.0) if wall else (1.0 if clear[m] > 0.0 else 0.0)
        rough = matt[m] + (0.0 if wall else extra[n])
        _layer(layers, n, min(max(rough, 0.03), 1.0), metal[m], lacquer[m])
        if glass > 0.0:
            _glaze(layers, n, glass, wall)
        _bend(normal, local, size, n, kinds[n], 1.0 - glass)


@numba.njit(cache=True)
def _layer(layers, n, rough, metal, lacquer):  # type: ignore[no-untyped-def]
    """Set the dry layers: a dielectric fades to Lambert as it gets matt; lacquer is smooth."""
    # Brushed paint under lacquer looks like paint, so lacquer takes over the shiny layer.
    diffuse, specular, roughness = layers
    bare = metal * (1.0 - lacquer)
    base = 0.04 * (1.0 - rough * rough)
    for k in range(3):
        shiny = base * (1.0 - lacquer) + 0.04 * lacquer
        specular[n, k] = shiny * (1.0 - bare) + diffuse[n, k] * bare
        diffuse[n, k] *= 1.0 - bare
    roughness[n] = rough * (1.0 - lacquer) + 0.05 * lacquer


@numba.njit(cache=True)
def _glaze(layers, n, glass, in_wall):  # type: ignore[no-untyped-def]
    diffuse, specular, roughness = layers
    for k in range(3):
        behind = diffuse[n, k] * (1.0 if in_wall else 0.35)
        diffuse[n, k] += (behind - diffuse[n, k]) * glass
        specular[n, k] += (_GLASS - specular[n, k]) * glass
    roughness[n] += (0.03 - roughness[n]) * glass


@numba.njit(cache=True)
def _bend(normal, local, size, n, kind, share):  # type: ignore[no-untyped-def]
    """Tilt the normal by noise, less where bumps are finer than the pixel."""
    cell = _BUMP[kind]
    if _TILT[kind] == 0.0 or size[n] > 2.0 * cell:
        return
    tilt = faded(_TILT[kind] * share, 0.0, 2.0 * cell, np.float64(size[n]))
    if tilt < 0.003:
        return
    x, y, z = (local[n, 0] / cell, local[n, 1] / cell, local[n, 2] / cell)
    total = 0.0
    for k in range(3):
        normal[n, k] += 2 * tilt * (noise3(x, y, z, 191 + k) - 0.5)
        total += normal[n, k] ** 2
    for k in range(3):
        normal[n, k] /= np.sqrt(total)
