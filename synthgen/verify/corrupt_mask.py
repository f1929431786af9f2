"""Masks moved on disk, with everything that counts or draws them."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np
from jaxtyping import Bool
from pycocotools import mask as coding

from synthgen.geometry import Array
from synthgen.verify.corrupt_tables import read_rows, store_rows
from synthgen.verify.frame import read_image

FOLDERS = ("instance", "semantic")


def shift(shard: Path, row: Mapping, pixels: int, folders: Sequence[str]) -> None:
    """Move the mask of the object of `row` to the right in the images in `folders`."""
    home, name = shard / "sensor" / row["camera"], f"{row['frame']:06d}.png"
    mask = read_image(home / "instance" / name) == row["instance"]
    for folder in folders:
        _shift_file(home / folder / name, mask, pixels)


def shift_all(shard: Path, row: Mapping, pixels: int) -> None:
    """Move the mask in every image and bring tables and COCO records in line."""
    name = f"{row['frame']:06d}.png"
    path = shard / "sensor" / row["camera"] / "instance" / name
    mask = read_image(path) == row["instance"]
    shift(shard, row, pixels, FOLDERS)
    _shift_file(shard / "coco" / "panoptic" / name, mask, pixels)
    rows = read_rows(shard)
    changed = [one for one in rows if one["camera"] == row["camera"]]
    instance = read_image(path)
    _recount_rows(changed, instance)
    store_rows(shard, rows)
    _recount_coco(shard / "coco", changed, instance)


def _shift_file(path: Path, mask: Bool[Array, "h w"], pixels: int) -> None:
    """Move what lies under `mask`; what it leaves takes the values to the left of it."""
    image = read_image(path)
    moved = np.zeros_like(mask)
    moved[:, pixels:] = mask[:, :-pixels]
    before = np.roll(image, pixels, axis=1)
    done = image.copy()
    left = mask & ~moved
    done[left] = before[left]
    done[moved] = before[moved]
    cv2.imwrite(str(path), done)


def _recount_rows(rows: list[dict], instance: Array) -> None:
    for row in rows:
        y, x = np.nonzero(instance == row["instance"])
        row["visible_pixels"] = len(x)
        box = [int(x.min()), int(y.min()), int(x.max()), int(y.max())] if len(x) else None
        row["visible_box"] = box
        if row["in_view"]:
            row["occlusion"] = 1 - len(x) / row["amodal_pixels"]


def _recount_coco(home: Path, rows: list[dict], instance: Array) -> None:
    content = json.loads((home / "instances.json").read_text())
    numbers = {row["track"]: row["instance"] for row in rows}
    for one in content["annotations"]:
        mask = instance == numbers[one["track_id"]]
        code = coding.encode(np.asfortranarray(mask.astype(np.uint8)))
        one["area"], one["bbox"] = int(mask.sum()), coding.toBbox(code).tolist()
        one["segmentation"] = {"size": code["size"], "counts": code["counts"].decode()}
    (home / "instances.json").write_text(json.dumps(content))
    content = json.loads((home / "panoptic.json").read_text())
    for record in content["annotations"]:
        drawn = read_image(home / "panoptic" / record["file_name"]).astype(np.int64)
        ids = drawn[..., 2] + 256 * drawn[..., 1] + 65536 * drawn[..., 0]
        for segment in record["segments_info"]:
            segment["area"] = int((ids == segment["id"]).sum())
    (home / "panoptic.json").write_text(json.dumps(content))
