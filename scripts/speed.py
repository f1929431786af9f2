"""What a frame costs, renderer by renderer, and what its picture is worth.

    scripts/speed.py [shrink=1] [reference=256] [small=4] [place=downtown] [scenes=a,b,c]
                     [KEY=VALUE...]

For each scene (clear_day, storm_night, blackout) and its first frame, in core-seconds, that is
seconds of processor time of this process, each renderer warm (its second picture):

- rays: all rays that a `raycast` picture casts, replayed through Embree alone, by kind.
- raycast, path at 4 and 16 samples, raster: the picture. Renderers whose libraries are missing
  have no row. `camera` is a whole camera frame by raycast: labels' rays, picture, lens and sensor.
- Pictures of a camera `small` times smaller against one by path with `reference` samples and no
  denoiser: error is the root mean square over pixels of log10((L + m) / (L_ref + m)), L luminance,
  m a tenth of the reference's median luminance; 0.1 means 26 % off. Last, what path without its
  denoiser would have to spend to come as close to the reference as raycast does.
"""

import sys
import tempfile
import time
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from compare_renderers import Kept, error

from synthgen.build.city import build_city
from synthgen.build.clip import build_clip
from synthgen.build.guests import guests
from synthgen.config import read
from synthgen.embree import tracer
from synthgen.errors import UserError
from synthgen.render.path import setup as path_setup
from synthgen.render.path.quality import PathQuality
from synthgen.render.raycast import Raycast
from synthgen.rng import stream
from synthgen.scene import moment
from synthgen.sensors.adaptation import thumbnail
from synthgen.sensors.camera import observe
from synthgen.spec.resolve import resolve
from synthgen.weather.air import atmosphere

NUMBERS = {"shrink": 1, "reference": 256, "small": 4}
WORDS = {"place": "downtown", "scenes": "clear_day,storm_night,blackout"}
KINDS = {"stuff_hits": "pixels", "layers": "pixels, things", "frozen_hits": "sky and mirrors",
         "blocked": "shadows"}  # fmt: skip
STEPS = (1, 4, 16, 64)


class Recorder:
    """A tracer that remembers what it was asked, to be asked the same again."""

    def __init__(self, trace) -> None:
        self._trace, self.asked = trace, []

    def __getattr__(self, name):
        """Return a method of the tracer; what it is asked is kept where that goes to Embree."""
        method = getattr(self._trace, name)
        if name == "first_hits":
            return self._first_hits
        if name not in KINDS:
            return method

        def ask(*arguments):
            self.asked.append((name, arguments))
            return method(*arguments)

        return ask

    def _first_hits(self, now, rays, layers=None):
        self.asked.append(("stuff_hits", (rays,)))
        if layers is None:
            layers = self.layers(now, rays)
        return self._trace.first_hits(now, rays, layers)


def spent(work) -> float:
    """Return the processor seconds that calling `work` takes."""
    start = time.process_time()
    work()
    return time.process_time() - start


def replayed(trace, recorder):
    """Return (rays, core-seconds) by kind of what `recorder` heard, asked of `trace` again."""
    found = {}
    for name, arguments in recorder.asked:
        rays = arguments[-1] if name != "frozen_hits" else arguments[1]
        seconds = spent(lambda name=name, ask=arguments: getattr(trace, name)(*ask))
        count, total = found.get(KINDS[name], (0, 0.0))
        found[KINDS[name]] = count + len(rays), total + seconds
    return found


def clip(scene: str, place: str, keys):
    """Return the run and a one-frame clip of it."""
    run = read((f"scene={scene}", f"place={place}", *keys))
    spec = resolve(run, 0)
    with tempfile.TemporaryDirectory() as folder:
        city = build_city(spec.place, run.seed, run.rig.ego, Path(folder), guests(run))
        return run, build_clip(city, spec, 1)


def renderers(world):
    """Return all renderers that can run here, by name."""
    found = {"raycast": Raycast(world)}
    try:
        path_setup.check("auto")
        tracing = import_module("synthgen.render.path.picture").Path
        for samples in (4, 16):
            found[f"path {samples}"] = tracing(world, PathQuality(samples))
    except UserError as problem:
        print(f"no path: {problem}")
    if find_spec("synthgen.render.raster") and find_spec("synthgen.render.raster.picture"):
        try:
            import_module("synthgen.render.raster.setup").check()
            found["raster"] = import_module("synthgen.render.raster.picture").Raster(world)
        except UserError as problem:
            print(f"no raster: {problem}")
    return found


