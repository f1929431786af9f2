"""OpenStreetMap files: read with suspicion, cut to size, converted by SUMO's netconvert."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array
from synthgen.network import Footprint, Network
from synthgen.traffic.city import build_options, strip_header
from synthgen.traffic.elevation import check_levels, lane_ribbons, spread, told_height
from synthgen.traffic.engine import run_tool, type_map
from synthgen.traffic.mapfile import read_map
from synthgen.traffic.netfile import read_net_file
from synthgen.traffic.network import read_network
from synthgen.traffic.projection import project, projection_string

ATTRIBUTION = "© OpenStreetMap contributors, ODbL 1.0"
MOST_EXTENT = 4000.0
"""[m] Longest side of a map: a clip sees a few hundred metres."""
MARGIN = 120.0
"""[m] Streets that leave the map's bounds are kept this far beyond them."""


@dataclass(frozen=True)
class Way:
    """One OpenStreetMap way."""

    name: str
    nodes: tuple[str, ...]
    tags: Mapping[str, str]


@dataclass(frozen=True, eq=False)
class StreetMap:
    """What of an OpenStreetMap file is used.

    Attributes:
        places: [deg] latitude and longitude of each node.
        node_tags: tags of the nodes that have any.
        ways: in the order of the file.
        outlines: ways that are the outer rings of a building relation, with the relation's tags.
        bounds: [deg] (south, west, north, east).
    """

    places: Mapping[str, tuple[float, float]]
    node_tags: Mapping[str, Mapping[str, str]]
    ways: tuple[Way, ...]
    outlines: Mapping[str, Mapping[str, str]]
    bounds: tuple[float, float, float, float]

    @property
    def center(self) -> tuple[float, float]:
        """[deg] Latitude and longitude of the middle."""
        south, west, north, east = self.bounds
        return (south + north) / 2, (west + east) / 2


def _tags(element: ElementTree.Element) -> dict[str, str]:
    return {tag.attrib["k"]: tag.attrib["v"] for tag in element.iter("tag")}


def _bounds(
    root: ElementTree.Element, places: Mapping[str, tuple[float, float]]
) -> tuple[float, float, float, float]:
    """Return the map's stated bounds, else those of its nodes."""
    stated = root.find("bounds")
    if stated is not None:
        keys = ("minlat", "minlon", "maxlat", "maxlon")
        south, west, north, east = (float(stated.attrib[key]) for key in keys)
        return south, west, north, east
    every = np.array(list(places.values()))
    (south, west), (north, east) = every.min(axis=0), every.max(axis=0)
    return float(south), float(west), float(north), float(east)


def _outlines(root: ElementTree.Element) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for relation in root.iter("relation"):
        tags = _tags(relation)
        if "building" in tags:
            members = relation.iter("member")
            outer = [m for m in members if m.get("type") == "way" and m.get("role") == "outer"]
            found |= {member.attrib["ref"]: tags for member in outer}
    return found


def _street_map(root: ElementTree.Element) -> StreetMap:
    nodes = list(root.iter("node"))
    places = {n.attrib["id"]: (float(n.attrib["lat"]), float(n.attrib["lon"])) for n in nodes}
    if not places:
        raise ValueError("has no nodes")
    if not np.isfinite(np.array(list(places.values()))).all():
        raise ValueError("has a node without a place")
    ways = [
        Way(way.attrib["id"], tuple(nd.attrib["ref"] for nd in way.iter("nd")), _tags(way))
        for way in root.iter("way")
    ]
    return StreetMap(
        places=places,
        node_tags={node.attrib["id"]: _tags(node) for node in nodes if len(node)},
        ways=tuple(ways),
        outlines=_outlines(root),
        bounds=_bounds(root, places),
    )


def read_street_map(file: Path) -> StreetMap:
    """Return the contents of OpenStreetMap XML `file`.

    Raises:
        ValueError: one line with the file and its fault.
    """
    return read_map(file, "osm", lambda root: _check(_street_map(root)))


def _check(found: StreetMap) -> StreetMap:
    south, west, north, east = found.bounds
    if not (-85 <= south < north <= 85 and -180 <= west < east <= 180):
        raise ValueError(f"has impossible bounds {south}, {west}, {north}, {east}")
    low, high = project(np.array([[south, west], [north, east]]), found.center)
    extent = float((high - low).max())
    if not extent <= MOST_EXTENT:
        raise ValueError(f"covers {extent:.0f} m, at most {MOST_EXTENT:.0f} m: cut out a quarter")
    if not any("highway" in way.tags for way in found.ways):
        raise ValueError("has no streets (ways with the tag highway)")
    return found


