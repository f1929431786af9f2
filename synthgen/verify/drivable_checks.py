"""The image of drivable ground against classes, depth and the map's lanes."""

from collections.abc import Iterable, Mapping

import numpy as np
import shapely
from jaxtyping import Bool, Float

from synthgen.classes import CLASSES
from synthgen.geometry import Array
from synthgen.verify.faults import Tally
from synthgen.verify.frame import CameraFiles, FrameFiles
from synthgen.verify.streetmap import MapFiles

GROUND = [CLASSES[name].semantic for name in ("road", "lane_marking", "crosswalk")]
STEP = 5
"""[px] between the pixels that are looked at."""
EDGE = 0.06
"""[m] beside the border of a lane within which depth steps decide: 1/512 m seen at a slant."""
ACROSS = 12.0
"""[m] from free ground in a junction to the nearest way through it."""
SHARE = 0.995
"""Least share of pixels that keep a rule; the rest look at edges."""
FEWEST = 40
"""Pixels from which a share says something."""


def check_drivable(files: FrameFiles, name: str, known: MapFiles, tally: Tally) -> None:
    """Check the image of drivable ground of camera `name`."""
    camera, frame = files.cameras[name], files.frame
    if camera.drivable is None:
        return
    marked, ground = camera.drivable > 0, np.isin(camera.semantic, GROUND)
    outside = int((marked & ~(ground & (camera.instance == 0))).sum())
    tally.check("drivable is road", outside == 0, frame, 0, f"{outside} px are not")
    values = int(camera.drivable.max(initial=0))
    tally.check("drivable values", values <= 2, frame, 0, f"largest {values}")
    own = _own(files.row, known)
    point, value = _sample(camera)
    if not own:
        tally.check("drivable off road", not (value > 0).any(), frame, 0, "the ego car is in none")
        return
    _check_direct(frame, own, known, (point, value), tally)
    free = shapely.points(point[value == 2][:: max(1, int((value == 2).sum() // 300))])
    near = np.unique(known.tree.query(free, predicate="dwithin", distance=ACROSS)[0])
    tally.check("free near lanes", len(near) == len(free), frame, 0, f"{len(free) - len(near)} px")


def _sample(camera: CameraFiles) -> tuple[Float[Array, "n 2"], Array]:
    """Return the place, world frame, and the value of every `STEP`-th pixel of the carriageway."""
    assert camera.drivable is not None
    thin = (slice(STEP // 2, None, STEP), slice(STEP // 2, None, STEP))
    seen = np.isin(camera.semantic[thin], GROUND) & (camera.depth[thin] > 0)
    row, column = np.nonzero(seen)
    point = camera.points(column * STEP + STEP // 2, row * STEP + STEP // 2)
    return point[:, :2], camera.drivable[thin][seen]


def _own(environment: Mapping, known: MapFiles) -> list[str]:
    """Return the lanes for cars that the ego car's origin is in and that run its way."""
    place = shapely.Point(environment["ego_x"], environment["ego_y"])
    yaw = environment["ego_yaw"]
    found = []
    for name in known.cars_at(place):
        line = np.array(known.lanes[name]["center"])[:, :2]
        line = line[np.append(True, np.linalg.norm(np.diff(line, axis=0), axis=1) > 1e-6)]
        index = int(np.linalg.norm((line[1:] + line[:-1]) / 2 - place.coords[0], axis=1).argmin())
        step = line[index + 1] - line[index]
        if step @ [np.cos(yaw), np.sin(yaw)] > 0.5 * np.linalg.norm(step):
            found.append(name)
    return found


def _onward(own: Iterable[str], lanes: Mapping[str, Mapping]) -> list[str]:
    """Return `own` and every lane that can be reached from there within six lanes."""
    found, edge = dict.fromkeys(own), list(own)
    for _ in range(6):
        edge = [after for name in edge for after in lanes[name]["after"] if after not in found]
        found |= dict.fromkeys(edge)
    return list(found)


def _inside(names: Iterable[str], known: MapFiles, point: Array, margin: float) -> Bool[Array, "n"]:
    """Return which points lie in one of the lanes, grown by `margin` [m]."""
    whole = shapely.union_all([known.cars[name].buffer(margin) for name in names])
    shapely.prepare(whole)
    found: Bool[Array, "n"] = shapely.intersects_xy(whole, point[:, 0], point[:, 1])
    return found


def _check_direct(
    frame: int, own: list[str], known: MapFiles, found: tuple[Array, Array], tally: Tally
) -> None:
    """Direct ground lies on the way on; of the car's own lane everything is direct."""
    point, value = found
    direct = point[value == 1]
    onward = [name for name in _onward(own, known.lanes) if name in known.cars]
    if len(direct) >= FEWEST:
        share = float(_inside(onward, known, direct, EDGE).mean())
        tally.check("direct on the way", share >= SHARE, frame, 0, f"{share:.3f} of {len(direct)}")
    if len(own) > 1:
        return
    edge = known.lanes[own[0]]["edge"]
    beside = [name for name in known.cars
              if edge and known.lanes[name]["edge"] == edge and name != own[0]]  # fmt: skip
    for kind, names, wanted in (("own lane is direct", own, 1),
                                ("lanes beside are free", beside, 2)):  # fmt: skip
        within = value[_inside(names, known, point, -2 * EDGE)]
        if len(within) >= FEWEST:
            share = float((within == wanted).mean())
            tally.check(kind, share >= SHARE, frame, 0, f"{share:.3f} of {len(within)}")
