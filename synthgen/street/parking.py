"""Parking bays beside the carriageway, level with the sidewalk, asphalt between white lines."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import shapely
from jaxtyping import Float
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from synthgen.geometry import Array
from synthgen.materials import Material, Texture, srgb
from synthgen.mesh import merge, mesh
from synthgen.network import Lane
from synthgen.street.fixture import Slot
from synthgen.street.verge import length, stations
from synthgen.world import Body

Height = Callable[[Float[Array, "n 2"]], Float[Array, "n"]]
BAY = (6.0, 2.1)
"""[m] length and width of a bay. Source: FGSV, EAR 05: 5.7 to 6.7 m by 2.0 m beside a street."""
LORRY = 20.0
"""[m] of a bay for an articulated lorry and its manoeuvring."""
KERB = 0.15
SURFACE = Material("bay asphalt", srgb(88, 87, 86), 0.9, texture=Texture.ASPHALT, reflectance=0.14,
                   porosity=0.7)  # fmt: skip
LINE = Material("bay line", srgb(200, 200, 196), 0.6, texture=Texture.MARKING,
                parameters=(0.35, 0, 0, 0), reflectance=0.6, retroreflection=0.2)  # fmt: skip


def parking_slots(
    lanes: Sequence[Lane], allowed: BaseGeometry, height: Height, rng: np.random.Generator
) -> list[Slot]:
    """Return the bays of streets that have parking, each wholly on `allowed` ground."""
    shapely.prepare(allowed)
    slots = []
    for lane in lanes:
        room = length(lane) - 26
        if lane.kind not in ("drive", "paved") or room < BAY[0] or rng.random() > 0.62:
            continue
        places = [13 + BAY[0] * (i + 0.5) for i in range(int(room / BAY[0]))]
        spots = stations(lane, places, KERB + 0.05 + BAY[1] / 2)
        wished = [Slot((spot.x, spot.y, 0.0), spot.yaw, BAY[0]) for spot in spots]
        free = shapely.contains(allowed, [footprint(slot) for slot in wished])
        for slot in (slot for slot, fits in zip(wished, free, strict=True) if fits):
            z = float(height(corners(slot)).max())
            if z < 0.2:
                slots.append(replace(slot, position=(*slot.position[:2], z + 0.012)))
    return slots


def lay_by_slots(lanes: Sequence[Lane]) -> list[Slot]:
    """Return where lorries and cars stand on the strips beside the lay-bys of a motorway."""
    slots = []
    for lane in lanes:
        if lane.kind != "shoulder" or lane.road != "services":
            continue
        start, end = 100.0, length(lane) - 100.0
        places = np.arange(start + LORRY / 2, end, LORRY).tolist()
        for number, spot in enumerate(stations(lane, places, -lane.width / 2)):
            where = (spot.x, spot.y, 0.0)
            if number % 3 < 2:
                slots.append(Slot(where, spot.yaw, LORRY, ("truck",)))
            else:
                slots += _halves(where, spot.yaw)
    return slots


def _halves(where: tuple[float, float, float], yaw: float) -> list[Slot]:
    """Return two bays for cars instead of one for a lorry."""
    ahead = np.array([np.cos(yaw), np.sin(yaw), 0.0]) * LORRY / 4
    return [Slot(tuple((np.array(where) + side * ahead).tolist()), yaw, BAY[0])
            for side in (-1, 1)]  # fmt: skip


def lane_slots(lanes: Sequence[Lane]) -> list[Slot]:
    """Return the slots on lanes that the map has for parking, on the carriageway."""
    slots = []
    for lane in lanes:
        if lane.kind == "parking" and lane.width > BAY[1] - 0.3:
            places = [BAY[0] * (i + 0.5) for i in range(int(length(lane) / BAY[0]))]
            spots = stations(lane, places, -lane.width / 2)
            slots += [Slot((spot.x, spot.y, 0.0), spot.yaw, BAY[0]) for spot in spots]
    return slots


def corners(slot: Slot) -> Float[Array, "4 2"]:
    """Return the corners of a bay, anticlockwise."""
    ahead = np.array([np.cos(slot.yaw), np.sin(slot.yaw)])
    left = np.array([-ahead[1], ahead[0]])
    middle = np.array(slot.position[:2])
    return middle + _SIGNS[:, :1] * ahead * BAY[0] / 2 + _SIGNS[:, 1:] * left * BAY[1] / 2


_SIGNS = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])


def footprint(slot: Slot) -> Polygon:
    """Return the ground that a bay covers."""
    return Polygon(corners(slot))


def bay_body(slots: Sequence[Slot]) -> list[Body]:
    """Return the surfaces of all bays with the lines between them."""
    if not slots:
        return []
    parts = []
    for slot in slots:
        ground = corners(slot)
        ahead = (ground[1] - ground[0]) / BAY[0]
        parts.append(mesh(_raised(ground, slot.position[2]), _QUAD, SURFACE, "road"))
        line = np.array([ground[1] - 0.1 * ahead, ground[1], ground[2], ground[2] - 0.1 * ahead])
        parts.append(mesh(_raised(line, slot.position[2] + 0.004), _QUAD, LINE, "lane_marking"))
    return [Body("street/bays", "road", "bay", merge(parts))]


_QUAD = np.array([[0, 1, 2], [0, 2, 3]])


def _raised(outline: Float[Array, "4 2"], z: float) -> Float[Array, "4 3"]:
    return np.column_stack([outline, np.full(4, z)])
