"""A camera's lens as its row in the tables tells of it, by other means than the camera's own.

Brown-Conrady by OpenCV, Kannala-Brandt by bisection.
"""

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array

_HALVINGS = 60
_ROUNDS, _STEP = 12, 1e-6


@dataclass(frozen=True, eq=False)
class Lens:
    """How directions become pixels.

    Attributes:
        kind: pinhole, brown or fisheye.
        matrix: K.
        distortion: coefficients in OpenCV's order.
        half: [rad] widest angle off the axis.
    """

    kind: str
    matrix: Float[Array, "3 3"]
    distortion: tuple[float, ...] = ()
    half: float = np.inf

    def pixels(self, local: Float[Array, "n 3"]) -> tuple[Float[Array, "n 2"], Float[Array, "n"]]:
        """Return pixel coordinates and depth [m] of points in the camera's frame.

        Depth is the distance for a fisheye, along the axis otherwise; pixels are nan and depth is
        0 where a lens has no image.
        """
        depth = local[:, 2]
        if self.kind == "pinhole":
            flat = (self.matrix @ local.T).T
            with np.errstate(divide="ignore", invalid="ignore"):
                return flat[:, :2] / depth[:, None], depth
        angle = np.arccos(np.clip(depth / np.maximum(np.linalg.norm(local, axis=1), 1e-12), -1, 1))
        seen = angle <= self._widest
        pixel, coefficients = np.full((len(local), 2), np.nan), np.array(self.distortion)
        if self.kind == "fisheye":
            turn = np.arctan2(local[seen, 1], local[seen, 0])
            radius = self._radius(angle[seen])
            place = np.stack([radius * np.cos(turn), radius * np.sin(turn)], -1)
            pixel[seen] = place @ self.matrix[:2, :2].T + self.matrix[:2, 2]
            return pixel, np.where(seen, np.linalg.norm(local, axis=1), 0.0)
        if seen.any():
            zero = np.zeros(3)
            found, _ = cv2.projectPoints(local[seen], zero, zero, self.matrix, coefficients)
            pixel[seen] = found[:, 0]
        return pixel, np.where(seen, depth, 0.0)

    def points(self, pixel: Float[Array, "n 2"], depth: Float[Array, "n"]) -> Float[Array, "n 3"]:
        """Return the points [m], camera frame, that pixels of an image show at `depth` [m]."""
        if self.kind == "pinhole" or not len(pixel):
            flat = np.column_stack([pixel, np.ones(len(pixel))])
            return np.linalg.solve(self.matrix, flat.T).T * depth[:, None]
        if self.kind == "brown":
            return self._searched(pixel) * depth[:, None]
        place = np.linalg.solve(self.matrix[:2, :2], (pixel - self.matrix[:2, 2]).T).T
        radius, turn = np.hypot(*place.T), np.arctan2(place[:, 1], place[:, 0])
        low, high = np.zeros(len(place)), np.full(len(place), self._widest)
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            short = self._radius(middle) < radius
            low, high = np.where(short, middle, low), np.where(short, high, middle)
        across = np.sin(low)
        way = np.column_stack([across * np.cos(turn), across * np.sin(turn), np.cos(low)])
        return way * depth[:, None]

    def from_rim(self, pixel: Float[Array, "n 2"]) -> Float[Array, "n"]:
        """Return how far [px] places are from the rim of the image, about; inf if it has none."""
        if self.kind == "pinhole":
            return np.full(len(pixel), np.inf)
        ray = self.points(pixel, np.ones(len(pixel)))
        angle = np.arctan2(np.hypot(ray[:, 0], ray[:, 1]), ray[:, 2])
        return np.abs(angle - self._widest) * self.matrix[0, 0]

    def _searched(self, pixel: Float[Array, "n 2"]) -> Float[Array, "n 3"]:
        """Return points of the plane z = 1 whose images OpenCV puts at `pixel`: secant steps."""
        wanted, zero, bends = pixel.astype(float), np.zeros(3), np.array(self.distortion)

        def image(place: Float[Array, "n 2"]) -> Float[Array, "n 2"]:
            point = np.column_stack([place, np.ones(len(place))])
            return cv2.projectPoints(point, zero, zero, self.matrix, bends)[0][:, 0]

        place = np.linalg.solve(self.matrix[:2, :2], (wanted - self.matrix[:2, 2]).T).T
        for _ in range(_ROUNDS):
            now = image(place)
            slope = np.stack([(image(place + _STEP * e) - now) / _STEP for e in np.eye(2)], -1)
            place = place + np.linalg.solve(slope, (wanted - now)[..., None])[..., 0]
        return np.column_stack([place, np.ones(len(place))])

    def _radius(self, angle: Float[Array, "n"]) -> Float[Array, "n"]:
        return sum(
            (k * angle ** (2 * n + 1) for n, k in enumerate((1.0, *self.distortion))),
            np.zeros_like(angle),
        )

    @cached_property
    def _widest(self) -> float:
        """Angle [rad] up to which the image grows with the angle."""
        most = np.radians(88.0) if self.kind == "brown" else np.pi
        angle = np.linspace(0, min(self.half, most), 20_001)
        if self.kind == "fisheye":
            grows = np.diff(self._radius(angle)) > 0
        else:
            k = np.zeros(8)
            k[: len(self.distortion)] = self.distortion
            r = np.tan(angle)
            above, below = (1 + a * r**2 + b * r**4 + c * r**6 for a, b, c in (k[[0, 1, 4]], k[5:]))
            grows = np.diff(r * above / below) > 0
        return float(angle[len(grows) if grows.all() else int(np.argmin(grows))])
