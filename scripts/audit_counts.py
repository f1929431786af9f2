"""Hold an audit's cells against counts by pandas of the raw files, with time and memory.

    python scripts/audit_counts.py out/counts ../shared/data/audit

Audits real KITTI labels and real boxes as Parquet (where the second folder is given), a file as
BDD100K's and a COCO file of 1,000,000 objects, both drawn here with broken records in them. Every
cell of every crossing is counted a second time by code of its own, which shares nothing with the
readers: it reads the raw files again with json and pandas and bins with pandas. Exits with 1 when
a count differs.
"""

import json
import math
import os
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

FRAME_AXES = {
    "time_of_day", "weather", "rain", "visibility", "power", "place", "ego_speed", "fault",
}  # fmt: skip
TIMES = {"daytime": "day", "night": "night", "dawn/dusk": "dusk"}
WEATHERS = {
    "clear": "clear", "partly cloudy": "clear", "overcast": "overcast", "rainy": "rain",
    "snowy": "snow", "foggy": "fog",
}  # fmt: skip
SCENES = ("city street", "highway", "residential", "undefined")
KITTI = {
    "Car": "car", "Van": "van", "Truck": "truck", "Pedestrian": "pedestrian",
    "Person_sitting": "pedestrian", "Cyclist": "bicycle",
}  # fmt: skip
ARGOVERSE = {
    "REGULAR_VEHICLE": "car", "PEDESTRIAN": "pedestrian", "BICYCLE": "bicycle", "TRUCK": "truck",
    "SIGN": "traffic_sign", "CONSTRUCTION_CONE": "traffic_cone", "BOX_TRUCK": "truck",
    "MOTORCYCLE": "motorcycle", "BUS": "bus", "EGO_VEHICLE": "ego", "TRUCK_CAB": "truck",
    "VEHICULAR_TRAILER": "trailer",
}  # fmt: skip
BDD = {
    "car": "car", "pedestrian": "pedestrian", "truck": "truck", "bus": "bus", "rider": "rider",
    "traffic light": "traffic_light", "train": None,
}  # fmt: skip
COCO = {1: ("person", "pedestrian"), 2: ("bicycle", "bicycle"), 3: ("car", "car"),
        4: ("motorcycle", "motorcycle"), 6: ("bus", "bus"), 7: ("train", None),
        8: ("truck", "truck"), 18: ("dog", "dog"),
        10: ("traffic light", "traffic_light")}  # fmt: skip
OBJECTS, IMAGES = 1_000_000, 100_000

Tables = tuple[pd.DataFrame, pd.DataFrame]


def main(out: Path, real: Path | None) -> int:
    """Audit and count each data set; return 1 when a count differs."""
    out.mkdir(parents=True, exist_ok=True)
    cases: list[tuple[str, Path, str, Callable[[Path], Tables]]] = []
    if real is not None:
        cases.append(("kitti", real / "kitti", "kitti", kitti))
        cases.append(("argoverse", real / "objects.parquet", "table", argoverse))
    cases.append(("bdd100k", draw_bdd(out / "bdd100k.json"), "scalabel", bdd))
    cases.append(("coco", draw_coco(out / "coco.json"), "coco", coco))
    wrong = 0
    for name, data, kind, count in cases:
        seconds, busy, memory = audit(data, out / name)
        told = json.loads((out / name / "audit.json").read_text())
        cells, differing = compare(out / name, *count(data))
        wrong += differing + (told["format"] != kind)
        counts = told["counts"]
        print(
            f"{name:10} {data.stat().st_size / 1e6 if data.is_file() else 0:6.0f} MB"
            f" {counts['frames']:8,} frames {counts['objects']:10,} objects"
            f" {counts['broken']:5,} broken {cells:6,} cells, {differing} differ;"
            f" {seconds:5.1f} s, {busy:5.1f} s of a core, {memory:5.0f} MB",
            flush=True,
        )
    return int(wrong > 0)


def audit(data: Path, out: Path) -> tuple[float, float, float]:
    """Run the audit in a process; return its wall time and its time on cores [s], and memory [MB].

    Memory is the most that was resident at once.
    """
    command = [sys.executable, "-m", "synthgen", "task=audit", f"data={data}", f"out={out}"]
    start = time.monotonic()
    process = subprocess.Popen([*command, "workers=2"], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"the audit of {data} failed")
    return time.monotonic() - start, used.ru_utime + used.ru_stime, used.ru_maxrss / 1e3


