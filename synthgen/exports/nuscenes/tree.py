"""The whole export: what each shard becomes, and how these parts become one tree."""

import json
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from synthgen.export import Part, files_of, place
from synthgen.exports.nuscenes.channels import TOP, channels
from synthgen.exports.nuscenes.drive import write_clip
from synthgen.exports.nuscenes.fixed import write_fixed
from synthgen.exports.nuscenes.recording import Car, Clip
from synthgen.exports.nuscenes.source import car_of, clips_of
from synthgen.exports.nuscenes.tables import FIXED, TABLES, Tables, copy_rows
from synthgen.exports.nuscenes.target import VERSION, Target
from synthgen.readers.dataset import DataSet
from synthgen.readers.shard import Shard
from synthgen.writers.files import canonical, write

SPLITS = ("synth_train", "synth_val")
"""Names that are not nuScenes' own, which its development kit binds to its own scenes."""


def write_tree(car: Car, clips: Iterable[Clip], val: Collection[int], folder: Path) -> None:
    """Write `clips` as a nuScenes data set into `folder`, one clip in memory at a time.

    Args:
        car: what carries the sensors.
        clips: of the data set.
        val: numbers of the frames that validate.
        folder: root of the tree.
    """
    named = channels(car.sensors.values())
    splits: dict[str, list[str]] = {name: [] for name in SPLITS}
    with Tables(folder / VERSION) as tables:
        target = Target(folder, tables, car, named)
        write_fixed(tables, car, named)
        for clip in clips:
            for scene in write_clip(target, clip):
                validates = scene.samples[0][-1].number in val
                splits[SPLITS[validates]].append(scene.name)
    write(folder / VERSION / "splits.json", canonical(splits) + "\n")


def write_shard(data: DataSet, shard: Shard, folder: Path) -> None:
    """Write what `shard` yields: a tree of its own."""
    car = car_of(data)
    named = channels(car.sensors.values())
    top = next(name for name, channel in named.items() if channel == TOP)
    write_tree(car, clips_of(shard, top), frozenset(data.split.val), folder)


def join(_: DataSet, parts: Sequence[Part], folder: Path) -> None:
    """Make one tree of those of all shards: their files side by side, their tables one."""
    tables = {Path(VERSION, f"{name}.json") for name in (*TABLES, "splits")}
    for path, own in files_of(parts):
        if own not in tables:
            place(path, folder / own)
    with Tables(folder / VERSION) as whole:
        for name in TABLES:
            for part in parts[:1] if name in FIXED else parts:
                copy_rows(part.folder / f"{VERSION}/{name}.json", whole, name)
    found = [json.loads((part.folder / f"{VERSION}/splits.json").read_text()) for part in parts]
    splits = {name: [scene for one in found for scene in one[name]] for name in SPLITS}
    write(folder / VERSION / "splits.json", canonical(splits) + "\n")
