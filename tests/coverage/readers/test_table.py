"""Plain tables as rows."""

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthgen.coverage.readers import table
from synthgen.errors import UserError

HEAD = "frame,class,distance,left,top,right,bottom\n"


def csv(folder, text, name="objects.csv"):
    path = folder / name
    path.write_text(text)
    return path


def test_a_csv_of_objects_is_read_with_the_frames_that_it_names(tmp_path, whole):
    path = csv(tmp_path, HEAD + "a,BOX_TRUCK,3.5,1,2,3,4\na,Person,,,,,\nb,bollard,9,1,2,3,4\n")
    assert table.recognises(path)
    assert table.recognises(tmp_path)
    found = whole("table", tmp_path)
    assert [row["frame"] for row in found.frames] == ["a", "b"]
    got = [(row["label"], row["class"], row["subtype"]) for row in found.objects]
    assert got == [
        ("BOX_TRUCK", "truck", "box_truck"), ("Person", "pedestrian", None),
        ("bollard", None, None),
    ]  # fmt: skip
    assert [row["distance"] for row in found.objects] == [3.5, None, 9.0]
    assert not any(row["ignored"] for row in found.objects)
    assert not found.broken


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("a,car,far,1,2,3,4", "distance=far: expected a number"),
        ("a,car,inf,1,2,3,4", "distance=inf: expected a number"),
        ("a,car,1e40,1,2,3,4", "expected a finite number"),
        ("a,car,-1,1,2,3,4", "distance=-1: expected no negative number"),
        ("a,car,1,1,nan,3,4", "top=null: expected all four edges"),
        ("a,car,1,3,2,1,4", "right=1: lies before left"),
        (",car,1,1,2,3,4", "frame=null: missing"),
        ("a,,1,1,2,3,4", "label=null: missing"),
        ("a,car,1,1,2", "5 cells: expected 7"),
    ],
)
def test_a_broken_row_is_named_by_its_number_and_left_out(row, said, tmp_path, whole):
    good = "a,car,1,1,2,3,4"
    found = whole("table", csv(tmp_path, HEAD + "\n".join([good, row, good, row, good]) + "\n"))
    assert len(found.objects) == 3
    assert {(one.file, one.record) for one in found.broken} == {
        ("objects.csv", "row 3"), ("objects.csv", "row 5"),
    }  # fmt: skip
    assert all(said in one.why for one in found.broken)


def test_rows_behind_a_short_one_keep_their_numbers(tmp_path, whole):
    good = "a,car,1,1,2,3,4"
    rows = [good, "a,car", good, "a,car,far,1,2,3,4", good]
    found = whole("table", csv(tmp_path, HEAD + "\n".join(rows) + "\n"))
    assert {one.record: one.why for one in found.broken} == {
        "row 3": "2 cells: expected 7", "row 5": "distance=far: expected a number",
    }  # fmt: skip


def test_frames_beside_are_read_and_must_know_every_object(tmp_path, whole):
    rows = ("frame,weather,time_of_day,power,world", "a,Rainy,night,off,w", "b,hail,,1,w", "a,,,,")
    csv(tmp_path, "\n".join(rows), "frames.csv")
    csv(tmp_path, "frame,label,occlusion\na,car,0.25\nc,car,0.5\n")
    found = whole("table", tmp_path)
    first, second = found.frames
    assert (first["weather"], first["weather_from"], first["weather_sure"]) == ("rain", "label", 1)
    assert (first["time_of_day"], first["power"], first["world"]) == ("night", "off", "w")
    assert (second["weather"], second["weather_from"], second["power"]) == (None, None, None)
    (row,) = found.objects
    assert (row["occlusion_low"], row["occlusion_high"]) == (0.25, 0.25)
    assert [(one.file, one.why) for one in found.broken] == [
        ("frames.csv", "frame a is listed twice"), ("objects.csv", "frame c: no such frame"),
    ]  # fmt: skip


def test_columns_of_frames_may_stand_beside_objects(tmp_path, whole):
    found = whole("table", csv(tmp_path, "frame,class,world,weather\na,car,w,fog\na,dog,w,fog\n"))
    (frame,) = found.frames
    assert (frame["world"], frame["weather"], frame["weather_from"]) == ("w", "fog", "label")


def test_a_mapping_file_names_columns(tmp_path, whole):
    csv(tmp_path, "picture,what,range\na,car,7\n")
    (tmp_path / "columns.yaml").write_text(
        "objects: {frame: picture, label: what, distance: range}\n"
    )
    (row,) = whole("table", tmp_path).objects
    assert (row["frame"], row["class"], row["distance"]) == ("a", "car", 7.0)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("objects: {frame: pictur, label: what}", "has no column pictur; did you mean picture?"),
        ("objects: {distanc: range}", "distanc: no such column of ours; did you mean distance?"),
        ("things: {a: b}", "things: expected objects or frames"),
        ("objects: 3", "objects=3: expected our column: their column"),
        ("objects: [", "expected YAML"),
        ("objects: {label: what}", "no column frame; expected one of frame, "),
    ],
)
def test_a_wrong_mapping_is_one_line(text, said, tmp_path, whole):
    csv(tmp_path, "picture,what,range\na,car,7\n")
    (tmp_path / "columns.yaml").write_text(text)
    with pytest.raises(UserError) as error:
        whole("table", tmp_path)
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_parquet_with_large_strings_dictionaries_and_nan_is_read(tmp_path, whole):
    columns = {
        "frame": pa.array(["a", "b"], pa.large_string()),
        "category": pa.array(["DOG", "car"]).dictionary_encode(),
        "num_interior_pts": pa.array([3, 4], pa.int32()),
        "speed": pa.array([float("nan"), 2.0]),
        "ignored": pa.array([True, None]),
    }
    pq.write_table(pa.table(columns), tmp_path / "objects.parquet")
    first, second = whole("table", tmp_path).objects
    assert (first["class"], first["lidar_points"], first["speed"]) == ("dog", 3, None)
    assert (second["class"], second["lidar_points"], second["speed"]) == ("car", 4, 2.0)
    assert [first["ignored"], second["ignored"]] == [True, False]


def test_a_file_that_is_no_parquet_is_one_line(tmp_path, whole):
    (tmp_path / "objects.parquet").write_text("nothing")
    with pytest.raises(UserError, match="expected a table"):
        whole("table", tmp_path)


@settings(max_examples=30, deadline=None)
@given(
    rows=st.lists(
        st.tuples(
            st.sampled_from(["a", "b,c", 'd"e', "f\ng"]),
            st.sampled_from(["car", "dog", "thing"]),
            st.none() | st.floats(0, 300),
            st.integers(0, 10**6),
        ),
        min_size=1,
        max_size=9,
    ),
    end=st.sampled_from(["csv", "parquet"]),
)
def test_what_pandas_writes_is_read_back(rows, end, tmp_path_factory, whole):
    path = tmp_path_factory.mktemp("table") / f"objects.{end}"
    written = pd.DataFrame(rows, columns=["frame", "class", "distance", "lidar_points"])
    written.to_csv(path, index=False) if end == "csv" else written.to_parquet(path, index=False)
    found = whole("table", path)
    assert not found.broken
    names = ("frame", "label", "distance", "lidar_points")
    assert [tuple(row[name] for name in names) for row in found.objects] == rows
    assert [row["frame"] for row in found.frames] == list(dict.fromkeys(row[0] for row in rows))
