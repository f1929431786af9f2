"""Joints of people in the image, and whether they are seen."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from synthgen.geometry import Array, transform
from synthgen.sample import CameraReading
from synthgen.scene import Present
from synthgen.state import HIDDEN, KEYPOINTS, OUTSIDE, VISIBLE

FLESH = np.array(
    [0.05, 0.06, 0.06, 0.10, 0.10, 0.14, 0.14, 0.12, 0.12, 0.10, 0.10, 0.20, 0.20, 0.14, 0.14,
     0.12, 0.12]
)  # fmt: skip
"""[m] greatest depth of a joint under the skin or clothes of its own limb, by keypoint: what is
nearer to the camera by more than that is another part of the body or another thing."""
REACH = 2
"""[px] from a joint to the nearest pixel of its person that still shows it."""


@dataclass(frozen=True, eq=False)
class Joints:
    """Keypoints of one person.

    Attributes:
        world: [m] world frame.
        pixel: (column, row) [px].
        visibility: 0 outside the image, 1 in it behind something, 2 seen.
    """

    world: Float[Array, "17 3"]
    pixel: Float[Array, "17 2"]
    visibility: Int[Array, "17"]


def joints(thing: Present, camera: CameraReading, time: float) -> Joints | None:
    """Return the keypoints of `thing` as `camera` sees them, None where it has none.

    Limbs are held as at `time` [s], that of the frame, as in the picture.

    A joint is seen when a pixel of its person within `REACH` of it shows a surface that is not
    nearer to the camera than the joint by more than its `FLESH`.
    """
    if thing.body.keypoints is None:
        return None
    view = camera.view
    local = np.asarray(thing.body.keypoints(thing.track.phase_at(time)), float)
    if local.shape != (len(KEYPOINTS), 3):
        raise ValueError(f"{thing.body.name}: expected 17 keypoints, got shape {local.shape}")
    world = transform(thing.track.world_from_body(view.time), local)
    pixel, depth = view.project_moving(thing.track, local)
    inside = (depth > 0) & (np.abs(pixel - _middle(camera)) <= _middle(camera) + 0.5).all(axis=1)
    seen = np.zeros(len(KEYPOINTS), bool)
    for index in inside.nonzero()[0]:
        seen[index] = _seen(camera, thing.number, pixel[index], depth[index] - FLESH[index])
    visibility = np.where(inside, np.where(seen, VISIBLE, HIDDEN), OUTSIDE)
    return Joints(world, np.nan_to_num(pixel, nan=-1.0), visibility)


def _middle(camera: CameraReading) -> Float[Array, "2"]:
    """Return the middle of the image, half its size less half a pixel."""
    return (np.array([camera.view.width, camera.view.height]) - 1) / 2


def _seen(camera: CameraReading, number: int, pixel: Float[Array, "2"], least: float) -> bool:
    """Return whether body `number` shows near `pixel` with a depth of at least `least` [m]."""
    column, row = np.rint(pixel).astype(int)
    rows = slice(max(row - REACH, 0), row + REACH + 1)
    columns = slice(max(column - REACH, 0), column + REACH + 1)
    own: Bool[Array, "h w"] = camera.body[rows, columns] == number
    return bool((own & (camera.depth[rows, columns] >= least)).any())
