"""The surface that an image sees of an object against the object's 3D box."""

from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Bool, Float
from scipy.spatial.transform import Rotation

from synthgen.geometry import Array
from synthgen.verify.faults import Tally
from synthgen.verify.frame import CameraFiles, in_box
from synthgen.verify.open_doors import on_door

MIRRORED = frozenset({"car", "van", "truck", "bus", "ambulance", "fire_engine", "police_car"})
"""Classes whose mirrors the box leaves out, and nothing else."""
RIGID = MIRRORED | {"trailer", "traffic_cone", "traffic_sign", "traffic_light"}
"""Classes whose shape does not move: the box is exact."""
MIRROR = 0.32
"""[m] how far mirrors may stand off."""
LOOSE = 0.75
"""[m] how far bags and umbrellas may stand off."""
SLACK = 0.01
"""[m] depth step of 1/256 m and single precision."""
SHARE = 0.995
"""Least share of pixels that must keep a rule; the rest are edges seen through rounding."""
TRAVEL, TYRES = 0.1, 2
"""[m] by which tyres may stand below the box, which dives and leans with the chassis while they
keep to the road (2.4 degrees per g of braking, 5 per g in curves, `physics/suspension.py`), and
the number of pixels that this excuses: of a hundred pixels, one is more than the share above."""
LARGE = 20
"""[px] of the visible box from which a face's touching point is wide enough to be hit by rays."""
TOUCH = 3.0
"""[px] by which the outermost strip of a rounded face may fall between pixel rays."""
AXLE = 0.3
"""[1] distance of the rear axle, which has no sideslip, behind the middle, over the length."""
OVERHANG = {
    ("articulated_bus", False): 1.87,
    ("articulated_bus", True): 3.3,
    ("articulated_truck", False): 0.9,
}
"""[m] from that axle to the rear end of a section, by subtype and whether it is towed."""


BELLOWS = "articulated_bus"
"""Subtype of vehicles whose sections end in bellows, which stretch in bends beyond the boxes."""
WIDEST = np.deg2rad(54.0)
"""[rad] to which the joint of such a bus bends. Source: makers' data of 18 m city buses."""


def bends(rows: Sequence[Mapping]) -> dict[int, tuple[float, float]]:
    """Return between which angles [rad] the joint of each section with bellows is bent, by track.

    Positive where the leading section looks to the left of the towed one. A section whose other
    half has no row of this camera may be bent to any.
    """
    known = {row["track"]: row for row in rows if row["subtype"] == BELLOWS}
    found = dict.fromkeys(known, (-WIDEST, WIDEST))
    for towed in known.values():
        lead = known.get(towed["part_of"])
        if lead is not None:
            turn = Rotation.from_quat(lead["quaternion"]).inv() * Rotation.from_quat(
                towed["quaternion"]
            )
            angle = -float(turn.as_euler("ZYX")[0])
            found[towed["track"]] = found[lead["track"]] = (angle, angle)
    return found


def _stretched(
    row: Mapping, local: Float[Array, "n 3"], bend: tuple[float, float]
) -> Float[Array, "n"]:
    """Return by how much [m] bellows may stand out of a section's end at the joint.

    The frame in the middle halves the angle: half of it times the way to the side.
    """
    end = 1.0 if row["part_of"] else -1.0
    out = np.maximum(*(-local[:, 1] * np.tan(angle / 2) for angle in bend))
    return np.where(end * local[:, 0] > 0, np.maximum(out, 0.0), 0.0)


def _kept(off: Float[Array, "n 2"], low: Bool[Array, "n"]) -> float:
    """Return which share of points lies within the length and height of a box.

    Args:
        off: [m] by which each stands out in length and height.
        low: whether it is nearer to the bottom than to the top.
    """
    out = off.max(axis=1) > SLACK
    tyres = out & low & (off[:, 0] <= SLACK) & (off[:, 1] <= TRAVEL)
    return 1 - float(out.sum() - min(int(tyres.sum()), TYRES)) / len(off)


def standing_off(row: Mapping) -> float:
    """Return how far [m] parts may stand out of the box of an object's row."""
    return LOOSE if row["class"] in ("pedestrian", "rider", "dog", "cat", "deer") else MIRROR


