import json

import cv2
import numpy as np
import pyarrow as pa
import pytest
from PIL import Image

from synthgen.coverage.columns import FRAMES
from synthgen.coverage.pictures.conditions import (
    FEATURES,
    Calibration,
    Model,
    calibration,
    conditions,
    probabilities,
)
from synthgen.coverage.pictures.judging import judged
from synthgen.coverage.pictures.measure import measure
from synthgen.coverage.pictures.measures import measured
from synthgen.coverage.pictures.opening import MOST_PIXELS, opened
from synthgen.coverage.pictures.tables import DUPLICATES, PICTURES
from synthgen.coverage.pictures.telling import told
from synthgen.errors import UserError
from tests.coverage.pictures.test_measures import street


def frames(images, **columns):
    rows = [{"frame": f"f{n}", "image": image} for n, image in enumerate(images)]
    table = pa.Table.from_pylist(rows, schema=FRAMES)
    for name, values in columns.items():
        index = FRAMES.get_field_index(name)
        table = table.set_column(
            index, FRAMES.field(index), pa.array(values, FRAMES.field(index).type)
        )
    return table


def save(path, picture):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture).save(path)
    return path


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A folder with good pictures, copies of them, and everything that may be wrong with one."""
    home = tmp_path_factory.mktemp("pictures")
    good = [save(home / "images" / f"{n}.png", street(n)) for n in range(3)]
    (home / "images/copy.png").write_bytes(good[0].read_bytes())
    save(home / "images/pixels.bmp", street(0))
    save(home / "images/near.jpg", street(1))
    save(home / "images/blank.png", np.full((80, 120, 3), 7, np.uint8))
    save(home / "images/dark.png", street(8) // 13)
    save(home / "images/blurred.png", cv2.GaussianBlur(street(9), (0, 0), 6))
    (home / "images/short.png").write_bytes(good[2].read_bytes()[:-900])
    (home / "images/short.jpg").write_bytes((home / "images/near.jpg").read_bytes()[:-700])
    (home / "images/text.png").write_text("this is no picture")
    (home / "images/empty.png").write_bytes(b"")
    save(home / "images/bomb.png", np.zeros((8100, 8100), np.uint8))
    return home


NAMES = (
    "0.png",
    "1.png",
    "2.png",
    "copy.png",
    "pixels.bmp",
    "near.jpg",
    "blank.png",
    "dark.png",
    "blurred.png",
    "short.png",
    "short.jpg",
    "text.png",
    "empty.png",
    "bomb.png",
    "gone.png",
)


@pytest.fixture(scope="module")
def found(home):
    return measure(frames([f"images/{name}" for name in NAMES]), home, workers=2)


def test_each_fault_is_named_and_good_pictures_have_none(found):
    said = dict(zip(NAMES, found.pictures["fault"].to_pylist(), strict=True))
    assert {name: fault for name, fault in said.items() if fault} == {
        "blank.png": "blank", "dark.png": "dark", "blurred.png": "blurred",
        "short.png": "corrupt", "short.jpg": "corrupt", "text.png": "corrupt",
        "empty.png": "corrupt", "bomb.png": "too_large", "gone.png": "missing",
    }  # fmt: skip
    assert found.pictures.schema.equals(PICTURES)
    reasons = dict(zip(NAMES, found.pictures["reason"].to_pylist(), strict=True))
    assert "truncated" in reasons["short.jpg"]
    assert f"{MOST_PIXELS:,}" in reasons["bomb.png"]
    assert all(reasons[name] for name, fault in said.items() if fault)


def test_duplicates_are_listed_by_group_with_their_frames(found):
    assert found.duplicates.schema.equals(DUPLICATES)
    rows = found.duplicates.to_pylist()
    said = [(row["group"], row["kind"], row["image"]) for row in rows]
    assert said == [
        (0, "bytes", "images/0.png"), (0, "bytes", "images/copy.png"),
        (1, "pixels", "images/0.png"), (1, "pixels", "images/pixels.bmp"),
        (2, "near", "images/1.png"), (2, "near", "images/near.jpg"),
    ]  # fmt: skip
    assert [row["frame"] for row in rows][:2] == ["f0", "f3"]


def test_tables_do_not_depend_on_the_number_of_workers(home, found):
    again = measure(frames([f"images/{name}" for name in NAMES]), home, workers=1)
    assert again.pictures.to_pylist() == found.pictures.to_pylist()
    assert again.duplicates.equals(found.duplicates)


def test_an_image_of_two_frames_is_a_row_of_each(home):
    rows = measure(frames(["images/0.png", None, "images/0.png"]), home, 1).pictures.to_pylist()
    assert [row["frame"] for row in rows] == ["f0", "f2"]
    assert rows[0]["hash"] == rows[1]["hash"]


def test_a_missing_folder_is_one_line(tmp_path):
    with pytest.raises(UserError, match=r"training/image_2: no such folder; expected 2 images"):
        measure(frames(["training/image_2/0.png", "training/image_2/1.png"]), tmp_path, 1)


def test_a_folder_without_any_of_the_images_is_one_line(tmp_path):
    (tmp_path / "images").mkdir()
    with pytest.raises(UserError, match="images: none of the images is there"):
        measure(frames(["images/0.png"]), tmp_path, 1)


def test_frames_without_images_are_one_line(tmp_path):
    with pytest.raises(UserError, match="name no images"):
        measure(frames([None, None]), tmp_path, 1)


@pytest.mark.parametrize("mode", ["L", "LA", "RGBA", "P", "CMYK", "I;16"])
def test_pictures_of_other_modes_are_read(tmp_path, mode):
    grey = np.tile(np.arange(0, 256, 4, dtype=np.uint8), (40, 1))
    deep = Image.fromarray(grey.astype(np.uint16) * 257)
    image = deep if mode == "I;16" else Image.fromarray(grey).convert(mode)
    path = tmp_path / ("x.tif" if mode == "CMYK" else "x.png")
    image.save(path)
    picture = opened(path).picture
    assert picture.shape == (40, 64, 3)
    np.testing.assert_allclose(picture[..., 0], grey, atol=3)


def test_every_cut_of_a_png_is_corrupt_or_whole_and_nothing_is_raised(tmp_path):
    path = save(tmp_path / "x.png", street(0, 40, 60))
    content = path.read_bytes()
    whole = opened(path).picture
    for length in range(0, len(content), max(1, len(content) // 60)):
        path.write_bytes(content[:length])
        cut = opened(path)
        assert cut.fault == "corrupt" or np.array_equal(cut.picture, whole)


def flat_model(names, sure, reach=1e9):
    count = len(FEATURES)
    return Model(
        names=names, mean=(0.0,) * count, scale=(1.0,) * count,
        weights=((0.0,) * count + (3.0,), *((0.0,) * (count + 1) for _ in names[1:])),
        temperature=1.0, sure=(sure,) * len(names),
        precision=tuple(tuple(float(i == j) for j in range(count)) for i in range(count)),
        reach=reach,
    )  # fmt: skip


def test_a_name_is_given_only_where_it_is_sure_enough_and_within_reach():
    shown = measured(street(0))
    chance = np.exp(3) / (np.exp(3) + 2)
    for sure, reach, expected in ((0.9, 1e9, "day"), (0.95, 1e9, None), (0.9, 0.1, None)):
        model = flat_model(("day", "dusk", "night"), sure, reach)
        weather = flat_model(("fog", "clear"), 0.9)
        time, air = conditions(shown, Calibration(time_of_day=model, light=weather, dark=weather))
        assert time.name == expected
        assert air.name == ("fog" if expected else None)
        if expected:
            np.testing.assert_allclose(time.sure, chance)


def test_the_calibration_that_ships_fits_the_code():
    models = calibration()
    for model in (models.time_of_day, models.light, models.dark):
        count = len(FEATURES)
        assert np.shape(model.weights) == (len(model.names), count + 1)
        assert np.shape(model.precision) == (count, count)
        assert all(sure >= 0.8 for sure in model.sure)
    chances = probabilities(models.time_of_day, np.array(models.time_of_day.mean))
    np.testing.assert_allclose(chances.sum(), 1)


def test_noise_is_no_street_and_nothing_is_told_of_it(tmp_path):
    noise = np.random.default_rng(0).integers(0, 256, (300, 600, 3), dtype=np.uint8)
    row = judged(save(tmp_path / "x.png", noise), calibration()).row
    assert row["time_of_day"] is None
    assert row["weather"] is None


def test_pictures_fill_only_what_labels_leave_open():
    table = frames(
        ["a", "b", None], time_of_day=["night", None, None], time_of_day_sure=[1.0, None, None],
        time_of_day_from=["label", None, None], fault=["frozen", None, None],
    )  # fmt: skip
    pictures = pa.Table.from_pylist(
        [{"frame": "f0", "time_of_day": "day", "time_of_day_sure": 0.9, "fault": "dark"},
         {"frame": "f1", "time_of_day": "dusk", "time_of_day_sure": 0.85, "fault": "blurred",
          "weather": "fog", "weather_sure": 0.95}],
        schema=PICTURES,
    )  # fmt: skip
    rows = told(table, pictures).to_pylist()
    keys = (
        "time_of_day",
        "time_of_day_from",
        "time_of_day_sure",
        "weather",
        "weather_from",
        "fault",
    )
    assert [tuple(row[key] for key in keys) for row in rows] == [
        ("night", "label", 1.0, None, None, "frozen"),
        ("dusk", "image", 0.85, "fog", "image", "blurred"),
        (None, None, None, None, None, None),
    ]
    assert told(table, pictures).schema.equals(table.schema)


def test_the_calibration_names_what_it_was_made_of():
    from importlib.resources import files

    said = json.loads(files("synthgen.coverage.pictures").joinpath("calibration.json").read_text())
    assert said["features"] == list(FEATURES)
    assert said["pictures"] >= 100
