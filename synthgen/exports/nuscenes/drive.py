"""One clip as nuScenes has it: its log and map, its scenes, samples and annotations."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from synthgen.exports.nuscenes import data
from synthgen.exports.nuscenes.annotations import (
    Cloud,
    annotated,
    annotation,
    chained,
    cloud,
    instances,
)
from synthgen.exports.nuscenes.boxes import joined
from synthgen.exports.nuscenes.categories import INDEX, THINGS, category
from synthgen.exports.nuscenes.channels import TOP
from synthgen.exports.nuscenes.data import Taken
from synthgen.exports.nuscenes.frames import car_from_sensor, global_from_car
from synthgen.exports.nuscenes.mask import mask, window
from synthgen.exports.nuscenes.radars import detections
from synthgen.exports.nuscenes.recording import Clip, Seen
from synthgen.exports.nuscenes.scenes import Scene, scenes
from synthgen.exports.nuscenes.sweeps import Sweep, native_sweep, numbered, panoptic, write_npz
from synthgen.exports.nuscenes.target import VERSION, Log, Target, log_of
from synthgen.writers.files import png, write


def write_clip(target: Target, clip: Clip) -> list[Scene]:
    """Write everything of `clip` and return its scenes."""
    log = _write_log(target, clip)
    found = scenes(clip)
    for scene in found:
        _write_scene(target, log, scene)
    return found


def _write_log(target: Target, clip: Clip) -> Log:
    shots = [shot for frame in clip.frames for shot in frame.shots.values()]
    seen = window(np.array([shot.world_from_ego[:2, 3] for shot in shots]))
    log = log_of(clip, seen.origin)
    own, drawn = target.token("log", clip.number), target.token("map", clip.number)
    write(target.folder / f"maps/{drawn}.png", png(mask(clip.ground, seen)))
    row = {
        "token": own,
        "logfile": log.name,
        "vehicle": target.car.name,
        "date_captured": clip.date,
        "location": f"{clip.place}-{clip.number:06d}",
    }
    target.tables.add("log", [row])
    placed = {
        "token": drawn,
        "category": "semantic_prior",
        "filename": f"maps/{drawn}.png",
        "log_tokens": [own],
    }
    target.tables.add("map", [placed])
    return log


@dataclass(frozen=True, eq=False)
class _Named:
    """Who is who in one scene.

    Attributes:
        category: index by instance id.
        label: panoptic label by instance id.
    """

    category: Mapping[int, int]
    label: Mapping[int, int]


def _write_scene(target: Target, log: Log, scene: Scene) -> None:
    keys = [frames[-1] for frames in scene.samples]
    named = _names(row for frames in scene.samples for f in frames for row in f.objects)
    clouds: list[dict[str, list[Cloud]]] = [{"lidar": [], "radar": []} for _ in keys]
    times = {}
    for shots in data.taken(target, scene):
        data.write_records(target, log, scene, shots)
        for one in shots:
            found = _put(target, log, one, named)
            if one.key and found is not None:
                clouds[one.sample][target.car.sensors[one.shot.sensor].modality].append(found)
            if one.key and one.channel == TOP:
                times[one.sample] = one
    _write_samples(target, log, scene, times)
    _write_annotations(target, log, scene, clouds)


def _names(rows: Iterable[Seen]) -> _Named:
    known = {row.track: row for row in rows}
    found = {}
    for row in known.values():
        whole = known.get(row.rides, row)
        found[row.instance] = (INDEX[category(whole.kind, whole.subtype)], whole.track)
    things = {instance: own for instance, own in found.items() if own[0] in THINGS}
    return _Named({instance: own[0] for instance, own in found.items()}, numbered(things))


def _put(target: Target, log: Log, one: Taken, named: _Named) -> Cloud | None:
    """Put the file of `one` into the tree; return the points of a sweep or list of detections."""
    sensor = target.car.sensors[one.shot.sensor]
    placed = global_from_car(target.car, one.shot, log.origin)
    placed = placed @ car_from_sensor(target.car, sensor)
    if one.shot.read is None:
        data.put_file(target, log, one)
        radar = sensor.modality == "radar" and one.key
        return cloud(detections(one.shot.file), placed, flat=True) if radar else None
    sweep = native_sweep(one.shot.read(), sensor.beams, named.category)
    data.put_sweep(target, log, one, sweep)
    if one.key and one.channel == TOP:
        _write_point_labels(target, one, sweep, named)
    return cloud(sweep.rows[:, :3], placed)


def _write_point_labels(target: Target, one: Taken, sweep: Sweep, named: _Named) -> None:
    lidarseg = f"lidarseg/{VERSION}/{one.token}_lidarseg.bin"
    write(target.folder / lidarseg, sweep.category.tobytes())
    joint = f"panoptic/{VERSION}/{one.token}_panoptic.npz"
    write_npz(target.folder / joint, panoptic(sweep, named.label))
    for table, file in (("lidarseg", lidarseg), ("panoptic", joint)):
        row = {"token": one.token, "sample_data_token": one.token, "filename": file}
        target.tables.add(table, [row])


def _write_samples(target: Target, log: Log, scene: Scene, tops: Mapping[int, Taken]) -> None:
    own = target.token("scene", scene.name)
    samples = [
        {
            "token": target.token("sample", scene.name, number),
            "timestamp": tops[number].time,
            "scene_token": own,
        }
        for number in range(len(scene.samples))
    ]
    target.tables.add("sample", chained(samples))
    row = {
        "token": own,
        "name": scene.name,
        "description": scene.clip.description,
        "log_token": target.token("log", scene.clip.number),
        "nbr_samples": len(samples),
        "first_sample_token": samples[0]["token"],
        "last_sample_token": samples[-1]["token"],
    }
    target.tables.add("scene", [row])


def _write_annotations(
    target: Target, log: Log, scene: Scene, clouds: list[dict[str, list[Cloud]]]
) -> None:
    rows: dict[str, list[dict]] = {}
    names = {}
    for number, frames in enumerate(scene.samples):
        sample = target.token("sample", scene.name, number)
        for name, box in annotated(joined(frames[-1].objects)):
            instance = target.token("instance", scene.name, box.first.track)
            names[instance] = name
            row = annotation(name, box, sample, instance, clouds[number], log.origin)
            rows.setdefault(instance, []).append(row)
    written = [row for own in rows.values() for row in chained(own)]
    target.tables.add("sample_annotation", written)
    target.tables.add("instance", instances(written, names))