def compare(folder: Path, frames: pd.DataFrame, objects: pd.DataFrame) -> tuple[int, int]:
    """Return how many cells there are, and how many an own count differs from."""
    axes = json.loads((folder / "audit.json").read_text())["coverage"]["axes"]
    cells = pd.read_parquet(folder / "cells.parquet")
    frames = frames.assign(world=frames.get("world", frames["frame"]))
    objects = objects[~objects["ignored"]]
    frames["objects"] = frames["frame"].map(objects["frame"].value_counts()).fillna(0).astype(int)
    for name, axis in axes.items():
        if name in FRAME_AXES:
            frames[f"in {name}"] = binned(frames, axis)
    objects = objects.merge(
        frames[["frame", "world", *(one for one in frames if one.startswith("in "))]], on="frame"
    )
    for name, axis in axes.items():
        if name not in FRAME_AXES:
            objects[f"in {name}"] = binned(objects, axis)
    differing = 0
    for crossing, rows in cells.groupby("crossing", sort=False):
        names = crossing.split(" x ")
        mine = counted(frames, objects, names)
        theirs = rows.set_index(names)[["objects", "frames", "worlds"]]
        theirs.index = pd.MultiIndex.from_frame(theirs.index.to_frame(index=False))
        joined = theirs.join(mine.add_suffix(" mine"), how="outer").fillna(0)
        for column in ("objects", "frames", "worlds"):
            differing += int((joined[column] != joined[f"{column} mine"]).sum())
    return len(cells), differing


