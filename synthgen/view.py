"""A camera at one time: between the world and its pixels."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Bool, Float

from synthgen.geometry import Array
from synthgen.projection import Projection


@dataclass(frozen=True, eq=False)
class CameraView:
    """A camera at one time.

    Camera frame: x right, y down, z forward. Pixel centres have integer coordinates.

    Attributes:
        name: sensor name.
        width: [px].
        height: [px].
        matrix: K.
        world_from_camera: pose at `time`.
        time: [s] of mid-exposure.
        projection_model: pinhole, brown or fisheye.
        distortion: coefficients of the lens, see `Projection`.
        half: [rad] largest angle off the axis that the lens lets through.
    """

    name: str
    width: int
    height: int
    matrix: Float[Array, "3 3"]
    world_from_camera: Float[Array, "4 4"]
    time: float
    projection_model: str = "pinhole"
    distortion: tuple[float, ...] = ()
    half: float = np.inf

    @cached_property
    def lens(self) -> Projection:
        """How directions become pixels."""
        return Projection(self.projection_model, self.matrix, self.distortion, self.half)

    @cached_property
    def void(self) -> Bool[Array, "h w"]:
        """True where no ray comes through the pixel's centre: round the image of a fisheye."""
        shape = (self.height, self.width)
        if self.lens.flat:
            return np.zeros(shape, bool)
        row, column = np.mgrid[: self.height, : self.width].astype(float)
        return np.isnan(self.lens.rays(column.ravel(), row.ravel())[:, 0]).reshape(shape)

    def directions(self, column: Array, row: Array) -> Float[Array, "n 3"]:
        """Return unit directions, world frame, through (also fractional) pixel coordinates.

        They are nan where no ray comes through the lens.
        """
        return self.lens.rays(column, row) @ self.world_from_camera[:3, :3].T

    def project(self, points: Float[Array, "n 3"]) -> tuple[Float[Array, "n 2"], Float[Array, "n"]]:
        """Return pixel coordinates (column, row) and depth [m] of world `points`.

        Depth is what the depth image holds: the way along the optical axis, of a fisheye the
        distance. A point has an image, somewhere on the sensor's endless plane, where it is above
        0; elsewhere coordinates mean nothing.
        """
        local = (points - self.world_from_camera[:3, 3]) @ self.world_from_camera[:3, :3]
        return self.lens.pixels(local)

    def depth_per_way(self, direction: Float[Array, "n 3"]) -> Float[Array, "n"]:
        """Return the depth of what is 1 m away along unit `direction`, world frame."""
        if self.lens.planar:
            return direction @ self.world_from_camera[:3, 2]
        return np.ones(len(direction))

    def points(self, column: Array, row: Array, depth: Array) -> Float[Array, "n 3"]:
        """Return the world points [m] that pixels (of a ray each) show at `depth` [m]."""
        way = self.directions(column, row)
        return self.world_from_camera[:3, 3] + way * (depth / self.depth_per_way(way))[:, None]
