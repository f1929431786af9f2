"""A lidar: rays, returns, noise, and a sweep compensated for the car's own motion."""

import numpy as np
from jaxtyping import Float

from synthgen.atmosphere import Atmosphere
from synthgen.embree import Tracer
from synthgen.geometry import Array, inverse, transform
from synthgen.lidar_model import LidarModel
from synthgen.rig import Lidar
from synthgen.sample import LidarReading
from synthgen.scene import Moment
from synthgen.sensors.coding import coded
from synthgen.sensors.fired import Fired, fire
from synthgen.sensors.received import CAUSE, first_echoes, part_strengths, received
from synthgen.sensors.returns import Echoes, Returns, chosen, echoes, told_ranges

KLUX = 100_000.0
"""[lx] Daylight in which data sheets are stated."""


def observe(
    lidar: Lidar,
    tracer: Tracer,
    moment: Moment,
    atmosphere: Atmosphere,
    rng: np.random.Generator,
) -> LidarReading:
    """Return the sweep of `lidar` around the moment, compensated to the moment's time."""
    return heard(lidar, fire(lidar, tracer, moment), moment, atmosphere, rng)


def heard(
    lidar: Lidar, fired: Fired, moment: Moment, atmosphere: Atmosphere, rng: np.random.Generator
) -> LidarReading:
    """Return what `lidar` hears of the rays that it has `fired`, in the air of the moment."""
    model, count = lidar.model, len(fired.cast.rays)
    parts = received(model, moment, fired, atmosphere.at(model.wavelength), rng)
    sigma = noise(model, atmosphere.daylight)
    returns = chosen(model, parts, count, (sigma, model.alarm), rng)
    told = told_ranges(model, returns, fired.cast.ring, sigma * model.alarm, rng)
    clean = _clean(lidar, fired, moment) if lidar.clean else None
    return _reading(lidar, fired, moment, (returns, told, sigma), clean)


def noise(model: LidarModel, daylight: float) -> float:
    """Return the standard deviation of the receiver's noise, as an effective reflectance.

    The threshold is so many of them above it as the rate of false alarms asks for. The light of
    the sun adds shot noise: of its share in `model.sunlight` there is as much as of the `daylight`
    [lx] for which data sheets are stated.
    """
    share = min(daylight / KLUX, 1.5)
    return model.level / model.alarm * float(np.sqrt(1 - model.sunlight * (1 - share)))


def _clean(lidar: Lidar, fired: Fired, moment: Moment) -> LidarReading:
    """Return the sweep without air and noise: whatever shots meet in the window, however faint.

    Mirrors, too, are left out; footprints at edges are as they are.
    """
    model = lidar.model
    plain, _ = first_echoes(model, moment, fired)
    every = np.arange(len(plain))
    met = fired.surface.semantic, fired.hits.body
    parts = [_kept(every, plain * fired.keep, fired.distance, met)]
    for some in (fired.edges, fired.behind):
        strength, total = part_strengths(model, moment, some, fired.tracer)
        met = some.surface.semantic, some.hits.body
        parts.append(_kept(some.shot, strength, total, met))
    quiet = np.random.default_rng(0)
    ideal = model.without_losses()
    returns = chosen(ideal, parts, len(plain), (1e-12, 0.0), quiet)
    return _reading(lidar, fired, moment, (returns, returns.distance, model.level), None)


def _kept(shot: Array, strength: Array, distance: Array, facts: tuple[Array, Array]) -> Echoes:
    some = np.flatnonzero(strength > 0)
    semantic, body = (one[some] for one in facts)
    return echoes(shot[some], distance[some], strength[some], CAUSE["surface"], (semantic, body))


def _reading(
    lidar: Lidar,
    fired: Fired,
    moment: Moment,
    heard: tuple[Returns, Float[Array, "n"], float],
    clean: LidarReading | None,
) -> LidarReading:
    """Return what is `heard`, ranges as told and the noise, as a sweep."""
    (returns, told, sigma), model, cast = heard, lidar.model, fired.cast
    shot = returns.shot
    world_from_lidar = moment.scene.ego.world_from_body(moment.time) @ lidar.ego_from_lidar
    point = cast.rays.origin[shot] + cast.told[shot] * told[:, None]
    silent = (fired.distance >= model.nearest) & (fired.distance <= model.farthest)
    silent[shot] = False
    return LidarReading(
        name=lidar.name,
        time=moment.time,
        world_from_lidar=world_from_lidar,
        point=transform(inverse(world_from_lidar), point),
        intensity=coded(model, returns.strength, returns.distance),
        fired=cast.fired[shot],
        ring=cast.ring[shot],
        body=returns.body,
        semantic=returns.semantic,
        cause=returns.cause,
        fired_count=len(cast.rays),
        dropped=int(silent.sum()),
        echo=returns.number,
        snr=returns.strength / sigma,
        clean=clean,
    )
