"""Gusts, and how hard they push a high-sided vehicle."""

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array

AIR = 1.225
"""[kg/m3] Density at sea level, 15 degrees."""
SIDE = 1.1
"""Side force coefficient of a box at right angles to the wind. Source: C. J. Baker, "Ground
vehicles in high cross winds", Journal of Fluids and Structures 5, 1991: 0.9 to 1.3."""
HIGH = 2.2
"""[m] Vehicles at least this high are rocked by gusts."""
SPREAD = 0.3
"""Intensity of turbulence near the ground of built-up land, as standard deviation over mean.
Source: EN 1991-1-4:2005 eq. 4.7 with z0 = 0.3 m gives 0.34 at its least height of 5 m."""
EDDY = 40.0
"""[m] Length of gusts: EN 1991-1-4 annex B extrapolated to 5 m."""
STEP = 0.1
"""[s] Between samples of a gust."""


def gusts(mean: float, end: float, rng: np.random.Generator) -> Float[Array, "k"]:
    """Return the wind speed [m/s] every `STEP` from 0 to at least `end` [s].

    First-order Gauss-Markov turbulence about `mean` [m/s], never below zero, with a spread of
    30 %: gusts pass in the time in which the wind goes 40 m.
    """
    count = int(np.ceil(max(end, 0.0) / STEP)) + 2
    if mean <= 0:
        return np.zeros(count)
    keep = np.exp(-STEP * mean / EDDY)
    shocks = rng.normal(size=count) * np.sqrt(1 - keep * keep)
    wave = np.empty(count)
    wave[0] = rng.normal()
    for k in range(1, count):
        wave[k] = keep * wave[k - 1] + shocks[k]
    return np.maximum(mean * (1 + SPREAD * wave), 0.0)


def push(
    wind: Float[Array, "k"],
    azimuth: float,
    speed: Float[Array, "k"],
    yaw: Float[Array, "k"],
    box: tuple[float, float],
) -> Float[Array, "k"]:
    """Return the side force [N] to the left on a vehicle of `box` length and height [m].

    The force grows with the air's speed past the vehicle and its part across it, F = rho/2 C A
    V v_across: linear in the yaw angle while that is small, and C itself at right angles.

    Args:
        wind: [m/s] speed.
        azimuth: [rad] where it blows to.
        speed: [m/s] of the vehicle along its heading.
        yaw: [rad] its heading.
        box: its length and height.
    """
    across = wind * np.sin(azimuth - yaw)
    past = np.hypot(wind * np.cos(azimuth - yaw) - speed, across)
    return AIR / 2 * SIDE * box[0] * box[1] * past * across


def sideways(force: Float[Array, "k"], mass: float) -> Float[Array, "k"]:
    """Return the lateral acceleration [m/s2] that would roll a body as `force` [N] does.

    Wind to the left tips the left side down, as a right turn does; it acts at half the height of
    the body of `mass` [kg], inertia at the centre of mass, 0.42 of the height up.
    """
    return -force / mass * (0.5 / 0.42)
