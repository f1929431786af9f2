"""Scalabel's JSON, which BDD100K is in: frames with attributes and labels with 2D or 3D boxes.

A list of frames, or {"frames": [...]}; `data` is such a file or a folder with some (in `labels`,
or itself). A frame is an image, named as there, behind the file's name where there are several
files; its video is its world. Boxes hold their last pixel, so their far edges lie one on. What has
neither box, as lanes and drivable areas drawn as polygons, is no object.

Source: Scalabel format, scalabel.label.typing (version 0.3); F. Yu et al., "BDD100K", CVPR 2020.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from synthgen.coverage.readers import Batch, Broken
from synthgen.coverage.readers.coco_images import conditions
from synthgen.coverage.readers.json_files import head_keys, json_files, split_of
from synthgen.coverage.readers.json_stream import records
from synthgen.coverage.readers.levels import OCCLUDED, TRUNCATED, UNKNOWN, Interval, columns
from synthgen.coverage.readers.packing import FRAME, OBJECT, Row, packed
from synthgen.coverage.readers.places import from_alpha
from synthgen.coverage.readers.record import (
    Complaints,
    UnusableError,
    corners,
    finite,
    mapping,
    maybe_finite,
    maybe_whole,
    plain,
    size,
    unseen,
    word,
)
from synthgen.coverage.readers.vocabulary import kind_of
from synthgen.errors import UserError

_MARKS = frozenset({"labels", "box2d", "box3d", "videoName", "poly2d"})
_OWN = ("occluded", "truncated", "crowd")
"""Attributes of labels that become columns."""


def recognises(data: Path) -> bool:
    """Return whether `data` is, or holds, a JSON file that begins like Scalabel's."""
    return bool(_files(data))


def read(data: Path, broken: Callable[[Broken], None]) -> Iterator[Batch]:
    """Yield the frames of each file, and the labels of each frame.

    Raises:
        UserError: where a file is no JSON, or holds no list of frames.
    """
    files = _files(data)
    if not files:
        raise UserError(f"data={data}: expected Scalabel's JSON with frames that have labels")
    return packed(_rows(data, files, broken))


def _files(data: Path) -> list[Path]:
    return json_files(data, ("labels", ""), _is_scalabel)


def _is_scalabel(path: Path) -> bool:
    keys = head_keys(path)
    return "name" in keys and bool(keys & _MARKS) and not keys & {"image_id", "images"}


def _rows(data: Path, files: list[Path], broken: Callable[[Broken], None]) -> Iterator[Row]:
    for file in files:
        name = file.name if file == data else file.relative_to(data).as_posix()
        complaints = Complaints(name, broken)
        prefix = f"{file.stem}/" if len(files) > 1 else ""
        names, count = unseen(), 0
        for part, item in records(file):
            if part in ("", "frames"):
                with complaints.about(_named(item, count)):
                    told = mapping(item)
                    frame = _frame(told, split_of(file, ""))
                    if not names.add(frame["frame"]):
                        raise UnusableError("listed twice")
                    frame["frame"] = prefix + frame["frame"]
                    yield FRAME, frame
                    yield from _labels(told, frame, complaints)
                count += 1
        if not count:
            raise UserError(f"{file}: no frames in it; expected Scalabel's list of frames")


def _named(item: object, place: int) -> str:
    if isinstance(item, dict) and isinstance(item.get("name"), str):
        return f"frame {item['name']}"
    return f"frame at place {place}"


def _frame(item: Mapping[str, Any], split: str | None) -> dict[str, Any]:
    name = word(item.get("name"), "name")
    if not isinstance(item.get("labels") or [], list):
        raise UnusableError("labels: expected a list")
    extent, said = item.get("size") or {}, item.get("attributes") or {}
    world = item.get("videoName") or item.get("video_name")
    video = {} if world is None else {"world": word(world, "videoName")}
    return {
        "frame": name,
        "image": name,
        "width": maybe_whole(mapping(extent), "width"),
        "height": maybe_whole(mapping(extent), "height"),
        "split": split,
        **conditions(mapping(said), {}, {}),
        **video,
    }


def _labels(
    item: Mapping[str, Any], frame: Mapping[str, Any], complaints: Complaints
) -> Iterator[Row]:
    for place, label in enumerate(item.get("labels") or []):
        told = label.get("id") if isinstance(label, dict) else None
        record = f"frame {item['name']}, label {place if told is None else told}"
        with complaints.about(record):
            row = _label(mapping(label))
            if row is not None:
                yield OBJECT, {**row, "frame": frame["frame"]}


def _label(item: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the row of a label, None for what is drawn and has no box."""
    flat, solid = item.get("box2d"), item.get("box3d")
    if flat is None and solid is None:
        if item.get("poly2d") is None and item.get("rle") is None:
            raise UnusableError("box2d is missing")
        return None
    label = word(item.get("category"), "category")
    said = mapping(item.get("attributes") or {})
    row: dict[str, Any] = {
        "label": label,
        "track": None if item.get("id") is None else word(item["id"], "id"),
        "ignored": said.get("crowd") is True,
        "score": maybe_finite(item, "score"),
        "tags": _tags(said),
        **columns(_flag(said, "occluded", OCCLUDED), _flag(said, "truncated", TRUNCATED)),
    }
    row["class"], row["subtype"] = kind_of(label)
    if flat is not None:
        row |= _flat(mapping(flat))
    return row | _solid(mapping(solid)) if solid is not None else row


def _tags(said: Mapping[str, Any]) -> dict[str, str] | None:
    rest = {plain(k): plain(v) for k, v in sorted(said.items()) if k not in _OWN}
    return rest or None


def _flag(said: Mapping[str, Any], name: str, flags: Mapping[bool, Interval]) -> Interval:
    value = said.get(name)
    if value is None:
        return UNKNOWN
    if not isinstance(value, bool):
        raise UnusableError(f"{name}={plain(value)}: expected true or false")
    return flags[value]


def _flat(box: Mapping[str, Any]) -> dict[str, Any]:
    row = corners(*(box.get(name) for name in ("x1", "y1", "x2", "y2")))
    return {**row, "right": row["right"] + 1, "bottom": row["bottom"] + 1}


def _solid(box: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of a 3D box in a camera's frame: x right, y down, z forward."""
    place, extent = box.get("location"), box.get("dimension")
    if not isinstance(place, list) or len(place) != 3:
        raise UnusableError("box3d: expected a location of three numbers")
    if not isinstance(extent, list) or len(extent) != 3:
        raise UnusableError("box3d: expected a dimension of three numbers")
    across, _, ahead = (finite(one, "location") for one in place)
    height, width, length = (size(one, "dimension") for one in extent)
    alpha = maybe_finite(box, "alpha")
    return {
        "distance": float(np.hypot(across, ahead)),
        "lateral": -across,
        "aspect": None if alpha is None else from_alpha(alpha),
        "length": length,
        "width": width,
        "height": height,
    }
