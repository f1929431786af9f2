"""Masks, boxes, depth and classes of one image against each other and against the 3D boxes."""

from collections.abc import Mapping, Sequence

import cv2
import numpy as np
from jaxtyping import Float

from synthgen.classes import BY_SEMANTIC
from synthgen.geometry import Array
from synthgen.verify.faults import Tally
from synthgen.verify.frame import CameraFiles, FrameFiles, box_corners, edges
from synthgen.verify.open_doors import check_door, panel
from synthgen.verify.surface_checks import (
    RIGID,
    bends,
    check_heading,
    check_surface,
    check_touch,
    standing_off,
)

VEHICLE, OWN = (0.8, 0.6), (0.62, 0.45)
FILLS: Mapping[str, tuple[float, float]] = {
    "articulated_truck": (0.7, 0.6),
    "traffic_cone": (0.72, 0.6),
    "traffic_light": (0.55, 0.6),
    "traffic_sign": (0.55, 0.4),
    "warning": (0.3, 0.2),
}
"""Least overlap of the rectangles around the silhouette and around the box, whose depths are alike,
by subtype or class; the second for lenses that bend, towards whose rim both lie askew. Discs and
diamonds touch the box of their plate where a slanting view does not look for it; a tractor without
its trailer is a frame behind the cab. OWN is for designs of users, of any shape: assumed."""
FALLS = 0.6
"""The limit falls with the ratio of a box's greatest to its least depth, to this power: a truck
with a low bed, seen from behind, does not fill the near end, which is most of its box's image.

No design of the fleet overlaps less, from anywhere: `tests/verify/test_box_fill.py`."""
CLEAR = 3.0
"""[m] Depth from which the silhouette of a rigid body must fill its projected box."""


def check_image(files: FrameFiles, name: str, tally: Tally) -> None:
    """Check every object that camera `name` sees in this frame."""
    camera = files.cameras[name]
    rows = [row for row in files.objects if row["camera"] == name]
    known = {row["instance"]: row for row in rows}
    pixels = np.bincount(camera.instance.ravel(), minlength=1)
    ids = 1 + np.flatnonzero(pixels[1:])
    for instance in ids.tolist():
        found = instance in known
        tally.check("instance resolves", found, files.frame, 0, f"instance {instance} has no row")
    shown = dict(zip(ids.tolist(), pixels[ids].tolist(), strict=True))
    boxes, bent = _tight_boxes(camera.instance, ids), bends(rows)
    for row in rows:
        _check_numbers(files.frame, row, tally)
        check_heading(files.frame, row, tally)
        _check_boxes(files.frame, row, shown.get(row["instance"], 0), boxes, tally)
        if row["visible_pixels"] > 0 and row["instance"] in boxes:
            bend = bent.get(row["track"], (0.0, 0.0))
            _check_pixels(files.frame, row, camera, boxes[row["instance"]], bend, tally)
        if row["unclipped_box"] is not None:
            _check_projection(files.frame, row, camera, tally)
    _check_picture(files, name, rows, tally)


def _check_picture(files: FrameFiles, name: str, rows: Sequence[Mapping], tally: Tally) -> None:
    """Check that the image is what the tables say of it: blank only where the camera was black."""
    told = next(row for row in files.row["cameras"] if row["name"] == name)
    fault, image = told.get("fault", ""), files.cameras[name].image
    if fault == "black":
        dark = not image.any()
        tally.check("black image is black", dark, files.frame, 0, f"brightest {image.max()}")
    else:
        spread = float(cv2.meanStdDev(image.reshape(-1, 1))[1][0, 0])
        tally.check("image is not blank", spread > 0.5, files.frame, 0, f"deviation {spread:.2f}")
    if told["file"].endswith(".jpg"):
        coded, said = files.cameras[name].coding, (told["jpeg"], told["chroma"])
        good = coded == said and coded[0] > 0
        tally.check("JPEG is as told", good, files.frame, 0, f"{coded}, told {said}")
    late = told["time"] - told.get("image_time", told["time"])
    good = late > 0 if fault == "frozen" else late == 0
    tally.check("image is of its moment", good, files.frame, 0, f"{fault or 'no fault'}, {late} s")
    if fault:
        seen = [row["track"] for row in rows if row["discernible"]]
        tally.check("a fault hides all", not seen, files.frame, 0, f"{fault}: {seen[:3]}")


def _tight_boxes(instance: Array, ids: Array) -> dict[int, tuple[int, int, int, int]]:
    row, column = np.nonzero(instance)
    owner = np.searchsorted(ids, instance[row, column])
    count = len(ids)
    left, top = np.full(count, 1 << 30), np.full(count, 1 << 30)
    right, bottom = np.full(count, -1), np.full(count, -1)
    np.minimum.at(left, owner, column)
    np.minimum.at(top, owner, row)
    np.maximum.at(right, owner, column)
    np.maximum.at(bottom, owner, row)
    table = np.stack([left, top, right, bottom], 1).tolist()
    return {int(i): tuple(box) for i, box in zip(ids, table, strict=True)}


