"""How strongly a surface returns a laser pulse.

Strengths are effective reflectances: 1 is what a white diffuse plate returns that the beam meets
squarely, within the range up to which the receiver's gain makes up for distance.
"""

from typing import NamedTuple

import numba
import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array
from synthgen.lidar_model import LidarModel
from synthgen.materials import OPTICS
from synthgen.sensors.fresnel import fresnel
from synthgen.sensors.lacquer import flakes, pigment
from synthgen.sensors.surface import Surfaces
from synthgen.spectra import water_absorption

LIGHT = 299_792_458.0
"""[m/s] Speed of light."""

DUST = 0.008
"""Diffuse reflectance that dust gives the blackest lacquer."""

WATER, PANE = 1.33, 1.52
"""Refractive indices."""

_THIN, _DEEP = 0.2e-3, 3e-3
"""[m] Depth of the film on a wet surface, and of the water in a puddle."""

_R, _ROUGH, _METAL, _COAT, _CLEAR, _RETRO, _PORES, _LEAF, _PITCH, _FLOOR, _SHARE, _FLAKE = (
    OPTICS.index(name)
    for name in ("reflectance", "roughness", "metallic", "clearcoat", "transmission",
                 "retroreflection", "porosity", "foliage", "window_pitch", "window_floor",
                 "window_share", "flake")
)  # fmt: skip


class Lain(NamedTuple):
    """What weather has laid on surfaces.

    Attributes:
        wetness: 0 dry to 1.
        pool: how much of a puddle, 0 to 1.
        snow: share that snow hides.
        bright: reflectance of that snow.
    """

    wetness: np.ndarray
    pool: np.ndarray
    snow: np.ndarray
    bright: np.ndarray


def bare(count: int, wetness: float = 0.0) -> Lain:
    """Return what lies on `count` surfaces that are all as wet, without puddles and snow."""
    return Lain(np.full(count, float(wetness)), *(np.zeros(count) for _ in range(3)))


def echo(
    model: LidarModel,
    surface: Surfaces,
    way: Float[Array, "n 3"],
    distance: Float[Array, "n"],
    lain: Lain,
) -> tuple[Float[Array, "n"], Float[Array, "n"]]:
    """Return the strengths of echoes from `distance` [m], and the share that is mirrored on.

    `way` are the unit directions of the pulses. Diffuse, glinting and retroreflecting parts add,
    spread over range where the surface is slanted; a film of water takes the place of the rough
    surface on the share of it that is wet. Nothing hit and infinite distances yield 0.
    """
    strength, mirror = np.zeros(len(way)), np.zeros(len(way))
    length = LIGHT * model.pulse / 2
    soak = water_absorption(model.wavelength)
    _answers(
        (strength, mirror), (surface.kind, surface.table, surface.normal, surface.uv), way,
        distance, lain, (model.plateau, beam_width(model), length, soak),
    )  # fmt: skip
    return strength, mirror


def beam_width(model: LidarModel) -> float:
    """Return the divergence [rad] across which a footprint is drawn out, up and down."""
    return model.divergence_vertical or model.divergence


def receiver_gain(model: LidarModel, distance: Float[Array, "n"]) -> Float[Array, "n"]:
    """Return the strength of a return over what it is within the plateau: inverse square."""
    return np.minimum(1.0, (model.plateau / np.maximum(distance, 1e-3)) ** 2)


def intensity(model: LidarModel, strength: Float[Array, "n"]) -> Float[Array, "n"]:
    """Return strengths as the maker codes them: logarithmic, clipped to 0..1, in steps.

    Two points of the curve fit KITTI: road at 8 m reads 0.20 and sidewalk 0.31; number plates
    and signs saturate.
    """
    coded = model.intensity_gain * np.log(np.maximum(strength, 1e-12) / model.dark)
    return np.clip(np.round(coded / model.intensity_step) * model.intensity_step, 0.0, 1.0)


@numba.njit(cache=True)
def oren_nayar(cosine, roughness):  # type: ignore[no-untyped-def]
    """Return what a rough diffuse surface sends back to where the light came from.

    Relative to a smooth diffuse one met squarely: A cos + B sin^2, which for light and sight
    in one direction is all that is left of the model; slopes spread by 0.6 roughness^2 [rad].

    Source: M. Oren and S. Nayar, "Generalization of Lambert's reflectance model", SIGGRAPH
    1994, equation 30.
    """
    spread = (0.6 * roughness**2) ** 2
    a = 1 - 0.5 * spread / (spread + 0.33)
    b = 0.45 * spread / (spread + 0.09)
    return a * cosine + b * (1 - cosine**2)


@numba.njit(cache=True)
def under_water(base, pores, cosine, depth):  # type: ignore[no-untyped-def]
    """Return what a rough surface of reflectance `base` returns through a film of water.

    Light goes in and out through the film's face; in `pores` full of water part of what the
    surface scatters is turned back at the face. `depth` is the optical depth of the water.

    Source: J. Lekner and M. Dorf, "Why some things are darker when wet", Applied Optics 27, 1988,
    eq. 3 to 7, with n = 1.33; for one direction, (1 - F)^2 / n^2 in place of their mean.
    """
    through = (1 - fresnel(cosine, WATER)) ** 2
    inner = np.sqrt(1 - (1 - cosine * cosine) / WATER**2)
    dark = 1 - pores + pores / (WATER**2 * (1 - 0.47 * base))
    return base * dark * through * cosine * np.exp(-2 * depth / inner)