def counted(frames: pd.DataFrame, objects: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Return objects, frames and worlds of each cell of a crossing that holds something."""
    alone = set(names) <= FRAME_AXES
    table = frames if alone else objects
    groups = table.groupby([table[f"in {name}"].rename(name) for name in names])
    found = pd.DataFrame(
        {
            "objects": groups["objects"].sum() if alone else groups.size(),
            "frames": groups["frame"].nunique(),
            "worlds": groups["world"].nunique(),
        }
    )
    found.index = pd.MultiIndex.from_frame(found.index.to_frame(index=False))
    return found


def binned(table: pd.DataFrame, axis: dict) -> pd.Series:
    """Return the bin of each row: a value, or a bin that holds all that is known."""
    column = axis["column"]
    if not axis.get("edges"):
        words = table.get(column, pd.Series(None, table.index, dtype=object))
        listed = words.where(words.isin(axis.get("values") or []), "other")
        return listed.where(words.notna(), "unknown")
    edges = [math.inf if edge in ("inf", None) else float(edge) for edge in axis["edges"]]
    names = axis.get("names") or [
        f"{low:g}+" if math.isinf(high) else f"{low:g}-{high:g}" for low, high in pairwise(edges)
    ]
    none = pd.Series(np.nan, table.index)
    low = table.get(f"{column}_low", table.get(column, none)).astype(float)
    high = table.get(f"{column}_high", table.get(column, none)).astype(float)
    found = pd.Series("unknown", table.index)
    found[(low >= edges[-1]) | (high < edges[0])] = "other"
    for name, (first, last) in zip(names, pairwise(edges), strict=True):
        closed = (low < high) | (column in ("occlusion", "truncation") and last == 1)
        found[(low >= first) & ((high < last) | ((high == last) & closed))] = name
    return found


def kitti(data: Path) -> Tables:
    """Read KITTI's text files."""
    rows = []
    files = sorted((data / "training/label_2").glob("*.txt"))
    for file in files:
        for line in file.read_text().splitlines():
            kind, *words = line.split()
            cut, level, alpha = map(float, words[:3])
            top, bottom = float(words[4]), float(words[6])
            x, z = float(words[10]), float(words[12])
            real = kind != "DontCare"
            bounds = {0: (0, 0.1), 1: (0.1, 0.5), 2: (0.5, 1)}.get(int(level), (None, None))
            rows.append(
                {
                    "frame": file.stem, "class": KITTI.get(kind), "ignored": not real,
                    "distance": math.hypot(x, z) if real else None,
                    "occlusion_low": bounds[0], "occlusion_high": bounds[1],
                    "truncation": cut if real else None, "box_height": bottom - top,
                    "aspect": (math.degrees(-alpha - math.pi / 2) + 45) % 360 - 45,
                }
            )  # fmt: skip
    return pd.DataFrame({"frame": [file.stem for file in files]}), pd.DataFrame(rows)


def argoverse(data: Path) -> Tables:
    """Read the Parquet of boxes."""
    table = pd.read_parquet(data)
    subtype = table["class"].map({"BOX_TRUCK": "box_truck"})
    table = table.assign(ignored=False, subtype=subtype, **{"class": table["class"].map(ARGOVERSE)})
    return pd.DataFrame({"frame": table["frame"].unique()}), table


def draw_bdd(path: Path, count: int = 4000) -> Path:
    """Write a file as BDD100K's, some records of which are broken."""
    rng = np.random.default_rng(7)
    frames = []
    for number in range(count):
        said = {
            "weather": str(rng.choice([*WEATHERS, "undefined"])),
            "timeofday": str(rng.choice([*TIMES, "undefined"])),
            "scene": str(rng.choice(SCENES)),
        }
        labels = [_bdd_label(rng, n) for n in range(rng.integers(0, 25))]
        world = f"video-{number // 8:05d}"
        name = f"{world}-{number:07d}.jpg"
        frames.append({"name": name, "videoName": world, "attributes": said, "labels": labels})
    path.write_text(json.dumps(frames))
    return path


def _bdd_label(rng: np.random.Generator, number: int) -> dict:
    left, top, width, height = (float(round(value, 3)) for value in rng.uniform(0, 300, 4))
    box = {"x1": left, "y1": top, "x2": left + width, "y2": top + height}
    if rng.random() < 0.002:
        box["x2"] = float(rng.choice([math.nan, left - 5]))
    flags = {name: bool(rng.random() < 0.3) for name in ("occluded", "truncated", "crowd")}
    return {
        "id": str(number), "category": str(rng.choice(list(BDD))), "attributes": flags,
        "box2d": box,
    }  # fmt: skip


def bdd(data: Path) -> Tables:
    """Read the file with json."""
    frames, rows = [], []
    for one in json.loads(data.read_text()):
        said = one["attributes"]
        frames.append(
            {
                "frame": one["name"], "world": one["videoName"],
                "time_of_day": TIMES.get(said["timeofday"]),
                "weather": WEATHERS.get(said["weather"]),
                "place": None if said["scene"] == "undefined" else said["scene"],
            }
        )  # fmt: skip
        for label in one["labels"]:
            box, flags = label["box2d"], label["attributes"]
            if math.isnan(box["x2"]) or box["x2"] < box["x1"]:
                continue
            hidden, cut = flags["occluded"], flags["truncated"]
            rows.append(
                {
                    "frame": one["name"], "class": BDD[label["category"]],
                    "ignored": flags["crowd"], "box_height": box["y2"] + 1 - box["y1"],
                    "occlusion_low": 0.1 if hidden else 0, "occlusion_high": 1 if hidden else 0.1,
                    "truncation_low": 0.01 if cut else 0, "truncation_high": 1 if cut else 0.01,
                }
            )  # fmt: skip
    return pd.DataFrame(frames), pd.DataFrame(rows)


def draw_coco(path: Path) -> Path:
    """Write a COCO file of `OBJECTS` annotations, some of which are broken."""
    if path.is_file():
        return path
    rng = np.random.default_rng(11)
    words = {"timeofday": [*TIMES, "undefined"], "weather": [*WEATHERS, "undefined"]}
    drawn = {name: rng.choice(said, IMAGES) for name, said in words.items()}
    with path.open("w") as file:
        file.write('{"info": {}, "images": [')
        for number in range(IMAGES):
            said = {name: str(values[number]) for name, values in drawn.items()}
            image = {"id": number, "file_name": f"{number:08d}.jpg", "width": 1280, "height": 720,
                     "video_id": number // 40, "attributes": said}  # fmt: skip
            file.write((", " if number else "") + json.dumps(image))
        file.write('],\n"annotations": [')
        _annotations(file, rng)
        names = [{"id": number, "name": name} for number, (name, _) in COCO.items()]
        file.write('],\n"categories": ' + json.dumps(names) + "}\n")
    return path


def _annotations(file, rng: np.random.Generator) -> None:
    kinds = rng.choice(list(COCO), OBJECTS)
    images = rng.integers(0, IMAGES, OBJECTS)
    boxes = np.round(rng.uniform(1, 400, (OBJECTS, 4)), 2)
    crowd, fault = rng.random(OBJECTS) < 0.02, rng.random(OBJECTS)
    for number in range(OBJECTS):
        left, top, width, height = boxes[number].tolist()
        corners = [left, top, left + width, top, left + width, top + height, left, top + height]
        row = {
            "id": number + 1, "image_id": int(images[number]), "category_id": int(kinds[number]),
            "bbox": [left, top, width, height], "area": round(width * height, 2),
            "iscrowd": int(crowd[number]), "segmentation": [[round(v, 2) for v in corners]],
        }  # fmt: skip
        if fault[number] < 3e-4:
            row["bbox"][2] = math.nan if fault[number] < 1e-4 else -width
        elif fault[number] > 1 - 1e-4:
            row["image_id"] = IMAGES + 5
        file.write((", " if number else "") + json.dumps(row))


def coco(data: Path) -> Tables:
    """Read the file with json."""
    told = json.loads(data.read_text())
    images = pd.json_normalize(told["images"])
    names = pd.Series(images["file_name"].to_numpy(), images["id"])
    frames = pd.DataFrame(
        {
            "frame": images["file_name"],
            "world": images["video_id"].astype(str),
            "time_of_day": images["attributes.timeofday"].map(TIMES),
            "weather": images["attributes.weather"].map(WEATHERS),
        }
    )
    columns = ("image_id", "category_id", "iscrowd")
    rows = pd.DataFrame({name: [one[name] for one in told["annotations"]] for name in columns})
    box = np.array([one["bbox"] for one in told["annotations"]])
    rows["box_height"] = (box[:, 1] + box[:, 3]) - box[:, 1]
    rows["class"] = rows["category_id"].map({number: kind for number, (_, kind) in COCO.items()})
    rows["frame"], rows["ignored"] = rows["image_id"].map(names), rows["iscrowd"] == 1
    good = np.isfinite(box).all(axis=1) & (box[:, 2:] >= 0).all(axis=1) & rows["frame"].notna()
    return frames, rows[good]


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None))
