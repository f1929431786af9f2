"""A radar's files checked by a second route: bytes, geometry, Doppler, and the boxes around."""

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow.parquet as pq
from jaxtyping import Bool, Float
from scipy.spatial.transform import Rotation

from synthgen.geometry import Array, inverse, transform

HEADER = (
    "# ", "VERSION ",
    "FIELDS x y z dyn_prop id rcs vx vy vx_comp vy_comp is_quality_valid ambig_state x_rms y_rms "
    "invalid_state pdh0 vx_rms vy_rms",
    "SIZE 4 4 4 1 2 4 4 4 4 4 1 1 1 1 1 1 1 1", "TYPE F F F I I F F F F F I I I I I I I I",
    "COUNT 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", "WIDTH ", "HEIGHT 1", "VIEWPOINT 0 0 0 1 0 0 0",
    "POINTS ", "DATA binary",
)  # fmt: skip
"""How the lines of nuScenes' radar files begin, in their order."""

RANGES = {
    "dyn_prop": (0, 7), "is_quality_valid": (1, 1), "ambig_state": (3, 3), "x_rms": (0, 31),
    "y_rms": (0, 31), "invalid_state": (0, 0), "pdh0": (1, 7), "vx_rms": (0, 31),
    "vy_rms": (0, 31),
}  # fmt: skip

HARD = 12.0
"""[m/s2] No car brakes or turns harder."""

Say = Callable[[str, bool, str], None]
"""Tells of one check: its kind, whether it holds, and what was found."""


@dataclass(frozen=True, eq=False)
class Listed:
    """A radar's files as read.

    Attributes:
        rows: the 18 fields of each point.
        truth: columns of what is known of each.
        boxes: rows of the things around.
        model: of the radar, as plain values.
        own: [m/s] velocity of the radar in its frame, as the reading says.
        pose: world from radar.
    """

    rows: Array
    truth: Mapping[str, Array]
    boxes: list[dict]
    model: Mapping
    own: Float[Array, "3"]
    pose: Float[Array, "4 4"]

    @property
    def sight(self) -> Float[Array, "n 2"]:
        """Unit vectors to the points seen from above, radar frame."""
        flat = np.stack([self.rows["x"], self.rows["y"]], axis=1).astype(float)
        return flat / np.maximum(np.linalg.norm(flat, axis=1), 1e-6)[:, None]

    def along(self, suffix: str) -> Float[Array, "n"]:
        """Velocity in the file along the line of sight [m/s]."""
        flat = np.stack([self.rows[f"vx{suffix}"], self.rows[f"vy{suffix}"]], axis=1)
        return np.einsum("ij,ij->i", flat.astype(float), self.sight)

    @property
    def distance(self) -> Float[Array, "n"]:
        """[m] from the radar."""
        return np.sqrt(sum(self.rows[axis].astype(float) ** 2 for axis in "xyz"))


def parse(data: bytes) -> tuple[list[str], Array | None]:
    """Return header lines and points of a .pcd file; None where the bytes do not fit."""
    head, mark, body = data.partition(b"DATA binary\n")
    lines = [*head.decode(errors="replace").splitlines(), "DATA binary"] if mark else []
    kinds = np.dtype(
        [
            (name, f"<{'f' if name[0] in 'xyzrv' and not name.endswith('rms') else 'i'}{size}")
            for name, size in zip(HEADER[2].split()[1:], HEADER[3].split()[1:], strict=True)
        ]
    )
    told = [line.split()[1] for line in lines if line.startswith("WIDTH ")]
    count = int(told[0]) if told and told[0].isdigit() else -1
    # nuScenes' reader asserts that bytes follow the last point.
    if count < 1 or len(body) != kinds.itemsize * count + 1:
        return lines, None
    return lines, np.frombuffer(body[:-1], kinds)


def check_bytes(data: bytes, say: Say) -> Array | None:
    """Check the file by itself; return its points unless they cannot be read."""
    lines, rows = parse(data)
    good = len(lines) == len(HEADER) and all(
        line.startswith(start) for line, start in zip(lines, HEADER, strict=True)
    )
    say("radar header", good, f"{lines[:1]}")
    say("radar bytes", rows is not None, f"{len(data)} bytes")
    return rows


def check_all(listed: Listed, say: Say) -> None:
    """Check what one list says against itself, its model and the boxes around."""
    rows, truth = listed.rows, listed.truth
    alike = len(truth["cause"]) == len(rows)
    say("radar truth rows", alike, f"{len(truth['cause'])} for {len(rows)} points")
    if not alike:
        return
    for name, (low, high) in RANGES.items():
        good = ((rows[name] >= low) & (rows[name] <= high)).all()
        say("radar flags", bool(good), f"{name} in {rows[name].min()} to {rows[name].max()}")
    most = listed.model["most"]
    say("radar list", len(rows) <= most and _falls(truth["snr"]), f"{len(rows)} of {most}")
    _check_field(listed, say)
    _check_steps(listed, say)
    _check_doppler(listed, say)
    _check_range(listed, say)
    _check_boxes(listed, say)
    _check_echoes(listed, say)


