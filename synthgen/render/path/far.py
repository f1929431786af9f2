"""Far light in Dr.Jit: the sky as an environment map, sun or moon as a disc."""

from typing import Any, NamedTuple

import drjit as dr
import mitsuba as mi
import numpy as np

from synthgen.geometry import Array
from synthgen.light.dome import radiances
from synthgen.light.sky import Sky
from synthgen.render.path.arrays import fixed
from synthgen.render.path.brdf import Response, Surface, respond

ROWS, COLUMNS = 128, 256
_HALF = 0.00951204 / 2
"""[rad] Angular radius of the sun's disc; near enough of the moon's and of lightning's channel."""
MIRROR = 0.12
"""Roughness up to which a layer sees the sky by its own rays alone."""


class Far(NamedTuple):
    """Far light sources.

    Attributes:
        sky: Mitsuba's environment map.
        toward: direction of sun, moon or lightning.
        disc: [cd/m2] luminance of its disc, linear sRGB; clouds counted.
        cosine: of its angular radius.
        density: [1/sr] of directions drawn on it.
        shines: whether it is up and gives any light.
    """

    sky: Any
    toward: Any
    disc: Any
    cosine: Any
    density: Any
    shines: bool


def far(sky: Sky) -> Far:
    """Return the far light of `sky`."""
    solid = 2.0 * np.pi * (1.0 - np.cos(_HALF))
    shines = bool(sky.direct.max() > 1e-3 * max(sky.illuminance, 1e-6) and sky.direction[2] > 0)
    return Far(
        sky=_map(sky), toward=fixed(mi.Vector3f, sky.direction),
        disc=fixed(mi.Color3f, sky.direct / solid),
        cosine=dr.opaque(mi.Float, float(np.cos(_HALF))),
        density=dr.opaque(mi.Float, float(1.0 / solid)), shines=shines,
    )  # fmt: skip


def map_directions(rows: int = ROWS, columns: int = COLUMNS) -> Array:
    """Return the directions (rows, columns, 3) that the texels of the map stand for."""
    polar = (np.arange(rows) + 0.5) / rows * np.pi
    turn = (np.arange(columns) + 0.5) / columns * 2 * np.pi
    polar, turn = np.meshgrid(polar, turn, indexing="ij")
    return np.stack(
        [np.sin(polar) * np.sin(turn), np.sin(polar) * np.cos(turn), np.cos(polar)], axis=-1
    )


def _map(sky: Sky) -> Any:
    way = map_directions()
    light = radiances(sky.dome, way.reshape(-1, 3)).reshape(ROWS, COLUMNS, 3)
    upright = mi.ScalarTransform4f().rotate([1, 0, 0], 90)
    emitter = {
        "type": "envmap", "bitmap": mi.Bitmap(light.astype(np.float32)), "to_world": upright,
    }  # fmt: skip
    scene = mi.load_dict({"type": "scene", "sky": emitter}, parallel=False, optimize=False)
    return scene.environment()


def share(one: Any, other: Any) -> Any:
    """Return the weight of a way of drawing with density `one` against another's.

    Source: E. Veach and L. Guibas, "Optimally combining sampling techniques for Monte Carlo
    rendering", SIGGRAPH 1995, eq. 9 with exponent 2.
    """
    return one * one / dr.maximum(one * one + other * other, 1e-30)


def sun_light(source: Far, surface: Surface, place: Any) -> tuple[Any, Any]:
    """Return a direction to the disc and what the surface sends on of its light, unshadowed."""
    local = mi.warp.square_to_uniform_cone(place, source.cosine)
    direction = mi.Frame3f(source.toward).to_world(local)
    found = respond(surface, direction)
    return direction, _split(source.disc / source.density, source.density, found, found.gloss)


def sky_light(source: Far, surface: Surface, place: Any) -> tuple[Any, Any]:
    """Return a direction drawn by the sky's luminance and what the surface sends on of it."""
    nowhere = dr.zeros(mi.SurfaceInteraction3f)
    drawn, light = source.sky.sample_direction(nowhere, place)
    found = respond(surface, drawn.d)
    rough = dr.select(surface.roughness > MIRROR, found.gloss, mi.Color3f(0.0))
    return drawn.d, _split(light, drawn.pdf, found, rough)


def _split(light: Any, density: Any, found: Response, gloss: Any) -> Any:
    """Light over density, each part of the surface weighed against its own drawing."""
    flat = found.flat * share(density, found.flat_density)
    return light * (flat + gloss * share(density, found.gloss_density))


def escaped(source: Far, direction: Any, density: Any, mirrored: Any) -> Any:
    """Return the far light [cd/m2] that a path meets which left its surface with `density`.

    `mirrored` paths left a smooth layer: nothing else has asked the sky for them.
    """
    seen = dr.zeros(mi.SurfaceInteraction3f)
    seen.wi = -direction
    light = source.sky.eval(seen)
    drawn = dr.zeros(mi.DirectionSample3f)
    drawn.d = direction
    other = source.sky.pdf_direction(dr.zeros(mi.SurfaceInteraction3f), drawn)
    light = light * dr.select(mirrored, 1.0, share(density, other))
    if source.shines:
        met = dr.dot(direction, source.toward) > source.cosine
        disc = source.disc * share(density, source.density)
        light = light + dr.select(met, disc, mi.Color3f(0.0))
    return light
