"""Scalabel's records against the data set."""

import json
from collections.abc import Mapping, Sequence
from math import degrees
from pathlib import Path

from synthgen.verify.exported.origin import Origin, clips_of
from synthgen.verify.faults import Tally

WORDS = {
    "car": {"car", "van", "police_car"}, "truck": {"truck", "fire_engine", "ambulance"},
    "bus": {"bus"}, "trailer": {"trailer"}, "motorcycle": {"motorcycle"}, "bicycle": {"bicycle"},
    "rider": {"rider"}, "pedestrian": {"pedestrian"}, "traffic light": {"traffic_light"},
    "traffic sign": {"traffic_sign"},
}  # fmt: skip
CLASSES = frozenset().union(*WORDS.values())


def check(tree: Path, shards: Sequence[Path], tally: Tally) -> None:
    """Check the record of every picture."""
    records: dict[tuple[int, int], Mapping] = {}
    for split in ("train", "val"):
        for record in json.loads((tree / f"labels/{split}.json").read_text())["frames"]:
            key = int(record["videoName"]), record["frameIndex"]
            tally.check("record once", key not in records, -1, 0, record["name"])
            there = (tree / f"images/{split}" / record["name"]).is_file()
            tally.check("picture there", there, -1, 0, record["name"])
            records[key] = record
    for number, frames in clips_of(shards):
        for frame in frames:
            record = records.get((number, frame.index))
            tally.check("record there", record is not None, frame.row["frame"], 0, f"{number}")
            if record is not None:
                _check_record(frame, record, tally)


def _check_record(frame: Origin, record: Mapping, tally: Tally) -> None:
    number, words = frame.row["frame"], record["attributes"]
    rain, sun = frame.row["rain"], degrees(frame.row["sun_elevation"])
    wet = words["weather"] in ("rainy", "snowy")
    good = wet == (max(rain, frame.row.get("snow", 0.0)) >= 0.1)
    good &= (words["timeofday"] == "night") == (sun < -6) and (
        (words["timeofday"] == "daytime") == (sun >= 6)
    )
    tally.check("words of weather", good, number, 0, f"{words} {rain} mm/h, sun {sun:.1f}")
    rows = {str(row["track"]): row for row in frame.objects
            if row["counts"] and row["visible_pixels"] > 0 and row["class"] in CLASSES}  # fmt: skip
    named = sorted(one["id"] for one in record["labels"])
    tally.check("boxes complete", named == sorted(rows), number, 0, f"{len(named)} {len(rows)}")
    for one in record["labels"]:
        row = rows.get(one["id"])
        if row is not None:
            box = [one["box2d"][name] for name in ("x1", "y1", "x2", "y2")]
            good = box == row["visible_box"] and row["class"] in WORDS.get(one["category"], ())
            tally.check("box", good, number, row["track"], f"{one['category']} {box}")
            hidden = one["attributes"]["occluded"] == (row["occlusion"] >= 0.1)
            cut = one["attributes"]["truncated"] == (row["truncation"] >= 0.01)
            tally.check("box flags", hidden and cut, number, row["track"], "occluded, truncated")
