"""Yards of industry: wire-mesh fences, containers, tanks, silos, chimneys and pipe racks."""

from collections.abc import Sequence

import numpy as np
import shapely
from shapely.geometry import Polygon

from synthgen.geometry import Array
from synthgen.materials import Material, Texture, srgb
from synthgen.place import palette
from synthgen.place.facets import Frame, Patch, Rows, boxes, quads
from synthgen.place.ground import Pavement
from synthgen.place.planar import polygons_of
from synthgen.place.plots import Plot
from synthgen.place.yards import Yard, pavement

CONTAINER = (6.06, 2.44, 2.59)
"""[m] of a twenty-foot container; forty-foot ones are twice as long (ISO 668:2020, 1C and 1A)."""
LACQUER = (
    srgb(140, 52, 40), srgb(36, 74, 118), srgb(60, 92, 66), srgb(176, 110, 46), srgb(122, 122, 118),
    srgb(196, 192, 184), srgb(96, 40, 52), srgb(28, 96, 108),
)  # fmt: skip
TANK = Material("tank steel", srgb(188, 190, 188), 0.4, 0.5, reflectance=0.4, porosity=0.0)
FENCE = Material("green wire", srgb(58, 84, 66), 0.5, 0.2, reflectance=0.3, porosity=0.0)
ASPHALT = palette.asphalt(98, "yard asphalt")
PLATE = Material("concrete yard", srgb(146, 142, 134), 0.85, 0, Texture.CONCRETE, reflectance=0.35,
                 porosity=0.6)  # fmt: skip
BEHIND = 1.2
"""[m] from the edge of the street to a fence."""


def drum(
    center: Array, radius: tuple[float, float], height: float, material: Material, sides: int = 20
) -> Patch:
    """Return an upright drum on `center` [m], `radius` [m] at foot and top, shaded round."""
    angle = np.linspace(0, 2 * np.pi, sides + 1)
    way = np.column_stack([np.cos(angle), np.sin(angle), 0 * angle])
    low, high = center + radius[0] * way, center + radius[1] * way + np.array([0, 0, height])
    wall = np.stack([low[:-1], low[1:], high[1:], high[:-1]], axis=1)
    lid = np.stack(
        [high[:-1], high[1:], *2 * [np.tile(high[:-1].mean(axis=0), (sides, 1))]], axis=1
    )
    sheets = np.column_stack([np.zeros(sides), np.full(sides, height)])
    uv = np.stack([sheets, sheets, sheets, sheets], axis=1)
    return quads(np.concatenate([wall, lid]), material, np.concatenate([uv, uv]))


def fence(frame: Frame, start: Rows, end: Rows, height: float = 2.2) -> Patch:
    """Return fences of upright bars between posts, from `start` to `end` (x, y) [m] of `frame`."""
    parts = []
    for a, b in zip(np.asarray(start, float), np.asarray(end, float), strict=True):
        length = float(np.linalg.norm(b - a))
        posts = a + np.linspace(0, 1, max(int(length / 2.5), 1) + 1)[:, None] * (b - a)
        bars = a + np.linspace(0, 1, max(int(length / 0.4), 1) + 1)[:, None] * (b - a)
        ahead = (b - a) / max(length, 1e-9)
        parts += [(p - 0.035, p + 0.035, 0.0, height + 0.1) for p in posts]
        parts += [(p - 0.007, p + 0.007, 0.06, height) for p in bars]
        for z in (0.08, height / 2, height - 0.03):
            side = 0.012 * np.abs(np.array([-ahead[1], ahead[0]]))
            low, high = np.minimum(a, b) - side, np.maximum(a, b) + side
            parts.append((low, high, z, z + 0.03))
    low = [[*a, z] for a, _, z, _ in parts]
    high = [[*b, z] for _, b, _, z in parts]
    return boxes(low, high, FENCE, frame, faces=slice(0, 4))


def owns(plot: Plot, low: Sequence[float], high: Sequence[float]) -> bool:
    """Return whether the rectangle between two corners (x, y) [m] of its frame is all plot."""
    wish = plot.run.rectangle(float(low[0]), float(high[0]), float(low[1]), float(high[1]))
    return bool(plot.area.buffer(0.05).covers(wish))


