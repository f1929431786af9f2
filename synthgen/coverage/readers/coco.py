"""COCO instances: one JSON file with images, annotations and categories, or a folder of such.

Each file is read twice, because annotations may come before what they refer to: once for images
and categories, once for annotations. Where images carry conditions (`attributes`, or as keys of
their own), an annotator's word is taken. Boxes of crowds are `ignored`. A frame is an image, named
after its file; with several JSON files their names come in front and are the splits. Our own
further keys (occluded, truncated, distance, subtype, track_id, num_lidar_pts) are read as well.

Source: T.-Y. Lin et al., "Microsoft COCO: common objects in context", ECCV 2014, and the data
format on its site.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from synthgen.classes import CLASSES
from synthgen.coverage.readers import Batch, Broken
from synthgen.coverage.readers.coco_images import image
from synthgen.coverage.readers.json_files import head_keys, json_files, split_of
from synthgen.coverage.readers.json_stream import records
from synthgen.coverage.readers.levels import OCCLUDED, TRUNCATED, UNKNOWN, Interval, columns
from synthgen.coverage.readers.packing import FRAME, OBJECT, Row, packed
from synthgen.coverage.readers.record import (
    Complaints,
    UnusableError,
    key,
    mapping,
    maybe_finite,
    maybe_whole,
    share,
    span,
    unseen,
    word,
)
from synthgen.coverage.readers.vocabulary import kind_of
from synthgen.errors import UserError

Key = int | str
_MARKS = frozenset({"images", "annotations", "categories"})
_OTHERS = frozenset({"box2d", "frames", "segments_info", "caption", "videoName"})
_PLAIN = frozenset(
    {"id", "image_id", "category_id", "bbox", "area", "segmentation", "iscrowd", "ignore"}
)
"""COCO's own keys of an annotation."""


@dataclass(frozen=True)
class _Known:
    """What annotations of a file refer to.

    Attributes:
        frames: name of the frame by the image's id.
        categories: name by id.
    """

    frames: Mapping[Key, str]
    categories: Mapping[Key, str]


def recognises(data: Path) -> bool:
    """Return whether `data` is, or holds, a JSON file that begins like COCO's instances."""
    return bool(_files(data))


def read(data: Path, broken: Callable[[Broken], None]) -> Iterator[Batch]:
    """Yield the images and annotations of each file.

    Raises:
        UserError: where a file is no JSON, or lacks images, annotations or categories.
    """
    files = _files(data)
    if not files:
        raise UserError(f"data={data}: expected COCO's JSON with images, annotations, categories")
    return packed(_rows(data, files, broken))


def _files(data: Path) -> list[Path]:
    return json_files(data, ("annotations", ""), _is_coco, "instances_*.json")


def _is_coco(path: Path) -> bool:
    keys = head_keys(path)
    return bool(keys & _MARKS) and not keys & _OTHERS


def _rows(data: Path, files: list[Path], broken: Callable[[Broken], None]) -> Iterator[Row]:
    for file in files:
        name = file.name if file == data else file.relative_to(data).as_posix()
        complaints = Complaints(name, broken)
        split = split_of(file, "instances_")
        prefix = f"{file.stem}/" if len(files) > 1 else ""
        frames: dict[Key, str] = {}
        categories: dict[Key, str] = {}
        for row in _images(file, complaints, frames, categories):
            row |= {"split": split, "frame": prefix + row["frame"]}
            yield FRAME, row
        for found in _annotations(file, complaints, _Known(frames, categories)):
            yield OBJECT, {**found, "frame": prefix + found["frame"]} if prefix else found


def _images(
    file: Path, complaints: Complaints, frames: dict[Key, str], categories: dict[Key, str]
) -> Iterator[dict[str, Any]]:
    """Yield the images' rows; fill `frames` and `categories`."""
    names, there, count = unseen(), set(), 0
    for part, item in records(file):
        there.add(part)
        if part == "annotations" and there >= _MARKS:
            break
        if part == "images":
            with complaints.about(_named(item, "image", count)):
                number, row = image(item)
                if number in frames or not names.add(row["frame"]):
                    raise UnusableError("listed twice, by its id or its file's name")
                frames[number] = row["frame"]
                yield row
            count += 1
        elif part == "categories":
            with complaints.about(_named(item, "category", len(categories))):
                _keep_category(mapping(item), categories)
    lacking = sorted(_MARKS - there)
    if "images" in lacking or ("categories" in lacking and frames):
        raise UserError(f"{file}: no {' and no '.join(lacking)} in it; expected COCO's instances")


def _keep_category(item: Mapping[str, Any], categories: dict[Key, str]) -> None:
    number, name = key(item.get("id"), "id"), word(item.get("name"), "name")
    if categories.setdefault(number, name) != name:
        raise UnusableError(f"id {number} is taken by {categories[number]}")


def _annotations(file: Path, complaints: Complaints, known: _Known) -> Iterator[dict[str, Any]]:
    ids, count = unseen(), 0
    for part, item in records(file):
        if part != "annotations":
            continue
        count += 1
        try:
            row = _annotation(mapping(item), known)
            if "id" in item and not ids.add(key(item["id"], "id")):
                raise UnusableError("its id is used twice")
        except UnusableError as error:
            record = _named(item, "annotation", count - 1)
            complaints.broken(Broken(complaints.file, record, str(error)))
            continue
        yield row


def _named(item: object, kind: str, place: int) -> str:
    """Return what to call a record: by its id, or by its place in the list."""
    if isinstance(item, dict) and isinstance(item.get("id"), int | str):
        return f"{kind} {item['id']}"
    return f"{kind} at place {place}"


def _annotation(item: Mapping[str, Any], known: _Known) -> dict[str, Any]:
    frame = known.frames.get(_hashable(item, "image_id"))
    if frame is None:
        raise UnusableError(f"image_id={item['image_id']}: no such image")
    label = known.categories.get(_hashable(item, "category_id"))
    if label is None:
        raise UnusableError(f"category_id={item['category_id']}: no such category")
    row: dict[str, Any] = {"frame": frame, "label": label, **span(item.get("bbox"))}
    row["class"], row["subtype"] = kind_of(label)
    row["ignored"] = bool(item.get("iscrowd") or item.get("ignore"))
    return row if item.keys() <= _PLAIN else {**row, **_further(item)}


def _hashable(item: Mapping[str, Any], name: str) -> Key:
    if name not in item:
        raise UnusableError(f"{name} is missing")
    return key(item[name], name)


def _further(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return what annotations tell beyond COCO's own keys."""
    said = item.get("attributes")
    told = {**said, **item} if isinstance(said, dict) else item
    occlusion = _share(told, "occluded", OCCLUDED)
    row: dict[str, Any] = {**columns(occlusion, _share(told, "truncated", TRUNCATED))}
    own = told.get("class")
    if isinstance(own, str) and own in CLASSES:
        row["class"] = own
    if isinstance(told.get("subtype"), str):
        row["subtype"] = told["subtype"] or None
    if told.get("track_id") is not None:
        row["track"] = word(told["track_id"], "track_id")
    row["distance"] = maybe_finite(told, "distance")
    row["lidar_points"] = maybe_whole(told, "num_lidar_pts")
    row["score"] = maybe_finite(told, "score")
    return row


def _share(told: Mapping[str, Any], name: str, flags: Mapping[bool, Interval]) -> Interval:
    value = told.get(name)
    if value is None:
        return UNKNOWN
    if isinstance(value, bool):
        return flags[value]
    exact = share(value, name)
    return exact, exact
