"""Annotations of one scene and their chains."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from synthgen.exports.nuscenes.attributes import attribute
from synthgen.exports.nuscenes.boxes import Box, points_inside
from synthgen.exports.nuscenes.categories import INDEX, THINGS, category, visibility
from synthgen.exports.nuscenes.frames import record
from synthgen.exports.nuscenes.tokens import token
from synthgen.geometry import Array, inverse, pose, transform


@dataclass(frozen=True, eq=False)
class Cloud:
    """Points of a sensor, for counting them in boxes.

    Attributes:
        points: [m] in the sensor's own frame, as a file holds them, along rising x.
        sensor_from_global: pose.
        flat: whether heights mean nothing: radars measure none.
    """

    points: Float[Array, "n 3"]
    sensor_from_global: Float[Array, "4 4"]
    flat: bool = False


def cloud(
    points: Float[Array, "n 3"], global_from_sensor: Float[Array, "4 4"], flat: bool = False
) -> Cloud:
    """Return `points` of a file with 32-bit numbers, sorted for counting."""
    exact = np.asarray(points, np.float64)
    return Cloud(exact[np.argsort(exact[:, 0])], inverse(global_from_sensor), flat)


def count(found: Cloud, global_from_box: Float[Array, "4 4"], size: Float[Array, "3"]) -> int:
    """Return how many points lie in a box of `size` [m]."""
    sensor_from_box = found.sensor_from_global @ global_from_box
    reach = float(np.linalg.norm(size)) / 2 + 1e-3
    ends = sensor_from_box[0, 3] + np.array([-reach, reach])
    first, last = np.searchsorted(found.points[:, 0], ends)
    near = found.points[first:last]
    if found.flat:
        near = transform(inverse(sensor_from_box), near) * [1, 1, 0]
        sensor_from_box = np.eye(4)
    return int(np.count_nonzero(points_inside(near, sensor_from_box, size)))


def annotated(boxes: Sequence[Box]) -> list[tuple[str, Box]]:
    """Return category and box of each of `boxes` whose category is boxed."""
    named = [(category(box.first.kind, box.first.subtype), box) for box in boxes]
    return [(name, box) for name, box in named if INDEX[name] in THINGS]


def annotation(
    name: str, box: Box, sample: str, instance: str, clouds: Mapping[str, Sequence[Cloud]],
    origin: Float[Array, "2"],
) -> dict:  # fmt: skip
    """Return the record of `box` without its place in the chain.

    Args:
        name: category.
        box: the box.
        sample: token.
        instance: token.
        clouds: points by modality, lidar and radar.
        origin: [m] of the global frame, world frame.
    """
    global_from_box = pose(box.center - np.append(origin, 0.0), box.quaternion)
    shown = attribute(name, box)
    length, width, height = (float(edge) for edge in box.size)
    hits = {
        kind: sum(count(one, global_from_box, box.size) for one in own)
        for kind, own in clouds.items()
    }
    return {
        "token": token("sample_annotation", sample, instance),
        "sample_token": sample,
        "instance_token": instance,
        "visibility_token": visibility(box.visible),
        "attribute_tokens": [token("attribute", shown)] if shown else [],
        **record(global_from_box),
        "size": [width, length, height],
        "num_lidar_pts": hits.get("lidar", 0),
        "num_radar_pts": hits.get("radar", 0),
    }


def chained(rows: Sequence[dict]) -> list[dict]:
    """Return `rows`, in the order of time, each with the tokens before and after it."""
    tokens = ["", *(row["token"] for row in rows), ""]
    return [
        row | {"prev": before, "next": after}
        for row, before, after in zip(rows, tokens, tokens[2:], strict=False)
    ]


def instances(annotations: Sequence[dict], names: Mapping[str, str]) -> list[dict]:
    """Return the instance records of the `annotations` of one scene.

    Args:
        annotations: those of one instance in the order of time.
        names: category by instance token.
    """
    found: dict[str, list[dict]] = {}
    for row in annotations:
        found.setdefault(row["instance_token"], []).append(row)
    return [
        {
            "token": name,
            "category_token": token("category", names[name]),
            "nbr_annotations": len(rows),
            "first_annotation_token": rows[0]["token"],
            "last_annotation_token": rows[-1]["token"],
        }
        for name, rows in found.items()
    ]
