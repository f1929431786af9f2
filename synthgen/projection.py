"""From directions to pixels and back: pinhole, Brown-Conrady and Kannala-Brandt lenses.

All here is in a camera's own frame: x right, y down, z forward; pixel centres have integer
coordinates. What a lens sees ends where its radial curve stops rising: beyond it one pixel would
stand for two directions, so that there is no ray and no image.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from jaxtyping import Bool, Float

from synthgen.geometry import Array

KINDS = ("pinhole", "brown", "fisheye")
COEFFICIENTS = {"pinhole": (0,), "brown": (4, 5, 8), "fisheye": (4,)}
"""How many distortion coefficients each kind may have."""
WIDEST = np.radians(88.0)
"""[rad] A plane's image has no end at 90 degrees: a Brown-Conrady lens is cut off here."""
_SAMPLES = 4096
_ROUNDS = 20
_EXACT = 1e-12


@dataclass(frozen=True, eq=False)
class Projection:
    """How a lens and its sensor map directions to pixels.

    Attributes:
        kind: pinhole, brown or fisheye.
        matrix: K without skew.
        distortion: none; k1, k2, p1, p2 [, k3 [, k4, k5, k6]]; or k1 to k4 of a fisheye.
        half: [rad] largest angle off the axis that the lens lets through; infinite where only the
            curve ends it. Not for pinholes.
    """

    kind: str
    matrix: Float[Array, "3 3"]
    distortion: tuple[float, ...] = ()
    half: float = np.inf

    @property
    def flat(self) -> bool:
        """Whether this is a pinhole: straight lines stay straight, every pixel has a ray."""
        return self.kind == "pinhole"

    @property
    def planar(self) -> bool:
        """Whether depth counts along the optical axis; along the ray otherwise."""
        return self.kind != "fisheye"

    def pixels(self, points: Float[Array, "n 3"]) -> tuple[Float[Array, "n 2"], Float[Array, "n"]]:
        """Return pixel coordinates (column, row) and depth [m] of `points` [m].

        Depth is along the axis, of a fisheye the distance. Where a lens that distorts has no image
        coordinates are nan and depth is 0; behind a pinhole depth is negative.
        """
        if self.flat:
            depth = points[:, 2]
            safe = np.where(np.abs(depth) < 1e-9, 1e-9, depth)
            flat = points @ self.matrix.T
            return flat[:, :2] / safe[:, None], depth
        place, good = self._bent(points)
        k = self.matrix
        pixel = place * [k[0, 0], k[1, 1]] + k[:2, 2]
        depth = points[:, 2] if self.planar else np.linalg.norm(points, axis=1)
        return np.where(good[:, None], pixel, np.nan), np.where(good, depth, 0.0)

    def rays(self, column: Float[Array, "n"], row: Float[Array, "n"]) -> Float[Array, "n 3"]:
        """Return unit directions through (also fractional) pixel coordinates, nan for none."""
        k = self.matrix
        x, y = (column - k[0, 2]) / k[0, 0], (row - k[1, 2]) / k[1, 1]
        if self.flat:
            scale = 1 / np.sqrt(x * x + y * y + 1)
            return np.stack([x * scale, y * scale, scale], -1)
        straight = self._unbent_angle if self.kind == "fisheye" else self._unbent_plane
        return straight(np.stack([x, y], -1).astype(float))

    def solid_angle(self, column: Float[Array, "n"], row: Float[Array, "n"]) -> Float[Array, "n"]:
        """Return the solid angle [sr] of the pixels at (`column`, `row`), 0 where there is no ray.

        A patch of area A on the plane z = 1 at angle t off the axis is 1/cos t away and tilted by
        t: A cos^3 t. A ring of a fisheye is 2 pi sin t dt wide and 2 pi f(t) f'(t) dt large.
        """
        k = self.matrix
        pixel = k[0, 0] * k[1, 1]
        if self.flat:
            x, y = (column - k[0, 2]) / k[0, 0], (row - k[1, 2]) / k[1, 1]
            return (1 + x * x + y * y) ** -1.5 / pixel
        ray = self.rays(column, row)
        none = np.isnan(ray[:, 0])
        ray[none] = [0, 0, 1]
        if self.planar:
            _, jacobian = self._plane(ray[:, :2] / ray[:, 2:])
            return np.where(none, 0.0, ray[:, 2] ** 3 / (np.linalg.det(jacobian) * pixel))
        angle = np.maximum(np.arctan2(np.hypot(ray[:, 0], ray[:, 1]), ray[:, 2]), 1e-9)
        size = self._angle(angle) * self._angle_slope(angle)
        return np.where(none, 0.0, np.sin(angle) / (size * pixel))

    @cached_property
    def limit(self) -> float:
        """Where the image ends: an angle [rad] of a fisheye, else a radius on the plane z = 1."""
        angles = np.linspace(0, np.pi, _SAMPLES + 1)[1:]
        if self.planar:
            angles = np.linspace(0, WIDEST, _SAMPLES + 1)[1:]
        ways = np.tan(angles) if self.planar else angles
        slope = self._radial_slope(ways) if self.planar else self._angle_slope(ways)
        falls = np.flatnonzero(~(slope > 0))
        rises = ways[falls[0] - 1] if len(falls) and falls[0] else ways[-1]
        if len(falls) and falls[0] == 0:
            raise ValueError(f"distortion {self.distortion} turns the image inside out")
        half = min(self.half, WIDEST if self.planar else np.pi)
        return float(min(rises, np.tan(half) if self.planar else half))

    @cached_property
    def unmasked(self) -> "Projection":
        """The same lens, ended by its curve alone: where points would be that it masks."""
        return replace(self, half=np.inf)

    # Kannala-Brandt -----------------------------------------------------------------------------

    def _angle(self, angle: Float[Array, "n"]) -> Float[Array, "n"]:
        """Return the distance from the image's middle [focal lengths] at `angle` [rad].

        t (1 + k1 t^2 + k2 t^4 + k3 t^6 + k4 t^8).

        Source: J. Kannala and S. Brandt, "A generic camera model and calibration method for
        conventional, wide-angle, and fish-eye lenses", IEEE Trans. PAMI 28, 2006, equation 6, with
        k1 = 1 as OpenCV's module fisheye has it.
        """
        square = angle * angle
        total = np.zeros_like(square)
        for value in reversed(self.distortion):
            total = (total + value) * square
        return angle * (1 + total)

    def _angle_slope(self, angle: Float[Array, "n"]) -> Float[Array, "n"]:
        square = angle * angle
        total = np.zeros_like(square)
        for power, value in reversed(list(enumerate(self.distortion, 1))):
            total = (total + (2 * power + 1) * value) * square
        return 1 + total

    def _unbent_angle(self, place: Float[Array, "n 2"]) -> Float[Array, "n 3"]:
        radius = np.hypot(place[:, 0], place[:, 1])
        known = np.linspace(0, self.limit, _SAMPLES)
        angle = np.interp(radius, self._angle(known), known)
        for _ in range(_ROUNDS):
            step = (self._angle(angle) - radius) / self._angle_slope(angle)
            angle = np.clip(angle - step, 0, self.limit)
            if np.abs(step).max(initial=0.0) < _EXACT:
                break
        seen = radius <= self._angle(np.array(self.limit))
        scale = np.sin(angle) / np.maximum(radius, 1e-300)
        scale = np.where(radius < 1e-12, 1.0, scale)
        ray = np.column_stack([place * scale[:, None], np.cos(angle)])
        return np.where(seen[:, None], ray, np.nan)

    # Brown-Conrady ------------------------------------------------------------------------------

    @cached_property
    def _brown(self) -> tuple[float, ...]:
        return (*self.distortion, *(0.0 for _ in range(8 - len(self.distortion))))

    def _radial(self, square: Float[Array, "n"]) -> tuple[Float[Array, "n"], Float[Array, "n"]]:
        """Return the radial factor at r^2 and its derivative by r^2."""
        k1, k2, _, _, k3, k4, k5, k6 = self._brown
        above = 1 + square * (k1 + square * (k2 + square * k3))
        below = 1 + square * (k4 + square * (k5 + square * k6))
        rise = k1 + square * (2 * k2 + square * 3 * k3)
        drop = k4 + square * (2 * k5 + square * 3 * k6)
        return above / below, (rise * below - above * drop) / (below * below)

    def _radial_slope(self, radius: Float[Array, "n"]) -> Float[Array, "n"]:
        factor, rise = self._radial(radius * radius)
        return factor + 2 * radius * radius * rise

    def _plane(self, place: Float[Array, "n 2"]) -> tuple[Float[Array, "n 2"], Float[Array, "..."]]:
        """Return where points of the plane z = 1 are moved to, and the Jacobian (n 2 2).

        Source: D. C. Brown, "Close-range camera calibration", Photogrammetric Engineering 37,
        1971; the rational form as in OpenCV's calib3d.
        """
        p1, p2 = self._brown[2:4]
        x, y = place[:, 0], place[:, 1]
        factor, rise = self._radial(x * x + y * y)
        moved = np.stack(
            [
                x * factor + 2 * p1 * x * y + p2 * (3 * x * x + y * y),
                y * factor + p1 * (x * x + 3 * y * y) + 2 * p2 * x * y,
            ],
            -1,
        )
        across = 2 * x * y * rise + 2 * p1 * x + 2 * p2 * y
        jacobian = np.empty((len(x), 2, 2))
        jacobian[:, 0, 0] = factor + 2 * x * x * rise + 2 * p1 * y + 6 * p2 * x
        jacobian[:, 1, 1] = factor + 2 * y * y * rise + 6 * p1 * y + 2 * p2 * x
        jacobian[:, 0, 1] = jacobian[:, 1, 0] = across
        return moved, jacobian

    def _unbent_plane(self, place: Float[Array, "n 2"]) -> Float[Array, "n 3"]:
        known = np.linspace(0, self.limit, _SAMPLES)
        radius = np.maximum(np.hypot(place[:, 0], place[:, 1]), 1e-12)
        start = np.interp(radius, known * self._radial(known * known)[0], known)
        found = place * (start / radius)[:, None]
        for _ in range(_ROUNDS):
            moved, jacobian = self._plane(found)
            step = _solved(jacobian, moved - place)
            found = found - step
            if np.abs(step).max(initial=0.0) < _EXACT:
                break
        seen = self._seen(found) & (np.abs(self._plane(found)[0] - place).max(axis=1) < 1e-9)
        ray = np.column_stack([found, np.ones(len(found))])
        ray /= np.linalg.norm(ray, axis=1, keepdims=True)
        return np.where(seen[:, None], ray, np.nan)

    def _seen(self, place: Float[Array, "n 2"]) -> Bool[Array, "n"]:
        """Return which points of the plane z = 1 have an image of their own."""
        good = np.hypot(place[:, 0], place[:, 1]) <= self.limit
        jacobian = self._plane(np.where(good[:, None], place, 0.0))[1]
        return good & (np.linalg.det(jacobian) > 0)

    def _bent(self, points: Float[Array, "n 3"]) -> tuple[Float[Array, "n 2"], Bool[Array, "n"]]:
        """Return places in the image [focal lengths] of `points`, and which have one."""
        across = np.hypot(points[:, 0], points[:, 1])
        if self.planar:
            ahead = points[:, 2] > 1e-9
            place = points[:, :2] / np.where(ahead, points[:, 2], 1.0)[:, None]
            good = ahead & self._seen(place)
            return self._plane(np.where(good[:, None], place, 0.0))[0], good
        angle = np.arctan2(across, points[:, 2])
        scale = self._angle(angle) / np.maximum(across, 1e-300)
        there = (across > 0) | (points[:, 2] > 0)
        return points[:, :2] * scale[:, None], there & (angle <= self.limit)


def _solved(matrix: Float[Array, "n 2 2"], right: Float[Array, "n 2"]) -> Float[Array, "n 2"]:
    """Return the solution of each 2 x 2 system, steps held to 0.5; singular ones do not move."""
    det = matrix[:, 0, 0] * matrix[:, 1, 1] - matrix[:, 0, 1] * matrix[:, 1, 0]
    safe = np.where(np.abs(det) > 1e-12, det, np.inf)
    x = matrix[:, 1, 1] * right[:, 0] - matrix[:, 0, 1] * right[:, 1]
    y = matrix[:, 0, 0] * right[:, 1] - matrix[:, 1, 0] * right[:, 0]
    return np.clip(np.stack([x, y], -1) / safe[:, None], -0.5, 0.5)
