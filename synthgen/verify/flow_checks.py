"""Optical flow and scene flow against depth, poses, boxes and the frame that they lead to."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float, Int, UInt8

from synthgen.classes import CLASSES
from synthgen.geometry import Array, inverse, transform
from synthgen.verify.faults import Tally
from synthgen.verify.frame import CameraFiles, FrameFiles, read_image
from synthgen.verify.lens import Lens
from synthgen.verify.surface_checks import MIRRORED

STILL = tuple(CLASSES[name].semantic for name in ("road", "sidewalk", "building", "terrain"))
"""Classes that never move."""
EVERY = 5
"""Each so many rows and columns are looked at."""
SHARE = 0.995
"""Least share of pixels that must keep a rule."""
FOUND, COVERED = 0.998, 0.8
"""The same of those who are seen, and of those who are hidden, in the other image: a place rounded
to a whole pixel may show what is beside the edge."""
LARGE = 200
"""[px] of a vehicle from which its motion is held against its velocity."""
WAYS = {"next": 1, "previous": -1}


@dataclass(frozen=True, eq=False)
class Grid:
    """Pixels of one image on a grid, and where the flow files of one way lead them.

    Attributes:
        pixel: column, row.
        flow: [px].
        state: 0 none, 1 seen then, 2 hidden then, 3 outside then.
        motion: [m] world frame.
        moves: whether there is a motion.
        point: [m] world frame; where `deep` only.
        deep: whether there is a depth.
    """

    pixel: Int[Array, "n 2"]
    flow: Float[Array, "n 2"]
    state: UInt8[Array, "n"]
    motion: Float[Array, "n 3"]
    moves: Array
    point: Float[Array, "n 3"]
    deep: Array


def check_flow(shard: Path, files: FrameFiles, before: FrameFiles | None, tally: Tally) -> None:
    """Check the flow of all cameras; `before` is the frame read before this one, if any."""
    for told in files.row["cameras"]:
        name = told["name"]
        if told.get("flow_span") is None or told["row_time"]:
            continue
        for way in WAYS:
            grid = _grid(shard, files, name, way)
            place, depth = _led(files, name, grid, way)
            _check_way(files, name, grid, place, tally)
            _check_objects(files, name, grid, WAYS[way] * told["flow_span"], tally)
            if way == "previous" and before is not None and _leads(files, name, way, before):
                _check_seen(files.frame, before.cameras[name], grid, depth, tally)
        if before is not None and _leads(before, name, "next", files):
            grid = _grid(shard, before, name, "next")
            _, depth = _led(before, name, grid, "next")
            _check_seen(before.frame, files.cameras[name], grid, depth, tally)


def _grid(shard: Path, files: FrameFiles, name: str, way: str) -> Grid:
    camera, home = files.cameras[name], shard / "sensor" / name
    flow = read_image(home / f"flow_{way}" / f"{files.frame:06d}.png")[::EVERY, ::EVERY, ::-1]
    motion = read_image(home / f"motion_{way}" / f"{files.frame:06d}.png")[::EVERY, ::EVERY, ::-1]
    rows, columns = np.mgrid[: camera.depth.shape[0] : EVERY, : camera.depth.shape[1] : EVERY]
    row, column = rows.ravel(), columns.ravel()
    deep, point = camera.depth[row, column] > 0, np.zeros((len(row), 3))
    point[deep] = camera.points(column[deep], row[deep])
    coded = motion.reshape(-1, 3).astype(float)
    moved = (coded - 32_768) / 1000 @ camera.world_from_camera[:3, :3].T
    return Grid(
        pixel=np.stack([column, row], axis=-1),
        flow=(flow[..., :2].reshape(-1, 2).astype(float) - 32_768) / 64,
        state=flow[..., 2].ravel(),
        motion=moved,
        moves=np.asarray(coded.any(axis=1)),
        point=point,
        deep=deep,
    )


def _told(files: FrameFiles, name: str) -> Mapping | None:
    return next((one for one in files.row["cameras"] if one["name"] == name), None)


def _led(
    files: FrameFiles, name: str, grid: Grid, way: str
) -> tuple[Float[Array, "n 2"], Float[Array, "n"]]:
    """Return place [px] and depth [m] at the other time by depth, motion and pose alone."""
    camera, told = files.cameras[name], _told(files, name)
    assert told is not None
    pose = np.array(told[f"world_from_camera_{way}"]).reshape(4, 4)
    lens = camera.lens or Lens("pinhole", camera.matrix)
    found: tuple[Array, Array] = lens.pixels(transform(inverse(pose), grid.point + grid.motion))
    return found


def _check_way(
    files: FrameFiles, name: str, grid: Grid, place: Float[Array, "n 2"], tally: Tally
) -> None:
    """Flow is what depth, motion and the camera's way make of a pixel; the ground stands still."""
    camera, frame = files.cameras[name], files.frame
    known = grid.deep & grid.moves & (grid.state > 0)
    column, row = grid.pixel.T
    away = np.maximum(camera.depth[row, column], 0.1)
    slack = 0.05 + camera.matrix[0, 0] * 0.006 / away
    error = np.abs(grid.pixel + grid.flow - place).max(axis=1)
    _share(tally, "flow meets motion", (error <= slack)[known], frame, name)
    ground = np.isin(camera.semantic[row, column], STILL) & (camera.instance[row, column] == 0)
    still = np.abs(grid.motion[ground & grid.moves]).max(axis=1, initial=0.0) < 1e-6
    _share(tally, "ground stands still", still, frame, name)
    shape = np.array(camera.depth.shape[::-1])
    to = grid.pixel + grid.flow
    beyond = np.maximum(-0.5 - to, to - (shape - 0.5)).max(axis=1)
    odd = ((grid.state == 3) & (beyond < -0.02)) | (np.isin(grid.state, (1, 2)) & (beyond > 0.02))
    tally.check("flow outside", not odd.any(), frame, 0, f"{name}: {odd.sum()} px")
    tally.check("flow states", grid.state.max(initial=0) <= 3, frame, 0, name)


