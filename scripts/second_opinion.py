"""Compare what rays and a rasteriser say of the same frames: masks of every body, and depth.

    scripts/second_opinion.py [FRAMES=50] [SEED=0] [CROPS=folder] [KEY=VALUE...]

Frames are spread over scenes and places of every kind, up to four of a clip; KEYs of synthgen go
on top. Rays are those of the labels (Embree, pixel centres); the rasteriser is pyrender with
OpenGL (extra `raster`). A body counts where either mask has more than 400 pixels, sky included.
Printed: by class the number of masks, the least and the mean IoU; the share of pixels whose
depths agree within 1 %; every mask below 0.99. The exit code is 1 where one is, or where depth
agrees on less than 99 % of the pixels of a frame. With CROPS, pictures of the worst masks: only
rays red, only raster blue, both grey.
"""

import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import numpy as np

from synthgen.build.city import build_city
from synthgen.build.clip import build_clip
from synthgen.build.detail import detailed
from synthgen.build.guests import guests
from synthgen.config import read
from synthgen.embree import tracer
from synthgen.render.raster import setup
from synthgen.report.sheet import write_png
from synthgen.scene import moment
from synthgen.sensors.camera import depths, pixel_rays, view_of
from synthgen.sensors.camera import seen as cast
from synthgen.spec.resolve import resolve

CASES = (
    ("clear_day", "downtown"), ("storm_night", "suburb"), ("rescue_lane", "motorway"),
    ("overcast_day", "rural"), ("incident", "arterial"), ("rain", "industrial"),
    ("school_street", "suburb"), ("emergency", "downtown"), ("fog", "rural"),
    ("blackout", "arterial"), ("night", "downtown"), ("clear_day", "motorway"),
    ("storm_night", "industrial"),
)  # fmt: skip
"""Scene and place of each clip."""
PER_CLIP = 4
PIXELS, LEAST, DEPTH = 400, 0.99, 0.99
FINE = 5
"""OpenGL moves corners of triangles to 1/256 px: far trees of small leaves would differ by 3 %."""
NOTABLE = 0.999
WORST = 12


def scenes(frames: int, seed: int, keys: list[str]):
    """Yield (name, run, scene, number of frames) until there are `frames` frames."""
    for number in range(-(-frames // PER_CLIP)):
        kind, place = CASES[number % len(CASES)]
        run = read([f"scene={kind}", f"place={place}", f"seed={seed + number}", *keys])
        spec, count = resolve(run, 0), min(PER_CLIP, frames - PER_CLIP * number)
        with tempfile.TemporaryDirectory() as folder:
            city = build_city(spec.place, run.seed, run.rig.ego, Path(folder), guests(run))
            scene = detailed(build_clip(city, spec, count), run.rig, city.coarse)
        yield f"{kind} {place} {run.seed}", run, scene, count


def views(run, scene, count: int):
    """Yield (moment, view, body image and depth image by rays) of each frame."""
    camera = run.rig.camera(next(iter(run.rig.cameras)))
    with tracer(scene.world) as trace:
        for time in scene.motion.times[:count]:
            now = moment(scene, time)
            view = view_of(camera, now)
            rays = pixel_rays(view)
            _, hits = cast(trace, now, view, rays)
            yield now, view, hits.body.reshape(view.height, view.width), depths(view, rays, hits)


def crop(one, other, margin: int = 6):
    """Return a picture of two masks: red, blue, and grey for both."""
    rows, columns = np.nonzero(one | other)
    window = tuple(slice(max(ends.min() - margin, 0), ends.max() + margin + 1)
                   for ends in (rows, columns))  # fmt: skip
    one, other = one[window], other[window]
    picture = np.full((*one.shape, 3), 255, np.uint8)
    picture[one & other] = 150
    picture[one & ~other] = [220, 0, 0]
    picture[other & ~one] = [0, 60, 220]
    return picture


def named(world, number: int) -> tuple[str, str]:
    """Return class and name of body `number`."""
    return (world.bodies[number].kind, world.bodies[number].name) if number >= 0 else ("sky", "sky")


def table(rows) -> None:
    """Print masks by class."""
    classes = defaultdict(list)
    for row in rows:
        classes[row["kind"]].append(row["iou"])
    print(f"\n{'class':20}{'masks':>7}{'least IoU':>11}{'mean IoU':>10}")
    for kind, values in [*sorted(classes.items()), ("all", [row["iou"] for row in rows])]:
        print(f"{kind:20}{len(values):7}{min(values):11.4f}{np.mean(values):10.5f}")


def write_crops(folder: Path, rows) -> None:
    """Write pictures of masks, four times as large."""
    folder.mkdir(parents=True, exist_ok=True)
    for row in rows:
        if "crop" in row:
            name = row["what"].replace(" ", "_").replace("/", "-")
            write_png(folder / f"{name}.png", row["crop"].repeat(4, axis=0).repeat(4, axis=1))


def compare(frames: int, seed: int, keys: list[str]):
    """Return a row for each mask and the share of agreeing depths of each frame."""
    from synthgen.render.raster.agreement import depth_share, overlaps
    from synthgen.render.raster.stage import seen

    rows, shares = [], []
    for name, run, scene, count in scenes(frames, seed, keys):
        for number, (now, view, body, depth) in enumerate(views(run, scene, count)):
            drawn = seen(now, view, FINE)
            shares.append(depth_share(depth, drawn.depth))
            found = overlaps(body, drawn.body, PIXELS)
            for part in found:
                kind, title = named(scene.world, part.body)
                rows.append({"kind": kind, "iou": part.iou, "pixels": part.pixels,
                             "what": f"{name} frame {number} {title}"})  # fmt: skip
                if part.iou < NOTABLE:
                    rows[-1]["crop"] = crop(body == part.body, drawn.body == part.body)
            worst = min(part.iou for part in found)
            print(f"{name} frame {number}: {len(found)} masks, least IoU {worst:.4f}, "
                  f"depth agrees on {shares[-1]:.4%}", flush=True)  # fmt: skip
    return rows, shares


def main() -> int:
    """Compare and print; return 1 where the engines disagree."""
    numbers = [int(word) for word in sys.argv[1:] if word.isdecimal()]
    frames, seed = [*numbers, *(50, 0)[len(numbers) :]][:2]
    words = [word for word in sys.argv[1:] if not word.isdecimal()]
    crops = next((Path(word[6:]) for word in words if word.startswith("CROPS=")), None)
    print(f"raster: {setup.check()}")
    keys = [word for word in words if not word.startswith("CROPS=")]
    rows, shares = compare(frames, seed, keys)
    table(rows)
    rows.sort(key=lambda row: row["iou"])
    print(f"\nworst of {len(rows)} masks in {len(shares)} frames:")
    for row in rows[:WORST]:
        print(f"{row['iou']:.4f} {row['pixels']:7} px  {row['kind']:15} {row['what']}")
    if crops:
        write_crops(crops, rows[:WORST])
    bad = sum(row["iou"] < LEAST for row in rows)
    print(f"{bad} masks below {LEAST}; depth agrees within 1 % on {np.mean(shares):.4%} of all "
          f"pixels, {min(shares):.4%} in the worst frame")  # fmt: skip
    return int(bad > 0 or min(shares) < DEPTH)


if __name__ == "__main__":
    sys.exit(main())
