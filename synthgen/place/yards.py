"""Gardens: driveways, paths, fences, hedges, shrubs and trees around houses."""

from dataclasses import dataclass, field

import numpy as np
import shapely

from synthgen.materials import Material
from synthgen.place import palette
from synthgen.place.facets import Frame, Patch, boxes
from synthgen.place.ground import Pavement
from synthgen.place.houses import HousePlan
from synthgen.place.look import Look
from synthgen.place.planar import polygons_of
from synthgen.place.plots import Plot
from synthgen.place.vegetation import blobs, hedge, trees


@dataclass(frozen=True, eq=False)
class Yard:
    """What stands and lies around the buildings of a plot, by class."""

    fences: list[Patch] = field(default_factory=list)
    greens: list[Patch] = field(default_factory=list)
    crowns: list[Patch] = field(default_factory=list)
    structures: list[Patch] = field(default_factory=list)
    pavements: list[Pavement] = field(default_factory=list)
    paint: list[Patch] = field(default_factory=list)

    def extend(self, other: "Yard") -> None:
        """Add everything in `other`."""
        self.fences.extend(other.fences)
        self.greens.extend(other.greens)
        self.crowns.extend(other.crowns)
        self.structures.extend(other.structures)
        self.pavements.extend(other.pavements)
        self.paint.extend(other.paint)


def frame_of(plot: Plot, base: float) -> Frame:
    """Return the frame of `plot`: x along the street, y into the plot, origin at `base` [m]."""
    x, y = plot.run.along
    return Frame(np.array([*plot.run.start, base]), np.array([[x, y, 0], [-y, x, 0], [0, 0, 1.0]]))


def pavement(
    plot: Plot, size: tuple[float, float, float, float], material: Material
) -> list[Pavement]:
    """Return the pavement over left, right, near, far [m] in `plot`, as far as it owns the land."""
    wish = plot.run.rectangle(*size).intersection(plot.area)
    return [Pavement(part, material) for part in polygons_of(wish, 0.3)]


def yard(plot: Plot, plan: HousePlan, base: float, style: Look, rng: np.random.Generator) -> Yard:
    """Return the garden of a house."""
    made = Yard()
    gaps = [(plan.door - 0.7, plan.door + 0.7)]
    made.pavements.extend(pavement(plot, (*gaps[0], 0.0, plan.main.near - 1.6), style.paved))
    if plan.garage is not None:
        gaps.append((plan.garage.left + 0.2, plan.garage.right - 0.2))
        made.pavements.extend(pavement(plot, (*gaps[1], 0.0, plan.garage.near), style.paved))
    frame = frame_of(plot, base)
    _front(plot, frame, gaps, made, rng)
    _sides(plot, frame, plan, made, rng)
    _plants(plot, frame, plan, made, rng, style.left)
    return made


def _front(
    plot: Plot, frame: Frame, gaps: list[tuple[float, float]], made: Yard, rng: np.random.Generator
) -> None:
    """A fence or hedge along the street, open at `gaps`."""
    kind = str(rng.choice(["none", "fence", "hedge", "wall"], p=[0.5, 0.18, 0.2, 0.12]))
    if kind == "none":
        return
    at = 0.3
    for start, end in [*sorted(gaps), (plot.width - 0.3, plot.width)]:
        if start - at > 1.0:
            _barrier(kind, plot, frame, (at, start, 0.45, 0.45), made, rng)
        at = end


def _sides(plot: Plot, frame: Frame, plan: HousePlan, made: Yard, rng: np.random.Generator) -> None:
    """Board fences behind the house line, towards neighbours."""
    near = plan.main.near + 2.0
    kind = "boards" if rng.uniform() < 0.65 else "hedge"
    for x in (0.25, plot.width - 0.25):
        if rng.uniform() < 0.7:
            _barrier(kind, plot, frame, (x, x, near, plot.depth - 0.5), made, rng)


