"""Made-up cities: SUMO's netgenerate draws the plan, each street gets its own character here."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import numpy as np

from synthgen.network import Network
from synthgen.traffic.engine import run_tool
from synthgen.traffic.network import read_network


@dataclass(frozen=True)
class Style:
    """What makes a kind of city; pairs are (least, most) of a uniform draw.

    Attributes:
        plan: `grid` of streets or `rand`om plan.
        size: grid: columns and rows; random plan: tries.
        block: [m] width and height of blocks (random plan: least and most street length).
        main: lanes per direction of main streets.
        side: lanes per direction of side streets.
        main_share: of the streets that are main streets.
        speed: [m/s] of main and of side streets.
        lane_width: [m].
        sidewalk: [m] width.
        signals: share of the junctions with signals, where a main street is met or not.
        unsignalled: junction types of the rest.
        jitter: [m] standard deviation of the junctions' places.
        bend: sagitta over length of curved streets, standard deviation.
        one_way: share of one-way side streets.
        missing: share of streets left out.
        bicycle: probability of lanes for bicycles.
    """

    plan: str
    size: tuple[tuple[int, int], tuple[int, int]]
    block: tuple[tuple[float, float], tuple[float, float]]
    main: tuple[int, int]
    side: tuple[int, int]
    main_share: float
    speed: tuple[float, float]
    lane_width: tuple[float, float]
    sidewalk: tuple[float, float]
    signals: tuple[float, float]
    unsignalled: tuple[str, ...]
    jitter: float
    bend: float
    one_way: float
    missing: float
    bicycle: float


STYLES: Mapping[str, Style] = {
    "downtown": Style(
        plan="grid",
        size=((5, 6), (5, 6)),
        block=((90, 130), (85, 115)),
        main=(2, 3),
        side=(1, 2),
        main_share=0.5,
        speed=(50 / 3.6, 30 / 3.6),
        lane_width=(3.0, 3.3),
        sidewalk=(3.0, 4.5),
        signals=(0.95, 0.7),
        unsignalled=("allway_stop", "priority_stop"),
        jitter=4.0,
        bend=0.0,
        one_way=0.25,
        missing=0.05,
        bicycle=0.35,
    ),
    "suburb": Style(
        plan="rand",
        size=((22, 27), (0, 0)),
        block=((80, 95), (140, 170)),
        main=(1, 1),
        side=(1, 1),
        main_share=0.25,
        speed=(50 / 3.6, 30 / 3.6),
        lane_width=(3.0, 3.4),
        sidewalk=(1.6, 2.2),
        signals=(0.15, 0.0),
        unsignalled=("priority", "priority_stop", "right_before_left", "allway_stop"),
        jitter=6.0,
        bend=0.07,
        one_way=0.0,
        missing=0.0,
        bicycle=0.1,
    ),
    "arterial": Style(
        plan="grid",
        size=((4, 4), (4, 5)),
        block=((180, 220), (110, 160)),
        main=(3, 3),
        side=(1, 2),
        main_share=0.34,
        speed=(70 / 3.6, 50 / 3.6),
        lane_width=(3.3, 3.6),
        sidewalk=(2.0, 3.0),
        signals=(1.0, 0.1),
        unsignalled=("priority_stop", "priority"),
        jitter=8.0,
        bend=0.02,
        one_way=0.0,
        missing=0.08,
        bicycle=0.35,
    ),
}
"""The kinds of city. Speed limits are those of European city, residential and trunk streets."""


@dataclass(frozen=True)
class Street:
    """The character of one street from end to end."""

    lanes: int
    speed: float
    width: float
    main: bool
    forward: bool
    backward: bool

    @property
    def road(self) -> str:
        """Road class, as OpenStreetMap names them."""
        if not self.main:
            return "residential"
        return "primary" if self.lanes > 1 else "secondary"


def _plan(style: Style, rng: np.random.Generator, folder: Path) -> None:
    """Let netgenerate draw the plan: `plan.nod.xml` and `plan.edg.xml`."""
    first, second = (int(rng.integers(low, high + 1)) for low, high in style.size)
    wide, high = (round(float(rng.uniform(*pair)), 1) for pair in style.block)
    layouts = {
        "grid": {
            "--grid.x-number": first,
            "--grid.y-number": second,
            "--grid.x-length": wide,
            "--grid.y-length": high,
            "--grid.attach-length": 70,
        },
        "rand": {
            "--rand.iterations": first,
            "--rand.min-distance": wide,
            "--rand.max-distance": high,
            "--rand.min-angle": 60,
            "--rand.connectivity": 0.97,
            "--rand.neighbor-dist1": 0,
        },
    }
    options = {"--seed": int(rng.integers(2**31)), "--plain-output-prefix": "plan"}
    options |= layouts[style.plan]
    words = [str(part) for pair in options.items() for part in pair]
    run_tool("netgenerate", [f"--{style.plan}", *words, "-o", "plan.net.xml"], folder)


def street_key(start: str, end: str) -> str:
    """Return which street the edge between two nodes is part of.

    Grid nodes are named by column letter and row number (B3), those around it by side and number
    (left3): a street keeps its letter or its number from end to end. Random plans have plain
    numbers: every edge is a street.
    """
    sides = [re.fullmatch(r"([A-Z]?)(\d+)", node) for node in (start, end)]
    grid = [match.groups() for match in sides if match and match[1]]
    if not grid:
        return "-".join(sorted((start, end)))
    vertical = {start, end} & {f"{side}{n}" for side in ("top", "bottom") for n in range(99)}
    if len(grid) == 2:
        return grid[0][0] if grid[0][0] == grid[1][0] else grid[0][1]
    return grid[0][0] if vertical else grid[0][1]


def _street(style: Style, rng: np.random.Generator) -> Street:
    main = bool(rng.random() < style.main_share)
    low, high = style.main if main else style.side
    way = rng.random()
    single = not main and way < style.one_way
    return Street(
        lanes=int(rng.integers(low, high + 1)),
        speed=style.speed[0 if main else 1],
        width=round(float(rng.uniform(*style.lane_width)), 2),
        main=main,
        forward=not single or way < style.one_way / 2,
        backward=not single or way >= style.one_way / 2,
    )


def _streets(
    style: Style, rng: np.random.Generator, edges: ElementTree.Element
) -> dict[str, Street]:
    """Return every street's character; at least one is a main street."""
    keys = sorted({street_key(edge.attrib["from"], edge.attrib["to"]) for edge in edges})
    streets = {key: _street(style, rng) for key in keys}
    if not any(street.main for street in streets.values()):
        street = streets[keys[len(keys) // 2]]
        both = Street(style.main[1], style.speed[0], street.width, True, True, True)
        streets[keys[len(keys) // 2]] = both
    return streets


def _bend(start: np.ndarray, end: np.ndarray, share: float) -> str:
    """Return a parabola from `start` to `end` with sagitta `share` of its length, as a shape."""
    along = np.linspace(0, 1, 9)[:, None]
    aside = np.array([start[1] - end[1], end[0] - start[0]])
    curve = start + along * (end - start) + 4 * share * along * (1 - along) * aside
    return " ".join(f"{x:.2f},{y:.2f}" for x, y in curve)


def _dress_edges(
    style: Style,
    rng: np.random.Generator,
    edges: ElementTree.Element,
    streets: Mapping[str, Street],
    places: Mapping[str, np.ndarray],
) -> None:
    """Give every edge lanes, speed, class and bend; take out what is missing or one-way."""
    pairs = sorted({tuple(sorted((edge.attrib["from"], edge.attrib["to"]))) for edge in edges})
    missing = {pair: bool(rng.random() < style.missing) for pair in pairs}
    bends = {pair: float(np.clip(rng.normal(0, style.bend), -0.15, 0.15)) for pair in pairs}
    for edge in list(edges):
        start, end = edge.attrib["from"], edge.attrib["to"]
        street, forward = streets[street_key(start, end)], start < end
        pair = (start, end) if forward else (end, start)
        if missing[pair] or not (street.forward if forward else street.backward):
            edges.remove(edge)
            continue
        edge.set("numLanes", str(street.lanes))
        edge.set("speed", f"{street.speed:.2f}")
        edge.set("width", f"{street.width:.2f}")
        edge.set("type", f"highway.{street.road}")
        edge.set("priority", str(2 * street.main + street.lanes))
        if abs(bends[pair]) > 1e-3:
            share = bends[pair] if forward else -bends[pair]
            edge.set("shape", _bend(places[start], places[end], share))


def _move_nodes(
    style: Style, rng: np.random.Generator, nodes: ElementTree.Element
) -> dict[str, np.ndarray]:
    """Move the junctions a little; return their places."""
    places = {}
    for node in nodes.iter("node"):
        place = np.array([float(node.attrib["x"]), float(node.attrib["y"])])
        place = np.round(place + rng.normal(0, style.jitter, 2).clip(-12, 12), 2)
        node.attrib.update(x=str(place[0]), y=str(place[1]))
        places[node.attrib["id"]] = place
    return places


def _control_nodes(
    style: Style,
    rng: np.random.Generator,
    nodes: ElementTree.Element,
    edges: ElementTree.Element,
) -> None:
    """Choose how each junction of three streets or more is controlled."""
    arms: dict[str, set[str]] = {node.attrib["id"]: set() for node in nodes.iter("node")}
    main = set()
    for edge in edges:
        start, end = edge.attrib["from"], edge.attrib["to"]
        arms[start].add(end)
        arms[end].add(start)
        main |= set() if edge.attrib["type"].endswith("residential") else {start, end}
    for node in nodes.iter("node"):
        name = node.attrib["id"]
        signalled = rng.random() < style.signals[0 if name in main else 1]
        other = style.unsignalled[int(rng.integers(len(style.unsignalled)))]
        kind = "traffic_light" if signalled else other
        node.set("type", kind if len(arms[name]) > 2 else "priority")


def build_options(sidewalk: float, bicycle: bool) -> list[str]:
    """Return netconvert's options that all our streets share."""
    options = {
        "--sidewalks.guess": "true",
        "--sidewalks.guess.min-speed": "5",
        "--sidewalks.guess.max-speed": "22.5",
        "--default.sidewalk-width": f"{sidewalk:.2f}",
        "--crossings.guess": "true",
        "--crossings.guess.speed-threshold": "15",
        "--bikelanes.guess": str(bicycle).lower(),
        "--bikelanes.guess.min-speed": "10",
        "--default.bikelane-width": "1.6",
        "--tls.cycle.time": "42",
        "--no-turnarounds.except-deadend": "true",
        "--no-turnarounds": "true",
        "--junctions.corner-detail": "8",
        "--junctions.limit-turn-speed": "4",
        "--keep-edges.components": "1",
    }
    return [part for pair in options.items() for part in pair]


def strip_header(file: Path) -> None:
    """Take out the comment in which SUMO's tools write time and paths: same map, same bytes."""
    text = file.read_text(encoding="utf-8")
    file.write_text(re.sub(r"<!--.*?-->\s*", "", text, count=1, flags=re.S), encoding="utf-8")


def generate_network(kind: str, rng: np.random.Generator, folder: Path) -> tuple[Network, Path]:
    """Return a made-up city and its SUMO network file, all files inside `folder`.

    Args:
        kind: downtown, suburb or arterial.
        rng: draws everything.
        folder: existing folder.
    """
    if kind not in STYLES:
        raise ValueError(f"kind of city must be one of {', '.join(STYLES)}, got {kind}")
    style = STYLES[kind]
    _plan(style, rng, folder)
    nodes = ElementTree.parse(folder / "plan.nod.xml")
    edges = ElementTree.parse(folder / "plan.edg.xml")
    streets = _streets(style, rng, edges.getroot())
    places = _move_nodes(style, rng, nodes.getroot())
    _dress_edges(style, rng, edges.getroot(), streets, places)
    _control_nodes(style, rng, nodes.getroot(), edges.getroot())
    nodes.write(folder / "city.nod.xml", encoding="utf-8")
    edges.write(folder / "city.edg.xml", encoding="utf-8")
    sidewalk, bicycle = float(rng.uniform(*style.sidewalk)), bool(rng.random() < style.bicycle)
    files = ["-n", "city.nod.xml", "-e", "city.edg.xml", "-o", "city.net.xml"]
    run_tool("netconvert", [*files, *build_options(sidewalk, bicycle)], folder)
    strip_header(folder / "city.net.xml")
    return read_network(folder / "city.net.xml", kind, kind), folder / "city.net.xml"
