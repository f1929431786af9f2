"""What the data that were made have in each cell: counts, shards and candidates for examples."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from synthgen.coverage.binning import code, labels
from synthgen.coverage.query import name
from synthgen.coverage.receipt.examples import Candidate, Key
from synthgen.coverage.receipt.findings import Count
from synthgen.coverage.tables import SEEN, Cut
from synthgen.coverage.targets import condition
from synthgen.spec.coverage import Axis, Place

NOTHING = Count()
_WORLD = "coalesce(f.world, f.frame)"
_OF_FRAMES = (
    "numbered f LEFT JOIN (SELECT frame, count(*) AS n FROM objects WHERE NOT "
    "coalesce(ignored, FALSE) GROUP BY frame) c ON f.frame = c.frame"
)


@dataclass(frozen=True)
class Member:
    """An object that is in a cell or meets a target; a frame where these are of frames.

    Attributes:
        key: of the cell, (crossing, *values), or of the target, (id,).
        frame: name.
        world: it is of.
        object: row of the objects' table, or -1.
        objects: that it stands for: 1, or those of the frame.
    """

    key: Key
    frame: str
    world: str
    object: int = -1
    objects: int = 1


@dataclass(frozen=True)
class Tally:
    """One cell of the data that were made.

    Attributes:
        count: of its members.
        shards: that they lie in, ascending.
        candidates: its members, as examples.
    """

    count: Count = NOTHING
    shards: tuple[int, ...] = ()
    candidates: tuple[Candidate, ...] = ()


def members(
    cut: Cut, crossings: Sequence[Sequence[str]], wheres: Mapping[str, Mapping[str, Place]]
) -> Iterator[Member]:
    """Yield the members of all cells of `crossings`, then of the targets, whose ids are keys."""
    for number, crossing in enumerate(crossings):
        axes = [cut.axes[axis] for axis in crossing]
        codes = [f"{code(axis)} AS {name(key)}" for key, axis in zip(crossing, axes, strict=True)]
        for *found, frame, world, row, objects in cut.query.rows(_sql(cut, crossing, codes, "")):
            yield Member((number, *_bins(axes, found)), frame, world, row, objects)
    for goal, where in wheres.items():
        chosen = f" AND {condition(cut.axes, where)}"
        for frame, world, row, objects in cut.query.rows(_sql(cut, list(where), [], chosen)):
            yield Member((goal,), frame, world, row, objects)


def _bins(axes: Sequence[Axis], codes: Sequence[int]) -> list[str]:
    return [labels(axis)[at] for axis, at in zip(axes, codes, strict=True)]


def _sql(cut: Cut, axes: Sequence[str], codes: Sequence[str], chosen: str) -> str:
    """Return the question for codes, frame, world, row and objects, in the order of the rows."""
    if cut.of_objects(axes):
        told, table, row = "o.file_row_number, 1", SEEN, "o.file_row_number"
    else:
        told, table, row = "-1, coalesce(c.n, 0)", f"{_OF_FRAMES} WHERE TRUE", "f.number"
    columns = ", ".join([*codes, "f.frame", _WORLD, told])
    return f"SELECT {columns} FROM {table}{chosen} ORDER BY {row}"


def tallies(
    found: Iterable[Member], shard: Mapping[str, int], box: Mapping[int, int]
) -> dict[Key, Tally]:
    """Return the tally of each key that has members.

    Args:
        found: each object once per key.
        shard: number of the shard of each frame.
        box: number of each object's box in its frame, by row; objects without a box have none.
    """
    by_key: dict[Key, list[Member]] = defaultdict(list)
    for one in found:
        by_key[one.key].append(one)
    return {key: _tally(some, shard, box) for key, some in by_key.items()}


def _tally(some: list[Member], shard: Mapping[str, int], box: Mapping[int, int]) -> Tally:
    frames = {one.frame for one in some}
    candidates = tuple(
        Candidate(one.frame, one.world, box.get(one.object, -1))
        for one in some
        if one.object < 0 or one.object in box
    )
    return Tally(
        Count(sum(one.objects for one in some), len(frames), len({one.world for one in some})),
        tuple(sorted({shard[frame] for frame in frames})),
        candidates,
    )
