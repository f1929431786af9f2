"""What one ray of a path meets, painted: the raycast renderer's own functions, one ray at a time.

The functions here are compiled for processors and for cards alike. Those of the raycast renderer
go through columns of points; here they get columns of one point each, the notes of a thread.
"""

from typing import NamedTuple

import numba
import numpy as np

from synthgen.density import FAR, layer_depth, puff_depth
from synthgen.light.dome import Dome
from synthgen.light.noise import noise2
from synthgen.materials import Texture
from synthgen.render.raycast import air as even
from synthgen.render.raycast import density
from synthgen.render.raycast.atlas import Atlas, Palette
from synthgen.render.raycast.lantern import vector
from synthgen.render.raycast.paint import Coat, Surroundings, finish
from synthgen.render.raycast.patterns import facade, faces, ground, growth, showroom, walls
from synthgen.render.raycast.patterns.spot import Looks, Where, gather, point, put
from synthgen.render.raycast.shortlist import NO_CELL, cell_key
from synthgen.render.raycast.spots import Found, Poses, Spots, look_up, place
from synthgen.render.raycast.water import film, wet
from synthgen.standing_water import puddle

_ASPHALT, _CONCRETE, _PAVING = int(Texture.ASPHALT), int(Texture.CONCRETE), int(Texture.PAVING)
_GRASS, _SOIL, _BRICK = int(Texture.GRASS), int(Texture.SOIL), int(Texture.BRICK)
_PLASTER, _FACADE, _MARKING = int(Texture.PLASTER), int(Texture.FACADE), int(Texture.MARKING)
_FOLIAGE, _BARK, _CLOTH = int(Texture.FOLIAGE), int(Texture.BARK), int(Texture.CLOTH)
_SIGN, _LIVERY, _ROOF = int(Texture.SIGN), int(Texture.LIVERY), int(Texture.ROOF)


class Rays(NamedTuple):
    """Rays of paths under way, one array for each number.

    Attributes:
        origin: [m] x, y and z.
        direction: unit; x, y and z.
        weight: of each path, red, green and blue.
        blur: roughness of the layer that the ray left, see `tracing.Paths`.
        distance: [m] to what the ray meets, not less than 1e9 where it meets nothing.
        body: that it meets, -1 for none.
        primitive: triangle of it.
        barycentric: weights of the triangle's second and third corner.
    """

    origin: tuple[np.ndarray, np.ndarray, np.ndarray]
    direction: tuple[np.ndarray, np.ndarray, np.ndarray]
    weight: tuple[np.ndarray, np.ndarray, np.ndarray]
    blur: np.ndarray
    distance: np.ndarray
    body: np.ndarray
    primitive: np.ndarray
    barycentric: tuple[np.ndarray, np.ndarray]


class Met(NamedTuple):
    """What the rays met, one row each, three numbers a row unless said.

    Attributes:
        light: [cd/m2] of the air, times the weight of the path.
        weight: of the path behind the air.
        glow: [cd/m2] the surface's own light.
        start: [m] just off the surface.
        face: face normal.
        normal: shading normal.
        diffuse: see `Coat`; so are the next three.
        specular: three numbers.
        roughness: one.
        retroreflection: one.
    """

    light: np.ndarray
    weight: np.ndarray
    glow: np.ndarray
    start: np.ndarray
    face: np.ndarray
    normal: np.ndarray
    diffuse: np.ndarray
    specular: np.ndarray
    roughness: np.ndarray
    retroreflection: np.ndarray


class Setting(NamedTuple):
    """What of `shading.Frame` rays ask about.

    Attributes:
        fixed: triangles of fixed bodies.
        posed: triangles of bodies shaped for this frame.
        still: poses.
        palette: materials.
        lens: [cd/m2] per circuit row.
        around: wetness and lit windows.
        air: even air.
        dome: the sky.
        haze: what hangs in the air, without rows for nothing.
        sun: direction of sun or moon.
        every: numbers of all puffs, in order.
    """

    fixed: Atlas
    posed: Atlas
    still: Poses
    palette: Palette
    lens: np.ndarray
    around: Surroundings
    air: even.Air
    dome: Dome
    haze: density.Haze
    sun: np.ndarray
    every: np.ndarray


class Step(NamedTuple):
    """Which of a path's surfaces is asked for.

    Attributes:
        depth: its number.
        pixel: [rad] width of a ray.
        least: [m] from how far cells of lamps are seen, at least.
    """

    depth: int
    pixel: float
    least: float


