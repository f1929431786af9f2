"""KITTI MOTS's images and rows against the data set."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from pycocotools import mask as coco_mask

from synthgen.geometry import Array
from synthgen.verify.exported.origin import Origin, clips_of
from synthgen.verify.faults import Tally
from synthgen.verify.frame import read_image

KINDS = {"Car": 1, "Pedestrian": 2, "Person_sitting": 2, "Van": 10, "Cyclist": 10, "DontCare": 10}


def check(tree: Path, shards: Sequence[Path], tally: Tally) -> None:
    """Check every sequence."""
    home, clips = tree / "training", dict(clips_of(shards))
    lines = (home / "evaluate_mots.seqmap.training").read_text().splitlines()
    wanted = [f"{number:04d} empty 000000 {len(one):06d}" for number, one in sorted(clips.items())]
    tally.check("seqmap", sorted(lines) == wanted, -1, 0, f"{lines} {wanted}")
    for number, frames in clips.items():
        rows = [
            row.split(" ") for row in (home / f"label_02/{number:04d}.txt").read_text().splitlines()
        ]
        names: dict[int, int] = {}
        for frame in frames:
            image = read_image(home / f"instances/{number:04d}/{frame.index:06d}.png")
            _check_image(frame, image, names, tally)
            own = [row[1:] for row in rows if row[0] == str(frame.index)]
            _check_rows(frame, image, own, tally)


def _check_image(frame: Origin, image: Array, names: dict[int, int], tally: Tally) -> None:
    """Every object's pixels have one id of its class; ids are its own in all the sequence."""
    instance = frame.dense("instance")
    for row in frame.objects:
        mine = np.unique(image[instance == row["instance"]]).tolist()
        if not mine:
            continue
        kind = KINDS.get(row["kitti_class"], 0)
        good = len(mine) == 1 and mine[0] // 1000 == kind
        if kind in (1, 2):
            good &= names.setdefault(row["instance"], mine[0]) == mine[0]
            good &= sum(one == mine[0] for one in names.values()) == 1
        tally.check("mask of track", good, frame.row["frame"], row["track"], f"{mine} {kind}")
    beside = int((image[instance == 0] > 0).sum())
    tally.check("nothing beside", beside == 0, frame.row["frame"], 0, f"{beside} px")


def _check_rows(frame: Origin, image: Array, rows: Sequence[Sequence[str]], tally: Tally) -> None:
    """Rows hold the very masks of the image."""
    number = frame.row["frame"]
    ids = sorted(int(row[0]) for row in rows)
    tally.check("mask rows", ids == np.unique(image[image > 0]).tolist(), number, 0, f"{ids}")
    for name, kind, height, width, counts in rows:
        mask = coco_mask.decode({"size": [int(height), int(width)], "counts": counts}) > 0
        good = np.array_equal(mask, image == int(name)) and int(kind) == int(name) // 1000
        tally.check("mask row", good, number, 0, name)
