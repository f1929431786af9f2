"""KITTI MOTS: masks of cars and pedestrians with track ids over sequences.

    training/{image_02/NNNN/%06d.png, instances/NNNN/%06d.png, label_02/NNNN.txt}
    training/evaluate_mots.seqmap.{training,train,val}

Images of instances have 16 bits: class x 1000 + number, class 1 cars, 2 pedestrians, 10000 what
is to be ignored, 0 nothing. Text rows: frame, id, class, height, width, mask as COCO compresses
it. Source: P. Voigtlaender et al., "MOTS: multi-object tracking and segmentation", CVPR 2019.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np
from jaxtyping import UInt16
from pycocotools import mask as coco_mask

from synthgen.errors import UserError
from synthgen.export import Export, Part, side_by_side, store_picture
from synthgen.exports.kitti_tracking import write_seqmaps
from synthgen.geometry import Array
from synthgen.readers.dataset import DataSet
from synthgen.readers.shard import Clip, Frame, Shard

CLASSES = {"Car": 1, "Pedestrian": 2, "Person_sitting": 2}
"""Class of each KITTI type that is asked for."""
IGNORED = frozenset({"Van", "Cyclist", "DontCare"})
"""KITTI types that detectors may find or not; others are background."""
IGNORE, EACH = 10_000, 1000


def write(_: DataSet, shard: Shard, folder: Path) -> None:
    """Write the sequences of a shard."""
    home = folder / "training"
    for clip in shard.clips():
        name, rows = f"{clip.number:04d}", list[str]()
        known = track_ids(clip)
        for index, frame in enumerate(clip.frames):
            drawn = instance_image(frame, known)
            target = home / f"instances/{name}/{index:06d}.png"
            target.parent.mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(target), drawn)
            store_picture(frame.camera, home / f"image_02/{name}/{index:06d}.png")
            rows += [f"{index} {row}" for row in text_rows(drawn)]
        (home / "label_02").mkdir(exist_ok=True)
        (home / f"label_02/{name}.txt").write_text("".join(f"{row}\n" for row in rows))


def join(data: DataSet, parts: Sequence[Part], folder: Path) -> None:
    """Put the sequences side by side and list them."""
    side_by_side(data, parts, folder)
    write_seqmaps(data, folder / "training", "evaluate_mots")


EXPORT = Export(write=write, join=join)


def track_ids(clip: Clip) -> Mapping[int, int]:
    """Return class x 1000 + number by instance, numbers from 0 as they come up.

    Raises:
        UserError: when a clip has more of a class than the format can number.
    """
    found: dict[int, int] = {}
    count = dict.fromkeys(CLASSES.values(), 0)
    for frame in clip.frames:
        for row in frame.seen_by(frame.camera.name):
            kind = CLASSES.get(row["kitti_class"])
            if kind is None or row["instance"] in found:
                continue
            if count[kind] == EACH:
                raise UserError(f"format=kitti_mots: clip {clip.number}: over {EACH} of one class")
            found[row["instance"]] = kind * EACH + count[kind]
            count[kind] += 1
    return found


def instance_image(frame: Frame, known: Mapping[int, int]) -> UInt16[Array, "h w"]:
    """Return the image of instances of a frame."""
    table = np.zeros(65_536, np.uint16)
    for row in frame.seen_by(frame.camera.name):
        if row["kitti_class"] in CLASSES:
            table[row["instance"]] = known[row["instance"]]
        elif row["kitti_class"] in IGNORED:
            table[row["instance"]] = IGNORE
    return table[frame.camera.instance()]


def text_rows(drawn: UInt16[Array, "h w"]) -> list[str]:
    """Return id, class, height, width and mask of everything in an image of instances."""
    rows = []
    for number in np.unique(drawn[drawn > 0]).tolist():
        packed = coco_mask.encode(np.asfortranarray(drawn == number, np.uint8))
        size = f"{packed['size'][0]} {packed['size'][1]}"
        rows.append(f"{number} {number // EACH} {size} {packed['counts'].decode()}")
    return rows
