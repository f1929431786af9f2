"""The whole export: fixed tables, every clip, splits."""

from collections.abc import Collection, Iterable
from pathlib import Path

from synthgen.exports.nuscenes.channels import channels
from synthgen.exports.nuscenes.drive import write_clip
from synthgen.exports.nuscenes.fixed import write_fixed
from synthgen.exports.nuscenes.recording import Car, Clip
from synthgen.exports.nuscenes.source import car_of, clips_of
from synthgen.exports.nuscenes.tables import Tables
from synthgen.exports.nuscenes.target import VERSION, Target
from synthgen.readers.dataset import DataSet
from synthgen.writers.files import canonical, write


def write_tree(car: Car, clips: Iterable[Clip], val: Collection[int], folder: Path) -> None:
    """Write `clips` as a nuScenes data set into `folder`, one clip in memory at a time.

    Args:
        car: what carries the sensors.
        clips: of the data set.
        val: numbers of the frames that validate.
        folder: root of the tree.
    """
    named = channels(car.sensors.values())
    splits: dict[str, list[str]] = {"synth_train": [], "synth_val": []}
    with Tables(folder / VERSION) as tables:
        target = Target(folder, tables, car, named)
        write_fixed(tables, car, named)
        for clip in clips:
            for scene in write_clip(target, clip):
                validates = scene.samples[0][-1].number in val
                splits["synth_val" if validates else "synth_train"].append(scene.name)
    write(folder / VERSION / "splits.json", canonical(splits) + "\n")


def export(data: DataSet, folder: Path) -> None:
    """Write the data set `data` as a nuScenes tree into `folder`."""
    write_tree(car_of(data), clips_of(data), frozenset(data.split.val), folder)
