"""Echoes of the rain in the air before the radar."""

import numpy as np

from synthgen.atmosphere import Atmosphere
from synthgen.geometry import Array, rotate
from synthgen.radar.echoes import RAIN, Echoes, echoes
from synthgen.radar.frame import rate
from synthgen.radar.rain import backscatter
from synthgen.radar.users import FAINT, Look

FALL = 5.0
"""[m/s] of the drops that send most back; Doppler sees it where the radar looks up or down.

Source: D. Atlas, R. C. Srivastava and R. S. Sekhon, "Doppler radar characteristics of
precipitation at vertical incidence", Rev. Geophys. 11, 1973, for drops of 1.3 mm."""

SWING = 1.0
"""[m/s] Standard deviation of the drops' speed along the beam: turbulence and sizes (estimate)."""


def drops(
    look: Look, air: Atmosphere, free: tuple[Array, Array], wind: Array, rng: np.random.Generator
) -> list[Echoes]:
    """Return echoes of rain, one for a volume as deep and as wide as a cell.

    A volume's cross-section is eta R^2 dOmega dR; `free` holds azimuths [rad] in the radar's frame
    and how far it is [m] to what stands there; `wind` [m/s] is the world's.
    """
    eta = backscatter(air.drop_sizes, look.scan.frequency)
    if eta <= 0:
        return []
    scan, width = look.scan, np.radians(look.scan.azimuth_resolution_deg)
    depth = np.arange(scan.nearest, min(scan.farthest, 60.0), scan.range_resolution)
    field = np.radians(scan.field_deg)
    azimuth = np.arange(-field, field, width)
    distance, across = (axis.ravel() for axis in np.meshgrid(depth, azimuth, indexing="ij"))
    distance = distance + rng.random(len(distance)) * scan.range_resolution
    across = across + rng.random(len(across)) * width
    high = np.radians(scan.elevation_beam_deg)
    up = rng.normal(0.0, high / 4, len(across))
    direction = np.stack(
        [np.cos(up) * np.cos(across), np.cos(up) * np.sin(across), np.sin(up)], axis=1
    )
    # A Gaussian beam, there and back, is as wide as 0.75 of its half-power width in power.
    solid = width * 0.75 * high
    size = eta * distance**2 * solid * scan.range_resolution
    flat = direction.copy()
    flat[:, 2] = 0.0
    power = look.snr(size, distance) * look.gain(rotate(look.antenna.world_from_radar, flat)) ** 2
    power *= distance < np.interp(across, free[0], free[1])
    turned = rotate(look.antenna.world_from_radar, direction)
    velocity = np.tile(wind + np.array([0.0, 0.0, -FALL]), (len(distance), 1))
    growth = rate(turned, velocity, look.antenna.velocity)
    growth = growth + rng.normal(0.0, SWING, len(growth))
    found = echoes(distance, growth, direction, power, shape=1.0, body=-1, semantic=0, cause=RAIN)
    return [found.select(power > FAINT)]
