"""Where the ego car may drive, pixel by pixel.

Source: F. Yu et al., "BDD100K: a diverse driving dataset for heterogeneous multitask learning",
CVPR 2020: directly drivable is what the car has priority on now, alternatively drivable what it
can reach by changing lanes.
"""

from collections.abc import Iterable, Sequence

import numba
import numpy as np
from jaxtyping import Float, UInt8

from synthgen.classes import CLASSES
from synthgen.geometry import Array
from synthgen.sample import CameraReading
from synthgen.scene import Moment
from synthgen.streets import StreetLane, Streets

NONE, DIRECT, ALTERNATIVE = 0, 1, 2
AHEAD = 120.0
"""[m] of lane in front of the car that is followed."""
TURNED = np.radians(60.0)
"""Largest angle between car and lane."""
_GROUND = np.zeros(256, bool)
_GROUND[[CLASSES[name].semantic for name in ("road", "lane_marking", "crosswalk")]] = True


def drivable(moment: Moment, camera: CameraReading) -> UInt8[Array, "h w"]:
    """Return the image of where the car may drive: 0 not, 1 directly, 2 alternatively.

    Direct is the lane that the car is in and the way on from there, straight on where it forks.
    Alternative are the other lanes of the same direction beside these, and the junctions on the
    way. Only what shows of the carriageway is marked, by the point that each pixel's centre sees.
    """
    streets = moment.scene.world.streets
    world_from_ego = moment.scene.ego.world_from_body(moment.time)
    own = own_lane(streets, world_from_ego)
    image = np.zeros(camera.depth.shape, np.uint8)
    if own is None:
        return image
    way = follow(streets, own, world_from_ego[:2, 3])
    corners, first = _packed([lane.area for lane in way])
    others, other_first = _packed(alternatives(streets, way))
    row, column = np.nonzero(_GROUND[camera.semantic] & (camera.depth > 0))
    place = _places(camera, column, row)
    image[row, column] = _marked(place, (corners, first), (others, other_first))
    return image


def own_lane(streets: Streets, world_from_ego: Float[Array, "4 4"]) -> StreetLane | None:
    """Return the lane for cars that the ego car is in: of several, the nearest that runs along."""
    place, ahead = world_from_ego[:2, 3], world_from_ego[:2, 0]
    best: tuple[float, StreetLane | None] = (np.inf, None)
    for lane in streets.lanes:
        line = lane.line[:, :2]
        away = lane.width / 2 + 30.0
        if lane.kind != "drive" or (line.min(axis=0) > place + away).any():
            continue
        if (line.max(axis=0) < place - away).any():
            continue
        gap, step = _beside(line, place)
        if gap < min(best[0], lane.width / 2) and step @ ahead >= np.cos(TURNED):
            best = (gap, lane)
    return best[1]


def _beside(line: Float[Array, "k 2"], place: Float[Array, "2"]) -> tuple[float, Array]:
    """Return the distance [m] from `place` to `line` and the direction of the line there."""
    start, step = line[:-1], np.diff(line, axis=0)
    square = np.maximum((step**2).sum(axis=1), 1e-12)
    share = np.clip(((place - start) * step).sum(axis=1) / square, 0, 1)
    gap = np.linalg.norm(start + share[:, None] * step - place, axis=1)
    index = int(gap.argmin())
    return float(gap[index]), step[index] / np.sqrt(square[index])


def follow(streets: Streets, lane: StreetLane, place: Float[Array, "2"]) -> list[StreetLane]:
    """Return `lane` and what follows it for `AHEAD` from `place`, as straight on as it goes."""
    found = [lane]
    while np.linalg.norm(found[-1].line[-1, :2] - place) < AHEAD and len(found) < 40:
        after = [streets.by_name[name] for name in found[-1].after]
        after = [one for one in after if one.kind == "drive" and one not in found]
        if not after:
            break
        found.append(min(after, key=_turn))
    return found


