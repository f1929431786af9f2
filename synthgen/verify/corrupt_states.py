"""Wrong keypoints, signals, lines and drivable ground on purpose; see `corrupt`."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import cv2
import numpy as np
import pyarrow.parquet as pq

from synthgen.geometry import Array, inverse, transform
from synthgen.state import KEYPOINTS
from synthgen.verify.corrupt import Corruption, Target
from synthgen.verify.corrupt_tables import read_rows, store_rows
from synthgen.verify.frame import in_box, read_image

Choice = Callable[[Path, int], list[Target]]
_OTHER = {"red": "green", "green": "red", "amber": "red", "red_amber": "green", "off": "red",
          "flashing_amber": "red", "flashing_red": "green"}  # fmt: skip


def people(shard: Path, count: int, pixels: int = 300) -> list[Target]:
    """Return up to `count` people of at least `pixels` visible pixels who have keypoints."""
    rows = (row for row in read_rows(shard) if row["keypoints"])
    found = [row for row in rows if row["visible_pixels"] >= pixels and 2 in row["keypoints"][2::3]]
    return [Target(row["frame"], row["track"]) for row in found[:count]]


def signals(shard: Path, count: int) -> list[Target]:
    """Return up to `count` traffic lights that face the camera and speak to a lane, near ones."""
    frames = {row["frame"]: row for row in pq.read_table(shard / "frames.parquet").to_pylist()}
    found = []
    for row in read_rows(shard):
        if row["state"] and row["lanes"] and row["visible_pixels"] >= 60 and row["occlusion"] < 0.1:
            cameras = {one["name"]: one for one in frames[row["frame"]]["cameras"]}
            eye = np.reshape(cameras[row["camera"]]["world_from_camera"], (4, 4))[None, :3, 3]
            if in_box(row, eye)[0, 0] > 0.8 * row["distance"]:
                found.append(row)
    found.sort(key=lambda row: row["distance"])
    return [Target(row["frame"], row["track"]) for row in found[:count]]


def streets(shard: Path, count: int) -> list[Target]:
    """Return up to `count` frames, those with the most points of lines that have paint."""
    points: dict[int, int] = {}
    for row in pq.read_table(shard / "lane_lines.parquet").to_pylist():
        seen = np.array(row["visibility"]) == 2
        points[row["frame"]] = points.get(row["frame"], 0) + int((seen & row["painted"]).sum())
    best = sorted(points, key=lambda frame: -points[frame])
    return [Target(frame, 0) for frame in best[:count]]


def shift_keypoints(shard: Path, target: Target, pixels: float) -> None:
    """Move the target's keypoints to the right in the image, in table and COCO file."""

    def change(row: dict, camera: Mapping) -> None:
        row["keypoints"][::3] = [x + pixels for x in row["keypoints"][::3]]

    _change_person(shard, target, change)


def shift_joints(shard: Path, target: Target, pixels: float) -> None:
    """Move the target's joints so that their images go `pixels` to the right, in every file."""

    def change(row: dict, camera: Mapping) -> None:
        view = np.reshape(camera["world_from_camera"], (4, 4))
        local = transform(inverse(view), np.reshape(row["joints"], (-1, 3)))
        local[:, 0] += pixels * local[:, 2] / camera["matrix"][0]
        row["joints"] = transform(view, local).ravel().tolist()
        row["keypoints"][::3] = [x + pixels for x in row["keypoints"][::3]]

    _change_person(shard, target, change)


def swap_limbs(shard: Path, target: Target, size: float) -> None:
    """Swap left and right of the target, in every file; `size` is not used."""
    order = [KEYPOINTS.index(_mirrored(name)) for name in KEYPOINTS]

    def change(row: dict, camera: Mapping) -> None:
        for column in ("keypoints", "joints"):
            row[column] = np.reshape(row[column], (-1, 3))[order].ravel().tolist()

    _change_person(shard, target, change)


def _mirrored(name: str) -> str:
    side, _, part = name.partition("_")
    other = {"left": "right", "right": "left"}.get(side)
    return f"{other}_{part}" if other else name


def show_all(shard: Path, target: Target, size: float) -> None:
    """Call all keypoints of the target seen that are hidden and the other way round."""

    def change(row: dict, camera: Mapping) -> None:
        row["keypoints"][2::3] = [3 - seen if seen else 0 for seen in row["keypoints"][2::3]]

    _change_person(shard, target, change)


def _change_person(shard: Path, target: Target, change: Callable[[dict, Mapping], None]) -> None:
    rows = read_rows(shard)
    frames = pq.read_table(shard / "frames.parquet").to_pylist()
    frame = next(row for row in frames if row["frame"] == target.frame)
    own = next(row for row in rows if row["track"] == target.track)
    change(own, next(one for one in frame["cameras"] if one["name"] == own["camera"]))
    store_rows(shard, rows)
    path = shard / "coco" / "person_keypoints.json"
    content = json.loads(path.read_text())
    for one in content["annotations"]:
        if one["track_id"] == target.track:
            one["keypoints"] = own["keypoints"]
    path.write_text(json.dumps(content))


def show_other(shard: Path, target: Target, size: float) -> None:
    """Let the traffic light show another state, its circuits too; `size` is not used."""

    def change(row: dict) -> None:
        row["state"] = _OTHER[row["state"]]
        row["circuits"] = "" if row["state"] == "off" else row["state"].replace("_", ",")
        row["state_lit"] = row["state"] != "off"

    _change_signal(shard, target, change)


