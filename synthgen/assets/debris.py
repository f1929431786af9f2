"""What lies about: torn branches, cardboard boxes, wheelie bins, glass and shards of plastic."""

# ruff: noqa: RUF005 (a list added to an array is a sum, not a longer list)

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from synthgen.assets.sweeping import loft, plate, tube
from synthgen.geometry import Array, unit
from synthgen.materials import Material, Texture, srgb
from synthgen.mesh import Mesh, merge, mesh
from synthgen.world import Body, Extent

KIND = "debris"
_CARDS = ((168, 128, 84), (150, 112, 72), (182, 146, 104))
_BINS = ((44, 62, 46), (52, 54, 58), (40, 62, 110), (112, 78, 40))
_LEAVES = ((74, 98, 40), (96, 110, 50), (120, 100, 44))


def branch(name: str, rng: np.random.Generator) -> Body:
    """Return a torn branch with twigs and leaves, 1.0 to 2.4 m long, lying along x."""
    length = float(rng.uniform(1.0, 2.4))
    bark = Material("bark", srgb(84, 72, 58), 0.95, texture=Texture.BARK, reflectance=0.3,
                    porosity=0.6)  # fmt: skip
    girth = 0.010 + 0.012 * length
    s = np.linspace(0, 1, 7)
    bend = rng.uniform(-0.25, 0.25, 2)[:, None] * s**2 + 0.02 * rng.normal(size=(2, 7))
    line = np.stack([length * (s - 0.5), length * bend[0], length * 0.5 * bend[1]], axis=1)
    parts, tips = [tube(line, girth * (1 - 0.75 * s), bark, KIND, 7)], [line[-1]]
    for share in rng.uniform(0.2, 0.9, int(rng.integers(5, 9))):
        root = np.array([np.interp(share, s, line[:, k]) for k in range(3)])
        out = unit(np.array([0.9, 0, 0]) + rng.normal(size=3) * [0.2, 0.8, 0.5])
        reach = length * float(rng.uniform(0.18, 0.42)) * (1.2 - share)
        tip = root + reach * out
        middle = (root + tip) / 2 + 0.08 * reach * rng.normal(size=3)
        thick = girth * (1 - 0.75 * share) * 0.6
        parts.append(tube([root, middle, tip], [thick, 0.7 * thick, 0.003], bark, KIND, 5))
        tips += [tip, middle]
    return _body(name, "branch", [*parts, _foliage(np.array(tips), rng)])


def _foliage(places: Array, rng: np.random.Generator, count: int = 90) -> Mesh:
    """Return leaves about `places` [m]: rhombs, folded along the middle."""
    red, green, blue = _LEAVES[int(rng.integers(len(_LEAVES)))]
    leaf = Material("leaf", srgb(red, green, blue), 0.7, reflectance=0.5, porosity=0.2)
    root = places[rng.integers(len(places), size=count)] + 0.07 * rng.normal(size=(count, 3))
    along = unit(rng.normal(size=(count, 3)))
    side = unit(np.cross(along, rng.normal(size=(count, 3))))
    size = rng.uniform(0.035, 0.08, count)[:, None]
    fold = 0.3 * size * np.cross(along, side)
    corners = (root, root + size * along - 0.5 * size * side + fold, root + 2 * size * along,
               root + size * along + 0.5 * size * side + fold)  # fmt: skip
    vertices = np.stack(corners, axis=1).reshape(-1, 3)
    base = np.arange(count)[:, None, None] * 4
    one = (base + np.array([[0, 1, 2], [0, 2, 3]])).reshape(-1, 3)
    return mesh(vertices, np.concatenate([one, one[:, ::-1]]), leaf, KIND, crease=0.1)


def cardboard(name: str, rng: np.random.Generator) -> Body:
    """Return an empty cardboard box, its flaps open, with a strip of tape."""
    x, y, z = rng.uniform([0.35, 0.28, 0.22], [0.65, 0.5, 0.42])
    red, green, blue = _CARDS[int(rng.integers(len(_CARDS)))]
    card = Material("cardboard", srgb(red, green, blue), 0.85, reflectance=0.5, porosity=0.7)
    tape = Material("tape", srgb(196, 172, 120), 0.25, reflectance=0.4, porosity=0.0)
    thick = 0.004
    floor = np.array([(-x, -y, 0), (x, -y, 0), (x, y, 0), (-x, y, 0)]) / 2
    parts = [plate(floor, (0, 0, thick), card, KIND)]
    strip = np.array([(-x / 2, -0.025, -0.001), (x / 2, -0.025, -0.001),
                      (x / 2, 0.025, -0.001), (-x / 2, 0.025, -0.001)])  # fmt: skip
    parts.append(plate(strip, (0, 0, 0.0008), tape, KIND))
    for a, b in ((0, 1), (1, 2), (2, 3), (3, 0)):
        low = floor[[a, b]]
        out = unit(np.cross(low[1] - low[0], [0, 0, 1.0]))
        wall = np.concatenate([low, low[::-1] + [0, 0, z]])
        parts.append(plate(wall, -thick * out, card, KIND))
        open_ = float(rng.uniform(0.2, 2.6))
        flap = 0.48 * y * (np.cos(open_) * np.array([0, 0, 1.0]) + np.sin(open_) * out)
        rim = low + [0, 0, z]
        parts.append(plate(np.concatenate([rim, rim[::-1] + flap]), -thick * out, card, KIND))
    return _body(name, "cardboard", parts)