def _check_numbers(frame: int, row: Mapping, tally: Tally) -> None:
    numbers = [*row["center"], *row["size"], *row["quaternion"], *row["velocity"], row["yaw_rate"],
               row["distance"], row["occlusion"], row["truncation"]]  # fmt: skip
    tally.check("finite", bool(np.isfinite(numbers).all()), frame, row["track"], f"{numbers}")
    inside = 0 <= row["occlusion"] <= 1 and 0 <= row["truncation"] <= 1
    shares = f"{row['occlusion']} {row['truncation']}"
    tally.check("shares in 0 to 1", inside, frame, row["track"], shares)
    norm = float(np.linalg.norm(row["quaternion"]))
    tally.check("unit quaternion", abs(norm - 1) < 1e-6, frame, row["track"], f"{norm}")
    tally.check("positive size", min(row["size"]) > 0, frame, row["track"], f"{row['size']}")


def _check_boxes(
    frame: int, row: Mapping, pixels: int, boxes: Mapping[int, tuple], tally: Tally
) -> None:
    track, visible, amodal = row["track"], row["visible_box"], row["amodal_box"]
    same = row["visible_pixels"] == pixels
    tally.check("visible pixels", same, frame, track, f"{row['visible_pixels']} mask {pixels}")
    tight = boxes.get(row["instance"])
    equal = (tight is None and visible is None) or (
        tight is not None and visible is not None and tuple(visible) == tight
    )
    tally.check("visible box tight", equal, frame, track, f"{visible} mask {tight}")
    if not row["in_view"]:
        return
    share = 1 - pixels / row["amodal_pixels"]
    close = abs(row["occlusion"] - share) < 1e-6
    tally.check("occlusion", close, frame, track, f"{row['occlusion']} pixels {share}")
    if visible is not None:
        holds = amodal[0] <= visible[0] and amodal[1] <= visible[1]
        holds = holds and amodal[2] >= visible[2] and amodal[3] >= visible[3]
        tally.check("amodal holds visible", holds, frame, track, f"{amodal} {visible}")


def _check_pixels(
    frame: int,
    row: Mapping,
    camera: CameraFiles,
    box: tuple[int, int, int, int],
    bend: tuple[float, float],
    tally: Tally,
) -> None:
    """Class of every pixel, and that the surface seen lies in the 3D box."""
    mask = camera.cut(camera.instance, box) == row["instance"]
    classes = np.unique(camera.cut(camera.semantic, box)[mask]).tolist()
    names = [BY_SEMANTIC[number].name for number in classes if number in BY_SEMANTIC]
    tally.check("class of mask", names == [row["class"]], frame, row["track"],
                f"{row['class']} pixels {names}")  # fmt: skip
    points = camera.surface(mask, box, row)
    check_surface(frame, row, points, tally, bend)
    if len(points):
        check_touch(frame, row, points, camera, tally)
        check_door(frame, row, points, camera, tally)


def _outline(
    camera: CameraFiles, row: Mapping, more: float
) -> tuple[Float[Array, "2"], Float[Array, "2"], Float[Array, "n"]]:
    """Return the bounds [px] of a box that is larger by `more` [m] on each side, and of an open
    door, and the depths [m] of their corners.
    """
    corners = box_corners({**row, "size": np.add(row["size"], 2 * more)})
    corners, leaf = edges(corners) if camera.bent else corners, panel(row)
    points = corners if leaf is None else np.concatenate([corners, leaf])
    pixel, depth = camera.project(points, row)
    return pixel.min(axis=0), pixel.max(axis=0), depth


def _check_projection(frame: int, row: Mapping, camera: CameraFiles, tally: Tally) -> None:
    """The silhouette lies within the projected 3D box and open door, and fills them as far as
    shapes allow.
    """
    low, high, depth = _outline(camera, row, 0.0)
    if depth.min() < 0.5:
        return
    box = np.array(row["unclipped_box"], float)
    # What stands out of the box may stand nearer than all of it: at a grazing view that counts.
    least, most, close = _outline(camera, row, standing_off(row))
    if close.min() > 0.1:
        held = bool((box[:2] >= least - 1.5).all() and (box[2:] <= most + 1.5).all())
        found = f"{box.round(1).tolist()} in {[*least.round(1).tolist(), *most.round(1).tolist()]}"
        tally.check("silhouette in 3D box", held, frame, row["track"], found)
    # Close by, the corners of a box that the body does not fill are far off in the image.
    if row["class"] in RIGID and min(box[2:] - box[:2]) >= 12 and depth.min() >= CLEAR:
        overlap, ratio = _overlap(box, low, high), float(depth.max() / depth.min())
        limit = _level(row)[camera.bent] / ratio**FALLS
        found = f"IoU {overlap:.3f}, at least {limit:.3f} for depths as 1 to {ratio:.2f}"
        tally.check("3D box tight", overlap >= limit, frame, row["track"], found)


def _level(row: Mapping) -> tuple[float, float]:
    if row["subtype"].startswith("asset:"):
        return OWN
    return FILLS.get(row["subtype"], FILLS.get(row["class"], VEHICLE))


def _overlap(box: Float[Array, "4"], low: Float[Array, "2"], high: Float[Array, "2"]) -> float:
    """Return the most that the outline whose outermost pixels are `box` shares with the rectangle
    from `low` to `high` [px]: intersection over union. It ends less than a pixel beyond them.
    """
    inner = np.minimum(box[2:] + 1, high) - np.maximum(box[:2] - 1, low)
    inner = np.prod(np.maximum(inner, 0.0))
    return float(inner / max(np.prod(high - low) + np.prod(box[2:] - box[:2]) - inner, inner))
