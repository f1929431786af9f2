"""A spinning lidar: rays, returns, noise, and a sweep compensated for the car's own motion."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy.special import ndtr

from synthgen.atmosphere import Atmosphere
from synthgen.embree import Tracer
from synthgen.geometry import Array, inverse, transform
from synthgen.lidar_model import LidarModel
from synthgen.rays import NOTHING, Hits
from synthgen.rig import Lidar
from synthgen.sample import CAUSES, LidarReading
from synthgen.scene import Moment
from synthgen.sensors.clouds import cloud, got_through
from synthgen.sensors.clutter import fog, rain, snow
from synthgen.sensors.coding import coded
from synthgen.sensors.echo import echo, receiver_gain, spread_over_range
from synthgen.sensors.snow import snowed_in
from synthgen.sensors.surface import surfaces
from synthgen.sensors.sweep import Sweep, sweep

FALSE_ALARM = 3.7
"""Detection threshold in standard deviations of the noise: one false alarm in 10^4 rays."""


@dataclass(frozen=True, eq=False)
class Fired:
    """The rays of a sweep and what they meet: the same in any light and weather.

    Attributes:
        cast: the rays.
        hits: what they meet.
        tracer: knows what is above that.
    """

    cast: Sweep
    hits: Hits
    tracer: Tracer


@dataclass(frozen=True, eq=False)
class Returns:
    """The strongest return of every ray.

    Attributes:
        distance: [m] of the return.
        strength: effective reflectance as received, see `echo`.
        cause: index into `CAUSES`.
        semantic: class id of the surface, 0 for air.
    """

    distance: Float[Array, "n"]
    strength: Float[Array, "n"]
    cause: Int[Array, "n"]
    semantic: Int[Array, "n"]


def observe(
    lidar: Lidar,
    tracer: Tracer,
    moment: Moment,
    atmosphere: Atmosphere,
    rng: np.random.Generator,
) -> LidarReading:
    """Return the sweep of `lidar` around the moment, compensated to the moment's time."""
    return heard(lidar, fire(lidar, tracer, moment), moment, atmosphere, rng)


def fire(lidar: Lidar, tracer: Tracer, moment: Moment) -> Fired:
    """Return the rays of a sweep around the moment and what they meet."""
    cast = sweep(lidar, moment.scene.ego, moment.time)
    return Fired(cast, tracer.sweep_hits(moment, cast.rays, lidar.model.farthest), tracer)


def heard(
    lidar: Lidar, fired: Fired, moment: Moment, atmosphere: Atmosphere, rng: np.random.Generator
) -> LidarReading:
    """Return what `lidar` hears of the rays that it has `fired`, in the air of the moment."""
    model, cast, hits = lidar.model, fired.cast, fired.hits
    returns = receive(model, moment, fired, atmosphere, rng)
    kept = detected(model, returns, hits.body == _ego(moment), rng)
    measured = measure(model, returns, cast.ring, rng)
    world_from_lidar = moment.scene.ego.world_from_body(moment.time) @ lidar.ego_from_lidar
    point = cast.rays.origin + cast.told * measured[:, None]
    solid = hits.hit & (hits.distance >= model.nearest) & (hits.distance <= model.farthest)
    return LidarReading(
        name=lidar.name,
        time=moment.time,
        world_from_lidar=world_from_lidar,
        point=transform(inverse(world_from_lidar), point[kept]),
        intensity=coded(model, returns.strength[kept], returns.distance[kept]),
        **_facts(cast, hits, returns, kept),
        fired_count=len(cast.rays),
        dropped=int((solid & ~kept).sum()),
    )


