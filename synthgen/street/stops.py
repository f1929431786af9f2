"""Bus stops and bicycle racks: what needs some room beside the kerb."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import shapely
from jaxtyping import Float
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from synthgen.geometry import Array, yaw_quaternion
from synthgen.lettering import strokes
from synthgen.materials import Material, srgb
from synthgen.mesh import Mesh, merge, mesh
from synthgen.network import Lane
from synthgen.road_user import SEAT
from synthgen.street.fixture import Bench, Fixture, Roadside, Shelter, Slot
from synthgen.street.lamps import GALVANISED, PAINTED_DARK
from synthgen.street.parts import block, plate, rectangle, tube
from synthgen.street.signals import at
from synthgen.street.signs import BACK, SHEETING, sign_post
from synthgen.street.small import WOOD
from synthgen.street.verge import Station, length, stations
from synthgen.world import Body, Circuit, Extent

Height = Callable[[Float[Array, "n 2"]], Float[Array, "n"]]
SHELTER = (4.4, 1.7)
"""[m] Ground of a shelter along and across the street."""
BENCH = 0.15, -0.65, 2.1
"""[m] Middle of the bench along the street, what backs lean on across it, and its length."""
PITCH = 0.85
"""[m] between the hoops of a rack. Source: FGSV, "Hinweise zum Fahrradparken", 2012: 0.8 m and
more, and 2.0 m for the length of a bicycle."""
PLATE_AT = 2.8
"""[m] of the middle of a stop's sign, above the roof of the shelter."""
STAND = 2.45
"""[m] of a bay for a bicycle."""
STOPS = {"downtown": 0.16, "suburb": 0.08, "arterial": 0.3, "industrial": 0.12, "osm": 0.12}
RACKS = {"downtown": 0.22, "suburb": 0.03, "arterial": 0.1, "industrial": 0.05, "osm": 0.12}
"""Share of the sides of streets with a stop, and with a rack."""
TINTED = Material("shelter glass", srgb(62, 74, 78), 0.08, reflectance=0.08, transmission=0.6,
                  porosity=0.0)  # fmt: skip
POSTER = Material("poster", srgb(214, 186, 120), 0.4, reflectance=0.4)
PLATE = Material("stop yellow", srgb(236, 190, 40), 0.35, reflectance=0.7,
                 retroreflection=0.5 * SHEETING)  # fmt: skip
INK = Material("stop green", srgb(20, 96, 52), 0.4, reflectance=0.2)
LIGHT_BOX = Circuit("sign", 160.0, (1.02, 1.0, 0.95), grid=True)
"""Luminance of an illuminated poster: CIE 150:2017, table 4, signs in zone E3: up to 800 cd/m2."""


def street_life(
    kind: str, lanes: Sequence[Lane], room: BaseGeometry, height: Height, rng: np.random.Generator
) -> tuple[Roadside, list[Slot]]:
    """Return bus stops, racks and the bays of the racks, all on `room`: free level ground."""
    stuff: list[Body] = []
    signs: list[Fixture] = []
    shelters: list[Shelter] = []
    rows: list[tuple[float, ...]] = []
    bays: list[Slot] = []
    for lane in (one for one in lanes if one.kind == "drive"):
        if rng.random() < STOPS.get(kind, 0.0) and length(lane) > 70:
            spot = _fit(lane, length(lane) - 32.0, SHELTER, room)
            if spot is not None:
                sign, post = _flag(spot, lane, height)
                stuff.append(_stop(spot, post, height, len(stuff)))
                signs.append(sign)
                shelters.append(Shelter((spot.x, spot.y, _z(spot, height)), spot.yaw))
                rows.append((spot.x, spot.y, spot.yaw, *SHELTER))
                room = room.difference(_ground(spot, SHELTER).buffer(0.8))
        if rng.random() < RACKS.get(kind, 0.0) and length(lane) > 50:
            count = int(rng.integers(3, 7))
            size = (count * PITCH + 0.4, STAND)
            spot = _fit(lane, float(rng.uniform(18, length(lane) - 20)), size, room)
            if spot is not None:
                hoops, own = _rack(spot, count, height)
                stuff.append(replace(hoops, name=f"street/rack/{len(stuff)}"))
                bays += own
                rows.append((spot.x, spot.y, spot.yaw, size[0], 0.5))
                room = room.difference(_ground(spot, size).buffer(0.5))
    ground = np.array(rows, float).reshape(-1, 5)
    benches = tuple(_bench(one) for one in shelters)
    return Roadside(tuple(stuff), tuple(signs), ground, benches, tuple(shelters)), bays


def _bench(stop: Shelter) -> Bench:
    """Return the bench of a shelter, which looks at the street."""
    x, y, z = stop.position
    ahead = np.array([np.cos(stop.yaw), np.sin(stop.yaw)])
    at_back = np.array([x, y]) + BENCH[0] * ahead + BENCH[1] * np.array([-ahead[1], ahead[0]])
    back = (float(at_back[0]), float(at_back[1]), z)
    return Bench(back, stop.yaw + np.pi / 2, BENCH[2], roofed=True)


def _ground(spot: Station, size: tuple[float, float]) -> Polygon:
    """Return the rectangle of `size` [m] along and across the street about a station."""
    ahead = np.array([np.cos(spot.yaw), np.sin(spot.yaw)]) * size[0] / 2
    left = np.array([-np.sin(spot.yaw), np.cos(spot.yaw)]) * size[1] / 2
    here = np.array([spot.x, spot.y])
    return Polygon([here - ahead - left, here + ahead - left, here + ahead + left,
                    here - ahead + left])  # fmt: skip


