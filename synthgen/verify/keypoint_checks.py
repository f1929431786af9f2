"""Keypoints of people against pixels, depth, 3D boxes and anatomy."""

from collections.abc import Mapping

import numpy as np
from jaxtyping import Float, Int

from synthgen.geometry import Array
from synthgen.state import KEYPOINTS
from synthgen.verify.faults import Tally
from synthgen.verify.frame import CameraFiles, FrameFiles, in_box

PIXEL = 0.02
"""[px] rounding between a point in space and its place in the image."""
SKIN = 0.10
"""[m] by which a joint may stand out of the box: hats, hoods and hair are left out of boxes."""
NEAR = 2
"""[px] from a joint that is seen to its person's mask."""
DEEP = 0.30
"""[m] from the skin to the deepest joint, a hip."""
SHALLOW = np.array([0.045, 0.045, 0.045, *[0.09] * 14])
"""[m] a joint this little under its own body's surface is seen: nose and eyes, the rest."""
HASTE = 5.0
"""[m/s2] greatest acceleration of people and of what they ride."""
MEAN = 0.05
"""[s] to either side of its time over which a row's velocity is the mean."""
PAIRS = ((5, 6), (11, 12))
"""Shoulders and hips: left, right."""
LONGEST = {
    "upper arm": (0.45, ((5, 7), (6, 8))),
    "forearm": (0.42, ((7, 9), (8, 10))),
    "thigh": (0.62, ((11, 13), (12, 14))),
    "shin": (0.62, ((13, 15), (14, 16))),
    "shoulders": (0.62, ((5, 6),)),
    "hips": (0.5, ((11, 12),)),
}
"""[m] more than the longest limb of a person of 2.1 m.

Source: R. Drillis and R. Contini, "Body segment parameters", New York University, 1966: upper arm
0.186, forearm 0.146, thigh 0.245, shin 0.246, shoulders 0.259, hips 0.191 of the stature.
"""


def check_keypoints(files: FrameFiles, name: str, tally: Tally) -> None:
    """Check the keypoints of everyone that camera `name` has a row of."""
    camera = files.cameras[name]
    for row in files.objects:
        if row["camera"] == name and row["keypoints"] is not None:
            _check_person(files.frame, row, camera, tally)


def _check_person(frame: int, row: Mapping, camera: CameraFiles, tally: Tally) -> None:
    track = row["track"]
    full = len(row["keypoints"]) == 3 * len(KEYPOINTS) == len(row["joints"] or ())
    tally.check("17 keypoints", full, frame, track, f"{len(row['keypoints'])} numbers")
    if not full:
        return
    triples = np.array(row["keypoints"], float).reshape(-1, 3)
    joints = np.array(row["joints"], float).reshape(-1, 3)
    pixel, depth = camera.project(joints, row)
    seen = triples[:, 2].astype(int)
    _check_place(frame, row, camera, (triples, pixel, depth), tally)
    off = float((np.abs(in_box(row, joints)) - np.array(row["size"]) / 2).max())
    tally.check("keypoints in box", off <= SKIN, frame, track, f"{off:.3f} m outside")
    for index in ((seen == 2) & (depth > 0)).nonzero()[0]:
        _check_seen(frame, row, camera, (int(index), triples[index, :2], depth[index]), tally)
    for index in ((seen == 1) & (depth > 0)).nonzero()[0]:
        _check_hidden(frame, row, camera, (int(index), triples[index, :2], depth[index]), tally)
    _check_anatomy(frame, row, joints, tally)


def _check_place(
    frame: int, row: Mapping, camera: CameraFiles, found: tuple[Array, Array, Array], tally: Tally
) -> None:
    """Keypoints lie where their joints project to; those outside the image are not labelled.

    At the edge of the image and at the rim of the lens rounding decides.
    """
    (triples, pixel, depth), track = found, row["track"]
    height, width = camera.instance.shape
    edge = np.array([width, height]) - 0.5
    inside = (depth > 0) & (pixel >= -0.5).all(axis=1) & (pixel <= edge).all(axis=1)
    labelled = triples[:, 2] > 0
    border = np.minimum(np.abs(pixel + 0.5), np.abs(pixel - edge)).min(axis=1) < PIXEL
    other = (inside != labelled) & ~border
    known = np.where(labelled[other, None], triples[other, :2], pixel[other])
    rim = PIXEL + _swerve(camera) / max(row["distance"], 0.1)
    wrong = int((camera.from_rim(known) >= rim).sum())
    tally.check("keypoints inside", wrong == 0, frame, track, f"{wrong} of 17")
    both = labelled & (depth > 0)
    gap = np.abs(triples[both, :2] - pixel[both]).max(axis=1, initial=0.0)
    gap -= _swerve(camera) / np.maximum(depth[both], 0.1)
    worst = float(gap.max(initial=0.0))
    tally.check("keypoints project", worst <= PIXEL, frame, track, f"{worst:.2f} px off")


