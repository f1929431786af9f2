"""Figures of N frames of each scene beside those of real cameras.

    python scripts/real_figures.py OUT [n=50] [real=real_stats.json] [scenes=night,fog] [KEY=VALUE]

Makes (or completes: an `OUT` that is there goes on) a data set `OUT/<scene>` of `n` frames for each
of the eight scenes, measures every image and prints one table per scene: median, least and greatest
of our frames; with `real` also the least and greatest of the real cameras by day or by night, and
`<` or `>` where our median lies outside of them. Other keys go to synthgen.

`real` holds figures of one to four frames of each camera: they bound what is plausible. Where it
does not say how a figure was measured, `synthgen/report/figures.py` does. Real frames are JPEGs but
KITTI's, whose camera ours is: noise and bits per pixel are held against KITTI's alone by day. By
night all real frames are JPEGs, and ours are measured as such JPEGs. Numbers of blobs are those of
an area as large as our image: real ones are up to three times as large.
"""

import json
import sys
from pathlib import Path

import numpy as np

from synthgen.__main__ import main
from synthgen.report.figures import figures, summary
from synthgen.report.sheet import frames_of, read_image
from synthgen.sensors.jpeg import compressed

DAY = ("kitti_day", "nuscenes_day", "bdd_day_clear")
NIGHT = ("bdd_night",)
SCENES = {
    "clear_day": DAY,
    "overcast_day": (*DAY, "bdd_day_snow_overcast"),
    "night": NIGHT,
    "rain": (*DAY, "bdd_day_snow_overcast"),
    "fog": (),
    "storm_night": NIGHT,
    "blackout": NIGHT,
    "emergency": (*DAY, *NIGHT),
}
"""Which real cameras each scene is held against; there is no real frame in fog among them."""
FILES = ("noise.", "bits_per_px")
"""Figures that a JPEG changes."""
AREA = {"kitti_day": 1242 * 375, "nuscenes_day": 1600 * 900}
"""[px] of a camera's images; those of BDD100K have `BDD`."""
BDD = 1280 * 720
JPEG = 80, 420
"""Quality and chroma of the files of BDD100K's nights."""


def measured(folder: Path, coded: bool) -> dict[str, tuple[float, float, float]]:
    """Return the figures of all images of a finished data set, as JPEGs if `coded`."""
    rows = []
    for shard, frame in frames_of(folder):
        image = sorted(shard.glob(f"sensor/*/{frame:06d}.[pj][np]g"))[0]
        seen = np.ascontiguousarray(read_image(image)[..., ::-1])
        rows.append(figures(compressed(seen, *JPEG).image if coded else seen))
    return summary(rows)


def band(real: dict, cameras: tuple[str, ...], name: str) -> tuple[float, float] | None:
    """Return least and greatest of figure `name` over `cameras`; None where it is not known."""
    if name.startswith(FILES):
        cameras = tuple(camera for camera in cameras if camera == "kitti_day")
    known = [
        [value * share(camera, name) for value in real[camera][name][1:]]
        for camera in cameras
        if real.get(camera, {}).get(name)
    ]
    return (min(k[0] for k in known), max(k[1] for k in known)) if known else None


def share(camera: str, name: str) -> float:
    """Return what figure `name` of a real camera is multiplied by: numbers are of KITTI's area."""
    return AREA["kitti_day"] / AREA.get(camera, BDD) if name == "bright_blobs.n_ge4px" else 1.0


def table(name: str, ours: dict, real: dict) -> str:
    """Return the figures of a scene as a Markdown table."""
    lines = [f"\n### {name}\n", "| figure | median | least | greatest | real | |",
             "|---|---|---|---|---|---|"]  # fmt: skip
    for key, (middle, low, high) in ours.items():
        bounds = band(real, SCENES[name], key)
        wide = f"{bounds[0]:.3g} to {bounds[1]:.3g}" if bounds else ""
        mark = "" if not bounds else "<" * (middle < bounds[0]) + ">" * (middle > bounds[1])
        lines.append(f"| {key} | {middle:.3g} | {low:.3g} | {high:.3g} | {wide} | {mark} |")
    return "\n".join(lines)


def run(arguments: list[str]) -> int:
    """Make the frames, print the tables."""
    out, words = Path(arguments[0]), dict(word.split("=", 1) for word in arguments[1:])
    count, chosen = words.pop("n", "50"), words.pop("scenes", ",".join(SCENES)).split(",")
    path = words.pop("real", "")
    real = json.loads(Path(path).read_text())["camera"] if path else {}
    keys = [f"{key}={value}" for key, value in words.items()]
    for scene in chosen:
        code = main([f"scene={scene}", f"n={count}", f"out={out / scene}", *keys])
        if code:
            return code
        coded = SCENES[scene] == NIGHT
        print(table(scene, measured(out / scene, coded), real), flush=True)
    return 0


if __name__ == "__main__":
    if len(sys.argv) < 2 or "=" in sys.argv[1]:
        sys.exit(__doc__)
    sys.exit(run(sys.argv[1:]))
