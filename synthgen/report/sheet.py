"""The contact sheet: images with boxes and masks drawn over them, and lidar from above."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
from jaxtyping import Float, UInt8

from synthgen.classes import BY_SEMANTIC, CLASSES
from synthgen.geometry import Array

MOST = 10
"""Frames on a sheet."""
WIDTH = 900
"""[px] of an image on the sheet."""
REACH = 45.0
"""[m] from the sensor to the edge of the view from above."""


@dataclass(frozen=True, eq=False)
class Panel:
    """What one row of the sheet shows.

    Attributes:
        frame: number.
        image: RGB.
        instance: id per pixel.
        points: x, y, z, intensity of the sweep, lidar frame.
        classes: semantic id per point.
        objects: rows of the objects table.
    """

    frame: int
    image: UInt8[Array, "h w 3"]
    instance: Array
    points: Float[Array, "n 4"]
    classes: Array
    objects: Sequence[Mapping]


def contact_sheet(out: Path, home: Path) -> Path:
    """Draw `home/contact_sheet.png` from at most `MOST` frames spread over the data set `out`."""
    places = frames_of(out)
    chosen = [places[i] for i in np.unique(np.linspace(0, len(places) - 1, MOST).astype(int))]
    rows = [draw(load(shard, frame)) for shard, frame in chosen]
    path = home / "contact_sheet.png"
    write_png(path, np.concatenate(rows))
    return path


def frames_of(out: Path) -> list[tuple[Path, int]]:
    """Return (shard folder, frame) of every frame that is finished, in order."""
    found = []
    for shard in sorted((out / "shards").glob("[0-9]*")):
        frames = pq.read_table(shard / "frames.parquet", columns=["frame"])["frame"]
        found += [(shard, frame) for frame in frames.to_pylist()]
    return found


def load(shard: Path, frame: int) -> Panel:
    """Return what the files of `frame` hold; the first camera and lidar are taken."""
    camera = sorted((shard / "sensor").glob("*/instance"))[0].parent
    lidar = sorted((shard / "sensor").glob("*/*.bin"))[0].parent
    table = pq.read_table(shard / "objects.parquet")
    mine = table.filter((pc.field("frame") == frame) & pc.field("in_view"))
    words = np.fromfile(lidar / "label" / f"{frame:06d}.label", np.uint32)
    return Panel(
        frame=frame,
        image=read_image(next(camera.glob(f"{frame:06d}.*")))[..., ::-1],
        instance=read_image(camera / "instance" / f"{frame:06d}.png"),
        points=np.fromfile(lidar / f"{frame:06d}.bin", np.float32).reshape(-1, 4),
        classes=(words & 0xFFFF).astype(int),
        objects=mine.to_pylist(),
    )


def draw(panel: Panel) -> UInt8[Array, "h w 3"]:
    """Return one row of the sheet: the image, the labelled image, the sweep from above."""
    labelled = overlay(panel)
    height = round(WIDTH * panel.image.shape[0] / panel.image.shape[1])
    pictures = [
        cv2.resize(picture, (WIDTH, height), interpolation=cv2.INTER_AREA)
        for picture in (panel.image, labelled)
    ]
    stacked = np.concatenate(pictures)
    cv2.putText(stacked, f"{panel.frame:06d}", (8, 20), cv2.FONT_HERSHEY_SIMPLEX, 0.55,
                (255, 255, 0), 1, cv2.LINE_AA)  # fmt: skip
    return np.concatenate([stacked, from_above(panel, 2 * height)], axis=1)


def overlay(panel: Panel) -> UInt8[Array, "h w 3"]:
    """Return the image with the mask and the visible box of every object in view."""
    picture = panel.image.astype(np.float32)
    for row in panel.objects:
        tint = np.array(CLASSES[row["class"]].color, np.float32)
        mask = panel.instance == row["instance"]
        picture[mask] = 0.55 * picture[mask] + 0.45 * tint
    drawn = np.ascontiguousarray(np.clip(picture, 0, 255).astype(np.uint8))
    for row in panel.objects:
        if row["visible_box"] is None:
            continue
        left, top, right, bottom = (int(v) for v in row["visible_box"])
        color = CLASSES[row["class"]].color
        cv2.rectangle(drawn, (left, top), (right, bottom), color, 1)
        if right - left > 22:
            cv2.putText(drawn, row["class"], (left, max(9, top - 3)), cv2.FONT_HERSHEY_SIMPLEX,
                        0.36, color, 1, cv2.LINE_AA)  # fmt: skip
    return drawn


def from_above(panel: Panel, size: int) -> UInt8[Array, "s s 3"]:
    """Return the sweep seen from above, forward up, coloured by class and intensity."""
    picture = np.full((size, size, 3), 12, np.uint8)
    palette = np.zeros((256, 3), np.float32)
    for number, info in BY_SEMANTIC.items():
        palette[number] = info.color
    scale = size / (2 * REACH)
    column = np.round(size / 2 - panel.points[:, 1] * scale).astype(int)
    row = np.round(size / 2 - panel.points[:, 0] * scale).astype(int)
    inside = (column >= 0) & (column < size) & (row >= 0) & (row < size)
    shade = 0.45 + 0.55 * np.clip(panel.points[:, 3] * 2, 0, 1)
    color = np.maximum(palette[panel.classes], 40) * shade[:, None]
    order = np.argsort(panel.points[:, 2], kind="stable")
    order = order[inside[order]]
    picture[row[order], column[order]] = color[order].astype(np.uint8)
    return picture


def read_image(path: Path) -> Array:
    """Return the pixels of a PNG or JPEG as they are; raises OSError when there is none."""
    image = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_UNCHANGED)
    if image is None:
        raise OSError(f"{path}: not an image")
    return image


def write_png(path: Path, image: UInt8[Array, "h w 3"]) -> None:
    """Write an RGB image."""
    done, data = cv2.imencode(".png", image[..., ::-1], [cv2.IMWRITE_PNG_COMPRESSION, 6])
    if not done:
        raise OSError(f"{path}: cannot be encoded")
    path.write_bytes(data.tobytes())


def labelled(image: UInt8[Array, "h w 3"], words: str, width: int) -> UInt8[Array, "g v 3"]:
    """Return `image` made `width` [px] wide, with `words` on it."""
    height = round(image.shape[0] * width / image.shape[1])
    small = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
    for colour, thick in ((0, 4), (255, 1)):
        cv2.putText(small, words, (8, 22), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (colour,) * 3, thick,
                    cv2.LINE_AA)  # fmt: skip
    return small