def _barrier(
    kind: str,
    plot: Plot,
    frame: Frame,
    line: tuple[float, float, float, float],
    made: Yard,
    rng: np.random.Generator,
) -> None:
    """One straight barrier; line: x from, x to, y from, y to [m]."""
    start, end = np.array([line[0], line[2], 0.0]), np.array([line[1], line[3], 0.0])
    world = frame.place(np.stack([start, end])[None])[0]
    if np.linalg.norm(end - start) < 1 or not plot.area.buffer(0.05).covers(
        shapely.LineString(world[:, :2])
    ):
        return
    if kind == "hedge":
        leaf = palette.evergreen(*palette.LEAVES[int(rng.integers(len(palette.LEAVES)))])
        made.greens.append(
            hedge(world[0], world[1], (0.5, float(rng.uniform(0.8, 1.5))), leaf, rng)
        )
    elif kind == "wall":
        grow = np.array([0.1, 0.1, 0])
        wall = palette.wall(palette.BRICK[int(rng.integers(len(palette.BRICK)))])
        made.fences.append(boxes([start - grow], [end + grow + np.array([0, 0, 0.7])], wall, frame))
    else:
        made.fences.append(_boards(frame, start, end, kind == "boards"))


def _boards(frame: Frame, start: np.ndarray, end: np.ndarray, tall: bool) -> Patch:
    """A fence of pickets on rails, or of closed boards between posts."""
    way = float(np.linalg.norm(end - start))
    step = 2.2 if tall else 0.34
    count = max(int(way / step), 1)
    at = start + np.linspace(0, 1, count + 1)[:, None] * (end - start)
    half = np.array([0.05, 0.05, 0]) if tall else np.array([0.045, 0.045, 0])
    height = 1.7 if tall else 1.0
    low, high = at - half, at + half + np.array([0, 0, height])
    thin = np.array([0.025, 0.025, 0])
    rails = ((0.05, 1.6),) if tall else ((0.25, 0.34), (0.72, 0.81))
    rail_low = np.array([start - thin + np.array([0, 0, z]) for z, _ in rails])
    rail_high = np.array([end + thin + np.array([0, 0, z]) for _, z in rails])
    material = palette.WOOD if tall else palette.TIMBER
    return boxes(np.vstack([low, rail_low]), np.vstack([high, rail_high]), material, frame)


def _plants(
    plot: Plot, frame: Frame, plan: HousePlan, made: Yard, rng: np.random.Generator, left: float
) -> None:
    """Evergreen shrubs along the house front and trees behind it."""
    color = palette.LEAVES[int(rng.integers(len(palette.LEAVES)))]
    x = rng.uniform(plan.main.left, plan.main.right, int(rng.integers(1, 5)))
    x = x[np.abs(x - plan.door) > 1.6]
    size = rng.uniform(0.3, 0.7, len(x))
    if len(x):
        centers = np.column_stack([x, np.full(len(x), plan.main.near - 0.9), 0.7 * size])
        radii = np.column_stack([size, size, 0.85 * size])
        shrub = palette.evergreen(*color)
        made.greens.append(blobs(frame.place(centers[None])[0], radii, shrub, rng))
    spots = [[float(rng.uniform(1.5, plot.width - 1.5)), y] for y in _tree_rows(plot, plan, rng)]
    feet = frame.place(np.array([[*spot, 0.0] for spot in spots]).reshape(1, -1, 3))[0]
    inside = shapely.contains_xy(plot.area.buffer(-1.2), feet[:, :2])
    if inside.any():
        heights = rng.uniform(5.0, 11.0, int(inside.sum()))
        leaf = palette.foliage(*color)
        crowns, trunks = trees(feet[inside], heights, leaf, rng, left=left)
        made.crowns.extend([*crowns, *trunks])


def _tree_rows(plot: Plot, plan: HousePlan, rng: np.random.Generator) -> list[float]:
    """Depths [m] at which trees stand: behind the house, towards the back of the plot."""
    behind, count = plan.main.far + 2.5, int(rng.integers(0, 3))
    return [float(y) for y in rng.uniform(behind, max(plot.depth - 1.5, behind), count)]
