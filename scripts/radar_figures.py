"""Figures of a data set's radars beside real ones, and a bird's-eye view of each frame.

    .venv/bin/python scripts/radar_figures.py out/storm_night [folder for pictures]

Real ones: nuScenes (Caesar et al., CVPR 2020): points per list, what its devkit's filters keep, and
counts per box in one key frame; `tests/radar` holds the physics against theory.
"""

import sys
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from PIL import Image, ImageDraw
from scipy.spatial.transform import Rotation

from synthgen.geometry import inverse, transform
from synthgen.radar.checks import parse, read_rows, read_table

REAL = {
    "points in a list": "30 to 125",
    "car boxes within 50 m hit": "0.40 to 0.90",
    "points in such a box": "1.25",
    "pedestrian boxes hit": "0.05 to 0.30",
    "barrier boxes hit": "0.36",
    "cone boxes hit": "0",
}
NAMES = {
    "car": "car boxes within 50 m hit", "pedestrian": "pedestrian boxes hit",
    "barrier": "barrier boxes hit", "traffic_cone": "cone boxes hit",
}  # fmt: skip
COLOURS = {
    "direct": (215, 25, 28), "multipath": (150, 0, 190), "clutter": (90, 90, 90),
    "false_alarm": (0, 0, 0), "rain": (20, 100, 230),
}  # fmt: skip
SCALE, AHEAD, BEHIND, ASIDE = 8.0, 100.0, 60.0, 55.0


def lists(out):
    """Yield (row of sensors.parquet, points, truth, boxes) of every radar's list."""
    for shard in sorted((Path(out) / "shards").iterdir()):
        for row in pq.read_table(shard / "sensors.parquet").to_pylist():
            if row["kind"] == "radar":
                files = {name.split("/")[2]: (shard / name).read_bytes() for name in row["files"]}
                points = next(parse(data)[1] for name, data in files.items() if "pcd" in name)
                truth, boxes = read_table(files["truth"]), read_rows(files["objects"])
                yield row, points[~np.isnan(points["x"])], truth, boxes


def table(found):
    """Print what all lists together look like, with the real figure beside."""
    said = {"points in a list": percentiles([len(points) for _, points, _, _ in found], "5 50 95")}
    ranges = np.concatenate([np.hypot(points["x"], points["y"]) for _, points, _, _ in found])
    said["range of a point [m]"] = percentiles(ranges, "5 25 50 75 95")
    sizes = np.concatenate([points["rcs"] for _, points, _, _ in found])
    said["cross-section [dBsm]"] = percentiles(sizes, "5 25 50 75 95")
    still = np.concatenate([np.abs(truth["still_speed"]) < 0.6 for _, _, truth, _ in found])
    said["share that stands"] = f"{still.mean():.2f}"
    causes = Counter(cause for _, _, truth, _ in found for cause in truth["cause"])
    for cause, count in causes.most_common():
        said[f"cause {cause}"] = f"{count / sum(causes.values()):.3f}"
    said |= hits(found)
    for name, value in said.items():
        print(f"{name:30s} {value:34s} {REAL.get(name, '')}")


def percentiles(values, which):
    """Return percentiles as text."""
    numbers = np.percentile(values, [float(one) for one in which.split()])
    return " ".join(f"{one:.1f}" for one in numbers) + f"  (p{which.replace(' ', '/')})"


def hits(found):
    """Return how many boxes within 50 m any radar of the frame has a point in."""
    boxes = defaultdict(lambda: [0, 0])
    kinds = {}
    for row, _, _, around in found:
        car = np.array(row["world_from_ego"]).reshape(4, 4)
        for box in around:
            if np.linalg.norm(np.array(box["center"]) - car[:3, 3]) < 50:
                place = (*np.round(box["size"], 4), *np.round(box["center"]))
                boxes[row["frame"], place][0] += box["num_radar_pts"]
                kinds[row["frame"], place] = box["class"]
    said = {}
    for kind, name in NAMES.items():
        counts = [boxes[key][0] for key in boxes if kinds[key] == kind]
        if counts:
            said[name] = f"{np.mean(np.array(counts) > 0):.2f} of {len(counts)}"
            if kind == "car":
                said["points in such a box"] = f"{np.mean(counts):.2f}"
    return said


def pixel(place):
    """Return where a place in the car's frame is drawn."""
    return ((ASIDE - place[1]) * SCALE, (AHEAD - place[0]) * SCALE)


def picture(rows, path):
    """Draw all lists of one frame over the boxes, the car driving upwards."""
    size = (int(2 * ASIDE * SCALE), int((AHEAD + BEHIND) * SCALE))
    image = Image.new("RGB", size, (255, 255, 255))
    draw = ImageDraw.Draw(image)
    ego = inverse(np.array(rows[0][0]["world_from_ego"]).reshape(4, 4))
    for row, points, truth, boxes in rows:
        for box in boxes:
            draw.line([pixel(corner) for corner in outline(ego, box)], (0, 150, 0), 2)
        pose = ego @ np.array(row["world_from_sensor"]).reshape(4, 4)
        place = transform(pose, np.stack([points[axis] for axis in "xyz"], axis=1).astype(float))
        flat = np.stack([points["vx_comp"], points["vy_comp"], 0 * points["x"]], axis=1)
        arrow = place + flat.astype(float) @ pose[:3, :3].T * 0.5
        told = zip(place, arrow, truth["cause"], points["rcs"], strict=True)
        for spot, end, cause, power in told:
            x, y = pixel(spot)
            radius = 3 + np.clip(power + 10, 0, 40) / 12
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), None, COLOURS[cause], 2)
            if np.linalg.norm(end - spot) > 0.3:
                draw.line([(x, y), pixel(end)], COLOURS[cause])
    image.save(path)


def outline(ego, box):
    """Return the corners of a box seen from above, in the car's frame [m]."""
    turn = Rotation.from_quat(box["quaternion"]).as_matrix()
    signs = np.array([[1, 1], [1, -1], [-1, -1], [-1, 1], [1, 1]])
    corners = np.column_stack([signs * np.array(box["size"])[:2] / 2, np.zeros(5)])
    return transform(ego, corners @ turn.T + np.array(box["center"]))


def main(out, folder="."):
    """Print the table of a data set and draw its frames."""
    found = list(lists(out))
    if not found:
        raise SystemExit(f"{out}: no lists of a radar")
    table(found)
    frames = defaultdict(list)
    for one in found:
        frames[one[0]["frame"]].append(one)
    for frame, rows in frames.items():
        Path(folder).mkdir(parents=True, exist_ok=True)
        path = Path(folder) / f"radar_{frame:06d}.png"
        picture(rows, path)
        print(path)


if __name__ == "__main__":
    main(*sys.argv[1:])
