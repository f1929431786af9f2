"""The radar equation: signal over noise of a target at a place, and the antenna's pattern."""

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array
from synthgen.radar.model import Scan


def snr(
    scan: Scan,
    cross_section: Float[Array, "n"],
    distance: Float[Array, "n"],
    loss: float = 0.0,
) -> Float[Array, "n"]:
    """Return mean power over noise of targets of `cross_section` [m2] on the antenna's axis.

    SNR(R, sigma) = SNR_0 (sigma / sigma_0) (R_0 / R)^4 10^(-2 loss R / 10), with `loss` [dB/m]
    one way; for ways there and back of different lengths `distance` [m] is their geometric mean.

    Source: M. A. Richards, "Fundamentals of Radar Signal Processing", 2nd ed., 2014, section
    2.2, equation 2.10, with range-dependent attenuation of equation 2.22.
    """
    seen = scan.sensitivity
    reference = 10 ** ((seen.snr_db - seen.cross_section_dbsm) / 10) * seen.range**4
    return reference * cross_section / distance**4 * 10 ** (-0.2 * loss * distance)


def one_way_gain(scan: Scan, direction: Float[Array, "n 3"]) -> Float[Array, "n"]:
    """Return the antenna's gain one way, 1 on its axis, along unit vectors in its frame.

    In azimuth half (in dB) of the tabled loss there and back; in elevation a Gaussian beam,
    -12 (elevation / width)^2 dB. Nothing comes from behind.
    """
    azimuth = np.degrees(np.abs(np.arctan2(direction[:, 1], direction[:, 0])))
    elevation = np.degrees(np.arcsin(np.clip(direction[:, 2], -1, 1)))
    angles, losses = np.array(scan.azimuth_pattern).T
    across = -np.interp(azimuth, angles, losses) / 2
    up = -12 * (elevation / scan.elevation_beam_deg) ** 2
    return 10 ** ((across + up) / 10) * (direction[:, 0] > 0)
