import json

import numpy as np
import pytest

from synthgen.exports.scalabel import CATEGORIES, time_of_day, weather


@pytest.fixture(scope="module")
def home(exported):
    return exported("scalabel")


def test_boxes_are_those_of_the_objects_that_count(home, source):
    for clip, split in zip(source.clips(), ("train", "val"), strict=True):
        frames = json.loads((home / f"labels/{split}.json").read_text())["frames"]
        assert len(frames) == len(clip.frames)
        for record, frame in zip(frames, clip.frames, strict=True):
            wanted = {
                str(row["track"]): (CATEGORIES[row["class"]], *row["visible_box"])
                for row in frame.seen_by("front")
                if row["counts"] and row["class"] in CATEGORIES
            }
            found = {
                one["id"]: (one["category"], *(one["box2d"][k] for k in ("x1", "y1", "x2", "y2")))
                for one in record["labels"]
            }
            assert found == wanted
            assert len(found) > 4
            assert record["frameIndex"] == clip.frames.index(frame)
            assert record["attributes"]["timeofday"] == time_of_day(frame.row)
            assert (home / f"images/{split}" / record["name"]).samefile(frame.camera.path)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({}, "clear"), ({"cloud": 0.5}, "partly cloudy"), ({"cloud": 0.9}, "overcast"),
        ({"visibility": 300.0}, "foggy"), ({"rain": 4.0, "visibility": 300.0}, "rainy"),
        ({"snow": 1.0, "rain": 1.0}, "snowy"),
    ],
)  # fmt: skip
def test_weather_has_one_word(change, word):
    air = {"rain": 0.0, "snow": 0.0, "visibility": 2e4, "cloud": 0.0}
    assert weather(air | change) == word


def test_the_sun_tells_the_time_of_day():
    words = [time_of_day({"sun_elevation": np.radians(one)}) for one in (30, 2, -3, -10)]
    assert words == ["daytime", "dawn/dusk", "dawn/dusk", "night"]
