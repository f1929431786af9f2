"""`lanes.parquet`, `boundaries.parquet` and `lane_lines.parquet`: the map, and what shows of it."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa

from synthgen.geometry import Array
from synthgen.sample import LaneLine, Sample
from synthgen.streets import NO_STREETS, Boundary, StreetLane, Streets
from synthgen.writers.columns import column
from synthgen.writers.tables import write_table

_TEXT, _NUMBER, _TEXTS = pa.string(), pa.float64(), pa.list_(pa.string())
_POINTS = pa.list_(pa.list_(_NUMBER))
_SHORT = pa.list_(pa.list_(pa.float32()))

LANE = (
    column("name", _TEXT, "unique in the map; ways through junctions are called `from > to`"),
    column("edge", _TEXT, "lanes of one road and direction share it; empty in junctions"),
    column("junction", _TEXT, "junction that the lane passes through, empty outside"),
    column("kind", _TEXT, "drive, bicycle, walk, shoulder, paved (not driven on) or other"),
    column("road", _TEXT, "road class, e.g. residential, primary"),
    column("speed", _NUMBER, "speed limit", "m/s"),
    column("width", _NUMBER, "width of the lane", "m"),
    column("center", _POINTS, "x, y, z along the middle, in driving direction", "m", "world"),
    column("area", _POINTS, "x, y of the outline, not closed", "m", "world"),
    column("left", _TEXTS, "boundaries on the left in driving direction, see boundaries.parquet"),
    column("right", _TEXTS, "boundaries on the right"),
    column("stop", _TEXTS, "stop or yield lines at its end"),
    column("after", _TEXTS, "lanes that follow"),
    column("signals", _TEXTS, "bodies of the traffic lights that speak to the lane"),
)
BOUNDARY = (
    column("name", _TEXT, "unique in the map"),
    column("type", _TEXT, "solid, dashed, double_solid, stop_line, yield_line; without paint "
           "road_edge where the carriageway ends and virtual between lanes"),
    column("color", _TEXT, "white, yellow, or empty for none"),
    column("line", _POINTS, "x, y, z along the middle of the paint", "m", "world"),
    column("width", _NUMBER, "of a stripe, across the line; 0 without paint", "m"),
    column("gap", _NUMBER, "between the middles of the stripes of a double line, else 0", "m"),
    column("painted", _POINTS, "way along the line, from and to, of each piece with paint", "m"),
)  # fmt: skip
LINE = (
    column("frame", pa.int64(), "index in the data set"),
    column("camera", _TEXT, "camera that sees it"),
    column("boundary", _TEXT, "name in boundaries.parquet"),
    column("type", _TEXT, "its type"),
    column("color", _TEXT, "its colour"),
    column("pixel", _SHORT, "column, row of points at most 1 m apart", "px"),
    column("point", _SHORT, "x, y, z of the points", "m", "camera: x right, y down, z forward"),
    column("visibility", pa.list_(pa.int8()), "0 outside the image, 1 in it but hidden, 2 seen"),
    column("painted", pa.list_(pa.bool_()), "whether there is paint at the point"),
    column("snow", pa.list_(pa.float32()), "share of the road that snow hides at the point", "1"),
)


@dataclass(frozen=True)
class MapTables:
    """Writes the map of a shard, whose clips share one city, and the lines in its images.

    Attributes:
        folder: of the shard being built.
    """

    folder: Path
    _streets: list[Streets] = field(default_factory=list, init=False)
    _lines: list[dict] = field(default_factory=list, init=False)

    def add(self, sample: Sample) -> None:
        """Keep the lines of one frame."""
        if not self._streets:
            self._streets.append(sample.moment.scene.world.streets)
        for camera, lines in sample.lines.items():
            self._lines.extend(line_row(sample.frame, camera, line) for line in lines)

    def close(self) -> None:
        """Write the three files."""
        streets = self._streets[0] if self._streets else NO_STREETS
        speaking: dict[str, list[str]] = {}
        for body, control in sorted(streets.controls.items()):
            for lane in control.lanes:
                speaking.setdefault(lane, []).append(body)
        lanes = [lane_row(one, speaking.get(one.name, [])) for one in streets.lanes]
        write_table(self.folder / "lanes.parquet", lanes, pa.schema(LANE))
        bounds = [boundary_row(one) for one in streets.boundaries]
        write_table(self.folder / "boundaries.parquet", bounds, pa.schema(BOUNDARY))
        write_table(self.folder / "lane_lines.parquet", self._lines, pa.schema(LINE))


def lane_row(lane: StreetLane, signals: list[str]) -> dict:
    """Return the row of one lane, to which the traffic lights `signals` speak."""
    same = ("name", "edge", "junction", "kind", "road", "speed", "width", "left", "right", "stop",
            "after")  # fmt: skip
    return {name: getattr(lane, name) for name in same} | {
        "center": _rows(lane.line),
        "area": _rows(lane.area),
        "signals": signals,
    }


def boundary_row(line: Boundary) -> dict:
    """Return the row of one boundary."""
    return {
        "name": line.name,
        "type": line.kind,
        "color": line.color,
        "line": _rows(line.line),
        "width": line.width,
        "gap": line.gap,
        "painted": _rows(line.painted),
    }


def line_row(frame: int, camera: str, line: LaneLine) -> dict:
    """Return the row of one boundary in one image."""
    return {
        "frame": frame,
        "camera": camera,
        "boundary": line.boundary,
        "type": line.kind,
        "color": line.color,
        "pixel": _rows(line.pixel),
        "point": _rows(line.point),
        "visibility": line.visibility.tolist(),
        "painted": line.painted.tolist(),
        "snow": line.snow.tolist(),
    }


def _rows(table: Array) -> list[list[float]]:
    rows: list[list[float]] = np.asarray(table, float).tolist()
    return rows
