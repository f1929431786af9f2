import json

import pyarrow as pa
import pytest

from synthgen.coverage.columns import FRAMES
from synthgen.coverage.detections.results import COLUMNS, Known, known, results
from synthgen.errors import UserError

ABOUT = Known({7: "a.png", "b": "b", 12: "000012", "000012": "000012"}, {3: "car", 1: "person"})


def read(path, about=ABOUT):
    """Return the rows and the reasons of what was left out."""
    broken = []
    table = pa.Table.from_batches(results(path, about, broken.append), COLUMNS)
    return table.to_pylist(), [(one.record, one.why) for one in broken]


def written(folder, items):
    file = folder / "found.json"
    file.write_text(json.dumps(items))
    return file


def one(**told):
    return {"image_id": 7, "category_id": 3, "bbox": [1, 2, 10, 20], "score": 0.5, **told}


def test_coco_results_have_frame_class_and_edges_of_the_box(tmp_path):
    rows, broken = read(written(tmp_path, [one(), one(image_id=12, category_id=1)]))
    assert rows[0] == {"frame": "a.png", "class": "car", "label": "car", "left": 1.0, "top": 2.0,
                       "right": 11.0, "bottom": 22.0, "score": 0.5}  # fmt: skip
    assert (rows[1]["frame"], rows[1]["class"], rows[1]["label"]) == (
        "000012", "pedestrian", "person")  # fmt: skip
    assert not broken


@pytest.mark.parametrize(
    ("told", "why"),
    [({"image_id": 8}, "image_id=8: no such image"), ({"category_id": 9}, "category_id=9: no such"),
     ({"bbox": [1, 2, -3, 4]}, "negative"), ({"score": float("nan")}, "score"),
     ({"bbox": "wide"}, "four numbers")],
)  # fmt: skip
def test_a_broken_result_is_named_and_the_others_stay(tmp_path, told, why):
    rows, broken = read(written(tmp_path, [one(), one(**told), one()]))
    assert len(rows) == 2
    assert broken[0][0] == "result 1"
    assert why in broken[0][1]


def test_classes_are_names_where_the_data_has_no_categories(tmp_path):
    rows, broken = read(
        written(tmp_path, [one(category_id="Pedestrian"), one()]), Known({7: "a"}, {})
    )
    assert [row["class"] for row in rows] == ["pedestrian"]
    assert len(broken) == 1


def test_labels_in_the_place_of_results_are_refused(tmp_path):
    with pytest.raises(UserError, match="result list was expected"):
        read(written(tmp_path, {"images": [], "annotations": [one()]}))


def test_a_truncated_file_is_refused(tmp_path):
    file = written(tmp_path, [one(), one()])
    file.write_text(file.read_text()[:-20])
    with pytest.raises(UserError, match=r"found\.json"):
        read(file)


def test_kitti_lines_have_their_score_and_broken_ones_a_number(tmp_path):
    (tmp_path / "000012.txt").write_text(
        "Car -1 -1 -10 100.5 50 200 150.25 -1 -1 -1 -1000 -1000 -1000 -10 0.875\n"
        "Car -1 -1 -10 100.5 50 200 150.25 -1 -1 -1 -1000 -1000 -1000 -10\n"
        "Pedestrian -1 -1 -10 10 50 20 80 -1 -1 -1 -1000 -1000 -1000 -10 high\n"
    )
    (tmp_path / "999999.txt").write_text("")
    rows, broken = read(tmp_path)
    assert rows == [{"frame": "000012", "class": "car", "label": "Car", "left": 100.5, "top": 50.0,
                     "right": 200.0, "bottom": 150.25, "score": 0.875}]  # fmt: skip
    assert [record for record, _ in broken] == ["line 2", "line 3", "whole file"]


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(UserError, match="KITTI"):
        read(tmp_path)


def test_images_are_known_by_the_data_s_ids_and_names_and_categories_by_its_file(tmp_path):
    (tmp_path / "annotations").mkdir()
    (tmp_path / "annotations" / "instances.json").write_text(
        json.dumps({"images": [], "annotations": [], "categories": [{"id": 5, "name": "bus"}]})
    )
    rows = [{"frame": "x.png", "tags": [("id", "40")]}, {"frame": "000009", "tags": None}]
    about = known(tmp_path, pa.Table.from_pylist(rows, schema=FRAMES))
    assert about.frames[40] == about.frames["x.png"] == "x.png"
    assert about.frames[9] == "000009"
    assert about.categories == {5: "bus"}


def test_an_id_that_two_files_use_is_nobody_s(tmp_path):
    rows = [{"frame": f"{name}/x.png", "tags": [("id", "1")]} for name in ("train", "val")]
    assert 1 not in known(tmp_path, pa.Table.from_pylist(rows, schema=FRAMES)).frames
