"""Echoes of the rain in the air before the radar."""

import numpy as np

from synthgen.atmosphere import Atmosphere
from synthgen.geometry import Array, rotate
from synthgen.radar.echoes import RAIN, Echoes, echoes
from synthgen.radar.frame import rate
from synthgen.radar.model import Scan
from synthgen.radar.rain import backscatter
from synthgen.radar.users import FAINT, Look

FALL = 5.0
"""[m/s] of the drops that send most back; Doppler sees it where the radar looks up or down.

Source: D. Atlas, R. C. Srivastava and R. S. Sekhon, "Doppler radar characteristics of
precipitation at vertical incidence", Rev. Geophys. 11, 1973, for drops of 1.3 mm."""

FARTHEST = 100.0
"""[m] Rain beyond is never heard."""

SWING = 1.0
"""[m/s] Standard deviation of the drops' speed along the beam: turbulence and sizes (estimate)."""


def drops(
    look: Look, air: Atmosphere, free: tuple[Array, Array], wind: Array, rng: np.random.Generator
) -> list[Echoes]:
    """Return echoes of rain: several, of different speeds, for each volume of the size of a cell.

    A volume's cross-section is eta R^2 dOmega dR; `free` holds azimuths [rad] in the radar's frame
    and how far it is [m] to what stands there; `wind` [m/s] is the world's.
    """
    eta, scan = backscatter(air.drop_sizes, look.scan.frequency), look.scan
    if eta <= 0:
        return []
    distance, azimuth, volume = _volumes(scan, rng)
    level = _direction(azimuth, np.zeros(len(azimuth)))
    gain = look.gain(rotate(look.antenna.world_from_radar, level)) ** 2
    # The drops of a volume spread over this many cells of speed.
    parts = max(round(2.5 * SWING / scan.speed_resolution), 1)
    power = look.snr(eta * volume, distance) * gain / parts
    power *= distance < np.interp(azimuth, *free)
    some = np.repeat(np.flatnonzero(power > FAINT), parts)
    up = rng.normal(0.0, 0.3 * np.radians(scan.elevation_beam_deg), len(some))
    direction = _direction(azimuth[some], up)
    velocity = np.tile(wind + np.array([0.0, 0.0, -FALL]), (len(some), 1))
    turned = rotate(look.antenna.world_from_radar, direction)
    growth = rate(turned, velocity, look.antenna.velocity) + rng.normal(0.0, SWING, len(some))
    return [
        echoes(distance[some], growth, direction, power[some], shape=1.0, body=-1, semantic=0,
               cause=RAIN)
    ]  # fmt: skip


def _volumes(scan: Scan, rng: np.random.Generator) -> tuple[Array, Array, Array]:
    """Return ranges [m], azimuths [rad] and sizes [m3] of volumes as deep and wide as a cell."""
    width, field = np.radians(scan.azimuth_resolution_deg), np.radians(scan.field_deg)
    depth = np.arange(scan.nearest, min(scan.farthest, FARTHEST), scan.range_resolution)
    rows = np.meshgrid(depth, np.arange(-field, field, width), indexing="ij")
    distance, azimuth = (axis.ravel() for axis in rows)
    distance = distance + rng.random(len(distance)) * scan.range_resolution
    azimuth = azimuth + rng.random(len(azimuth)) * width
    # A Gaussian beam, there and back, is as wide as 0.75 of its half-power width in power.
    solid = width * 0.75 * np.radians(scan.elevation_beam_deg)
    return distance, azimuth, distance**2 * solid * scan.range_resolution


def _direction(azimuth: Array, elevation: Array) -> Array:
    """Return unit vectors in the radar's frame."""
    flat = np.cos(elevation)
    return np.stack([flat * np.cos(azimuth), flat * np.sin(azimuth), np.sin(elevation)], axis=1)
