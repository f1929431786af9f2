"""The surface of `raycast.brdf`, Lambert below one GGX layer, in Dr.Jit: evaluated and sampled."""

from typing import Any, NamedTuple

import drjit as dr
import mitsuba as mi

SHINES = 0.005
"""Specular reflectance below which a surface is Lambert alone, as in the raycast renderer."""


class Surface(NamedTuple):
    """Surface points; directions are unit, world frame.

    Attributes:
        normal: shading normal.
        face: face normal.
        eye: towards where the path came from.
        diffuse: reflectance, linear sRGB.
        specular: reflectance of the layer at normal incidence, linear sRGB.
        roughness: of the layer, perceptual.
    """

    normal: Any
    face: Any
    eye: Any
    diffuse: Any
    specular: Any
    roughness: Any


class Response(NamedTuple):
    """What a surface sends on of light from one direction [1/sr], cosine included.

    Attributes:
        flat: of the Lambert part, linear sRGB.
        gloss: of the layer, linear sRGB.
        flat_density: [1/sr] with which `scatter` picks the direction from the Lambert part.
        gloss_density: [1/sr] the same from the layer; both count the choice between the two.
    """

    flat: Any
    gloss: Any
    flat_density: Any
    gloss_density: Any


class Onward(NamedTuple):
    """Where a path goes from a surface.

    Attributes:
        direction: unit.
        weight: response over density, linear sRGB.
        density: [1/sr] of the direction, the choice of the part included.
        shiny: whether the layer was chosen.
    """

    direction: Any
    weight: Any
    density: Any
    shiny: Any


def luminance(color: Any) -> Any:
    """Return the luminance of linear sRGB (Source: IEC 61966-2-1)."""
    return 0.2126 * color.x + 0.7152 * color.y + 0.0722 * color.z


def schlick(normal_reflectance: Any, cosine: Any) -> Any:
    """Return the Fresnel reflectance; see `raycast.brdf.schlick`."""
    rise = dr.clip(1.0 - cosine, 0.0, 1.0)
    rise5 = rise * rise * rise * rise * rise
    return normal_reflectance + (1.0 - normal_reflectance) * rise5


def alpha(roughness: Any) -> Any:
    """Return the GGX width of a perceptual `roughness` (glTF 2.0: its square)."""
    kept = dr.maximum(roughness, 0.03)
    return kept * kept


def _root(cosine: Any, width2: Any) -> Any:
    return dr.sqrt(cosine * cosine * (1.0 - width2) + width2)


def _spread(normal: Any, half: Any, width2: Any) -> Any:
    """D of the layer [1/sr]; the sine is taken from a cross product, exact near the mirror."""
    cosine, sine2 = dr.dot(normal, half), dr.squared_norm(dr.cross(normal, half))
    base = cosine * cosine * width2 + sine2
    return width2 / (dr.pi * base * base)


def shiny_share(surface: Surface) -> Any:
    """Return the chance that `scatter` picks the layer."""
    layer = luminance(schlick(surface.specular, dr.maximum(dr.dot(surface.normal, surface.eye), 0)))
    below = luminance(surface.diffuse) * (1.0 - layer)
    share = dr.clip(layer / dr.maximum(layer + below, 1e-6), 0.1, 0.9)
    share = dr.select(below < 1e-4, 1.0, share)
    return dr.select(surface.specular.y >= SHINES, share, 0.0)


def respond(surface: Surface, light: Any, wider: Any = 0.0) -> Response:
    """Return what `surface` sends to its eye of light from unit direction `light`.

    `wider` is added to the width of the layer: the angular radius of a lamp seen as a point.
    """
    cosine, seen = dr.dot(surface.normal, light), dr.dot(surface.normal, surface.eye)
    seen = dr.maximum(seen, 1e-3)
    lit = (cosine > 0.0) & (dr.dot(surface.face, light) > 0.0)
    half = dr.normalize(surface.eye + light)
    width = dr.minimum(alpha(surface.roughness) + wider, 1.0)
    spread = _spread(surface.normal, half, width * width)
    root_in, root_out = _root(cosine, width * width), _root(seen, width * width)
    visible = 0.5 / dr.maximum(cosine * root_out + seen * root_in, 1e-6)
    mirrored = schlick(surface.specular, dr.maximum(dr.dot(surface.eye, half), 0.0))
    mirrored = dr.select(surface.specular.y >= SHINES, mirrored, 0.0)
    share = shiny_share(surface)
    flat = surface.diffuse * (1.0 - mirrored) * cosine / dr.pi
    gloss = mirrored * (spread * visible * cosine)
    gloss_density = share * spread / (2.0 * (seen + root_out))
    none = mi.Color3f(0.0)
    return Response(
        dr.select(lit, flat, none), dr.select(lit, gloss, none),
        dr.select(lit, (1.0 - share) * cosine / dr.pi, 0.0), dr.select(lit, gloss_density, 0.0),
    )  # fmt: skip


def scatter(surface: Surface, choice: Any, place: Any) -> Onward:
    """Return a direction in which light may have come, from uniform numbers `choice`, `place`.

    The layer's normals are drawn from those that the eye sees.
    Source: E. Heitz, "Sampling the GGX distribution of visible normals", JCGT 7, 2018, listing 1.
    """
    shiny = choice < shiny_share(surface)
    frame = mi.Frame3f(surface.normal)
    eye = frame.to_local(surface.eye)
    half = frame.to_world(_visible_normal(eye, alpha(surface.roughness), place))
    mirrored = 2.0 * dr.dot(surface.eye, half) * half - surface.eye
    # A bent normal may mirror rays into the face: they leave it as if mirrored once more.
    sunk = dr.dot(mirrored, surface.face)
    bent = (sunk < 0.0) & (dr.dot(mirrored, surface.normal) > 0.0)
    mirrored = dr.select(bent, mirrored - 2.0 * sunk * surface.face, mirrored)
    spread = frame.to_world(mi.warp.square_to_cosine_hemisphere(place))
    direction = dr.normalize(dr.select(shiny, mirrored, spread))
    response = respond(surface, direction)
    density = dr.select(shiny, response.gloss_density, response.flat_density)
    wanted = dr.select(shiny, response.gloss, response.flat)
    weight = dr.select(density > 0.0, wanted / dr.maximum(density, 1e-12), mi.Color3f(0.0))
    return Onward(direction, dr.minimum(weight, 4.0), density, shiny)


def _visible_normal(eye: Any, width: Any, place: Any) -> Any:
    stretched = dr.normalize(mi.Vector3f(width * eye.x, width * eye.y, dr.maximum(eye.z, 1e-3)))
    flat2 = stretched.x * stretched.x + stretched.y * stretched.y
    turned = mi.Vector3f(-stretched.y, stretched.x, 0.0) * dr.rsqrt(dr.maximum(flat2, 1e-12))
    across = dr.select(flat2 > 1e-12, turned, mi.Vector3f(1.0, 0.0, 0.0))
    along = dr.cross(stretched, across)
    radius, angle = dr.sqrt(place.x), 2.0 * dr.pi * place.y
    a, b = radius * dr.cos(angle), radius * dr.sin(angle)
    lean = 0.5 * (1.0 + stretched.z)
    b = (1.0 - lean) * dr.safe_sqrt(1.0 - a * a) + lean * b
    up = dr.safe_sqrt(1.0 - a * a - b * b)
    normal = a * across + b * along + up * stretched
    return dr.normalize(mi.Vector3f(width * normal.x, width * normal.y, dr.maximum(normal.z, 1e-6)))
