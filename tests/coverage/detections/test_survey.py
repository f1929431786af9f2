import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from synthgen.config import read
from synthgen.coverage import audit as module
from synthgen.coverage.columns import FRAMES, OBJECTS
from synthgen.coverage.detections.intervals import wilson
from synthgen.coverage.detections.matching import Labels, match
from synthgen.coverage.folder import open_audit
from synthgen.coverage.readers import Batch
from synthgen.errors import UserError
from synthgen.rng import stream
from synthgen.spec.coverage import Axis, Coverage, Target
from synthgen.spec.detector import Detector

AXES = {
    "time_of_day": Axis(column="time_of_day", values=("day", "dusk", "night")),
    "class": Axis(column="class", values=("car", "dog")),
    "distance": Axis(column="distance", edges=(0.0, 20.0, 40.0)),
}
CELLS = (("class", "distance", "time_of_day"), ("class", "time_of_day"), ("time_of_day",))
RULES = Detector(score=0.1, recall=0.7, least=15, more=6)
WORLDS, FRAMES_EACH = 6, 12


class Rows:
    """A reader of rows that are there already."""

    def __init__(self, frames: list[dict], objects: list[dict]):
        self.frames, self.objects = frames, objects

    def recognises(self, data: Path) -> bool:
        return True

    def read(self, data: Path, broken) -> Iterator[Batch]:
        yield Batch(pa.RecordBatch.from_pylist(self.frames, schema=FRAMES),
                    pa.RecordBatch.from_pylist(self.objects, schema=OBJECTS))  # fmt: skip


def town(with_worlds=True):
    """Return frames, objects and results of a detector that is bad at night."""
    rng = stream(11, "town")
    frames, objects, found = [], [], []
    for number in range(WORLDS * FRAMES_EACH):
        hour = "night" if number % 3 == 0 else "day"
        world = f"w{number // FRAMES_EACH}" if with_worlds else None
        frames.append({"frame": f"{number}", "world": world, "time_of_day": hour})
        for slot in range(4):
            kind, far = str(rng.choice(["car", "dog"])), float(rng.uniform(0, 40))
            box = [slot * 100.0, 10.0, slot * 100 + 40.0, 50.0]
            sides = dict(zip(("left", "top", "right", "bottom"), box, strict=True))
            objects.append({"frame": f"{number}", "class": kind, "label": kind, "distance": far,
                            "ignored": bool(rng.random() < 0.1), **sides})  # fmt: skip
            if rng.random() < (0.3 if hour == "night" else 0.95):
                found.append(result(number, kind, slot * 100 + rng.uniform(-3, 3), rng))
        if rng.random() < 0.4:
            found.append(result(number, "car", 350, rng))
    return frames, objects, found


def result(number, kind, left, rng):
    return {"image_id": f"{number}", "category_id": kind, "bbox": [left, 10, 40, 40],
            "score": round(float(rng.random()), 3)}  # fmt: skip


def audited(folder, rows, found, coverage):
    file = folder / "found.json"
    file.write_text(json.dumps(found))
    base = read(["task=audit", f"data={folder}", f"out={folder / 'audit'}", f"detections={file}"])
    run = replace(base, survey=replace(base.survey, coverage=coverage), workers=2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "open_reader", lambda name: rows)
        patch.setattr(module, "told_format", lambda data, asked: "rows")
        module.audit(run)
    return folder / "audit"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    frames, objects, found = town()
    coverage = Coverage(axes=AXES, cells=CELLS, detector=RULES)
    return audited(tmp_path_factory.mktemp("town"), Rows(frames, objects), found, coverage)


@pytest.fixture(scope="module")
def told():
    """Return labels and detections of the town as data frames, matched one frame at a time."""
    frames, objects, found = town()
    labels, seen = pd.DataFrame(objects), pd.DataFrame(found)
    labels["score"], seen["right"], seen["aside"] = np.nan, False, False
    for (frame, kind), some in seen.groupby(["image_id", "category_id"]):
        some = some.sort_values("score", ascending=False, kind="stable")
        own = labels[(labels["frame"] == frame) & (labels["class"] == kind)]
        box = np.array(some["bbox"].tolist())
        flags = own["ignored"].to_numpy(bool)
        matched = match(
            np.concatenate([box[:, :2], box[:, :2] + box[:, 2:]], axis=1),
            Labels(boxes=own[["left", "top", "right", "bottom"]].to_numpy(), ignored=flags,
                   region=flags), 0.5)  # fmt: skip
        hit = (matched.label >= 0) & ~matched.ignored
        seen.loc[some.index, "right"], seen.loc[some.index, "aside"] = hit, matched.ignored
        labels.loc[own.index[matched.label[hit]], "score"] = some["score"].to_numpy()[hit]
    hours = pd.DataFrame(frames)
    labels = labels.merge(hours, on="frame")
    return labels[~labels["ignored"]], seen.merge(hours, left_on="image_id", right_on="frame")


