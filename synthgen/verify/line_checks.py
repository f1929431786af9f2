"""Lines of the road against the map, the depth image and the paint that the image shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from jaxtyping import Bool, Float

from synthgen.classes import CLASSES
from synthgen.geometry import Array, transform
from synthgen.verify.faults import Tally
from synthgen.verify.frame import CameraFiles, FrameFiles
from synthgen.verify.streetmap import MapFiles

ON_MAP = 0.002
"""[m] single precision of points 80 m off."""
PIXEL = 0.02
"""[px] rounding of image points."""
WIDE = 2.0
"""[px] width of a stripe in the image from which its middle's nearest pixel lies on it: half of it
is more than the 0.71 px from a pixel's centre to its corner."""
GROUND = 0.03
"""Relative difference of depth up to which the surface in a pixel is the road at the point."""
FEWEST = 6
"""Points from which their share with paint says something."""
BARE = 0.1
"""Largest share of painted points that need not show it, and one at all events: stones and leaves
lie on paint."""
PAINT = [CLASSES["lane_marking"].semantic, CLASSES["crosswalk"].semantic]
NEAR, MUCH = 25.0, 100
"""[m] up to which paint is looked at, and from how many pixels of every fourth row and column."""
KNOWN, BESIDE = 0.05, 0.4
"""Least share of these near a line of the table, and how near [m] that is."""


@dataclass(frozen=True, eq=False)
class _Line:
    """One line of one frame: rows of the tables as arrays."""

    pixel: Float[Array, "n 2"]
    point: Float[Array, "n 3"]
    visibility: Array
    painted: Bool[Array, "n"]
    world: Float[Array, "n 3"]
    source: Mapping


def check_lines(files: FrameFiles, name: str, known: MapFiles, tally: Tally) -> None:
    """Check the lines of the road that camera `name` sees."""
    camera = files.cameras[name]
    lines = []
    for row in known.lines.get(files.frame, ()):
        if row["camera"] != name:
            continue
        source = known.boundaries.get(row["boundary"])
        tally.check("line on map", source is not None, files.frame, 0, row["boundary"])
        if source is not None:
            lines.append(_line(row, source, camera))
            _check_geometry(files.frame, row, lines[-1], camera, tally)
            _check_depth(files.frame, row["boundary"], lines[-1], camera, tally)
    shown = [_paint(line, camera) for line in lines if line.source["color"]]
    seen = np.concatenate([np.zeros(0, bool), *shown])
    if len(seen) >= FEWEST:
        bare = int((~seen).sum())
        good = bare <= max(1, BARE * len(seen))
        tally.check("paint on line", good, files.frame, 0, f"{bare} of {len(seen)} points bare")
    _check_paint_known(files.frame, camera, lines, known, tally)


def _line(row: Mapping, source: Mapping, camera: CameraFiles) -> _Line:
    point = np.array(row["point"], float).reshape(-1, 3)
    return _Line(
        np.array(row["pixel"], float).reshape(-1, 2), point, np.array(row["visibility"]),
        np.array(row["painted"], bool), transform(camera.world_from_camera, point), source,
    )  # fmt: skip


def _check_geometry(
    frame: int, row: Mapping, line: _Line, camera: CameraFiles, tally: Tally
) -> None:
    """Points lie on the line of the map, and are where they project to."""
    same = row["type"] == line.source["type"] and row["color"] == line.source["color"]
    tally.check("line on map", same, frame, 0, f"{row['boundary']}: {row['type']} {row['color']}")
    road = shapely.linestrings(np.array(line.source["line"], float))
    away = float(shapely.distance(road, shapely.points(line.world[:, :2])).max())
    height = np.array(line.source["line"], float)[:, 2]
    away += float(max(height.min() - line.world[:, 2].min(), line.world[:, 2].max() - height.max()))
    tally.check("line on map", away <= ON_MAP, frame, 0, f"{row['boundary']}: {away:.3f} m off")
    pixel, _ = camera.project(line.world)
    gap = np.abs(pixel - line.pixel) / (1 + 1e-3 * np.abs(pixel))
    tally.check("line projects", bool(gap.max() <= PIXEL), frame, 0,
                f"{row['boundary']}: {gap.max():.2f} px off")  # fmt: skip
    height_px, width_px = camera.depth.shape
    edge = np.array([width_px, height_px]) - 0.5
    inside = (pixel > -0.5).all(axis=1) & (pixel < edge).all(axis=1)
    clear = np.minimum(np.abs(pixel + 0.5), np.abs(pixel - edge)).min(axis=1) > PIXEL
    wrong = int(((inside != (line.visibility > 0)) & clear).sum())
    tally.check("line inside", wrong == 0, frame, 0, f"{row['boundary']}: {wrong} points")


def _check_depth(frame: int, name: str, line: _Line, camera: CameraFiles, tally: Tally) -> None:
    """Nothing much nearer covers a point that is seen; something covers a hidden one."""
    inside = line.visibility > 0
    column, row = _nearest(line.pixel[inside], camera)
    surface, own = camera.depth[row, column], camera.project(line.world[inside])[1]
    low = np.clip(camera.world_from_camera[2, 3] - line.world[inside, 2], 0.1, 1.0)
    flat = own * own / (camera.matrix[1, 1] * low)
    hidden = (surface > 0) & (surface < own * 0.97 - 0.1 - flat)
    bare = (surface == 0) | (surface > own * 1.03 + 0.1 + flat)
    seen = line.visibility[inside] == 2
    wrong = int((seen & hidden).sum() + (~seen & bare).sum())
    tally.check("line seen", wrong == 0, frame, 0, f"{name}: {wrong} of {len(seen)} points")


