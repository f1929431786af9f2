"""All weather effects of an environment, added up into one air."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from synthgen.atmosphere import Atmosphere
from synthgen.density import NO_CLOUDS, clouds
from synthgen.geometry import Array
from synthgen.rng import stream
from synthgen.scene import Moment, Present
from synthgen.weather import bank, smoke, spray
from synthgen.weather.effect import Weather
from synthgen.weather.fog import Fog
from synthgen.weather.rain import Rain
from synthgen.weather.snow import Snow
from synthgen.world import Environment

CAMERA = (620e-9, 545e-9, 460e-9)
"""[m] Wavelengths that stand for camera red, green and blue."""

LIDAR = 905e-9
"""[m] Wavelength of the lidar."""


def effects(environment: Environment) -> tuple[Weather, ...]:
    """Return the effects that act in `environment`."""
    return (_fog(environment), _rain(environment), _snow(environment))


def _fog(environment: Environment) -> Fog:
    return Fog(visibility=environment.visibility, lidar_ratio=environment.lidar_ratio)


def _rain(environment: Environment) -> Rain:
    return Rain(rate=environment.rain, drizzle=environment.drops == "drizzle")


def _snow(environment: Environment) -> Snow:
    return Snow(rate=environment.snow)


def atmosphere(environment: Environment) -> Atmosphere:
    """Return the air of `environment`: extinctions add, scattering mixes by extinction."""
    acting, fog = effects(environment), _fog(environment)
    red, green, blue = (sum(one.extinction(w) for one in acting) for w in CAMERA)
    return Atmosphere(
        extinction=(red, green, blue),
        lidar_extinction=sum(one.extinction(LIDAR) for one in acting),
        backscatter=sum(one.backscatter(LIDAR) for one in acting),
        drop_backscatter=sum(one.drop_backscatter(LIDAR) for one in acting),
        drops=sum(one.drops() for one in acting),
        albedo=_mixed(acting, lambda one: one.albedo()),
        asymmetry=_mixed(acting, lambda one: one.albedo() * one.asymmetry())
        / _mixed(acting, lambda one: one.albedo()),
        rain=environment.rain,
        drop_sizes=_rain(environment).sizes(),
        snow=environment.snow,
        flake_sizes=_snow(environment).sizes(),
        haze=fog.extinction(LIDAR),
        haze_slope=fog.slope(),
    )


def _mixed(acting: Sequence[Weather], ask: Callable[[Weather], float]) -> float:
    """Mean of the answers, weighted by extinction at 545 nm."""
    weights = [one.extinction(CAMERA[1]) for one in acting]
    return sum(w * ask(one) for w, one in zip(weights, acting, strict=True)) / sum(weights)


_NONE, _EVEN = np.zeros((0, 15)), np.zeros((0, 4))


def air_at(now: Moment) -> Atmosphere:
    """Return the air of a moment: that of its environment, fog banks, smoke and spray in it."""
    around, hung = now.scene.world.environment, now.scene.world.hanging
    even = atmosphere(around)
    found = clouds(
        [
            (replace(bank.FOG, ratio=around.lidar_ratio), hung.puffs.copy(), hung.layers.copy()),
            *((kind, _smoke(now, kind is smoke.SOOT), _EVEN.copy()) for kind in _SMOKES),
            (spray.SPRAY, _spray(now), _EVEN.copy()),
        ]
    )
    return even if found is NO_CLOUDS else replace(even, clouds=found)


_SMOKES = (smoke.SOOT, smoke.WHITE)


def _smoke(now: Moment, black: bool) -> Array:
    """Return the puffs of all vents of one colour."""
    around, hung = now.scene.world.environment, now.scene.world.hanging
    wind = around.wind * np.array([np.cos(around.wind_azimuth), np.sin(around.wind_azimuth)])
    rows = [
        smoke.plume(vent, wind, now.time, hung.seed)
        for vent in hung.vents
        if vent.black == black and vent.window[0] <= now.time <= vent.window[1]
    ]
    return np.concatenate([_NONE, *rows])


def _spray(now: Moment) -> Array:
    """Return the puffs of the spray of all vehicles within reach."""
    film, hung = now.scene.world.environment.spray, now.scene.world.hanging
    if film <= 0:
        return _NONE.copy()
    eye = now.scene.ego.position_at(now.time)
    rows = []
    for thing in now.things:
        near = np.linalg.norm(thing.track.position_at(now.time) - eye) < SPRAY_SEEN
        if near and thing.body.kind in spray.DENSITY:
            rng = stream(hung.seed, "spray", thing.body.name, round(1000 * now.time))
            rows.append(spray.plume(_vehicle(thing, now.time), film, rng))
    return np.concatenate([_NONE, *rows])


def _vehicle(thing: Present, time: float) -> spray.Vehicle:
    pose, velocity = thing.track.world_from_body(time), thing.track.velocity_at(time)
    box = thing.body.extent
    center, size = (box.center, box.size) if box else ((0.0, 0.0, 0.7), (4.5, 1.8, 1.5))
    return spray.Vehicle(
        thing.body.kind, pose, float(velocity @ pose[:3, 0]), velocity, center[0] - size[0] / 2,
        size[1], size[2], tuple(sorted({round(wheel.hub[0], 2) for wheel in thing.body.wheels})),
    )  # fmt: skip


SPRAY_SEEN = 120.0
"""[m] Distance from the ego car beyond which spray is left out."""
