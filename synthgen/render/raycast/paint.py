"""From materials and patterns to what each surface point does with light."""

from typing import NamedTuple

import numba
import numpy as np

from synthgen.light.noise import faded, indicator, noise3
from synthgen.materials import Texture
from synthgen.render.raycast import water
from synthgen.render.raycast.atlas import Palette
from synthgen.render.raycast.patterns import faces, facade, ground, growth, walls
from synthgen.render.raycast.patterns.facade import Windows
from synthgen.render.raycast.patterns.spot import spot as spot_at
from synthgen.render.raycast.spots import Spots

_ASPHALT, _CONCRETE = int(Texture.ASPHALT), int(Texture.CONCRETE)
_PAVING, _GRASS = int(Texture.PAVING), int(Texture.GRASS)
_SOIL, _BRICK, _PLASTER = int(Texture.SOIL), int(Texture.BRICK), int(Texture.PLASTER)
_FACADE, _MARKING = int(Texture.FACADE), int(Texture.MARKING)
_FOLIAGE, _BARK, _CLOTH = int(Texture.FOLIAGE), int(Texture.BARK), int(Texture.CLOTH)
_SIGN, _LIVERY, _ROOF = int(Texture.SIGN), int(Texture.LIVERY), int(Texture.ROOF)
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
    """What painting asks of the environment."""

    wetness: float
    rain: float
    time: float
    window_share: float
    window_level: float


def paint(spots: Spots, palette: Palette, lens: np.ndarray, around: Surroundings) -> Coat:
    """Return the coat of `spots` and bend their normals; `lens` is the luminance per circuit.

    The last row of `lens` belongs to surfaces without a circuit and is zero.
    """
    count = len(spots.ray)
    coat = Coat(
        *(np.empty((count, 3), np.float32) for _ in range(2)),
        np.empty(count, np.float32),
        np.empty((count, 3), np.float32),
        np.empty(count, np.float32),
    )
    _paint(coat, spots, palette, lens, around)
    return coat


@numba.njit(cache=True)
def pattern(kind, spot, color, parameters):  # type: ignore[no-untyped-def]
    """Return colour (0 to 1) and change of roughness of texture number `kind`.

    For FACADE the second value is the share of glass.
    """
    out, extra = (color[0], color[1], color[2]), 0.0
    if kind == _ASPHALT:
        out, extra = ground.asphalt(spot, color, parameters)
    elif kind == _CONCRETE:
        out, extra = ground.concrete(spot, color, parameters)
    elif kind == _PAVING:
        out, extra = ground.paving(spot, color, parameters)
    elif kind == _GRASS:
        out, extra = ground.grass(spot, color, parameters)
    elif kind == _SOIL:
        out, extra = ground.soil(spot, color, parameters)
    elif kind == _MARKING:
        out, extra = ground.marking(spot, color, parameters)
    else:
        out, extra = _upright(kind, spot, color, parameters)
    return (
        min(max(out[0], 0.0), 1.0), min(max(out[1], 0.0), 1.0), min(max(out[2], 0.0), 1.0),
    ), extra  # fmt: skip


@numba.njit(cache=True)
def _upright(kind, spot, color, parameters):  # type: ignore[no-untyped-def]
    out, extra = (color[0], color[1], color[2]), 0.0
    if kind == _FACADE:
        out, extra = facade.facade(spot, color, parameters)
    elif kind == _BRICK:
        out, extra = walls.brick(spot, color, parameters)
    elif kind == _PLASTER:
        out, extra = walls.plaster(spot, color, parameters)
    elif kind == _ROOF:
        out, extra = walls.roof(spot, color, parameters)
    elif kind == _FOLIAGE:
        out, extra = growth.foliage(spot, color, parameters)
    elif kind == _BARK:
        out, extra = growth.bark(spot, color, parameters)
    elif kind == _CLOTH:
        out, extra = growth.cloth(spot, color, parameters)
    elif kind == _SIGN:
        out, extra = faces.sign(spot, color, parameters)
    elif kind == _LIVERY:
        out, extra = faces.livery(spot, color, parameters)
    return out, extra


