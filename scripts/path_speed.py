"""How many frames a second render=path makes on this machine's device.

    scripts/path_speed.py [device=auto] [samples=16] [frames=6] [shrink=1] [jobs=1] [KEY=VALUE...]

Keys of synthgen choose the clip; default: scene=storm_night clip=drive place=downtown. The camera's
first hits, which labels need anyway, are cast before the clock starts; what is measured is the
picture: everything from the moment to radiance, denoised, things moved anew for each frame. The
first frame, which compiles, is printed apart. With `jobs` so many processes share the device, as
`jobs=` of synthgen does, and make `frames` each.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from synthgen.build.city import build_city
from synthgen.build.clip import build_clip
from synthgen.build.guests import guests
from synthgen.config import read
from synthgen.embree import tracer
from synthgen.render.path import setup
from synthgen.render.path.picture import Path as PathTracer
from synthgen.render.path.quality import PathQuality
from synthgen.scene import moment
from synthgen.sensors.adaptation import thumbnail
from synthgen.sensors.camera import look
from synthgen.spec.resolve import resolve
from synthgen.weather.air import air_at

NUMBERS = {"samples": 16, "frames": 6, "shrink": 1, "jobs": 1}
CLIP = ("scene=storm_night", "clip=drive", "place=downtown")


def settings(arguments):
    """Return the numbers, the device and the keys of synthgen among `arguments`."""
    numbers, device, keys = dict(NUMBERS), "auto", []
    for argument in arguments:
        name, _, value = argument.partition("=")
        if name in numbers:
            numbers[name] = int(value)
        elif name == "device":
            device = value
        else:
            keys.append(argument)
    return numbers, device, (*CLIP, *keys)


def seconds(numbers, device: str, keys, ready):
    """Return the seconds of each picture, the first of all first; calls `ready` before the rest."""
    run = read(keys)
    spec = resolve(run, 0)
    with tempfile.TemporaryDirectory() as folder:
        city = build_city(spec.place, run.seed, run.rig.ego, Path(folder), guests(run))
        scene = build_clip(city, spec, numbers["frames"])
    camera = thumbnail(run.rig.camera(next(iter(run.rig.cameras))), numbers["shrink"])
    found = []
    with tracer(scene.world) as trace:
        moments = [moment(scene, time) for time in scene.motion.times[: numbers["frames"]]]
        sights = [look(camera, trace, now) for now in moments]
        quality = PathQuality(numbers["samples"], device=device)
        render = PathTracer(scene.world, quality).radiance
        for turn in range(numbers["frames"] + 1):
            if turn == 1:
                ready()
            now, sight = moments[max(turn - 1, 0)], sights[max(turn - 1, 0)]
            start = time.perf_counter()
            render(trace, now, sight.view, sight.hits, air_at(now), turn)
            found.append(time.perf_counter() - start)
    return found, sights[0].view


def work() -> None:
    """Be one of several processes: say when ready, wait for the word, say when done."""
    numbers, device, keys = settings(sys.argv[2:])

    def ready() -> None:
        print("ready", flush=True)
        sys.stdin.readline()

    seconds(numbers, device, keys, ready)
    print("done", flush=True)


def together(jobs: int, frames: int) -> float:
    """Return the frames a second that `jobs` processes make together."""
    command = [sys.executable, __file__, "work", *sys.argv[1:]]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    workers = [subprocess.Popen(command, **pipes) for _ in range(jobs)]
    for worker in workers:
        if worker.stdout.readline() != "ready\n":
            sys.exit("a process ended before its first frame")
    start = time.perf_counter()
    for worker in workers:
        worker.stdin.write("go\n")
        worker.stdin.flush()
    for worker in workers:
        worker.stdout.readline()
    return jobs * frames / (time.perf_counter() - start)


def main() -> None:
    """Print the figure."""
    numbers, device, keys = settings(sys.argv[1:])
    used = setup.check(device)
    name = f"path, {used}, {numbers['samples']} samples, denoised"
    if numbers["jobs"] > 1:
        rate = together(numbers["jobs"], numbers["frames"])
        print(f"{name}, {numbers['jobs']} processes: {rate:.2f} frames a second")
        return
    (first, *rest), view = seconds(numbers, device, keys, lambda: None)
    each = sum(rest) / len(rest)
    print(f"{name}, {view.width} x {view.height}: first frame {first:.1f} s, then "
          f"{1e3 * each:.0f} ms each, {1 / each:.2f} frames a second")  # fmt: skip


if __name__ == "__main__":
    work() if sys.argv[1:2] == ["work"] else main()
