"""Which side of an object is seen, as KITTI tells it."""

import numpy as np

from synthgen.geometry import wrap


def from_alpha(alpha: float) -> float:
    """Return the aspect [rad] of KITTI's observation angle: -pi/2 is seen from behind.

    KITTI's angles turn the other way, about an axis that points down. Source: KITTI object
    development kit, readme.txt.
    """
    return float(wrap(-alpha - np.pi / 2))