class Shot:
    """One camera before one moment: takes pictures with any renderer."""

    def __init__(self, run, scene, trace, shrink: int) -> None:
        name = next(iter(run.rig.cameras))
        self.camera, self.trace = thumbnail(run.rig.camera(name), shrink), trace
        self.now = moment(scene, scene.motion.times[0])
        self.air = atmosphere(scene.world.environment)
        self.seed = run.seed

    def take(self, renderer, *names, trace=None):
        """Return the kept picture and the core-seconds of the whole camera frame."""
        kept = Kept(renderer.radiance)
        rng, trace = stream(self.seed, "speed", *names), trace or self.trace
        whole = spent(lambda: observe(self.camera, trace, self.now, kept, self.air, rng))
        return kept, whole


def row(name: str, seconds: float, note: str = "") -> None:
    """Print a line of the table."""
    print(f"  {name:30}{seconds:9.3f}  {note}")


def costs(shot, found) -> None:
    """Print what rays and pictures cost."""
    for name, renderer in found.items():
        shot.take(renderer)
        kept, whole = shot.take(renderer)
        if name == "raycast":
            recorder = Recorder(shot.trace)
            shot.take(renderer, trace=recorder)
            rays = replayed(shot.trace, recorder)
            for kind, (count, seconds) in rays.items():
                row(f"rays: {kind}", seconds, f"{count / 1e3:.0f} thousand")
            total = sum(seconds for _, seconds in rays.values())
            row("rays: all, Embree alone", total)
            row("camera by raycast, whole", whole, f"{whole / total:.1f} times its rays")
        row(name, kept.seconds)


def worth(shot, world, reference: int) -> None:
    """Print errors against a picture with `reference` samples."""
    tracing = import_module("synthgen.render.path.picture").Path

    def picture(renderer):
        shot.take(renderer)
        return shot.take(renderer, "again")[0]

    raw = {n: picture(tracing(world, PathQuality(n, denoise=False))) for n in STEPS}
    true, _ = shot.take(tracing(world, PathQuality(reference, denoise=False)), "reference")
    cast = picture(Raycast(world))
    errors = {n: error(kept.image, true.image) for n, kept in raw.items()}
    own = error(cast.image, true.image)
    row("small: raycast", cast.seconds, f"error {own:.3f}")
    for samples, kept in raw.items():
        clean = picture(tracing(world, PathQuality(samples)))
        row(f"small: path {samples}", kept.seconds, f"error {errors[samples]:.3f}; denoised "
            f"{clean.seconds:.3f} s, error {error(clean.image, true.image):.3f}")  # fmt: skip
    row(f"small: path {reference}", true.seconds, "the reference")
    equal(own, errors, {n: kept.seconds for n, kept in raw.items()}, cast.seconds)


def equal(own: float, errors, seconds, cast: float) -> None:
    """Print what path has to spend for the error `own` of raycast."""
    known = np.log([errors[n] for n in STEPS])[::-1]
    cost = np.log([seconds[n] for n in STEPS])[::-1]
    needed = float(np.exp(np.interp(np.log(own), known, cost)))
    bound = "over " if own < min(errors.values()) else ""
    bound = "at most " if own > max(errors.values()) else bound
    row("small: path at raycast's error", needed, f"{bound}{needed / cast:.1f} times raycast")


def main() -> None:
    """Print the tables."""
    numbers, words, keys = dict(NUMBERS), dict(WORDS), []
    for argument in sys.argv[1:]:
        name, _, value = argument.partition("=")
        if name in numbers:
            numbers[name] = int(value)
        elif name in words:
            words[name] = value
        else:
            keys.append(argument)
    for name in words["scenes"].split(","):
        run, scene = clip(name, words["place"], keys)
        with tracer(scene.world) as trace:
            shot = Shot(run, scene, trace, numbers["shrink"])
            model = shot.camera.model
            print(f"{name}, {words['place']}, {model.width} x {model.height}: core-seconds")
            found = renderers(scene.world)
            costs(shot, found)
            if "path 4" in found and numbers["reference"]:
                small = Shot(run, scene, trace, numbers["shrink"] * numbers["small"])
                worth(small, scene.world, numbers["reference"])
        sys.stdout.flush()


if __name__ == "__main__":
    main()
