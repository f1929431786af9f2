"""What tables say of snow on the road's lines."""

from collections.abc import Iterable, Mapping

import numpy as np

from synthgen.geometry import Array
from synthgen.verify.faults import Tally

ROUNDING = 1e-5
"""Of shares in single precision, and of their mean."""


def check_snow(row: Mapping, lines: Iterable[Mapping], tally: Tally) -> None:
    """Check the `lines` that the cameras of a frame see against its `row` of `frames.parquet`.

    There is snow on lines only where snow lies, and the row holds the mean over all paint that
    nothing stands before.
    """
    frame, every, painted = row["frame"], [np.zeros(0)], [np.zeros(0)]
    for line in lines:
        share: Array = np.array(line["snow"], float)
        every.append(share)
        open_ = np.array(line["visibility"]) == 2
        painted.append(share[open_ & np.array(line["painted"], bool)])
    share, paint = np.concatenate(every), np.concatenate(painted)
    good = bool(((share >= 0) & (share <= 1)).all())
    good &= row["snow_cover"] > 0 or not share.any()
    tally.check(
        "snow on lines", good, frame, 0, f"{row['snow_cover']:.1f} cm, {share.max(initial=0):.2f}"
    )
    mean = float(paint.mean()) if len(paint) else 0.0
    told = row["paint_under_snow"]
    tally.check("paint under snow", abs(mean - told) <= ROUNDING, frame, 0,
                f"{told:.4f}, lines say {mean:.4f}")  # fmt: skip
