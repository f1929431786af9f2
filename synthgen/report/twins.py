"""The sheet of twins: a row per moment, a column per set of conditions."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np
import pyarrow.parquet as pq
from jaxtyping import UInt8

from synthgen.geometry import Array
from synthgen.report.sheet import MOST, read_image, write_png

WIDTH = 620
"""[px] of a picture on the sheet."""
ACROSS = 3
"""Pictures side by side; a moment with more goes on below."""


def twin_sheet(out: Path, home: Path) -> Path | None:
    """Draw `home/twins.png` of at most `MOST` moments of `out`; None for a set without twins."""
    moments = moments_of(out)
    if not moments:
        return None
    chosen = np.unique(np.linspace(0, len(moments) - 1, MOST).astype(int))
    path = home / "twins.png"
    write_png(path, np.concatenate([draw(*moments[number]) for number in chosen]))
    return path


def moments_of(out: Path) -> list[tuple[Path, list[Mapping]]]:
    """Return shard folder and rows of `twins.parquet` of every frame that has twins, in order."""
    found = []
    for shard in sorted((out / "shards").glob("[0-9]*")):
        if (shard / "twins.parquet").is_file():
            found += [(shard, rows) for rows in by_frame(shard)]
    return found


def by_frame(shard: Path) -> list[list[Mapping]]:
    """Return the rows of `twins.parquet` of each frame, in the order of the file."""
    frames: dict[int, list[Mapping]] = {}
    for row in pq.read_table(shard / "twins.parquet").to_pylist():
        frames.setdefault(row["frame"], []).append(row)
    return list(frames.values())


def draw(shard: Path, rows: Sequence[Mapping]) -> UInt8[Array, "h w 3"]:
    """Return the pictures of one moment beside and below each other, with their names."""
    pictures = [_picture(shard, row) for row in rows]
    across = min(ACROSS, len(pictures))
    pictures += [np.zeros_like(pictures[0])] * (-len(pictures) % across)
    lines = [
        np.concatenate(pictures[first : first + across], axis=1)
        for first in range(0, len(pictures), across)
    ]
    return np.concatenate(lines)


def _picture(shard: Path, row: Mapping) -> UInt8[Array, "h w 3"]:
    image = read_image(shard / row["folder"] / row["image"])[..., ::-1]
    height = round(WIDTH * image.shape[0] / image.shape[1])
    small = cv2.resize(np.ascontiguousarray(image), (WIDTH, height), interpolation=cv2.INTER_AREA)
    said = f"{row['frame']:06d} {row['twin']}"
    said += f"  {row['discernible']} of {row['seen']} objects stand out, {row['points']} points"
    small[:22] //= 3
    cv2.putText(small, said, (8, 16), cv2.FONT_HERSHEY_SIMPLEX, 0.42, (255, 255, 0), 1, cv2.LINE_AA)
    return small
