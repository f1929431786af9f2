"""Laws of snow that lies: how much of the ground it hides, how bright it is."""

import numba
import numpy as np

FRESH = (0.84, 0.86, 0.89)
"""Linear sRGB reflectance of new snow among houses, bluish. Source: S. Warren, "Optical
properties of snow", Reviews of Geophysics 20, 1982: 0.95 and more where it is clean; T. Oke,
"Boundary layer climates", 1987, table 1.1: albedo 0.40 old to 0.95 fresh."""
SLUSH = (0.20, 0.19, 0.175)
"""Of what wheels throw aside: snow, water and grit."""
NEAR_INFRARED = 0.80
"""Diffuse reflectance of fresh snow at 905 nm. Source: W. Wiscombe and S. Warren, "A model for the
spectral albedo of snow", Journal of the Atmospheric Sciences 37, 1980: some 0.75 to 0.88
for grains of 0.1 to 0.5 mm."""
SLUSH_NEAR_INFRARED = 0.15
"""Of slush at 905 nm: dark where there is water."""
ROUGH = 0.01
"""[m] Roughness length of bare ground."""
_MIXED = 0.70
"""Share of the fresh albedo that a snowed-in district has as a whole: walls, trees, cleared roads.
Source: Oke 1987, table 1.1 and 8.1: open country 0.6 to 0.8, towns less."""


@numba.njit(cache=True)
def hidden_share(depth: float, rough: float) -> float:
    """Return the share of the ground that snow of this mean `depth` [m] hides.

    Source: G.-Y. Niu and Z.-L. Yang, "An observation-based formulation of snow cover fraction and
    its evaluation over large North American river basins", J. Geophysical Research 112, 2007, for
    new snow: tanh(depth / (2.5 z0)), z0 the roughness length `rough` [m] of the ground.
    """
    return float(np.tanh(depth / (2.5 * rough)))


def pressed_share(snow_cover: float) -> float:
    """Return the share of a road under pressed snow where `snow_cover` [cm] lies beside it.

    Half of the depth is left where wheels go, on streets with little traffic.
    """
    return hidden_share(snow_cover / 200, ROUGH)


def ground_reflectance(bare: np.ndarray, depth: float) -> np.ndarray:
    """Return the reflectance of a district under `depth` [m] of snow, `bare` without any."""
    share = hidden_share(depth, ROUGH)
    white: np.ndarray = bare + share * (_MIXED * np.array(FRESH) - bare)
    return white


def between_clouds_and_ground(cloud: float, ground: float, usual: float) -> float:
    """Return by how much skylight grows because the ground reflects `ground`, not the `usual`.

    Light goes to and fro between ground and sky: G = G0 / (1 - a_ground a_sky), a geometric series.
    Source: R. Bird and R. Hulstrom, "A simplified clear sky model for direct and diffuse
    insolation", SERI/TR-642-761, 1981: the clear sky's albedo is 0.0685; M. Iqbal, "An introduction
    to solar radiation", 1983: cloud's is 0.6. Here the `cloud` cover lies between.
    """
    above = 0.0685 + (0.6 - 0.0685) * cloud
    return (1 - above * usual) / (1 - above * ground)
