"""Optical flow and scene flow as images: `sensor/<camera>/flow_next/`, `motion_next/`, and back.

`flow_next/<frame>.png` (16 bit, three channels) is KITTI's: red and green hold the way in the image
to the right and down, x 64 + 32768, so that 1/64 px is the step and 512 px the end; blue is what
KITTI calls valid, which it takes for yes where it is above 0. Here it says more: 1 seen at the
other time too (KITTI's flow without occlusions), 2 hidden then, 3 outside the image then, 0 none.

`motion_next/<frame>.png` (16 bit) holds the way of the surface through the world along the axes
(right, down, forward) that the camera has at the image's time: millimetres + 32768, all 0 where
there is none. What stands still does not move, however the car drives.

Source: KITTI flow 2015 development kit, readme.txt ("Data format").
"""

import numpy as np
from jaxtyping import UInt16

from synthgen.geometry import Array
from synthgen.sample import Flow
from synthgen.writers.flow_code import flow_code

MIDDLE, MILLIMETRES = 32_768, 1000
FOLDERS = ("flow_next", "flow_previous", "motion_next", "motion_previous")


def stated_code(flow: Flow) -> UInt16[Array, "h w 3"]:
    """Return optical flow in KITTI's code with its state; where it does not fit there is none."""
    code = flow_code(flow.pixel, flow.state > 0)
    code[..., 2] *= flow.state
    return code


def motion_code(flow: Flow) -> UInt16[Array, "h w 3"]:
    """Return scene flow in millimetres; where it does not fit there is none."""
    whole = np.nan_to_num(flow.motion.astype(np.float64), nan=np.inf)
    scaled = np.rint(whole * MILLIMETRES) + MIDDLE
    good = np.asarray(((scaled >= 1) & (scaled <= 65_535)).all(axis=-1))
    return np.where(good[..., None], scaled, 0).astype(np.uint16)


def flow_images(flows: tuple[Flow, Flow]) -> dict[str, UInt16[Array, "h w 3"]]:
    """Return the images of `FOLDERS` from flow to the next time and to the one before."""
    after, before = flows
    return {
        "flow_next": stated_code(after),
        "flow_previous": stated_code(before),
        "motion_next": motion_code(after),
        "motion_previous": motion_code(before),
    }
