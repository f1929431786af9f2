"""COCO's files read with pycocotools, against masks and panoptic images."""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from pycocotools import mask as coding

from synthgen.geometry import Array
from synthgen.verify.faults import Tally
from synthgen.verify.frame import FrameFiles, read_image


def load(home: Path) -> tuple[dict, dict]:
    """Return the instances and panoptic records below `home` (coco/)."""
    return (
        json.loads((home / "instances.json").read_text()),
        json.loads((home / "panoptic.json").read_text()),
    )


def load_people(home: Path, tally: Tally) -> list[dict]:
    """Return the keypoint records below `home`; their category is COCO's person."""
    content = json.loads((home / "person_keypoints.json").read_text())
    (category,) = content["categories"]
    named = (category["id"], category["name"], len(category["keypoints"])) == (1, "person", 17)
    ends = {number for bone in category["skeleton"] for number in bone}
    tally.check("COCO person", named and ends == set(range(1, 18)), -1, 0, f"{category}")
    return content["annotations"]


def check_ids(instances: Mapping, panoptic: Mapping, tally: Tally) -> None:
    """Annotation ids are unique and positive; every id that is named exists."""
    ids = Counter(one["id"] for one in instances["annotations"])
    images = {image["id"] for image in instances["images"]}
    categories = {category["id"] for category in instances["categories"]}
    for one in instances["annotations"]:
        good = ids[one["id"]] == 1 and one["id"] >= 1
        good = good and one["image_id"] in images and one["category_id"] in categories
        tally.check("COCO ids", good, one["image_id"], one.get("track_id", 0), f"id {one['id']}")
    known = {category["id"] for category in panoptic["categories"]}
    for record in panoptic["annotations"]:
        for segment in record["segments_info"]:
            named = segment["category_id"] in known
            tally.check("panoptic category", named, record["image_id"], 0, f"{segment}")


def check_instances(files: FrameFiles, annotations: list[Mapping], tally: Tally) -> None:
    """Masks, boxes and areas of one frame's annotations are those of the instance image."""
    rows = {row["track"]: row for row in files.objects}
    camera = next(iter(files.cameras.values()))
    for one in annotations:
        row = rows.get(one.get("track_id", -1))
        tally.check("COCO track", row is not None, files.frame, one.get("track_id", 0), "no row")
        if row is None:
            continue
        _check_mask(files.frame, one, camera.instance == row["instance"], tally)
        area = int(coding.area(one["segmentation"]))
        tally.check("COCO area", area == one["area"], files.frame, row["track"], f"{area}")
        tight = coding.toBbox(one["segmentation"]).tolist()
        equal = tight == list(one["bbox"])
        tally.check("COCO box", equal, files.frame, row["track"], f"{one['bbox']} mask {tight}")


def _check_mask(frame: int, one: Mapping, own: Array, tally: Tally) -> None:
    """The mask is the object's `own` pixels; what shows lies within the own silhouette."""
    left, top, width, height = (int(edge) for edge in coding.toBbox(one["segmentation"]))
    window = slice(top, top + height), slice(left, left + width)
    mask = coding.decode(one["segmentation"])[window].view(bool)
    # Nothing of the mask lies outside its own box; of the object's pixels nothing may either.
    outside = np.count_nonzero(own) - np.count_nonzero(own[window])
    wrong = int(np.count_nonzero(mask != own[window]) + outside)
    tally.check("COCO mask", wrong == 0, frame, one["track_id"], f"{wrong} px")
    both = coding.merge([one["segmentation"], one["segmentation_amodal"]], intersect=True)
    beyond = int(coding.area(one["segmentation"])) - int(coding.area(both))
    tally.check("COCO amodal", beyond == 0, frame, one["track_id"], f"{beyond} px outside")


def check_panoptic(home: Path, files: FrameFiles, record: Mapping, tally: Tally) -> None:
    """The panoptic image and its record name the same segments, with the same areas and boxes."""
    code = read_image(home / "panoptic" / record["file_name"]).astype(np.int64)
    ids = code[..., 2] + 256 * code[..., 1] + 65536 * code[..., 0]
    drawn = _areas(ids)
    drawn.pop(0, None)
    named = {segment["id"]: segment for segment in record["segments_info"]}
    same = set(drawn) == set(named)
    tally.check("panoptic ids", same, files.frame, 0, f"{sorted(set(drawn) ^ set(named))[:5]}")
    for number, segment in named.items():
        area = drawn.get(number, 0)
        tally.check("panoptic area", area == segment["area"], files.frame, 0, f"{segment} {area}")
    _check_things(files, ids, tally)


def _check_things(files: FrameFiles, ids: Array, tally: Tally) -> None:
    """No segment lies over two instances."""
    camera = next(iter(files.cameras.values()))
    pairs = [divmod(pair, 65536) for pair in _areas(ids * 65536 + camera.instance)]
    owners = Counter(segment for segment, instance in pairs if segment > 0 and instance > 0)
    for number, count in owners.items():
        tally.check("segment is one object", count == 1, files.frame, 0, f"segment {number}")


def _areas(image: Array) -> dict[int, int]:
    """Return how many pixels of `image` have each value; runs of equal pixels count at once."""
    flat = image.ravel()
    starts = np.concatenate([[0], np.flatnonzero(flat[1:] != flat[:-1]) + 1])
    values, run = np.unique(flat[starts], return_inverse=True)
    counts = np.bincount(run, weights=np.diff(np.append(starts, len(flat)))).astype(np.int64)
    return dict(zip(values.tolist(), counts.tolist(), strict=True))
