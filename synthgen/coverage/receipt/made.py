"""The data that were made, read as an audit reads them and cut by the same definition."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq

from synthgen.coverage.collect import collect, tidy
from synthgen.coverage.query import database
from synthgen.coverage.readers import open_reader
from synthgen.coverage.receipt.evidence import by_frame
from synthgen.coverage.receipt.examples import Frame, Key
from synthgen.coverage.receipt.findings import Box, ShardProof
from synthgen.coverage.receipt.tally import Tally, members, tallies
from synthgen.coverage.tables import Cut, cut, load
from synthgen.spec.coverage import Axis, Coverage, Place


@dataclass(frozen=True, eq=False)
class Made:
    """What the data that were made hold.

    Attributes:
        frames: table of an audit.
        objects: table of an audit.
        totals: frames, objects, worlds, broken records.
        tallies: by cell and target.
        shown: frames with images, and the boxes of their objects, by name.
        axes: of the definition, with the values found here where it names none.
    """

    frames: pa.Table
    objects: pa.Table
    totals: Mapping[str, int]
    tallies: Mapping[Key, Tally]
    shown: Mapping[str, Frame]
    axes: Mapping[str, Axis]


def made(
    data: Path,
    coverage: Coverage,
    wheres: Mapping[str, Mapping[str, Place]],
    shards: tuple[ShardProof, ...],
    threads: int = 1,
) -> Made:
    """Return what `data` hold.

    Args:
        data: folder of a fill, or of one data set.
        coverage: definition, whose axes have the values that the audit found.
        wheres: conditions of targets, by id.
        shards: finished ones in `data`.
        threads: of the database.

    Raises:
        UserError: when `data` are no data of ours, or hold no frame.
    """
    with TemporaryDirectory(prefix="synthgen-receipt-") as scratch:
        folder = Path(scratch)
        why = collect(open_reader("synthgen"), data, folder)
        with database(threads) as query:
            tidy(query, folder, why)
        frames, objects = (
            pq.read_table(folder / f"{one}.parquet") for one in ("frames", "objects")
        )
        shard = by_frame(frames.select(["frame", "image"]).to_pydict(), shards)
        boxes, place = _boxes(objects)
        with _cut(folder, coverage, threads) as found:
            told = tallies(members(found, coverage.cells, wheres), shard, place)
            totals = _totals(found, sum(why.values()))
            axes = dict(found.axes)
    return Made(frames, objects, totals, told, _shown(frames, shard, boxes), axes)


@contextmanager
def _cut(folder: Path, coverage: Coverage, threads: int) -> Iterator[Cut]:
    with database(threads) as query:
        load(query, folder)
        yield cut(query, coverage)


def _totals(found: Cut, broken: int) -> dict[str, int]:
    return {
        "frames": found.query.number("SELECT count(*) FROM numbered"),
        "objects": found.query.number("SELECT count(*) FROM object_cut"),
        "worlds": found.query.number("SELECT count(DISTINCT coalesce(world, frame)) FROM numbered"),
        "broken": broken,
    }


def _boxes(objects: pa.Table) -> tuple[dict[str, list[Box]], dict[int, int]]:
    """Return the boxes of each frame's objects that count, and each one's place by row."""
    columns = ("frame", "class", "label", "left", "top", "right", "bottom", "ignored")
    boxes: dict[str, list[Box]] = {}
    place = {}
    rows = zip(*(objects[name].to_pylist() for name in columns), strict=True)
    for row, (frame, kind, label, *edges, ignored) in enumerate(rows):
        if ignored or None in edges:
            continue
        there = boxes.setdefault(frame, [])
        place[row] = len(there)
        there.append(Box(kind or label or "object", *edges))
    return boxes, place


def _shown(
    frames: pa.Table, shard: Mapping[str, int], boxes: Mapping[str, list[Box]]
) -> dict[str, Frame]:
    columns = (frames[name].to_pylist() for name in ("frame", "image", "width", "height"))
    return {
        frame: Frame(image, width, height, shard[frame], tuple(boxes.get(frame, ())))
        for frame, image, width, height in zip(*columns, strict=True)
    }
