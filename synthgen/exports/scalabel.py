"""Scalabel's JSON as BDD100K has it: boxes, weather, scene and time of day of every picture.

    images/{train,val}/CLIP-FRAME.png
    labels/{train,val}.json

Of the first camera. Source: Scalabel format, scalabel.label.typing (version 0.3); F. Yu et al.,
"BDD100K", CVPR 2020, for categories and the words of weather, scene and time of day.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from synthgen.export import Export, Part, place, store_picture
from synthgen.readers.dataset import DataSet
from synthgen.readers.shard import Clip, Frame, Shard

CATEGORIES = {
    "car": "car", "van": "car", "police_car": "car", "truck": "truck", "fire_engine": "truck",
    "ambulance": "truck", "bus": "bus", "trailer": "trailer", "motorcycle": "motorcycle",
    "bicycle": "bicycle", "rider": "rider", "pedestrian": "pedestrian",
    "traffic_light": "traffic light", "traffic_sign": "traffic sign",
}  # fmt: skip
"""BDD100K's category by class; what is missing is not labelled there."""
SCENES = {
    "downtown": "city street", "arterial": "city street", "suburb": "residential",
    "industrial": "city street", "motorway": "highway",
}  # fmt: skip
"""BDD100K's scene by kind of place, else undefined."""
FOGGY, RAINY, CLOUDY, PARTLY = 1000.0, 0.1, 0.75, 0.25
"""[m] visibility below which it is foggy (meteorology's fog), [mm/h] of rain or snow from which it
rains or snows, share of the sky from which it is overcast, and partly cloudy."""
DAY, TWILIGHT = np.radians(6.0), np.radians(-6.0)
"""[rad] Sun above is day, below the end of civil twilight is night."""
OCCLUDED, TRUNCATED = 0.1, 0.01
"""Share hidden, and share outside the image, from which the flags are set."""


def write(data: DataSet, shard: Shard, folder: Path) -> None:
    """Write pictures and records of a shard."""
    frames = []
    for clip in shard.clips():
        for index, frame in enumerate(clip.frames):
            record = frame_record(clip, index, frame)
            store_picture(frame.camera, folder / "images" / record["name"])
            frames.append(record)
    (folder / "frames.json").write_text(json.dumps(frames, sort_keys=True))


def join(data: DataSet, parts: Sequence[Part], folder: Path) -> None:
    """Put pictures and records into the files of their split."""
    validates = {clip.number for clip in data.clips() if clip.frames[0].number in data.split.val}
    found: dict[str, list[Mapping]] = {"train": [], "val": []}
    for part in parts:
        for record in json.loads((part.folder / "frames.json").read_text()):
            split = "val" if int(record["videoName"]) in validates else "train"
            source = part.folder / "images" / record["name"]
            place(source, folder / "images" / split / record["name"])
            found[split].append(record)
    (folder / "labels").mkdir()
    config = {"categories": [{"name": one} for one in dict.fromkeys(CATEGORIES.values())]}
    for split, frames in found.items():
        text = json.dumps({"frames": frames, "config": config}, sort_keys=True)
        (folder / f"labels/{split}.json").write_text(text + "\n")


EXPORT = Export(write=write, join=join)


def frame_record(clip: Clip, index: int, frame: Frame) -> dict:
    """Return the record of one picture."""
    width, height = frame.camera.size
    name = f"{clip.number:06d}"
    return {
        "name": f"{name}-{index:07d}.png",
        "videoName": name,
        "frameIndex": index,
        "timestamp": round(1000 * (frame.camera.time - clip.frames[0].camera.time)),
        "size": {"width": width, "height": height},
        "attributes": {
            "weather": weather(frame.row),
            "scene": SCENES.get(json.loads(frame.row["place_facts"]).get("kind", ""), "undefined"),
            "timeofday": time_of_day(frame.row),
        },
        "labels": [
            _label(row)
            for row in frame.seen_by(frame.camera.name)
            if row["class"] in CATEGORIES and row["visible_pixels"] > 0 and row["counts"]
        ],
    }


def weather(row: Mapping) -> str:
    """Return BDD100K's word for the air of a frame."""
    if row.get("snow", 0.0) >= RAINY:
        return "snowy"
    if row["rain"] >= RAINY:
        return "rainy"
    if row["visibility"] < FOGGY:
        return "foggy"
    if row["cloud"] >= CLOUDY:
        return "overcast"
    return "partly cloudy" if row["cloud"] >= PARTLY else "clear"


def time_of_day(row: Mapping) -> str:
    """Return BDD100K's word for where the sun stands."""
    if row["sun_elevation"] >= DAY:
        return "daytime"
    return "dawn/dusk" if row["sun_elevation"] >= TWILIGHT else "night"


def _label(row: Mapping) -> dict:
    left, top, right, bottom = row["visible_box"]
    return {
        "id": str(row["track"]),
        "category": CATEGORIES[row["class"]],
        "attributes": {
            "occluded": row["occlusion"] >= OCCLUDED,
            "truncated": row["truncation"] >= TRUNCATED,
            **_light(row),
        },
        "box2d": {"x1": left, "y1": top, "x2": right, "y2": bottom},
    }


def _light(row: Mapping) -> dict:
    """Return the colour of a traffic light, in BDD100K's letters."""
    if row["class"] != "traffic_light":
        return {}
    letters = {"red": "R", "amber": "Y", "green": "G"}
    return {"trafficLightColor": letters.get(row["state"], "NA") if row["state_lit"] else "NA"}