def speak_elsewhere(shard: Path, target: Target, size: float) -> None:
    """Let the traffic light control the lane that runs against it; `size` is not used."""
    lanes = pq.read_table(shard / "lanes.parquet").to_pylist()

    def change(row: dict) -> None:
        place = np.array(row["center"][:2])
        rest = [lane for lane in lanes if lane["name"] not in row["lanes"] and not lane["junction"]]
        gap = [np.linalg.norm(np.array(lane["center"][0][:2]) - place) for lane in rest]
        row["lanes"] = [rest[int(np.argmin(gap))]["name"]]

    _change_signal(shard, target, change)


def _change_signal(shard: Path, target: Target, change: Callable[[dict], None]) -> None:
    rows = read_rows(shard)
    for row in rows:
        if row["track"] == target.track:
            change(row)
    store_rows(shard, rows)


def shift_lines(shard: Path, target: Target, distance: float) -> None:
    """Move all lines of the map `distance` [m] to the camera's right, in every file."""
    frame = next(
        row for row in pq.read_table(shard / "frames.parquet").to_pylist()
        if row["frame"] == target.frame
    )  # fmt: skip
    camera = frame["cameras"][0]
    view = np.reshape(camera["world_from_camera"], (4, 4))
    step = view[:3, 0] * distance

    def move(row: dict) -> None:
        row["line"] = (np.array(row["line"]) + step).tolist()

    def follow(row: dict) -> None:
        point = np.array(row["point"]) + step @ view[:3, :3]
        flat = point @ np.reshape(camera["matrix"], (3, 3)).T
        row["point"], row["pixel"] = point.tolist(), (flat[:, :2] / flat[:, 2:]).tolist()
        _see_again(row, camera)

    _change_table(shard / "boundaries.parquet", move)
    _change_table(shard / "lane_lines.parquet", follow)


def _see_again(row: dict, camera: Mapping) -> None:
    """Points that left the image are outside, those that came in are called seen."""
    pixel = np.array(row["pixel"])
    edge = np.array([camera["width"], camera["height"]]) - 0.5
    inside = (pixel > -0.5).all(axis=1) & (pixel < edge).all(axis=1)
    before = np.array(row["visibility"])
    row["visibility"] = np.where(inside, np.where(before == 0, 2, before), 0).tolist()


def _change_table(path: Path, change: Callable[[dict], None]) -> None:
    table = pq.read_table(path)
    rows = table.to_pylist()
    for row in rows:
        change(row)
    pq.write_table(table.from_pylist(rows, schema=table.schema), path)


def shift_drivable(shard: Path, target: Target, pixels: float) -> None:
    """Move the image of drivable ground to the right."""
    _change_drivable(shard, target, lambda image: np.roll(image, int(pixels), axis=1))


def swap_drivable(shard: Path, target: Target, size: float) -> None:
    """Swap directly and alternatively drivable ground; `size` is not used."""
    _change_drivable(shard, target, lambda image: np.array([0, 2, 1], np.uint8)[image])


def _change_drivable(shard: Path, target: Target, change: Callable[[Array], Array]) -> None:
    for path in shard.glob(f"sensor/*/drivable/{target.frame:06d}.png"):
        cv2.imwrite(str(path), change(read_image(path)))


def ajar(shard: Path, count: int) -> list[Target]:
    """Return up to `count` vehicles with an open door that nothing hides and the camera faces."""
    frames = {row["frame"]: row for row in pq.read_table(shard / "frames.parquet").to_pylist()}
    found = []
    for row in read_rows(shard):
        if not row["door"] or row["visible_pixels"] < 800 or row["occlusion"] > 0.001:
            continue
        cameras = {one["name"]: one for one in frames[row["frame"]]["cameras"]}
        eye = np.reshape(cameras[row["camera"]]["world_from_camera"], (4, 4))[None, :3, 3]
        sign = 1 if row["door"].endswith("left") else -1
        if sign * in_box(row, eye)[0, 1] > row["size"][1] and row["truncation"] == 0:
            found.append(row)
    found.sort(key=lambda row: row["distance"])
    return [Target(row["frame"], row["track"]) for row in found[:count]]


def turn_door(shard: Path, target: Target, degrees: float) -> None:
    """Turn the target's open door about its hinge, angle and edge alike."""
    rows = read_rows(shard)
    for row in rows:
        if row["track"] == target.track and row["door"]:
            sign = -1 if row["door"].endswith("left") else 1
            hinge, edge = np.array(row["door_hinge"]), np.array(row["door_edge"])
            way = complex(*(edge - hinge)[:2]) * np.exp(1j * sign * np.deg2rad(degrees))
            row["door_edge"] = [hinge[0] + way.real, hinge[1] + way.imag, edge[2]]
            row["door_angle"] += float(np.deg2rad(degrees))
    store_rows(shard, rows)


STATE_CORRUPTIONS: Mapping[str, tuple[Corruption, tuple[float, ...], Choice]] = {
    "keypoints shifted, image alone [px]": (shift_keypoints, (1, 5), people),
    "keypoints shifted, every file [px]": (shift_joints, (5, 10, 20), people),
    "left and right swapped": (swap_limbs, (1,), people),
    "seen and hidden swapped": (show_all, (1,), people),
    "signal shows another state": (show_other, (1,), signals),
    "signal of another lane": (speak_elsewhere, (1,), signals),
    "open door turned [deg]": (turn_door, (-5, -10, -20), ajar),
    "lines shifted, every file [m]": (shift_lines, (0.1, 0.2, 0.3), streets),
    "drivable ground shifted [px]": (shift_drivable, (2, 5, 20), streets),
    "direct and alternative swapped": (swap_drivable, (1,), streets),
}
"""Kind: what corrupts, the sizes to try, rising, and what may be made wrong."""
