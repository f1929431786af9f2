"""COCO person keypoints in COCO's own layout, for tools that look nowhere else.

    {train,val}/%012d.png
    annotations/person_keypoints_{train,val}.json

Of the first camera. Image ids are frames, those of annotations frame x 1000 + n from 1. Who has no
keypoint in the image, or does not pass the label rules, is a crowd: neither asked for nor punished.
Source: COCO data format, "Keypoint Detection". As in `format=coco`, x and y count pixel centres at
integers, as Detectron2 reads them; boxes count pixel edges.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from jaxtyping import UInt16
from pycocotools import mask as coco_mask

from synthgen.errors import UserError
from synthgen.export import Export, Part, place, store_picture
from synthgen.geometry import Array
from synthgen.readers.dataset import DataSet
from synthgen.readers.shard import Frame, Shard
from synthgen.writers.keypoints import PERSON, keypoint_category

EACH = 1000
"""Room for the annotations of an image."""


def write(_: DataSet, shard: Shard, folder: Path) -> None:
    """Write pictures and records of a shard."""
    images, people = [], []
    for frame in shard.frames:
        name = f"{frame.number:012d}.png"
        store_picture(frame.camera, folder / "images" / name)
        width, height = frame.camera.size
        images.append({"id": frame.number, "file_name": name, "width": width, "height": height})
        people += annotations(frame)
    content = {"images": images, "annotations": people}
    (folder / "people.json").write_text(json.dumps(content, sort_keys=True))


def join(data: DataSet, parts: Sequence[Part], folder: Path) -> None:
    """Put pictures and records into the files of their split."""
    validates = set(data.split.val)
    for split in ("train", "val"):
        images: list[Mapping] = []
        people: list[Mapping] = []
        for part in parts:
            content = json.loads((part.folder / "people.json").read_text())
            mine = [
                one for one in content["images"] if (one["id"] in validates) == (split == "val")
            ]
            for one in mine:
                place(part.folder / "images" / one["file_name"], folder / split / one["file_name"])
            ids = {one["id"] for one in mine}
            images += mine
            people += [one for one in content["annotations"] if one["image_id"] in ids]
        record = {
            "info": {"description": f"synthgen {data.identity}", "version": "1.0"},
            "licenses": [],
            "categories": [keypoint_category()],
            "images": images,
            "annotations": people,
        }
        path = folder / f"annotations/person_keypoints_{split}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(record, sort_keys=True) + "\n")


EXPORT = Export(write=write, join=join)


def annotations(frame: Frame) -> list[dict]:
    """Return the records of the people whom a frame's picture shows.

    Raises:
        UserError: when there are more than ids.
    """
    people = [
        row
        for row in frame.seen_by(frame.camera.name)
        if row["keypoints"] and row["visible_pixels"] > 0
    ]
    if len(people) >= EACH:
        raise UserError(f"frame {frame.number}: {len(people)} people, ids end at {EACH - 1}")
    drawn = frame.camera.instance() if people else np.zeros((0, 0), np.uint16)
    return [_record(frame, row, drawn, number) for number, row in enumerate(people, start=1)]


def _record(frame: Frame, row: Mapping, drawn: UInt16[Array, "h w"], number: int) -> dict:
    packed = coco_mask.encode(np.asfortranarray(drawn == row["instance"], np.uint8))
    seen = [int(value) for value in row["keypoints"][2::3]]
    points = [round(float(value), 3) for value in row["keypoints"]]
    points[2::3] = seen
    labelled = sum(value > 0 for value in seen)
    return {
        "id": frame.number * EACH + number,
        "image_id": frame.number,
        "category_id": PERSON,
        "segmentation": {"size": packed["size"], "counts": packed["counts"].decode()},
        "area": int(coco_mask.area(packed)),
        "bbox": [float(value) for value in coco_mask.toBbox(packed)],
        "iscrowd": int(labelled == 0 or not row["counts"]),
        "keypoints": points,
        "num_keypoints": labelled,
        "track_id": row["track"],
        "posture": row["posture"],
    }
