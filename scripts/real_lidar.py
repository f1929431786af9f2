"""Sweeps of a finished data set beside those of real sensors.

    scripts/real_lidar.py DATA STATS.json [SENSOR]

STATS.json holds figures of real sweeps (see `docs/decisions/0023-return-power.md`); the KITTI rig
is set beside KITTI's frames, the nuScenes rig beside nuScenes'. Of each figure the smallest and
the largest of the real frames, what the data set has, and whether it is within the tolerance.
"""

import json
import sys
from pathlib import Path

import numpy as np

WITHIN = {"range": 1.5, "noise": 1.5}
"""Factors by which the band of the real frames is widened."""
BANDS = ((2.5, 10.0), (10.0, 20.0), (20.0, 30.0))
"""[m] of range, for its noise."""


def sweeps(data: Path, sensor: str):
    """Yield points, rings and causes of each sweep."""
    for file in sorted(data.glob(f"shards/*/sensor/{sensor}/*.bin")):
        points = np.fromfile(file, "<f4").reshape(-1, 4).astype(float)
        beside = [np.fromfile(file.parent / one / file.name, "u1") for one in ("ring", "cause")]
        yield points, *beside


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
    data, stats = Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text())
    sensor = sys.argv[3] if len(sys.argv) > 3 else "velodyne"
    kitti = sensor == "velodyne"
    names = ("kitti_000000", "kitti_000001", "kitti_000002", "semantickitti_000000")
    bands = real(stats, names if kitti else ("nuscenes_day",))
    columns, scale = (2083, 1.0) if kitti else (1085, 255.0)
    frames = [figures(*one, columns, scale) for one in sweeps(data, sensor)]
    print(f"{len(frames)} sweeps of {data}")
    print(f"{'':28}{'real':>19}{'here (median)':>16}{'min':>9}{'max':>9}")
    for key in frames[0]:
        own = [frame[key] for frame in frames if key in frame]
        low, high = bands.get(key, (np.nan, np.nan))
        middle = float(np.median(own))
        wide = next((factor for name, factor in WITHIN.items() if key.startswith(name)), 1.25)
        good = low / wide <= middle <= high * wide
        print(f"{key:28}{low:9.2f} {high:9.2f}{middle:16.2f}{min(own):9.2f}{max(own):9.2f}"
              f"  {'' if good else 'outside'}")  # fmt: skip


if __name__ == "__main__":
    main()
