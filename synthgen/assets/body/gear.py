"""Wheelchairs and prams: what still stands on wheels, in the body's frame."""

from dataclasses import dataclass

import numpy as np

from synthgen.assets.body.stances import Seat
from synthgen.assets.sweeping import flipped, hoop, loft, ring, tube
from synthgen.geometry import Array
from synthgen.materials import Material, srgb
from synthgen.mesh import Mesh, merge

KIND = "pedestrian"
WHEEL, PRAM_WHEEL = 0.305, 0.13
"""[m] radius of a wheelchair's and of a pram's wheels.

Source: ISO 7176-5:2008 class A/B chairs use 24 inch wheels; prams as sold, 25 cm."""
_RUBBER = Material("tyre", srgb(28, 28, 30), roughness=0.9, reflectance=0.1)
_STEEL = Material("frame", srgb(150, 152, 156), roughness=0.35, metallic=0.8, reflectance=0.5)
_BLACK = Material("seat", srgb(32, 33, 36), roughness=0.8, reflectance=0.15)


@dataclass(frozen=True, eq=False)
class Gear:
    """Something on wheels.

    Attributes:
        still: what does not turn.
        wheels: what turns about `axle` [m].
        axle: the axis' middle, along y.
        radius: [m] of the wheels.
    """

    still: Mesh
    wheels: Mesh
    axle: tuple[float, float, float]
    radius: float


def wheelchair(height: float) -> tuple[Gear, Seat, tuple[float, float, float]]:
    """Return a wheelchair for someone `height` [m] tall, where hips and hands are, and a foot.

    Seat 0.50 m high, 1.05 m long, 0.64 m wide.

    Source: ISO 7193:1985, table 1, and common makes within it.
    """
    axle = (-0.06, 0.0, WHEEL)
    half = 0.265
    side = [
        tube([(-0.20, half - 0.03, 0.92), (-0.19, half - 0.03, 0.50), (0.24, half - 0.03, 0.50),
              (0.36, half - 0.05, 0.16), (0.46, half - 0.08, 0.10)], 0.013, _STEEL, KIND, 5),
        tube([(-0.30, half - 0.03, 0.94), (-0.20, half - 0.03, 0.92)], 0.016, _BLACK, KIND, 5),
        tube([(-0.14, half - 0.03, 0.70), (0.14, half - 0.03, 0.70), (0.15, half - 0.03, 0.50)],
             0.015, _BLACK, KIND, 5),
        tube([(0.20, half - 0.03, 0.50), (0.22, half - 0.05, 0.10)], 0.012, _STEEL, KIND, 5),
        _disc((0.20, half - 0.05, 0.085), 0.085, 0.03, 10),
        tube([(-0.06, half, WHEEL), (-0.06, half - 0.04, 0.50)], 0.014, _STEEL, KIND, 5),
    ]  # fmt: skip
    seat = loft([ring((0.03, 0, z), (0.22, 0.225), 8, 6.0) for z in (0.465, 0.505)], _BLACK, KIND)
    back = loft([ring((-0.19 - 0.02 * z, 0, 0.50 + z), (0.018, 0.225), 8, 6.0)
                 for z in (0.0, 0.38)], _BLACK, KIND)  # fmt: skip
    plate = loft([ring((0.45, 0, z), (0.09, 0.17), 8, 6.0) for z in (0.085, 0.10)], _BLACK, KIND)
    still = merge([*side, *(flipped(part) for part in side), seat, back, plate])
    hub = (axle[0], half + 0.03, WHEEL)
    rim = hoop((axle[0], half + 0.06, WHEEL), 0.26, _section(0.009), _STEEL, KIND, 20)
    one = merge([_wheel(hub, WHEEL, 0.013), rim])
    tall = height / 1.7
    place = Seat((-0.08, 0.0, 0.505 + 0.075 * tall), (0.03, 0.30, 0.58), 0.02, False)
    return Gear(still, merge([one, flipped(one)]), axle, WHEEL), place, (0.46, 0.09, 0.10)


def pram(height: float, color: Material) -> tuple[Gear, tuple[float, float, float]]:
    """Return a pram before someone `height` [m] tall, and where the left hand holds its bar."""
    bar = 0.59 * height
    near, far = 0.30, 1.05
    first, last = near + 0.20, far + 0.05
    side = [
        tube([(near, 0.21, bar), (near + 0.22, 0.23, 0.62), (last, 0.23, PRAM_WHEEL)],
             0.013, _STEEL, KIND, 5),
        tube([(near + 0.45, 0.23, 0.45), (first, 0.25, PRAM_WHEEL)], 0.013, _STEEL, KIND, 5),
        _disc((last, 0.21, 0.10), 0.10, 0.035, 12),
    ]  # fmt: skip
    grip = tube([(near, y, bar) for y in (-0.22, 0.22)], 0.016, _BLACK, KIND, 6)
    rows = ((0.40, 0.26, 0.14), (0.43, 0.32, 0.17), (0.66, 0.37, 0.20))
    basket = [ring((near + 0.46, 0, z), (x, y), 14, 3.0) for z, x, y in rows]
    inside = [ring((near + 0.46, 0, 0.60), (0.34, 0.17), 14, 3.0)]
    tub = loft(basket + inside, color, KIND)
    still = merge([*side, *(flipped(part) for part in side), grip, tub, _hood(near, color)])
    one = _wheel((first, 0.25, PRAM_WHEEL), PRAM_WHEEL, 0.02)
    axle = (first, 0.0, PRAM_WHEEL)
    return Gear(still, merge([one, flipped(one)]), axle, PRAM_WHEEL), (near, 0.17, bar)


def _hood(near: float, color: Material) -> Mesh:
    """Return the folding hood over the pram's head end, open towards who pushes."""
    arcs = []
    for turn in np.radians([100, 125, 150, 175]):
        side = np.linspace(-np.pi / 2, np.pi / 2, 9)
        out = 0.40 * np.cos(side)
        arcs.append(np.stack([near + 0.52 - out * np.cos(turn), 0.205 * np.sin(side),
                              0.64 + 0.95 * out * np.sin(turn)], 1))  # fmt: skip
    outer = np.array(arcs)
    inner = outer * [0.97, 0.95, 0.97] + [0.025, 0, 0.0]
    rings = [np.concatenate([one, two[::-1]]) for one, two in zip(outer, inner, strict=True)]
    return loft(rings, color, KIND, caps=False)


def _section(half: float) -> Array:
    angle = np.arange(6) / 6 * 2 * np.pi
    return half * np.stack([np.cos(angle), np.sin(angle)], 1)


def _wheel(center: tuple[float, float, float], radius: float, half: float) -> Mesh:
    """Return a tyre with twelve spokes and a hub."""
    tyre = hoop(center, radius - half, _section(half), _RUBBER, KIND, 20)
    hub = _disc(center, 0.12 * radius, 0.04, 6)
    spokes = []
    for turn in np.arange(12) / 12 * 2 * np.pi:
        way = np.array([np.cos(turn), 0, np.sin(turn)]) * (radius - half)
        spokes.append(tube([np.array(center), np.array(center) + way], 0.003, _STEEL, KIND, 3))
    return merge([tyre, hub, *spokes])


def _disc(center: tuple[float, float, float], radius: float, width: float, sides: int) -> Mesh:
    """Return a wheel without spokes."""
    angle = np.arange(sides) / sides * 2 * np.pi
    circle = np.stack([radius * np.cos(angle), 0 * angle, radius * np.sin(angle)], 1)
    return loft([circle + center - np.array([0, w, 0]) for w in (-width / 2, width / 2)],
                _RUBBER, KIND)  # fmt: skip
