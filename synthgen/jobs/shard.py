"""One shard, from spec to sealed folder."""

import os
import resource
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import psutil

from synthgen.build.city import build_city
from synthgen.build.guests import guests
from synthgen.jobs.claims import claimed
from synthgen.jobs.clock import Clock, core_seconds
from synthgen.jobs.delivery import deliver, finished
from synthgen.jobs.ledger import clear, finished_frames, partial_folder, publish, shard_folder
from synthgen.jobs.memory import give_back
from synthgen.jobs.pool import Stopped, Taken
from synthgen.jobs.refused import refused_kept
from synthgen.jobs.scratch import scratch
from synthgen.jobs.shortage import told
from synthgen.jobs.versions import versions
from synthgen.jobs.weight import weight
from synthgen.kinds import packages
from synthgen.pipeline import generate
from synthgen.rig import Rig
from synthgen.spec.clip import ClipSpec
from synthgen.spec.plain_json import parsed
from synthgen.spec.resolve import resolve
from synthgen.spec.run import RunSpec
from synthgen.spec.shard import Shard
from synthgen.verify.shard import check_shard
from synthgen.writers.coco_files import CocoFiles
from synthgen.writers.kitti import Calibration
from synthgen.writers.kitti_files import KittiFiles
from synthgen.writers.lamp_table import LampTable
from synthgen.writers.lidar_table import LidarTable
from synthgen.writers.manifest import NAME, ShardRecord, write_manifest
from synthgen.writers.map_tables import MapTables
from synthgen.writers.reading_files import ReadingFiles
from synthgen.writers.sensor_files import SensorFiles
from synthgen.writers.tables import Tables
from synthgen.writers.twin_table import TwinTable, twin_folder
from synthgen.writers.writer import Writer


def make_shard(
    run: RunSpec, index: int, tell: Callable[[int], None], stopped: Callable[[], bool]
) -> dict[str, Any]:
    """Make shard `index` of `run` and put it in its place; return timings and counts.

    Raises:
        Taken: when another job makes the shard, or has made it.
        Stopped: when asked to stop between two frames; nothing is left behind.
        UserError: when the disk is full or cannot be written, or memory is short; nothing is left
            behind.
    """
    clock = Clock()
    shard = next(shard for shard in run.shards() if shard.index == index)
    out = Path(run.out)
    with told(out), claimed(out, index) as mine:
        if not mine or finished(run)(index) == tuple(shard.frames):
            raise Taken
        waits = finished_frames(out, index) == tuple(shard.frames)
        record = (_waiting if waits else _sealed)(run, shard, clock, tell, stopped)
        if run.store:
            with clock.stage("send"):
                deliver(run, index)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    give_back()
    kept = psutil.Process().memory_info().rss
    times = {"seconds": clock.seconds, "core": clock.core}
    process = {"worker": os.getpid(), "process": core_seconds(), "peak": peak, "resident": kept}
    return {"shard": index, **process, **times, **record}


def _waiting(
    run: RunSpec, shard: Shard, clock: Clock,
    tell: Callable[[int], None], _stopped: Callable[[], bool],
) -> dict[str, Any]:  # fmt: skip
    """Return what is told of a shard that an earlier run sealed and could not send."""
    folder = shard_folder(Path(run.out), shard.index)
    with clock.stage("whole shard"):
        manifest = parsed((folder / NAME).read_text())
    for frame in shard.frames:
        tell(frame)
    known = {"frames": len(shard.frames), "counts": manifest["counts"], "checks": {}}
    return {**known, **asdict(weight(folder))}


def _sealed(
    run: RunSpec, shard: Shard, clock: Clock,
    tell: Callable[[int], None], stopped: Callable[[], bool],
) -> dict[str, Any]:  # fmt: skip
    """Make the shard aside and put it in its place; nothing is left aside in any case."""
    out = Path(run.out)
    clear(out, shard.index)
    partial = partial_folder(out, shard.index)
    try:
        partial.mkdir(parents=True)
        refused = refused_kept(out, shard.index, partial, run.clip.frames)
        with clock.stage("whole shard"), refused:
            record = _fill(run, shard, partial, clock, tell, stopped)
        with clock.stage("to disk"):
            publish(out, shard.index, partial)
        record |= asdict(weight(shard_folder(out, shard.index)))
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return record


