"""Drive clips of a scene without looking at them: which events happened, how the ego car drove.

    python scripts/drives.py 20 scene=school_street
    python scripts/drives.py 8 clip=drive

Prints one line per clip and the totals: events by kind, and the greatest acceleration, jerk and
sideways acceleration of the ego car over all windows.
"""

import sys
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np

from synthgen.assets.fleet import draw_user
from synthgen.build.city import build_city
from synthgen.build.clip import build_clip
from synthgen.config import read
from synthgen.rng import stream
from synthgen.spec.resolve import resolve

STEP = 0.1


def smoothness(scene) -> tuple[float, float, float]:
    """Return the greatest acceleration [m/s2], jerk [m/s3] and sideways acceleration [m/s2]."""
    track, found = scene.ego, []
    for start, end in track.windows:
        time = np.arange(start, end - 1e-6, STEP)
        place = np.array([track.world_from_body(t)[:2, 3] for t in time])
        yaw = np.unwrap([np.arctan2(*track.world_from_body(t)[[1, 0], 0]) for t in time])
        if len(time) < 6:
            continue
        velocity = np.gradient(place, STEP, axis=0)
        speed = (velocity * np.stack([np.cos(yaw), np.sin(yaw)], axis=1)).sum(axis=1)
        push = np.gradient(speed, STEP)[1:-1]
        turn = (speed * np.gradient(yaw, STEP))[1:-1]
        jerk = np.gradient(push, STEP)[1:-1]
        found.append([np.abs(row).max() for row in (push, jerk, turn)])
    return tuple(np.max(found, axis=0))


def main(clips: int, overrides: list[str]) -> None:
    """Print the table."""
    run, totals, worst = read(overrides), Counter(), []
    ego = draw_user("ego", stream(run.seed, "ego"))
    with tempfile.TemporaryDirectory() as folder:
        for clip in range(clips):
            spec = resolve(run, clip)
            if clip % 4 == 0:
                city = build_city(spec.place, run.seed + clip, ego, Path(folder))
            scene = build_clip(city, spec)
            facts = scene.world.facts
            worst.append(smoothness(scene))
            for number in range(int(facts.get("events_asked", 0))):
                happened = f"event_{number}_frame" in facts
                totals[facts[f"event_{number}_kind"], happened] += 1
                print(clip, {k: v for k, v in facts.items() if k.startswith(f"event_{number}_")})
            push, jerk, turn = worst[-1]
            print(f"{clip} acceleration {push:.1f} jerk {jerk:.1f} sideways {turn:.1f}", flush=True)
    for kind in sorted({kind for kind, _ in totals}):
        print(f"{kind}: {totals[kind, True]} of {totals[kind, True] + totals[kind, False]}")
    for name, row in zip(("acceleration", "jerk", "sideways"), np.transpose(worst), strict=True):
        print(f"{name}: median {np.median(row):.2f}, greatest {row.max():.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
