"""COCO's person keypoints, as values.

Source: COCO data format, "Keypoint Detection": [x, y, v] per keypoint, v = 0 not labelled (then
x = y = 0), 1 labelled but not visible, 2 visible; `num_keypoints` counts v > 0; the skeleton names
keypoints from 1. Unlike masks and boxes, x and y count pixel centres at integers (Detectron2,
`load_coco_json`), which is our own convention.
"""

from collections.abc import Iterable, Mapping, Sequence

from synthgen.sample import ObjectLabel
from synthgen.state import KEYPOINTS, OUTSIDE, State

SKELETON = (
    (16, 14), (14, 12), (17, 15), (15, 13), (12, 13), (6, 12), (7, 13), (6, 7), (6, 8), (7, 9),
    (8, 10), (9, 11), (2, 3), (1, 2), (1, 3), (2, 4), (3, 5), (4, 6), (5, 7),
)  # fmt: skip
PERSON = 1
"""COCO's category of people; riders have joints too and are people to COCO."""


def coco_keypoints(state: State) -> list[float]:
    """Return column, row, visibility of all keypoints in one list, empty when there are none."""
    found: list[float] = []
    for (column, row), seen in zip(state.keypoints, state.visibility, strict=True):
        found += [0.0, 0.0, 0.0] if seen == OUTSIDE else [column, row, float(seen)]
    return found


def keypoint_category() -> dict:
    """Return the record of the one category that keypoint files have."""
    return {
        "id": PERSON,
        "name": "person",
        "supercategory": "person",
        "keypoints": list(KEYPOINTS),
        "skeleton": [list(pair) for pair in SKELETON],
    }


def keypoint_annotations(labels: Iterable[ObjectLabel], instances: Sequence[Mapping]) -> list[dict]:
    """Return the people among the `instances` of one image: their records with keypoints.

    Who has no keypoint in the image or does not count is `iscrowd` = 1, so that evaluations
    neither ask for it nor punish it.
    """
    states = {label.track: label.state for label in labels}
    people = (one for one in instances if states[one["track_id"]].keypoints)
    return [_record(one, states[one["track_id"]]) for one in people]


_KEPT = ("id", "image_id", "segmentation", "area", "bbox", "track_id", "class", "subtype")
"""What a record of people has in common with that of the instance."""


def _record(instance: Mapping, state: State) -> dict:
    numbers: list[float | int] = [round(value, 3) for value in coco_keypoints(state)]
    numbers[2::3] = state.visibility
    labelled = sum(seen > OUTSIDE for seen in state.visibility)
    return {name: instance[name] for name in _KEPT} | {
        "category_id": PERSON,
        "iscrowd": int(bool(instance["iscrowd"]) or labelled == 0),
        "keypoints": numbers,
        "num_keypoints": labelled,
        "posture": state.posture,
    }