def _fill(
    run: RunSpec, shard: Shard, partial: Path, clock: Clock,
    tell: Callable[[int], None], stopped: Callable[[], bool],
) -> dict[str, Any]:  # fmt: skip
    """Write every file of the shard into `partial`, the manifest last."""
    clips = {clip: resolve(run, clip) for clip in shard.clips}
    facts = {}
    writers = open_all_writers(run, partial)
    with scratch() as folder:
        with clock.stage("build city"):
            first = clips[shard.clips.start]
            city = build_city(first.place, run.seed, run.rig.ego, folder, guests(run))
        for number, spec in clips.items():
            for sample in generate(city, spec, run.rig, shard.written(number), clock):
                facts[number] = sample.moment.scene.world.facts
                with clock.stage(f"{'twin ' * bool(sample.twin)}write"):
                    for writer in writers[sample.twin]:
                        writer.add(sample)
                if not sample.twin:
                    tell(sample.frame)
                if stopped():
                    raise Stopped
    with clock.stage("write"):
        close_all(writers)
    with clock.stage("verify"):
        checks = check_shard(partial, packages(run.rig.sensors))
    with clock.stage("write"):
        content = write_manifest(
            partial,
            ShardRecord(
                identity=run.identity,
                shard=shard.index,
                frames=tuple(shard.frames),
                clips=tuple(_without_path(clip) for clip in clips.values()),
                facts=facts,
                versions=versions(run),
            ),
        )
    return {"frames": len(shard.frames), "counts": content["counts"], "checks": checks}


def open_all_writers(run: RunSpec, folder: Path) -> dict[str, list[Writer]]:
    """Return the writers by twin, those of the scene's own conditions under an empty name.

    All share one that writes which pictures show the same moment.
    """
    writers = {"": open_writers(run, folder)}
    for name, _ in run.twins:
        writers[name] = open_writers(run, folder / twin_folder(name), folder)
    if run.twins:
        camera, lidar = next(iter(run.rig.cameras)), next(iter(run.rig.lidars))
        pairs = TwinTable(folder, camera, lidar, run.labels, run.image.suffix)
        writers = {name: [*some, pairs] for name, some in writers.items()}
    return writers


def close_all(writers: Mapping[str, Sequence[Writer]]) -> None:
    """Close the writers of `open_all_writers`, each once."""
    for writer in {id(one): one for some in writers.values() for one in some}.values():
        writer.close()


def open_writers(run: RunSpec, folder: Path, base: Path | None = None) -> list[Writer]:
    """Return the writers of the formats that `run` asks for, sensor files first.

    Those of a twin know the `base` folder of the scene's own conditions.
    """
    camera, lidar = next(iter(run.rig.cameras)), next(iter(run.rig.lidars))
    calibration, suffix = kitti_calibration(run.rig, camera, lidar), run.image.suffix
    formats: dict[str, Writer] = {
        "kitti": KittiFiles(folder, camera, lidar, calibration, run.labels, suffix),
        "coco": CocoFiles(folder, camera, run.labels, suffix),
    }
    always: list[Writer] = [
        SensorFiles(folder, base, suffix),
        Tables(folder, camera, lidar, calibration, run.labels, suffix),
        MapTables(folder),
        LampTable(folder),
        LidarTable(folder),
        *([ReadingFiles(folder, run.rig.sensors)] if run.rig.sensors else []),
    ]
    return always + [formats[name] for name in run.format]


def kitti_calibration(rig: Rig, camera: str, lidar: str) -> Calibration:
    """Return what KITTI's calibration file says of `camera` as image 2 and `lidar`."""
    known, model = rig.matrices(camera, lidar), rig.cameras[camera].model
    projections = {f"p{number}": known.projections[f"P{number}"] for number in range(4)}
    return Calibration(
        **projections,
        r0_rect=known.rectification,
        tr_velo_to_cam=known.camera_from_lidar[:3],
        tr_imu_to_velo=known.lidar_from_imu[:3],
        projection_model=model.projection_model,
        distortion=model.distortion,
    )


def _without_path(clip: ClipSpec) -> ClipSpec:
    """Return `clip` with the map's name in the place of its path on this machine."""
    return replace(clip, place=replace(clip.place, file=Path(clip.place.file).name))
