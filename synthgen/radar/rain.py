"""Rain at millimetre waves: what it takes from the beam and what it sends back."""

from functools import lru_cache

import numpy as np
from jaxtyping import Complex, Float

from synthgen.geometry import Array
from synthgen.precipitation import Spectrum

_K_H = ((-5.33980, -0.10008, 1.13098), (-0.35351, 1.26970, 0.45400),
        (-0.23789, 0.86036, 0.15354), (-0.94158, 0.64552, 0.16817))  # fmt: skip
_K_V = ((-3.80595, 0.56934, 0.81061), (-3.44965, -0.22911, 0.51059),
        (-0.39902, 0.73042, 0.11899), (0.50167, 1.07319, 0.27195))  # fmt: skip
_A_H = ((-0.14318, 1.82442, -0.55187), (0.29591, 0.77564, 0.19822), (0.32177, 0.63773, 0.13164),
        (-5.37610, -0.96230, 1.47828), (16.1721, -3.29980, 3.43990))  # fmt: skip
_A_V = ((-0.07771, 2.33840, -0.76284), (0.56727, 0.95545, 0.54039), (-0.20238, 1.14520, 0.26809),
        (-48.2991, 0.791669, 0.116226), (48.5833, 0.791459, 0.116479))  # fmt: skip
_DIAMETERS = np.linspace(0.1e-3, 6e-3, 60)
"""[m] Middles of the classes of drops."""


def loss(rate: float, frequency: float, horizontal: bool) -> float:
    """Return attenuation one way [dB/m] in rain of `rate` [mm/h], for 1 to 1000 GHz [Hz].

    gamma = k R^alpha [dB/km].

    Source: Recommendation ITU-R P.838-3, "Specific attenuation model for rain for use in
    prediction methods", 2005, equations 1 to 3 and tables 1 to 4.
    """
    if rate <= 0:
        return 0.0
    gigahertz = np.log10(frequency / 1e9)
    k_rows, k_slope, k_last = (_K_H, -0.18961, 0.71147) if horizontal else (_K_V, -0.16398, 0.63297)
    a_rows, a_slope, a_last = (
        (_A_H, 0.67849, -1.95537) if horizontal else (_A_V, -0.053739, 0.83433)
    )
    k = 10 ** (_sum(k_rows, gigahertz) + k_slope * gigahertz + k_last)
    alpha = _sum(a_rows, gigahertz) + a_slope * gigahertz + a_last
    return float(k * rate**alpha / 1000)


def _sum(rows: tuple[tuple[float, float, float], ...], x: float) -> float:
    a, b, c = np.array(rows).T
    return float((a * np.exp(-(((x - b) / c) ** 2))).sum())


def backscatter(drops: Spectrum, frequency: float) -> float:
    """Return the cross-section of a volume of rain [m2/m3]: sum of N(D) sigma_b(D) dD."""
    return _volume(drops, frequency)[1]


def extinction(drops: Spectrum, frequency: float) -> float:
    """Return the extinction of rain [1/m] from its drops, a second way to `loss`."""
    return _volume(drops, frequency)[0]


@lru_cache(maxsize=64)
def _volume(drops: Spectrum, frequency: float) -> tuple[float, float]:
    if drops.intercept == 0:
        return 0.0, 0.0
    wavelength = 299_792_458.0 / frequency
    index = np.sqrt(water(frequency))
    number = drops.density(_DIAMETERS) * (_DIAMETERS[1] - _DIAMETERS[0])
    found = np.array([mie(np.pi * size / wavelength, index) for size in _DIAMETERS])
    disc = np.pi * _DIAMETERS**2 / 4
    return float((number * disc * found[:, 0]).sum()), float((number * disc * found[:, 1]).sum())


def water(frequency: float, celsius: float = 10.0) -> complex:
    """Return the relative permittivity of water at `frequency` [Hz], for 1 to 1000 GHz.

    Source: H. J. Liebe, G. A. Hufford and T. Manabe, "A model for the complex permittivity of
    water at frequencies below 1 THz", Int. J. Infrared Millim. Waves 12, 1991, equations 1 to 3.
    """
    theta = 300 / (celsius + 273.15) - 1
    static = 77.66 + 103.3 * theta
    middle, high = 0.0671 * static, 3.52 + 7.52 * theta
    first = 20.20 - 146.4 * theta + 316 * theta**2
    second = 39.8 * first
    f = frequency / 1e9
    real_and_loss = static - f * (
        (static - middle) / (f + 1j * first) + (middle - high) / (f + 1j * second)
    )
    return complex(real_and_loss)


def mie(size: float, index: complex) -> tuple[float, float]:
    """Return efficiencies of extinction and of back-scatter of a sphere.

    `size` is pi diameter / wavelength, the imaginary part of `index` is positive for loss.

    Source: C. F. Bohren and D. R. Huffman, "Absorption and Scattering of Light by Small
    Particles", 1983, equations 4.56, 4.57, 4.62, 4.82 and 4.89.
    """
    count = int(size + 4 * size ** (1 / 3) + 3)
    order = np.arange(1, count + 1)
    slope = _logarithmic_derivative(index * size, count)
    psi, chi = _riccati(size, count)
    xi = psi - 1j * chi
    inner_a, inner_b = slope / index + order / size, slope * index + order / size
    a = (inner_a * psi[1:] - psi[:-1]) / (inner_a * xi[1:] - xi[:-1])
    b = (inner_b * psi[1:] - psi[:-1]) / (inner_b * xi[1:] - xi[:-1])
    weight = 2 * order + 1
    extinct = 2 / size**2 * (weight * (a + b).real).sum()
    back = np.abs((weight * (-1.0) ** order * (a - b)).sum()) ** 2 / size**2
    return float(extinct), float(back)


def _logarithmic_derivative(z: complex, count: int) -> Complex[Array, "n"]:
    """psi_n'(z) / psi_n(z) for n = 1 ... count, downwards."""
    start = count + 16 + int(abs(z))
    value, found = 0j, np.zeros(count, complex)
    for n in range(start, 0, -1):
        if n <= count:
            found[n - 1] = value
        value = n / z - 1 / (value + n / z)
    return found


def _riccati(x: float, count: int) -> tuple[Float[Array, "n"], Float[Array, "n"]]:
    """Riccati-Bessel functions psi_n, chi_n for n = 0 ... count, upwards."""
    psi, chi = [np.cos(x), np.sin(x)], [-np.sin(x), np.cos(x)]
    for n in range(1, count + 1):
        psi.append((2 * n - 1) / x * psi[n] - psi[n - 1])
        chi.append((2 * n - 1) / x * chi[n] - chi[n - 1])
    return np.array(psi[1:]), np.array(chi[1:])
