"""Vehicles of two sections: each has its own row, and both are one vehicle."""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.spatial.transform import Rotation
from shapely.geometry import LineString

from synthgen.verify.faults import Tally

PAIRS = {("bus", "bus"), ("truck", "trailer")}
"""Classes of the leading and of the towed section."""
APART = 0.15
"""[m] between the middle lines of both boxes in plan: they meet or cross at the joint."""
SHARED = ("brake", "tail", "reverse", "indicator")
"""Lamps that are switched for the whole vehicle; a section without one says nothing."""


def check_sections(frame: int, rows: Sequence[Mapping], tally: Tally) -> None:
    """Check that towed sections hang on a leading one and show the same lamps."""
    by_key = {(row["camera"], row["track"]): row for row in rows}
    for row in rows:
        if not row["part_of"]:
            continue
        track, lead = row["track"], by_key.get((row["camera"], row["part_of"]))
        tally.check("section resolves", lead is not None, frame, track, f"{row['part_of']}")
        if lead is None:
            continue
        fits = not lead["part_of"] and (lead["class"], row["class"]) in PAIRS
        tally.check("section fits", fits, frame, track, f"{lead['class']} tows {row['class']}")
        away = _axis(lead).distance(_axis(row))
        tally.check("sections meet", away <= APART, frame, track, f"{away:.3f} m apart")
        both = [(row[name], lead[name]) for name in SHARED if _known(row[name], lead[name])]
        same = all(one == other for one, other in both)
        tally.check("sections agree", same, frame, track, f"{both}")


def _known(*values: object) -> bool:
    return all(value is not None and value != "" for value in values)


def _axis(row: Mapping) -> LineString:
    """Return the middle line of a box from its rear to its front end, in plan."""
    ahead = Rotation.from_quat(row["quaternion"]).apply([row["size"][0] / 2, 0, 0])
    center = np.array(row["center"])
    return LineString([(center - ahead)[:2], (center + ahead)[:2]])
