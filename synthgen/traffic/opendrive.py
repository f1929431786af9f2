"""OpenDRIVE files: checked, cut down to roads, converted by SUMO's netconvert, dressed again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
from jaxtyping import Float
from scipy.spatial import cKDTree

from synthgen.geometry import Array
from synthgen.network import Lane, MapSign, Network, Ribbon
from synthgen.traffic.city import strip_header
from synthgen.traffic.crosssection import USES, lines, ribbon, strips
from synthgen.traffic.engine import run_tool, type_map
from synthgen.traffic.mapfile import read_map
from synthgen.traffic.netfile import CLASSES, NetFile, read_net_file
from synthgen.traffic.network import read_network
from synthgen.traffic.planview import reference
from synthgen.traffic.roadside import footprints, signalled, signs, trees
from synthgen.traffic.xodr import Road, roads
from synthgen.traffic.xodr_streets import write_streets

MOST_EXTENT = 4000.0
"""[m] Longest side of a map, as for street maps."""
MOST_WAY = 200_000.0
"""[m] of all roads together: a dense quarter of that size has half of it."""
LEAST_GAP = 1.5
"""[m] between heights 2 m apart in plan: no street is as steep, so that it must be a bridge."""
MOST_HEIGHT = 9000.0
"""[m] No road lies higher."""
LEVEL = np.array([1.0, 1.0, 0.0])
"""Streets are put together on level ground; their heights are in the network's ribbons alone."""
_CLASSES = {
    "motorway": "motorway", "townExpressway": "motorway", "rural": "rural",
    "townArterial": "primary", "townCollector": "secondary",
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Document:
    """An OpenDRIVE file that has been checked: its root element, and its roads by id."""

    root: ElementTree.Element
    roads: dict[str, Road]


def read_document(file: Path) -> Document:
    """Return the checked contents of OpenDRIVE `file`.

    Raises:
        ValueError: one line with the file and its fault.
    """
    return read_map(file, "opendrive", _document)


def _document(root: ElementTree.Element) -> Document:
    every = list(roads(root))
    if not every:
        raise ValueError("has no roads")
    names = [road.name for road in every]
    if len(set(names)) < len(names):
        raise ValueError("has two roads of the same id")
    if not any("drive" in _uses(road) for road in every):
        raise ValueError("has no lane that cars may drive on (type driving)")
    way = sum(road.length for road in every)
    if not way <= MOST_WAY:
        raise ValueError(f"has {way / 1000:.0f} km of roads, at most {MOST_WAY / 1000:.0f}")
    _check_extent(every)
    for road in every:
        list(strips(road))
    _check_bridges({road.name: ribbon(road) for road in every if road.sections})
    return Document(root, {road.name: road for road in every})


def _uses(road: Road) -> set[str]:
    lanes = [lane for section in road.sections for lane in section.lanes.values() if lane.number]
    return {USES.get(lane.kind, "") for lane in lanes}


def _check_extent(every: Sequence[Road]) -> None:
    ends = [reference(road.line, np.linspace(0, road.length, 9))[:, :2] for road in every]
    extent = float(np.ptp(np.concatenate(ends), axis=0).max())
    if not extent <= MOST_EXTENT:
        raise ValueError(f"covers {extent:.0f} m, at most {MOST_EXTENT:.0f} m: cut out a quarter")
    heights = [row for road in every for row in (*road.elevation, *road.tilt)]
    if heights and np.abs(np.array(heights)[:, 1]).max() > MOST_HEIGHT:
        raise ValueError(f"has a height beyond {MOST_HEIGHT:.0f} m")


def _check_bridges(known: Mapping[str, Ribbon]) -> None:
    """Raise ValueError where roads lie above each other: the land has one height at a place."""
    lines = [one.line for one in known.values()]
    every = np.concatenate(lines)
    if np.ptp(every[:, 2]) < LEAST_GAP:
        return
    owner = np.repeat(np.arange(len(lines)), [len(line) for line in lines])
    pairs = cKDTree(every[:, :2]).query_pairs(2.0, output_type="ndarray")
    gap = np.abs(every[pairs[:, 0], 2] - every[pairs[:, 1], 2])
    if len(gap) and gap.max() > LEAST_GAP:
        one, other = (list(known)[owner[i]] for i in sorted(pairs[gap.argmax()]))
        raise ValueError(
            f"has road {other} {gap.max():.1f} m above or below road {one}, expected no bridges"
        )


def _convert_options(found: Document) -> list[str]:
    maps = ("opendriveNetconvert", "opendriveNetconvertBicycle", "opendriveNetconvertPedestrians")
    options = {
        "--opendrive-files": "streets.xodr",
        "--type-files": ",".join(type_map(name) for name in maps),
        "--output-file": "map.net.xml",
        "--output.original-names": "true",
        "--opendrive.import-all-lanes": "true",
        "--opendrive.curve-resolution": "2",
        "--geometry.remove": "true",
        "--geometry.remove.min-length": "12",
        "--crossings.guess": "true",
        "--crossings.guess.speed-threshold": "15",
        "--walkingareas": "true",
        "--tls.cycle.time": "42",
        "--tls.discard-simple": "true",
        "--no-turnarounds.except-deadend": "true",
        "--junctions.corner-detail": "8",
        "--junctions.limit-turn-speed": "4",
        "--keep-edges.components": "1",
    }
    lights = signalled(list(found.roads.values()))
    words = [part for pair in options.items() for part in pair]
    return [*words, *(("--tls.set", ",".join(lights)) if lights else ())]


def import_opendrive(file: Path, folder: Path) -> tuple[Network, Path]:
    """Return the streets of OpenDRIVE `file` and their SUMO network file.

    World axes are the map's, moved so that its corner is the origin. Files are written inside
    `folder` only.

    Raises:
        ValueError: one line with the file and its fault.
    """
    found = read_document(file)
    target = folder / "map.net.xml"
    write_streets(found.root, found.roads, folder / "streets.xodr")
    try:
        run_tool("netconvert", _convert_options(found), folder)
        strip_header(target)
        network = read_network(target, file.stem, "opendrive")
    except ValueError as error:
        raise ValueError(f"map {file}: {error}") from None
    return _dressed(network, found, read_net_file(target)), target


def _dressed(network: Network, found: Document, source: NetFile) -> Network:
    """Return `network` with what netconvert does not tell."""
    every, offset = list(found.roads.values()), source.offset
    origins = {lane.name: lane.origin for edge in source.edges.values() for lane in edge.lanes}
    lanes = [_named(lane, origins[lane.name], found.roads) for lane in network.lanes]
    wheels = {lane.name for lane in lanes if lane.kind in ("drive", "bicycle")}
    junctions = {row.get("id", "") for row in found.root.iterfind("junction")}
    inner = [edge for edge in source.edges.values() if edge.function == "internal"]
    driven = [
        lane.shape * LEVEL for edge in inner for lane in edge.lanes if set(CLASSES) & lane.classes
    ]
    moved = [replace(one, ring=one.ring + offset) for road in every for one in strips(road)]
    corners = np.concatenate([one.ring for one in moved])
    return replace(
        network,
        lanes=tuple(lane for lane in lanes if lane.kind),
        connectors=tuple(driven),
        links=tuple(
            replace(one, shape=one.shape * LEVEL)
            for one in network.links
            if {one.start, one.end} <= wheels
        ),
        heads=tuple(replace(one, position=one.position * LEVEL) for one in network.heads),
        crossings=tuple(one for one in network.crossings if one.junction in junctions),
        footprints=tuple(footprints(every, offset)),
        trees=trees(every, offset),
        low=np.minimum(network.low, corners.min(axis=0)),
        high=np.maximum(network.high, corners.max(axis=0)),
        strips=tuple(moved),
        lines=tuple(
            replace(line, shape=line.shape + offset) for road in every for line in lines(road)
        ),
        signs=tuple(_moved_signs(every, offset)),
        ribbons=tuple(_ribbons(every, offset)),
    )


def _ribbons(every: Sequence[Road], offset: Float[Array, "2"]) -> list[Ribbon]:
    """Return the roads' surfaces, none where all are level and at one height."""
    found = [ribbon(road) for road in every if road.sections]
    height = np.concatenate([one.line[:, 2] for one in found])
    if np.ptp(height) < 1e-3 and max(np.abs(one.tilt).max() for one in found) < 1e-4:
        return []
    return [replace(one, line=one.line + np.array([*offset, 0.0])) for one in found]


def _moved_signs(every: Sequence[Road], offset: Float[Array, "2"]) -> list[MapSign]:
    x, y = (float(v) for v in offset)
    return [replace(one, x=one.x + x, y=one.y + y) for one in signs(every)]


def _named(lane: Lane, origin: str, known: dict[str, Road]) -> Lane:
    """Return `lane` with what the map calls its use (empty for land) and its road."""
    name, _, number = origin.split(" ")[0].rpartition("_")
    road = known[name]
    kinds = [s.lanes[int(number)].kind for s in road.sections if int(number) in s.lanes]
    wheels = [n for n, one in road.sections[0].lanes.items() if USES.get(one.kind) == "drive"]
    alone = max(sum(n > 0 for n in wheels), sum(n < 0 for n in wheels)) < 2
    use = USES.get(kinds[0], "") if kinds else ""
    return replace(
        lane,
        shape=lane.shape * LEVEL,
        kind="parking" if kinds and kinds[0] == "parking" else use,
        road=_CLASSES.get(road.kind, "residential" if alone else "secondary"),
    )
