"""KITTI depth's images against the data set."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from synthgen.geometry import Array, inverse, transform
from synthgen.verify.exported.origin import Origin, clips_of
from synthgen.verify.faults import Tally
from synthgen.verify.frame import read_image
from synthgen.verify.lens import Lens

STEP = 1 / 256
"""[m] of a code."""


def check(tree: Path, shards: Sequence[Path], tally: Tally) -> None:
    """Check every drive."""
    for number, frames in clips_of(shards):
        homes = sorted(tree.glob(f"*/synthgen_drive_{number:04d}_sync"))
        tally.check("drive in one split", len(homes) == 1, frames[0].row["frame"], 0, f"{homes}")
        for home in homes:
            counts = {kind.name: len(list(kind.glob("image_02/*.png")))
                      for kind in (home / "proj_depth").iterdir()}  # fmt: skip
            good = counts == {"groundtruth": len(frames), "velodyne_raw": len(frames)}
            tally.check("depth images", good, frames[0].row["frame"], 0, f"{counts}")
            for frame in frames if good else ():
                _check_frame(home / "proj_depth", frame, tally)


def _check_frame(home: Path, frame: Origin, tally: Tally) -> None:
    name, number = f"image_02/{frame.index:010d}.png", frame.row["frame"]
    truth, sparse = (read_image(home / kind / name) for kind in ("groundtruth", "velodyne_raw"))
    deep = truth.dtype == sparse.dtype == np.uint16
    tally.check("16 bits", deep, number, 0, f"{truth.dtype} {sparse.dtype}")
    same = np.array_equal(truth, frame.dense("depth"))
    tally.check("true depth", same, number, 0, "differs from the camera's")
    nearest = _nearest(frame, sparse.shape)
    seen = np.isfinite(nearest)
    fits = np.array_equal(seen, sparse > 0)
    off = float(np.abs(sparse[seen] * STEP - nearest[seen]).max()) if fits and seen.any() else 0.0
    good = fits and off <= 0.51 * STEP
    tally.check(
        "sweep in image", good, number, 0, f"{(seen != (sparse > 0)).sum()} px, {off:.3f} m"
    )


def _nearest(frame: Origin, shape: tuple[int, int]) -> Array:
    """Return the depth [m] of the nearest point in each pixel, infinite for none."""
    row = frame.camera
    half = row["field"] / 2 if row["field"] else np.inf
    matrix = np.reshape(row["matrix"], (3, 3))
    lens = Lens(row["projection_model"], matrix, tuple(row["distortion"]), half)
    world = transform(frame.world_from_lidar, frame.points()[:, :3].astype(float))
    pose = np.reshape(row["world_from_camera"], (4, 4))
    pixel, depth = lens.pixels(transform(inverse(pose), world))
    found = np.full(shape, np.inf)
    ahead = (depth * 256 >= 0.5) & (np.rint(depth * 256) <= 65_535) & np.isfinite(pixel).all(1)
    column, line = np.rint(pixel[ahead]).astype(int).T
    inside = (column >= 0) & (column < shape[1]) & (line >= 0) & (line < shape[0])
    np.minimum.at(found, (line[inside], column[inside]), depth[ahead][inside])
    return found
