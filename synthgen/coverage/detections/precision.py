"""Average precision: how right a detector is over all thresholds of its score."""

import numpy as np
from jaxtyping import Bool, Float

from synthgen.geometry import Array

RECALLS = np.linspace(0.0, 1.0, 101)
"""At which precision is read off."""


def average_precision(score: Float[Array, "n"], right: Bool[Array, "n"], labels: int) -> float:
    """Return the mean over `RECALLS` of the best precision at that recall or a higher one.

    Args:
        score: of the detections that count, in any order; of equal ones the earlier is surer.
        right: whether each found a label.
        labels: how many could be found.

    Returns:
        0 to 1; NaN where there was nothing to find.

    Source: the COCO evaluation (T.-Y. Lin et al., ECCV 2014), interpolated as in M. Everingham et
    al., "The PASCAL visual object classes (VOC) challenge", IJCV 88, 2010, eq. 1 and 2, at 101
    points.
    """
    if labels == 0:
        return float("nan")
    told = right[np.argsort(-score, kind="stable")]
    hits = np.cumsum(told)
    precision = hits / np.arange(1, len(told) + 1)
    best = np.maximum.accumulate(precision[::-1])[::-1]
    at = np.searchsorted(hits / labels, RECALLS, side="left")
    return float(np.sum(best[at[at < len(best)]]) / len(RECALLS))
