"""Brightness and duplicates of images, where the audit opened its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from synthgen.coverage.folder import Audit
from synthgen.coverage.pictures.measure import measure
from synthgen.coverage.receipt.duplicates import among, between
from synthgen.coverage.receipt.findings import Twin

_PRINTS = ["image", "digest", "hash"]


@dataclass(frozen=True, eq=False)
class Pictured:
    """Frames of both sides, and what their images tell.

    Attributes:
        before: the audit's, with a column `brightness` where images were opened.
        made: those that were made, likewise.
        duplicates: None where images were not opened.
    """

    before: pa.Table
    made: pa.Table
    duplicates: tuple[Twin, ...] | None = None


def pictured(audit: Audit, data: Path, made: pa.Table, workers: int) -> Pictured:
    """Return the frames of both sides; images are opened where the audit opened its own.

    Args:
        audit: of what was there before.
        data: folder of what was made.
        made: its table of frames.
        workers: processes that open images.
    """
    before = audit.table("frames")
    if "pictures.parquet" not in audit.files:
        return Pictured(before, made)
    there = audit.table("pictures")
    found = measure(made, data, workers)
    twins = between(found.pictures.select(_PRINTS), data, there.select(_PRINTS), Path(audit.data))
    return Pictured(
        _with_brightness(before, there),
        _with_brightness(made, found.pictures),
        (*among(found.duplicates), *twins),
    )


def _with_brightness(frames: pa.Table, pictures: pa.Table) -> pa.Table:
    """Return frames with the median lightness of their images, null where it is not known."""
    columns: Sequence[list] = [pictures[name].to_pylist() for name in ("frame", "middle")]
    known = dict(zip(*columns, strict=True))
    bright = [known.get(frame) for frame in frames["frame"].to_pylist()]
    return frames.append_column("brightness", pa.array(bright, pa.float64()))
