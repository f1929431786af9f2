"""The 18 numbers that nuScenes stores of every radar detection, and its file."""

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array
from synthgen.radar.model import RadarModel
from synthgen.radar.reading import RadarReading

FIELDS = (
    ("x", "f4"), ("y", "f4"), ("z", "f4"), ("dyn_prop", "i1"), ("id", "i2"), ("rcs", "f4"),
    ("vx", "f4"), ("vy", "f4"), ("vx_comp", "f4"), ("vy_comp", "f4"), ("is_quality_valid", "i1"),
    ("ambig_state", "i1"), ("x_rms", "i1"), ("y_rms", "i1"), ("invalid_state", "i1"),
    ("pdh0", "i1"), ("vx_rms", "i1"), ("vy_rms", "i1"),
)  # fmt: skip
"""Names and types in the file's order, 43 bytes a point, little endian.

Source: H. Caesar et al., "nuScenes: A multimodal dataset for autonomous driving", CVPR 2020; the
docstring of RadarPointCloud.from_file in its devkit."""

MOVING, STANDING, ONCOMING, PERHAPS_STANDING, UNKNOWN = 0, 1, 2, 3, 4
"""Of `dyn_prop`; 5 to 7 (crossing, stopped) need a track, which a list of detections has not."""

UNAMBIGUOUS = 3
"""Of `ambig_state`: what a radar with staggered ramps reports."""

SURE = 16.0
"""[dB] Over noise from which motion is called motion, not a candidate."""


def record(model: RadarModel, reading: RadarReading) -> Array:
    """Return the detections of `reading` as a structured array with `FIELDS`.

    Velocities are the range rate as a vector along the line of sight. A reading without any
    has one point of nan, as nuScenes has.
    """
    found = reading.detections
    if not len(found):
        return _empty()
    rows = np.zeros(len(found), np.dtype([(name, f"<{kind}") for name, kind in FIELDS]))
    flat = np.hypot(found.point[:, 0], found.point[:, 1])
    along = found.point[:, :2] / np.maximum(flat, 1e-6)[:, None]
    for axis, name in enumerate("xyz"):
        rows[name] = found.point[:, axis]
    for axis, name in enumerate("xy"):
        rows[f"v{name}"] = found.speed * along[:, axis]
        rows[f"v{name}_comp"] = found.still_speed * along[:, axis]
    spread = _spread(along, found.sigma)
    for column, name in enumerate(("x_rms", "y_rms", "vx_rms", "vy_rms")):
        rows[name] = rms_index(spread[:, column])
    rows["dyn_prop"] = motion_class(found.still_speed, found.sigma[:, 2], found.snr)
    rows["id"] = np.arange(len(found))
    rows["rcs"] = found.cross_section
    rows["is_quality_valid"] = 1
    rows["ambig_state"] = UNAMBIGUOUS
    limits = np.array([-np.log(scan.false_alarm) for scan in model.scans])
    rows["pdh0"] = alarm_class(found.snr, limits[found.scan])
    return rows


def _empty() -> Array:
    row = np.zeros(1, np.dtype([(name, f"<{kind}") for name, kind in FIELDS]))
    for name, kind in FIELDS:
        if kind == "f4":
            row[name] = np.nan
    return row


def _spread(along: Float[Array, "n 2"], sigma: Float[Array, "n 3"]) -> Float[Array, "n 4"]:
    """Return standard deviations of x, y, vx and vy."""
    x, y = np.abs(along).T
    return np.stack(
        [
            np.hypot(sigma[:, 0] * x, sigma[:, 1] * y), np.hypot(sigma[:, 0] * y, sigma[:, 1] * x),
            sigma[:, 2] * x, sigma[:, 2] * y,
        ],
        axis=1,
    )  # fmt: skip


def rms_index(sigma: Float[Array, "n"]) -> Array:
    """Return 5-bit indices of standard deviations: 0 below 0.005, 30 below 10, 31 beyond.

    Steps are even in the logarithm.

    Source: Continental Engineering Services, "ARS 40X technical documentation", 2017, table of
    cluster quality.
    """
    step = np.log(10 / 0.005) / 30
    place = np.ceil(np.log(np.maximum(sigma, 1e-9) / 0.005) / step)
    return np.clip(place, 0, 31).astype(np.int8)


def motion_class(
    speed: Float[Array, "n"], sigma: Float[Array, "n"], snr: Float[Array, "n"]
) -> Array:
    """Return nuScenes' dyn_prop from compensated speed [m/s], its sigma and SNR [dB]."""
    still = np.abs(speed) < np.maximum(0.6, 4 * sigma)
    weak = snr < SURE
    moves = np.where(weak, UNKNOWN, np.where(speed < 0, ONCOMING, MOVING))
    return np.where(still, np.where(weak, PERHAPS_STANDING, STANDING), moves).astype(np.int8)


def alarm_class(snr: Float[Array, "n"], threshold: Float[Array, "n"]) -> Array:
    """Return nuScenes' pdh0: 1 for a chance of a false alarm below 25 %, to 7 for up to 100 %.

    A detection that exceeds the `threshold` (power over noise) by d is noise with a chance of
    about exp(-d).
    """
    chance = np.exp(np.minimum(threshold - 10 ** (snr / 10), 0.0))
    limits = np.array([0.25, 0.5, 0.75, 0.9, 0.99, 0.999])
    return (1 + np.searchsorted(limits, chance, side="left")).astype(np.int8)


def pcd(rows: Array) -> bytes:
    """Return the bytes of nuScenes' .pcd file of `rows`.

    One byte follows the last point: its reader asserts that the data go on.
    """
    names = [name for name, _ in FIELDS]
    sizes = [kind[1] for _, kind in FIELDS]
    kinds = [kind[0].upper() for _, kind in FIELDS]
    header = [
        "# .PCD v0.7 - Point Cloud Data file format", "VERSION 0.7",
        f"FIELDS {' '.join(names)}", f"SIZE {' '.join(sizes)}", f"TYPE {' '.join(kinds)}",
        f"COUNT {' '.join('1' for _ in names)}", f"WIDTH {len(rows)}", "HEIGHT 1",
        "VIEWPOINT 0 0 0 1 0 0 0", f"POINTS {len(rows)}", "DATA binary",
    ]  # fmt: skip
    return ("\n".join(header) + "\n").encode() + rows.tobytes() + b"\n"
