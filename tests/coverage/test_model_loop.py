import importlib
import sys
from pathlib import Path

import numpy as np
import pytest
import yaml

from synthgen.__main__ import read_line
from synthgen.coverage.detections.matching import Labels, match
from synthgen.coverage.detections.precision import average_precision
from synthgen.coverage.planning.task import own_overrides
from synthgen.rng import stream

EXAMPLE = Path(__file__).parents[2] / "examples" / "model_loop"


@pytest.fixture
def example(monkeypatch):
    """Return modules of the example by name."""
    monkeypatch.syspath_prepend(str(EXAMPLE))
    yield importlib.import_module
    for name in [each.stem for each in EXAMPLE.glob("*.py")]:
        sys.modules.pop(name, None)


def drawn(example, rng, number):
    """Return a picture with red cars and green people on grey, one of them left out."""
    pictures = example("pictures")
    image = rng.integers(90, 110, (pictures.HEIGHT, pictures.WIDTH, 3)).astype(np.uint8)
    boxes, kinds = [], []
    for slot in range(4):
        kind = int(rng.integers(2))
        size = np.array([40, 24] if kind == 0 else [12, 34]) * rng.uniform(0.8, 1.2)
        left, top = slot * 100 + rng.uniform(2, 40), rng.uniform(5, 70)
        box = np.array([left, top, left + size[0], top + size[1]])
        columns, rows = slice(int(box[0]), int(box[2])), slice(int(box[1]), int(box[3]))
        image[rows, columns] = (230, 30, 30) if kind == 0 else (30, 220, 30)
        boxes.append(box)
        kinds.append(kind)
    ignored = np.array([False, False, False, True])
    return pictures.Picture(
        image=image, boxes=np.array(boxes), classes=np.array(kinds), ignored=ignored,
        distance=np.full(4, 20.0), frame=str(number), world="w", city="c", id=number,
    )  # fmt: skip


def test_lessons_have_their_peaks_in_the_middle_of_boxes(example):
    teaching = example("teaching")
    picture = drawn(example, stream(1, "drawn"), 0)
    told = teaching.lesson([picture])
    peaks = {tuple(place) for place in np.argwhere(told.heat[0] == 1)}
    for box, kind, ignored in zip(picture.boxes, picture.classes, picture.ignored, strict=True):
        middle = (box[:2] + box[2:]) / 2 / teaching.STRIDE
        place = (int(middle[1]), int(middle[0]), int(kind))
        assert (place in peaks) == (not ignored)
        assert told.asked[0][place] == (not ignored)
        if not ignored:
            shape = told.shape[0][place[:2]]
            np.testing.assert_allclose(np.exp(shape[2:]), box[2:] - box[:2], rtol=1e-5)
            np.testing.assert_allclose(shape[:2], middle - middle.astype(int), atol=1e-5)


@pytest.mark.long
def test_the_detector_learns_drawn_boxes_and_the_same_seed_learns_the_same(example):
    pytest.importorskip("jax")
    pytest.importorskip("optax")
    detector, teaching = example("detector"), example("teaching")
    rng = stream(3, "drawn")
    school, exam = ([drawn(example, rng, n) for n in range(many)] for many in (24, 8))
    told = teaching.lesson(school)
    fresh = detector.fresh(0, 2)
    weights, losses = detector.teach(fresh, told, 120, stream(0, "order"), 4, 4e-3)
    again, _ = detector.teach(fresh, told, 3, stream(0, "order"), 4, 4e-3)
    twice, _ = detector.teach(fresh, told, 3, stream(0, "order"), 4, 4e-3)
    np.testing.assert_array_equal(again["head"][0], twice["head"][0])
    assert np.mean(losses[-10:]) < np.mean(losses[:10]) / 3
    assert quality(detector.find(weights, np.stack([one.image for one in exam])), exam) > 0.8


def quality(found, exam):
    """Return the average precision of cars and people, mean of both."""
    means = []
    for kind in (0, 1):
        scores, right, there = [], [], 0
        for picture, (score, kinds, boxes) in zip(exam, found, strict=True):
            own = picture.classes == kind
            flags = picture.ignored[own]
            labels = Labels(boxes=picture.boxes[own], ignored=flags, region=flags)
            told = match(boxes[kinds == kind].astype(float), labels, 0.5)
            scores.append(score[kinds == kind][~told.ignored])
            right.append((told.label >= 0)[~told.ignored])
            there += int((~flags).sum())
        means.append(average_precision(np.concatenate(scores), np.concatenate(right), there))
    return float(np.mean(means))


def test_the_lines_of_the_loop_are_understood_and_a_plan_hands_rig_and_format_on(example, tmp_path):
    loop = example("loop")
    sets = yaml.safe_load((EXAMPLE / "sets.yaml").read_text())
    for name in ("base", "audit", "planned"):
        (tmp_path / name).mkdir()
    (tmp_path / "plan.jsonl").touch()
    lines = loop.survey(tmp_path, sets)
    runs = {name: read_line(line) for name, line in lines.items()}
    assert [run.task for run in runs.values()] == ["audit", "plan", "fill", "receipt"]
    assert runs["plan.jsonl"].survey.budget == loop.BUDGET
    wheres = [target.where for target in runs["audit"].survey.coverage.targets]
    assert {where["time_of_day"] for where in wheres} == {"night"}
    assert own_overrides(lines["plan.jsonl"]) == tuple(loop.always(sets))


def test_every_set_of_the_example_has_a_seed_of_its_own_and_the_arms_as_many_frames(example):
    loop = example("loop")
    sets = yaml.safe_load((EXAMPLE / "sets.yaml").read_text())
    runs = {
        (arm, name): read_line([*loop.always(sets), *line])
        for arm, members in sets.items() if arm != "always"
        for name, line in members.items()
    }  # fmt: skip
    assert len({run.seed for run in runs.values()}) == len(runs)
    for arm in ("random", "nights"):
        assert sum(run.n for (one, _), run in runs.items() if one == arm) == loop.BUDGET


def test_only_detectors_of_other_data_are_taught_anew(example, tmp_path, monkeypatch):
    pytest.importorskip("jax")
    pytest.importorskip("optax")
    arms, taught = example("arms"), []
    lesson = example("teaching").lesson([drawn(example, stream(1, "drawn"), 0)])
    monkeypatch.setattr(arms, "_lessons", lambda folders: lesson)
    monkeypatch.setattr(arms, "_taught", lambda start, *told: taught.append(told[2]) or start)
    sets = {name: [tmp_path / name] for name in ("base", "planned")}
    for name in sets:
        (tmp_path / name / "shards" / "000000").mkdir(parents=True)
        (tmp_path / name / "shards" / "000000" / "manifest.json").write_text("{}")
    arms.teach_arms(tmp_path, sets, [0, 1])
    assert len(taught) == 6  # base, nothing, planned; twice
    arms.teach_arms(tmp_path, sets, [0, 1])
    assert len(taught) == 6
    (tmp_path / "planned" / "shards" / "000000" / "manifest.json").write_text('{"clips": []}')
    arms.teach_arms(tmp_path, sets, [0, 1])
    assert taught[6:] == [0, 1]
    arms.teach_arms(tmp_path, sets, [0], steps=(2, 1))
    assert taught[8:] == [0, 0, 0]
