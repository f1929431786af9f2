"""A camera at one time: between the world and its pixels."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Bool, Float

from synthgen.geometry import Array, transform
from synthgen.keyframes import places, turned
from synthgen.motion import Track
from synthgen.projection import Projection
from synthgen.rays import Rays
from synthgen.readout import Readout


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
        time: [s] of mid-exposure; with a rolling shutter of the middle row's.
        projection_model: pinhole, brown or fisheye.
        distortion: coefficients of the lens, see `Projection`.
        half: [rad] largest angle off the axis that the lens lets through.
        readout: of a rolling shutter; None: all rows are exposed at `time`.
        focus: [m] distance at which things are sharp; 0: of a pinhole, all are.
        aperture: [m] width of the lens's opening; 0 of a pinhole. Rays go through its middle.
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
    readout: Readout | None = None
    focus: float = 0.0
    aperture: float = 0.0

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

    def times(self, row: Array) -> Float[Array, "n"]:
        """Return when (also fractional) rows are exposed [s]: the middle of their exposure."""
        if self.readout is None:
            return np.full(len(row), self.time)
        return self.time + self.readout.offsets(row)

    def origins(self, row: Array) -> Float[Array, "n 3"]:
        """Return where the camera is [m], world frame, when rows are exposed."""
        if self.readout is None:
            return np.tile(self.world_from_camera[:3, 3], (len(row), 1))
        return self.readout.origins(self.readout.offsets(row))

    def directions(self, column: Array, row: Array) -> Float[Array, "n 3"]:
        """Return unit directions, world frame, through (also fractional) pixel coordinates.

        They are nan where no ray comes through the lens.
        """
        return self.outwards(self.lens.rays(column, row), row)

    def outwards(self, vectors: Float[Array, "n 3"], row: Array) -> Float[Array, "n 3"]:
        """Return `vectors` of the camera's frame, when `row` is exposed, in the world frame."""
        if self.readout is None:
            return vectors @ self.world_from_camera[:3, :3].T
        return self.readout.outwards(vectors, self.readout.offsets(row))

    def rays(self, column: Array, row: Array) -> Rays:
        """Return the rays through pixel coordinates, each at its row's time."""
        return Rays(self.origins(row), self.directions(column, row), self.times(row))

    def project(self, points: Float[Array, "n 3"]) -> tuple[Float[Array, "n 2"], Float[Array, "n"]]:
        """Return pixel coordinates (column, row) and depth [m] of world `points` that stand still.

        Depth is what the depth image holds: the way along the optical axis, of a fisheye the
        distance. A point has an image, somewhere on the sensor's endless plane, where it is above
        0; elsewhere coordinates mean nothing.
        """
        if self.readout is None:
            local = (points - self.world_from_camera[:3, 3]) @ self.world_from_camera[:3, :3]
            return self.lens.pixels(local)
        return self._met(self.readout, lambda offset: points, len(points))

    def project_moving(
        self, track: Track, local: Float[Array, "n 3"]
    ) -> tuple[Float[Array, "n 2"], Float[Array, "n"]]:
        """Return what `project` does of points [m] in the frame of a body on its `track`."""
        if self.readout is None or track.stands:
            return self.project(transform(track.world_from_body(self.time), local))
        keys = track.time, track.position, track.quaternion

        def there(offset: Array) -> Array:
            time = self.time + offset
            return places(time, *keys[:2]) + turned(local, time, *keys, False)

        return self._met(self.readout, there, len(local))

    def _met(
        self, readout: Readout, there: Callable[[Array], Array], count: int
    ) -> tuple[Float[Array, "n 2"], Float[Array, "n"]]:
        def images(offset: Array, lens: Projection) -> tuple[Array, Array]:
            return lens.pixels(readout.local(there(offset), offset))

        # On its way to its row a point may be beyond the rim of the lens, where it has no row.
        offset, good = readout.met(lambda offset: images(offset, self.lens.unmasked), count)
        pixel, depth = images(offset, self.lens)
        return pixel, np.where(good | (depth <= 0), depth, 0.0)

    def depth_per_way(self, direction: Float[Array, "n 3"], row: Array) -> Float[Array, "n"]:
        """Return the depth of what is 1 m away along unit `direction`, world frame, in `row`."""
        if not self.lens.planar:
            return np.ones(len(direction))
        if self.readout is None:
            return direction @ self.world_from_camera[:3, 2]
        ahead = np.tile([0.0, 0.0, 1.0], (len(direction), 1))
        along: Float[Array, "n"] = (direction * self.outwards(ahead, row)).sum(axis=1)
        return along

    def points(self, column: Array, row: Array, depth: Array) -> Float[Array, "n 3"]:
        """Return the world points [m] that pixels (of a ray each) show at `depth` [m]."""
        way = self.directions(column, row)
        away = way * (depth / self.depth_per_way(way, row))[:, None]
        return (self.world_from_camera[:3, 3] if self.readout is None else self.origins(row)) + away