def check_surface(
    frame: int,
    row: Mapping,
    points: Float[Array, "n 3"],
    tally: Tally,
    bend: tuple[float, float] = (0.0, 0.0),
) -> None:
    """Check that the surface `points` [m], world frame, lie in the object's box or open door.

    Bellows of a section that is bent by between two angles, see `bends`, may reach out.
    """
    if not len(points):
        return
    local = in_box(row, points)
    off = np.abs(local) - np.array(row["size"]) / 2
    off[:, 0] -= _stretched(row, local, bend)
    off[on_door(row, points)] = 0.0
    found = f"of {len(points)} pixels"
    share = float((off.max(axis=1) <= SLACK + standing_off(row)).mean())
    tally.check("surface in box", share >= SHARE, frame, row["track"], f"{share:.3f} {found}")
    if row["class"] not in RIGID:
        return
    share = _kept(off[:, [0, 2]], local[:, 2] < 0)
    tally.check("box reaches out", share >= SHARE, frame, row["track"], f"{share:.3f} {found}")
    front = row["class"] in MIRRORED
    share = float(((off[:, 1] <= SLACK) | (front & (local[:, 0] > 0))).mean())
    tally.check("only mirrors outside", share >= SHARE, frame, row["track"], f"{share:.3f} {found}")


def _within(row: Mapping, points: Float[Array, "n 3"]) -> Bool[Array, "n"]:
    """Return which world `points` lie in the box."""
    return (np.abs(in_box(row, points)) <= np.array(row["size"]) / 2).all(axis=1)


def check_touch(
    frame: int, row: Mapping, points: Float[Array, "n 3"], camera: CameraFiles, tally: Tally
) -> None:
    """Check that the surface touches the box's faces that the camera sees, if nothing hides it."""
    if row["class"] not in RIGID or row["occlusion"] > 0.02 or row["truncation"] > 0:
        return
    left, top, right, bottom = row["visible_box"]
    if min(right - left, bottom - top) < LARGE:
        return
    half = np.array(row["size"]) / 2
    points = points[_within(row, points)] if row.get("door") else points
    if not len(points):
        return
    eye = in_box(row, camera.world_from_camera[None, :3, 3])[0]
    facing = np.sign(eye) * (np.abs(eye) > half + 0.5)
    if row.get("door"):  # the door may hide all of its flank
        facing[1] = 0.0
    gap = half - (in_box(row, points) * facing).max(axis=0)
    pixel = row["distance"] / camera.matrix[0, 0]
    limit = np.array([2 * SLACK, 2 * SLACK, 4 * SLACK]) + TOUCH * pixel
    for axis in np.flatnonzero(facing):
        near = bool(gap[axis] <= limit[axis])
        tally.check("surface touches box", near, frame, row["track"],
                    f"axis {axis}: {gap[axis]:.3f} m, at most {limit[axis]:.3f}")  # fmt: skip


def check_heading(frame: int, row: Mapping, tally: Tally) -> None:
    """Check that a vehicle that moves looks where its rear axle goes, within 1.5 degrees.

    The velocity of the rear axle is that of the middle plus yaw rate x the way back to the axle,
    and a rolling wheel does not slip sideways; in clean sets 0.3 degrees are left. Sections of
    articulated vehicles have axles of their own. Below 2 m/s the direction is too uncertain.
    """
    if row["class"] not in MIRRORED or np.linalg.norm(row["velocity"]) < 2:
        return
    local = in_box({**row, "center": (0, 0, 0)}, np.array([row["velocity"]]))[0]
    angle = np.arctan2(local[1] - row["yaw_rate"] * _axle(row), local[0])
    good = abs(angle) <= np.deg2rad(1.5)
    tally.check("looks where it goes", bool(good), frame, row["track"], f"{np.rad2deg(angle):.1f}")


def _axle(row: Mapping) -> float:
    """Return how far [m] the axle without sideslip is behind the middle."""
    length = float(row["size"][0])
    overhang = OVERHANG.get((row["subtype"], bool(row["part_of"])))
    return AXLE * length if overhang is None else length / 2 - overhang
