"""Compare a data set's masks and amodal silhouettes with those of a caster without a tree.

    scripts/oracle.py OUT [FRAMES]

The worlds are built again from `OUT/run.json`; every pixel of the instance images and of the
silhouettes in COCO's files is compared but where single precision may decide either way.
"""

import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from pycocotools import mask as coding

from synthgen.build.city import build_city
from synthgen.build.clip import build_clip
from synthgen.config import read
from synthgen.scene import Moment, Scene, moment
from synthgen.sensors.camera import view_of
from synthgen.spec.resolve import resolve
from synthgen.spec.run import RunSpec
from synthgen.verify.brute import Picture, see


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
                scene = build_clip(city, spec) if mine else None
                for frame in mine:
                    yield frame, shard.index, scene, scene.motion.times[frame % spec.frames]


def picture(run: RunSpec, now: Moment, numbers: list[int] | None = None) -> Picture:
    """Return what the first camera sees of all bodies, or of those in `numbers` alone."""
    view = view_of(run.rig.camera(next(iter(run.rig.cameras))), now)
    still = [(n, body.mesh, np.eye(4)) for n, body in enumerate(now.scene.world.stuff)]
    things = [(t.number, t.mesh, t.track.world_from_body(now.time)) for t in now.things]
    every = still + things if numbers is None else [t for t in things if t[0] in numbers]
    return see(view, every)


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


def main() -> None:
    """Compare evenly spread frames and print how many pixels disagree."""
    out, count = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 10
    run = read(json.loads((out / "run.json").read_text())["command"])
    frames = sorted({int(f) for f in np.linspace(0, run.n - 1, count)})
    total = np.zeros(5, int)
    for frame, shard, scene, time in scenes(run, frames):
        found = compare(run, out / "shards" / f"{shard:06d}", frame, moment(scene, time))
        total += found
        if found[1] or found[3]:
            print(f"frame {frame}: {found[1]} mask and {found[3]} silhouette pixels differ")
    print(f"{len(frames)} frames: {total[1]} of {total[0]} mask pixels differ; "
          f"{total[3]} of {total[2]} pixels of {total[4]} silhouettes differ")  # fmt: skip
    sys.exit(bool(total[1] or total[3]))


if __name__ == "__main__":
    main()
