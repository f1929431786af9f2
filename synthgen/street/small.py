"""Small things along a street: bins, hydrants, bollards, benches, mail boxes, cones."""

import numpy as np

from synthgen.materials import Material, srgb
from synthgen.mesh import Mesh, merge
from synthgen.road_user import SEAT
from synthgen.street.lamps import PAINTED_DARK
from synthgen.street.parts import block, lathe, plate, tube
from synthgen.world import Body, Extent

RED = Material("hydrant red", srgb(168, 36, 28), 0.45, reflectance=0.45)
GREEN = Material("bin green", srgb(38, 66, 48), 0.6, reflectance=0.2)
BLUE = Material("box blue", srgb(26, 52, 110), 0.45, reflectance=0.3)
WOOD = Material("bench wood", srgb(126, 92, 58), 0.8, reflectance=0.4)
ORANGE = Material("cone orange", srgb(226, 84, 24), 0.55, reflectance=0.6)
WHITE = Material("cone sleeve", srgb(235, 235, 235), 0.4, reflectance=0.8, retroreflection=110.0)


BENCH_BACK, BENCH_LENGTH = -0.24, 1.6
"""[m] The front of a bench's back along the way it faces, and its length."""
BENCH_MIDDLE, BENCH_DEPTH = 0.195, 0.46
"""[m] How far the middle of a bench is before the front of its back, and how deep it is."""


def bin_mesh() -> Mesh:
    """Return a litter bin."""
    body = lathe([(0, 0), (0.2, 0), (0.25, 0.75), (0.27, 0.78), (0.27, 0.86), (0.12, 0.98), (0, 1)],
                 GREEN, "pole", 12)  # fmt: skip
    return merge(
        [body, lathe([(0, 0.79), (0.255, 0.79), (0.255, 0.84), (0, 0.84)], PAINTED_DARK, "pole")]
    )


def hydrant_mesh() -> Mesh:
    """Return a fire hydrant."""
    barrel = [(0, 0), (0.16, 0), (0.16, 0.05), (0.11, 0.07), (0.11, 0.5), (0.14, 0.52),
              (0.13, 0.58), (0.07, 0.68), (0.03, 0.72), (0, 0.73)]  # fmt: skip
    ports = [tube([(0, y, 0.4), (0, 1.7 * y, 0.4)], 0.055, RED, "pole") for y in (-0.1, 0.1)]
    return merge([lathe(barrel, RED, "pole", 10), *ports])


def bollard_mesh() -> Mesh:
    """Return a bollard."""
    outline = [
        (0, 0),
        (0.07, 0),
        (0.065, 0.85),
        (0.085, 0.87),
        (0.085, 0.92),
        (0.04, 0.97),
        (0, 0.98),
    ]
    return lathe(outline, PAINTED_DARK, "pole", 10)


def bench_mesh() -> Mesh:
    """Return a bench that faces +x."""
    slats = [
        block((x, -0.8, SEAT - 0.035), (x + 0.1, 0.8, SEAT), WOOD, "pole")
        for x in (-0.2, -0.07, 0.06)
    ]
    back = [
        block((BENCH_BACK - 0.035, -0.8, z), (BENCH_BACK, 0.8, z + 0.1), WOOD, "pole")
        for z in (0.58, 0.74)
    ]
    legs = [
        tube([(x, y, 0), (x, y, h)], 0.025, PAINTED_DARK, "pole", 6)
        for y in (-0.65, 0.65) for x, h in ((0.08, 0.42), (-0.27, 0.84))
    ]  # fmt: skip
    return merge([*slats, *back, *legs])


def mail_box_mesh() -> Mesh:
    """Return a street mail box: legs, a body and a rounded lid."""
    angle = np.linspace(0, np.pi, 9)
    lid = [(0.24 * np.cos(a), 1.0 + 0.24 * np.sin(a)) for a in angle]
    outline = np.array([*lid, (-0.24, 0.25), (0.24, 0.25)])
    legs = [
        block((x - 0.03, y - 0.03, 0), (x + 0.03, y + 0.03, 0.27), BLUE, "pole")
        for x in (-0.18, 0.18) for y in (-0.2, 0.2)
    ]  # fmt: skip
    return merge([*plate(outline, 0.5, BLUE, BLUE, "pole"), *legs])


def cone(name: str) -> Body:
    """Return a traffic cone, 0.75 m high."""
    outline = [(0, 0.03), (0.15, 0.03), (0.115, 0.3)]
    parts = [
        block((-0.2, -0.2, 0), (0.2, 0.2, 0.035), ORANGE, "traffic_cone"),
        lathe(outline, ORANGE, "traffic_cone", 14),
        lathe([(0, 0.3), (0.115, 0.3), (0.085, 0.5), (0, 0.5)], WHITE, "traffic_cone", 14),
        lathe([(0, 0.5), (0.085, 0.5), (0.035, 0.74), (0, 0.75)], ORANGE, "traffic_cone", 14),
    ]
    body = merge(parts)
    low, high = body.vertices.min(axis=0), body.vertices.max(axis=0)
    return Body(name, "traffic_cone", "", body, Extent(tuple((low + high) / 2), tuple(high - low)))