def _falls(snr: Float[Array, "n"]) -> bool:
    return bool((np.diff(snr) <= 1e-9).all())


def _check_field(listed: Listed, say: Say) -> None:
    """Points lie in the field and between the ranges of their scan.

    An array of antennas measures the sine of the angle from its broadside plane, y over distance:
    its field is bounded in that, not in azimuth, which is larger for what stands high or low.
    """
    across = np.abs(listed.rows["y"].astype(float)) / np.maximum(listed.distance, 1e-6)
    step = listed.model["distance_step"] + 0.5
    for number, scan in enumerate(listed.model["scans"]):
        own = listed.truth["scan"] == number
        if own.any():
            edge, off = np.sin(np.radians([scan["field_deg"], scan["azimuth_accuracy_deg"]]))
            slack = 3 * off + listed.model["distance_step"] / np.maximum(listed.distance[own], 0.1)
            inside = (across[own] <= edge + slack).all()
            inside &= (listed.distance[own] <= scan["farthest"] + step).all()
            say("radar field", bool(inside), f"scan {scan['name']}")


def _check_steps(listed: Listed, say: Say) -> None:
    """Coordinates, speeds and cross-sections come in the radar's steps."""
    model, rows = listed.model, listed.rows
    for values, step, what in (
        (rows["x"], model["distance_step"], "x"), (rows["y"], model["distance_step"], "y"),
        (listed.along(""), model["speed_step"], "speed"),
        (rows["rcs"], model["cross_section_step_db"], "rcs"),
    ):  # fmt: skip
        if step > 0:
            off = np.abs(values / step - np.round(values / step)).max()
            say("radar steps", bool(off * step < 2e-3), f"{what}: {off * step:.2g} off {step}")


def _check_doppler(listed: Listed, say: Say) -> None:
    """Velocities lie along the line of sight, and differ by the radar's own motion."""
    sight, rows = listed.sight, listed.rows
    for name in ("", "_comp"):
        across = rows[f"vx{name}"] * sight[:, 1] - rows[f"vy{name}"] * sight[:, 0]
        off = float(np.abs(across).max())
        say("radar line of sight", off < 0.02, f"v{name}: {off:.3f} m/s across")
    flat = np.hypot(rows["x"], rows["y"])
    direction = np.column_stack([sight * (flat / np.maximum(listed.distance, 1e-6))[:, None],
                                 rows["z"] / np.maximum(listed.distance, 1e-6)])  # fmt: skip
    own = direction @ listed.own
    # A step of the coordinates turns the line of sight that the file tells.
    turned = listed.model["distance_step"] / np.maximum(listed.distance, 0.1)
    slack = 0.02 + turned * np.linalg.norm(listed.own) + HARD * listed.truth["fired"]
    off = np.abs(listed.along("_comp") - listed.along("") - own) - slack
    say("radar compensation", bool((off < 0).all()), f"{off.max():.3f} m/s too much")


def check_motion(listed: Listed, frame: Mapping, late: float, car: Array, say: Say) -> None:
    """The radar moves as the car of `frame` does, `late` [s] after it, which is at `car`.

    v + w x r of a rigid body, with the velocity and the turn rate of the table.
    """
    ego = frame["ego"]
    turn = np.array(ego["world_from_ego"], float).reshape(4, 4)[:3, :3]
    spin = turn @ np.array(ego["turn_rate"], float)
    arm = listed.pose[:3, 3] - np.asarray(car, float).reshape(4, 4)[:3, 3]
    expected = listed.pose[:3, :3].T @ (np.array(ego["velocity"], float) + np.cross(spin, arm))
    gap = float(np.linalg.norm(expected - listed.own))
    say("radar motion", gap < 0.4 + HARD * abs(late), f"{gap:.2f} m/s")


def _check_range(listed: Listed, say: Say) -> None:
    """Range and speed are those of the echo, within what the radar can tell."""
    truth, model = listed.truth, listed.model
    known = truth["cause"] != "false_alarm"
    scans = [model["scans"][number] for number in truth["scan"]]
    cell = np.array([scan["range_resolution"] for scan in scans])
    fine = np.array([scan["speed_resolution"] for scan in scans])
    span = np.array([scan["fastest"] - scan["slowest"] for scan in scans])
    off = np.abs(listed.distance - truth["true_range"])[known]
    slack = (1.5 * cell + 4 * truth["sigma_along"] + model["distance_step"])[known]
    say("radar range", bool((off <= slack).all()), f"{(off - slack).max(initial=0):.2f} m too far")
    # Speeds beyond the unambiguous ones come back from the other side.
    off = truth["speed"] - truth["true_speed"]
    off = np.abs(off - span * np.round(off / span))[known]
    slack = (1.5 * fine + 4 * truth["sigma_speed"] + model["speed_step"])[known]
    say("radar speed", bool((off <= slack).all()), f"{(off - slack).max(initial=0):.2f} m/s off")


