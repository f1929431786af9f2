"""Lamps against the picture, by night: what is told lit is bright, dark signal lenses are not."""

from collections.abc import Mapping
from math import radians

import numpy as np
from jaxtyping import Bool, Float

from synthgen.geometry import Array
from synthgen.verify.faults import Tally
from synthgen.verify.frame import CameraFiles, FrameFiles
from synthgen.verify.glass_checks import glass_is_clean
from synthgen.verify.lamp_checks import STEADY

SURE = ("low_beam", "brake", "indicator_left", "indicator_right", "reverse")
"""Circuits of vehicles that are looked at: never pulsed, and bright enough to blind."""
BRIGHT, DARK = 140.0, 230.0
"""Least brightest channel of what is lit, and most of a signal's lens that is not.

In 12 frames of a night downtown lit ones had 213 to 255, dark lenses of signals at most 113."""
SHOWN = ("red", "amber", "green", "red_amber", "off")
"""States of signals that do not flash."""
FACING, FARTHEST, FEWEST = 0.5, 60.0, 2.0
"""Least cosine between axis and camera, greatest distance [m], least radius [px]."""
LEEWAY = 0.25
"""[m] between the depth image and the lamp, which stands a little before its lens."""


def can_be_told(row: Mapping, camera: Mapping) -> bool:
    """Return whether lamps can be told from the picture: by night, in clear air, clean glass."""
    night = row.get("sun_elevation", 0.0) < radians(-6.0) and row.get("lightning", 0.0) == 0
    clear = row.get("visibility", 0.0) >= 1000 and row.get("fog_bank_share", 0.0) == 0
    dry = row.get("rain", 1.0) < 0.5 and row.get("snow", 0.0) < 0.2
    return bool(night and clear and dry and glass_is_clean(row) and not camera.get("fault"))


def check_lamp_pictures(
    files: FrameFiles, name: str, lamps: Mapping[str, Array], tally: Tally
) -> None:
    """Check the lamps of one frame that camera `name` shows near, whole and from ahead.

    Nothing can be said of pulsed signals that the exposure did not catch, nor through lenses and
    shutters that bend the picture. Older sets do not tell where lamps aim.
    """
    camera = files.cameras[name]
    told = next(row for row in files.row["cameras"] if row["name"] == name)
    aimed = "ahead_x" in lamps
    if camera.bent or camera.rolling or not (aimed and can_be_told(files.row, told)):
        return
    lamps = _at(files, name, lamps)
    dim = {row["track"] for row in files.objects if (row.get("state_pulse") or 1.0) < 0.7}
    pixel, radius, shown = _shown(camera, lamps)
    signal = lamps["beam"] == "signal"
    looked = shown & (signal | np.isin(lamps["circuit"], SURE)) & ~np.isin(lamps["track"], [*dim])
    for lamp in np.flatnonzero(looked):
        bright = _brightness(camera, pixel[lamp], radius[lamp], lamps, int(lamp))
        if bright is None:
            continue
        lit = bool(lamps["lit"][lamp])
        good = bright >= BRIGHT if lit else bright <= DARK or not signal[lamp]
        found = f"{lamps['body'][lamp]} {lamps['circuit'][lamp]}, lit {lit}: {bright:.0f}"
        tally.check("lamp in picture", good, files.frame, int(lamps["track"][lamp]), found)


def _at(files: FrameFiles, name: str, lamps: Mapping[str, Array]) -> Mapping[str, Array]:
    """Return the lamps that are at the time of camera `name` what they are at the frame's.

    Those of moving things are carried on. Nothing is known of what flashes, nor of what has been
    switched in the meantime: the camera's rows of the objects list other circuits then.
    """
    late = files.late(name)
    if late == 0.0:
        return lamps
    rows = {row["track"]: row for row in files.objects if row["camera"] == name}
    kept, place = [], _places(lamps)
    for lamp, (track, circuit) in enumerate(zip(lamps["track"], lamps["circuit"], strict=True)):
        row = rows.get(track)
        steady = circuit in STEADY or (row is not None and row["state"] in SHOWN)
        if row is None or not steady:
            continue
        if bool(lamps["on"][lamp]) == (circuit in row["circuits"].split(",")):
            kept.append(lamp)
            place[lamp] += late * np.array(row["velocity"])
    found = {key: column[kept] for key, column in lamps.items()}
    return {**found, **dict(zip("xyz", place[kept].T, strict=True))}


def _places(lamps: Mapping[str, Array], prefix: str = "") -> Float[Array, "n 3"]:
    return np.stack([lamps[f"{prefix}{axis}"] for axis in "xyz"], axis=1).astype(float)


def _shown(
    camera: CameraFiles, lamps: Mapping[str, Array]
) -> tuple[Float[Array, "n 2"], Float[Array, "n"], Bool[Array, "n"]]:
    """Return pixel, radius [px] and whether each lamp faces the camera, large and in the image."""
    place = _places(lamps)
    pixel, depth = camera.project(place)
    away = camera.world_from_camera[:3, 3] - place
    far = np.linalg.norm(away, axis=1)
    facing = (away * _places(lamps, "ahead_")).sum(axis=1) >= FACING * far
    radius = camera.matrix[0, 0] * lamps["radius"] / np.maximum(depth, 0.5)
    height, width = camera.depth.shape
    inside = (
        (pixel >= radius[:, None]) & (pixel <= [width - 1, height - 1] - radius[:, None])
    ).all(axis=1)
    near = (depth > 2.0) & (far <= FARTHEST)
    return pixel, radius, inside & facing & near & (radius >= FEWEST)


def _brightness(
    camera: CameraFiles, pixel: Array, radius: float, lamps: Mapping[str, Array], lamp: int
) -> float | None:
    """Return the mean brightest channel about a lamp; None where something else is in view."""
    reach = max(int(0.4 * radius), 1)
    column, row = np.round(pixel).astype(int)
    window = np.s_[row - reach : row + reach + 1, column - reach : column + reach + 1]
    place = _places(lamps)[lamp]
    ahead = camera.world_from_camera[:3, 2]
    expected = float((place - camera.world_from_camera[:3, 3]) @ ahead)
    if (np.abs(camera.depth[window] - expected) > LEEWAY).any():
        return None
    return float(camera.image[window].max(axis=-1).mean())
