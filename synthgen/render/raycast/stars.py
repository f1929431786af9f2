"""Stars in the picture: points of light, each in the four pixels about its place."""

import numpy as np
from jaxtyping import Bool, Float

from synthgen.geometry import Array
from synthgen.light.stars import seen
from synthgen.render.raycast import density
from synthgen.render.raycast.shading import Frame
from synthgen.view import CameraView

OUTSHONE = 10.0
"""[lx] From this much light on the ground the sky hides them: as bright as Sirius in a pixel."""
FAR = 1e9
"""[m] away, so that no camera's way shows."""


def add_stars(
    image: Float[Array, "h w 3"], frame: Frame, view: CameraView, empty: Bool[Array, "h w"]
) -> None:
    """Add the luminance [cd/m2] of stars to the `empty` pixels of `image`, those that show sky."""
    dome = frame.sky.dome
    if frame.sky.illuminance > OUTSHONE or dome.cloud >= 1.0 or not empty.any():
        return
    stars = seen(dome)
    pixel, depth = view.project(view.world_from_camera[:3, 3] + FAR * stars.direction)
    limit = np.array([view.width - 1, view.height - 1])
    inside = (depth > 0) & (pixel >= 0).all(axis=1) & (pixel < limit).all(axis=1)
    through = _passed(frame, view, stars.direction[inside])
    _spread(image, view, empty, pixel[inside], stars.light[inside] * through)


def _passed(frame: Frame, view: CameraView, way: Float[Array, "n 3"]) -> Float[Array, "n 3"]:
    """Return the share of light that fog, haze and banks let through along sky rays."""
    length = frame.air.layer / np.maximum(way[:, 2], 0.004)
    share: Array = np.exp(-np.asarray(frame.air.extinction) * length[:, None])
    if frame.haze is None or not len(way):
        return share
    eye = np.tile(view.world_from_camera[:3, 3], (len(way), 1))
    return share * density.passed(eye, way, np.full(len(way), 1e5), frame.haze)


def _spread(
    image: Array, view: CameraView, empty: Array, pixel: Array, light: Float[Array, "n 3"]
) -> None:
    low = np.floor(pixel).astype(int)
    part = pixel - low
    for right, down in ((0, 0), (1, 0), (0, 1), (1, 1)):
        column, row = low[:, 0] + right, low[:, 1] + down
        share = np.abs(1 - right - part[:, 0]) * np.abs(1 - down - part[:, 1])
        size = view.lens.solid_angle(column.astype(float), row.astype(float))
        shows = empty[row, column] & (size > 0)
        bright = (share / np.where(size > 0, size, 1.0))[:, None] * light
        np.add.at(image, (row[shows], column[shows]), bright[shows])
