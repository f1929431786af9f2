"""Images and boxes of our own data sets, as arrays that a detector learns from."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

CLASSES = ("car", "pedestrian")
"""What is learnt, in the order of the heat maps."""

NEIGHBOURS = {"car": ("van", "truck", "bus", "police_car", "ambulance", "fire_engine", "trailer"),
              "pedestrian": ("rider",)}  # fmt: skip
"""What is so alike that it is neither taught nor counted as the class or as something else."""

HEIGHT, WIDTH = 128, 416
"""[px] of the arrays; smaller images are filled up with black at the right and below."""


@dataclass(frozen=True, kw_only=True)
class Picture:
    """One labelled image.

    Attributes:
        image: height, width, 3; red, green, blue, 0 to 255.
        boxes: n, 4; left, top, right, bottom [px].
        classes: n; index in `CLASSES`.
        ignored: n; whether it is to be left out.
        distance: n; [m].
        frame: its name: set, shard and number.
        world: set and clip; frames of one world are alike.
        city: set and shard, whose worlds share their streets.
        id: number in its data set.
    """

    image: np.ndarray
    boxes: np.ndarray
    classes: np.ndarray
    ignored: np.ndarray
    distance: np.ndarray
    frame: str
    world: str
    city: str
    id: int


def read(folder: Path, twin: str = "") -> Iterator[Picture]:
    """Yield the pictures of a data set in order, or those of one of its twins."""
    for shard in sorted((folder / "shards").iterdir()):
        place = shard / "twins" / twin if twin else shard
        labelled = json.loads((place / "coco" / "instances.json").read_text())
        clips = _clips(shard / "frames.parquet")
        by_image: dict[int, list] = {image["id"]: [] for image in labelled["images"]}
        for annotation in labelled["annotations"]:
            by_image[annotation["image_id"]].append(annotation)
        for image in labelled["images"]:
            number = image["id"]
            name = f"{folder.name}{'/' + twin if twin else ''}"
            yield Picture(
                image=_image(place / image["file_name"]), **_boxes(by_image[number]),
                frame=f"{name}/{number:06d}", world=f"{folder.name}/{clips[number]}",
                city=f"{folder.name}/{shard.name}", id=number,
            )  # fmt: skip


def _clips(table: Path) -> Mapping[int, int]:
    import pyarrow.parquet as pq

    columns = pq.read_table(table, columns=["frame", "clip"]).to_pydict()
    return dict(zip(columns["frame"], columns["clip"], strict=True))


def _image(file: Path) -> np.ndarray:
    read = cv2.imread(str(file), cv2.IMREAD_COLOR)
    if read is None:
        raise OSError(f"{file}: no image")
    filled = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    filled[: read.shape[0], : read.shape[1]] = read[:, :, ::-1]
    return filled


def _boxes(annotations: list) -> dict[str, np.ndarray]:
    """Return the boxes of one image; a neighbour is an ignored one of the class."""
    rows = []
    for each in annotations:
        for index, name in enumerate(CLASSES):
            if each["class"] == name or each["class"] in NEIGHBOURS[name]:
                left, top, width, height = each["bbox"]
                away = bool(each["iscrowd"]) or each["class"] != name
                rows.append((left, top, left + width, top + height, index, away, each["distance"]))
    table = np.array(rows, float).reshape(-1, 7)
    return {"boxes": table[:, :4], "classes": table[:, 4].astype(int), "ignored": table[:, 5] > 0,
            "distance": table[:, 6]}  # fmt: skip