def _check_objects(files: FrameFiles, name: str, grid: Grid, span: float, tally: Tally) -> None:
    """Vehicles move as their velocity and yaw rate say, but for what acceleration adds."""
    camera = files.cameras[name]
    column, row = grid.pixel.T
    instance = camera.instance[row, column]
    for told in files.objects:
        if told["camera"] != name or told["class"] not in MIRRORED:
            continue
        own = (instance == told["instance"]) & grid.deep & grid.moves
        if told["visible_pixels"] < LARGE or own.sum() < 4:
            continue
        gap = np.linalg.norm(_expected(told, grid.point[own], span) - grid.motion[own], axis=1)
        limit = 0.03 + 5 * span**2
        good = bool(np.median(gap) <= limit)
        tally.check("flow of vehicles", good, files.frame, told["track"],
                    f"{np.median(gap):.3f} m off, at most {limit:.3f}")  # fmt: skip


def _expected(told: Mapping, point: Float[Array, "k 3"], span: float) -> Float[Array, "k 3"]:
    """Return how far points of a rigid body go: v t + yaw rate x arm t."""
    arm = point - np.array(told["center"])
    turn = told["yaw_rate"] * np.stack([-arm[:, 1], arm[:, 0], 0 * arm[:, 2]], axis=-1)
    return (np.array(told["velocity"]) + turn) * span


def _leads(files: FrameFiles, name: str, way: str, other: FrameFiles) -> bool:
    """Return whether flow leads to the very moment of the other frame's image."""
    told, then = _told(files, name), _told(other, name)
    if told is None or then is None or told.get("flow_span") is None:
        return False
    if files.row["clip"] != other.row["clip"]:
        return False
    return bool(abs(told["time"] + WAYS[way] * told["flow_span"] - then["time"]) < 1e-6)


def _check_seen(
    frame: int, other: CameraFiles, grid: Grid, depth: Float[Array, "n"], tally: Tally
) -> None:
    """The other image's depth agrees on who is seen then, within the pixels around."""
    for state, name, least in ((1, "flow finds it", FOUND), (2, "flow finds it hidden", COVERED)):
        own = grid.deep & grid.moves & (grid.state == state)
        near, here, far = _around(other.depth, (grid.pixel + grid.flow)[own])
        slack = 0.02 + 0.005 * depth[own]
        if state == 1:
            good = (near - slack <= depth[own]) & (depth[own] <= far + slack)
        else:
            good = here < depth[own] - 0.004
        _share(tally, name, good, frame, "", least)


def _around(depth: Float[Array, "h w"], place: Float[Array, "k 2"]) -> tuple[Array, Array, Array]:
    """Return depth [m] in the 3 x 3 pixels around places: the least, the middle, the largest."""
    height, width = depth.shape
    filled = np.where(depth > 0, depth, 1e9)
    column, row = np.rint(place).astype(int).T
    around = np.stack([
        filled[np.clip(row + down, 0, height - 1), np.clip(column + right, 0, width - 1)]
        for down in (-1, 0, 1) for right in (-1, 0, 1)
    ])  # fmt: skip
    return around.min(axis=0), around[4], around.max(axis=0)


def _share(
    tally: Tally, name: str, good: Array, frame: int, sensor: str, least: float = SHARE
) -> None:
    if not len(good):
        return
    share = float(good.mean())
    tally.check(name, share >= least, frame, 0, f"{sensor} {share:.4f} of {len(good)} px")