def _runs(way: Way, inside: Mapping[str, bool]) -> list[tuple[str, ...]]:
    """Return the parts of `way` that lie inside, each with its first node beyond."""
    runs: list[list[str]] = []
    for before, after in zip(way.nodes, way.nodes[1:], strict=False):
        if not (before in inside and after in inside and (inside[before] or inside[after])):
            continue
        if not runs or runs[-1][-1] != before:
            runs.append([before])
        runs[-1].append(after)
    return [tuple(run) for run in runs]


def _cut(way: Way, found: StreetMap) -> list[tuple[tuple[str, tuple[float, float]], ...]]:
    """Return the pieces of `way` within `MARGIN` of the bounds, as (node, latitude/longitude).

    The piece's end beyond the margin is moved onto its line, to the margin's edge.
    """
    latitude = found.center[0]
    margin = np.rad2deg(MARGIN / 6_371_000.0) / np.array([1.0, np.cos(np.deg2rad(latitude))])
    low, high = np.array(found.bounds[:2]) - margin, np.array(found.bounds[2:]) + margin
    known = {node: np.array(found.places[node]) for node in way.nodes if node in found.places}
    inside = {node: bool(((low <= p) & (p <= high)).all()) for node, p in known.items()}
    pieces: list[tuple[tuple[str, tuple[float, float]], ...]] = []
    for run in _runs(way, inside):
        places = [known[node] for node in run]
        names = [node if inside[node] else f"{way.name}/{len(pieces)}/{node}" for node in run]
        for end, inner in ((0, 1), (-1, -2)):
            if not inside[run[end]]:
                places[end] = _clip(places[inner], places[end], low, high)
        pieces.append(
            tuple((name, (float(p[0]), float(p[1]))) for name, p in zip(names, places, strict=True))
        )
    return pieces


def _clip(
    inner: Float[Array, "2"],
    outer: Float[Array, "2"],
    low: Float[Array, "2"],
    high: Float[Array, "2"],
) -> Float[Array, "2"]:
    """Return where the line from `inner` to `outer` leaves the rectangle."""
    way = outer - inner
    limit = np.where(way > 0, high, low)
    share = np.divide(limit - inner, way, out=np.ones(2), where=np.abs(way) > 1e-12)
    return inner + float(np.clip(share.min(), 0, 1)) * way


def _write_streets(found: StreetMap, file: Path) -> None:
    """Write the streets within reach, and nothing else, as a new OpenStreetMap file."""
    root = ElementTree.Element("osm", version="0.6")
    pieces = [
        (f"{way.name}{index:02d}" if index else way.name, way.tags, piece)
        for way in found.ways
        if "highway" in way.tags and way.tags.get("area") != "yes"
        for index, piece in enumerate(_cut(way, found))
    ]
    places = {node: place for _, _, piece in pieces for node, place in piece}
    numbers = _numbers(sorted(places))
    for node in sorted(places):
        latitude, longitude = (f"{value:.7f}" for value in places[node])
        element = ElementTree.SubElement(
            root, "node", id=numbers[node], lat=latitude, lon=longitude
        )
        _write_tags(element, found.node_tags.get(node, {}))
    for name, tags, piece in pieces:
        element = ElementTree.SubElement(root, "way", id=name)
        for node, _ in piece:
            ElementTree.SubElement(element, "nd", ref=numbers[node])
        _write_tags(element, tags)
    ElementTree.ElementTree(root).write(file, encoding="utf-8")


def _numbers(names: Sequence[str]) -> dict[str, str]:
    """Return node ids: SUMO wants integers, and cut ends have none of their own."""
    cut = [name for name in names if "/" in name]
    made = {name: str(10**15 + index) for index, name in enumerate(cut)}
    return {name: made.get(name, name) for name in names}


def _write_tags(element: ElementTree.Element, tags: Mapping[str, str]) -> None:
    for key in sorted(tags):
        ElementTree.SubElement(element, "tag", k=key, v=tags[key])


