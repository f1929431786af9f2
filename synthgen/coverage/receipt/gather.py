"""Everything a receipt says, from an audit, the plan and the data that were made."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

from synthgen.coverage.binning import labels
from synthgen.coverage.cells import title
from synthgen.coverage.columns import VERSION
from synthgen.coverage.folder import Audit
from synthgen.coverage.receipt.brightness import pictured
from synthgen.coverage.receipt.evidence import shards
from synthgen.coverage.receipt.examples import Candidate, Key, album
from synthgen.coverage.receipt.findings import Cell, Count, Goal, Receipt
from synthgen.coverage.receipt.histograms import histograms
from synthgen.coverage.receipt.made import Made, made
from synthgen.coverage.receipt.planned import Planned, planned
from synthgen.coverage.receipt.tally import Tally
from synthgen.spec.coverage import Axis

OF_GOAL, OF_CELL = 4, 2
"""Worlds that examples of a target and of a cell are from, at most."""
_NONE = Tally()


def gather(audit: Audit, data: Path, plan: str, workers: int = 1) -> Receipt:
    """Return the receipt of `data` held against `audit`.

    Args:
        audit: of what was there before.
        data: folder of what a fill made, or of a data set of ours.
        plan: path of the plan, empty where it lies in `data` or there is none.
        workers: threads of the database, processes that open images.

    Raises:
        UserError: when the data are not ours, the plan is another's, or an image cannot be opened.
    """
    proofs = shards(data)
    told = planned(data, plan, audit.digest)
    wheres = {goal.id: goal.where for goal in audit.goals}
    found = made(data, audit.coverage, wheres, proofs, workers)
    goals, cells = _goals(audit, told, found), _cells(audit, found)
    shown = album(data, found.shown, list(_wanted(goals, cells, found)))
    images = pictured(audit, data, found.frames, workers)
    before = (images.before, audit.table("objects"))
    return Receipt(
        definition=replace(audit.coverage, axes=found.axes),
        sources=_sources(audit, told),
        totals={"before": _before(audit), "added": found.totals},
        goals=goals,
        cells=cells,
        histograms=histograms(before, (images.made, found.objects)),
        shards=proofs,
        duplicates=images.duplicates,
        pictures=shown.pictures,
        crops=shown.crops,
        examples=shown.examples,
    )


def _sources(audit: Audit, plan: Planned | None) -> dict[str, object]:
    told: dict[str, object] = {
        "synthgen": version("synthgen"),
        "audit": {"version": VERSION, "format": audit.format, "digest": audit.digest},
    }
    if plan:
        told["plan"] = {"version": plan.version, "jobs": plan.jobs, "digest": plan.digest}
    if plan and plan.state:
        told["fill"] = {"state": plan.state}
    return told


def _before(audit: Audit) -> dict[str, int]:
    """Return the audit's totals; a frame whose world is not told is a world of its own."""
    counts = audit.counts
    worlds = counts["worlds"] + counts["frames_without_world"]
    return {
        "frames": counts["frames"],
        "objects": counts["objects"],
        "worlds": worlds,
        "broken": counts["broken"],
    }


def _goals(audit: Audit, plan: Planned | None, found: Made) -> tuple[Goal, ...]:
    out, short = (plan.out, plan.short) if plan else ({}, {})
    return tuple(
        Goal(
            one.id, one.name, one.where, one.asked, one.there, one.missing,
            _tally(found, (one.id,)).count.worlds, *out.get(one.id, ("", "")),
            shards=_tally(found, (one.id,)).shards, unsure=one.unsure,
            note=short.get(one.id, ""),
        )
        for one in audit.goals
    )  # fmt: skip


def _tally(found: Made, key: Key) -> Tally:
    return found.tallies.get(key, _NONE)


def _cells(audit: Audit, found: Made) -> tuple[Cell, ...]:
    """Return the cells that hold something before or after, in the order of the definition."""
    crossings = audit.coverage.cells
    before = _counts(audit.table("cells").to_pylist(), crossings)
    there = {key for key, count in before.items() if count.frames or count.objects}
    keys = there | {key for key in found.tallies if isinstance(key[0], int)}
    return tuple(
        Cell(
            int(key[0]), tuple(str(one) for one in key[1:]), before.get(key, Count()),
            _tally(found, key).count, _tally(found, key).shards,
        )
        for key in sorted(keys, key=lambda key: _order(crossings, found.axes, key))
    )  # fmt: skip


def _counts(rows: Sequence[Mapping], crossings: Sequence[Sequence[str]]) -> dict[Key, Count]:
    numbers = {title(crossing): number for number, crossing in enumerate(crossings)}
    found = {}
    for row in rows:
        number = numbers[row["crossing"]]
        key = (number, *(row[axis] for axis in crossings[number]))
        found[key] = Count(row["objects"], row["frames"], row["worlds"])
    return found


def _order(
    crossings: Sequence[Sequence[str]], axes: Mapping[str, Axis], key: Key
) -> tuple[int, ...]:
    """Return the place of a cell: by crossing, then by the order of each axis's bins."""
    number = int(key[0])
    bins = [labels(axes[name]) for name in crossings[number]]
    return (number, *(own.index(str(one)) for own, one in zip(bins, key[1:], strict=True)))


def _wanted(
    goals: Sequence[Goal], cells: Sequence[Cell], found: Made
) -> Iterator[tuple[Key, Sequence[Candidate], int]]:
    """Yield what needs examples: targets, then cells, the emptiest before first."""
    for goal in goals:
        yield (goal.id,), _tally(found, (goal.id,)).candidates, OF_GOAL
    for cell in sorted(cells, key=lambda cell: cell.before.worlds):
        key: Key = (cell.crossing, *cell.values)
        yield key, _tally(found, key).candidates, OF_CELL
