"""The map of a place: its lanes, and the very lines that were painted beside them."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import shapely
from jaxtyping import Float
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

from synthgen.geometry import Array
from synthgen.network import Lane, Link
from synthgen.place.layout import Layout, lane_area, strip
from synthgen.place.lines import APART, Edge, Marking
from synthgen.place.markings import LIFT, Paint, free_ground
from synthgen.place.planar import clean, largest, lengths, offset
from synthgen.place.symbols import Crossbar
from synthgen.streets import Boundary, StreetLane, Streets

ALONG = 0.35
"""[m] A line of the map that lies no farther from a lane's border marks it."""
Sides = dict[str, tuple[tuple[str, ...], tuple[str, ...]]]
"""Names of the left and of the right boundaries by lane."""


def chart(plan: Layout, paint: Paint) -> Streets:
    """Return the map of the place that `plan` and `paint` describe."""
    lines, sides = _lines(paint)
    ground = free_ground(plan, paint) if paint.mapped else plan.road
    shapely.prepare(ground)
    lines = [_on_ground(line, ground) for line in lines if len(line.line) > 1]
    stops: dict[str, tuple[str, ...]] = {}
    for bar in paint.crossbars:
        lines.append(_crossbar(bar))
        stops[bar.lane] = (lines[-1].name,)
    lanes = [_lane(lane, sides, stops) for lane in plan.network.lanes]
    known = {lane.name: lane for lane in lanes}
    ways = [_way(link, known[link.start], known[link.end]) for link in plan.network.links]
    after = _after(plan.network.links)
    lanes = [replace(lane, after=tuple(after.get(lane.name, ()))) for lane in lanes]
    return Streets(
        lanes=(*lanes, *(way for way in ways if len(way.area))),
        boundaries=tuple(lines),
        junctions={one.name: one.shape for one in plan.network.junctions if len(one.shape) > 2},
    )


def _lines(paint: Paint) -> tuple[list[Boundary], Sides]:
    """Return the lines along lanes, and which lie left and right of each lane."""
    found = [_boundary(line) for lines in (*paint.lines, paint.mapped) for line in lines]
    borders = _borders(paint)
    counts = {edge.name: len(edge.lanes) for edge in paint.edges}
    sides: Sides = {}
    for edge in paint.edges:
        own, inner = borders[edge.name], len(edge.lanes)
        if edge.partner and not own.get(inner):
            own |= {inner: borders[edge.partner].get(counts[edge.partner], [])}
        for number, line in _bare(edge, own):
            found.append(line)
            own[number] = [line.name]
        for number, lane in enumerate(edge.lanes):
            sides[lane.name] = (tuple(own[number + 1]), tuple(own[number]))
    return found, sides


def _borders(paint: Paint) -> dict[str, dict[int, list[str]]]:
    """Return the names of the painted lines by edge and number of the border."""
    found: dict[str, dict[int, list[str]]] = {}
    mapped = [line for line in paint.mapped if lengths(line.middle)[-1] > 1.0]
    tree = shapely.STRtree([shapely.linestrings(line.middle) for line in mapped])
    for edge, lines in zip(paint.edges, paint.lines, strict=True):
        own = found.setdefault(edge.name, {})
        for line in lines:
            own.setdefault(line.border, []).append(line.name)
        for number in range(len(edge.lanes) + 1) if mapped else ():
            own[number] = _along(_border(edge, number), mapped, tree)
    return found


def _border(edge: Edge, number: int) -> Float[Array, "k 2"]:
    """Return border `number` of `edge`, 0 right of its rightmost lane."""
    lane = edge.lanes[max(number - 1, 0)]
    return offset(clean(lane.shape), lane.width / 2 * (1 if number else -1))


def _along(
    border: Float[Array, "k 2"], mapped: Sequence[Marking], tree: shapely.STRtree
) -> list[str]:
    """Return the lines of the map that lie along a border, first the first in its direction."""
    line = shapely.linestrings(border)
    found = []
    for index in tree.query(line, predicate="dwithin", distance=ALONG):
        near = tree.geometries[index]
        ways = np.linspace(0.05, 0.95, 7)
        points = shapely.line_interpolate_point(near, ways, normalized=True)
        inside = shapely.distance(line, points) <= ALONG
        if inside.mean() > 0.5:
            start = float(shapely.line_locate_point(line, points[inside]).mean())
            found.append((start, mapped[index].name))
    return [name for _, name in sorted(found)]


