"""COCO keypoints' records against the data set."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from pycocotools import mask as coco_mask

from synthgen.verify.exported.origin import Origin, clips_of
from synthgen.verify.faults import Tally


def check(tree: Path, shards: Sequence[Path], tally: Tally) -> None:
    """Check every picture's people."""
    people: dict[int, list[Mapping]] = {}
    images: Counter[int] = Counter()
    for split in ("train", "val"):
        content = json.loads((tree / f"annotations/person_keypoints_{split}.json").read_text())
        for image in content["images"]:
            images[image["id"]] += 1
            there = (tree / split / image["file_name"]).is_file()
            tally.check("picture there", there, image["id"], 0, image["file_name"])
        for one in content["annotations"]:
            people.setdefault(one["image_id"], []).append(one)
    ids = Counter(one["id"] for some in people.values() for one in some)
    good = all(count == 1 and number > 0 for number, count in ids.items())
    tally.check("ids from 1, once", good, -1, 0, f"{ids.most_common(1)}")
    frames = [frame for _, some in clips_of(shards) for frame in some]
    wanted = Counter(frame.row["frame"] for frame in frames)
    tally.check("pictures once", images == wanted, -1, 0, f"{len(images)} {len(wanted)}")
    for frame in frames:
        _check_people(frame, people.get(frame.row["frame"], []), tally)


def _check_people(frame: Origin, people: Sequence[Mapping], tally: Tally) -> None:
    number = frame.row["frame"]
    rows = {r["track"]: r for r in frame.objects if r["keypoints"] and r["visible_pixels"] > 0}
    named = sorted(one["track_id"] for one in people)
    tally.check("people complete", named == sorted(rows), number, 0, f"{named}")
    instance = frame.dense("instance") if rows else None
    for one in people:
        row = rows.get(one["track_id"])
        if row is None or instance is None:
            continue
        track, mask = one["track_id"], coco_mask.decode(one["segmentation"]) > 0
        same = np.array_equal(mask, instance == row["instance"])
        same &= one["area"] == int(mask.sum())
        tally.check("person's mask", same, number, track, f"{one['area']} px")
        left, top, right, bottom = row["visible_box"]
        box = [left, top, right - left + 1, bottom - top + 1]
        tally.check("person's box", one["bbox"] == box, number, track, f"{one['bbox']} {box}")
        off = float(np.abs(np.subtract(one["keypoints"], row["keypoints"])).max())
        tally.check("person's keypoints", off < 1e-3, number, track, f"{off:.3f} px off")
        seen = sum(value > 0 for value in row["keypoints"][2::3])
        crowd = int(seen == 0 or not row["counts"])
        good = (one["num_keypoints"], one["iscrowd"]) == (seen, crowd)
        tally.check("person counts", good, number, track, f"{one['num_keypoints']} {seen}")
