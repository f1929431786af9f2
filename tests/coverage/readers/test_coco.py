"""COCO's instances as rows."""

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthgen.coverage.readers import coco
from synthgen.errors import UserError

IMAGES = [{"id": 5, "file_name": "a/5.jpg", "width": 640, "height": 480}]
CATEGORIES = [{"id": 1, "name": "person"}, {"id": 3, "name": "car"}, {"id": 15, "name": "bench"}]


def annotation(**keys):
    return {"id": 1, "image_id": 5, "category_id": 3, "bbox": [1, 2, 3, 4], "iscrowd": 0, **keys}


def written(folder, *annotations, images=IMAGES, order=("images", "annotations", "categories")):
    parts = {"images": images, "annotations": list(annotations), "categories": CATEGORIES}
    path = folder / "instances_val.json"
    path.write_text(json.dumps({name: parts[name] for name in order}))
    return path


@pytest.mark.parametrize(
    "order",
    [("images", "annotations", "categories"), ("annotations", "categories", "images"),
     ("categories", "images", "annotations")],
)  # fmt: skip
def test_parts_may_come_in_any_order(order, tmp_path, whole):
    path = written(tmp_path, annotation(), annotation(id=2, category_id=15), order=order)
    assert coco.recognises(path)
    found = whole("coco", path)
    assert [row["class"] for row in found.objects] == ["car", None]
    assert found.objects[1]["label"] == "bench"
    assert found.objects[0]["frame"] == "a/5.jpg"
    (frame,) = found.frames
    assert (frame["width"], frame["split"], dict(frame["tags"])) == (640, "val", {"id": "5"})
    assert not found.broken


def test_boxes_are_left_top_width_height(tmp_path, whole):
    (row,) = whole("coco", written(tmp_path, annotation(bbox=[10.5, 20, 30, 40.25]))).objects
    assert [row[edge] for edge in ("left", "top", "right", "bottom")] == [10.5, 20, 40.5, 60.25]


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"bbox": [1, 2, math.nan, 4]}, "bbox=nan: expected a finite number"),
        ({"bbox": [1, 2, -3, 4]}, "expected no negative size"),
        ({"bbox": [1, 2, 3]}, "expected four numbers"),
        ({"bbox": None}, "expected four numbers"),
        ({"bbox": [1, 2, "3", 4]}, "expected a number"),
        ({"bbox": [True, 2, 3, 4]}, "expected a number"),
        ({"image_id": 6}, "image_id=6: no such image"),
        ({"image_id": [5]}, "image_id=[5]"),
        ({"category_id": 99}, "category_id=99: no such category"),
        ({"id": 1}, "its id is used twice"),
        ({"occluded": 1.5}, "occluded=1.5"),
        ({"num_lidar_pts": 10**40}, "num_lidar_pts"),
    ],
)
def test_a_broken_annotation_is_named_by_its_id_and_left_out(keys, said, tmp_path, whole):
    bad = annotation(id=77) | keys
    found = whole("coco", written(tmp_path, annotation(), bad, annotation(id=3)))
    assert len(found.objects) == 2
    (told,) = found.broken
    assert told.file == "instances_val.json"
    assert told.record == f"annotation {bad['id']}"
    assert said in told.why


def test_an_annotation_without_image_or_keys_is_named_by_its_place(tmp_path, whole):
    lacking = annotation()
    del lacking["image_id"], lacking["id"]
    found = whole("coco", written(tmp_path, annotation(), lacking, 5))
    assert [one.record for one in found.broken] == [
        "annotation at place 1",
        "annotation at place 2",
    ]
    assert len(found.objects) == 1


def test_an_image_listed_twice_is_found(tmp_path, whole):
    images = [*IMAGES, {"id": 5, "file_name": "b.jpg"}, {"id": 6, "file_name": "a/5.jpg"}, {}]
    found = whole("coco", written(tmp_path, annotation(), images=images))
    assert [one.record for one in found.broken] == ["image 5", "image 6", "image at place 3"]
    assert len(found.frames) == 1


def test_a_crowd_is_ignored(tmp_path, whole):
    (row,) = whole("coco", written(tmp_path, annotation(iscrowd=1))).objects
    assert row["ignored"]


def test_conditions_come_from_the_words_of_an_image(tmp_path, whole):
    said = {"weather": "rainy", "timeofday": "dawn/dusk", "scene": "highway"}
    images = [
        {**IMAGES[0], "attributes": said},
        {"id": 6, "file_name": "6.jpg", "weather": "hail", "rain": 3},
    ]
    first, second = whole("coco", written(tmp_path, images=images)).frames
    assert (first["weather"], first["weather_from"], first["weather_sure"]) == ("rain", "label", 1)
    assert (first["time_of_day"], first["place"]) == ("dusk", "highway")
    assert dict(first["tags"])["weather"] == "rainy"
    assert (second["weather"], second["weather_from"], second["rain"]) == (None, None, 3.0)


def test_flags_become_intervals_and_numbers_are_exact(tmp_path, whole):
    flags = annotation(attributes={"occluded": True, "truncated": False})
    found = whole("coco", written(tmp_path, flags, annotation(id=2, occluded=0.25)))
    first, second = found.objects
    assert (first["occlusion_low"], first["occlusion_high"]) == (0.1, 1.0)
    assert (first["truncation_low"], first["truncation_high"]) == (0.0, 0.01)
    assert (second["occlusion_low"], second["occlusion_high"]) == (0.25, 0.25)


def test_a_truncated_file_is_one_line(tmp_path, whole):
    path = written(tmp_path, annotation())
    path.write_text(path.read_text()[:-40])
    with pytest.raises(UserError, match=r"line 1, byte \d+: ends in the middle: truncated"):
        whole("coco", path)


def test_a_file_without_images_is_one_line(tmp_path, whole):
    path = written(tmp_path, annotation(), order=("annotations", "categories"))
    with pytest.raises(UserError, match="no images in it"):
        whole("coco", path)


def test_several_files_keep_their_images_apart(tmp_path, whole):
    (tmp_path / "annotations").mkdir()
    path = written(tmp_path / "annotations", annotation())
    path.with_name("instances_train.json").write_bytes(path.read_bytes())
    found = whole("coco", tmp_path)
    assert [row["frame"] for row in found.frames] == ["instances_train/a/5.jpg",
                                                      "instances_val/a/5.jpg"]  # fmt: skip
    assert [row["split"] for row in found.frames] == ["train", "val"]
    assert {row["frame"] for row in found.objects} == {row["frame"] for row in found.frames}


@settings(max_examples=40, deadline=None)
@given(
    boxes=st.lists(
        st.tuples(
            st.floats(-50, 2000), st.floats(-50, 2000), st.floats(0, 900), st.floats(0, 900),
            st.sampled_from([1, 3, 15]), st.booleans(),
        ),
        max_size=8,
    )
)  # fmt: skip
def test_what_is_written_is_read_back(boxes, tmp_path_factory, whole):
    folder = tmp_path_factory.mktemp("coco")
    rows = [
        annotation(id=number, bbox=list(box), category_id=category, iscrowd=int(crowd))
        for number, (*box, category, crowd) in enumerate(boxes)
    ]
    found = whole("coco", written(folder, *rows))
    assert not found.broken
    names = {1: "person", 3: "car", 15: "bench"}
    got = [
        (row["left"], row["top"], row["right"] - row["left"], row["label"], row["ignored"])
        for row in found.objects
    ]
    assert got == [(x, y, (x + w) - x, names[c], crowd) for x, y, w, _, c, crowd in boxes]
