"""Sweeps of finished data sets beside those of real sensors.

    scripts/real_lidar.py DATA[,DATA...] STATS.json [SENSOR]

STATS.json holds figures of real sweeps (see `docs/decisions/0023-return-power.md`); the KITTI rig
is set beside KITTI's frames, the nuScenes rig beside nuScenes'. Of each figure the smallest and
the largest of the real frames, what the data set has, and whether it is within the tolerance.
Then intensity by class and like distance beside that of SemanticKITTI's frame (cars and people that
stand and that move apart: seven cars in all), and how many points a car and a
person have by distance, beside one nuScenes frame (which a HDL-32E made).
"""

import json
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from synthgen.classes import CLASSES

WITHIN = {"range": 1.5, "noise": 1.5}
"""Factors by which the band of the real frames is widened."""
ACCEPTED = {
    "points": (100_000, 130_000),
    "intensity p50": (0.20, 0.36),
    "intensity p95": (0.40, 0.60),
    "intensity 0 [%]": (4.0, 15.0),
}
"""Tolerances of STATS.json (checks L3 and L6) for the KITTI rig, in place of a factor."""
BANDS = ((2.5, 10.0), (10.0, 20.0), (20.0, 30.0))
"""[m] of range, for its noise."""


CALLED = {"sidewalk": "sidewalk", "road": "road", "terrain": "terrain", "vegetation": "vegetation",
          "building": "building", "person": "pedestrian", "car": "car"}  # fmt: skip
"""Our class by SemanticKITTI's."""
ALIKE = 1.3
"""Factor up and down from the median distance of a real class within which ours count."""
REACH = (10, 20, 30, 40, 50, 60, 80)
"""[m] Edges of the distances by which points per object are counted."""


def sweeps(folders: list[Path], sensor: str):
    """Yield points, rings and causes of each sweep."""
    for file in files(folders, sensor):
        points = np.fromfile(file, "<f4").reshape(-1, 4).astype(float)
        beside = [np.fromfile(file.parent / one / file.name, "u1") for one in ("ring", "cause")]
        yield points, *beside


def files(folders: list[Path], sensor: str) -> list[Path]:
    """Return the sweeps of all data sets."""
    return [one for data in folders for one in sorted(data.glob(f"shards/*/sensor/{sensor}/*.bin"))]


def by_class(folders: list[Path], sensor: str, stats: dict) -> None:
    """Print median intensity and the share of zeros by class, beside SemanticKITTI's.

    Returns get weaker with distance, and the real frame has its buildings far away: of ours, those
    count that are about as far as the real class in the median.
    """
    bright, kind, reach = labelled(folders, sensor)
    classes = stats["lidar"]["semantickitti_000000"]["by_class"]
    print("class       about [m]  real p50   here   p10-p90      here   zeros [%]   here   points")
    for name, ours in CALLED.items():
        for told in (classes[one] for one in (name, f"moving-{name}") if one in classes):
            far = told["range_median"]
            own = kind == CLASSES[ours].semantic
            own &= (reach > far / ALIKE) & (reach < far * ALIKE)
            low, middle, high = np.percentile(bright[own], (10, 50, 90)) if own.any() else [0] * 3
            print(f"{name:12}{far:8.0f}{told['int_median']:11.2f}{middle:7.2f}"
                  f"{told['int_p10']:8.2f}-{told['int_p90']:.2f} {low:5.2f}-{high:.2f}"
                  f"{100 * told['frac_zero']:9.0f}{100 * float((bright[own] == 0).mean()):8.0f}"
                  f"{own.sum():9}")  # fmt: skip


def labelled(folders: list[Path], sensor: str):
    """Return intensity, class and range [m] of all points."""
    bright, kind, reach = [], [], []
    for file in files(folders, sensor):
        points = np.fromfile(file, "<f4").reshape(-1, 4).astype(float)
        words = np.fromfile(file.parent / "label" / f"{file.stem}.label", "<u4")
        bright.append(points[:, 3])
        kind.append(words & 0xFFFF)
        reach.append(np.linalg.norm(points[:, :3], axis=1))
    return map(np.concatenate, (bright, kind, reach))


def per_object(folders: list[Path], sensor: str, stats: dict) -> None:
    """Print the median of points per box by distance, beside those of a nuScenes frame."""
    rows = [row for data in folders for path in sorted(data.glob("shards/*/lidar_objects.parquet"))
            for row in pq.read_table(path).to_pylist() if row["lidar"] == sensor]  # fmt: skip
    for name in ("car", "pedestrian"):
        told = stats["points_per_box_nuscenes"][name]["pts"]
        for low, high in pairwise(REACH):
            own = [row["points"] for row in rows
                   if row["class"] == name and low <= row["distance"] < high]  # fmt: skip
            if len(own) < 5:
                continue
            seen = [count for count in own if count]
            there = told.get(f"{low}-{high}", {}).get("median", float("nan"))
            print(f"{name:12}{low:3}-{high} m: {len(own):5} boxes, "
                  f"{np.mean(np.array(own) == 0):4.0%} without points, median of the others "
                  f"{np.median(seen or [0]):6.0f}; real {there:.0f}")  # fmt: skip