class Notes(NamedTuple):
    """Room for the numbers of one ray.

    Attributes:
        which: the number 0.
        places: 0, x, y, puddle, patch of a place on wet ground.
        origin: (1, 3) single.
        direction: (1, 3) single.
        light: (1, 3) double.
        found: `Found` of one ray.
        spots: one point.
        coat: of it.
        extra: (1) single.
        kinds: texture of the point.
        between: (1, 4, 4) double.
        table: (1, 18) double, see `gathered`.
        puffs: see `density.veil_some`.
    """

    which: np.ndarray
    places: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]
    origin: np.ndarray
    direction: np.ndarray
    light: np.ndarray
    found: Found
    spots: Spots
    coat: Coat
    extra: np.ndarray
    kinds: np.ndarray
    between: np.ndarray
    table: np.ndarray
    puffs: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]


@numba.njit(cache=True)
def meet(n, step, rays, setting, met, notes):  # type: ignore[no-untyped-def]
    """Write what ray `n` meets to its row of `met`; return its cell of lamps, NO_CELL for none."""
    _load(n, rays, notes)
    gone = notes.found.body[0] < 0
    _through_air(n, step, rays, setting, met, notes)
    if gone:
        for k in range(3):
            met.glow[n, k], met.diffuse[n, k], met.specular[n, k] = 0.0, 0.0, 0.0
        return NO_CELL
    look_up(notes.spots, notes.found, setting.fixed)
    look_up(notes.spots, notes.found, setting.posed)
    lines = notes.origin, notes.direction
    place(notes.spots, lines, notes.found, setting.still, step.pixel, notes.between)
    _painted(setting, notes)
    _store(n, step, rays, met, notes)
    x, y, z = notes.spots.position[0, 0], notes.spots.position[0, 1], notes.spots.position[0, 2]
    far = max(np.float64(notes.spots.distance[0]), step.least)
    return cell_key(np.float64(x), np.float64(y), np.float64(z), far)


@numba.njit(cache=True)
def _load(n, rays, notes):  # type: ignore[no-untyped-def]
    for k in range(3):
        notes.light[0, k] = 0.0
    x, y, z = rays.origin
    notes.origin[0, 0], notes.origin[0, 1], notes.origin[0, 2] = x[n], y[n], z[n]
    x, y, z = rays.direction
    notes.direction[0, 0], notes.direction[0, 1], notes.direction[0, 2] = x[n], y[n], z[n]
    u, v = rays.barycentric
    notes.found.barycentric[0, 0], notes.found.barycentric[0, 1] = u[n], v[n]
    notes.found.distance[0] = rays.distance[n]
    notes.found.body[0], notes.found.primitive[0] = rays.body[n], rays.primitive[n]
    notes.which[0], notes.spots.ray[0] = 0, 0


@numba.njit(cache=True)
def _through_air(n, step, rays, setting, met, notes):  # type: ignore[no-untyped-def]
    """Write daylight in the air, the sky behind it for camera rays, and the weight that is left."""
    air, dome, haze = setting.air, setting.dome, setting.haze
    distance, gone = np.float64(rays.distance[n]), rays.body[n] < 0
    if gone and step.depth == 0:
        even.add_sky(notes.light, notes.which, notes.direction, dome)
    hung = len(haze.puffs) + len(haze.layers) > 0
    if hung:
        lines = notes.origin, notes.direction, notes.found.distance
        some, sources = (haze, setting.every), (dome.source, setting.sun)
        density.veil_some(notes.light, lines, (0, 1), air, some, sources, notes.puffs)
    else:
        even.veil(notes.light, notes.direction, notes.found.distance, air, dome.source)
    _thin(haze, notes, 0.0 if gone else distance, hung)
    for k in range(3):
        weight = rays.weight[k][n]
        met.light[n, k] = np.float32(notes.light[0, k]) * weight
        lost = air.extinction[k] * (0.0 if gone else distance) + notes.puffs[3][k]
        met.weight[n, k] = weight * np.float32(np.exp(-lost))


@numba.njit(cache=True)
def _thin(haze, notes, distance, hung):  # type: ignore[no-untyped-def]
    """Note the optical depth of what hangs in the air, red, green and blue."""
    depth = notes.puffs[3]
    depth[0], depth[1], depth[2] = 0.0, 0.0, 0.0
    if not hung:
        return
    start, way = vector(notes.origin, 0), vector(notes.direction, 0)
    end = min(distance, FAR)
    for p in range(len(haze.puffs)):
        here, _ = puff_depth(haze.puffs[p], start, way, end, haze.late)
        matter = haze.matters[int(haze.puffs[p, 13])]
        for k in range(3):
            depth[k] += here * matter[k]
    for p in range(len(haze.layers)):
        here = layer_depth(haze.layers[p], start[2], way[2], end)
        matter = haze.matters[int(haze.layers[p, 3])]
        for k in range(3):
            depth[k] += here * matter[k]


