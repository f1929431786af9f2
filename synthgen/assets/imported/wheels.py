"""Wheels of imported vehicles: which triangles turn, about which axle."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from synthgen.assets.imported.manifest import Asset
from synthgen.assets.imported.reading import Piece
from synthgen.assets.imported.shape import Shape, check_named, groups, named
from synthgen.geometry import Array

NEAR = 0.02
"""[m] between the parts of one wheel, at most: tyre, rim and disc."""
ROUND = 0.03
"""Share by which a wheel's length and height may differ."""
GROUND = 0.03
"""[m] that a wheel may hang above the ground."""
AXLE = 0.05
"""[m] Wheels this near in x are on one axle."""


@dataclass(frozen=True, eq=False)
class Turning:
    """A wheel.

    Attributes:
        triangles: its triangles' numbers.
        hub: [m] middle of the axle, body frame.
        radius: [m].
        steered: whether it is on the foremost axle.
    """

    triangles: Int[Array, "t"]
    hub: tuple[float, float, float]
    radius: float
    steered: bool


def wheels_of(asset: Asset, pieces: Sequence[Piece], shape: Shape) -> tuple[Turning, ...]:
    """Return the wheels of `asset`, none when its manifest names none.

    Raises ValueError when one is not round or not on the ground, or when all are on one axle.
    """
    for name in asset.wheels:
        check_named(name, pieces)
    own = np.flatnonzero(named(shape, pieces, asset.wheels))
    if not len(own):
        return ()
    group = groups("wheels", shape.vertices, shape.triangles[own], NEAR)
    parts = [own[group == number] for number in np.unique(group)]
    boxes = [_box(shape, part) for part in parts]
    front = max(float(box.mean(axis=0)[0]) for box in boxes)
    found = tuple(_turning(part, box, front) for part, box in zip(parts, boxes, strict=True))
    if all(wheel.steered for wheel in found):
        raise ValueError(f"its wheels are all on one axle, {front:.2f} m ahead")
    return found


def _box(shape: Shape, part: Int[Array, "t"]) -> Float[Array, "2 3"]:
    points = shape.corners[part].reshape(-1, 3)
    return np.stack([points.min(axis=0), points.max(axis=0)])


def _turning(part: Int[Array, "t"], box: Float[Array, "2 3"], front: float) -> Turning:
    hub, (long, _, high) = box.mean(axis=0), box[1] - box[0]
    where = f"the wheel at {hub[0]:.2f}, {hub[1]:.2f} m"
    if abs(long - high) > ROUND * high:
        raise ValueError(f"{where} is not round: {long:.2f} x {high:.2f} m")
    if abs(box[0, 2]) > GROUND:
        raise ValueError(f"{where} hangs {box[0, 2]:.2f} m above the ground")
    place = (float(hub[0]), float(hub[1]), float(hub[2]))
    return Turning(part, place, float(high / 2), bool(hub[0] > front - AXLE))