def _swerve(camera: CameraFiles) -> float:
    """Return how far [px m] people get off their steady way before the first or last row."""
    time = camera.rolling.longest if camera.rolling else 0.0
    return float(camera.matrix[0, 0] * HASTE * (time / 2 + MEAN) * time)


def _around(camera: CameraFiles, pixel: Float[Array, "2"], reach: int) -> tuple[slice, slice]:
    column, row = (int(value) for value in np.rint(pixel))
    return (
        slice(max(row - reach, 0), row + reach + 1),
        slice(max(column - reach, 0), column + reach + 1),
    )


def _check_seen(
    frame: int, row: Mapping, camera: CameraFiles, found: tuple[int, Array, float], tally: Tally
) -> None:
    """A keypoint that is seen lies on its person's mask, just under the skin; beyond 256 m depth
    images tell nothing.
    """
    index, pixel, depth = found
    place = _around(camera, pixel, NEAR)
    own = camera.instance[place] == row["instance"]
    on = bool(own.any())
    tally.check("seen keypoint on mask", on, frame, row["track"], KEYPOINTS[index])
    skin = camera.depth[place][own].max(initial=0.0)
    if skin > 0:
        gap = float(depth - skin)
        good = gap <= DEEP
        tally.check("seen keypoint under skin", good, frame, row["track"],
                    f"{KEYPOINTS[index]} {gap:.3f} m")  # fmt: skip


def _check_hidden(
    frame: int, row: Mapping, camera: CameraFiles, found: tuple[int, Array, float], tally: Tally
) -> None:
    """A hidden keypoint does not lie just under the skin that the image shows there."""
    index, pixel, depth = found
    place = _around(camera, pixel, NEAR)
    own = camera.depth[place][camera.instance[place] == row["instance"]]
    gap = float(depth - own.max(initial=0.0))
    good = gap > SHALLOW[index]
    tally.check("hidden keypoint covered", good, frame, row["track"],
                f"{KEYPOINTS[index]} {gap:.3f} m under the skin")  # fmt: skip


def _check_anatomy(frame: int, row: Mapping, joints: Float[Array, "17 3"], tally: Tally) -> None:
    """Left is left of right as the box looks, and no limb is longer than people's are."""
    local = in_box(row, joints)
    for left, right in PAIRS:
        side = float(local[left, 1] - local[right, 1])
        tally.check("left is left", side > 0, frame, row["track"], f"{KEYPOINTS[left]} {side:.3f}")
    for limb, (longest, bones) in LONGEST.items():
        ends: Int[Array, "n 2"] = np.array(bones)
        length = float(np.linalg.norm(joints[ends[:, 0]] - joints[ends[:, 1]], axis=1).max())
        tally.check("limb length", length <= longest, frame, row["track"], f"{limb} {length:.3f} m")


def check_coco_people(files: FrameFiles, found: list[Mapping], tally: Tally) -> None:
    """COCO's keypoint records of one frame are those of the rows, and none is missing."""
    camera = next(iter(files.cameras))
    rows = {
        row["track"]: row
        for row in files.objects
        if row["camera"] == camera and row["keypoints"] is not None
    }
    wanted = {track for track, row in rows.items() if row["visible_pixels"] > 0}
    known = {one["track_id"] for one in found}
    tally.check("COCO people", wanted == known, files.frame, 0, f"{sorted(wanted ^ known)[:5]}")
    for one in found:
        row = rows.get(one["track_id"])
        if row is None:
            continue
        gap = np.abs(np.subtract(one["keypoints"], row["keypoints"])).max()
        count = sum(value > 0 for value in one["keypoints"][2::3])
        same = bool(gap <= 1e-3) and count == one["num_keypoints"]
        tally.check("COCO keypoints", same, files.frame, row["track"], f"{gap:.3f} off")
