"""What each lidar make measures, against its table, and how fast sweeps are.

    scripts/lidar_table.py [KEY=VALUE ...] [makes=NAME,NAME] [place=downtown] [processes=2]
                           [sweeps=10] [seed=3]

First table, by make: beams; columns found in the written firing times, beside what rate and cycle
of the make allow; rays; points of one sweep downtown at clear day, points in rain; the largest
difference between a ring's elevation in the make's table and that of the written points (float32)
of a room of 60 x 36 x 24 m, by a line through height over distance, and its median.

Second table: sweeps per second of `processes` processes at work at once, of each of four makes, by
scene: rays made and cast, returns, weather, intensities, class and instance of each point. Beside
it processor milliseconds of a sweep and of the same rays cast alone: at walls, ground and trees
("raw"), and at everything, held still ("frozen").
"""

import multiprocessing
import os
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from synthgen.build.city import build_city
from synthgen.build.clip import build_clip
from synthgen.config import read
from synthgen.config_camera import makes
from synthgen.embree import Tracer, tracer
from synthgen.geometry import yaw_quaternion
from synthgen.jobs.environment import ONE_THREAD
from synthgen.jobs.shard import guests
from synthgen.labels.solid import points_hitting
from synthgen.materials import Material
from synthgen.mesh import mesh
from synthgen.motion import Motion, standing
from synthgen.rig import Lidar
from synthgen.rng import stream
from synthgen.sample import LidarReading, Sample
from synthgen.scene import Moment, Scene, moment
from synthgen.sensors.lidar import observe
from synthgen.sensors.sweep import sweep
from synthgen.spec.resolve import resolve
from synthgen.weather.air import air_at
from synthgen.world import Body, World
from synthgen.writers.sensor_files import point_labels, velodyne

WORDS = {
    "makes": "", "place": "downtown", "processes": "2", "sweeps": "10", "seed": "3", "speed": "1",
}  # fmt: skip
TIMED = ("vlp16", "hdl64e_kitti", "os1_128", "vls128")
SCENES = ("clear_day", "rain", "storm_night")
ROOM = np.array([60.0, 36.0, 24.0])
CORNERS = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]) / 2
FACES = np.array([[0, 1, 3], [0, 3, 2], [4, 6, 7], [4, 7, 5], [0, 4, 5], [0, 5, 1],
                  [2, 3, 7], [2, 7, 6], [0, 2, 6], [0, 6, 4], [1, 5, 7], [1, 7, 3]])  # fmt: skip


def main() -> None:
    """Print both tables."""
    words = dict(WORDS)
    for text in sys.argv[1:]:
        key, _, value = text.partition("=")
        if key not in words or not value:
            raise SystemExit(f"{text}: expected KEY=VALUE with KEY of {', '.join(words)}")
        words[key] = value
    names = words["makes"].split(",") if words["makes"] else sorted(makes("lidar"))
    table(names, words)
    if words["speed"] != "0":
        speeds(words)


def lidar(name: str) -> Lidar:
    """Return a lidar of make `name` on the roof of KITTI's car."""
    return read([f"rig.lidars.velodyne.model.lidar={name}"]).rig.lidar("velodyne")


def clip(scene: str, words):  # type: ignore[no-untyped-def]
    """Return a scene of one frame."""
    run = read([f"scene={scene}", f"place={words['place']}", f"seed={words['seed']}"])
    spec = resolve(run, 0)
    with tempfile.TemporaryDirectory() as folder:
        city = build_city(spec.place, run.seed, run.rig.ego, Path(folder), guests(run))
        return build_clip(city, spec, 1)


# What is measured -------------------------------------------------------------------------------


def room() -> Scene:
    """Return a car in the middle of a closed grey room."""
    grey = Material("grey", (0.5, 0.5, 0.5))
    walls = Body("room", "building", "", mesh(CORNERS * ROOM, FACES, grey, "building"))
    small = mesh(CORNERS * 0.01 - [0, 0, 5], FACES, grey, "ego")
    world = World((walls,), (Body("ego", "ego", "", small),), 0, clear())
    still = standing(np.zeros(3), yaw_quaternion(0.0))
    return Scene(world, Motion((still,), (0.0,)))


def clear():  # type: ignore[no-untyped-def]
    """Return the air of a clear day."""
    return resolve(read(["scene=clear_day"]), 0).environment