def _turn(lane: StreetLane) -> float:
    """Return by how much [rad] a lane turns between its ends."""
    step = np.diff(lane.line[:, :2], axis=0)
    step = step[np.linalg.norm(step, axis=1) > 1e-6]
    angle = np.arctan2(step[:, 1], step[:, 0])
    return float(abs((angle[-1] - angle[0] + np.pi) % (2 * np.pi) - np.pi))


def alternatives(streets: Streets, way: Sequence[StreetLane]) -> list[Float[Array, "k 2"]]:
    """Return the outlines of the lanes beside `way`, and of the junctions that it crosses."""
    edges = {lane.edge for lane in way if lane.edge}
    crossed = dict.fromkeys(lane.junction for lane in way if lane.junction)
    beside = [lane.area for lane in streets.lanes if lane.edge in edges and lane.kind == "drive"]
    return beside + [streets.junctions[name] for name in crossed if name in streets.junctions]


def _packed(outlines: Iterable[Array]) -> tuple[Float[Array, "n 2"], Array]:
    """Return the corners of all outlines in one table, and where each begins, and the end."""
    known = list(outlines)
    first = np.cumsum([0, *(len(one) for one in known)])
    return np.ascontiguousarray(np.concatenate([np.zeros((0, 2)), *known])), first


def _places(camera: CameraReading, column: Array, row: Array) -> Float[Array, "n 2"]:
    """Return where on the ground, world frame [m], pixels look."""
    view, depth = camera.view, camera.depth[row, column]
    if not view.lens.flat or view.readout is not None:
        return view.points(column, row, depth)[:, :2]
    k, pose = view.matrix, view.world_from_camera
    a, b = (column - k[0, 2]) / k[0, 0], (row - k[1, 2]) / k[1, 1]
    return np.stack(
        [pose[i, 3] + depth * (pose[i, 0] * a + pose[i, 1] * b + pose[i, 2]) for i in (0, 1)], -1
    )


@numba.njit(cache=True)
def _marked(place, direct, other):  # type: ignore[no-untyped-def]
    """Return 1 for places in one of the `direct` outlines, 2 in one of the others, else 0."""
    marks = np.zeros(len(place), np.uint8)
    low, high = _bounds(direct[0], direct[1])
    other_low, other_high = _bounds(other[0], other[1])
    for n in range(len(place)):
        x, y = place[n, 0], place[n, 1]
        if _in_any(x, y, direct[0], direct[1], low, high):
            marks[n] = 1
        elif _in_any(x, y, other[0], other[1], other_low, other_high):
            marks[n] = 2
    return marks


@numba.njit(cache=True)
def _bounds(corners, first):  # type: ignore[no-untyped-def]
    """Return the smallest and the largest coordinates of each outline."""
    low, high = np.full((len(first) - 1, 2), np.inf), np.full((len(first) - 1, 2), -np.inf)
    for k in range(len(first) - 1):
        for i in range(first[k], first[k + 1]):
            for axis in range(2):
                low[k, axis] = min(low[k, axis], corners[i, axis])
                high[k, axis] = max(high[k, axis], corners[i, axis])
    return low, high


@numba.njit(cache=True)
def _in_any(x, y, corners, first, low, high):  # type: ignore[no-untyped-def]
    """Whether a point lies in one of the outlines: a ray to +x crosses it oddly many times."""
    for k in range(len(first) - 1):
        if x < low[k, 0] or x > high[k, 0] or y < low[k, 1] or y > high[k, 1]:
            continue
        odd, before = False, first[k + 1] - 1
        for i in range(first[k], first[k + 1]):
            ax, ay, bx, by = corners[before, 0], corners[before, 1], corners[i, 0], corners[i, 1]
            if (ay > y) != (by > y) and x < ax + (y - ay) / (by - ay) * (bx - ax):
                odd = not odd
            before = i
        if odd:
            return True
    return False
