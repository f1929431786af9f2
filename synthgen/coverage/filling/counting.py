"""What finished shards really hold toward each target: worlds, counted as an audit counts."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from synthgen.coverage.collect import collect
from synthgen.coverage.query import Query, database
from synthgen.coverage.readers import Batch, Broken
from synthgen.coverage.readers.own_frames import frames_of
from synthgen.coverage.readers.own_objects import objects_of
from synthgen.coverage.readers.own_tables import sources
from synthgen.coverage.tables import SEEN, Cut, cut, load
from synthgen.coverage.targets import condition
from synthgen.errors import UserError
from synthgen.readers.dataset import open_dataset
from synthgen.spec.coverage import Coverage, Place

Wheres = Mapping[str, Mapping[str, Place]]


@dataclass(frozen=True)
class Held:
    """What a finished shard holds.

    Attributes:
        number: of the shard.
        sha256: of its manifest.
        frames: in it.
        worlds: its clips.
        hits: of these, the ones that count, by target.
    """

    number: int
    sha256: str
    frames: int
    worlds: tuple[int, ...]
    hits: Mapping[str, tuple[int, ...]]


def held(
    home: Path, numbers: Sequence[int], coverage: Coverage, wheres: Wheres
) -> tuple[Held, ...]:
    """Return what the shards `numbers` of the data set in `home` hold; those that are not there
    are left out.

    Raises:
        UserError: when a record in them is broken.
    """
    if not any(home.glob("shards/[0-9]*/manifest.json")):
        return ()
    whole = open_dataset(home)
    some = replace(whole, shards=tuple(one for one in whole.shards if one.number in numbers))
    if not some.shards:
        return ()
    hits = _hits(_Shards(some), home, coverage, wheres)
    found = []
    for shard in some.shards:
        clips = tuple(int(clip["clip"]) for clip in shard.manifest["clips"])
        own = {
            target: tuple(clip for clip in clips if clip in worlds)
            for target, worlds in hits.items()
        }
        frames = len(shard.manifest["frames"])
        found.append(Held(shard.number, shard.sha256, frames, clips, own))
    return tuple(found)


@dataclass(frozen=True, eq=False)
class _Shards:
    """Reads some shards of a data set, as `readers/synthgen.py` reads all of it."""

    some: object

    def recognises(self, data: Path) -> bool:
        """Return whether there is a data set in `data`."""
        return (data / "run.json").is_file()

    def read(self, data: Path, _broken: Callable[[Broken], None]) -> Iterator[Batch]:
        """Yield the frames and objects of the shards; worlds are called as clips are."""
        for source in sources(self.some, data, ""):  # type: ignore[arg-type]
            yield Batch(frames=frames_of(source))
            objects = objects_of(source)
            if objects.num_rows:
                yield Batch(objects=objects)


def _hits(
    reader: _Shards, home: Path, coverage: Coverage, wheres: Wheres
) -> dict[str, frozenset[int]]:
    """Return the clips that count for each target."""
    with TemporaryDirectory(prefix="synthgen-fill-") as scratch:
        broken = collect(reader, home, Path(scratch))
        if broken:
            raise UserError(f"{home}: broken records, {next(iter(broken))}; make it again")
        with database() as query:
            load(query, Path(scratch))
            made = cut(query, coverage)
            return {target: _clips(query, made, where) for target, where in wheres.items()}


def _clips(query: Query, made: Cut, where: Mapping[str, Place]) -> frozenset[int]:
    chosen = condition(made.axes, where)
    table = f"{SEEN} AND" if made.of_objects(list(where)) else "numbered f WHERE"
    rows = query.rows(f"SELECT DISTINCT f.world FROM {table} {chosen} ORDER BY 1")
    return frozenset(int(world) for (world,) in rows)
