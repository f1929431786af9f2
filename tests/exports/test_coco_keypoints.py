import contextlib
import io
import json

import pytest
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

FRAMES = {"train": (0, 1, 2), "val": (20, 21)}


@pytest.fixture(scope="module")
def home(exported):
    return exported("coco_keypoints")


@pytest.mark.parametrize("split", FRAMES)
def test_truth_as_detections_is_perfect_by_cocos_own_evaluation(home, split):
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO(str(home / f"annotations/person_keypoints_{split}.json"))
        asked = truth.loadAnns(truth.getAnnIds(iscrowd=False))
        found = [
            {key: one[key] for key in ("image_id", "category_id", "keypoints")}
            | {"score": 1 - number * 1e-4}
            for number, one in enumerate(asked)
        ]
        evaluation = COCOeval(truth, truth.loadRes(found), "keypoints")
        evaluation.evaluate()
        evaluation.accumulate()
    precision = evaluation.eval["precision"][:, :, :, 0, -1]
    assert len(asked) == 2 * len(FRAMES[split])
    assert (precision == 1).all()
    assert tuple(sorted(truth.getImgIds())) == FRAMES[split]


def test_people_are_those_of_the_generator_and_pictures_are_linked(home, source):
    """`format=coco` writes the same people from what the pipeline knows, not from files."""
    for split, shard in zip(FRAMES, source.shards, strict=True):
        path = home / f"annotations/person_keypoints_{split}.json"
        mine = json.loads(path.read_text())["annotations"]
        other = json.loads((shard.folder / "coco/person_keypoints.json").read_text())["annotations"]
        key = lambda one: (one["image_id"], one["track_id"])  # noqa: E731
        assert len(mine) == len(other) == 2 * len(FRAMES[split])
        for one, two in zip(sorted(mine, key=key), sorted(other, key=key), strict=True):
            for name in ("keypoints", "num_keypoints", "bbox", "area", "segmentation", "iscrowd"):
                assert one[name] == two[name], name
        picture = home / split / f"{FRAMES[split][0]:012d}.png"
        assert picture.samefile(shard.frames[0].camera.path)


def test_ids_of_annotations_start_at_one_in_each_image(home):
    content = json.loads((home / "annotations/person_keypoints_train.json").read_text())
    assert [one["id"] for one in content["annotations"]] == [1, 2, 1001, 1002, 2001, 2002]
