"""Prove with Bullet's closest points that no two bodies overlap: overlaps.py CLIPS [overrides]."""

import sys
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation

from synthgen.assets.finishes import is_mirror
from synthgen.build.city import build_city
from synthgen.build.clip import build_clip
from synthgen.config import read
from synthgen.physics.bullet import closest
from synthgen.physics.solid import Solid, box_points, hull_points
from synthgen.scene import Moment, Present, moment
from synthgen.spec.resolve import resolve

SINK = 0.02
"""[m] Overlap of hulls that is put down to their making: hulls fill hollows."""
PEOPLE = ("pedestrian", "rider", "dog", "cat", "deer")


def solid(thing: Present) -> Solid:
    """Return the hull of a thing without mirrors; of people the box of trunk and head."""
    mesh, extent = thing.mesh, thing.extent
    if thing.body.kind in PEOPLE and extent is not None:
        center, half = np.array(extent.center), np.array(extent.size) / 2
        half[:2] = np.minimum(half[:2], 0.25)
        return Solid(box_points(center - half, center + half), 1.0)
    aside = np.array([is_mirror(material) for material in mesh.materials])
    kept = np.unique(mesh.triangles[~aside[mesh.material]])
    return Solid(hull_points(mesh.vertices[kept]), 1.0)


def overlaps(now: Moment, known: dict[int, Solid]) -> list[tuple[str, str, float]]:
    """Return names and overlap [m] of what overlaps; a rider and what is ridden belong together."""
    things = [t for t in now.things if t.body.extent is not None]
    for thing in things:
        if thing.thing not in known or thing.posed:
            known[thing.thing] = solid(thing)
    poses = np.array([t.track.world_from_body(now.time) for t in things])
    turns = Rotation.from_matrix(poses[:, :3, :3]).as_quat()
    gaps = closest([known[t.thing] for t in things], poses[:, :3, 3], turns, 0.01)
    found = []
    for gap in gaps:
        one, two = things[gap.first].body, things[gap.second].body
        if gap.distance < -SINK and one.name not in (two.rides,) and two.name not in (one.rides,):
            found.append((one.name, two.name, -gap.distance))
    return found


def main() -> None:
    """Build clips and print every overlap at any of their frames, and the counts."""
    clips, rest = int(sys.argv[1]), sys.argv[2:]
    run = read([*rest, "n=1"])
    seen, frames, worst = Counter(), 0, []
    with tempfile.TemporaryDirectory() as folder:
        city = place = None
        for clip in range(clips):
            spec = resolve(run, clip)
            if city is None or spec.place != place:
                place = spec.place
                city = build_city(place, run.seed, run.rig.ego, Path(folder))
            scene, known = build_clip(city, spec), {}
            seen["moved"] += int(scene.world.facts["moved"])
            seen["removed"] += int(scene.world.facts["removed"])
            for time in scene.motion.times:
                found = overlaps(moment(scene, time), known)
                frames += 1
                worst += found
                for one, two, deep in found:
                    print(f"clip {clip} t {time:.1f}: {one} and {two} overlap by {deep:.3f} m")
    print(f"{clips} clips, {frames} frames: {len(worst)} overlaps; "
          f"{seen['moved']} moved and {seen['removed']} removed by the repair")  # fmt: skip
    sys.exit(bool(worst))


if __name__ == "__main__":
    main()