def front_fence(plot: Plot, frame: Frame, rng: np.random.Generator) -> list[Patch]:
    """Return a fence along the street with a wide gate that stands open, and along one side."""
    gate = float(rng.uniform(0.25, 0.6)) * (plot.width - 10)
    ends = [(0.3, BEHIND), (gate + 9.0, BEHIND), (0.3, BEHIND)]
    others = [(gate, BEHIND), (plot.width - 0.3, BEHIND), (0.3, plot.depth - 0.5)]
    kept = [
        (a, b)
        for a, b in zip(ends, others, strict=True)
        if np.hypot(b[0] - a[0], b[1] - a[1]) > 2 and owns(plot, a, (b[0] + 0.01, b[1] + 0.01))
    ]
    return [fence(frame, [a for a, _ in kept], [b for _, b in kept])] if kept else []


def paved(plot: Plot, material: Material) -> list[Pavement]:
    """Return the pavement of a whole plot."""
    return pavement(plot, (0.0, plot.width, 0.0, plot.depth), material)


def farmyard(plot: Plot, built: list[Polygon]) -> list[Pavement]:
    """Return the paved middle of a farm and its way to the road."""
    middle = (16.0, plot.width - 14.0, 0.0, plot.depth - 15.0)
    wish = shapely.union_all([one.area for one in pavement(plot, middle, PLATE)])
    free = wish.difference(shapely.union_all([one.buffer(0.3) for one in built]))
    return [Pavement(part, PLATE) for part in polygons_of(free, 4.0)] if built else []


def containers(plot: Plot, frame: Frame, rng: np.random.Generator) -> list[Patch]:
    """Return stacks of containers in rows along the street."""
    long, wide, tall = CONTAINER
    end = plot.width - 3.0
    parts: list[Patch] = []
    rows = np.arange(12.0, plot.depth - 2.0 - wide, wide + float(rng.uniform(0.3, 1.6)))
    for number, y in enumerate(rows):
        x = 3.0
        while x < end - long:
            size = long * (2 if x < end - 2 * long and rng.uniform() < 0.5 else 1)
            stack = int(rng.choice([0, 1, 2, 3], p=[0.15, 0.35, 0.3, 0.2]))
            fits = owns(plot, (x, y), (x + size, y + wide))
            for level in range(stack if fits else 0):
                color = LACQUER[int(rng.integers(len(LACQUER)))]
                made = _container(frame, (x, float(y), level * tall), size, color)
                parts += made if number < 2 else made[:1]
            x += size + float(rng.choice([0.15, 3.5], p=[0.8, 0.2]))
    return parts


def _container(
    frame: Frame, at: tuple[float, float, float], long: float, color: palette.Color
) -> list[Patch]:
    """Return one container: a box with corrugations, corner posts and door bars."""
    wide, tall = CONTAINER[1], CONTAINER[2]
    corner = np.array(at)
    paint = Material("container", color, 0.5, 0.1, reflectance=0.35, porosity=0.0)
    dark = Material(
        "container edge",
        (0.7 * color[0], 0.7 * color[1], 0.7 * color[2]),
        0.5,
        0.1,
        reflectance=0.3,
    )
    ribs = np.arange(0.35, long - 0.3, 0.6)
    low = np.column_stack([ribs, np.full(len(ribs), 0.02), np.full(len(ribs), 0.16)])
    high = np.column_stack([ribs + 0.28, np.full(len(ribs), wide - 0.02), np.full(len(ribs), 2.45)])
    posts = [(x, y) for x in (0.0, long - 0.16) for y in (0.0, wide - 0.16)]
    bars = [(-0.03, y) for y in (0.5, 1.0, 1.4, 1.9)]
    frame_low = [[x, y, 0.0] for x, y in posts] + [[x, y, 0.1] for x, y in bars]
    frame_high = [[x + 0.16, y + 0.16, tall] for x, y in posts]
    frame_high += [[0.06, y + 0.04, 2.5] for _, y in bars]
    inner = [[0.04, 0.06, 0.05]], [[long - 0.04, wide - 0.06, tall - 0.02]]
    return [
        boxes(corner + np.array(inner[0]), corner + np.array(inner[1]), paint, frame),
        boxes(corner + low, corner + high, paint, frame, faces=slice(0, 4)),
        boxes(corner + np.array(frame_low), corner + np.array(frame_high), dark, frame),
    ]


