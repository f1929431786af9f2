"""Optical flow as KITTI's 16-bit PNGs hold it.

Source: M. Menze and A. Geiger, "Object scene flow for autonomous vehicles", CVPR 2015, readme of
the stereo and flow development kit: red = u x 64 + 2^15, green = v x 64 + 2^15, blue = 1 where
the flow is known; +-512 px in steps of 1/64.
"""

import numpy as np
from jaxtyping import Bool, Float, UInt16

from synthgen.geometry import Array

SCALE, ZERO = 64.0, 32_768
"""Steps in a pixel, and the code of no motion."""


def flow_code(flow: Float[Array, "h w 2"], known: Bool[Array, "h w"]) -> UInt16[Array, "h w 3"]:
    """Return the code of `flow` (right, down) [px] as RGB; what does not fit is not known.

    `files.png` stores it: OpenCV itself would take the first channel for blue.
    """
    steps = np.rint(np.asarray(flow, np.float64) * SCALE) + ZERO
    fits = known & (np.isfinite(steps) & (steps >= 0) & (steps <= 65_535)).all(axis=-1)
    code = np.zeros((*flow.shape[:2], 3), np.uint16)
    code[fits, :2] = steps[fits].astype(np.uint16)
    code[fits, 2] = 1
    return code


def flow_of(code: UInt16[Array, "h w 3"]) -> tuple[Float[Array, "h w 2"], Bool[Array, "h w"]]:
    """Return flow [px] and where it is known, of a code as RGB."""
    return (code[..., :2].astype(np.float64) - ZERO) / SCALE, code[..., 2] > 0
