"""What things do, against the pixels of their lenses and against the map."""

from collections.abc import Mapping
from math import radians

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array
from synthgen.verify.faults import Tally
from synthgen.verify.frame import CameraFiles, FrameFiles, in_box
from synthgen.verify.glass_checks import glass_is_clean

LENSES = {"red": 0.36, "amber": 0.0, "green": -0.36}
"""[m] height of the lenses of a head of three above its middle. Source: EN 12368, red on top."""
LENS = 0.11
"""[m] radius of the part of a lens that is looked at."""
FEWEST = 6
"""[px] of each lens."""
BRIGHTER = 1.25
"""Least ratio, by day, of the brightest channel of a lens that is lit and of those that are not:
a red lens full in the sun adds much red and little luma to what it mirrors."""
CAUGHT = 0.7
"""Least share of the mean brightness of pulsed lenses that shows them to be lit."""
SHOWS = {
    "red": {"red"}, "amber": {"amber"}, "green": {"green"}, "red_amber": {"red", "amber"},
    "flashing_amber": {"amber"}, "flashing_red": {"red"}, "off": set(),
}  # fmt: skip
"""Lenses that are switched on in each state."""
STEADY = frozenset({"red", "amber", "green", "red_amber"})
"""States whose lenses are lit all the while."""
LAMPS = {
    "brake": ("brake",), "tail": ("tail", "bicycle_rear"), "reverse": ("reverse",),
    "beacon": ("beacon_a", "beacon_b", "grille"),
}  # fmt: skip
"""Circuits of each lamp column."""
FACING = 0.6
"""Least cosine between where a head looks and where the camera is."""
CREEP = 0.5
"""[m/s] Speed along the heading from which reversing lamps are on or off for sure."""
APPROACH = 60.0
"""[m] farthest from the end of its lane that a traffic light stands."""


def check_states(files: FrameFiles, name: str, lanes: Mapping[str, Mapping], tally: Tally) -> None:
    """Check what every object does that camera `name` has a row of.

    Args:
        files: of the frame.
        name: of the camera.
        lanes: rows of `lanes.parquet` by name.
        tally: takes what is found.
    """
    for row in files.objects:
        if row["camera"] != name:
            continue
        if row["class"] == "traffic_light":
            _check_signal(files, row, lanes, tally)
            if _by_day(files.row) and row["state"] in SHOWS:
                _check_lenses(files.frame, row, files.cameras[name], tally)
        else:
            _check_lamps(files.frame, row, tally)
            _check_reverse(files.frame, row, tally)


def _check_lamps(frame: int, row: Mapping, tally: Tally) -> None:
    """Lamp columns repeat what the list of circuits says."""
    on = set(row["circuits"].split(",")) if row["circuits"] else set()
    for column, names in LAMPS.items():
        if row[column] is not None:
            same = row[column] == bool(on & set(names))
            tally.check("lamps", same, frame, row["track"], f"{column} {row[column]} {sorted(on)}")
    sides = [side for side in ("left", "right") if f"indicator_{side}" in on]
    word = "hazard" if len(sides) == 2 else (sides or ["off"])[0]
    if row["indicator"]:
        good = row["indicator"] == word and (word != "off" or not row["indicator_lit"])
        tally.check("lamps", good, frame, row["track"], f"indicator {row['indicator']} {word}")


def _check_reverse(frame: int, row: Mapping, tally: Tally) -> None:
    """Reversing lamps are on while the vehicle goes back, and not while it goes ahead."""
    if row["reverse"] is None or row.get("part_of"):
        return
    speed = float(_looks(row) @ np.array(row["velocity"]))
    if abs(speed) > CREEP:
        good = row["reverse"] == (speed < 0)
        tally.check("reversing lamps", good, frame, row["track"],
                    f"{row['reverse']} at {speed:.2f} m/s")  # fmt: skip


