"""All weather effects of an environment, added up into one air."""

from collections.abc import Callable, Sequence

from synthgen.atmosphere import Atmosphere
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
    return (Fog(visibility=environment.visibility), _rain(environment), _snow(environment))


def _rain(environment: Environment) -> Rain:
    return Rain(rate=environment.rain, drizzle=environment.drops == "drizzle")


def _snow(environment: Environment) -> Snow:
    return Snow(rate=environment.snow)


def atmosphere(environment: Environment) -> Atmosphere:
    """Return the air of `environment`: extinctions add, scattering mixes by extinction."""
    acting = effects(environment)
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
    )


def _mixed(acting: Sequence[Weather], ask: Callable[[Weather], float]) -> float:
    """Mean of the answers, weighted by extinction at 545 nm."""
    weights = [one.extinction(CAMERA[1]) for one in acting]
    return sum(w * ask(one) for w, one in zip(weights, acting, strict=True)) / sum(weights)
