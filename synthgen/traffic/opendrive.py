"""OpenDRIVE files: checked, cut down to roads, converted by SUMO's netconvert, dressed again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array
from synthgen.network import Lane, MapSign, Network
from synthgen.traffic.city import strip_header
from synthgen.traffic.crosssection import USES, lines, strips
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
MOST_HEIGHT = 9000.0
"""[m] No road lies higher."""
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
    junctions = {row.get("id", "") for row in found.root.iterfind("junction")}
    inner = [edge for edge in source.edges.values() if edge.function == "internal"]
    driven = [lane.shape for edge in inner for lane in edge.lanes if set(CLASSES) & lane.classes]
    moved = [replace(one, ring=one.ring + offset) for road in every for one in strips(road)]
    corners = np.concatenate([one.ring for one in moved])
    return replace(
        network,
        lanes=tuple(lane for lane in lanes if lane.kind),
        connectors=tuple(driven),
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
    )


def _moved_signs(every: Sequence[Road], offset: Float[Array, "2"]) -> list[MapSign]:
    x, y = (float(v) for v in offset)
    return [replace(one, x=one.x + x, y=one.y + y) for one in signs(every)]


def _named(lane: Lane, origin: str, known: dict[str, Road]) -> Lane:
    """Return `lane` with what the map calls its use (empty for land) and its road."""
    name, _, number = origin.split(" ")[0].rpartition("_")
    if name not in known:
        return lane
    road = known[name]
    kinds = [s.lanes[int(number)].kind for s in road.sections if int(number) in s.lanes]
    wheels = [n for n, one in road.sections[0].lanes.items() if USES.get(one.kind) == "drive"]
    alone = max(sum(n > 0 for n in wheels), sum(n < 0 for n in wheels)) < 2
    use = USES.get(kinds[0], "") if kinds else ""
    return replace(
        lane,
        kind="parking" if kinds and kinds[0] == "parking" else use,
        road=_CLASSES.get(road.kind, "residential" if alone else "secondary"),
    )
