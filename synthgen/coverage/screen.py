"""What an audit prints."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from synthgen.coverage.cells import Count, title
from synthgen.coverage.targets import Goal
from synthgen.spec.coverage import OTHER, UNKNOWN

Cells = Mapping[tuple[str, ...], Sequence[Count]]


def show(out: Path, record: Mapping[str, Any], cells: Cells, found: Sequence[Goal]) -> None:
    """Print what is there, what is not told, how full the crossings are, and the targets."""
    print("\n".join(lines(out, record, cells, found)))


def lines(
    out: Path, record: Mapping[str, Any], cells: Cells, found: Sequence[Goal]
) -> Iterator[str]:
    """Yield the lines that `show` prints."""
    yield from _head(record)
    yield from _unknown(record)
    yield from _crossings(cells)
    yield from _targets(found)
    yield f"audit in {out}"


def _head(record: Mapping[str, Any]) -> Iterator[str]:
    counts = record["counts"]
    yield (
        f"{record['format']}: {counts['frames']:,} frames, {counts['objects']:,} objects "
        f"({counts['ignored']:,} more are to be ignored), {counts['worlds']:,} worlds"
    )
    if counts["frames_without_world"]:
        yield (
            f"the world of {counts['frames_without_world']:,} frames is not told: "
            "each counts as one of its own"
        )
    if counts["broken"]:
        yield f"{counts['broken']:,} broken records skipped, named in broken.jsonl:"
        yield from (f"  {number:9,}  {why}" for why, number in record["broken"].items())


def _unknown(record: Mapping[str, Any]) -> Iterator[str]:
    """Yield the axes of which something is in no named bin."""
    rest = {axis: told["unknown"] - told["too_coarse"] for axis, told in record["axes"].items()}
    silent = [axis for axis, told in record["axes"].items() if rest[axis] == told["of"]]
    if silent:
        yield f"nothing is told of {', '.join(silent)}"
    lacking = [
        (axis, told)
        for axis, told in record["axes"].items()
        if axis not in silent and told["unknown"] + told["other"]
    ]
    if lacking:
        yield ""
        yield f"{'axis':16} {UNKNOWN:>10} {'too coarse':>11} {OTHER:>10} {'of':>10}"
    for axis, told in lacking:
        numbers = f"{rest[axis]:10,} {told['too_coarse']:11,} {told['other']:10,}"
        yield f"{axis:16} {numbers} {told['of']:10,}"


def _crossings(cells: Cells) -> Iterator[str]:
    """Yield of each crossing its cells, the empty ones, and the share of objects in named cells."""
    if not cells:
        return
    yield ""
    yield f"{'crossing':44} {'cells':>7} {'empty':>7} {'objects':>8}"
    for crossing, counts in cells.items():
        named = [cell for cell in counts if not set(cell.bins) & {OTHER, UNKNOWN}]
        empty = sum(not cell.worlds for cell in named)
        part = sum(cell.objects for cell in named) / max(1, sum(cell.objects for cell in counts))
        yield f"{title(crossing):44} {len(named):7,} {empty:7,} {part:8.1%}"


def _targets(found: Sequence[Goal]) -> Iterator[str]:
    if not found:
        return
    width = max(len(goal.name) for goal in found) + 5
    yield ""
    yield f"{'target':{width}} {'asked':>7} {'there':>7} {'missing':>8} {'unsure':>7}   (worlds)"
    for goal in found:
        numbers = f"{goal.asked:7,} {goal.there:7,} {goal.missing:8,} {goal.unsure:7,}"
        yield f"{f'{goal.id}  {goal.name}':{width}} {numbers}"
