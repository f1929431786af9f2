"""Points of road users that send a radar's waves back: where they are, how strongly, how they move.

Vehicles: lobes of front, rear and sides that together follow the published pattern of a car's
cross-section over aspect, and points that shine at all angles, which make its floor. People: trunk
and limbs at their joints, with the velocities of the gait.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array, transform
from synthgen.radar.frame import STEP
from synthgen.scene import Present

FRONT, REAR, SIDE = 40.54, 36.32, 26.90
"""[deg] Widths of the lobes of a vehicle.

Source: 3GPP TR 38.901 V19, table 7.9.2.1-4 (vehicle): half-power widths in azimuth."""


@dataclass(frozen=True, eq=False)
class Scatterers:
    """Points of one thing.

    Attributes:
        position: [m] world frame.
        velocity: [m/s] world frame.
        cross_section: [m2] where the point is seen along its axis.
        axis: unit vectors in the plane of the road, world frame; zero: alike from all sides.
        width_deg: [deg] at which the cross-section is half, both sides together.
        shape: of the gamma distribution of the power.
    """

    position: Float[Array, "n 3"]
    velocity: Float[Array, "n 3"]
    cross_section: Float[Array, "n"]
    axis: Float[Array, "n 3"]
    width_deg: Float[Array, "n"]
    shape: Float[Array, "n"]

    def seen_along(self, way: Float[Array, "n 3"]) -> Float[Array, "n"]:
        """Return cross-sections [m2] along `way`s from the radar: -12 (angle / width)^2 dB."""
        back = -way[:, :2] / np.maximum(np.linalg.norm(way[:, :2], axis=1), 1e-9)[:, None]
        cosine = np.clip(np.einsum("ij,ij->i", back, self.axis[:, :2]), -1, 1)
        lobe = 10 ** (-1.2 * (np.degrees(np.arccos(cosine)) / self.width_deg) ** 2)
        return self.cross_section * np.where(self.axis.any(axis=1), lobe, 1.0)


@dataclass(frozen=True)
class Shine:
    """Cross-sections [dBsm] of a class: peaks of front, rear and side, and the floor between."""

    front: float
    rear: float
    side: float
    floor: float


_CAR = Shine(15.52, 14.56, 20.75, 7.07)
VEHICLES = {
    "car": _CAR,
    "police_car": _CAR,
    "van": Shine(17.0, 17.0, 23.0, 9.0),
    "ambulance": Shine(18.0, 18.0, 24.0, 10.0),
    "truck": Shine(20.0, 23.0, 28.0, 13.0),
    "trailer": Shine(20.0, 23.0, 28.0, 13.0),
    "bus": Shine(21.0, 22.0, 28.0, 13.0),
    "fire_engine": Shine(21.0, 22.0, 28.0, 13.0),
    "motorcycle": Shine(4.0, 4.0, 8.0, 1.0),
    "bicycle": Shine(-10.0, -10.0, 3.0, -9.0),
}
"""Cars: 3GPP TR 38.901 V19, table 7.9.2.1-4: peaks of front, back and sides, and what is left of
them beyond sigma_max (7.07 dBsm all round). Others are estimates that follow from it by size."""

PEOPLE = {"pedestrian": -8.0, "rider": -8.0}
"""[dBsm] of a grown person 1.75 m tall at 77 GHz; measured ones lie between -15 and 0 (an
estimate after J. Fortuny-Guasch and J.-M. Chareau, "Radar cross section measurements of pedestrian
dummies and humans in the 24/77 GHz frequency bands", EUR 25762 EN, 2013)."""

ANIMALS = {"dog": -15.0, "cat": -20.0, "deer": -6.0}
"""[dBsm] Estimates, by size beside a person."""

_LIMBS = (
    # COCO keypoints that the point is the middle of, share of the cross-section
    ((5, 6), 0.30), ((11, 12), 0.22), ((0,), 0.08), ((7,), 0.04), ((8,), 0.04), ((9,), 0.03),
    ((10,), 0.03), ((13,), 0.08), ((14,), 0.08), ((15,), 0.05), ((16,), 0.05),
)  # fmt: skip
"""Chest, hips, head, elbows, wrists, knees, ankles. Estimates: shares of the area of a body."""


def scatterers(thing: Present, time: float) -> Scatterers | None:
    """Return the points of `thing` at `time` [s]; None for what is no road user or animal."""
    kind = thing.body.kind
    if kind in VEHICLES and thing.extent is not None:
        return _vehicle(thing, VEHICLES[kind], time)
    if kind in PEOPLE:
        return _person(thing, PEOPLE[kind], time)
    if kind in ANIMALS and thing.extent is not None:
        return _moved(thing, time, [_Point(thing.extent.center, ANIMALS[kind], shape=1.0)])
    return None


@dataclass(frozen=True)
class _Point:
    """A point in the body's frame: place [m], dBsm, axis [deg], width [deg], own velocity [m/s]."""

    place: tuple[float, float, float]
    dbsm: float
    axis: float = np.nan
    width: float = 1.0
    shape: float = 2.0
    moves: tuple[float, float, float] = (0.0, 0.0, 0.0)


def _vehicle(thing: Present, shine: Shine, time: float) -> Scatterers:
    assert thing.extent is not None
    (x, y, _), (length, width, height) = thing.extent.center, thing.extent.size
    low, nose, tail = min(0.5, height / 2), x + length / 2, x - length / 2
    points = [
        *_lobe([(nose, y + s * width * 0.35, low) for s in (-1, 0, 1)], shine.front, 0.0, FRONT),
        *_lobe([(tail, y + s * width * 0.35, low) for s in (-1, 0, 1)], shine.rear, 180.0, REAR),
    ]
    along = np.linspace(tail + 0.1 * length, nose - 0.1 * length, max(round(length / 1.2), 2))
    for side in (-1, 1):
        places = [(float(a), y + side * width / 2, low) for a in along]
        points += _lobe(places, shine.side, 90.0 * side, SIDE)
        points += _edges(thing, shine.floor, side)
        points += _wheels(thing, shine.floor - 12.0, side, time)
    points += [_Point((a, y, 0.2), shine.floor - 10.0, shape=1.0) for a in (nose - 1.0, x, tail)]
    return _moved(thing, time, points)


def _lobe(
    places: list[tuple[float, float, float]], dbsm: float, axis: float, width: float
) -> list[_Point]:
    """Points that share a cross-section, seen along `axis` [deg]."""
    share = 10 * np.log10(len(places))
    return [_Point(place, dbsm - share, axis, width) for place in places]


def _edges(thing: Present, dbsm: float, side: int) -> list[_Point]:
    """Corners of the bumpers, wheel houses and mirror of one side: what shines at all angles.

    From any side about two corners, two wheel houses and a mirror are seen.
    """
    assert thing.extent is not None
    (x, y, _), (length, width, height) = thing.extent.center, thing.extent.size
    ends = (x + length / 2 - 0.15, x - length / 2 + 0.15)
    edge, low = y + side * (width / 2 - 0.1), min(0.5, height / 2)
    corners = [_Point((end, edge, low), dbsm - 4.8) for end in ends]
    hubs = [wheel.hub for wheel in thing.body.wheels if wheel.hub[1] * side > 0]
    houses = [_Point((hub[0], y + side * width / 2, hub[2]), dbsm - 7.8) for hub in hubs[:6]]
    mirror = _Point((x + 0.2 * length, y + side * width / 2, 0.65 * height), dbsm - 13.0)
    return [*corners, *houses, mirror]


def _wheels(thing: Present, dbsm: float, side: int, time: float) -> list[_Point]:
    """Points of the tyres, which run from standing still to twice the vehicle's speed."""
    pose = thing.track.world_from_body(time)
    speed = float(_velocity_of_origin(thing, time) @ pose[:3, 0])
    found = []
    for wheel in thing.body.wheels:
        if wheel.hub[1] * side <= 0:
            continue
        for angle in np.radians((-60.0, 0.0, 60.0, 120.0)):
            up, ahead = np.sin(angle), np.cos(angle)
            hub, radius = np.array(wheel.hub), wheel.radius
            place = hub + radius * np.array([ahead, 0.0, up])
            moves = (speed * up, 0.0, -speed * ahead)
            found.append(_Point(tuple(place), dbsm - 3.0, 90.0 * side, 120.0, 1.0, moves))
    return found


def _velocity_of_origin(thing: Present, time: float) -> Float[Array, "3"]:
    before, after = (thing.track.position_at(time + s * STEP) for s in (-1, 1))
    return (after - before) / (2 * STEP)


def _moved(thing: Present, time: float, points: list[_Point]) -> Scatterers:
    """Put points of the body's frame into the world."""
    before, now, after = (thing.track.world_from_body(time + s * STEP) for s in (-1, 0, 1))
    place = np.array([point.place for point in points], float)
    own = np.array([point.moves for point in points], float) @ now[:3, :3].T
    axis = np.radians([point.axis for point in points])
    flat = np.stack([np.cos(axis), np.sin(axis), np.zeros(len(axis))], axis=1)
    return Scatterers(
        position=transform(now, place),
        velocity=(transform(after, place) - transform(before, place)) / (2 * STEP) + own,
        cross_section=10 ** (np.array([point.dbsm for point in points]) / 10),
        axis=np.nan_to_num(flat) @ now[:3, :3].T,
        width_deg=np.array([point.width for point in points]),
        shape=np.array([point.shape for point in points]),
    )


def _person(thing: Present, dbsm: float, time: float) -> Scatterers:
    """Return trunk and limbs; a small person shines less, by the area that is seen."""
    height = thing.extent.size[2] if thing.extent is not None else 1.75
    total = 10 ** (dbsm / 10) * (height / 1.75) ** 2
    if thing.body.keypoints is None:
        center = thing.extent.center if thing.extent is not None else (0.0, 0.0, 1.0)
        return _moved(thing, time, [_Point(center, 10 * np.log10(total), shape=1.0)])
    before, after = _joints(thing, time - STEP), _joints(thing, time + STEP)
    count = len(_LIMBS)
    return Scatterers(
        position=(before + after) / 2,
        velocity=(after - before) / (2 * STEP),
        cross_section=total * np.array([share for _, share in _LIMBS]),
        axis=np.zeros((count, 3)),
        width_deg=np.ones(count),
        shape=np.ones(count),
    )


def _joints(thing: Present, time: float) -> Float[Array, "n 3"]:
    """Middles of trunk and limbs [m], world frame."""
    assert thing.body.keypoints is not None
    joints = thing.body.keypoints(thing.track.phase_at(time))
    middles = np.array([joints[list(which)].mean(axis=0) for which, _ in _LIMBS])
    return transform(thing.track.world_from_body(time), middles)