def _fit(lane: Lane, place: float, size: tuple[float, float], room: BaseGeometry) -> Station | None:
    """Return where a rectangle fits beside `lane`, as far from the kerb as there is room."""
    for away in (4.6, 3.6, 2.8, 2.1, 1.6):
        for spot in stations(lane, [place], away):
            if shapely.contains(room, _ground(spot, size)):
                return spot
    return None


def _z(spot: Station, height: Height) -> float:
    return float(height(np.array([[spot.x, spot.y]]))[0])


def _stop(spot: Station, post: Mesh, height: Height, number: int) -> Body:
    """Return a shelter whose open side faces the street, with the sign's `post`."""
    shape = at(shelter(), (spot.x, spot.y, _z(spot, height)), spot.yaw)
    whole = merge([shape, post])
    return Body(f"street/stop/{number}", "pole", "bus_stop", whole, circuits=(LIGHT_BOX,))


def shelter() -> Mesh:
    """Return a bus shelter open towards +y: posts, roof, panes, a bench and a lit poster."""
    parts = [
        block((-2.1, -0.8, 2.35), (2.1, 0.75, 2.45), PAINTED_DARK, "pole"),
        block((-0.9, -0.6, SEAT - 0.05), (1.2, -0.25, SEAT), WOOD, "pole"),
        block((2.0, -0.7, 0.15), (2.1, 0.35, 2.2), PAINTED_DARK, "pole"),
    ]
    for x in (-2.0, 0.0, 2.0):
        parts.append(block((x - 0.04, -0.74, 0), (x + 0.04, -0.66, 2.36), GALVANISED, "pole"))
    parts += [block((x - 0.03, -0.72, 0.3), (x + 1.86, -0.69, 2.1), TINTED, "pole")
              for x in (-1.9, 0.1)]  # fmt: skip
    parts.append(block((-2.05, -0.66, 0.3), (-2.02, 0.2, 2.1), TINTED, "pole"))
    for x in (1.94, 2.1):
        parts.append(block((x, -0.6, 0.35), (x + 0.06, 0.25, 2.05), POSTER, "pole", circuit=0))
    for x in (-0.7, 1.0):
        parts.append(block((x, -0.5, 0), (x + 0.06, -0.35, SEAT - 0.03), PAINTED_DARK, "pole"))
    return merge(parts)


def _flag(spot: Station, lane: Lane, height: Height) -> tuple[Fixture, Mesh]:
    """Return the sign of a stop and its post, at the front corner of the shelter's ground."""
    ahead = np.array([np.cos(spot.yaw), np.sin(spot.yaw)])
    left = np.array([-ahead[1], ahead[0]])
    x, y = (np.array([spot.x, spot.y]) + 2.12 * ahead + 0.72 * left).tolist()
    z = _z(spot, height)
    body = replace(stop_sign(), name=f"sign/bus_stop/{lane.name}")
    plate_at = (x - 0.05 * float(ahead[0]), y - 0.05 * float(ahead[1]), z + PLATE_AT)
    turn = tuple(yaw_quaternion(spot.yaw + np.pi).tolist())
    return Fixture(body, plate_at, turn), at(sign_post(PLATE_AT + 0.25), (x, y, z), spot.yaw)


def stop_sign() -> Body:
    """Return a bus stop's sign: a yellow plate with an H, read from +x; the origin its middle."""
    board = plate(rectangle(0.5, 0.5), 0.02, PLATE, BACK, "traffic_sign")
    letter = strokes("H", 0.28)
    flat = np.column_stack([np.full(letter.size // 2, 0.014), letter.reshape(-1, 2)])
    base = np.arange(len(letter))[:, None, None] * 4
    faces = (base + np.array([[0, 1, 2], [0, 2, 3]])).reshape(-1, 3)
    body = merge([*board, mesh(flat, faces, INK, "traffic_sign")])
    low, high = body.bounds
    extent = Extent(tuple((low + high) / 2), tuple(high - low))
    return Body("", "traffic_sign", "bus_stop", body, extent)


def _rack(spot: Station, count: int, height: Height) -> tuple[Body, list[Slot]]:
    """Return hoops in a row along the street, and a bay across it beside each."""
    hoop = [(0, -0.4, -0.1), (0, -0.4, 0.7), (0, -0.3, 0.82), (0, 0.3, 0.82), (0, 0.4, 0.7),
            (0, 0.4, -0.1)]  # fmt: skip
    model = tube(hoop, 0.024, GALVANISED, "pole", 6)
    ahead = np.array([np.cos(spot.yaw), np.sin(spot.yaw)])
    z = _z(spot, height)
    hoops, bays = [], []
    for number in range(count):
        x, y = np.array([spot.x, spot.y]) + ahead * (number - (count - 1) / 2) * PITCH
        hoops.append(at(model, (float(x), float(y), z), spot.yaw))
        beside = np.array([x, y]) + 0.33 * ahead
        way = spot.yaw + np.pi / 2 * (1 if number % 3 else -1)
        bays.append(Slot((float(beside[0]), float(beside[1]), z), way, STAND, ("bicycle",)))
    return Body("", "pole", "bicycle_rack", merge(hoops)), bays