@numba.njit(cache=True)
def _paint(coat, spots, palette, lens, around):  # type: ignore[no-untyped-def]
    for n in range(len(spots.ray)):
        m = spots.material[n]
        kind = palette.texture[m]
        here = spot_at(spots.local[n], spots.flat[n], spots.uv[n], spots.size[n], spots.body[n])
        color, extra = pattern(kind, here, palette.color[m], palette.parameters[m])
        glass = max(extra, 0.0) if kind == _FACADE else indicator(palette.transmission[m] > 0.0)
        rough = palette.roughness[m] + (extra if kind != _FACADE else 0.0)
        _layer(coat, n, color, min(max(rough, 0.03), 1.0), palette, m)
        if glass > 0.0:
            _glaze(coat, n, glass, kind == _FACADE)
        coat.retroreflection[n] = palette.retroreflection[m]
        coat.emission[n] = lens[spots.circuit[n]]
        if kind == _FACADE and glass > 0.0:
            _lights(coat, n, glass, here, palette.parameters[m], around)
        _bend(spots, n, kind, 1.0 - glass)
        if around.wetness > 0.0 and glass < 0.5:
            water.wet(coat, spots, n, palette.porosity[m], kind, around)


@numba.njit(cache=True)
def _layer(coat, n, color, rough, palette, m):  # type: ignore[no-untyped-def]
    """Set the dry layers: a dielectric fades to Lambert as it gets matt; lacquer is smooth."""
    metal, lacquer = palette.metallic[m], palette.clearcoat[m]
    # Brushed paint under lacquer looks like paint, so lacquer takes over the shiny layer.
    bare = metal * (1.0 - lacquer)
    base = 0.04 * (1.0 - rough * rough)
    for k in range(3):
        shiny = base * (1.0 - lacquer) + 0.04 * lacquer
        coat.specular[n, k] = shiny * (1.0 - bare) + color[k] * bare
        coat.diffuse[n, k] = color[k] * (1.0 - bare)
    coat.roughness[n] = rough * (1.0 - lacquer) + 0.05 * lacquer


@numba.njit(cache=True)
def _glaze(coat, n, glass, in_wall):  # type: ignore[no-untyped-def]
    for k in range(3):
        behind = coat.diffuse[n, k] * (1.0 if in_wall else 0.35)
        coat.diffuse[n, k] += (behind - coat.diffuse[n, k]) * glass
        coat.specular[n, k] += (_GLASS - coat.specular[n, k]) * glass
    coat.roughness[n] += (0.03 - coat.roughness[n]) * glass


@numba.njit(cache=True)
def _lights(coat, n, glass, here, parameters, around):  # type: ignore[no-untyped-def]
    bay = facade.pane(here, parameters)
    windows = Windows(around.window_share, around.window_level)
    r, g, b = facade.window_light(here, bay, parameters[3], windows)
    coat.emission[n, 0] += r * glass
    coat.emission[n, 1] += g * glass
    coat.emission[n, 2] += b * glass


@numba.njit(cache=True)
def _bend(spots, n, kind, share):  # type: ignore[no-untyped-def]
    """Tilt the normal by noise, less where bumps are finer than the pixel."""
    cell = _BUMP[kind]
    if _TILT[kind] == 0.0 or spots.size[n] > 2.0 * cell:
        return
    tilt = faded(_TILT[kind] * share, 0.0, 2.0 * cell, np.float64(spots.size[n]))
    if tilt < 0.003:
        return
    x, y, z = (spots.local[n, 0] / cell, spots.local[n, 1] / cell, spots.local[n, 2] / cell)
    total = 0.0
    for k in range(3):
        spots.normal[n, k] += 2 * tilt * (noise3(x, y, z, 191 + k) - 0.5)
        total += spots.normal[n, k] ** 2
    for k in range(3):
        spots.normal[n, k] /= np.sqrt(total)
