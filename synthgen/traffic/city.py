"""Made-up cities: SUMO's netgenerate draws the plan, each street gets its own character here."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np

from synthgen.network import Network
from synthgen.traffic.engine import run_tool
from synthgen.traffic.graph import has_round_trip
from synthgen.traffic.motorway import plan_motorway
from synthgen.traffic.netfile import read_net_file
from synthgen.traffic.network import read_network
from synthgen.traffic.styles import STYLES, Style

DRAWS = 20
"""Of a plan, until its streets can be driven round: those of a rare suburb are a tree."""


@dataclass(frozen=True)
class Street:
    """The character of one street from end to end."""

    lanes: int
    speed: float
    width: float
    main: bool
    forward: bool
    backward: bool
    side_road: str

    @property
    def road(self) -> str:
        """Road class, as OpenStreetMap names them."""
        if not self.main:
            return self.side_road
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
        side_road=style.side_road,
    )


def _streets(
    style: Style, rng: np.random.Generator, edges: ElementTree.Element
) -> dict[str, Street]:
    """Return every street's character; at least one is a main street."""
    keys = sorted({street_key(edge.attrib["from"], edge.attrib["to"]) for edge in edges})
    streets = {key: _street(style, rng) for key in keys}
    if not any(street.main for street in streets.values()):
        key = keys[len(keys) // 2]
        streets[key] = replace(
            streets[key], lanes=style.main[1], speed=style.speed[0], main=True,
            forward=True, backward=True,
        )  # fmt: skip
    return streets


def _bend(start: np.ndarray, end: np.ndarray, share: float) -> str:
    """Return a parabola from `start` to `end` with sagitta `share` of its length, as a shape."""
    count = 9 if np.hypot(*(end - start)) < 250 else 33
    along = np.linspace(0, 1, count)[:, None]
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
    most = max(12.0, 1.5 * style.jitter)
    for node in nodes.iter("node"):
        place = np.array([float(node.attrib["x"]), float(node.attrib["y"])])
        place = np.round(place + rng.normal(0, style.jitter, 2).clip(-most, most), 2)
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
        main |= set() if edge.attrib["type"].endswith(style.side_road) else {start, end}
    for node in nodes.iter("node"):
        name = node.attrib["id"]
        signalled = rng.random() < style.signals[0 if name in main else 1]
        other = style.unsignalled[int(rng.integers(len(style.unsignalled)))]
        kind = "traffic_light" if signalled else other
        node.set("type", kind if len(arms[name]) > 2 else "priority")


def build_options(sidewalk: float, bicycle: bool) -> list[str]:
    """Return netconvert's options that all our streets share; no width, no sidewalks [m]."""
    options = {
        "--sidewalks.guess": str(sidewalk > 0).lower(),
        "--sidewalks.guess.min-speed": "5",
        "--sidewalks.guess.max-speed": "22.5",
        "--default.sidewalk-width": f"{sidewalk:.2f}",
        "--crossings.guess": str(sidewalk > 0).lower(),
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
        kind: one of `STYLES`, or motorway.
        rng: draws everything.
        folder: existing folder.

    Raises:
        ValueError: no such kind, or `DRAWS` plans in a row without a round trip.
    """
    if kind not in (*STYLES, "motorway"):
        every = ", ".join((*STYLES, "motorway"))
        raise ValueError(f"kind of city must be one of {every}, got {kind}")
    plan = plan_motorway if kind == "motorway" else _plan_city
    file = folder / "city.net.xml"
    for _ in range(DRAWS):
        options = plan(kind, rng, folder)
        run_tool("netconvert", [*options, "-o", file.name], folder)
        strip_header(file)
        if has_round_trip(read_net_file(file), "passenger"):
            return read_network(file, kind, kind), file
    raise ValueError(f"{DRAWS} plans of a {kind} in a row have no round trip")


def _plan_city(kind: str, rng: np.random.Generator, folder: Path) -> list[str]:
    """Write nodes and edges of a city; return netconvert's options."""
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
    return ["-n", "city.nod.xml", "-e", "city.edg.xml", *build_options(sidewalk, bicycle)]
