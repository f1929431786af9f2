"""The files of one scene, and the records that say what they are: sample_data and ego_pose."""

from collections.abc import Iterator
from dataclasses import dataclass

from synthgen.exports.nuscenes.annotations import chained
from synthgen.exports.nuscenes.fixed import calibration
from synthgen.exports.nuscenes.frames import global_from_car, record
from synthgen.exports.nuscenes.recording import Shot
from synthgen.exports.nuscenes.scenes import Scene
from synthgen.exports.nuscenes.sweeps import Sweep
from synthgen.exports.nuscenes.target import Log, Target
from synthgen.exports.nuscenes.tokens import file_name, stamp
from synthgen.writers.files import link, write

_FORMATS = {".jpg": "jpg", ".png": "png", ".pcd.bin": "pcd", ".pcd": "pcd"}


@dataclass(frozen=True, eq=False)
class Taken:
    """A shot in its scene.

    Attributes:
        shot: the file.
        channel: of its sensor.
        sample: number of the sample that it belongs to.
        key: whether it is of that sample's own frame.
        token: of its sample_data record.
        time: [us] stamp.
    """

    shot: Shot
    channel: str
    sample: int
    key: bool
    token: str
    time: int


def taken(target: Target, scene: Scene) -> Iterator[list[Taken]]:
    """Yield the shots of each channel of `scene`, each channel's in the order of time."""
    for name, channel in target.channels.items():
        found = []
        for number, frames in enumerate(scene.samples):
            for frame in frames:
                shot = frame.shots.get(name)
                if shot is None:
                    continue
                time = stamp(scene.clip.number, shot.time)
                own = target.token("sample_data", scene.clip.number, channel, time)
                found.append(Taken(shot, channel, number, frame is frames[-1], own, time))
        if found:
            yield found


def write_records(target: Target, log: Log, scene: Scene, shots: list[Taken]) -> None:
    """Write the calibration of one channel, and its sample_data and ego_pose records."""
    sensor = target.car.sensors[shots[0].shot.sensor]
    own = calibration(target.car, sensor, shots[0].channel, scene.name)
    target.tables.add("calibrated_sensor", [own])
    rows = []
    for one in shots:
        pose = target.token("ego_pose", one.token)
        placed = record(global_from_car(target.car, one.shot, log.origin))
        target.tables.add("ego_pose", [{"token": pose, "timestamp": one.time, **placed}])
        rows.append(
            {
                "token": one.token,
                "sample_token": target.token("sample", scene.name, one.sample),
                "ego_pose_token": pose,
                "calibrated_sensor_token": own["token"],
                "timestamp": one.time,
                "fileformat": _FORMATS[suffix(target, one.shot)],
                "is_key_frame": one.key,
                "height": one.shot.height,
                "width": one.shot.width,
                "filename": path(target, log, one),
            }
        )
    target.tables.add("sample_data", chained(rows))


def suffix(target: Target, shot: Shot) -> str:
    """Return how the exported file of `shot` ends; images keep what they are."""
    lidar = target.car.sensors[shot.sensor].modality == "lidar"
    return ".pcd.bin" if lidar else shot.file.suffix


def path(target: Target, log: Log, one: Taken) -> str:
    """Return where the file of a shot lies in the tree."""
    name = file_name(log.name, one.channel, one.time, suffix(target, one.shot))
    return f"{'samples' if one.key else 'sweeps'}/{one.channel}/{name}"


def put_file(target: Target, log: Log, one: Taken) -> None:
    """Put an image or a list of detections into the tree: the same file, not a bit changed."""
    link(one.shot.file, target.folder / path(target, log, one))


def put_sweep(target: Target, log: Log, one: Taken, sweep: Sweep) -> None:
    """Put a sweep into the tree."""
    write(target.folder / path(target, log, one), sweep.rows.tobytes())