def _points(listed: Listed) -> Float[Array, "n 3"]:
    own = np.stack([listed.rows[axis] for axis in "xyz"], axis=1).astype(float)
    return transform(listed.pose, own)


def _inside(points: Array, box: Mapping, margin: Array | float) -> Bool[Array, "n"]:
    pose = np.eye(4)
    pose[:3, :3] = Rotation.from_quat(box["quaternion"]).as_matrix()
    pose[:3, 3] = box["center"]
    flat = np.abs(transform(inverse(pose), points)[:, :2]) - np.array(box["size"])[:2] / 2
    return flat.max(axis=1) <= margin


def _check_boxes(listed: Listed, say: Say) -> None:
    """Boxes hold as many points, and are met by as many echoes, as they say."""
    points, truth = _points(listed), listed.truth
    for box in listed.boxes:
        inside = int(_inside(points, box, 1e-6).sum())
        near = int(_inside(points, box, 0.01).sum()) - int(_inside(points, box, -0.01).sum())
        good = abs(inside - box["num_radar_pts"]) <= near
        say("radar points", good, f"{box['class']}: {box['num_radar_pts']}, not {inside}")
        if box["instance"]:
            own = (truth["instance"] == box["instance"]) & (truth["cause"] == "direct")
            said = f"{box['class']}: {box['hits']}, not {own.sum()}"
            say("radar hits", int(own.sum()) == box["hits"], said)


def _check_echoes(listed: Listed, say: Say) -> None:
    """Echoes that came straight lie at their body's box and move about as fast as it does."""
    truth, points = listed.truth, _points(listed)
    boxes = {box["instance"]: box for box in listed.boxes if box["instance"]}
    wide = np.array([s["azimuth_resolution_deg"] for s in listed.model["scans"]])[truth["scan"]]
    margin = 1.0 + 4 * truth["sigma_along"] + 4 * truth["sigma_across"]
    margin = margin + np.radians(wide) * listed.distance / np.maximum(listed.sight[:, 0], 0.3)
    sight = np.column_stack([listed.sight, np.zeros(len(points))]) @ listed.pose[:3, :3].T
    for row in np.flatnonzero((truth["cause"] == "direct") & (truth["instance"] > 0)):
        box = boxes.get(int(truth["instance"][row]))
        if box is None:
            say("radar echo's box", False, f"instance {truth['instance'][row]} has none")
            continue
        late = float(truth["fired"][row]) * float(np.linalg.norm(np.subtract(box["velocity"], 0)))
        near = bool(_inside(points[row : row + 1], box, margin[row] + late)[0])
        say("radar echo's place", near, f"{box['class']} at {listed.distance[row]:.1f} m")
        speed = np.linalg.norm(box["velocity"])
        gap = abs(truth["still_speed"][row] - sight[row] @ np.array(box["velocity"]))
        # Tyres run up to twice as fast as their car, limbs faster than their walker.
        folded = abs(truth["speed"][row] - truth["true_speed"][row]) > 5.0
        good = folded or gap <= 1.2 * speed + 3.0
        say("radar echo's speed", bool(good), f"{box['class']}: {gap:.1f} m/s off")


def check_objects(listed: Listed, objects: Sequence[Mapping], late: float, say: Say) -> None:
    """Boxes are those of `objects.parquet`, moved on for `late` [s] from the cameras' time."""
    known = {row["instance"]: row for row in objects}
    for box in listed.boxes:
        row = known.get(box["instance"])
        if row is None:
            continue
        moved = np.array(row["center"]) + late * np.array(row["velocity"])
        gap = float(np.linalg.norm(moved - np.array(box["center"])))
        turn = abs(float(np.dot(row["quaternion"], box["quaternion"])))
        good = gap < 0.05 + 5.0 * late**2 + 0.3 * abs(late) and turn > np.cos(0.03 + abs(late))
        # Limbs move on, and with them the box around them: it grows by up to 3.9 times the walker's
        # speed, measured on 90 people (8.2 m/s at 2.15 m/s).
        limbs = 5.0 + 4.0 * float(np.linalg.norm(row["velocity"]))
        grown = float(np.abs(np.subtract(box["size"], row["size"])).max())
        good &= box["class"] == row["class"] and grown <= 1e-6 + limbs * abs(late)
        turned = 2 * np.arccos(min(turn, 1.0))
        found = f"{gap:.2f} m, {turned:.2f} rad and {grown:.2f} m of size off"
        say("radar box", good, f"{box['class']}: {found}")


def read_table(data: bytes) -> dict[str, Array]:
    """Return the columns of a Parquet file."""
    table = pq.read_table(io.BytesIO(data))
    return {name: np.array(table[name].to_pylist()) for name in table.column_names}


def read_rows(data: bytes) -> list[dict]:
    """Return the rows of a Parquet file."""
    return pq.read_table(io.BytesIO(data)).to_pylist()
