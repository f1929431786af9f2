"""Levels of occlusion and truncation as the shares that they stand for, at least and at most.

Formats that name levels give no figures, but for nuScenes. For KITTI's and Scalabel's the limits
are those with which our own labels are written in these formats (`conf/labels/default.yaml`,
`exports/scalabel.py`), so that a target means the same there and here.
"""

from collections.abc import Mapping

Interval = tuple[float | None, float | None]
UNKNOWN: Interval = (None, None)
PARTLY, LARGELY = 0.1, 0.5
"""Share hidden from which something is partly and largely occluded."""
CUT = 0.01
"""Share outside the image from which something is truncated."""

KITTI: Mapping[int, Interval] = {
    0: (0.0, PARTLY), 1: (PARTLY, LARGELY), 2: (LARGELY, 1.0), 3: UNKNOWN, -1: UNKNOWN,
}  # fmt: skip
"""Source: KITTI object development kit, readme.txt: 0 fully visible, 1 partly occluded, 2 largely
occluded, 3 unknown; -1 in lines of DontCare."""
NUSCENES: Mapping[str, Interval] = {
    "v0-40": (0.6, 1.0), "v40-60": (0.4, 0.6), "v60-80": (0.2, 0.4), "v80-100": (0.0, 0.2),
}  # fmt: skip
"""Share hidden by level of visibility. Source: Motional, nuScenes development kit,
docs/schema_nuscenes.md, visibility."""
OCCLUDED: Mapping[bool, Interval] = {False: (0.0, PARTLY), True: (PARTLY, 1.0)}
TRUNCATED: Mapping[bool, Interval] = {False: (0.0, CUT), True: (CUT, 1.0)}


def columns(
    occlusion: Interval = UNKNOWN, truncation: Interval = UNKNOWN
) -> dict[str, float | None]:
    """Return the columns of both intervals; what is unknown is left out."""
    found: dict[str, float | None] = {}
    for name, (low, high) in (("occlusion", occlusion), ("truncation", truncation)):
        if low is not None:
            found |= {f"{name}_low": low, f"{name}_high": high}
    return found
