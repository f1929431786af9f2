"""Compare masks, silhouettes and what lies beyond the image with a caster without a tree.

    scripts/oracle.py OUT [FRAMES]

The worlds are built again from `OUT/run.json`; every pixel of the instance images and of the
silhouettes in COCO's files is compared but where single precision may decide either way. Things cut
by the image's border are drawn in a larger one, for their truncation and their unclipped box.
"""

import json
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pyarrow.parquet as pq
from pycocotools import mask as coding

from synthgen.build.city import build_city
from synthgen.build.clip import build_clip
from synthgen.build.detail import detailed
from synthgen.config import read
from synthgen.motion import Track
from synthgen.sample import CameraView
from synthgen.scene import Moment, Scene, moment
from synthgen.sensors.camera import view_of
from synthgen.spec.resolve import resolve
from synthgen.spec.run import RunSpec
from synthgen.verify.brute import Picture, see

BORDER = 900, 700
"""[px] by which the larger image goes beyond the camera's, left and right, above and below."""
SHARE = 0.003
"""Largest error of a truncation."""


def scenes(run: RunSpec, frames: list[int]) -> Iterator[tuple[int, int, Scene, float]]:
    """Yield frame, shard, scene and time of the wanted `frames`."""
    for shard in run.shards():
        wanted = [frame for frame in frames if frame in shard.frames]
        if not wanted:
            continue
        with tempfile.TemporaryDirectory() as folder:
            place = resolve(run, shard.clips.start).place
            city = build_city(place, run.seed, run.rig.ego, Path(folder))
            for clip in shard.clips:
                spec = resolve(run, clip)
                mine = [frame for frame in wanted if frame // spec.frames == clip]
                scene = detailed(build_clip(city, spec), run.rig, city.coarse) if mine else None
                for frame in mine:
                    yield frame, shard.index, scene, scene.motion.times[frame % spec.frames]


def picture(run: RunSpec, now: Moment, numbers: list[int] | None = None) -> Picture:
    """Return what the first camera sees of all bodies, or of those in `numbers` alone."""
    camera = run.rig.camera(next(iter(run.rig.cameras)))
    view = view_of(camera, now)
    times = row_times(run, view.height, now.time)
    still = [(n, body.mesh, np.eye(4)) for n, body in enumerate(now.scene.world.stuff)]
    things = [
        (thing.number, thing.mesh, poses(thing.track, times))
        for thing in now.things
        if numbers is None or thing.number in numbers
    ]
    every = still + things if numbers is None else things
    return see(view, every, poses(now.scene.ego, times) @ camera.ego_from_camera)


def row_times(run: RunSpec, rows: int, stamp: float, above: int = 0) -> np.ndarray:
    """Return when each of `rows` of the first camera is exposed [s]; one time for all at once.

    `above` rows are added before the image's first and after its last, exposed with these.
    """
    model = run.rig.camera(next(iter(run.rig.cameras))).model
    if not model.row_time:
        return np.array([stamp])
    row = np.clip(np.arange(rows) - above, 0, model.height - 1)
    return stamp + (row - (model.height - 1) / 2) * model.row_time


def poses(track: Track, times: np.ndarray) -> np.ndarray:
    """Return where a thing is at each of `times`; one pose if it stands."""
    return np.array([track.world_from_body(t) for t in (times[:1] if track.stands else times)])


def compare(run: RunSpec, home: Path, frame: int, now: Moment) -> np.ndarray:
    """Return counts: mask pixels and wrong ones, silhouette pixels and wrong ones, silhouettes."""
    camera = next(iter(run.rig.cameras))
    world = now.scene.world
    file = home / "sensor" / camera / "instance" / f"{frame:06d}.png"
    written = cv2.imread(str(file), cv2.IMREAD_UNCHANGED).astype(int)
    seen = picture(run, now)
    expected = np.where(seen.owner >= len(world.stuff), seen.owner - len(world.stuff) + 1, 0)
    expected[expected == world.ego + 1] = 0
    sure = ~seen.doubt
    total = np.array([sure.sum(), (sure & (written != expected)).sum(), 0, 0, 0])
    coco = json.loads((home / "coco" / "instances.json").read_text())
    for one in coco["annotations"]:
        if one["image_id"] != frame or one.get("iscrowd"):
            continue
        number = len(world.stuff) + (one["track_id"] - 1) % 100_000
        alone = picture(run, now, [number])
        drawn = coding.decode(one["segmentation_amodal"]).astype(bool)
        sure = ~alone.doubt
        total[2:] += [sure.sum(), (sure & (drawn != (alone.owner >= 0))).sum(), 1]
    return total


def larger(view: CameraView) -> tuple[CameraView, np.ndarray]:
    """Return `view` with a wide border, and each pixel's solid angle over the middle one's."""
    (across, down), matrix = BORDER, view.matrix.copy()
    matrix[:2, 2] += BORDER
    size = {"width": view.width + 2 * across, "height": view.height + 2 * down}
    row, column = np.mgrid[: size["height"], : size["width"]]
    x, y = (column - matrix[0, 2]) / matrix[0, 0], (row - matrix[1, 2]) / matrix[1, 1]
    return replace(view, matrix=matrix, **size), (1 + x**2 + y**2) ** -1.5


def beyond(run: RunSpec, home: Path, frame: int, now: Moment) -> list[tuple[float, float]]:
    """Return errors of truncation and of unclipped boxes [px], of things cut by the border."""
    camera = run.rig.camera(next(iter(run.rig.cameras)))
    view = view_of(camera, now)
    wide, angle = larger(view)
    across, down = BORDER
    times = row_times(run, wide.height, now.time, down)
    cameras = poses(now.scene.ego, times) @ camera.ego_from_camera
    inner = slice(down, down + view.height), slice(across, across + view.width)
    found = []
    for one in pq.read_table(home / "objects.parquet").to_pylist():
        if one["frame"] != frame or not one["unclipped_box"] or not 0 < one["truncation"] < 1:
            continue
        box = np.add(one["unclipped_box"], [across, down, across, down])
        if box.min() < 5 or box[2] > wide.width - 5 or box[3] > wide.height - 5:
            continue
        thing = now.by_number[len(now.scene.world.stuff) + (one["track"] - 1) % 100_000]
        there = [(thing.number, thing.mesh, poses(thing.track, times))]
        mask = see(wide, there, cameras).owner >= 0
        share = 1 - (angle * mask)[inner].sum() / (angle * mask).sum()
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        edges = np.array([columns[0], rows[0], columns[-1], rows[-1]])
        found.append((abs(one["truncation"] - share), float(np.abs(box - edges).max())))
    return found


def main() -> None:
    """Compare evenly spread frames and print how many pixels disagree."""
    out, count = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 10
    run = read(json.loads((out / "run.json").read_text())["command"])
    frames = sorted({int(f) for f in np.linspace(0, run.n - 1, count)})
    total, cut = np.zeros(5, int), [(0.0, 0.0)]
    for frame, shard, scene, time in scenes(run, frames):
        home, now = out / "shards" / f"{shard:06d}", moment(scene, time)
        found = compare(run, home, frame, now)
        total += found
        cut += beyond(run, home, frame, now)
        if found[1] or found[3]:
            print(f"frame {frame}: {found[1]} mask and {found[3]} silhouette pixels differ")
    print(f"{len(frames)} frames: {total[1]} of {total[0]} mask pixels differ; "
          f"{total[3]} of {total[2]} pixels of {total[4]} silhouettes differ")  # fmt: skip
    share, edge = np.max(cut, axis=0)
    print(f"{len(cut) - 1} things cut by the border: truncation to {share:.4f}, "
          f"unclipped boxes to {edge:.0f} px")  # fmt: skip
    sys.exit(bool(total[1] or total[3] or share > SHARE or edge > 1))


if __name__ == "__main__":
    main()
