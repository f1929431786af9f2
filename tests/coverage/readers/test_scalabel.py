"""Scalabel's JSON, as BDD100K has it, as rows."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthgen.coverage.readers import scalabel
from synthgen.coverage.readers.levels import CUT, PARTLY
from synthgen.errors import UserError

SAID = {"weather": "partly cloudy", "scene": "city street", "timeofday": "daytime"}


def label(**keys):
    box = {"x1": 10, "y1": 20, "x2": 29, "y2": 59}
    said = {"occluded": True, "truncated": False}
    return {"id": "0", "category": "car", "box2d": box, "attributes": said, **keys}


def frame(*labels, **keys):
    return {"name": "a-1.jpg", "videoName": "a", "attributes": SAID, "labels": list(labels), **keys}


def written(folder, *frames, bare=True):
    path = folder / "val.json"
    path.write_text(json.dumps(list(frames) if bare else {"config": {}, "frames": frames}))
    return path


@pytest.mark.parametrize("bare", [True, False])
def test_frames_and_labels_become_rows(bare, tmp_path, whole):
    size = {"width": 1280, "height": 720}
    path = written(tmp_path, frame(label(), label(id=7, category="train"), size=size), bare=bare)
    assert scalabel.recognises(path)
    found = whole("scalabel", path)
    (one,) = found.frames
    assert (one["frame"], one["world"], one["width"], one["split"]) == ("a-1.jpg", "a", 1280, "val")
    assert (one["weather"], one["time_of_day"], one["place"]) == ("clear", "day", "city street")
    car, train = found.objects
    assert (car["class"], car["track"], train["class"], train["label"]) == (
        "car", "0", None, "train",
    )  # fmt: skip
    assert [car[edge] for edge in ("left", "top", "right", "bottom")] == [10, 20, 30, 60]
    assert (car["occlusion_low"], car["occlusion_high"]) == (PARTLY, 1.0)
    assert (car["truncation_low"], car["truncation_high"]) == (0.0, CUT)
    assert not found.broken


def test_undefined_conditions_are_not_told(tmp_path, whole):
    said = dict.fromkeys(SAID, "undefined")
    (one,) = whole("scalabel", written(tmp_path, frame(attributes=said))).frames
    told = ("weather", "weather_from", "time_of_day", "time_of_day_sure", "place")
    assert [one[name] for name in told] == [None] * 5


def test_a_solid_box_gives_distance_and_side(tmp_path, whole):
    solid = {"alpha": -1.5707963, "location": [3, 1, 4], "dimension": [1.5, 1.8, 4.2]}
    (row,) = whole("scalabel", written(tmp_path, frame(label(box3d=solid)))).objects
    assert (row["distance"], row["lateral"], row["length"]) == (5.0, -3.0, 4.2)
    assert row["aspect"] == pytest.approx(0, abs=1e-6)


def test_what_is_drawn_as_a_polygon_is_no_object(tmp_path, whole):
    area = {"id": "9", "category": "drivable area", "poly2d": [{"vertices": []}], "box2d": None}
    found = whole("scalabel", written(tmp_path, frame(area, label())))
    assert len(found.objects) == 1
    assert not found.broken


@pytest.mark.parametrize(
    ("bad", "record", "said"),
    [
        (label(id="5", box2d=None), "frame a-1.jpg, label 5", "box2d is missing"),
        (label(id="5", box2d={"x1": 1, "y1": 2, "x2": 0, "y2": 9}), "label 5", "before left"),
        (label(id="5", box2d={"x1": 1}), "label 5", "top=null: expected a number"),
        (label(id="5", category=None), "label 5", "category=null: expected a name"),
        (label(id="5", attributes={"occluded": "no"}), "label 5", "expected true or false"),
        (3, "label 1", "expected keys with values"),
    ],
)
def test_a_broken_label_is_named_and_left_out(bad, record, said, tmp_path, whole):
    found = whole("scalabel", written(tmp_path, frame(label(), bad)))
    assert len(found.objects) == 1
    (told,) = found.broken
    assert told.record.endswith(record)
    assert said in told.why


def test_a_frame_without_name_or_listed_twice_is_left_out_with_its_labels(tmp_path, whole):
    found = whole("scalabel", written(tmp_path, frame(label()), frame(label()), {"labels": []}))
    assert (len(found.frames), len(found.objects)) == (1, 1)
    assert [one.record for one in found.broken] == ["frame a-1.jpg", "frame at place 2"]


def test_no_frames_is_one_line(tmp_path, whole):
    path = tmp_path / "a.json"
    path.write_text('{"name": 1, "labels": {"box2d": 1}}')
    with pytest.raises(UserError, match="no frames in it"):
        whole("scalabel", path)


@settings(max_examples=30, deadline=None)
@given(
    table=st.lists(
        st.lists(
            st.tuples(
                st.sampled_from(["car", "rider", "train"]), st.booleans(), st.integers(0, 500)
            ),
            max_size=4,
        ),
        max_size=4,
    )
)
def test_what_is_written_is_read_back(table, tmp_path_factory, whole):
    frames = [
        frame(
            *(
                label(
                    category=kind,
                    attributes={"occluded": hidden},
                    box2d={"x1": x, "y1": 0, "x2": x + 4, "y2": 4},
                )
                for kind, hidden, x in rows
            ),
            name=f"{number}.jpg",
        )
        for number, rows in enumerate(table)
    ]
    path = written(tmp_path_factory.mktemp("scalabel"), *frames)
    if not table:
        return
    found = whole("scalabel", path)
    got = [
        (one["frame"], one["label"], one["occlusion_low"] > 0, one["left"]) for one in found.objects
    ]
    wanted = [(f"{n}.jpg", *row) for n, rows in enumerate(table) for row in rows]
    assert got == wanted
    assert len(found.frames) == len(table)