def tank_farm(plot: Plot, frame: Frame, rng: np.random.Generator) -> list[Patch]:
    """Return tanks or silos in a row, a pipe rack before them and, sometimes, a chimney."""
    tall = rng.uniform() < 0.5
    radius = float(rng.uniform(1.6, 2.4) if tall else rng.uniform(4.0, 6.5))
    height = float(rng.uniform(11, 18) if tall else rng.uniform(6, 10))
    y = plot.depth - radius - 3.0
    xs = np.arange(radius + 3.0, plot.width - radius - 2.0, 2 * radius + 1.2)
    xs = xs[
        np.array(
            [owns(plot, (x - radius, y - radius - 5), (x + radius, y + radius)) for x in xs], bool
        )
    ]
    parts = _pipes(frame, float(xs[0]), float(xs[-1]), y - radius - 2.2) if len(xs) > 1 else []
    for x in xs:
        foot = frame.place(np.array([[x, y, 0.0]]))[0]
        parts.append(drum(foot, (radius, radius), height, TANK))
        parts.append(drum(foot + np.array([0, 0, height]), (radius, 0.25), 0.35 * radius, TANK))
        bands = [foot + np.array([0, 0, z]) for z in (0.33 * height, 0.66 * height)]
        parts += [drum(band, (1.01 * radius, 1.01 * radius), 0.12, palette.STEEL) for band in bands]
        parts.append(_ladder(frame, (float(x), float(y - radius)), height))
    spot = (plot.width - 5.0, 0.5 * plot.depth)
    room_beside = owns(plot, (spot[0] - 2.5, spot[1] - 2.5), (spot[0] + 2.5, spot[1] + 2.5))
    if rng.uniform() < 0.5 and room_beside:
        parts += _chimney(frame.place(np.array([[*spot, 0.0]]))[0], rng)
    return parts


def _ladder(frame: Frame, foot: tuple[float, float], height: float) -> Patch:
    """Return a ladder on the near side of a tank."""
    x, y = foot
    rungs = np.arange(0.4, height, 0.35)
    low = [[x - 0.25, y - 0.2, z] for z in rungs]
    high = [[x + 0.25, y - 0.17, z + 0.03] for z in rungs]
    low += [[x - 0.28, y - 0.21, 0.0], [x + 0.25, y - 0.21, 0.0]]
    high += [[x - 0.25, y - 0.16, height + 0.9], [x + 0.28, y - 0.16, height + 0.9]]
    return boxes(low, high, palette.STEEL, frame)


def _pipes(frame: Frame, start: float, end: float, y: float) -> list[Patch]:
    """Return a rack with four pipes along x."""
    posts = np.arange(start, end + 0.1, max((end - start) / 4, 3.0))
    low = [[x - 0.1, y + s - 0.1, 0.0] for x in posts for s in (0.0, 1.6)]
    high = [[x + 0.1, y + s + 0.1, 4.2] for x in posts for s in (0.0, 1.6)]
    low += [[x - 0.1, y, 3.6] for x in posts]
    high += [[x + 0.1, y + 1.6, 3.8] for x in posts]
    tubes = [[start - 1.0, y + 0.1 + 0.38 * i, 3.8] for i in range(4)]
    ends = [[end + 1.0, y + 0.32 + 0.38 * i, 4.02] for i in range(4)]
    colors = (palette.STEEL, palette.painted(palette.BRIGHT[3]))
    return [
        boxes(low, high, palette.painted(palette.BRIGHT[1]), frame),
        boxes(tubes[:2], ends[:2], colors[0], frame),
        boxes(tubes[2:], ends[2:], colors[1], frame),
    ]


def _chimney(foot: Array, rng: np.random.Generator) -> list[Patch]:
    """Return a tapered chimney, red and white at its top."""
    height, wide = float(rng.uniform(28, 46)), float(rng.uniform(1.3, 2.0))
    levels = np.array([0.0, 0.7, 0.78, 0.86, 0.94, 1.0]) * height
    red = palette.painted(srgb(168, 44, 36))
    shades = (palette.concrete(150, "chimney"), red, palette.FRAME_WHITE, red, palette.FRAME_WHITE)

    def radius(z: float) -> float:
        return wide * (1 - 0.35 * z / height)

    return [
        drum(foot + np.array([0, 0, a]), (radius(a), radius(b)), float(b - a), shade, 16)
        for a, b, shade in zip(levels, levels[1:], shades, strict=False)
    ]


def yard_of(use: str, plot: Plot, frame: Frame, rng: np.random.Generator) -> Yard:
    """Return what an industrial plot holds besides its hall: `hall`, `depot` or `works`."""
    made = Yard()
    made.pavements.extend(paved(plot, ASPHALT if rng.uniform() < 0.6 else PLATE))
    made.fences.extend(front_fence(plot, frame, rng))
    if use == "depot":
        made.structures.extend(containers(plot, frame, rng))
    elif use == "works":
        made.structures.extend(tank_farm(plot, frame, rng))
    return made
