"""The bodies of a moment before a camera, drawn: masks and depth without a ray."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from synthgen.geometry import Array, inverse, unit
from synthgen.rays import NOTHING
from synthgen.render.raster.drawing import Placed, draw
from synthgen.sample import CameraView
from synthgen.scene import Moment


@dataclass(frozen=True, eq=False)
class Seen:
    """What the centre of each pixel shows.

    Attributes:
        body: index into `World.bodies`, -1 where there is nothing.
        primitive: triangle of the body's mesh, -1 where there is nothing.
        depth: [m] along the optical axis, 0 where there is nothing.
    """

    body: Int[Array, "h w"]
    primitive: Int[Array, "h w"]
    depth: Float[Array, "h w"]


def seen(moment: Moment, view: CameraView, fine: int = 1) -> Seen:
    """Return what a pinhole `view` shows of `moment`, each thing where it is at the view's time.

    Corners of triangles are exact to 1/256 px divided by an odd `fine`, see `drawing.draw`.

    Raises:
        ValueError: when the lens of `view` bends straight lines.
    """
    numbers, placed = _placed(moment, view)
    drawn = draw(view, placed, fine)
    ends = np.cumsum([len(one.mesh.triangles) for one in placed])
    owner = np.searchsorted(ends, drawn.number, side="right")
    there = drawn.number >= 0
    starts = np.array([0, *ends])[owner]
    body = np.where(there, np.array([*numbers, NOTHING])[owner], NOTHING)
    primitive = np.where(there, drawn.number - starts, -1)
    return Seen(body.astype(np.int32), primitive.astype(np.int32), drawn.depth)


def _placed(moment: Moment, view: CameraView) -> tuple[list[int], list[Placed]]:
    """Return every body that may be in view, with its number."""
    camera_from_world = inverse(view.world_from_camera)
    numbers, placed = [], []
    for number, body in enumerate(moment.scene.world.stuff):
        numbers.append(number)
        placed.append(Placed(body.mesh, camera_from_world))
    for thing in moment.things:
        numbers.append(thing.number)
        pose = camera_from_world @ thing.track.world_from_body(view.time)
        placed.append(Placed(thing.mesh, pose))
    some = np.flatnonzero(_in_view(view, placed))
    return [numbers[n] for n in some], [placed[n] for n in some]


def _in_view(view: CameraView, placed: Sequence[Placed]) -> Bool[Array, "n"]:
    """Return which spheres round what is `placed` reach into the pyramid of the image."""
    middle = np.array([one.mesh.bounds.mean(axis=0) for one in placed]).reshape(-1, 3)
    size = np.array([np.ptp(one.mesh.bounds, axis=0) for one in placed]).reshape(-1, 3)
    pose = np.array([one.camera_from_body for one in placed]).reshape(-1, 4, 4)
    center = np.einsum("nij,nj->ni", pose[:, :3, :3], middle) + pose[:, :3, 3]
    corners = np.array([[-0.5, view.width - 0.5], [-0.5, view.height - 0.5]])
    k = view.matrix
    slope = (corners - k[:2, 2:]) / np.diag(k)[:2, None]
    inward = np.zeros((2, 2, 3))
    for axis in range(2):
        inward[axis, :, axis] = [1.0, -1.0]
        inward[axis, :, 2] = slope[axis] * [-1.0, 1.0]
    inward = unit(inward.reshape(4, 3))
    return (center @ inward.T > -np.linalg.norm(size, axis=1)[:, None] / 2).all(axis=1)
