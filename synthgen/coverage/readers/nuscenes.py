"""nuScenes: JSON tables of samples, poses and 3D boxes, read without the development kit.

`data` is the root with one folder `v1.0-...`, or that folder. A frame is a sample (all sensors at
one moment), named by its token; its image is the front camera's. Boxes are 3D only, so distance,
lateral offset and aspect are measured from the ego frame, and there is no box in an image. A
scene is a world, its log's place is the place. Conditions are the words of a scene's description
that stand alone between commas: who is not called night is not called day either.

Source: H. Caesar et al., "nuScenes", CVPR 2020; Motional, nuScenes development kit,
docs/schema_nuscenes.md.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from synthgen.bearing import aspect, distance, yaws
from synthgen.coverage.readers import Batch, Broken, vocabulary
from synthgen.coverage.readers.json_stream import records
from synthgen.coverage.readers.levels import NUSCENES, UNKNOWN, columns
from synthgen.coverage.readers.nuscenes_tables import Drive, drive, tables_folder, vector
from synthgen.coverage.readers.packing import FRAME, OBJECT, Row, packed
from synthgen.coverage.readers.record import (
    Complaints,
    UnusableError,
    mapping,
    maybe_whole,
    plain,
    size,
    unseen,
    word,
)
from synthgen.errors import UserError

_SLOWEST = 1.5
"""[s] between samples from which a speed is not measured. Source: Motional, nuScenes development
kit, nuscenes.py, box_velocity."""


def recognises(data: Path) -> bool:
    """Return whether `data` has nuScenes' tables."""
    return bool(tables_folder(data))


def read(data: Path, broken: Callable[[Broken], None]) -> Iterator[Batch]:
    """Yield the samples, then their annotations.

    Raises:
        UserError: where a table is missing or no JSON, or there are several versions.
    """
    found = tables_folder(data)
    if len(found) != 1:
        several = ", ".join(path.name for path in found)
        wanted = f"one of its versions {several}" if found else "a folder v1.0-... with its tables"
        raise UserError(f"data={data}: expected nuScenes, {wanted}")
    return packed(_rows(data, found[0], broken))


def _rows(data: Path, tables: Path, broken: Callable[[Broken], None]) -> Iterator[Row]:
    known = drive(data, tables, broken)
    for token in known.samples:
        yield FRAME, _frame(known, token)
    file = tables / "sample_annotation.json"
    complaints = Complaints(file.relative_to(data).as_posix(), broken)
    tokens = unseen()
    for place, (_, item) in enumerate(records(file)):
        named = isinstance(item, dict) and isinstance(item.get("token"), str)
        with complaints.about(item["token"] if named else f"record {place}"):
            row = _object(known, mapping(item))
            if named and not tokens.add(item["token"]):
                raise UnusableError("its token is used twice")
            yield OBJECT, row


def _frame(known: Drive, token: str) -> dict[str, Any]:
    sample = known.samples[token]
    scene = known.scenes[sample.scene]
    phrases = [part.strip().lower() for part in scene.description.split(",")]
    picture = known.pictures.get(token)
    return {
        "frame": token,
        "world": scene.name,
        "place": scene.place,
        "split": known.version,
        "ego_speed": _speed(known, token),
        "tags": {"description": plain(scene.description), "log": plain(scene.log)},
        **vocabulary.said(
            _said(phrases, vocabulary.time_of_day), _said(phrases, vocabulary.weather)
        ),
        **({} if picture is None else picture),
    }


def _said(phrases: list[str], told: Callable[[object], str | None]) -> str | None:
    return next((word for word in map(told, phrases) if word is not None), None)


def _speed(known: Drive, token: str) -> float | None:
    """Return how fast the car goes [m/s] between the samples before and after."""
    sample = known.samples[token]
    around = [one for one in (sample.before, token, sample.after) if one in known.poses]
    if len(around) < 2:
        return None
    first, last = around[0], around[-1]
    span = (known.samples[last].time - known.samples[first].time) * 1e-6
    if not 0 < span <= (len(around) - 1) * _SLOWEST:
        return None
    way = known.poses[last].position - known.poses[first].position
    return float(np.linalg.norm(way) / span)


def _object(known: Drive, item: Mapping[str, Any]) -> dict[str, Any]:
    frame = word(item.get("sample_token"), "sample_token")
    if frame not in known.samples:
        raise UnusableError(f"sample_token={frame}: no such sample")
    instance = word(item.get("instance_token"), "instance_token")
    label = known.labels.get(instance)
    if label is None:
        raise UnusableError(f"instance_token={instance}: no such instance")
    name, subtype = vocabulary.kind_of(label)
    width, length, height = vector(item, "size", 3)
    return {
        "frame": frame,
        "class": name,
        "subtype": subtype,
        "label": label,
        "track": instance,
        "ignored": False,
        "length": size(length, "size"),
        "width": size(width, "size"),
        "height": size(height, "size"),
        "lidar_points": maybe_whole(item, "num_lidar_pts"),
        "tags": _attributes(known, item),
        **columns(_hidden(known, item)),
        **_seen(known, frame, item),
    }


def _attributes(known: Drive, item: Mapping[str, Any]) -> dict[str, str] | None:
    names = [known.attributes.get(plain(one)) for one in item.get("attribute_tokens") or []]
    told = " ".join(sorted(name for name in names if name))
    return {"attribute": told} if told else None


def _hidden(known: Drive, item: Mapping[str, Any]) -> tuple[float | None, float | None]:
    level = known.visibilities.get(plain(item.get("visibility_token")), "")
    return NUSCENES.get(level, UNKNOWN)


def _seen(known: Drive, frame: str, item: Mapping[str, Any]) -> dict[str, float]:
    """Return where a box is, as seen from the car; nothing where its pose is not known."""
    pose = known.poses.get(frame)
    place = np.array(vector(item, "translation", 3))
    w, x, y, z = vector(item, "rotation", 4)
    if pose is None:
        return {}
    offset = (place - pose.position)[None]
    ahead = pose.yaw
    left = float(-np.sin(ahead) * offset[0, 0] + np.cos(ahead) * offset[0, 1])
    return {
        "distance": float(distance(offset)[0]),
        "lateral": left,
        "aspect": float(aspect(offset, yaws(np.array([[x, y, z, w]])))[0]),
    }