def noise(points, ring) -> dict[str, float]:
    """Return the local noise of range [m] by band: residuals of a quadratic along each ring.

    The median over windows of 9 neighbours over 0.97, as the real figures were measured.
    """
    found = {band: [] for band in BANDS}
    for number in np.unique(ring):
        mine = points[ring == number]
        order = np.argsort(np.arctan2(mine[:, 1], mine[:, 0]))
        reach = np.linalg.norm(mine[order, :3], axis=1)
        azimuth = np.arctan2(mine[order, 1], mine[order, 0])
        for start in range(0, len(reach) - 9, 9):
            part = reach[start : start + 9]
            wide = azimuth[start + 8] - azimuth[start]
            if np.ptp(part) > 0.5 or wide > 0.06:
                continue
            fit = np.polyfit(np.arange(9.0), part, 2)
            left = part - np.polyval(fit, np.arange(9.0))
            for low, high in BANDS:
                if low <= part.mean() < high:
                    found[low, high].append(np.sqrt((left**2).sum() / 6))
    return {
        f"noise {low:g}-{high:g} m [mm]": 1000 * float(np.median(rows)) / 0.97
        for (low, high), rows in found.items()
        if len(rows) > 20
    }


def figures(points, ring, cause, columns: int, scale: float) -> dict[str, float]:
    """Return the figures of one sweep; intensities times `scale`."""
    reach = np.linalg.norm(points[:, :3], axis=1)
    bright = scale * points[:, 3]
    found = {"points": float(len(points))}
    for share in (5, 25, 50, 75, 95, 99):
        found[f"range p{share} [m]"] = float(np.percentile(reach, share))
    for share in (50, 95):
        found[f"intensity p{share}"] = float(np.percentile(bright, share))
    found["intensity 0 [%]"] = 100 * float((bright == 0).mean())
    beams = int(ring.max()) + 1
    missing = 1 - np.bincount(ring, minlength=beams) / columns
    found["missing, upper half [%]"] = 100 * float(missing[: beams // 2].mean())
    found["missing, lower half [%]"] = 100 * float(missing[beams // 2 :].mean())
    return found | noise(points, ring)


def real(stats: dict, names: tuple[str, ...]) -> dict[str, tuple[float, float]]:
    """Return smallest and largest of each figure over the real frames `names`."""
    rows: dict[str, list[float]] = {}
    for name in names:
        one = stats["lidar"][name]
        lost = [ring["missing_frac"] for ring in one["rings"]]
        half = len(lost) // 2
        values = {"points": one["n_points"], "intensity 0 [%]": 100 * one["intensity"]["frac_zero"],
                  "missing, upper half [%]": 100 * float(np.mean(lost[:half])),
                  "missing, lower half [%]": 100 * float(np.mean(lost[half:]))}  # fmt: skip
        values |= {f"range {key} [m]": value for key, value in one["range"]["q"].items()}
        values |= {f"intensity {key}": value for key, value in one["intensity"]["q"].items()}
        for band, value in one.get("range_noise_along_ring", {}).items():
            values[f"noise {band} m [mm]"] = 1000 * value["median"] / 0.97
        for key, value in values.items():
            rows.setdefault(key, []).append(float(value))
    return {key: (min(found), max(found)) for key, found in rows.items()}


def main() -> None:
    """Print the table."""
    data = [Path(one) for one in sys.argv[1].split(",")]
    stats = json.loads(Path(sys.argv[2]).read_text())
    sensor = sys.argv[3] if len(sys.argv) > 3 else "velodyne"
    kitti = sensor == "velodyne"
    names = ("kitti_000000", "kitti_000001", "kitti_000002", "semantickitti_000000")
    bands = real(stats, names if kitti else ("nuscenes_day",))
    columns, scale = (2083, 1.0) if kitti else (1085, 1.0)
    frames = [figures(*one, columns, scale) for one in sweeps(data, sensor)]
    print(f"{len(frames)} sweeps of {sys.argv[1]}")
    print(f"{'':28}{'real':>19}{'here (median)':>16}{'min':>9}{'max':>9}")
    for key in frames[0]:
        own = [frame[key] for frame in frames if key in frame]
        low, high = bands.get(key, (np.nan, np.nan))
        middle = float(np.median(own))
        wide = next((factor for name, factor in WITHIN.items() if key.startswith(name)), 1.25)
        least, most = (kitti and ACCEPTED.get(key)) or (low / wide, high * wide)
        good = least <= middle <= most
        print(f"{key:28}{low:9.2f} {high:9.2f}{middle:16.2f}{min(own):9.2f}{max(own):9.2f}"
              f"  {'' if good else 'outside'}")  # fmt: skip
    by_class(data, sensor, stats)
    per_object(data, sensor, stats)


if __name__ == "__main__":
    main()
