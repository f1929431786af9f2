"""The two lofts of a passenger car: the hull up to the window sill, and the glasshouse on it."""

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import PchipInterpolator

from synthgen.assets.car_styles import CarStyle
from synthgen.assets.shells import Finish, Shell, lattice, lines, rounded, warped
from synthgen.geometry import Array


@dataclass(frozen=True)
class CarFrame:
    """Where things are on one car [m]: x forward from the middle, z above ground.

    Attributes:
        style: proportions.
        length: [m] of the whole car, likewise `width` and `height` (of the bare body).
        width: see `length`.
        height: see `length`.
    """

    style: CarStyle
    length: float
    width: float
    height: float

    def x(self, share: float) -> float:
        """Return the place [m] at `share` of the length behind the nose."""
        return self.length * (0.5 - share)

    def z(self, share: float) -> float:
        """Return the height [m] at `share` of the car's height."""
        return self.height * share

    @property
    def half(self) -> float:
        """Half width [m]."""
        return self.width / 2

    @property
    def axles(self) -> tuple[float, float]:
        """Places [m] of front and rear axle."""
        return self.x(self.style.front_axle), self.x(self.style.rear_axle)

    def sill(self, x: float | Array) -> Array:
        """Return the height [m] of the hull's upper edge at `x` [m]."""
        style = self.style
        tail = style.deck_z - (0.02 if not style.bed else 0.0)
        places = [0.5, style.rear_base, style.roof_end, style.header, style.cowl]
        at = [self.x(1.0), *(self.x(s) for s in places[1:]), self.x(style.cowl * 0.45), self.x(0.0)]
        rear = (
            style.deck_z if style.rear_base < 0.93 or style.bed else style.belt_z + style.belt_rise
        )
        heights = [
            tail, rear, style.belt_z + style.belt_rise, style.belt_z, style.cowl_z - 0.025,
            0.42 * style.nose_z + 0.58 * style.cowl_z - 0.012, style.nose_z,
        ]  # fmt: skip
        return PchipInterpolator(at, self.height * np.array(heights))(x)


def hull(frame: CarFrame, finish: Finish) -> Shell:
    """Return the lower body: bumper to bumper, underside to window sill."""
    style = frame.style
    front, rear = frame.length / 2, -frame.length / 2
    tall = frame.z(style.belt_z) - style.clearance
    radii = (0.13, 0.11, 0.09)
    xs = lines(rear, front, radii[0], 18)
    ys = lines(-frame.half, frame.half, radii[1], 6)
    edge = lines(0.0, tall, radii[2], 1)
    zs = np.concatenate([edge[:3], tall * np.array([0.33, 0.54, 0.68, 0.755]), edge[3:]])
    shell = rounded(lattice(xs, ys, zs, finish), radii)
    return warped(shell, lambda points: _hull_warp(frame, points, tall))


def _hull_warp(frame: CarFrame, points: Array, tall: float) -> Array:
    style, half = frame.style, frame.half
    x, y, share = points[:, 0], points[:, 1] / half, points[:, 2] / tall
    front = np.clip((x / frame.length + 0.5 - 0.72) / 0.28, 0, 1)
    rear = np.clip((0.5 - x / frame.length - 0.74) / 0.26, 0, 1)
    sweep = style.nose_sweep * np.abs(y) ** 2.6 * front**2 - (
        style.tail_sweep * np.abs(y) ** 2.8 * rear**2
    )
    nose = np.interp(share, [0, 0.18, 0.4, 0.62, 0.85, 1], [0.07, 0.015, 0, 0.03, 0.55, 1.0])
    nose = np.where(share < 0.4, nose, nose * style.rake)
    tail = np.interp(share, [0, 0.2, 0.45, 0.7, 1.0], [0.09, 0.02, 0, 0.02, 0.05])
    tail = tail + style.tail_rake * np.clip(share - 0.5, 0, 1) * 2
    moved = x - sweep - nose * front**4 + tail * rear**4
    taper = 1 - 0.07 * front**2 - 0.055 * rear**2
    width = half * taper * _section(share)
    bottom = style.clearance + 0.05 * front**2 + 0.09 * rear**2
    top = frame.sill(np.clip(x, -frame.length / 2, frame.length / 2))
    crown = 0.05 * (1 - y**2) * np.clip(share, 0, 1) ** 3 * (1 - 0.35 * front)
    ridge = 0.012 * front * np.exp(-(((np.abs(y) - 0.62) / 0.1) ** 2)) * share**4
    height = bottom + share * (top - bottom) + crown + ridge
    return np.stack([moved, y * width + _flare(frame, x, y, height), height], axis=1)


