"""An OpenDRIVE file cut down to what SUMO's netconvert needs: roads, lanes and junctions.

What it is not given cannot confuse it: signals with conflicting references crash it, and lanes
outside the sidewalk hide the sidewalk from its pedestrians.
"""

from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree

import numpy as np

from synthgen.traffic.crosssection import USES, borders, stations
from synthgen.traffic.xodr import Road, Section

_TYPES = {"drive": "driving", "paved": "shoulder", "bicycle": "biking", "walk": "sidewalk"}


def write_streets(root: ElementTree.Element, known: Mapping[str, Road], file: Path) -> None:
    """Write the roads of `root`, which are `known` by id, as a new OpenDRIVE file."""
    made = ElementTree.Element("OpenDRIVE")
    ElementTree.SubElement(made, "header", revMajor="1", revMinor="4", name="", version="1.00")
    for row in root.iterfind("road"):
        _write_road(made, row, known[row.attrib["id"]])
    for junction in root.iterfind("junction"):
        own = ElementTree.SubElement(made, "junction", junction.attrib)
        for connection in junction.iterfind("connection"):
            one = ElementTree.SubElement(own, "connection", connection.attrib)
            one.extend(ElementTree.Element("laneLink", x.attrib) for x in connection if _link(x))
    ElementTree.ElementTree(made).write(file, encoding="utf-8", xml_declaration=True)


def _link(row: ElementTree.Element) -> bool:
    return row.tag == "laneLink"


def _write_road(made: ElementTree.Element, row: ElementTree.Element, road: Road) -> None:
    one = ElementTree.SubElement(made, "road", row.attrib)
    for tag in ("link", "type", "planView", "elevationProfile"):
        one.extend(row.iterfind(tag))
    lanes, old = ElementTree.SubElement(one, "lanes"), row.find("lanes")
    if old is None:
        return
    lanes.extend(old.iterfind("laneOffset"))
    rows = {float(s.attrib["s"]): s for s in old.iterfind("laneSection")}
    for section in road.sections:
        _write_section(lanes, rows[section.start], road, section)


def _kept(section: Section) -> set[int]:
    """Return the lanes up to the outermost sidewalk, else to the last that is of use."""
    kept = {0}
    for sign in (1, -1):
        numbers = sorted((n for n in section.lanes if n * sign > 0), key=abs)
        uses = [USES.get(section.lanes[n].kind, "") for n in numbers]
        walks = [i for i, use in enumerate(uses) if use == "walk"]
        useful = [i for i, use in enumerate(uses) if use]
        last = (walks or useful or [-1])[-1]
        kept |= set(numbers[: last + 1])
    return kept


def _write_section(
    lanes: ElementTree.Element, old: ElementTree.Element, road: Road, section: Section
) -> None:
    made = ElementTree.SubElement(lanes, "laneSection", s=old.attrib["s"])
    kept = _kept(section)
    for side in ("left", "center", "right"):
        rows = [row for row in old.iterfind(f"{side}/lane") if int(row.attrib["id"]) in kept]
        if rows:
            group = ElementTree.SubElement(made, side)
            group.extend(_lane(row, road, section) for row in rows)


def _lane(row: ElementTree.Element, road: Road, section: Section) -> ElementTree.Element:
    number = int(row.attrib["id"])
    kind = _TYPES.get(USES.get(section.lanes[number].kind, ""), "none")
    one = ElementTree.Element("lane", id=str(number), type=kind, level="false")
    for tag in ("link", "speed", "width"):
        one.extend(row.iterfind(tag))
    if number and len(section.lanes[number].border) and row.find("width") is None:
        _write_widths(one, road, section, number)
    return one


def _write_widths(lane: ElementTree.Element, road: Road, section: Section, number: int) -> None:
    """Write the widths of a lane that has borders, linear between stations."""
    way = stations(road, section.start, section.end)
    sides = borders(road, section, way)
    wide = np.abs(sides[number] - sides[number - int(np.sign(number))])
    slope = np.diff(wide) / np.diff(way)
    for s, a, b in zip(way[:-1] - section.start, wide[:-1], slope, strict=True):
        row = {"sOffset": f"{s:.6f}", "a": f"{a:.6f}", "b": f"{b:.8f}", "c": "0", "d": "0"}
        ElementTree.SubElement(lane, "width", row)
