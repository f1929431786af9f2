"""Which detection found which label: greedily, the surest first."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from synthgen.geometry import Array

Boxes = Float[Array, "n 4"]
"""[px] left, top, right, bottom, edges of pixels."""

NOBODY = -1


@dataclass(frozen=True, kw_only=True)
class Labels:
    """Labels of one frame and class.

    Attributes:
        boxes: [px].
        ignored: finding them is neither right nor wrong, missing them no miss.
        region: of these, the ones that stand for any number of objects (a crowd, DontCare): what
            lies in them by its own area is left out, however many do.
    """

    boxes: Boxes
    ignored: Bool[Array, "n"]
    region: Bool[Array, "n"]


@dataclass(frozen=True, kw_only=True)
class Matches:
    """What became of each detection, in the order in which they came.

    Attributes:
        label: index of the label that it found, `NOBODY` for none.
        ignored: it counts neither as right nor as wrong.
    """

    label: Int[Array, "n"]
    ignored: Bool[Array, "n"]


def overlaps(found: Boxes, labels: Boxes, region: Bool[Array, "m"]) -> Float[Array, "n m"]:
    """Return intersection over union, over regions intersection over the detection's own area."""
    low = np.maximum(found[:, None, :2], labels[None, :, :2])
    high = np.minimum(found[:, None, 2:], labels[None, :, 2:])
    shared = np.prod(np.maximum(high - low, 0), axis=2)
    own, theirs = _areas(found)[:, None], _areas(labels)[None]
    whole = np.where(region, own, own + theirs - shared)
    return np.divide(shared, whole, out=np.zeros(shared.shape), where=whole > 0)


def match(found: Boxes, labels: Labels, least: float) -> Matches:
    """Return what `found`, the surest first, are matches of, at an overlap of `least` or more.

    Each takes the label it overlaps most among those nobody took; an ignored label only where it
    finds no other. Surer detections are matched as if the others were not there, so that one match
    serves all thresholds of the score.

    Source: the rule of T.-Y. Lin et al., "Microsoft COCO: common objects in context", ECCV 2014, as
    its published evaluation does it; KITTI leaves out DontCare alike.
    """
    order = np.argsort(labels.ignored, kind="stable")
    shared = overlaps(found, labels.boxes, labels.region)[:, order]
    ignored, region = labels.ignored[order], labels.region[order]
    free = np.ones(len(order), bool)
    label = np.full(len(found), NOBODY)
    aside = np.zeros(len(found), bool)
    for index, row in enumerate(shared):
        fit = (row >= min(least, 1 - 1e-10)) & (free | region)
        best = _best(row, fit & ~ignored)
        best = best if best != NOBODY else _best(row, fit & ignored)
        if best != NOBODY:
            label[index], aside[index], free[best] = order[best], ignored[best], False
    return Matches(label=label, ignored=aside)


def _areas(boxes: Boxes) -> Float[Array, "n"]:
    return np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)


def _best(row: Float[Array, "n"], fit: Bool[Array, "n"]) -> int:
    """Return the last of the largest of `row` that fit."""
    if not fit.any():
        return NOBODY
    among = np.where(fit, row, -1.0)
    return len(row) - 1 - int(np.argmax(among[::-1]))
