"""Our own data sets: everything is known, from the tables of finished shards.

`data` is what one run made, or a folder of such folders, as a fill has. A picture is a frame: one
per moment, camera of the rig and twin, named `FRAME`, `FRAME/CAMERA` where there are several
cameras, with `TWIN/` in front of a twin's and the run's folder in front where there are several.
A world is a clip; what stands in it under other conditions is the same world. What is outside a
picture is not among its objects; what the rules of the labels do not count is `ignored`.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

from synthgen.coverage.readers import Batch, Broken
from synthgen.coverage.readers.own_frames import frames_of
from synthgen.coverage.readers.own_objects import objects_of
from synthgen.coverage.readers.own_tables import Source, sources
from synthgen.errors import UserError
from synthgen.readers.dataset import open_dataset


def recognises(data: Path) -> bool:
    """Return whether `data` is a data set of ours, or holds some."""
    return bool(_homes(data))


def read(data: Path, broken: Callable[[Broken], None]) -> Iterator[Batch]:
    """Yield the frames and objects of each shard and of its twins; none is ever broken."""
    for source in shards(data):
        yield from _batches(source)


def shards(data: Path) -> Iterator[Source]:
    """Yield the tables of each shard, its twins' behind its own.

    Raises:
        UserError: when there is no data set of ours.
    """
    homes = _homes(data)
    if not homes:
        raise UserError(f"data={data}: expected a data set of synthgen, with shards/ in it")
    for home in homes:
        prefix = "" if home == data else f"{home.relative_to(data).as_posix()}/"
        yield from sources(open_dataset(home), data, prefix)


def _homes(data: Path) -> list[Path]:
    """Return the folders of runs: `data` itself, or those in it, in order."""
    if _run(data):
        return [data]
    return sorted(path for path in data.glob("*/") if _run(path)) if data.is_dir() else []


def _run(folder: Path) -> bool:
    return (folder / "run.json").is_file() and (folder / "shards").is_dir()


def _batches(source: Source) -> Iterator[Batch]:
    frames = frames_of(source)
    yield Batch(frames=frames)
    objects = objects_of(source)
    if objects.num_rows:
        yield Batch(objects=objects)