def _check_signal(
    files: FrameFiles, row: Mapping, lanes: Mapping[str, Mapping], tally: Tally
) -> None:
    """The lanes exist, end near the traffic light and meet it face to face."""
    lit = set(row["circuits"].split(",")) & LENSES.keys()
    same = SHOWS.get(row["state"]) == lit
    tally.check("signal lit", _may_be_lit(row), files.frame, row["track"],
                f"{row['state']} {row['state_lit']}")  # fmt: skip
    tally.check("signal state", same, files.frame, row["track"], f"{row['state']} {sorted(lit)}")
    for name in row["lanes"]:
        lane = lanes.get(name)
        tally.check("signal lane", lane is not None, files.frame, row["track"], f"no lane {name}")
        if lane is not None:
            line = np.array(lane["center"])[:, :2]
            away = float(np.linalg.norm(line[-1] - row["center"][:2]))
            ahead = (line[-1] - line[-2]) / np.linalg.norm(line[-1] - line[-2])
            facing = float(_looks(row)[:2] @ ahead)
            good = away <= APPROACH and facing < -FACING
            tally.check("signal meets lane", good, files.frame, row["track"],
                        f"{name}: {away:.1f} m, cosine {facing:.2f}")  # fmt: skip


def _may_be_lit(row: Mapping) -> bool:
    """Whether the lenses may be as bright as the row says: only what flashes has a choice."""
    return row["state"].startswith("flashing") or row["state_lit"] == (row["state"] in STEADY)


def _looks(row: Mapping) -> Float[Array, "3"]:
    """Return the unit vector, world frame, along which the object looks."""
    origin = {**row, "center": (0.0, 0.0, 0.0)}
    return in_box(origin, np.eye(3))[:, 0]


def _by_day(environment: Mapping) -> bool:
    """Whether lenses can be told from the picture: no dark, rain, snow or fog, clean glass."""
    bright = environment.get("sun_elevation", 0.0) > radians(5.0)
    clear = environment.get("visibility", 0.0) >= 1000
    dry = environment.get("rain", 1.0) < 0.5 and environment.get("snow", 0.0) < 0.2
    return bool(bright and clear and dry and glass_is_clean(environment))


def _check_lenses(frame: int, row: Mapping, camera: CameraFiles, tally: Tally) -> None:
    """Of the lenses that the image shows large and whole, those that are lit are the brightest.

    One that flashes and is dark at this moment is not. Nothing can be said of pulsed ones in an
    exposure that catches little of their light, or in rows that catch more or less of it.
    """
    pulse, bright = row.get("state_pulse"), _lenses(row, camera)
    if bright is None or (pulse is not None and (pulse < CAUGHT or camera.rolling)):
        return
    on = [bright[name] for name in SHOWS[row["state"]]]
    off = [value for name, value in bright.items() if name not in SHOWS[row["state"]]]
    if on and off:
        found = ", ".join(f"{name} {value:.0f}" for name, value in bright.items())
        good = (min(on) >= BRIGHTER * max(off)) == row["state_lit"]
        tally.check("signal lens", good, frame, row["track"], f"{row['state']}: {found}")


def _lenses(row: Mapping, camera: CameraFiles) -> dict[str, float] | None:
    """Return the mean of the brightest channel of each lens.

    None where the head is far, turned or covered.
    """
    eye = camera.world_from_camera[:3, 3] - np.array(row["center"])
    if row["visible_box"] is None or _looks(row) @ eye < FACING * np.linalg.norm(eye):
        return None
    box = tuple(row["visible_box"])
    mask = camera.cut(camera.instance, box) == row["instance"]
    near = mask & (camera.cut(camera.depth, box) > 0)
    local = in_box(row, camera.surface(mask, box, row))
    color = camera.cut(camera.image, box)[near].max(axis=-1)
    found = {}
    for name, height in LENSES.items():
        inside = np.hypot(local[:, 1], local[:, 2] - height) < LENS
        if inside.sum() < FEWEST:
            return None
        found[name] = float(color[inside].mean()) + 1.0
    return found
