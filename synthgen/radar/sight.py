"""Ways of a radar's waves: straight to a point, over the road's mirror, over a wall's."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from synthgen.classes import CLASSES
from synthgen.embree import Tracer
from synthgen.geometry import Array, unit
from synthgen.radar.met import first_hits, met
from synthgen.rays import Rays
from synthgen.scene import Moment

SKIN = 0.35
"""[m] A point is seen where its own body's surface lies no further before it than this."""

OFF = 0.02
"""[m] From a mirror at which the second leg starts."""

GROUND = frozenset(
    CLASSES[name].semantic for name in ("road", "lane_marking", "crosswalk", "sidewalk")
)
"""Classes that mirror well enough at grazing incidence to carry a way."""


@dataclass(frozen=True, eq=False)
class Eye:
    """Whoever looks: the tracer, what is there, when, and from where.

    Attributes:
        tracer: casts rays.
        moment: what is there.
        time: [s] of the scan.
        position: [m] of the radar, world frame.
    """

    tracer: Tracer
    moment: Moment
    time: float
    position: Float[Array, "3"]

    def rays(self, origin: Float[Array, "n 3"], target: Float[Array, "n 3"]) -> Rays:
        """Return rays from `origin` to `target`."""
        return Rays(origin, unit(target - origin), np.full(len(origin), self.time))


def free(
    eye: Eye, origin: Float[Array, "n 3"], target: Float[Array, "n 3"], body: Int[Array, "n"]
) -> Bool[Array, "n"]:
    """Return whether each `target`, a point of `body`, is seen from `origin`."""
    if not len(origin):
        return np.zeros(0, bool)
    hits = first_hits(eye.tracer, eye.moment, eye.rays(origin, target))
    distance = np.linalg.norm(target - origin, axis=1)
    tolerance = np.where(hits.body == body, SKIN, OFF)
    return ~hits.hit | (hits.distance > distance - tolerance)


def from_eye(eye: Eye, target: Float[Array, "n 3"], body: Int[Array, "n"]) -> Bool[Array, "n"]:
    """Return whether each `target`, a point of `body`, is seen from the radar."""
    return free(eye, np.tile(eye.position, (len(target), 1)), target, body)


@dataclass(frozen=True, eq=False)
class Bounced:
    """Ways over the road.

    Attributes:
        open: whether nothing stands in either leg.
        point: [m] where the road is met.
        grazing: [rad] angle between way and road.
    """

    open: Bool[Array, "n"]
    point: Float[Array, "n 3"]
    grazing: Float[Array, "n"]


def seen_and_bounced(
    eye: Eye, target: Float[Array, "n 3"], body: Int[Array, "n"], ground: tuple[Array, Array]
) -> tuple[Bool[Array, "n"], Bounced]:
    """Return whether each `target` is seen, and the way to it by the mirror that the road is.

    `ground` is a point [m] and the unit normal of the road under the car: the ray to the target's
    mirror image must meet road first, wherever that lies, and the rest of the way must be free.
    """
    count, image = len(target), mirrored(target, *ground)
    origin = np.tile(eye.position, (2 * count, 1))
    rays = eye.rays(origin, np.concatenate([target, image]))
    hits = first_hits(eye.tracer, eye.moment, rays)
    direct, down = np.arange(count), np.arange(count, 2 * count)
    straight = np.linalg.norm(target - eye.position, axis=1)
    tolerance = np.where(hits.body[direct] == body, SKIN, OFF)
    seen = ~hits.hit[direct] | (hits.distance[direct] > straight - tolerance)
    rays, hits = rays.select(down), hits.select(down)
    distance = np.where(hits.hit, hits.distance, 0.0)
    point = eye.position + rays.direction * distance[:, None]
    road = np.isin(met(eye.moment, rays, hits).semantic, list(GROUND))
    level = np.abs((point - ground[0]) @ ground[1]) < 0.2 + 0.01 * distance
    sine = np.clip(-np.einsum("ij,j->i", rays.direction, ground[1]), 0, 1)
    open_ = road & level & (sine > 0)
    some = np.flatnonzero(open_)
    open_[some] = free(eye, point[some] + OFF * ground[1], target[some], body[some])
    return seen, Bounced(open_, point, np.arcsin(sine))


def mirrored(
    points: Float[Array, "n 3"], place: Float[Array, "3"], normal: Float[Array, "3"]
) -> Float[Array, "n 3"]:
    """Return images of `points` in the plane through `place` with unit `normal`."""
    return points - 2 * np.outer((points - place) @ normal, normal)
