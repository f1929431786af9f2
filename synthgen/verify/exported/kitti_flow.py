"""KITTI flow's images against the data set."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from synthgen.verify.exported.origin import Origin, clips_of
from synthgen.verify.faults import Tally
from synthgen.verify.frame import read_image


def check(tree: Path, shards: Sequence[Path], tally: Tally) -> None:
    """Check every pair."""
    told = [
        (one, two)
        for _, frames in clips_of(shards)
        for one, two in pairwise(frames)
        if abs(one.camera["time"] + one.camera["flow_span"] - two.camera["time"]) < 1e-6
    ]
    names = {f"{one.row['frame']:06d}" for one, _ in told}
    for kind, endings in (("image_2", ("10", "11")), ("flow_occ", ("10",)), ("flow_noc", ("10",))):
        there = {path.stem for path in (tree / "training" / kind).glob("*.png")}
        good = there == {f"{name}_{ending}" for name in names for ending in endings}
        tally.check("flow pairs", good, -1, 0, f"{kind}: {len(there)} files of {len(names)} pairs")
    lists = [
        (tree / "ImageSets" / f"{split}.txt").read_text().split() for split in ("train", "val")
    ]
    once = sorted([*lists[0], *lists[1]]) == sorted(names)
    tally.check("pairs in one split", once, -1, 0, f"{len(lists[0])} + {len(lists[1])}")
    for one, two in told:
        _check_pair(tree / "training", one, two, tally)


def _check_pair(home: Path, one: Origin, two: Origin, tally: Tally) -> None:
    number = one.row["frame"]
    told = one.dense("flow_next")
    for kind, known in (("flow_occ", told[..., 0] > 0), ("flow_noc", told[..., 0] == 1)):
        path = home / kind / f"{number:06d}_10.png"
        found = read_image(path) if path.is_file() else np.zeros((0, 0, 3), np.uint16)
        same = found.dtype == np.uint16 and found.shape == told.shape
        same = same and np.array_equal(found[..., 0], known)
        same = same and np.array_equal(found[known][:, 1:], told[known][:, 1:])
        tally.check(f"{kind} told", bool(same), number, 0, "differs from the camera's flow")
    for origin, ending in ((one, "10"), (two, "11")):
        path = home / "image_2" / f"{number:06d}_{ending}.png"
        own = read_image(origin.shard / origin.camera["file"])
        same = path.is_file() and np.array_equal(read_image(path), own)
        tally.check("pictures of pairs", bool(same), number, 0, f"{path.name} differs")
