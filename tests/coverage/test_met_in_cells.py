"""Who is met within bounds is labelled within them: rendered, and read as an audit reads."""

import json
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from synthgen.config import read as read_run
from synthgen.coverage.readers.synthgen import read
from synthgen.jobs.generate import generate
from synthgen.spec.resolve import resolve

RIG = Path(__file__).parents[2] / "examples/model_loop/rig.yaml"
ASKED = (
    "{encounter: {who: car, truncation_least: 0.3, truncation_most: 0.6}}",
    "{encounter: {who: pedestrian, height_least: 20, height_most: 40}}",
    "{encounter: {who: car, aspect_least: 135, aspect_most: 225, farthest: 40, "
    "ego_speed_least: 3}}",
    "{encounter: {who: car, subtype: taxi, farthest: 40}}",
)


@pytest.mark.long
def test_labels_lie_in_the_bounds_that_were_asked(tmp_path):
    run = read_run([f"events=[{', '.join(ASKED)}]", "scene=clear_day", "place=downtown", "seed=8",
                    "n=4", "clip.frames=4", f"rig={RIG}", "format=coco", "workers=1",
                    f"out={tmp_path}/made"])  # fmt: skip
    assert generate(run) == 0
    frames, objects = [], []
    for batch in read(tmp_path / "made", lambda one: None):
        frames += batch.frames.to_pylist() if batch.frames is not None else []
        objects += batch.objects.to_pylist() if batch.objects is not None else []
    facts = told_facts(tmp_path / "made")
    assert facts["events_happened"] == len(ASKED)
    for number, event in enumerate(resolve(run, 0).events):
        frame = frames[facts[f"event_{number}_frame"]]
        row = nearest(objects, frame["frame"], event.who, facts[f"event_{number}_distance"])
        assert event.truncation_least <= row["truncation_low"] < event.truncation_most
        assert event.height_least <= row["bottom"] - row["top"] < event.height_most
        turned = (row["aspect"] - event.aspect_least) % (2 * np.pi)
        assert turned < event.aspect_most - event.aspect_least + 1e-9
        assert event.ego_speed_least <= frame["ego_speed"] < event.ego_speed_most
        assert event.subtype in ("any", row["subtype"])
        told = {key: facts.get(f"event_{number}_{key}") for key in ("truncation", "height")}
        if told["truncation"] is not None:
            assert told["truncation"] == pytest.approx(row["truncation_low"], abs=0.01)
        if told["height"] is not None:
            assert told["height"] == pytest.approx(row["bottom"] - row["top"], abs=1)


def told_facts(made):
    """Return what the first frame's table tells of its clip."""
    table = pq.read_table(next(made.glob("shards/*/frames.parquet")))
    return json.loads(table["place_facts"][0].as_py())


def nearest(objects, frame, who, distance):
    """Return the object of a class whose distance on the ground is nearest to the one told."""
    rows = [row for row in objects if row["frame"] == frame and row["class"] == who]
    found = min(rows, key=lambda row: abs(row["distance"] - distance))
    assert found["distance"] == pytest.approx(distance, abs=0.1)
    return found