def _nearest(pixel: Float[Array, "n 2"], camera: CameraFiles) -> tuple[Array, Array]:
    height, width = camera.depth.shape
    column, row = np.rint(pixel).astype(int).T
    return np.clip(column, 0, width - 1), np.clip(row, 0, height - 1)


def _paint(line: _Line, camera: CameraFiles) -> Bool[Array, "n"]:
    """Return for each point in the middle of a stripe, wide and bare, whether it shows paint.

    Points are those half-way between two of the line that are both seen and painted.
    """
    pair = line.painted & (line.visibility == 2)
    step = line.world[1:] - line.world[:-1]
    length = np.linalg.norm(step, axis=1)
    both = pair[1:] & pair[:-1] & (length > 0.02) & (length < 1.5)
    if not both.any():
        return np.zeros(0, bool)
    middle = (line.world[1:] + line.world[:-1])[both] / 2
    side = np.column_stack([-step[both, 1], step[both, 0], np.zeros(both.sum())])
    side /= np.linalg.norm(side, axis=1, keepdims=True)
    gap, half = line.source["gap"] / 2, line.source["width"] / 2
    shifts = (gap, -gap) if gap else (0.0,)
    found = [_shows(middle + shift * side, step[both], side * half, camera) for shift in shifts]
    return np.concatenate(found)


def _shows(
    point: Float[Array, "n 3"], step: Array, half: Array, camera: CameraFiles
) -> Bool[Array, "n"]:
    """Return whether paint shows at each of the points whose stripe is wide and not covered."""
    pixel, depth = camera.project(point)
    ends = [camera.project(point + sign * half)[0] for sign in (-1, 1)]
    ahead = camera.project(point + 0.05 * step)[0] - pixel
    across = ends[1] - ends[0]
    size = np.maximum(np.linalg.norm(ahead, axis=1), 1e-9)
    wide = np.abs(ahead[:, 0] * across[:, 1] - ahead[:, 1] * across[:, 0]) / size >= WIDE
    height, width = camera.depth.shape
    wide &= (pixel >= 1).all(axis=1) & (pixel <= [width - 2, height - 2]).all(axis=1)
    column, row = _nearest(pixel[wide], camera)
    flat = depth[wide] ** 2 / camera.matrix[1, 1]
    bare = np.abs(camera.depth[row, column] - depth[wide]) <= GROUND * depth[wide] + flat
    bare &= camera.instance[row, column] == 0
    bare &= _within(point[wide], step[wide], half[wide], (column, row), camera)
    shown: Bool[Array, "n"] = np.isin(camera.semantic[row, column], PAINT)[bare]
    return shown


def _within(
    point: Float[Array, "n 3"],
    step: Float[Array, "n 3"],
    half: Float[Array, "n 3"],
    place: tuple[Array, Array],
    camera: CameraFiles,
) -> Bool[Array, "n"]:
    """Return whether the surface seen in the pixels at `place` lies in its own part of a stripe.

    Far off a pixel is a metre of road: the part is `step` long about `point`, `half` to each side.
    """
    column, row = place
    away = camera.points(column, row) - point
    along = np.abs((away * step).sum(axis=1)) / (step * step).sum(axis=1)
    aside = np.abs((away * half).sum(axis=1)) / (half * half).sum(axis=1)
    inside: Bool[Array, "n"] = (along < 0.48) & (aside < 0.9)
    return inside


def _check_paint_known(
    frame: int, camera: CameraFiles, lines: Sequence[_Line], known: MapFiles, tally: Tally
) -> None:
    """Where the image shows much paint of the map's lines nearby, the table has such lines.

    Arrows, symbols and boxes of parking bays are no lines: paint counts that is on one.
    """
    rows, columns = np.nonzero(camera.semantic[::4, ::4] == PAINT[0])
    depth = camera.depth[::4, ::4][rows, columns]
    near = (depth > 0) & (depth < NEAR)
    world = shapely.points(camera.points(4 * columns[near], 4 * rows[near])[:, :2])
    own = world[shapely.dwithin(_together(_painted(known, camera)), world, BESIDE)]
    if len(own) < MUCH:
        return
    told = [line.world[:, :2] for line in lines if line.source["color"] and len(line.world) > 1]
    share = float(shapely.dwithin(_together(told), own, BESIDE).mean())
    tally.check("paint on map", share >= KNOWN, frame, 0, f"{share:.3f} of {len(own)} pixels")


def _painted(known: MapFiles, camera: CameraFiles) -> list[Float[Array, "n 2"]]:
    """Return the map's painted boundaries that come near the camera."""
    eye, found = camera.world_from_camera[:2, 3], []
    for row in known.boundaries.values():
        line = np.array(row["line"], float).reshape(-1, 3)[:, :2]
        if row["color"] and len(line) > 1 and _gap(line, eye) < 2 * NEAR:
            found.append(line)
    return found


def _gap(line: Float[Array, "n 2"], eye: Float[Array, "2"]) -> float:
    return float(shapely.distance(shapely.linestrings(line), shapely.points(eye)))


def _together(lines: Sequence[Float[Array, "n 2"]]) -> shapely.Geometry:
    """Return all lines as one geometry, ready for many questions."""
    whole = shapely.union_all([shapely.linestrings(one) for one in lines])
    shapely.prepare(whole)
    return whole
