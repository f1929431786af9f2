"""Clutter: a fan of rays meets roads, walls, rails, posts and trees, and each sends some back."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from synthgen.classes import CLASSES
from synthgen.geometry import Array, rotate
from synthgen.radar.echoes import CLUTTER, Echoes, echoes
from synthgen.radar.frame import rate
from synthgen.radar.met import Met, first_hits, met
from synthgen.radar.reflectivity import cross_section, patchiness
from synthgen.radar.scatterers import ANIMALS, PEOPLE, VEHICLES
from synthgen.radar.users import FAINT, Look
from synthgen.rays import Hits, Rays

ACROSS, UP = np.radians(0.25), np.radians(0.5)
"""[rad] Steps of the fan: a post 0.2 m wide at 60 m is met in most rows."""

_OWN = np.array(
    [CLASSES[name].semantic for name in (*VEHICLES, *PEOPLE, *ANIMALS) if name in CLASSES]
)
"""Classes whose echoes come from `scatterers`."""


@dataclass(frozen=True, eq=False)
class Fan:
    """Rays over the field of view and what they meet.

    Attributes:
        rays: world frame.
        hits: of them.
        surface: under the hits.
        solid: [sr] that each ray stands for.
    """

    rays: Rays
    hits: Hits
    surface: Met
    solid: Float[Array, "n"]


def spread(look: Look, rng: np.random.Generator) -> Fan:
    """Return a fan of rays, one at a random place in each of its cells."""
    scan = look.scan
    wide = np.radians(min(scan.field_deg + 2 * scan.azimuth_resolution_deg, 88.0))
    high = np.radians(1.2 * scan.elevation_beam_deg)
    across = np.linspace(-wide, wide, int(2 * wide / ACROSS) + 1)[:-1]
    up = np.linspace(-high, high, int(2 * high / UP) + 1)[:-1]
    steps = 2 * wide / len(across), 2 * high / len(up)
    jitter = rng.random((2, len(across), len(up)))
    azimuth = (across[:, None] + steps[0] * jitter[0]).ravel()
    elevation = (up[None, :] + steps[1] * jitter[1]).ravel()
    flat = np.cos(elevation)
    direction = np.stack(
        [flat * np.cos(azimuth), flat * np.sin(azimuth), np.sin(elevation)], axis=1
    )
    origin = np.tile(look.antenna.position, (len(direction), 1))
    turned = rotate(look.antenna.world_from_radar, direction)
    rays = Rays(origin, turned, np.full(len(direction), look.eye.time))
    hits = first_hits(look.eye.tracer, look.eye.moment, rays)
    return Fan(rays, hits, met(look.eye.moment, rays, hits), steps[0] * steps[1] * flat)


def clutter(look: Look, fan: Fan, wetness: float) -> Echoes:
    """Return the echoes of all that the `fan` meets and is no road user."""
    good = fan.hits.hit & ~np.isin(fan.surface.semantic, _OWN)
    rows = np.flatnonzero(good & (fan.hits.distance < look.scan.farthest * 1.2))
    direction, distance = fan.rays.direction[rows], fan.hits.distance[rows].astype(float)
    semantic = fan.surface.semantic[rows]
    point = fan.rays.origin[rows] + direction * distance[:, None]
    cosine = np.abs(np.einsum("ij,ij->i", fan.surface.normal[rows], direction))
    size = cross_section(semantic, cosine, fan.solid[rows] * distance**2, wetness)
    size *= patchiness(semantic, point)
    power = look.snr(size, distance) * look.gain(direction) ** 2
    velocity = _velocity(look, fan.hits.body[rows], point)
    growth = rate(direction, velocity, look.antenna.velocity)
    found = echoes(
        distance, growth, look.antenna.seen(direction), power,
        shape=1.0, body=fan.hits.body[rows], semantic=semantic, cause=CLUTTER,
    )  # fmt: skip
    return found.select(power > FAINT)


def _velocity(look: Look, body: Array, point: Float[Array, "n 3"]) -> Float[Array, "n 3"]:
    """Return how fast what was hit moves [m/s]: a trailer's load, a sign on a van."""
    velocity = np.zeros_like(point)
    for number, thing in look.eye.moment.by_number.items():
        if thing.stands:
            continue
        rows = np.flatnonzero(body == number)
        if len(rows):
            velocity[rows] = thing.track.velocity_at(look.eye.time)
    return velocity
