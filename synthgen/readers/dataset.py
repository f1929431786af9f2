"""A whole finished data set."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from synthgen.errors import UserError
from synthgen.readers.shard import Clip, Shard, read_shard
from synthgen.spec.plain_json import parsed
from synthgen.split import Split, clip_frames, split


@dataclass(frozen=True, eq=False)
class DataSet:
    """What a run made.

    Attributes:
        folder: where it lies.
        run: content of `run.json`: identity, spec, versions, command.
        shards: finished ones, in order.
    """

    folder: Path
    run: Mapping
    shards: tuple[Shard, ...]

    @property
    def identity(self) -> str:
        """Hash of the spec that it was made from."""
        return str(self.run["identity"])

    @property
    def rig(self) -> Mapping:
        """The sensors, as `run.json` records them."""
        rig: Mapping = self.run["spec"]["rig"]
        return rig

    @cached_property
    def split(self) -> Split:
        """Which frames train and which validate: the same as everywhere else."""
        return split([clip for shard in self.shards for clip in clip_frames(shard.manifest)])

    def clips(self) -> Iterator[Clip]:
        """Yield every clip, in order."""
        for shard in self.shards:
            yield from shard.clips()


def open_dataset(folder: Path) -> DataSet:
    """Return the data set in `folder`; nothing but `run.json` and the manifests is read.

    Raises:
        UserError: when there is none, or its parts do not belong together.
    """
    path = folder / "run.json"
    paths = sorted(folder.glob("shards/[0-9]*/manifest.json"))
    if not path.is_file() or not paths:
        raise UserError(f"data={folder}: expected a data set of synthgen, with shards/ in it")
    try:
        run = parsed(path.read_text())
        identity = run["identity"]
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(f"{path}: not a run record of synthgen") from error
    shards = tuple(read_shard(one.parent) for one in paths)
    for shard in shards:
        if shard.manifest["identity"] != identity:
            raise UserError(f"{shard.home}: of another spec than {path}")
    return DataSet(folder, run, shards)
