"""What a SUMO network file says, as plain records."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array

CLASSES = ("passenger", "delivery", "truck", "bus", "motorcycle", "bicycle", "emergency")
"""SUMO vehicle classes that drive here; `pedestrian` is the only other one that matters."""


@dataclass(frozen=True, eq=False)
class FileLane:
    """One `<lane>`; `classes` are the SUMO classes allowed, `origin` its name on the map."""

    name: str
    index: int
    classes: frozenset[str]
    speed: float
    length: float
    width: float
    shape: Float[Array, "k 3"]
    origin: str = ""


@dataclass(frozen=True, eq=False)
class FileEdge:
    """One `<edge>`; `function` is normal, internal, crossing or walkingarea."""

    name: str
    start: str
    end: str
    function: str
    road: str
    lanes: tuple[FileLane, ...]

    @property
    def length(self) -> float:
        """[m] of its longest lane."""
        return max(lane.length for lane in self.lanes)

    def allows(self, vehicle_class: str) -> bool:
        """Return whether any lane is open to `vehicle_class`."""
        return any(vehicle_class in lane.classes for lane in self.lanes)


@dataclass(frozen=True)
class Connection:
    """One `<connection>`: from lane to lane, with the signal link that controls it if any.

    `via` is the lane inside the junction that leads there, empty inside junctions' last lanes.
    """

    start: str
    end: str
    start_lane: int
    end_lane: int
    signal: str
    link: int
    direction: str
    state: str
    via: str = ""


@dataclass(frozen=True, eq=False)
class FileJunction:
    """One `<junction>` that is not inside another."""

    name: str
    kind: str
    position: Float[Array, "2"]
    shape: Float[Array, "k 2"]


@dataclass(frozen=True, eq=False)
class NetFile:
    """A whole network file; `offset` [m] was added to projected coordinates."""

    edges: Mapping[str, FileEdge]
    connections: tuple[Connection, ...]
    junctions: tuple[FileJunction, ...]
    offset: Float[Array, "2"]


def points(text: str) -> Float[Array, "k 3"]:
    """Return the points of a SUMO shape string, z = 0 where it has none."""
    rows = [[float(value) for value in point.split(",")] for point in text.split()]
    return np.array([[*row, 0.0][:3] for row in rows], float).reshape(-1, 3)


def _classes(lane: ElementTree.Element) -> frozenset[str]:
    everyone = {*CLASSES, "pedestrian"}
    allow, disallow = lane.get("allow"), lane.get("disallow")
    if allow is not None:
        return frozenset(everyone if allow == "all" else everyone & set(allow.split()))
    if disallow is not None:
        return frozenset(() if disallow == "all" else everyone - set(disallow.split()))
    return frozenset(everyone)


def _lane(lane: ElementTree.Element) -> FileLane:
    return FileLane(
        name=lane.attrib["id"],
        index=int(lane.attrib["index"]),
        classes=_classes(lane),
        speed=float(lane.attrib["speed"]),
        length=float(lane.attrib["length"]),
        width=float(lane.get("width", 3.2)),
        shape=points(lane.attrib["shape"]),
        origin=next((p.attrib["value"] for p in lane if p.get("key") == "origId"), ""),
    )


def _road(kind: str) -> str:
    """Return the road class of an edge type, e.g. `cycleway.lane|highway.residential`."""
    parts = [part for part in kind.split("|") if part.startswith("highway.")]
    return (parts or [kind])[0].removeprefix("highway.")


def _edge(edge: ElementTree.Element) -> FileEdge:
    return FileEdge(
        name=edge.attrib["id"],
        start=edge.get("from", ""),
        end=edge.get("to", ""),
        function=edge.get("function", "normal"),
        road=_road(edge.get("type", "")),
        lanes=tuple(_lane(lane) for lane in edge.iter("lane")),
    )


def _connection(row: ElementTree.Element) -> Connection:
    return Connection(
        start=row.attrib["from"],
        end=row.attrib["to"],
        start_lane=int(row.attrib["fromLane"]),
        end_lane=int(row.attrib["toLane"]),
        signal=row.get("tl", ""),
        link=int(row.get("linkIndex", -1)),
        direction=row.attrib["dir"],
        state=row.attrib["state"],
        via=row.get("via", ""),
    )


def _junction(row: ElementTree.Element) -> FileJunction:
    return FileJunction(
        name=row.attrib["id"],
        kind=row.attrib["type"],
        position=np.array([float(row.attrib["x"]), float(row.attrib["y"])]),
        shape=points(row.get("shape", ""))[:, :2],
    )


def read_net_file(file: Path) -> NetFile:
    """Return the records of the SUMO network in `file`."""
    root = ElementTree.parse(file).getroot()
    location = root.find("location")
    offset = "0,0" if location is None else location.attrib["netOffset"]
    return NetFile(
        edges={row.attrib["id"]: _edge(row) for row in root.iter("edge")},
        connections=tuple(_connection(row) for row in root.iter("connection")),
        junctions=tuple(
            _junction(row) for row in root.iter("junction") if row.attrib["type"] != "internal"
        ),
        offset=points(offset)[0, :2],
    )
