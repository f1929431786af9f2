"""Pictures of known condition, for `calibrate_pictures.py`, and a row of numbers behind each.

Each seed has a city, two clips in it and moments of each, seen under nine conditions or more by
a camera of its own make.
"""

import csv
import tempfile
from dataclasses import replace
from pathlib import Path

from synthgen.build.city import build_city
from synthgen.build.guests import guests
from synthgen.config import read
from synthgen.jobs.clock import Clock
from synthgen.pipeline import generate
from synthgen.report.sheet import write_png
from synthgen.spec.resolve import resolve

MAKES = ("flea2", "ar0231at", "ev76c570", "imx490")
"""Cameras, by turns: their exposure and noise differ as those of users' cameras do."""
BASES = (
    ("clear", "day"), ("fog", "night"), ("rain", "dusk"), ("overcast", "low_sun"),
    ("snow", "night"), ("fog", "dusk"), ("overcast", "dusk"), ("rain", "night"),
)  # fmt: skip
"""Weather and light of the scenes' own conditions, by turns; the rest are twins of the moment."""
TWINS = "[clear,overcast,rain,snow,fog,dusk,night,blackout,storm_night]"
PLACES = ("downtown", "suburb", "rural", "arterial")
STRANGE = (
    ("drizzle", "day", "clean"), ("clear", "low_sun", "dirty"), ("overcast", "moonlight", "clean"),
    ("fog", "low_sun", "clean"), ("snow", "dusk", "clean"), ("rain", "low_sun", "wet"),
    ("drizzle", "night", "wet"), ("clear", "day", "misted"), ("fog_banks", "low_sun", "clean"),
    ("storm", "day", "wet"), ("snow", "low_sun", "dirty"), ("overcast", "night", "dirty"),
    ("clear", "moonlight", "clean"), ("clear", "dusk", "dirty"), ("fog", "night", "misted"),
    ("snow", "night", "wet"),
)  # fmt: skip
"""Weather, light and glass that no picture of the calibration has, one clip each."""
STRANGE_PLACES = ("industrial", "motorway", "suburb", "downtown")
COLUMNS = ("sun_elevation", "rain", "snow", "visibility", "cloud")
RIG = """
name: calibration
ego: {kind: ego, subtype: estate, length: 4.774, width: 1.820, height: 1.517, seed: 2011}
lidars: {top: {mount: {position: [-0.52, 0.0, 1.73]}, model: {lidar: vlp16}}}
cameras:
  front:
    mount: {position: [0.3, 0.0, 1.65]}
    model:
      camera: MAKE
      width: WIDTH
      height: HEIGHT
      matrix: [[FOCAL, 0.0, COLUMN], [0.0, FOCAL, ROW], [0.0, 0.0, 1.0]]
      f_number: 1.8
      focus: 0
      lens_transmission: 0.9
      vignetting: 0.15
      glare: 0.03
      blur: 0.5
      ghosts: 2.0e-4
      glass: 0.08
      wiped: true
      blades: 0
"""
"""A front camera of a quarter of KITTI's pixels, or with twice the rows and columns."""


def write_rig(path: Path, make: str, scale: int = 1) -> None:
    """Write a rig with one camera."""
    said = {"MAKE": make, "WIDTH": 621 * scale, "HEIGHT": 300 * scale, "FOCAL": 360.77 * scale,
            "COLUMN": 310.0 * scale, "ROW": 150.0 * scale}  # fmt: skip
    text = RIG
    for word, value in said.items():
        text = text.replace(word, str(value))
    path.write_text(text)


def samples(seed: int, folder: Path, scale: int = 1):
    """Yield a name and the sample of every picture of a seed."""
    rig_file = folder / "rig.yaml"
    write_rig(rig_file, MAKES[seed % len(MAKES)], scale)
    weather, light = BASES[seed % len(BASES)]
    place = PLACES[(seed // 2) % len(PLACES)]
    run = read([
        f"rig={rig_file}", f"weather={weather}", f"light={light}", f"place={place}",
        f"twin={TWINS}", f"seed={seed}", "clip.frames=2", "n=4",
    ])  # fmt: skip
    city = None
    for clip in range(2):
        spec = resolve(run, clip)
        city = city or build_city(spec.place, run.seed, run.rig.ego, folder, guests(run))
        frames = [2 * clip, 2 * clip + 1]
        rig = replace(run.rig, lidars={})
        for number, sample in enumerate(generate(city, spec, rig, frames, Clock())):
            yield f"{seed}_{clip}_{number:02d}", sample


def strange(seed: int, folder: Path):
    """Yield a name and the sample of every picture of a seed under strange conditions."""
    rig_file, city = folder / "rig.yaml", None
    for clip, (weather, light, lens) in enumerate(STRANGE):
        write_rig(rig_file, MAKES[(seed + clip) % len(MAKES)])
        run = read([
            f"rig={rig_file}", f"weather={weather}", f"light={light}", f"lens={lens}",
            f"place={STRANGE_PLACES[seed % len(STRANGE_PLACES)]}", f"seed={seed}",
            "clip.frames=1", f"n={len(STRANGE)}",
        ])  # fmt: skip
        spec = resolve(run, clip)
        if city is None:
            place = spec.place
            city = build_city(place, run.seed, run.rig.ego, folder, guests(run))
        spec = replace(spec, place=place)
        rig = replace(run.rig, lidars={})
        for sample in generate(city, spec, rig, [clip], Clock()):
            yield f"{seed}_{clip}_{weather}_{light}_{lens}", sample


def render(out: Path, seeds: list[int], samples=samples) -> None:
    """Write the pictures of `seeds` and a row about each."""
    out.mkdir(parents=True, exist_ok=True)
    for seed in seeds:
        rows = []
        with tempfile.TemporaryDirectory() as folder:
            for name, sample in samples(seed, Path(folder)):
                write_png(out / f"{name}.png", next(iter(sample.cameras.values())).image)
                rows.append([name, *(sample.environment[column] for column in COLUMNS)])
        with (out / f"{seed}.csv").open("w", newline="") as handle:
            csv.writer(handle).writerows([["name", *COLUMNS], *rows])
        print(seed, len(rows), flush=True)


# Fitting ----------------------------------------------------------------------------------------