def table(names: list[str], words) -> None:  # type: ignore[no-untyped-def]
    """Print what each make measures."""
    inside = room()
    outside = [clip(scene, words) for scene in ("clear_day", "rain")]
    print(f"{'make':13} beams  columns  allowed    rays  points    rain   elevation error [deg]")
    with tracer(inside.world) as walls:
        traces = [Tracer(scene.world) for scene in outside]
        for name in names:
            one = lidar(name)
            seen = scan(one, walls, moment(inside, 0.0))
            error = elevation_error(one, seen)
            points = [
                len(scan(one, trace, moment(scene, scene.motion.times[0])).point)
                for trace, scene in zip(traces, outside, strict=True)
            ]
            model = one.model
            print(f"{name:13} {len(np.unique(seen.ring)):5} {columns(one, seen):8} "
                  f"{model.scanning / model.rate * model.frequency:8.1f} {seen.fired_count:7} "
                  f"{points[0]:7} {points[1]:7}   {error.max():.4f}  {np.median(error):.4f}",
                  flush=True)  # fmt: skip


def scan(one: Lidar, trace: Tracer, now: Moment) -> LidarReading:
    """Return a sweep."""
    return observe(one, trace, now, air_at(now), stream(0, "table", one.name))


def columns(one: Lidar, seen: LidarReading) -> int:
    """Return how many columns the written firing times tell."""
    times = seen.fired.astype(np.float32).astype(float) - one.model.table("firing")[seen.ring]
    return len(np.unique(np.rint(times * one.model.frequency)))


def elevation_error(one: Lidar, seen: LidarReading):  # type: ignore[no-untyped-def]
    """Return the error of each ring's elevation [deg], from the points as they are written.

    Of a beam that starts aside of its axis, height is a line over the distance that it has gone.
    """
    points = velodyne(seen)[:, :3].astype(float)
    side = one.model.table("side")[seen.ring]
    gone = np.sqrt(np.hypot(points[:, 0], points[:, 1]) ** 2 - side**2)
    found = []
    for ring, told in enumerate(one.model.table("elevation_deg")):
        mine = seen.ring == ring
        slope = np.polyfit(gone[mine], points[mine, 2], 1)[0]
        found.append(abs(np.rad2deg(np.arctan(slope)) - told))
    return np.array(found)


# How fast ---------------------------------------------------------------------------------------


def speeds(words) -> None:  # type: ignore[no-untyped-def]
    """Print how fast sweeps are."""
    count = int(words["processes"])
    os.environ.update(dict.fromkeys(ONE_THREAD, "1"))  # of each process, as in a run
    print(f"\n{'make':13} scene        sweeps/s of {count} processes   ms/sweep  raw  frozen")
    with multiprocessing.get_context("spawn").Pool(count) as pool:
        for scene in SCENES:
            for rows in zip(*pool.map(timed, [(scene, words)] * count), strict=True):
                name, _, spent, raw, frozen = rows[0]
                rate = sum(row[1] for row in rows)
                print(f"{name:13} {scene:12} {rate:24.1f} {1e3 * spent:10.1f} {1e3 * raw:5.1f} "
                      f"{1e3 * frozen:6.1f}", flush=True)  # fmt: skip


def timed(task):  # type: ignore[no-untyped-def]
    """Return per make: name, sweeps per second, processor seconds of sweep, raw and frozen rays."""
    scene, words = task
    street, count = clip(scene, words), int(words["sweeps"])
    now, rows = moment(street, street.motion.times[0]), []
    with tracer(street.world) as trace:
        for name in TIMED:
            one = replace(lidar(name), name=name)
            whole(one, trace, now)
            rate, spent = clocked(lambda one=one: whole(one, trace, now), count)
            rays = sweep(one, street.ego, now.time).rays
            raw = clocked(lambda rays=rays: trace.stuff_hits(rays), count)[1]
            still = clocked(
                lambda rays=rays: trace.frozen_hits(now, rays.origin, rays.direction), count
            )[1]
            rows.append((name, rate, spent, raw, still))
    return rows


def whole(one: Lidar, trace: Tracer, now: Moment) -> None:
    """Make one sweep with its labels."""
    seen = scan(one, trace, now)
    sample = Sample(0, 0, now, {}, {one.name: seen}, {})
    velodyne(seen)
    point_labels(sample, seen)
    points_hitting({one.name: seen}, len(now.scene.world.bodies))


def clocked(work, count: int) -> tuple[float, float]:  # type: ignore[no-untyped-def]
    """Return how often a second `work` was done, and the processor seconds of each time."""
    start, busy = time.perf_counter(), time.process_time()
    for _ in range(count):
        work()
    return count / (time.perf_counter() - start), (time.process_time() - busy) / count


if __name__ == "__main__":
    main()
