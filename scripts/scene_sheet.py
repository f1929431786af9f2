"""One frame of eight scenes in three places, as the camera gives it.

    scripts/scene_sheet.py OUT.png [KEY=VALUE...]

Rows are scenes, columns places; each picture is written singly too, into the folder OUT, as
`scene_place.png`. Keys of synthgen hold for all (`seed=21`, `camera=ar0231at`); `scenes=rain,fog`
and `places=suburb` choose others. Scenes of one place share a city where their draws allow.
"""

import sys
import tempfile
from pathlib import Path

import numpy as np

from synthgen.build.city import build_city
from synthgen.build.guests import guests
from synthgen.config import read
from synthgen.jobs.clock import Clock
from synthgen.pipeline import generate
from synthgen.report.sheet import labelled, write_png
from synthgen.spec.resolve import resolve

SCENES = ("clear_day", "overcast_day", "rain", "fog", "night", "storm_night", "blackout",
          "emergency")  # fmt: skip
PLACES = ("downtown", "suburb", "rural")
WIDTH = 828
"""[px] of a picture on the sheet."""


def pictures(scenes, place, keys):
    """Yield the first picture of each of the `scenes` in `place`."""
    known = {}
    with tempfile.TemporaryDirectory() as folder:
        for number, scene in enumerate(scenes):
            run = read((f"scene={scene}", f"place={place}", "n=1", *keys))
            spec = resolve(run, 0)
            if spec.place not in known:
                inside = Path(folder, str(number))
                inside.mkdir()
                known[spec.place] = build_city(
                    spec.place, run.seed, run.rig.ego, inside, guests(run)
                )
            sample = next(generate(known[spec.place], spec, run.rig, [0], Clock()))
            yield scene, next(iter(sample.cameras.values())).image


def main() -> None:
    """Draw the sheet."""
    out, own, keys = Path(sys.argv[1]), {"scenes": SCENES, "places": PLACES}, []
    for argument in sys.argv[2:]:
        name, _, value = argument.partition("=")
        own.update({name: value.split(",")}) if name in own else keys.append(argument)
    single = out.with_suffix("")
    single.mkdir(parents=True, exist_ok=True)
    columns = []
    for place in own["places"]:
        cells = []
        for scene, image in pictures(own["scenes"], place, keys):
            write_png(single / f"{scene}_{place}.png", image)
            cells.append(labelled(image, f"{scene}, {place}", WIDTH))
            print(scene, place, flush=True)
        columns.append(np.concatenate(cells))
    write_png(out, np.concatenate(columns, axis=1))


if __name__ == "__main__":
    main()
