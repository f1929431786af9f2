"""COCO instances and panoptic segments, as values.

Source: T.-Y. Lin et al., "Microsoft COCO: common objects in context", ECCV 2014; A. Kirillov et
al., "Panoptic segmentation", CVPR 2019; data format on the COCO site.
"""

from collections.abc import Iterable

import numpy as np
from jaxtyping import Int, UInt8
from scipy.ndimage import find_objects

from synthgen.classes import BY_SEMANTIC
from synthgen.geometry import Array
from synthgen.labels.rules import LabelRules, accepted
from synthgen.sample import CameraReading, ObjectLabel, Sample, Silhouette
from synthgen.writers.instances import LARGEST, instance_of
from synthgen.writers.rle import rle

PER_FRAME = 1000
"""Annotation ids of frame f are f x 1000 + 1 to f x 1000 + 999."""
STUFF = LARGEST + 1
"""Panoptic id of stuff is this plus its category; things have their instance id (16 bit)."""


def categories(rules: LabelRules, *, panoptic: bool) -> list[dict]:
    """Return the category records; instances have only those of things."""
    found = []
    for category in rules.categories:
        row: dict = {
            "id": category.id,
            "name": category.name,
            "supercategory": category.supercategory,
        }
        if panoptic:
            row |= {"isthing": int(category.thing), "color": list(category.color)}
        if panoptic or category.thing:
            found.append(row)
    return found


def image_record(frame: int, file_name: str, reading: CameraReading) -> dict:
    """Return the image record: its id is the frame's index."""
    view = reading.view
    return {"id": frame, "width": view.width, "height": view.height, "file_name": file_name}


def annotations(sample: Sample, camera: str, rules: LabelRules) -> list[dict]:
    """Return the instances of one image, those that do not count as `iscrowd` = 1.

    Raises ValueError when the frame has more objects than ids.
    """
    reading = sample.cameras[camera]
    silhouettes = {one.thing.number: one for one in reading.silhouettes}
    shown = [label for label in _things(sample.objects[camera], rules) if label.visible_pixels]
    if len(shown) >= PER_FRAME:
        raise ValueError(f"frame {sample.frame} shows {len(shown)} objects, ids end at 999")
    return [
        {
            "id": sample.frame * PER_FRAME + position,
            "image_id": sample.frame,
            **_annotation(label, reading, silhouettes, rules),
        }
        for position, label in enumerate(shown, start=1)
    ]


def panoptic(
    sample: Sample, camera: str, rules: LabelRules
) -> tuple[UInt8[Array, "h w 3"], list[dict]]:
    """Return the panoptic image (RGB, id = R + 256 G + 65536 B) and its segments.

    Things that do not count, the ego car and classes without a category are void (id 0).
    """
    ids, category = _segment_ids(sample, camera, rules)
    areas = np.bincount(ids.ravel())
    places = find_objects(ids)
    segments = [
        {
            "id": name,
            "category_id": category[name],
            "area": int(areas[name]),
            "bbox": _corner_box(places[name - 1]),
            "iscrowd": 0,
        }
        for name in areas.nonzero()[0].tolist()
        if name
    ]
    channels = [(ids >> shift) & 255 for shift in (0, 8, 16)]
    return np.stack(channels, axis=-1).astype(np.uint8), segments


def _things(labels: Iterable[ObjectLabel], rules: LabelRules) -> list[ObjectLabel]:
    known = (label for label in labels if label.kind in rules.coco)
    return [label for label in known if rules.coco[label.kind].thing]


def _corner_box(place: tuple[slice, ...]) -> list[int]:
    rows, columns = place
    return [columns.start, rows.start, columns.stop - columns.start, rows.stop - rows.start]


def _span(box: tuple[int, int, int, int]) -> list[int]:
    """Return COCO's (x, y, width, height) of a box with both ends included."""
    left, top, right, bottom = box
    return [left, top, right - left + 1, bottom - top + 1]


def _annotation(
    label: ObjectLabel,
    reading: CameraReading,
    silhouettes: dict[int, Silhouette],
    rules: LabelRules,
) -> dict:
    left, top, right, bottom = label.visible_box or (0, 0, -1, -1)
    height, width = reading.body.shape
    visible = reading.body[top : bottom + 1, left : right + 1] == label.number
    own = silhouettes[label.number]
    return {
        "category_id": rules.coco[label.kind].id,
        "segmentation": rle(visible, left, top, height, width),
        "area": label.visible_pixels,
        "bbox": _span((left, top, right, bottom)),
        "iscrowd": int(not accepted(rules, label)),
        "bbox_amodal": _span(label.amodal_box or (left, top, right, bottom)),
        "segmentation_amodal": rle(own.mask, own.column, own.row, height, width),
        "track_id": label.track,
        "part_of": label.part_of,
        "class": label.kind,
        "subtype": label.subtype,
        "truncated": round(label.truncation, 6),
        "occluded": round(label.occlusion, 6),
        "visible_fraction": round(1 - label.occlusion, 6),
        "discernible": label.discernible,
        "distance": round(label.distance, 4),
        "num_lidar_pts": label.lidar_points,
        "num_lidar_hits": label.lidar_hits,
    }


def _segment_ids(
    sample: Sample, camera: str, rules: LabelRules
) -> tuple[Int[Array, "h w"], dict[int, int]]:
    """Return the segment id per pixel and the category of each id."""
    reading, world = sample.cameras[camera], sample.moment.scene.world
    of_class, category = _stuff_table(rules)
    keep = -1
    of_body = np.full(len(world.bodies) + 1, keep, np.int32)
    of_body[len(world.stuff) + world.ego] = 0
    for label in _things(sample.objects[camera], rules):
        own = instance_of(sample, label) if accepted(rules, label) else 0
        of_body[label.number] = own
        category[own] = rules.coco[label.kind].id
    by_body = of_body[reading.body]
    return np.where(by_body == keep, of_class[reading.semantic], by_body), category


def _stuff_table(rules: LabelRules) -> tuple[Int[Array, "256"], dict[int, int]]:
    """Return the segment id by semantic id (0 for classes that are no stuff) and categories."""
    table, category = np.zeros(256, np.int32), {}
    for semantic, info in BY_SEMANTIC.items():
        known = rules.coco.get(info.name)
        if known is not None and not known.thing:
            table[semantic] = STUFF + known.id
            category[STUFF + known.id] = known.id
    return table, category