def rows(folder, measure, crossing):
    found = pq.read_table(folder / "detections.parquet").to_pylist()
    return [row for row in found if (row["measure"], row["crossing"]) == (measure, crossing)]


def test_recall_of_every_cell_equals_pandas(made, told):
    labels = told[0].assign(bin=pd.cut(told[0]["distance"], [0, 20, 40], right=False,
                                       labels=["0-20", "20-40"]))  # fmt: skip
    keys = ["class", "bin", "time_of_day"]
    expected = labels.groupby(keys, observed=True)["score"].agg(
        trials="size", hits=lambda score: int((score >= RULES.score).sum())
    )
    cells = rows(made, "recall", "class x distance x time_of_day")
    assert len(cells) == len(expected) == 8
    for row in cells:
        there = expected.loc[(row["class"], row["distance"], row["time_of_day"])]
        assert (row["trials"], row["hits"]) == (there["trials"], there["hits"])
        low, high = wilson(np.array([row["hits"]]), np.array([row["trials"]]))
        assert (row["low"], row["high"]) == (low[0], high[0])
        assert row["world_low"] <= row["share"] <= row["world_high"]


def test_precision_of_frames_cells_equals_pandas(made, told):
    seen = told[1][(told[1]["score"] >= RULES.score) & ~told[1]["aside"]]
    expected = seen.groupby(["category_id", "time_of_day"])["right"].agg(["size", "sum"])
    cells = rows(made, "precision", "class x time_of_day")
    assert len(cells) == len(expected) == 4
    for row in cells:
        there = expected.loc[(row["class"], row["time_of_day"])]
        assert (row["trials"], row["hits"]) == (there["size"], there["sum"])
    assert rows(made, "precision", "class x distance x time_of_day") == []


def test_weak_cells_become_targets_and_good_ones_do_not(made):
    cells = rows(made, "recall", "class x time_of_day")
    weak = {row["class"]: row["weak"] for row in cells if row["time_of_day"] == "night"}
    assert weak == {"car": True, "dog": True}
    targets = open_audit(made).table("targets").to_pylist()
    asked = {row["where"]: row for row in targets}
    night = asked[json.dumps({"class": "car", "time_of_day": "night"})]
    assert night["asked"] == night["there"] + RULES.more == WORLDS + RULES.more
    assert not any('"day"' in where for where in asked if "distance" not in where)


def test_a_cell_with_a_target_keeps_it(tmp_path):
    frames, objects, found = town()
    own = Target(where={"time_of_day": "night"}, want=50)
    coverage = Coverage(axes=AXES, cells=(("time_of_day",),), targets=(own,), detector=RULES)
    made = audited(tmp_path, Rows(frames, objects), found, coverage)
    targets = open_audit(made).table("targets").to_pylist()
    assert [row["asked"] for row in targets] == [50]


def test_without_worlds_there_is_no_interval_over_them(tmp_path):
    frames, objects, found = town(with_worlds=False)
    coverage = Coverage(axes=AXES, cells=CELLS, detector=RULES)
    made = audited(tmp_path, Rows(frames, objects), found, coverage)
    assert all(row["world_low"] is None for row in rows(made, "recall", "time_of_day"))


def test_classes_that_the_detector_never_tells_are_no_misses(tmp_path):
    frames, objects, found = town()
    cars = [one for one in found if one["category_id"] == "car"]
    coverage = Coverage(axes=AXES, cells=CELLS, detector=RULES)
    made = audited(tmp_path, Rows(frames, objects), cars, coverage)
    assert {row["class"] for row in rows(made, "recall", "class x time_of_day")} == {"car"}
    said = json.loads((made / "audit.json").read_text())["detections"]
    assert list(said["classes"]) == ["car"]


def test_the_same_results_are_the_same_bytes(made, tmp_path):
    frames, objects, found = town()
    coverage = Coverage(axes=AXES, cells=CELLS, detector=RULES)
    again = audited(tmp_path, Rows(frames, objects), found, coverage)
    name = "detections.parquet"
    assert (again / name).read_bytes() == (made / name).read_bytes()


def test_results_of_other_images_are_refused(tmp_path):
    frames, objects, _ = town()
    strange = [{"image_id": "x", "category_id": "car", "bbox": [0, 0, 1, 1], "score": 1.0}]
    coverage = Coverage(axes=AXES, cells=CELLS, detector=RULES)
    with pytest.raises(UserError, match="image_id=x: no such image"):
        audited(tmp_path, Rows(frames, objects), strange, coverage)
    assert not (tmp_path / "audit").exists()
