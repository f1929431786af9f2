import cv2
import numpy as np
import pytest
from pycocotools import mask as coco_mask

from synthgen.errors import UserError
from synthgen.exports.kitti_mots import track_ids
from synthgen.readers.shard import Clip


@pytest.fixture(scope="module")
def home(exported):
    return exported("kitti_mots") / "training"


def test_images_and_rows_hold_the_same_masks(home):
    for sequence, count in (("0000", 3), ("0002", 2)):
        rows = [
            line.split(" ") for line in (home / f"label_02/{sequence}.txt").read_text().splitlines()
        ]
        assert len({row[0] for row in rows}) == count
        for index in range(count):
            path = home / f"instances/{sequence}/{index:06d}.png"
            image = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
            assert image.dtype == np.uint16
            own = [row for row in rows if row[0] == str(index)]
            assert {int(row[1]) for row in own} == set(np.unique(image).tolist()) - {0}
            for _, number, kind, height, width, counts in own:
                packed = {"size": [int(height), int(width)], "counts": counts}
                np.testing.assert_array_equal(coco_mask.decode(packed) > 0, image == int(number))
                assert int(kind) == int(number) // 1000


def test_pixels_are_those_of_the_objects_that_the_label_rules_count(home, source):
    for index, frame in enumerate(source.shards[0].frames):
        path = home / f"instances/0000/{index:06d}.png"
        image = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
        instance = frame.camera.instance()
        for row in frame.seen_by("front"):
            mine = set(image[instance == row["instance"]].tolist())
            kinds = {"Car": 1, "Pedestrian": 2, "Cyclist": 10, "DontCare": 10}
            wanted = {kinds.get(row["kitti_class"], 0)} if row["visible_pixels"] else set()
            assert {one // 1000 for one in mine} == wanted, row["class"]


def test_more_than_a_thousand_of_a_class_is_one_line(source):
    frame = source.shards[0].frames[0]
    row = next(one for one in frame.objects if one["kitti_class"] == "Car")
    crowd = [{**row, "instance": number} for number in range(1, 1002)]
    full = type(frame)(frame.row, frame.cameras, frame.lidars, crowd)
    with pytest.raises(UserError, match="over 1000 of one class"):
        track_ids(Clip({"clip": 0}, (full,)))
