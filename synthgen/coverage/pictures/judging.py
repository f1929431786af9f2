"""One picture file becomes a row: what is wrong with it, what is measured, what it shows."""

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path

from synthgen.coverage.pictures.conditions import NOTHING, Calibration, conditions
from synthgen.coverage.pictures.duplicates import Print, perceptual, thumbnail
from synthgen.coverage.pictures.measures import Measures, Picture, measured
from synthgen.coverage.pictures.opening import Opened, opened

BLANK = 0.01
"""Contrast below which nothing is to be seen; a lens cap's noise has less."""
DARK = 0.08
"""Lightness that 95 % of a dark picture's pixels stay below, near 2 of 255 of linear light."""
BLURRED = 0.50
"""Crete's blur above which no edge is sharp; see docs/decisions/0032-pictures.md."""


@dataclass(frozen=True, eq=False)
class Judged:
    """A row of `pictures.parquet`, without the frame, and what duplicates are found by."""

    row: dict[str, object]
    print: Print | None


def judged(path: Path, models: Calibration) -> Judged:
    """Return what there is to say of the picture in `path`."""
    file = opened(path)
    row: dict[str, object] = {
        "bytes": file.size or None,
        "width": file.width or None,
        "height": file.height or None,
        "digest": file.digest or None,
    }
    if file.picture is None:
        return Judged({**row, "fault": file.fault, "reason": file.reason}, None)
    found = measured(file.picture)
    fault, reason = _fault(found)
    row |= {"fault": fault, "reason": reason, **asdict(found)}
    print_ = _print(file, file.picture, fault == "blank")
    row["hash"] = None if print_.hash is None else f"{print_.hash:016x}"
    return Judged({**row, **_shown(found, fault, models)}, print_)


def _fault(found: Measures) -> tuple[str | None, str | None]:
    if found.contrast < BLANK:
        return "blank", f"contrast {found.contrast:.4f}, below {BLANK}"
    if found.bright < DARK:
        return "dark", f"95 % of it below a lightness of {found.bright:.3f}, less than {DARK}"
    if found.blur > BLURRED:
        return "blurred", f"blur {found.blur:.3f}, above {BLURRED}"
    return None, None


def _shown(found: Measures, fault: str | None, models: Calibration) -> dict[str, object]:
    """Return the conditions that the picture shows, none where it has a fault."""
    time, weather = (NOTHING, NOTHING) if fault else conditions(found, models)
    return {
        "time_of_day": time.name,
        "time_of_day_sure": time.sure,
        "weather": weather.name,
        "weather_sure": weather.sure,
    }


def _print(file: Opened, picture: Picture, blank: bool) -> Print:
    size = f"{file.width}x{file.height}:".encode()
    pixels = hashlib.sha256(size + picture.tobytes()).hexdigest()
    return Print(
        content=file.digest,
        pixels=pixels,
        hash=None if blank else perceptual(picture),
        thumb=thumbnail(picture),
    )
