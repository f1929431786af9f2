"""`task=preview`: one labelled frame of a scene, as a picture."""

import tempfile
from dataclasses import replace
from pathlib import Path

from synthgen.build.city import build_city
from synthgen.build.guests import guests
from synthgen.jobs.clock import Clock
from synthgen.jobs.shard import open_writers
from synthgen.pipeline import generate
from synthgen.report.sheet import draw, load, write_png
from synthgen.spec.resolve import resolve
from synthgen.spec.run import RunSpec


def preview(run: RunSpec) -> int:
    """Draw the first frame of `run` with its labels to `<out>/preview.png`; return 0."""
    spec = resolve(run, 0)
    with tempfile.TemporaryDirectory(prefix="synthgen-") as scratch:
        folder = Path(scratch) / "shard"
        folder.mkdir()
        city = build_city(spec.place, run.seed, run.rig.ego, Path(scratch), guests(run))
        writers = open_writers(replace(run, format=("coco",)), folder)
        for sample in generate(city, spec, run.rig, [0], Clock(), looks=1):
            for writer in writers:
                writer.add(sample)
        for writer in writers:
            writer.close()
        path = Path(run.out) / "preview.png"
        write_png(path, draw(load(folder, 0)))
    print(path)
    return 0
