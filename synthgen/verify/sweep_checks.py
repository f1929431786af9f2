"""What points of a sweep are, and the sweep against the clean one beside it."""

import numpy as np
from jaxtyping import Int

from synthgen.geometry import Array
from synthgen.verify.faults import Tally
from synthgen.verify.frame import LidarFiles

CAUSES = 11
"""Number of causes, from surface and fog to crosstalk and noise."""
SURFACE, MIXED = 0, 7
OFF = 0.2
"""[m] of range, six standard deviations of a weak return."""
PAIRED = 0.97
"""Least share of surface points that are where the clean sweep has them. The others are told of
another depth of their footprint or pane, since the air before one took more of the other."""


def check_causes(frame: int, lidar: LidarFiles, tally: Tally) -> None:
    """Causes are known, and nothing but surfaces has a class or belongs to an object."""
    known = bool((lidar.cause < CAUSES).all())
    tally.check("causes known", known, frame, 0, f"cause {lidar.cause.max(initial=0)}")
    nothing = ~np.isin(lidar.cause, (SURFACE, MIXED))
    labelled = nothing & ((lidar.semantic > 0) | (lidar.instance > 0))
    count = int(labelled.sum())
    tally.check("no class without a surface", not count, frame, 0, f"{count} points")
    met = lidar.cause == SURFACE
    count = int((met & (lidar.semantic == 0)).sum())
    tally.check("surfaces have a class", not count, frame, 0, f"{count} points")


def check_clean(frame: int, lidar: LidarFiles, tally: Tally) -> None:
    """Every surface point is a shot of the clean sweep, and at its range."""
    assert lidar.clean is not None
    assert lidar.ring is not None
    points, fired, ring = lidar.clean
    same = len(points) == len(fired) == len(ring)
    tally.check("clean files agree", same, frame, 0, f"{len(points)} {len(fired)} {len(ring)}")
    if not same:
        return
    shots = _shots(ring, fired)
    order = np.argsort(shots, kind="stable")
    met = lidar.cause == SURFACE
    mine = _shots(lidar.ring[met], lidar.fired[met])
    first = np.searchsorted(shots, mine, sorter=order)
    last = np.searchsorted(shots, mine, side="right", sorter=order)
    lost = int((first == last).sum())
    tally.check("surfaces are in the clean sweep", not lost, frame, 0, f"{lost} are not")
    reach = np.linalg.norm(lidar.points[met, :3].astype(float), axis=1)
    clean = np.linalg.norm(points[:, :3].astype(float), axis=1)[order]
    near = np.zeros(len(mine), bool)
    for step in range(int((last - first).max(initial=0))):
        place = np.minimum(first + step, len(clean) - 1)
        near |= (first + step < last) & (np.abs(clean[place] - reach) < OFF)
    share = float(near.mean()) if len(near) else 1.0
    tally.check("clean ranges agree", share >= PAIRED, frame, 0, f"{share:.4f} of the points")


def _shots(ring: Array, fired: Array) -> Int[Array, "n"]:
    """Return a number for each shot: its ring, and its firing time to the bit."""
    return ring.astype(np.int64) << 32 | fired.astype("<f4").view(np.uint32).astype(np.int64)