def _bare(edge: Edge, painted: dict[int, list[str]]) -> list[tuple[int, Boundary]]:
    """Return the borders of `edge` without paint: the carriageway's ends, and between lanes."""
    found, inner = [], len(edge.lanes)
    for number in range(inner + 1):
        if painted.get(number):
            continue
        ends = number == 0 or (number == inner and not edge.partner)
        side = "left" if number else "right"
        name = f"{edge.lanes[max(number - 1, 0)].name}/{side}"
        kind = "road_edge" if ends else "virtual"
        found.append((number, _unpainted(name, kind, _border(edge, number))))
    return found


def _unpainted(name: str, kind: str, line: Float[Array, "k 2"]) -> Boundary:
    return Boundary(name, kind, "", _lifted(line), 0.0, 0.0, np.zeros((0, 2)))


def _boundary(marking: Marking) -> Boundary:
    gap = 2 * APART if marking.kind == "double_solid" else 0.0
    return Boundary(
        marking.name, marking.kind, marking.color, _lifted(marking.middle), marking.width, gap,
        marking.painted,
    )  # fmt: skip


def _crossbar(bar: Crossbar) -> Boundary:
    return Boundary(
        f"{bar.lane}/{bar.kind}", bar.kind, "white", _lifted(bar.line), bar.width, 0.0, bar.painted
    )


def _lifted(line: Float[Array, "k 2"]) -> Float[Array, "k 3"]:
    return np.column_stack([line, np.full(len(line), LIFT)])


def _on_ground(line: Boundary, ground: BaseGeometry) -> Boundary:
    """Return `line` without the paint that was left out where it leaves `ground`."""
    flat = shapely.linestrings(line.line[:, :2])
    if not len(line.painted) or shapely.contains(ground, flat):
        return line
    kept = []
    for start, end in line.painted:
        piece = substring(flat, start, end)
        parts = shapely.get_parts(shapely.intersection(piece, ground))
        for part in parts[shapely.length(parts) > 0]:
            ends = shapely.line_locate_point(flat, shapely.points(shapely.get_coordinates(part)))
            kept.append((float(ends.min()), float(ends.max())))
    return replace(line, painted=np.array(sorted(kept)).reshape(-1, 2))


def _lane(lane: Lane, sides: Sides, stops: dict[str, tuple[str, ...]]) -> StreetLane:
    left, right = sides.get(lane.name, ((), ()))
    return StreetLane(
        name=lane.name,
        edge=lane.edge,
        junction="",
        kind=lane.kind,
        road=lane.road,
        speed=lane.speed,
        width=lane.width,
        line=np.asarray(lane.shape, float),
        area=_outline(lane_area(lane)),
        left=left,
        right=right,
        stop=stops.get(lane.name, ()),
    )


def _way(link: Link, start: StreetLane, end: StreetLane) -> StreetLane:
    """Return the lane that leads through a junction, as wide as the narrower of its ends."""
    width = min(start.width, end.width)
    return StreetLane(
        name=f"{start.name} > {end.name}",
        edge="",
        junction=link.junction,
        kind=start.kind,
        road=start.road,
        speed=start.speed,
        width=width,
        line=np.asarray(link.shape, float),
        area=_outline(strip(link.shape, width)),
        after=(end.name,),
    )


def _after(links: Sequence[Link]) -> dict[str, list[str]]:
    """Return the names of the ways through junctions by the lane they leave."""
    found: dict[str, list[str]] = {}
    for link in links:
        found.setdefault(link.start, []).append(f"{link.start} > {link.end}")
    return found


def _outline(shape: shapely.Geometry) -> Float[Array, "m 2"]:
    """Return the corners of the largest polygon in `shape`, the first not repeated."""
    whole = largest(shape)
    return np.zeros((0, 2)) if whole is None else shapely.get_coordinates(whole.exterior)[:-1]
