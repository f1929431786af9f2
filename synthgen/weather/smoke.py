"""Smoke that rises from chimneys and burning vehicles and drifts with the wind."""

import numpy as np
from jaxtyping import Float

from synthgen.density import Matter, puffs
from synthgen.geometry import Array, unit
from synthgen.hanging import Vent
from synthgen.rng import stream

SOOT = Matter("smoke", (0.86, 1.0, 1.23), (0.25, 0.24, 0.23), 0.6, 0.54, 70.0)
"""Smoke of burning plastics and rubber: extinction falls as the wavelength to the power 1.2.

Source: albedo and slope of soot: T. C. Bond and R. W. Bergstrom, "Light absorption by
carbonaceous particles: an investigative review", Aerosol Sci. Technol. 40, 2006.
"""
WHITE = Matter("smoke", (0.94, 1.0, 1.07), (0.97, 0.97, 0.96), 0.7, 0.8, 50.0)
"""Steam and wood smoke: they barely absorb."""

STEP = 0.4
"""[s] Between two puffs of a source."""
OLDEST = 90
"""Puffs that a plume is made of, at most, before old ones are joined."""
BILLOWS = 4, 2
"""That a puff of soot and one of white smoke is made of: smoke has edges."""
THIN = 0.02
"""Extinction at the centre of a billow times its width from which on it is left out."""
CALM = 0.6
"""[m/s] Least wind: even still air moves."""


def fire(position: tuple[float, float, float], power: float, number: int) -> Vent:
    """Return the smoke of a vehicle that burns with `power` [MW].

    A vehicle gives 24 MJ and 0.1 kg of soot per kg burnt, soot extinguishes 8700 m2/kg, and 70 %
    of the heat rises: F = g Q / (pi rho c T).

    Source: G. W. Mulholland and C. Croarkin, "Specific extinction coefficient of flame generated
    smoke", Fire and Materials 24, 2000; G. A. Briggs, "Plume rise", US AEC, 1969, equation 2.8.
    """
    flux = power * 1e6 / 24e6 * 0.1 * 8700.0
    buoyancy = 9.81 * 0.7 * power * 1e6 / (np.pi * 1.2 * 1005.0 * 288.0)
    return Vent(position, float(flux), float(buoyancy), 0.45 + 0.1 * power**0.5, True, number)


def chimney(position: tuple[float, float, float], wide: float, share: float, number: int) -> Vent:
    """Return the smoke of a chimney of radius `wide` [m], weak to strong by `share`, 0 to 1.

    Of a house 0.3 to 3 m2/s: a stove that is lit burns 3 g/s and gives off 30 g/kg of particles
    of 4.5 m2/g, and in cold air the 1 g/s of steam of a boiler condenses to drops of some
    micrometres, 0.5 m2/g; a stack gives as much per area of its mouth.

    Source: US EPA, AP-42, section 1.10, residential wood stoves, 1996, for the particles.
    """
    flux = 0.3 * 10**share * (wide / 0.2) ** 2
    return Vent(position, float(flux), 0.05 * (wide / 0.2) ** 2, wide, False, number)


def plume(vent: Vent, wind: Float[Array, "2"], time: float, seed: int) -> Float[Array, "n 15"]:
    """Return the puffs of a plume at `time` [s]; `wind` [m/s] blows it along.

    Puff k left the vent at k x STEP, is made of `BILLOWS` and keeps its own turbulence all its
    life. The plume spreads and rises as it goes; beyond 16 puffs every second, beyond 32 every
    fourth is kept, with the extinction of those left out.

    Source: spread over a town: G. A. Briggs, "Diffusion estimation for small emissions", ATDL
    106, 1973, class D: 0.16 x and 0.14 x as a mean of time, of which about half is spread at a
    moment and half are the ways the plume takes; rise 1.6 F^(1/3) x^(2/3) / u: Briggs, 1969,
    4.32.
    """
    now = int(np.floor(time / STEP))
    number = np.array([k for k in range(now - OLDEST, now + 1) if _kept(now - k, k)])
    weight = np.array([1.0 if now - k <= 16 else 2.0 if now - k <= 32 else 4.0 for k in number])
    speed = max(float(np.hypot(*wind)), CALM)
    ahead = wind / speed if np.hypot(*wind) > 0.01 else np.array([1.0, 0.0])
    age = time - number * STEP
    place, spread = _course(vent, speed, age)
    parts = BILLOWS[0 if vent.black else 1]
    slope = np.gradient(place[:, 1], place[:, 0])
    gap = STEP * speed * np.sqrt(1 + slope**2) * weight
    luck = np.array([_luck(seed, vent, int(k), parts) for k in number])
    common, own = luck[:, :1, :3], luck[:, 1:]
    size = np.stack([spread[:, 0], *spread.T], -1)[:, None]
    off = size * (0.5 * common + 0.8 * own[..., :3])
    away, side = place[:, :1] + off[..., 0], off[..., 1]
    up = np.maximum(place[:, 1:] + off[..., 2], 0.0)
    center = np.array(vent.position) + np.stack(
        [away * ahead[0] - side * ahead[1], away * ahead[1] + side * ahead[0], up], axis=-1
    )
    size = 0.6 * size * np.exp(0.2 * own[..., 2:3])
    size[..., 0] = np.maximum(size[..., 0], 0.45 * gap[:, None])
    level = np.exp(0.4 * own[..., 3]) * np.minimum(age / STEP, 1.0)[:, None] / parts
    peak = vent.flux * STEP * weight[:, None] * level / ((2 * np.pi) ** 1.5 * size.prod(axis=2))
    axes = np.repeat(_along(ahead, slope), parts, axis=0)
    moved = np.tile([*(speed * ahead), 0.0], (peak.size, 1))
    rows = puffs(center.reshape(-1, 3), axes, size.reshape(-1, 3), peak.ravel(), moved)
    return rows[peak.ravel() * size[..., 1].ravel() > THIN]


def _luck(seed: int, vent: Vent, number: int, parts: int) -> Array:
    """Return standard normal numbers of a puff, and of each of its billows."""
    return stream(seed, "smoke", vent.number, number).normal(size=(1 + parts, 4))


def _kept(age: int, number: int) -> bool:
    return age <= 16 or (age <= 32 and number % 2 == 0) or number % 4 == 0


def _course(vent: Vent, speed: float, age: Array) -> tuple[Array, Array]:
    """Return way along the wind and rise [m] at ages [s], and spread sideways and upwards [m]."""
    away = speed * np.maximum(age, 1e-3)
    rise = np.minimum(1.6 * np.cbrt(vent.buoyancy) * away ** (2 / 3) / speed, 120.0)
    sideways = np.hypot(vent.radius, 0.08 * away / np.sqrt(1 + 4e-4 * away))
    upwards = np.hypot(vent.radius, 0.07 * away / np.sqrt(1 + 3e-4 * away))
    # What rises draws in air: the radius of a rising plume is 0.6 of its rise, 2 deviations.
    wide = 0.3 * np.minimum(rise, 20.0)
    return np.stack([away, rise], -1), np.stack(
        [np.hypot(sideways, wide), np.hypot(upwards, wide)], -1
    )


def _along(ahead: Array, slope: Array) -> Array:
    """Return axes along, across and above a plume that rises by `slope`."""
    run = np.stack([0 * slope + ahead[0], 0 * slope + ahead[1], slope], -1)
    forward = unit(run)
    left = np.broadcast_to([-ahead[1], ahead[0], 0.0], forward.shape)
    return np.stack([forward, left, np.cross(forward, left)], axis=1)
