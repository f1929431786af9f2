"""A beam is a cone: more rays where its footprint may straddle two depths."""

from dataclasses import dataclass

import numba
import numpy as np
from jaxtyping import Float, Int

from synthgen.embree import Tracer
from synthgen.geometry import Array
from synthgen.lidar_model import LidarModel
from synthgen.rays import Hits, Rays
from synthgen.scene import Moment
from synthgen.sensors.echo import beam_width
from synthgen.sensors.surface import Surfaces, surfaces
from synthgen.sensors.sweep import Sweep

EDGE = 0.1
"""[m] Depth by which a shot must leave the plane or the line through its neighbours."""
STEP = 0.005
"""The same as a share of the distance: across rings."""

SIDE = 1 / 6
"""Weight of each of the two outer rays along an axis of the beam; see `footprints`."""

OFF = np.sqrt(3.0) / 4
"""How far off the axis they are, in divergences."""


@dataclass(frozen=True, eq=False)
class Parts:
    """What parts of pulses meet beside the rays of the sweep, or after them.

    Attributes:
        shot: index of the ray of the sweep that each belongs to, rising.
        rays: that are cast; each starts where `before` ends.
        hits: what they meet.
        surface: what that is.
        before: [m] way of the pulse up to their start.
        weight: of an echo: share of the pulse that gets there and back.
    """

    shot: Int[Array, "n"]
    rays: Rays
    hits: Hits
    surface: Surfaces
    before: Float[Array, "n"]
    weight: Float[Array, "n"]


def footprints(
    model: LidarModel, tracer: Tracer, moment: Moment, cast: Sweep, met: tuple[Hits, Surfaces]
) -> tuple[Parts, Float[Array, "n"]]:
    """Return more rays of the beams at edges, and the weight that the rays of the sweep keep.

    Towards a neighbouring shot that meets another depth a beam has one more ray, so that with one
    on either side the mean of a polynomial of degree 5 over a Gaussian beam, whose full angle is
    that at which it falls to 1/e^2, is exact: at sqrt(3) standard deviations with a weight of
    1/6. One that meets the plane which the shot has `met` has nothing to tell and is left out.

    Source: M. Abramowitz and I. Stegun, "Handbook of Mathematical Functions", 1964, 25.4.46
    (Gauss-Hermite, n = 3).
    """
    hits, surface = met
    bent, edges = np.zeros(len(hits), np.uint8), np.zeros(len(hits), np.uint8)
    up = np.deg2rad(model.table("elevation_deg"))
    turn = np.deg2rad(model.table("azimuth_deg")) * model.frequency / model.turning
    rings = np.stack([np.cos(up), np.sin(up), model.table("height"), np.round(turn)], axis=1)
    reach = model.columns_per_sweep, model.farthest
    _find_bent(bent, hits.distance.astype(float), reach, rings)
    _find_edges(edges, bent, model.columns_per_sweep, rings)
    shot, rays = _outer(model, cast.rays, edges)
    found = tracer.sweep_hits(moment, rays, model.farthest)
    flat = np.zeros(len(shot), np.bool_)
    _find_flat(flat, shot, (hits.distance, hits.body, surface.normal, cast.rays.direction),
               (found.distance, found.body, rays.direction))  # fmt: skip
    some = np.flatnonzero(~flat)
    shot, rays, found = shot[some], rays.select(some), found.select(some)
    keep = 1 - SIDE * np.bincount(shot, minlength=len(hits))
    nil = np.zeros(len(shot))
    seen = surfaces(moment, found, model.wavelength)
    return Parts(shot, rays, found, seen, nil, nil + SIDE), keep


@numba.njit(cache=True)
def _find_bent(bent, distance, reach, rings):  # type: ignore[no-untyped-def]
    """Set bit 0 of shots that leave the plane of their neighbours in the ring, bit 1 across rings.

    What lies beyond the window, as do the neighbours, has no edges that matter; nor have the first
    and the last ring neighbours to leave. `rings` hold how far out and up each looks, the height
    its beams start at, and by how many columns it is ahead of the head.
    """
    (columns, farthest), ends = reach, np.empty(2)
    for ring in range(len(rings)):
        for column in range(columns):
            n = ring * columns + column
            left = ring * columns + (column - 1) % columns
            right = ring * columns + (column + 1) % columns
            here = distance[n]
            near = min(distance[left], here, distance[right]) <= farthest
            if near and _bent(distance[left], here, distance[right]):
                bent[n] |= 1
            if ring == 0 or ring == len(rings) - 1:
                continue
            for k in range(2):
                ends[k] = distance[_across(rings, columns, n, 2 * k - 1)]
            near = min(ends[0], here, ends[1]) <= farthest
            if near and _off_line(ends, here, rings[ring - 1 : ring + 2]):
                bent[n] |= 2


