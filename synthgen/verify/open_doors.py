"""Open doors, which the 3D box leaves out: where they may be, and that they are where they say."""

from collections.abc import Mapping

import numpy as np
from jaxtyping import Bool, Float
from scipy.spatial.transform import Rotation

from synthgen.geometry import Array
from synthgen.verify.faults import Tally
from synthgen.verify.frame import CameraFiles, in_box

OUTSIDE = 0.24
"""[m] by which a door's mirror may stand out of the upright panel on its foot: 0.218 m at most in
some 300 doors of all designs."""
INSIDE = (0.35, 0.6, 1.0), (0.2, 0.52, 0.6)
"""Shares of the height above the foot, and how far [m] the door may stand off the panel inwards
there: armrest and pocket 0.165 m, above them the window frame, which leans in as roofs are
narrower than shoulders: 0.37 m at half the height and 0.544 m at the top of sports cars."""
AHEAD = 0.3
"""[m] by which a mirror may stand before the door's front edge."""
BEYOND = 0.02
"""[m] by which a point may lie beyond the free edge: depth steps and single precision."""
WIDTHS = 0.45, 1.9
"""[m] least and greatest width of a door."""
WIDEST = np.deg2rad(80.0)
"""[rad] no door of a car opens farther."""
FLANK = 0.16
"""[m] by which a hinge may lie inside the box's side: bodies taper."""
TURN = np.deg2rad(4.0)
"""[rad] by which a shut door's foot may be off the car's axis: bodies taper in plan."""
BULGE = 0.06
"""[m] by which the door's belly and handle may stand out farther than the foot of its edge."""
TOUCH = 3.0
"""[px] by which the edge may fall between pixel rays."""
FEWEST = 400
"""[px] of the object from which its door is looked for."""
_UP = (0.0, 0.0, 1.0)


def panel(row: Mapping) -> Float[Array, "4 3"] | None:
    """Return the corners of the open door's panel, world frame: hinge and free edge, foot and
    top; None where all doors are shut.
    """
    if not row.get("door"):
        return None
    feet = np.array([row["door_hinge"], row["door_edge"]])
    rise = row["size"][2] / 2 - in_box(row, feet)[:, 2:]
    return np.concatenate([feet, feet + rise * Rotation.from_quat(row["quaternion"]).apply(_UP)])


def reach(row: Mapping) -> float:
    """Return how far [m] the open door stands out of the side of the box, 0 for none."""
    if not row.get("door"):
        return 0.0
    edge = in_box(row, np.array([row["door_edge"]]))[0]
    return max(abs(float(edge[1])) - row["size"][1] / 2, 0.0)


def on_door(row: Mapping, points: Float[Array, "n 3"], slack: float = 0.0) -> Bool[Array, "n"]:
    """Return which world `points`, each known within `slack` [m], may belong to the open door of
    an object's row.
    """
    if not row.get("door") or not len(points):
        return np.zeros(len(points), bool)
    local = in_box(row, points)
    hinge, edge = in_box(row, np.array([row["door_hinge"], row["door_edge"]]))
    way = (edge - hinge)[:2]
    wide = np.linalg.norm(way)
    outwards = np.array([way[1], -way[0]]) * (1 if row["door"].endswith("left") else -1)
    along, off = np.array([way, outwards]) @ (local[:, :2] - hinge[:2]).T / wide
    top = row["size"][2] / 2
    rise = local[:, 2] - hinge[2]
    inside = np.interp(rise / (top - hinge[2]), *INSIDE)
    own = (along >= -AHEAD - slack) & (along <= wide + BEYOND + slack)
    own &= (off <= OUTSIDE + slack) & (off >= -inside - slack)
    return own & (local[:, 2] <= top + 0.02 + slack) & (rise >= -0.05 - slack)


def check_door(
    frame: int, row: Mapping, points: Float[Array, "n 3"], camera: CameraFiles, tally: Tally
) -> None:
    """Check that the door of a row is one, hangs on its side and shows where it says.

    Args:
        frame: for the tally.
        row: of the object.
        points: [m] world points of the object's pixels.
        camera: that sees them.
        tally: takes what is found.
    """
    if not row.get("door"):
        return
    place, _, side = row["door"].partition("_")
    mirror = np.array([1.0, 1.0 if side == "left" else -1.0, 1.0])
    half = np.array(row["size"]) / 2
    hinge, edge = in_box(row, np.array([row["door_hinge"], row["door_edge"]])) * mirror
    good, found = _is_door(row, hinge, edge, place)
    tally.check("open door", good, frame, row["track"], found)
    eye = in_box(row, camera.world_from_camera[None, :3, 3])[0] * mirror
    if eye[1] < half[1] + 0.3 or row["occlusion"] > 0.001 or row["truncation"] > 0:
        return
    if len(points) < FEWEST:
        return
    most = float((in_box(row, points) * mirror)[:, 1].max())
    off = abs(most - edge[1])
    good = off <= BULGE + TOUCH * row["distance"] / camera.matrix[0, 0]
    tally.check("open door shows", bool(good), frame, row["track"], f"edge {off:.3f} m off")


def _is_door(
    row: Mapping, hinge: Float[Array, "3"], edge: Float[Array, "3"], place: str
) -> tuple[bool, str]:
    """Return whether a door of that width can hang there, and what was found.

    `hinge` and `edge` [m] are in the frame of the box, y towards the door's side.
    """
    way, (long, wide, _) = edge - hinge, row["size"]
    width, angle = float(np.hypot(way[0], way[1])), float(np.arctan2(way[1], -way[0]))
    good = WIDTHS[0] <= width <= WIDTHS[1] and 0 < row["door_angle"] <= WIDEST
    good = good and abs(angle - row["door_angle"]) <= TURN and abs(wide / 2 - hinge[1]) <= FLANK
    good = good and (hinge[0] > 0.05 * long if place == "front" else hinge[0] < 0.12 * long)
    found = f"{row['door']} {width:.2f} m wide, {angle:.3f} rad, said {row['door_angle']:.3f}"
    return bool(good), f"{found}, hinge {hinge.round(2).tolist()}"
