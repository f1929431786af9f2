"""`task=preview`: one labelled frame of a scene, as a picture, and its twins beside each other."""

from dataclasses import replace
from pathlib import Path

from synthgen.build.city import build_city
from synthgen.build.guests import guests
from synthgen.jobs.clock import Clock
from synthgen.jobs.scratch import scratch, sweep_scratch
from synthgen.jobs.shard import close_all, open_all_writers
from synthgen.pipeline import generate
from synthgen.report import twins
from synthgen.report.sheet import draw, load, write_png
from synthgen.spec.resolve import resolve
from synthgen.spec.run import RunSpec


def preview(run: RunSpec) -> int:
    """Draw the first frame of `run` with its labels to `<out>/preview.png`; return 0.

    Its twins, if it has some, go to `<out>/preview_twins.png`.
    """
    spec = resolve(run, 0)
    sweep_scratch()
    with scratch() as home:
        folder = home / "shard"
        folder.mkdir()
        city = build_city(spec.place, run.seed, run.rig.ego, home, guests(run))
        writers = open_all_writers(replace(run, format=("coco",)), folder)
        for sample in generate(city, spec, run.rig, [0], Clock(), looks=1):
            for writer in writers[sample.twin]:
                writer.add(sample)
        close_all(writers)
        pictures = {"preview.png": draw(load(folder, 0))}
        if run.twins:
            pictures["preview_twins.png"] = twins.draw(folder, twins.by_frame(folder)[0])
    for name, picture in pictures.items():
        write_png(Path(run.out) / name, picture)
        print(Path(run.out) / name)
    return 0