@numba.njit(cache=True)
def _answers(out, surface, way, distance, lain, beam):  # type: ignore[no-untyped-def]
    """Fill in strengths and mirrored shares."""
    strength, mirror = out
    kind, table, normal, uv = surface
    plateau, width, length, soak = beam
    for n in range(len(kind)):
        if kind[n] == 0 or not distance[n] < 1e30:
            continue
        row, up = table[kind[n]], normal[n, 2]
        dot = normal[n, 0] * way[n, 0] + up * way[n, 2] + normal[n, 1] * way[n, 1]
        cosine = min(abs(dot), 1.0)
        on = lain.wetness[n], lain.pool[n], lain.snow[n], lain.bright[n]
        window = _window(row, uv[n])
        bright = _bright(row, cosine, up, on, (window, soak))
        slope = np.sqrt(1 - cosine * cosine) / max(cosine, 1e-3)
        drawn = width * distance[n] * slope / length
        gain = min(1.0, (plateau / max(distance[n], 1e-3)) ** 2)
        strength[n] = bright * gain / np.sqrt(1 + drawn * drawn)
        mirror[n] = _mirrored(row, cosine, on, window)


@numba.njit(cache=True)
def _bright(row, cosine, up, on, rest):  # type: ignore[no-untyped-def]
    """Return the effective reflectance of one surface; see `echo`."""
    wetness, pool, snow, white = on
    window, soak = rest
    bare = 1 - snow
    reflectance = bare * row[_R] + snow * white
    rough = bare * row[_ROUGH] + snow
    coat = bare * row[_COAT]
    base = _diffuse(row, (bare, cosine), reflectance) * (0.03 if window else 1.0) + DUST * coat
    film = max(wetness * (1.0 if up > 0.7 else 0.3), pool)
    found = (1 - film) * base * oren_nayar(cosine, rough)
    if film > 0:
        depth = soak * (_THIN + _DEEP * pool)
        pores = min(1.6 * row[_PORES], 1.0) * bare
        found += film * under_water(base, pores, cosine, depth)
    found += _glint(row, cosine, bare, reflectance)
    return found + np.pi * bare * row[_RETRO] * cosine**4 * (1 - 0.9 * film)


@numba.njit(cache=True)
def _diffuse(row, state, reflectance):  # type: ignore[no-untyped-def]
    """Return how much of `reflectance` comes back diffusely; `state` is share bare and cosine.

    Metals have none; what is lacquered answers through its coat, less what its flakes do; of
    clear glass only the dirt shows (0.55 of what the pane does not pass); leaves let part of the
    beam through between them.
    """
    bare, cosine = state
    clear, coat = bare * row[_CLEAR], bare * row[_COAT]
    glass = 0.55 * (1 - clear) if clear > 0 else 1.0
    dull = 1 - bare * (row[_FLAKE] if row[_FLAKE] > 0 else row[_METAL])
    found = (1 - coat) * reflectance + (coat * pigment(reflectance, cosine) if coat > 0 else 0.0)
    return found * dull * glass * (1 - 0.5 * bare * row[_LEAF])


@numba.njit(cache=True)
def _window(row, uv):  # type: ignore[no-untyped-def]
    """Return whether a place of a facade is within one of its windows."""
    if row[_PITCH] <= 0:
        return False
    column = uv[0] / row[_PITCH] % 1
    floor = uv[1] / row[_FLOOR] % 1 if row[_FLOOR] > 0 else uv[1] % 1
    return abs(column - 0.5) < row[_SHARE] / 2 and abs(floor - 0.56) < 0.265


@numba.njit(cache=True)
def _lobe(width, cosine):  # type: ignore[no-untyped-def]
    return width**2 / (4 * max(cosine, 0.1) * (cosine**2 * (width**2 - 1) + 1) ** 2)


@numba.njit(cache=True)
def _glint(row, cosine, bare, reflectance):  # type: ignore[no-untyped-def]
    """Return the glint of what is met almost squarely, pi F D / (4 cos), and of flakes.

    Source: B. Walter et al., "Microfacet models for refraction through rough surfaces", EGSR
    2007, equations 20 and 33; nothing is smoother than the beam is wide.
    """
    smooth = 0.04 * bare * row[_COAT] + (0.04 if bare * row[_CLEAR] > 0 else 0.0)
    flake = bare * row[_FLAKE]
    metal = 0.0 if flake > 0 else bare * row[_METAL] * reflectance
    if smooth + metal + flake == 0:
        return 0.0
    found = flake * flakes(reflectance, cosine) if flake > 0 else 0.0
    found += smooth * _lobe(0.05, cosine)
    return found + metal * _lobe(max(row[_ROUGH] ** 2, 0.05), cosine)


@numba.njit(cache=True)
def _mirrored(row, cosine, on, window):  # type: ignore[no-untyped-def]
    """Return the share of a pulse that goes on as off a mirror: glass, lacquer, still water."""
    _, pool, snow, _ = on
    found = pool * fresnel(cosine, WATER) if pool > 0 else 0.0
    if row[_CLEAR] > 0 or window:
        # Both faces of the pane mirror: F + (1 - F)^2 F + ... = 2 F / (1 + F).
        face = fresnel(cosine, PANE)
        found = max(found, 2 * face / (1 + face) * (1 - snow))
    if row[_COAT] > 0:
        found = max(found, row[_COAT] * fresnel(cosine, PANE) * (1 - snow))
    if row[_METAL] > 0 and row[_ROUGH] <= 0.1:
        found = max(found, row[_METAL] * row[_R] * (1 - snow))
    return found
