import contextlib
import io

import numpy as np
import pytest

from synthgen.coverage.detections.matching import NOBODY, Labels, match, overlaps
from synthgen.coverage.detections.precision import average_precision
from synthgen.rng import stream

coco = pytest.importorskip("pycocotools.coco")
cocoeval = pytest.importorskip("pycocotools.cocoeval")

FRAMES = 12


def boxes(rng, count, whole):
    """Return boxes that overlap each other much; at `whole` pixels ties are many."""
    corner, size = rng.uniform(0, 40, (count, 2)), rng.uniform(4, 40, (count, 2))
    placed = np.concatenate([corner, corner + size], axis=1)
    return np.round(placed / 4) * 4 if whole else placed


def case(seed, whole=False):
    """Return labels and (boxes, scores) of some frames."""
    frames = []
    for frame in range(FRAMES):
        rng = stream(seed, "case", frame)
        count, found = rng.integers(0, 9), rng.integers(0, 14)
        crowd = rng.random(count) < 0.25
        labels = Labels(boxes=boxes(rng, count, whole), ignored=crowd, region=crowd)
        near = boxes(rng, found, whole)
        if count and found:
            jitter = 0 if whole else rng.normal(0, 2, (found, 4))
            picked = labels.boxes[rng.integers(0, count, found)] + jitter
            near = np.where(rng.random((found, 1)) < 0.7, picked, near)
            near[:, 2:] = np.maximum(near[:, 2:], near[:, :2] + 1)
        score = np.sort(np.round(rng.random(found), 1 if whole else 6))[::-1]
        frames.append((labels, near, score))
    return frames


def sides(box):
    return [float(box[0]), float(box[1]), float(box[2] - box[0]), float(box[3] - box[1])]


def judged(frames):
    """Return COCOeval of `frames`, one category."""
    truth, found = [], []
    for frame, (labels, near, score) in enumerate(frames):
        for box, crowd in zip(labels.boxes, labels.ignored, strict=True):
            wide = sides(box)
            truth.append({"id": len(truth) + 1, "image_id": frame, "category_id": 1, "bbox": wide,
                          "iscrowd": int(crowd), "area": wide[2] * wide[3]})  # fmt: skip
        found += [{"image_id": frame, "category_id": 1, "bbox": sides(b), "score": float(s)}
                  for b, s in zip(near, score, strict=True)]  # fmt: skip
    with contextlib.redirect_stdout(io.StringIO()):
        labelled = coco.COCO()
        labelled.dataset = {"images": [{"id": i} for i in range(FRAMES)], "annotations": truth,
                            "categories": [{"id": 1, "name": "car"}]}  # fmt: skip
        labelled.createIndex()
        judge = cocoeval.COCOeval(labelled, labelled.loadRes(found), "bbox")
        judge.params.iouThrs = np.array([0.3, 0.5, 0.7])
        judge.evaluate()
        judge.accumulate()
    return judge


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("whole", [False, True])
def test_matches_and_average_precision_equal_cocos_own_evaluation(seed, whole):
    frames = case(seed, whole)
    judge = judged(frames)
    for index, least in enumerate([0.3, 0.5, 0.7]):
        ours = [match(near, labels, least) for labels, near, _ in frames]
        for frame, theirs in enumerate(judge.evalImgs[:FRAMES]):
            if theirs is None:
                continue
            taken = np.array(theirs["dtMatches"][index]) > 0
            np.testing.assert_array_equal(ours[frame].label != NOBODY, taken)
            np.testing.assert_array_equal(ours[frame].ignored, theirs["dtIgnore"][index] > 0)
        counts = ~np.concatenate([one.ignored for one in ours])
        score = np.concatenate([score for _, _, score in frames])[counts]
        right = np.concatenate([one.label != NOBODY for one in ours])[counts]
        there = sum(int((~labels.ignored).sum()) for labels, _, _ in frames)
        expected = judge.eval["precision"][index, :, 0, 0, 2].mean()
        assert average_precision(score, right, there) == pytest.approx(expected, abs=1e-12)


def test_a_region_swallows_any_number_and_a_label_one():
    box = np.array([[0.0, 0, 10, 10]])
    found = np.repeat(box, 3, axis=0)
    for region in (True, False):
        flags = np.array([True])
        labels = Labels(boxes=box, ignored=flags, region=np.array([region]))
        assert match(found, labels, 0.5).ignored.sum() == (3 if region else 1)


def test_over_a_region_the_own_area_counts():
    small, large = np.array([[0.0, 0, 2, 2]]), np.array([[0.0, 0, 10, 10]])
    assert overlaps(small, large, np.array([True]))[0, 0] == 1
    assert overlaps(small, large, np.array([False]))[0, 0] == pytest.approx(0.04)


def test_surer_detections_match_as_if_the_others_were_not_there():
    for labels, near, _ in case(3):
        whole, some = match(near, labels, 0.5), match(near[:4], labels, 0.5)
        np.testing.assert_array_equal(whole.label[:4], some.label)


def test_average_precision_of_nothing_to_find_is_not_told():
    assert np.isnan(average_precision(np.array([0.5]), np.array([False]), 0))
    assert average_precision(np.zeros(0), np.zeros(0, bool), 3) == 0
