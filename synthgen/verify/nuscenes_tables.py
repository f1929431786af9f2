"""Tables of a nuScenes tree: fields, references, chains, counts.

Source: Motional, nuScenes development kit, docs/schema_nuscenes.md, docs/instructions_lidarseg.md.
"""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from synthgen.verify.faults import Tally

Rows = Mapping[str, Sequence[Mapping]]

TEXT, NUMBER, LIST, FLAG = "text", "whole number", "list", "truth value"
FIELDS: Mapping[str, Mapping[str, str]] = {
    "category": {"name": TEXT, "description": TEXT, "index": NUMBER},
    "attribute": {"name": TEXT, "description": TEXT},
    "visibility": {"level": TEXT, "description": TEXT},
    "instance": {"nbr_annotations": NUMBER},
    "sensor": {"channel": TEXT, "modality": TEXT},
    "calibrated_sensor": {"translation": LIST, "rotation": LIST, "camera_intrinsic": LIST},
    "ego_pose": {"translation": LIST, "rotation": LIST, "timestamp": NUMBER},
    "log": {"logfile": TEXT, "vehicle": TEXT, "date_captured": TEXT, "location": TEXT},
    "scene": {"name": TEXT, "description": TEXT, "nbr_samples": NUMBER},
    "sample": {"timestamp": NUMBER},
    "sample_data": {
        "timestamp": NUMBER, "fileformat": TEXT, "is_key_frame": FLAG, "height": NUMBER,
        "width": NUMBER, "filename": TEXT,
    },
    "sample_annotation": {
        "attribute_tokens": LIST, "translation": LIST, "rotation": LIST, "size": LIST,
        "num_lidar_pts": NUMBER, "num_radar_pts": NUMBER,
    },
    "map": {"category": TEXT, "filename": TEXT, "log_tokens": LIST},
    "lidarseg": {"filename": TEXT},
    "panoptic": {"filename": TEXT},
}  # fmt: skip
"""What each record holds beside its token and its references."""
REFERENCES: Mapping[str, Mapping[str, str]] = {
    "instance": {"category_token": "category", "first_annotation_token": "sample_annotation",
                 "last_annotation_token": "sample_annotation"},
    "calibrated_sensor": {"sensor_token": "sensor"},
    "scene": {"log_token": "log", "first_sample_token": "sample", "last_sample_token": "sample"},
    "sample": {"scene_token": "scene"},
    "sample_data": {"sample_token": "sample", "ego_pose_token": "ego_pose",
                    "calibrated_sensor_token": "calibrated_sensor"},
    "sample_annotation": {"sample_token": "sample", "instance_token": "instance",
                          "visibility_token": "visibility"},
    "lidarseg": {"sample_data_token": "sample_data"},
    "panoptic": {"sample_data_token": "sample_data"},
}  # fmt: skip
"""Table of each reference."""
CHAINS = {
    "sample": ("scene_token",),
    "sample_data": ("calibrated_sensor_token",),
    "sample_annotation": ("instance_token",),
}
"""What all records of a chain have in common."""
_KINDS = {TEXT: str, NUMBER: int, LIST: list, FLAG: bool}


def read_tables(folder: Path) -> Rows:
    """Return every table of a version by name."""
    return {name: json.loads((folder / f"{name}.json").read_text()) for name in FIELDS}


def check_tables(tables: Rows, tally: Tally) -> None:
    """Check everything that the tables say without a look at the files they name."""
    for name, rows in tables.items():
        _check_fields(name, rows, tally)
    _check_references(tables, tally)
    times = _times(tables)
    for name in CHAINS:
        _check_chains(name, tables[name], times[name], tally)
    _check_counts(tables, tally)
    _check_keys(tables, tally)
    _check_solids(tables, tally)


def _check_fields(name: str, rows: Sequence[Mapping], tally: Tally) -> None:
    """Each record has its fields, of their types, and a token of its own: 32 hex digits."""
    for row in rows:
        wrong = [
            f"{key} is no {kind}"
            for key, kind in FIELDS[name].items()
            if not isinstance(row.get(key), _KINDS[kind])
            or (kind == NUMBER and isinstance(row[key], bool))
        ]
        tally.check("nuscenes fields", not wrong, 0, 0, f"{name}: {', '.join(wrong)}")
        own = row["token"]
        good = name == "visibility" or re.fullmatch("[0-9a-f]{32}", own) is not None
        tally.check("nuscenes token", good, 0, 0, f"{name}: {own}")
    twice = [own for own, count in Counter(row["token"] for row in rows).items() if count > 1]
    tally.check("nuscenes token", not twice, 0, 0, f"{name}: twice {twice[:1]}")


