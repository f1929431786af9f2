"""Where pulses go on after they met something: through panes, and off mirrors."""

import numpy as np
from jaxtyping import Bool, Float

from synthgen.embree import Tracer
from synthgen.geometry import Array
from synthgen.lidar_model import LidarModel
from synthgen.rays import Hits, Rays
from synthgen.scene import Moment
from synthgen.sensors.echo import PANE, receiver_gain
from synthgen.sensors.footprint import Parts
from synthgen.sensors.fresnel import fresnel
from synthgen.sensors.surface import Surfaces, surfaces
from synthgen.sensors.sweep import Sweep

PANES = 4
"""That a pulse is followed through: both sides of a car have two."""

CLEAR = 2e-3
"""[m] Way beyond a face at which a ray goes on, so that it does not meet the same face."""

ANSWER = 3.0
"""Largest effective reflectance that is looked for in a mirror: signs have hundreds, but fill
little of it."""


def beyond(
    model: LidarModel,
    tracer: Tracer,
    moment: Moment,
    cast: Sweep,
    seen: tuple[Hits, Surfaces, Bool[Array, "n"]],
) -> Parts:
    """Return what pulses meet behind panes of glass, each pane that lies on their way as well.

    `seen` is what they met first, and which of it are panes to follow a pulse through. A pane lets
    through what it mirrors not and its material lets pass; the echo comes back through it.
    Refraction shifts a pulse by less than a pane is thick, which is left out.
    """
    hits, surface, panes = seen
    shot = np.flatnonzero(panes & (hits.distance < model.farthest))
    rays, before = cast.rays.select(shot), np.zeros(len(shot))
    weight, parts = np.ones(len(shot)), []
    hits, surface = hits_at(hits, shot), picked(surface, shot)
    for number in range(PANES):
        if number and not len(shot):
            break
        weight = weight * _passed(rays, surface) ** 2
        before = before + hits.distance + CLEAR
        start = rays.origin + rays.direction * (hits.distance + CLEAR)[:, None]
        rays = Rays(start, rays.direction, rays.time)
        hits = tracer.sweep_hits(moment, rays, model.farthest)
        surface = surfaces(moment, hits, model.wavelength)
        parts.append(Parts(shot, rays, hits, surface, before, weight))
        through = (surface["transmission"] > 0) & (before + hits.distance < model.farthest)
        on = np.flatnonzero(through)
        shot, rays, before, weight = shot[on], rays.select(on), before[on], weight[on]
        hits, surface = hits_at(hits, on), picked(surface, on)
    return _joined(parts)


def mirrored(
    model: LidarModel,
    tracer: Tracer,
    moment: Moment,
    cast: Sweep,
    seen: tuple[Hits, Surfaces, Float[Array, "n"]],
    least: Float[Array, "n"],
) -> Parts:
    """Return what pulses meet off the mirrors on their way: glass, lacquer, metal, still water.

    `seen` is what they met first, and the share of the pulse that it mirrors; an echo comes back
    by the same way, so that the share counts twice. It is reported straight on, behind the
    mirror: a ghost. Only mirrors that are good enough for an echo of the strength `least` of each
    shot are followed, and things are held still at the moment's time: ghosts are off by what they
    move in half a turn.
    """
    hits, surface, share = seen
    near = np.where(hits.hit, hits.distance, model.farthest).astype(float)
    bright = ANSWER * share**2 * receiver_gain(model, near)
    shot = np.flatnonzero((bright > least) & (near < model.farthest))
    way, normal = cast.rays.direction[shot], surface.normal[shot]
    dot = np.einsum("ij,ij->i", way, normal)[:, None]
    normal, dot = np.where(dot > 0, -normal, normal), -np.abs(dot)
    start = cast.rays.origin[shot] + way * near[shot, None] + CLEAR * normal
    rays = Rays(start, way - 2 * dot * normal, cast.rays.time[shot])
    found = tracer.frozen_hits(moment, rays.origin, rays.direction)
    seen_there = surfaces(moment, found, model.wavelength)
    return Parts(shot, rays, found, seen_there, near[shot], share[shot] ** 2)


def _passed(rays: Rays, surface: Surfaces) -> Float[Array, "n"]:
    """Return the share of a pulse that gets through each pane once."""
    cosine = np.minimum(np.abs(np.einsum("ij,ij->i", surface.normal, rays.direction)), 1.0)
    face, square = fresnel(cosine, PANE), float(fresnel(1.0, PANE))
    most = 1 - 2 * square / (1 + square)
    return surface["transmission"] * (1 - 2 * face / (1 + face)) / most


def hits_at(hits: Hits, which: Array) -> Hits:
    """Return those `hits` that `which` picks."""
    return Hits(
        hits.distance[which], hits.body[which], hits.primitive[which], hits.barycentric[which]
    )


def picked(surface: Surfaces, which: Array) -> Surfaces:
    """Return those surfaces that `which` picks."""
    return Surfaces(
        surface.semantic[which], surface.normal[which], surface.kind[which], surface.table,
        surface.uv[which],
    )  # fmt: skip


def _joined(parts: list[Parts]) -> Parts:
    """Return all `parts` as one."""
    rays = Rays(
        *(np.concatenate([getattr(part.rays, name) for part in parts])
          for name in ("origin", "direction", "time"))
    )  # fmt: skip
    hits = Hits(
        *(np.concatenate([getattr(part.hits, name) for part in parts])
          for name in ("distance", "body", "primitive", "barycentric"))
    )  # fmt: skip
    shot, before, weight = (
        np.concatenate([getattr(part, name) for part in parts])
        for name in ("shot", "before", "weight")
    )
    return Parts(shot, rays, hits, _one([part.surface for part in parts]), before, weight)


def _one(surfaces: list[Surfaces]) -> Surfaces:
    """Return all `surfaces` as one, each with its own rows of the joint table."""
    first = np.cumsum([0, *(len(one.table) for one in surfaces)])
    semantic, normal, uv, table = (
        np.concatenate([getattr(one, name) for one in surfaces])
        for name in ("semantic", "normal", "uv", "table")
    )
    kind = np.concatenate([one.kind + n for one, n in zip(surfaces, first, strict=False)])
    kind[np.concatenate([one.kind for one in surfaces]) == 0] = 0
    return Surfaces(semantic, normal, kind, table, uv)
