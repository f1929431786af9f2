"""Read a data set as its users do: COCO's evaluation with the ground truth as detections.

    scripts/accept.py OUT

Prints average precision for boxes and masks (1.000 when the files mean what they say), and how
many panoptic images and KITTI lines were read by rules written here, not by the writers.
"""

import contextlib
import io
import json
import sys
from pathlib import Path

import cv2
import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

FIELDS = {"bbox": "bbox", "segm": "segmentation", "keypoints": "keypoints"}
"""What a detection has, by kind of evaluation."""


def precision(file: Path, kind: str) -> float | None:
    """Return AP of the annotations of `file` taken as detections, None where there are none.

    `kind` is bbox, segm or keypoints.
    """
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO(str(file))
        found = [
            {"image_id": one["image_id"], "category_id": one["category_id"], "score": 1.0,
             FIELDS[kind]: one[FIELDS[kind]]}
            for one in truth.anns.values() if not one["iscrowd"]
        ]  # fmt: skip
        if not found:
            return None
        run = COCOeval(truth, truth.loadRes(found), kind)
        most = max(len(ids) for ids in truth.imgToAnns.values())
        run.params.maxDets = [most] if kind == "keypoints" else [1, 100, most]
        run.evaluate()
        run.accumulate()
    precisions = run.eval["precision"][:, :, :, 0, -1]
    return float(precisions[precisions > -1].mean())


def panoptic(folder: Path) -> tuple[int, int]:
    """Return the number of panoptic images and of segments; raise where they disagree."""
    record = json.loads((folder / "panoptic.json").read_text())
    segments = 0
    for one in record["annotations"]:
        code = cv2.imread(str(folder / "panoptic" / one["file_name"]))[..., ::-1].astype(np.int64)
        values, counts = np.unique(code @ [1, 256, 65536], return_counts=True)
        drawn = {int(v): int(c) for v, c in zip(values, counts, strict=True) if v}
        named = {segment["id"]: segment["area"] for segment in one["segments_info"]}
        if drawn != named:
            raise SystemExit(f"{one['file_name']}: image and record differ")
        segments += len(named)
    return len(record["annotations"]), segments


def kitti(folder: Path) -> tuple[int, int]:
    """Return the number of KITTI lines and of those whose 3D box projects to their 2D box."""
    lines, near = 0, 0
    for file in sorted((folder / "training" / "label_2").glob("*.txt")):
        text = (folder / "training" / "calib" / file.name).read_text().splitlines()
        table = {line.split(":")[0]: line.split(":")[1].split() for line in text if ":" in line}
        project = np.array(table["P2"], float).reshape(3, 4)
        for line in file.read_text().splitlines():
            word = line.split()
            assert len(word) == 15, line
            if word[0] == "DontCare":
                continue
            lines += 1
            near += _projects(project, np.array(word[1:], float))
    return lines, near


def _projects(project: np.ndarray, value: np.ndarray) -> bool:
    """Whether the 2D box lies within the projected 3D box, to 4 px and what stands out of it."""
    box, (height, width, length), place, turn = value[3:7], value[7:10], value[10:13], value[13]
    x = np.array([1, 1, -1, -1] * 2) * length / 2
    z = np.array([1, -1, -1, 1] * 2) * width / 2
    y = np.array([0] * 4 + [-1] * 4) * height
    c, s = np.cos(turn), np.sin(turn)
    corner = np.stack([c * x + s * z, y, -s * x + c * z]) + place[:, None]
    if corner[2].min() < 0.5:
        return True
    pixel = project @ np.vstack([corner, np.ones(8)])
    pixel = pixel[:2] / pixel[2]
    grow = 4 + 0.8 * project[0, 0] / corner[2].min()
    low, high = pixel.min(axis=1) - grow, pixel.max(axis=1) + grow
    return bool((box[:2] >= low).all() and (box[2:] <= high).all())


def main() -> None:
    """Print what other people's readers make of the data set."""
    home = Path(sys.argv[1])
    home = home / "dataset" if (home / "dataset").is_dir() else home
    names = {"bbox": "instances", "segm": "instances", "keypoints": "person_keypoints"}
    scores = {kind: precision(home / f"coco/{name}.json", kind) for kind, name in names.items()}
    told = {kind: "none" if score is None else f"{score:.3f}" for kind, score in scores.items()}
    images, segments = panoptic(home / "coco")
    lines, near = kitti(home / "kitti")
    print(f"AP boxes {told['bbox']}, masks {told['segm']}, keypoints {told['keypoints']}; "
          f"{images} panoptic images "
          f"agree with their record, {segments} segments; {near} of {lines} KITTI lines project "
          "to their box")  # fmt: skip
    good = all(score is None or score > 1 - 1e-9 for score in scores.values())
    sys.exit(not good or near != lines)


if __name__ == "__main__":
    main()