def _section(share: Array) -> Array:
    """Half width over its largest value at `share` of the hull's height: sill, belly, shoulder."""
    return np.interp(
        share,
        [0, 0.1, 0.33, 0.54, 0.68, 0.755, 0.84, 1.0],
        [0.945, 0.972, 0.984, 0.984, 0.99, 1.0, 0.98, 0.945],
    )


def _flare(frame: CarFrame, x: Array, y: Array, z: Array) -> Array:
    """How far [m] the wings bulge around the wheels; the flank between them is drawn in."""
    total = np.zeros(len(x))
    for place in frame.axles:
        gap = np.hypot(x - place, z - frame.style.wheel) - frame.style.wheel * 1.12
        total += np.exp(-((gap / 0.16) ** 2))
    return (np.clip(total, 0, 1) - 1) * 0.016 * np.sign(y) * (np.abs(y) > 0.8)


def glasshouse(frame: CarFrame, finish: Finish) -> Shell:
    """Return windows, pillars and roof, its foot sunk a little into the hull."""
    style = frame.style
    length = frame.length * (style.rear_base - style.cowl)
    foot = frame.z(style.belt_z) - 0.09
    tall, half = frame.height - foot, frame.half * style.belt_width
    radii = (0.13, 0.11, 0.085)
    xs = lines(0.0, length, radii[0], 10)
    ys = lines(-half, half, radii[1], 6)
    zs = np.concatenate([[0.0], lines(0.0, tall, radii[2], 4)[2:]])
    box = lattice(xs, ys, zs, finish)
    shell = rounded(box, radii)
    flat_foot = shell.points[:, 2] + 0.0
    # The foot keeps its corners: it is hidden in the hull and must not shrink inwards there.
    low = box.points[:, 2] < radii[2]
    points = np.where(low[:, None], _upright(box.points, radii), shell.points)
    points[:, 2] = np.where(low, box.points[:, 2], flat_foot)
    share = points / np.array([length, half, tall])
    return warped(shell, lambda _: _house_warp(frame, share))


def _upright(points: Array, radii: tuple[float, float, float]) -> Array:
    """Round only the upright edges of a box."""
    size = np.array(radii[:2])
    low, high = points[:, :2].min(axis=0), points[:, :2].max(axis=0)
    core = np.clip(points[:, :2], low + size, high - size)
    away = (points[:, :2] - core) / size
    length = np.maximum(np.linalg.norm(away, axis=1, keepdims=True), 1e-9)
    unit = np.where(length > 1e-6, away / length, 0.0)
    inside = np.abs(away).max(axis=1, keepdims=True) < 1 - 1e-9
    return np.column_stack([np.where(inside, points[:, :2], core + size * unit), points[:, 2]])


def _house_warp(frame: CarFrame, share: Array) -> Array:
    style = frame.style
    u, v, w = share[:, 0], share[:, 1], share[:, 2]
    bend = 4 * w * (1 - w)
    front = frame.x(style.cowl) + w * (frame.x(style.header) - frame.x(style.cowl)) + 0.035 * bend
    back = frame.x(style.rear_base) + w * (frame.x(style.roof_end) - frame.x(style.rear_base))
    back = back - 0.04 * bend
    x = back + u * (front - back)
    x = x - 0.16 * np.abs(v) ** 2.3 * u**3 + 0.08 * np.abs(v) ** 2.3 * (1 - u) ** 3
    lean = style.belt_width + (style.roof_width - style.belt_width) * w**1.25
    plan = 1 - 0.05 * np.clip(u - 0.55, 0, 1) ** 2 / 0.2 - 0.11 * np.clip(0.5 - u, 0, 1) ** 2 / 0.25
    y = v * frame.half * lean * plan
    foot = frame.sill(np.clip(x, -frame.length / 2, frame.length / 2)) - 0.07
    foot = np.minimum(foot, frame.z(style.belt_z + style.belt_rise) - 0.04)
    arch = np.where(
        u < 0.62, style.roof_arch * ((0.62 - u) / 0.62) ** 2, 0.03 * ((u - 0.62) / 0.38) ** 2
    )
    roof = frame.height - arch - 0.035 * v**2
    return np.stack([x, y, foot + w * (roof - foot)], axis=1)
