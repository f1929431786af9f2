"""What a data set of ours holds, read and counted as an audit reads and counts."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow.parquet as pq

from synthgen.coverage.collect import collect
from synthgen.coverage.planning.marginals import COLUMNS, Marginals, marginals
from synthgen.coverage.planning.match import Clip
from synthgen.coverage.query import database
from synthgen.coverage.readers import Reader, open_reader, own_around
from synthgen.coverage.tables import cut, load
from synthgen.coverage.targets import held
from synthgen.errors import UserError
from synthgen.spec.coverage import Coverage, Place
from synthgen.spec.plain_json import parsed


@contextmanager
def tables(folder: Path, reader: Reader | None = None) -> Iterator[Path]:
    """Yield a scratch folder with frames.parquet and objects.parquet of a data set of ours.

    Args:
        folder: of the data set.
        reader: that takes it in; None is that of an audit.

    Raises:
        UserError: when a record of it is broken, or there is none.
    """
    with TemporaryDirectory(prefix="synthgen-") as scratch:
        broken = collect(reader or open_reader("synthgen"), folder, Path(scratch))
        if broken:
            raise UserError(f"{folder}: broken records, {next(iter(broken))}; make it again")
        yield Path(scratch)


def count(
    folder: Path, coverage: Coverage, wheres: Mapping[str, Mapping[str, Place]]
) -> dict[str, int]:
    """Return in how many worlds of a data set of ours the targets `wheres`, by id, are met.

    Counted as an audit counts: distinct tracks, at most one per world.
    """
    with tables(folder) as scratch, database() as query:
        load(query, scratch)
        found = held(cut(query, coverage), list(wheres.values()))
    return {name: told[0] for name, told in zip(wheres, found, strict=True)}


def look(folder: Path, around: bool = False) -> tuple[Marginals, list[Clip]]:
    """Return what a data set of ours is like, and its worlds with the traffic that was drawn.

    Args:
        folder: of the data set.
        around: whether frames are lidar sweeps and what stands round the car, not pictures.
    """
    with tables(folder, own_around if around else None) as scratch:
        frames = pq.read_table(scratch / "frames.parquet", columns=["frame", "world"])
        objects = pq.read_table(scratch / "objects.parquet", columns=["frame", *COLUMNS])
    whole = marginals(len(frames), objects.select(list(COLUMNS)).to_batches())
    world_of = dict(zip(frames["frame"].to_pylist(), frames["world"].to_pylist(), strict=True))
    counts: dict[str, Counter[str]] = {world: Counter() for world in world_of.values()}
    for row in objects.select(["frame", "class", "ignored"]).to_pylist():
        if row["class"] and not row["ignored"]:
            counts[world_of[row["frame"]]][row["class"]] += 1
    lengths, traffic = Counter(world_of.values()), _traffic(folder)
    clips = [Clip(traffic[_clip(world)], lengths[world], counts[world]) for world in counts]
    return whole, clips


def _clip(world: str) -> int:
    """Return the number of the clip that a world is."""
    return int(world.rpartition("/")[2])


def _traffic(folder: Path) -> dict[int, dict[str, float]]:
    """Return what was drawn of the traffic, by clip."""
    found = {}
    for path in sorted(folder.glob("shards/[0-9]*/manifest.json")):
        for clip in parsed(path.read_text())["clips"]:
            draws = clip["draws"]
            found[int(clip["clip"])] = {k: v for k, v in draws.items() if k.startswith("traffic.")}
    return found
