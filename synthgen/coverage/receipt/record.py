"""`receipt.json`: everything a receipt says but the pictures, for machines.

    receipt         VERSION
    sources         versions and digests of the audit, the plan and the data
    definition      of coverage: axes with columns, units and bounds, crossings, targets
    totals          frames, objects, worlds, broken records, before and added
    targets         per target: id, name, where, wanted, before, unsure (more worlds before that
                    may have some, as not all is told of them), asked, got, state, why, proof,
                    note (why the fill stopped short), shards
    cells           per cell that is not empty: crossing, where, before, got, after, shards
    distributions   per figure: bins by their lower bounds, counts before and added
    duplicates      groups of images; null where the audit compared none
    shards          name, SHA-256 of the manifest, frames; targets and cells name them by number

Before, got and after are objects, frames and worlds; before, asked and got of targets are worlds.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict

from synthgen.coverage.definition import plain_coverage
from synthgen.coverage.receipt.findings import Cell, Goal, Receipt

VERSION = 1
"""Of receipts; raised when what they hold changes."""


def record(receipt: Receipt) -> dict[str, object]:
    """Return what the file holds, as JSON-able values."""
    definition = plain_coverage(receipt.definition)
    crossings = receipt.definition.cells
    return {
        "receipt": VERSION,
        "sources": dict(receipt.sources),
        "definition": definition,
        "totals": {side: dict(counts) for side, counts in receipt.totals.items()},
        "targets": [_goal(goal) for goal in receipt.goals],
        "cells": [_cell(cell, crossings[cell.crossing]) for cell in receipt.cells],
        "distributions": [asdict(one) for one in receipt.histograms],
        "duplicates": None
        if receipt.duplicates is None
        else [asdict(one) for one in receipt.duplicates],
        "shards": [asdict(one) for one in receipt.shards],
    }


def written(receipt: Receipt) -> str:
    """Return the file's text: equal receipts, equal bytes."""
    told = record(receipt)
    return json.dumps(told, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _goal(goal: Goal) -> dict[str, object]:
    told = asdict(goal) | {"state": goal.state, "where": _where(goal.where)}
    return {**told, "shards": list(goal.shards)}


def _where(where: Mapping[str, object]) -> dict[str, object]:
    """Return a target's condition; bounds that are endless are the texts `inf` and `-inf`."""
    return {name: _finite(place) for name, place in where.items()}


def _finite(place: object) -> object:
    if isinstance(place, tuple):
        return [_finite(one) for one in place]
    return str(place) if isinstance(place, float) and abs(place) == float("inf") else place


def _cell(cell: Cell, axes: tuple[str, ...]) -> dict[str, object]:
    return {
        "crossing": list(axes),
        "where": dict(zip(axes, cell.values, strict=True)),
        "before": asdict(cell.before),
        "got": asdict(cell.got),
        "after": asdict(cell.after),
        "shards": list(cell.shards),
    }