def receive(
    model: LidarModel,
    moment: Moment,
    fired: Fired,
    atmosphere: Atmosphere,
    rng: np.random.Generator,
) -> Returns:
    """Return the strongest of what surface, fog and drops send back along each ray `fired`.

    Surfaces: echo x spread of the pulse x inverse square x exp(-2 extinction distance), with
    gamma speckle of shape 3; fog and drops as in `clutter`.
    """
    rays, hits = fired.cast.rays, fired.hits
    surface, wet = snowed_in(surfaces(moment, hits), moment, rays, hits, fired.tracer)
    cosine = np.abs(np.einsum("ij,ij->i", surface.normal, rays.direction))
    distance = np.where(hits.hit, hits.distance, np.inf).astype(float)
    near = np.where(hits.hit, distance, 1.0)
    strength = echo(surface, cosine, wet)
    strength *= spread_over_range(model, near, cosine) * receiver_gain(model, near)
    strength *= np.exp(-2 * atmosphere.lidar_extinction * near)
    late = rays.time - moment.time
    strength *= got_through(atmosphere.clouds, rays, near, late) ** 2
    strength *= rng.gamma(3.0, 1 / 3.0, len(rays)) * hits.hit
    strength[distance < model.nearest] = 0.0
    candidates = [one(model, atmosphere, distance, rng) for one in (fog, rain, snow)]
    causes = [CAUSES.index(name) for name in ("surface", "fog", "rain", "snow")]
    cause = np.repeat(np.array(causes)[:, None], len(rays), axis=1)
    if not atmosphere.clouds.clear:
        hung, kind = cloud(model, atmosphere, rays, (distance, late), rng)
        candidates.append(hung)
        known = np.array([CAUSES.index(name) for name in atmosphere.clouds.names])
        cause = np.concatenate([cause, known[kind][None]])
    strengths = np.stack([strength, *(one.strength for one in candidates)])
    distances = np.stack([distance, *(one.distance for one in candidates)])
    best = np.argmax(strengths, axis=0)
    every = np.arange(len(rays))
    cause = cause[best, every]
    semantic = np.where(best == 0, surface.semantic, 0)
    return Returns(distances[best, every], strengths[best, every], cause, semantic)


def detected(
    model: LidarModel, returns: Returns, own: Bool[Array, "n"], rng: np.random.Generator
) -> Bool[Array, "n"]:
    """Return which returns are reported: above threshold, in the window, not on the `own` car.

    The chance is that of a Gaussian noise staying below signal minus threshold.
    """
    margin = FALSE_ALARM * (returns.strength / model.threshold - 1)
    seen = rng.random(len(own)) < ndtr(margin)
    lucky = rng.random(len(own)) >= model.lost
    inside = (returns.distance >= model.nearest) & (returns.distance <= model.farthest)
    return seen & lucky & inside & (returns.strength > 0) & ~own


def measure(
    model: LidarModel, returns: Returns, ring: Int[Array, "n"], rng: np.random.Generator
) -> Float[Array, "n"]:
    """Return ranges [m] as the sensor reports them.

    sigma^2 = floor^2 + weak^2 / SNR, plus each beam's own error, in steps of the counter.
    """
    ratio = np.maximum(returns.strength / model.threshold, 1.0)
    sigma = np.sqrt(model.range_noise**2 + model.weak_noise**2 / ratio)
    true = np.where(np.isfinite(returns.distance), returns.distance, 0.0)
    noisy = true + model.table("bias")[ring] + sigma * rng.standard_normal(len(ring))
    return np.round(noisy / model.range_step) * model.range_step


def _facts(cast: Sweep, hits: Hits, returns: Returns, kept: Bool[Array, "n"]) -> dict[str, Array]:
    """What is known of each point that is not measured."""
    cause = returns.cause[kept].astype(np.uint8)
    return {
        "fired": cast.fired[kept],
        "ring": cast.ring[kept],
        "body": np.where(cause == 0, hits.body[kept], NOTHING).astype(np.int32),
        "semantic": returns.semantic[kept].astype(np.uint8),
        "cause": cause,
    }


def _ego(moment: Moment) -> int:
    return len(moment.scene.world.stuff) + moment.scene.world.ego