def _check_references(tables: Rows, tally: Tally) -> None:
    known = {name: {row["token"] for row in rows} for name, rows in tables.items()}
    for name, fields in REFERENCES.items():
        for row in tables[name]:
            broken = [key for key, table in fields.items() if row[key] not in known[table]]
            said = f"{name} {row['token']}: {', '.join(broken)}"
            tally.check("nuscenes reference", not broken, 0, 0, said)
    for row in tables["sample_annotation"]:
        own = row["attribute_tokens"]
        good = len(own) <= 1 and set(own) <= known["attribute"]
        tally.check("nuscenes attribute", good, 0, 0, f"{row['token']}: {own}")
    mapped = {token for row in tables["map"] for token in row["log_tokens"]}
    tally.check("nuscenes map", mapped == known["log"], 0, 0, "a log without a map, or the reverse")


def _times(tables: Rows) -> Mapping[str, Mapping[str, int]]:
    samples = {row["token"]: row["timestamp"] for row in tables["sample"]}
    return {
        "sample": samples,
        "sample_data": {row["token"]: row["timestamp"] for row in tables["sample_data"]},
        "sample_annotation": {
            row["token"]: samples[row["sample_token"]] for row in tables["sample_annotation"]
        },
    }


def _check_chains(
    name: str, rows: Sequence[Mapping], times: Mapping[str, int], tally: Tally
) -> None:
    """`next` and `prev` answer each other, time rises, and what is common stays the same."""
    known = {row["token"]: row for row in rows}
    for row in rows:
        after = known.get(row["next"])
        good = row["next"] == "" or (
            after is not None
            and after["prev"] == row["token"]
            and times[after["token"]] > times[row["token"]]
            and all(after[key] == row[key] for key in CHAINS[name])
        )
        before = known.get(row["prev"])
        good &= row["prev"] == "" or (before is not None and before["next"] == row["token"])
        tally.check("nuscenes chain", good, 0, 0, f"{name} {row['token']}")


def _check_counts(tables: Rows, tally: Tally) -> None:
    """Scenes and instances say how long their chains are and where these begin and end."""
    ends = (
        ("scene", "sample", "scene_token", "nbr_samples", "sample_token"),
        ("instance", "sample_annotation", "instance_token", "nbr_annotations", "annotation_token"),
    )
    for owner, table, key, count, end in ends:
        members: dict[str, list[Mapping]] = {}
        for row in tables[table]:
            members.setdefault(row[key], []).append(row)
        for row in tables[owner]:
            own = members.get(row["token"], [])
            first = [one["token"] for one in own if not one["prev"]]
            last = [one["token"] for one in own if not one["next"]]
            good = len(own) == row[count] > 0
            good &= first == [row[f"first_{end}"]] and last == [row[f"last_{end}"]]
            tally.check("nuscenes count", good, 0, 0, f"{owner} {row['token']}")


def _check_keys(tables: Rows, tally: Tally) -> None:
    """Each sample has one key frame of each channel, and the time of the lidar on top."""
    sensors = {row["token"]: row["channel"] for row in tables["sensor"]}
    channel = {row["token"]: sensors[row["sensor_token"]] for row in tables["calibrated_sensor"]}
    keys: dict[str, list[Mapping]] = {row["token"]: [] for row in tables["sample"]}
    for row in tables["sample_data"]:
        if row["is_key_frame"]:
            keys[row["sample_token"]].append(row)
    for row in tables["sample"]:
        own = {channel[one["calibrated_sensor_token"]]: one for one in keys[row["token"]]}
        good = len(own) == len(keys[row["token"]]) == len(sensors)
        good &= "LIDAR_TOP" in own and own["LIDAR_TOP"]["timestamp"] == row["timestamp"]
        tally.check("nuscenes key frame", good, 0, 0, f"sample {row['token']}")


def _check_solids(tables: Rows, tally: Tally) -> None:
    """Rotations are unit quaternions, boxes have a size."""
    for name in ("ego_pose", "calibrated_sensor", "sample_annotation"):
        for row in tables[name]:
            turn = row["rotation"]
            good = len(turn) == 4 and abs(sum(v * v for v in turn) - 1) < 1e-9
            good &= len(row["translation"]) == 3
            good &= len(row.get("size", (1, 1, 1))) == 3 and min(row.get("size", (1,))) > 0
            tally.check("nuscenes pose", good, 0, 0, f"{name} {row['token']}")
