"""Streets' frontages cut into plots.

Every block between the streets is walked along its outline with the block on the left; each
straight run is a frontage, and plots are laid along it wherever no earlier plot lies.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from jaxtyping import Float
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from synthgen.geometry import Array
from synthgen.place.layout import Layout
from synthgen.place.planar import largest

_SHORTEST = 7.0
_STRAIGHT, _BENT = 0.9, 4.0


@dataclass(frozen=True)
class Profile:
    """How plots of one use are cut.

    Attributes:
        use: block, house, retail, office, open or land (left as it is).
        width: [m] least and greatest.
        depth: [m] least and greatest.
        weight: how often it is chosen.
    """

    use: str
    width: tuple[float, float]
    depth: tuple[float, float]
    weight: float


@dataclass(frozen=True, eq=False)
class Run:
    """A straight frontage: from `start` along `along` for `length` [m], block on the left.

    Where the street bends, chords (not `exact`) span stretches too short for a plot each.
    """

    start: Float[Array, "2"]
    along: Float[Array, "2"]
    length: float
    road: str
    exact: bool = True

    @property
    def inward(self) -> Float[Array, "2"]:
        """Unit vector from the street into the block."""
        return np.array([-self.along[1], self.along[0]])

    def at(self, along: float, inward: float) -> Float[Array, "2"]:
        """Return the point `along` and `inward` [m] from the start."""
        return self.start + along * self.along + inward * self.inward

    def rectangle(self, start: float, end: float, near: float, far: float) -> Polygon:
        """Return the rectangle between two ways along and two ways inward [m]."""
        corners = ((start, near), (end, near), (end, far), (start, far))
        return Polygon([self.at(*corner) for corner in corners])


@dataclass(frozen=True, eq=False)
class Plot:
    """A piece of land with a street in front.

    Attributes:
        use: see `Profile`.
        run: its frontage, starting at the plot's own first corner.
        width: [m] along the street.
        depth: [m] away from the street.
        area: the land, inside width by depth.
    """

    use: str
    run: Run
    width: float
    depth: float
    area: Polygon


def frontages(plan: Layout) -> list[list[Run]]:
    """Return the straight frontages of each block, longest first, then the chords of bends."""
    wheels = [lane for lane in plan.network.lanes if lane.kind == "drive"]
    lines = shapely.STRtree([LineString(lane.shape[:, :2]) for lane in wheels])
    found = []
    for block in plan.lots:
        rings = [block.exterior, *block.interiors]
        if block.exterior.distance(plan.region.exterior) < 1e-6:
            rings = rings[1:]
        edges = [edge for ring in rings for edge in _edges(ring, _STRAIGHT)]
        known = {(*a, *b) for a, b in edges}
        bends = [edge for ring in rings for edge in _edges(ring, _BENT)]
        edges += [(a, b) for a, b in bends if (*a, *b) not in known]
        middles = shapely.points(np.array([(a + b) / 2 for a, b in edges]).reshape(-1, 2))
        road = [wheels[i].road for i in lines.nearest(middles)]
        runs = [
            _run(a, b, name, index < len(known))
            for index, ((a, b), name) in enumerate(zip(edges, road, strict=True))
        ]
        found.append(sorted(runs, key=lambda run: (not run.exact, -run.length)))
    return found


def _edges(ring: LineString, tolerance: float) -> list[tuple[Array, Array]]:
    """Straight stretches of a closed `ring` that are long enough for a plot."""
    points = shapely.get_coordinates(ring.simplify(tolerance))
    sizes = np.linalg.norm(np.diff(points, axis=0), axis=1)
    return [(points[i], points[i + 1]) for i in np.flatnonzero(sizes > _SHORTEST)]


def _run(a: Array, b: Array, road: str, exact: bool) -> Run:
    length = float(np.linalg.norm(b - a))
    return Run(a, (b - a) / length, length, road, exact)


def plots(
    plan: Layout,
    runs: Sequence[Sequence[Run]],
    profiles: Mapping[str, Sequence[Profile]],
    taken: Sequence[Polygon],
    rng: np.random.Generator,
) -> list[Plot]:
    """Return plots along all frontages.

    Args:
        plan: the ground.
        runs: frontages of each block, in the order of `plan.lots`.
        profiles: what to cut along roads of a class; `""` for the classes not named.
        taken: buildings that stand already.
        rng: draws.
    """
    tree = shapely.STRtree(list(taken))
    found: list[Plot] = []
    for block, group in zip(plan.lots, runs, strict=True):
        placed: list[BaseGeometry] = [
            taken[i].buffer(1.5) for i in sorted(tree.query(block, predicate="intersects"))
        ]
        for run in group:
            choice = profiles.get(run.road.split("_")[0], profiles[""])
            if not choice:
                continue
            new = _along(run, block, _near(run, placed, choice), choice, rng)
            placed.extend(plot.area for plot in new)
            found.extend(new)
    return found


def _near(run: Run, placed: Sequence[BaseGeometry], choice: Sequence[Profile]) -> BaseGeometry:
    """What of `placed` may be in the way of plots along `run`."""
    deepest = max(one.depth[1] for one in choice)
    strip = run.rectangle(0, run.length, -1, deepest + 1)
    found = np.array(placed, object)
    return shapely.union_all(found[shapely.intersects(found, strip)]) if placed else Polygon()


def _along(
    run: Run,
    block: Polygon,
    placed: BaseGeometry,
    choice: Sequence[Profile],
    rng: np.random.Generator,
) -> list[Plot]:
    """Plots along one run."""
    probe = LineString([run.at(0, 3.0), run.at(run.length, 3.0)])
    free = probe.intersection(block).difference(placed)
    weights = np.array([one.weight for one in choice])
    found = []
    for piece in shapely.get_parts(free):
        if piece.length < _SHORTEST:
            continue
        ends = (shapely.get_coordinates(piece) - run.start) @ run.along
        at, stop = float(ends.min()), float(ends.max())
        while stop - at > _SHORTEST:
            profile = choice[int(rng.choice(len(choice), p=weights / weights.sum()))]
            width = _width(stop - at, profile, rng)
            depth = float(rng.uniform(*profile.depth))
            for deep in (depth, max(0.6 * depth, 13.0), 12.0):
                plot = _plot(run, (at, at + width, deep), profile, block, placed)
                if plot is not None:
                    found.append(plot)
                    break
            at += width
    return found


def _width(left: float, profile: Profile, rng: np.random.Generator) -> float:
    """A width that leaves no useless remainder of the `left` way [m]."""
    width = float(rng.uniform(*profile.width))
    return left if left - width < profile.width[0] else width


def _plot(
    run: Run,
    size: tuple[float, float, float],
    profile: Profile,
    block: Polygon,
    placed: BaseGeometry,
) -> Plot | None:
    """The plot from `size[0]` to `size[1]` along `run`, `size[2]` deep, as far as land is free."""
    start, end, depth = size
    wish = run.rectangle(start, end, 0.0, depth)
    area = largest(wish.intersection(block).difference(placed))
    if area is None or area.area < 0.55 * wish.area:
        return None
    area = largest(area.buffer(-1.2, join_style="mitre").buffer(1.2, join_style="mitre"))
    if area is None:
        return None
    area = largest(area.intersection(wish).intersection(block).difference(placed).simplify(0.02))
    if area is None or area.area < 30:
        return None
    own = Run(run.at(start, 0.0), run.along, end - start, run.road)
    return Plot(profile.use, own, end - start, depth, area)
