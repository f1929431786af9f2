"""Lines of the road as a camera sees them."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
from jaxtyping import Bool, Float, Int

from synthgen.geometry import Array, transform
from synthgen.sample import CameraReading, LaneLine
from synthgen.scene import Moment
from synthgen.snow_cover import hidden
from synthgen.state import HIDDEN, OUTSIDE, VISIBLE

REACH = 80.0
"""[m] from the camera, over the ground, to the farthest point of a line that is written."""
NEAR = 0.5
"""[m] in front of the camera the nearest."""
SLACK = 0.08
"""[m] by which a surface may lie before a line without hiding it: paint, wear, single precision."""
STEEP = 0.01
"""Share of the depth added to that: roads that are not level."""


def lane_lines(moment: Moment, camera: CameraReading) -> tuple[LaneLine, ...]:
    """Return every boundary of the map that shows in the image, within `REACH`.

    A line is written when at least one of its points is seen, with all its points that lie in
    front of the camera. A point is seen when the pixel that holds it shows nothing nearer than
    the level ground through the point.
    """
    streets, view = moment.scene.world.streets, camera.view
    samples = streets.samples
    eye = view.world_from_camera[:3, 3]
    near = np.hypot(*(samples.point[:, :2] - eye[:2]).T) <= REACH
    index = near.nonzero()[0]
    pixel, depth = view.project(samples.point[index])
    front = depth > NEAR
    index, pixel, depth = index[front], pixel[front], depth[front]
    visibility = _visibility(camera, samples.point[index], pixel, depth)
    owner = samples.owner[index]
    shown = np.unique(owner[visibility == VISIBLE])
    local = (samples.point[index] - eye) @ view.world_from_camera[:3, :3]
    snow = hidden(moment.scene.world, samples.point[index])
    found = []
    for number in shown:
        own = owner == number
        line = streets.boundaries[number]
        found.append(
            LaneLine(line.name, line.kind, line.color, pixel[own], local[own], visibility[own],
                     samples.painted[index[own]], snow[own])
        )  # fmt: skip
    return tuple(found)


def lines_under(
    lines: Iterable[LaneLine], moment: Moment, camera: CameraReading
) -> tuple[LaneLine, ...]:
    """Return `lines` that `camera` sees as they are under the conditions of `moment`."""
    pose, world = camera.view.world_from_camera, moment.scene.world
    return tuple(replace(line, snow=hidden(world, transform(pose, line.point))) for line in lines)


def paint_under_snow(lines: Mapping[str, Iterable[LaneLine]]) -> float:
    """Return the share of the paint that cameras would see which snow hides, 0 without paint.

    That is the mean over all points of the lines by camera that are painted and not behind
    something; lines count as they are long.
    """
    seen = [
        line.snow[line.painted & (line.visibility == VISIBLE)]
        for every in lines.values()
        for line in every
    ]
    share = np.concatenate([np.zeros(0), *seen])
    return float(share.mean()) if len(share) else 0.0


def _visibility(
    camera: CameraReading, point: Float[Array, "n 3"], pixel: Float[Array, "n 2"], depth: Array
) -> Int[Array, "n"]:
    """Return for each point on the road whether it is outside the image, hidden or seen."""
    height, width = camera.depth.shape
    nearest = np.rint(pixel)
    inside: Bool[Array, "n"] = (nearest >= 0).all(axis=1) & (nearest < [width, height]).all(axis=1)
    column, row = nearest[inside].astype(int).T
    ground = _ground(camera, point[inside, 2], column, row, depth[inside])
    surface = camera.depth[row, column]
    clear = (surface == 0) | (surface >= ground * (1 - STEEP) - SLACK)
    found = np.full(len(point), OUTSIDE)
    found[inside] = np.where(clear, VISIBLE, HIDDEN)
    return found


def _ground(
    camera: CameraReading, height: Array, column: Array, row: Array, depth: Array
) -> Float[Array, "n"]:
    """Return the depth at which the rays of pixels meet the level plane of `height` [m].

    Rays that do not come down to it within twice the point's own `depth` count as meeting it there.
    """
    view = camera.view
    direction = view.directions(column.astype(float), row.astype(float))
    forward = view.depth_per_way(direction, row.astype(float))
    drop = height - view.origins(row.astype(float))[:, 2]
    with np.errstate(divide="ignore", invalid="ignore"):
        way = drop / direction[:, 2] * forward
    return np.where((way > 0) & (way < 2 * depth), way, depth)
