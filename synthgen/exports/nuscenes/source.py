"""From a finished data set, as `readers` gives it, to what the export writes."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from synthgen.assets.vehicles import vehicle
from synthgen.errors import UserError
from synthgen.exports.nuscenes.description import description
from synthgen.exports.nuscenes.recording import Car, Clip, Frame, Mounted, Seen, Shot
from synthgen.geometry import inverse
from synthgen.physics.rolling import axles
from synthgen.readers import shard as readers
from synthgen.readers.dataset import DataSet
from synthgen.readers.sensors import CameraFrame, LidarFrame, matrix
from synthgen.readers.shard import Shard
from synthgen.road_user import RoadUser

GROUND = frozenset({"drive", "bicycle", "walk", "shoulder"})
"""Kinds of lanes that are on the map: what is driven or walked on."""
_SAME = ("track", "instance", "subtype", "rides", "ridden_by", "part_of", "posture")
_PLACE = ("center", "size", "quaternion", "velocity")
_DRIVEN = frozenset({"low", "high", "daytime"})
_TURNS = frozenset({"left", "right"})


def car_of(data: DataSet) -> Car:
    """Return the ego car of `data` and its sensors."""
    shard = data.shards[0]
    frame = shard.frames[0]
    sensors = {name: _camera(one) for name, one in frame.cameras.items()}
    for name, one in frame.lidars.items():
        beams = len(data.rig["lidars"][name]["model"]["elevation_deg"])
        sensors[name] = Mounted(name, "lidar", one.ego_from_lidar, beams=beams)
    for row in radars_of(shard)[frame.number]:
        placed = inverse(matrix(row["world_from_ego"], 4)) @ matrix(row["world_from_sensor"], 4)
        sensors[row["name"]] = Mounted(row["name"], "radar", placed)
    origin = tuple(data.rig.get("origin", (0.0, 0.0, 0.0)))
    if not any(origin):
        origin = (rear_axle(data.rig["ego"]), 0.0, 0.0)
    return Car(data.rig["name"], data.identity, sensors, origin)


def radars_of(shard: Shard) -> Mapping[int, list[Mapping]]:
    """Return the rows of `sensors.parquet` of radars, by frame."""
    found: dict[int, list[Mapping]] = defaultdict(list)
    if (shard.folder / "sensors.parquet").is_file():
        for row in shard.rows("sensors"):
            if row["kind"] == "radar":
                found[row["frame"]].append(row)
    return found


def rear_axle(ego: Mapping) -> float:
    """Return where the rear axle of the ego car is [m] ahead of the middle of its body.

    Args:
        ego: the car, as `run.json` records the rig's.
    """
    names = ("kind", "subtype", "length", "width", "height", "seed")
    return axles(vehicle(RoadUser(**{name: ego[name] for name in names}), "ego").wheels)[1]


def _camera(camera: CameraFrame) -> Mounted:
    kind = camera.row["projection_model"]
    if kind != "pinhole":
        raise UserError(
            f"format=nuscenes: camera {camera.name} is a {kind}, expected pinholes: "
            "images of nuScenes are undistorted"
        )
    return Mounted(camera.name, "camera", camera.ego_from_camera, camera.matrix)


def clips_of(shard: Shard, top: str) -> Iterator[Clip]:
    """Yield the clips of `shard`, in order; boxes are of the time of the lidar `top`."""
    lanes = [lane for lane in shard.rows("lanes") if lane["kind"] in GROUND]
    ground, radars = tuple(np.array(lane["area"]) for lane in lanes), radars_of(shard)
    for clip in shard.clips():
        kinds = frozenset(row["class"] for one in clip.frames for row in one.objects)
        place = clip.record["place"]["kind"]
        yield Clip(
            number=clip.number,
            place=place,
            description=f"{description(clip.frames[0].row, kinds)}, {place}",
            date=date(clip.record["draws"]),
            frames=tuple(_frame(shard, one, top, radars[one.number]) for one in clip.frames),
            ground=ground,
        )


def date(draws: Mapping) -> str:
    """Return the day of the sky of a clip, year-month-day; its sun may stand anywhere."""
    first = np.datetime64(f"{int(draws['light.year'])}-01-01")
    return str(first + np.timedelta64(int(draws["light.day"]) - 1, "D"))


def _frame(shard: Shard, frame: readers.Frame, top: str, radars: Sequence[Mapping]) -> Frame:
    shots = [_image(one) for one in frame.cameras.values()]
    shots += [_sweep(one) for one in frame.lidars.values()]
    shots += [_list(shard, row) for row in radars]
    objects = objects_of(frame.objects, frame.swept_by(top))
    return Frame(frame.number, frame.time, {one.sensor: one for one in shots}, objects)


def _image(camera: CameraFrame) -> Shot:
    width, height = camera.size
    return Shot(camera.name, camera.path, camera.time, camera.world_from_ego, width, height)


def _sweep(lidar: LidarFrame) -> Shot:
    return Shot(lidar.name, lidar.path, lidar.time, lidar.world_from_ego, read=lidar.sweep)


def _list(shard: Shard, row: Mapping) -> Shot:
    file = next(name for name in row["files"] if name.endswith(".pcd"))
    return Shot(row["name"], shard.folder / file, row["time"], matrix(row["world_from_ego"], 4))


def objects_of(rows: Sequence[Mapping], swept: Sequence[Mapping]) -> tuple[Seen, ...]:
    """Return the things of a frame.

    A trailer is driven when what tows it is.

    Args:
        rows: of `objects.parquet`, one per camera and thing.
        swept: of `lidar_objects.parquet`, one per thing.
    """
    known: dict[int, list[Mapping]] = {}
    for row in rows:
        known.setdefault(row["track"], []).append(row)
    lit = {track: any(_is_lit(row) for row in own) for track, own in known.items()}
    found = []
    for place in swept:
        own = known[place["track"]]
        same: dict[str, Any] = {name: own[0][name] for name in _SAME}
        same |= {name: tuple(place[name]) for name in _PLACE}
        on = lit.get(own[0]["part_of"] or place["track"], False)
        shown = min(1.0, sum(_visible(row) for row in own))
        found.append(Seen(kind=own[0]["class"], lit=on, visible=shown, **same))
    return tuple(found)


def _visible(row: Mapping) -> float:
    """Return the share of the whole silhouette that one image shows."""
    if not row["amodal_pixels"]:
        return 0.0
    return float(row["visible_pixels"] / row["amodal_pixels"] * (1 - row["truncation"]))


def _is_lit(row: Mapping) -> bool:
    """Return whether lamps say that somebody drives it."""
    return bool(row["brake"] or row["headlamps"] in _DRIVEN or row["indicator"] in _TURNS)