@numba.njit(cache=True)
def _across(rings, columns, n, step):  # type: ignore[no-untyped-def]
    """Return the shot that is `step` rings below shot `n`.

    Each ring has its own azimuth: what lies above is in another column.
    """
    ring, column = n // columns, n % columns
    ahead = column + int(rings[ring, 3] - rings[ring + step, 3])
    return (ring + step) * columns + ahead % columns


@numba.njit(cache=True)
def _find_edges(edges, bent, columns, rings):  # type: ignore[no-untyped-def]
    """Set bits 0 to 3 of shots between which and the one before, after, below, above is an edge.

    Where depth jumps, both shots beside the jump leave the plane of their neighbours; at a crease,
    where there is no other depth, one does.
    """
    for n in range(len(bent)):
        ring, column = n // columns, n % columns
        if bent[n] & 1:
            for k in range(2):
                other = ring * columns + (column - 1 + 2 * k) % columns
                edges[n] |= (bent[other] & 1) << k
        if bent[n] & 2:
            for k in range(2):
                step = 1 - 2 * k
                last = ring + step == 0 or ring + step == len(rings) - 1
                if last or bent[_across(rings, columns, n, step)] & 2:
                    edges[n] |= 4 << k


@numba.njit(cache=True)
def _find_flat(flat, shot, met, seen):  # type: ignore[no-untyped-def]
    """Set which outer rays meet the body and the plane that the ray of their shot meets."""
    distance, body, normal, way = met
    found, other, beside = seen
    for k in range(len(shot)):
        n = shot[k]
        if other[k] != body[n] or body[n] < 0:
            flat[k] = other[k] == body[n]
            continue
        here, there = 0.0, 0.0
        for axis in range(3):
            here += normal[n, axis] * way[n, axis]
            there += normal[n, axis] * beside[k, axis]
        flat[k] = abs(found[k] * there - distance[n] * here) <= EDGE * abs(there)


@numba.njit(cache=True)
def _bent(before, here, after):  # type: ignore[no-untyped-def]
    """Return whether three shots of a ring do not lie on a plane; infinite is a depth too.

    Inverse distance is linear in the direction over a plane, however slanted.
    """
    a, b, c = 1.0 / before, 1.0 / here, 1.0 / after
    most = max(a, b, c)
    return abs(a - 2 * b + c) > EDGE * most * most


@numba.njit(cache=True)
def _off_line(ends, here, rings):  # type: ignore[no-untyped-def]
    """Return whether a shot lies off the line through those of the rings above and below."""
    if not (ends[0] < 1e30 and ends[1] < 1e30 and here < 1e30):
        return min(ends[0], ends[1], here) < 1e30
    out, high = ends[0] * rings[0, 0], rings[0, 2] + ends[0] * rings[0, 1]
    wide = ends[1] * rings[2, 0] - out
    rise = rings[2, 2] + ends[1] * rings[2, 1] - high
    steep = wide * rings[1, 1] - rise * rings[1, 0]
    meets = wide * (high - rings[1, 2]) - rise * out
    return abs(meets - here * steep) > max(EDGE, STEP * here) * abs(steep)


def _outer(model: LidarModel, rays: Rays, edges: Int[Array, "n"]) -> tuple[Int[Array, "m"], Rays]:
    """Return the outer rays of the beams at `edges`, sorted by their shot."""
    ahead = 1 if model.turning > 0 else -1
    wide = model.divergence * OFF, beam_width(model) * OFF
    shots, ways = [], []
    for bit, sign in enumerate((-ahead, ahead, -1, 1)):
        shot = np.flatnonzero(edges & 1 << bit)
        way = rays.direction[shot]
        side = np.stack([-way[:, 1], way[:, 0], np.zeros(len(shot))], -1)
        side /= np.maximum(np.linalg.norm(side, axis=1), 1e-9)[:, None]
        if bit > 1:
            side = np.cross(way, side)
        turned = way + sign * wide[bit // 2] * side
        shots.append(shot)
        ways.append(turned / np.linalg.norm(turned, axis=1)[:, None])
    every = np.concatenate(shots)
    order = np.argsort(every, kind="stable")
    shot, way = every[order], np.concatenate(ways)[order]
    return shot, Rays(rays.origin[shot], way, rays.time[shot])