def wheelie_bin(name: str, rng: np.random.Generator) -> Body:
    """Return a 240 l bin on two wheels, standing, its lid ajar.

    Source: EN 840-1, 240 l: 0.58 m wide, 0.73 m deep, 1.07 m high.
    """
    red, green, blue = _BINS[int(rng.integers(len(_BINS)))]
    skin = Material("bin", srgb(red, green, blue), 0.5, reflectance=0.25, porosity=0.0)
    dark = Material("tyre", srgb(30, 30, 32), 0.9, reflectance=0.06)
    lid_tone = (red, green, blue) if rng.random() < 0.5 else (200, 160, 30)
    lid = Material("lid", srgb(*lid_tone), 0.5, reflectance=0.35, porosity=0.0)
    rows = ((0.04, 0.20, 0.21), (0.10, 0.24, 0.22), (0.98, 0.31, 0.27), (1.0, 0.34, 0.29))
    rings = [_square(height, deep, wide) for height, deep, wide in rows]
    ajar = float(rng.uniform(0.0, 0.35))
    hinge = np.array([-0.34, 0, 1.0])
    cover = np.array([(0, -0.29, 0), (0.70, -0.28, 0), (0.70, 0.28, 0), (0, 0.29, 0)])
    turn = np.array([[np.cos(ajar), 0, -np.sin(ajar)], [0, 1, 0], [np.sin(ajar), 0, np.cos(ajar)]])
    up = turn @ np.array([0, 0, 0.055])
    parts = [
        loft(rings, skin, KIND, crease=0.5),
        plate(cover @ turn.T + hinge, up, lid, KIND),
        tube([(-0.37, -0.24, 0.97), (-0.37, 0.24, 0.97)], 0.016, skin, KIND, 8),
        tube([(-0.22, -0.25, 0.1), (-0.22, 0.25, 0.1)], 0.012, dark, KIND, 6),
    ]
    for side in (-1, 1):
        axle = np.array([-0.22, side * 0.24, 0.1])
        parts.append(tube([axle, axle + [0, side * 0.045, 0]], 0.1, dark, KIND, 16))
    return _body(name, "bin", parts)


def _square(height: float, deep: float, wide: float) -> Array:
    """Return a rounded rectangle at `height`, half `deep` along x and half `wide` along y [m]."""
    angle = (np.arange(16) + 0.5) / 16 * 2 * np.pi
    c, s = np.cos(angle), np.sin(angle)
    blunt = (np.abs(c) ** 6 + np.abs(s) ** 6) ** (-1 / 6)
    return np.stack([deep * blunt * c, wide * blunt * s, np.full(16, height)], axis=1)


def shards(name: str, reach: float, rng: np.random.Generator) -> Body:
    """Return crumbs of safety glass and pieces of plastic trim strewn over `reach` [m]."""
    glass = Material("broken glass", srgb(196, 214, 210), 0.08, reflectance=0.3, porosity=0.0)
    trim = Material("broken trim", srgb(26, 26, 28), 0.55, reflectance=0.08, porosity=0.0)
    amber = Material("broken lens", srgb(176, 40, 26), 0.25, reflectance=0.3, porosity=0.0)
    parts = []
    for count, size, material in ((160, 0.012, glass), (9, 0.09, trim), (14, 0.03, amber)):
        place = reach * 0.36 * rng.normal(size=(count, 2))
        parts += [_chip(one, size * float(rng.uniform(0.6, 1.6)), material, rng) for one in place]
    return _body(name, "shards", parts)


def _chip(place: Array, size: float, material: Material, rng: np.random.Generator) -> Mesh:
    angle = np.sort(rng.uniform(0, 2 * np.pi / 3, 3) + np.arange(3) * 2 * np.pi / 3)
    lift = rng.uniform(0, 0.3 * size, 3)
    flat = np.stack([size * np.cos(angle), size * np.sin(angle), lift], axis=1)
    return plate(flat + [*place, 0.0], (0, 0, 0.25 * size), material, KIND)


def triangle(name: str) -> Body:
    """Return a warning triangle on its feet, facing -x: red bars that throw light back.

    Source: UN Regulation 27: sides of 0.5 m, bars 5 to 8 cm wide, feet that lift it 5 cm.
    """
    red = Material("triangle red", srgb(196, 26, 28), 0.4, reflectance=0.4, retroreflection=60.0)
    steel = Material("triangle foot", srgb(120, 120, 122), 0.4, metallic=1.0, reflectance=0.4)
    turn = np.pi / 2 + np.arange(3) * 2 * np.pi / 3
    outer = np.stack([0 * turn, 0.289 * np.cos(turn), 0.289 * np.sin(turn)], axis=1)
    parts = []
    for a, b in ((0, 1), (1, 2), (2, 0)):
        bar = np.array([outer[a], outer[b], 0.5 * outer[b], 0.5 * outer[a]])
        parts.append(plate(bar, (0.012, 0, 0), red, "traffic_sign"))
    low = float(outer[:, 2].min())
    for side in (-0.2, 0.2):
        foot = [(0.006, side, low), (-0.14, side, low - 0.05), (0.16, side, low - 0.05)]
        parts.append(tube(foot, 0.006, steel, "traffic_sign", 5))
    return replace(_body(name, "warning_triangle", parts), kind="traffic_sign")


MAKERS: Mapping[str, Callable[[str, np.random.Generator], Body]] = {
    "branch": branch,
    "cardboard": cardboard,
    "bin": wheelie_bin,
}
"""What the wind brings."""


def _body(name: str, subtype: str, parts: list[Mesh]) -> Body:
    """Return the body of `parts`, its origin in the middle of its box."""
    whole = merge(parts)
    low, high = whole.bounds
    middle = (low + high) / 2
    centered = replace(whole, vertices=whole.vertices - middle)
    size = high - low
    box = Extent((0.0, 0.0, 0.0), (float(size[0]), float(size[1]), float(size[2])))
    return Body(name, KIND, subtype, centered, box)