@numba.njit(cache=True)
def _painted(setting, notes):  # type: ignore[no-untyped-def]
    """Do what `paint.paint` does to the one point of the notes."""
    spots, palette, coat = notes.spots, setting.palette, notes.coat
    m, circuit = spots.material[0], spots.circuit[0]
    kind = palette.texture[m]
    notes.kinds[0] = kind
    for k in range(3):
        coat.diffuse[0, k] = palette.color[m, k]
        coat.emission[0, k] = setting.lens[circuit, k]
    coat.roughness[0] = palette.roughness[m]
    coat.retroreflection[0] = palette.retroreflection[m]
    notes.extra[0] = 0.0
    where = Where(
        spots.local, spots.flat, spots.eye, spots.uv, spots.size, spots.body, spots.material
    )
    lamp = coat.emission[0, 1] > 0.0 and palette.transmission[m] > 0.0
    if kind > 0 or lamp:
        gather(notes.table, notes.which, where, Looks(palette.color, palette.parameters))
    if kind > 0:
        _pattern(coat.diffuse, notes.extra, kind, notes.table)
    finish(coat, notes.extra, notes.kinds, spots, palette)
    if lamp:
        showroom.furnish(coat.emission, notes.which, notes.table)
    if kind == _FACADE and notes.extra[0] > 0.0:
        windows = setting.around.windows
        facade.light_windows(coat.emission, notes.extra, notes.which, notes.table, windows)
    if setting.around.wetness > 0.0:
        _soaked(setting, notes)


@numba.njit(cache=True)
def _soaked(setting, notes):  # type: ignore[no-untyped-def]
    around, (level, a, b, pool, patch) = setting.around, notes.places
    spots, porosity = notes.spots, setting.palette.porosity
    if wet(level, notes.coat, spots, porosity, notes.kinds, around) > 0:
        x, y = np.float64(spots.local[0, 0]), np.float64(spots.local[0, 1])
        a[0], b[0], pool[0] = x, y, puddle(x, y, around.wetness)
        patch[0] = 0.5 - 0.12 * 0.5 + 0.5 * noise2(x / 1.1, y / 1.1, 211)
        patch[0] += 0.12 * noise2(x / 0.2, y / 0.2, 212)
        film(notes.places, notes.coat, spots, around)


@numba.njit(cache=True)
def _pattern(color, extra, kind, table):  # type: ignore[no-untyped-def]
    """Paint by the pattern of texture `kind`; see `patterns.loops`."""
    if kind == _ASPHALT:
        put(color, extra, 0, ground.asphalt(*point(table, 0)))
    elif kind == _FACADE:
        put(color, extra, 0, facade.facade(*point(table, 0)))
    elif kind == _CONCRETE:
        put(color, extra, 0, ground.concrete(*point(table, 0)))
    elif kind == _PAVING:
        put(color, extra, 0, ground.paving(*point(table, 0)))
    elif kind == _MARKING:
        put(color, extra, 0, ground.marking(*point(table, 0)))
    elif kind == _GRASS:
        put(color, extra, 0, ground.grass(*point(table, 0)))
    elif kind == _SOIL:
        put(color, extra, 0, ground.soil(*point(table, 0)))
    else:
        _grown(color, extra, kind, table)


@numba.njit(cache=True)
def _grown(color, extra, kind, table):  # type: ignore[no-untyped-def]
    if kind == _FOLIAGE:
        put(color, extra, 0, growth.foliage(*point(table, 0)))
    elif kind == _BARK:
        put(color, extra, 0, growth.bark(*point(table, 0)))
    elif kind == _CLOTH:
        put(color, extra, 0, growth.cloth(*point(table, 0)))
    elif kind == _BRICK:
        put(color, extra, 0, walls.brick(*point(table, 0)))
    elif kind == _PLASTER:
        put(color, extra, 0, walls.plaster(*point(table, 0)))
    elif kind == _ROOF:
        put(color, extra, 0, walls.roof(*point(table, 0)))
    elif kind == _SIGN:
        put(color, extra, 0, faces.sign(*point(table, 0)))
    elif kind == _LIVERY:
        put(color, extra, 0, faces.livery(*point(table, 0)))


@numba.njit(cache=True)
def _store(n, step, rays, met, notes):  # type: ignore[no-untyped-def]
    """Write the point; lenses are lamps too: beyond the first surface only mirrors show them."""
    spots, coat = notes.spots, notes.coat
    shown = 1.0
    if step.depth > 0 and spots.circuit[0] >= 0:
        shown = min(max((0.14 - np.float64(rays.blur[n])) / 0.08, 0.0), 1.0)
    lift = 0.002 + 2e-4 * np.float64(spots.distance[0])
    for k in range(3):
        met.glow[n, k] = coat.emission[0, k] * shown
        met.start[n, k] = spots.position[0, k] + lift * spots.face[0, k]
        met.face[n, k], met.normal[n, k] = spots.face[0, k], spots.normal[0, k]
        met.diffuse[n, k], met.specular[n, k] = coat.diffuse[0, k], coat.specular[0, k]
    met.roughness[n], met.retroreflection[n] = coat.roughness[0], coat.retroreflection[0]
