"""COCO's run-length masks, made from a cut-out without ever painting the whole image."""

import numpy as np
from jaxtyping import Bool
from pycocotools import mask as coco_mask

from synthgen.geometry import Array


def runs(mask: Bool[Array, "h w"], column: int, row: int, height: int, width: int) -> list[int]:
    """Return the run lengths of an image that shows `mask` at (`column`, `row`).

    Runs go down the columns and start with false, as COCO's uncompressed masks do.
    """
    padded = np.zeros((mask.shape[1], mask.shape[0] + 2), np.int8)
    padded[:, 1:-1] = mask.T
    change = np.diff(padded, axis=1)
    start_column, start_row = np.nonzero(change == 1)
    end_column, end_row = np.nonzero(change == -1)
    starts = (start_column + column) * height + start_row + row
    ends = (end_column + column) * height + end_row + row
    # A run that reaches the image's last row goes on at the top of the next column.
    apart = starts[1:] != ends[:-1]
    starts = starts[np.concatenate([[True], apart])] if len(starts) else starts
    ends = ends[np.concatenate([apart, [True]])] if len(ends) else ends
    edges = np.concatenate([[0], np.stack([starts, ends], axis=1).ravel(), [height * width]])
    lengths = np.diff(edges)
    return [int(length) for length in (lengths if lengths[-1] else lengths[:-1])]


def rle(
    mask: Bool[Array, "h w"], column: int, row: int, height: int, width: int
) -> dict[str, list[int] | str]:
    """Return the compressed COCO mask of an image that shows `mask` at (`column`, `row`) [px]."""
    counts = {"counts": runs(mask, column, row, height, width), "size": [height, width]}
    packed = coco_mask.frPyObjects(counts, height, width)
    return {"size": [height, width], "counts": packed["counts"].decode()}