def height_of(tags: Mapping[str, str]) -> float:
    """Return a building's height [m]: as tagged, else 3 m per level, else 0 (unknown).

    Source: OpenStreetMap wiki, "Key:height" (metres unless a unit follows) and "Simple 3D
    buildings" (3 m per level).
    """
    text = tags.get("height", "").removesuffix("m").strip()
    for value, scale in ((text, 1.0), (tags.get("building:levels", ""), 3.0)):
        try:
            height = float(value) * scale
        except ValueError:
            continue
        if 0 < height < 1000:
            return height
    return 0.0


def _footprints(found: StreetMap, offset: Float[Array, "2"]) -> list[Footprint]:
    footprints = []
    for way in found.ways:
        tags = {**found.outlines.get(way.name, {}), **way.tags}
        closed = len(way.nodes) > 3 and way.nodes[0] == way.nodes[-1]
        if "building" not in tags or not closed or not set(way.nodes) <= set(found.places):
            continue
        ring = np.array([found.places[node] for node in way.nodes[:-1]])
        shape = project(ring, found.center) + offset
        use = tags["building"] if tags["building"] != "yes" else tags.get("amenity", "yes")
        footprints.append(Footprint(way.name, shape, height_of(tags), use))
    return footprints


def _trees(found: StreetMap, offset: Float[Array, "2"]) -> Float[Array, "n 2"]:
    nodes = [node for node, tags in found.node_tags.items() if tags.get("natural") == "tree"]
    places = np.array([found.places[node] for node in nodes]).reshape(-1, 2)
    return project(places, found.center) + offset


def _streets(found: StreetMap, offset: Float[Array, "2"]) -> dict[str, Float[Array, "k 3"]]:
    """Return the middle line of every street with its heights, none where no node tells any."""
    ways = {
        way.name: [node for node in way.nodes if node in found.places]
        for way in found.ways
        if "highway" in way.tags and way.tags.get("area") != "yes"
    }
    ways = {name: nodes for name, nodes in ways.items() if len(nodes) > 1}
    names = sorted({node for nodes in ways.values() for node in nodes})
    told = np.array([told_height(found.node_tags.get(node, {})) for node in names])
    if not np.isfinite(told).any():
        return {}
    number = {name: index for index, name in enumerate(names)}
    places = project(np.array([found.places[name] for name in names]), found.center) + offset
    rows = {name: [number[node] for node in nodes] for name, nodes in ways.items()}
    links = np.array([pair for row in rows.values() for pair in pairwise(row)])
    line = np.column_stack([places, spread(places, links, told)])
    return {name: line[row] for name, row in rows.items()}


def _lifted(network: Network, streets: Mapping[str, Float[Array, "k 3"]]) -> Network:
    """Return the network with the heights of its `streets`."""
    if not streets:
        return network
    check_levels(streets)
    return replace(network, ribbons=lane_ribbons(network.lanes, streets))


def _convert_options(found: StreetMap) -> Sequence[str]:
    maps = ("osmNetconvert", "osmNetconvertUrbanDe", "osmNetconvertPedestrians")
    options = {
        "--osm-files": "streets.osm",
        "--type-files": ",".join(type_map(name) for name in maps),
        "--proj": projection_string(found.center),
        "--output-file": "map.net.xml",
        "--geometry.remove": "true",
        "--junctions.join": "true",
        "--tls.guess": "true",
        "--tls.guess.threshold": "150",
        "--tls.guess-signals": "true",
        "--tls.discard-simple": "true",
        "--tls.join": "true",
        "--remove-edges.by-type": "highway.steps,highway.cycleway,highway.footway,highway.path",
    }
    return [*(part for pair in options.items() for part in pair), *build_options(2.0, False)]


def import_network(file: Path, folder: Path) -> tuple[Network, Path]:
    """Return the streets of OpenStreetMap XML `file` and their SUMO network file.

    Sidewalks, crossings and signals are guessed where the map has none. World axes are east and
    north of a transverse Mercator projection around the map's middle. Files are written inside
    `folder` only.

    Raises:
        ValueError: one line with the file and its fault.
    """
    found = read_street_map(file)
    target = folder / "map.net.xml"
    _write_streets(found, folder / "streets.osm")
    try:
        run_tool("netconvert", _convert_options(found), folder)
        strip_header(target)
        source = read_net_file(target)
        network = read_network(
            target,
            file.stem,
            "osm",
            _footprints(found, source.offset),
            _trees(found, source.offset),
            ATTRIBUTION,
        )
        network = _lifted(network, _streets(found, source.offset))
    except ValueError as error:
        raise ValueError(f"map {file}: {error}") from None
    return network, target
