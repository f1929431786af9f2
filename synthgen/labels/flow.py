"""Optical flow and scene flow: where what a pixel shows is a moment later, or was before.

Nothing is estimated. The point of the surface that a pixel's centre ray meets is known as a place
on a triangle of a body; the same place on the same triangle is looked up in the shape and on the
way that the body has at the other time: limbs that swing, wheels that turn and bellows that fold
move their points. It is then projected by the camera as it stands then, through its lens and, with
a rolling shutter, into the row that is exposed when the point passes it. A ray from there says
whether it is seen.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int

from synthgen.embree import Tracer
from synthgen.geometry import Array, transform
from synthgen.rays import Hits
from synthgen.sample import Flow
from synthgen.scene import Moment, Present, shape
from synthgen.view import CameraView

NONE, SEEN, HIDDEN, OUTSIDE = range(4)
"""States of a pixel's flow."""
SKY = 1e7
"""[m] The distance of the sky: it moves as the camera turns alone."""
NEAR, SHARE = 0.003, 5e-4
"""[m] and per metre: what stands nearer than this before a point is its own triangle, met again
in single precision."""


LONGEST, USUAL = 0.2, 0.1
"""[s] Frames farther apart than the first are too different: flow goes over the second then."""


def flow_span(gap: float) -> float:
    """Return over which time [s] flow goes where frames are `gap` [s] apart: that, or 0.1 s."""
    return gap if 0 < gap <= LONGEST else USUAL


class _Found(NamedTuple):
    """Of every pixel: its place in the other image [px], depth there [m], and its motion [m]."""

    place: Array
    depth: Array
    motion: Array


def flow(
    tracer: Tracer,
    now: tuple[Moment, CameraView],
    hits: Hits,
    then: tuple[Moment, CameraView],
) -> Flow:
    """Return the flow of an image from `now` to `then`, each a moment and the camera at it.

    Args:
        tracer: of the scene.
        now: of the image.
        hits: what its pixels' centre rays meet, rows first.
        then: the other time; earlier for the flow backwards.
    """
    (moment, view), (later, other) = now, then
    rows = (view.height, view.width)
    found = _found(moment, view, hits, later, other)
    row, column = np.divmod(np.arange(len(hits)), view.width)
    pixel = found.place - np.stack([column, row], axis=-1)
    return Flow(
        span=other.time - view.time,
        world_from_camera=other.world_from_camera,
        pixel=pixel.astype(np.float32).reshape(*rows, 2),
        state=_state(tracer, later, other, found).reshape(rows),
        motion=found.motion.astype(np.float32).reshape(*rows, 3),
    )


def _found(now: Moment, view: CameraView, hits: Hits, then: Moment, other: CameraView) -> _Found:
    """Return where the points of all pixels are `then`."""
    count, stuff = len(hits), len(now.scene.world.stuff)
    out = _Found(np.full((count, 2), np.nan), np.zeros(count), np.full((count, 3), np.nan))
    still = (hits.body < stuff) & ~view.void.ravel()
    row, column = np.divmod(np.flatnonzero(still), view.width)
    away = np.where(hits.hit, hits.distance, SKY)[still].astype(float)
    points = view.origins(row) + view.directions(column, row) * away[:, None]
    _keep(out, still, other.project(points))
    out.motion[still & hits.hit] = 0.0
    axes = view.world_from_camera[:3, :3]
    for number in np.unique(hits.body[hits.body >= stuff]).tolist():
        thing, met = now.by_number[number], hits.body == number
        if not thing.track.present(then.time):
            continue
        before, after = _moved(thing, hits, met, then.time)
        _keep(out, met, other.project_moving(thing.track, after))
        start = transform(thing.track.world_from_body(view.time), before)
        out.motion[met] = (transform(thing.track.world_from_body(other.time), after) - start) @ axes
    return out


def _keep(out: _Found, which: Bool[Array, "n"], found: tuple[Array, Array]) -> None:
    """Write places and depths of points into `out`; those without an image stay nan."""
    pixel, depth = found
    good = (depth > 0) & np.isfinite(pixel).all(axis=1)
    out.place[which] = np.where(good[:, None], pixel, np.nan)
    out.depth[which] = np.where(good, depth, 0.0)


def _moved(
    thing: Present, hits: Hits, met: Bool[Array, "n"], time: float
) -> tuple[Float[Array, "k 3"], Float[Array, "k 3"]]:
    """Return the points of `thing` that pixels show [m], its frame, now and at `time` [s]."""
    later, _ = shape(thing.body, thing.track, time, thing.rolls)
    corners = thing.mesh.triangles[hits.primitive[met]]
    u, v = hits.barycentric[met].astype(float).T
    weights = np.stack([1 - u - v, u, v], axis=-1)
    before, after = (
        np.einsum("kc,kcx->kx", weights, mesh.vertices[corners].astype(float))
        for mesh in (thing.mesh, later)
    )
    return before, after


def _state(tracer: Tracer, then: Moment, other: CameraView, found: _Found) -> Int[Array, "n"]:
    """Return whether the points are seen at the other time."""
    column, row = found.place.T
    there = np.isfinite(column)
    inside = there & (column >= -0.5) & (column < other.width - 0.5)
    inside &= (row >= -0.5) & (row < other.height - 0.5)
    state = np.where(there, OUTSIDE, NONE).astype(np.uint8)
    chosen = np.flatnonzero(inside)
    rays = other.rays(column[chosen], row[chosen])
    through = np.isfinite(rays.direction).all(axis=1)
    chosen, rays = chosen[through], rays.select(through)
    way = other.depth_per_way(rays.direction, row[chosen])
    away = found.depth[chosen] / np.maximum(way, 1e-9)
    hidden = tracer.first_hits(then, rays).distance < away - NEAR - SHARE * np.minimum(away, 1e4)
    state[chosen] = np.where(hidden, HIDDEN, SEEN)
    return state
