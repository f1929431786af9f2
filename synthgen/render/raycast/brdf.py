"""How much light a surface sends on: Lambert below one GGX layer."""

import numba
import numpy as np


@numba.njit(cache=True)
def dot(a, b):  # type: ignore[no-untyped-def]
    """Return the scalar product of two vectors given as three numbers each."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


@numba.njit(cache=True)
def schlick(f0: float, cosine: float) -> float:
    """Return the reflectance at angle `cosine` of a face that reflects `f0` at normal incidence.

    Source: C. Schlick, "An inexpensive BRDF model for physically-based rendering", Computer
    Graphics Forum 13, 1994, eq. 15.
    """
    m = min(max(1.0 - cosine, 0.0), 1.0)
    return f0 + (1.0 - f0) * m * m * m * m * m


@numba.njit(cache=True)
def rough_schlick(f0: float, cosine: float, roughness: float) -> float:
    """Return the mirrored share of a rough layer under all-round light; grazing angles gain less.

    Source: S. Lagarde, "Adopting a physically based shading model", 2011: Schlick with
    max(1 - roughness, f0) at grazing incidence.
    """
    m = min(max(1.0 - cosine, 0.0), 1.0)
    top = max(1.0 - roughness, f0)
    return f0 + (top - f0) * m * m * m * m * m


@numba.njit(cache=True)
def lobe(n_half: float, n_view: float, n_light: float, roughness: float) -> float:
    """Return D V of the GGX layer [1/sr], Fresnel left out.

    Source: B. Walter et al., "Microfacet models for refraction through rough surfaces", EGSR
    2007, eq. 33 (D); E. Heitz, "Understanding the masking-shadowing function", JCGT 3, 2014,
    eq. 99 (V = G / 4 n_l n_v); alpha = roughness^2 as glTF 2.0.
    """
    alpha2 = max(roughness, 0.03) ** 4
    base = n_half * n_half * (alpha2 - 1.0) + 1.0
    spread = alpha2 / (np.pi * base * base)
    see = n_light * np.sqrt(n_view * n_view * (1 - alpha2) + alpha2)
    lit = n_view * np.sqrt(n_light * n_light * (1 - alpha2) + alpha2)
    return spread * 0.5 / max(see + lit, 1e-6)


@numba.njit(cache=True)
def answer(normal, view, light, roughness, shines):  # type: ignore[no-untyped-def]
    """Return n.l / pi, D V n.l (0 unless it `shines`) and the cosine of view to half vector."""
    n_light = dot(normal, light)
    if n_light <= 0.0:
        return 0.0, 0.0, 1.0
    if not shines:
        return n_light / np.pi, 0.0, 1.0
    n_view = max(dot(normal, view), 1e-3)
    hx, hy, hz = view[0] + light[0], view[1] + light[1], view[2] + light[2]
    length = max(np.sqrt(hx * hx + hy * hy + hz * hz), 1e-6)
    n_half = (normal[0] * hx + normal[1] * hy + normal[2] * hz) / length
    v_half = (view[0] * hx + view[1] * hy + view[2] * hz) / length
    gloss = lobe(min(n_half, 1.0), n_view, n_light, roughness) * n_light
    return n_light / np.pi, gloss, v_half
