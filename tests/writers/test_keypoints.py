import contextlib
import io
import json

import numpy as np
import pytest
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from synthgen.state import KEYPOINTS
from synthgen.writers.coco_files import CocoFiles


@pytest.fixture(scope="module")
def file(toys, tmp_path_factory):
    """Return COCO's keypoint file of a street with five people, one of them far, one cut off."""
    places = [(10, 0, np.pi), (14, 3, 2.0), (17, -3, 0.4), (6, 3.4, np.pi), (150, 4, 0.0)]
    placed = [(toys.figure(f"one/{n}"), (x, y, 0), yaw) for n, (x, y, yaw) in enumerate(places)]
    placed.append((toys.box("plain", (0.5, 0.5, 1.8), "pedestrian"), (12, -2, 0), 0.0))
    look = toys.look(placed)
    folder = tmp_path_factory.mktemp("coco")
    files = CocoFiles(folder, "front", toys.rules())
    files.add(look.sample(3))
    files.close()
    return folder / "coco/person_keypoints.json", look


def test_the_category_is_cocos_person(file):
    (category,) = json.loads(file[0].read_text())["categories"]
    assert (category["id"], category["name"]) == (1, "person")
    assert category["keypoints"] == list(KEYPOINTS)
    names = {tuple(category["keypoints"][end - 1] for end in bone) for bone in category["skeleton"]}
    assert {("left_shoulder", "right_shoulder"), ("left_knee", "left_hip")} & names
    assert len(names) == 19


def test_records_hold_the_labels(file):
    path, look = file
    found = {one["track_id"]: one for one in json.loads(path.read_text())["annotations"]}
    labels = [label for label in look.labels if label.state.keypoints and label.visible_pixels]
    assert set(found) == {label.track for label in labels}
    for label in labels:
        one, triples = found[label.track], np.reshape(found[label.track]["keypoints"], (17, 3))
        np.testing.assert_array_equal(triples[:, 2], label.state.visibility)
        assert one["num_keypoints"] == (triples[:, 2] > 0).sum()
        inside = triples[:, 2] > 0
        assert not triples[~inside].any()
        wanted = np.array(label.state.keypoints)[inside]
        np.testing.assert_allclose(triples[inside, :2], wanted, atol=5e-4)
        assert one["category_id"] == 1


def test_who_does_not_count_is_crowd(file):
    path, look = file
    crowd = {one["track_id"]: one["iscrowd"] for one in json.loads(path.read_text())["annotations"]}
    assert crowd[look.of("one/0").track] == 0
    assert crowd[look.of("one/4").track] == 1


def test_ground_truth_as_detections_has_perfect_precision(file):
    path, _ = file
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO(str(path))
        found = [
            {key: one[key] for key in ("image_id", "category_id", "keypoints")} | {"score": 1.0}
            for one in truth.anns.values()
            if not one["iscrowd"]
        ]
        run = COCOeval(truth, truth.loadRes(found), "keypoints")
        run.evaluate()
        run.accumulate()
    precision = run.eval["precision"]
    assert (precision > -1).any()
    np.testing.assert_allclose(precision[precision > -1], 1.0)
