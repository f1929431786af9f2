"""What the page's script needs, as JSON-able values."""

from base64 import b64encode
from collections.abc import Sequence

from synthgen.coverage.receipt.axes import LAST, conditions, meaning, title, value_title, values
from synthgen.coverage.receipt.findings import (
    Box,
    Cell,
    CloseUp,
    Count,
    Example,
    Goal,
    Picture,
    Receipt,
)
from synthgen.coverage.receipt.headline import said
from synthgen.coverage.receipt.palette import LOWS


def script_data(receipt: Receipt, shown: Sequence[Cell]) -> dict:
    """Return the cells that are drawn, in their order, with targets, pictures and shards."""
    return {
        "axes": {name: _words(receipt, name) for name in receipt.definition.axes},
        "crossings": receipt.definition.cells,
        "lows": LOWS,
        "cells": [_cell(cell, receipt) for cell in shown],
        "goals": [_goal(goal, receipt) for goal in receipt.goals],
        "shards": [{"name": one.name, "sha256": one.sha256} for one in receipt.shards],
        "pictures": [_picture(one) for one in receipt.pictures],
        "crops": [_close_up(one) for one in receipt.crops],
    }


def all_values(receipt: Receipt, name: str) -> tuple[str, ...]:
    """Return the values of an axis, with `other`, `unknown` and every one that a cell has."""
    crossings = receipt.definition.cells
    found = {
        cell.values[crossings[cell.crossing].index(name)]
        for cell in receipt.cells
        if name in crossings[cell.crossing]
    }
    return values(receipt.definition.axes[name], {*found, *LAST})


def _words(receipt: Receipt, name: str) -> dict[str, dict[str, str]]:
    axis = receipt.definition.axes[name]
    return {
        one: {"title": value_title(axis, one), "meaning": meaning(axis, one)}
        for one in all_values(receipt, name)
    }


def _goal(goal: Goal, receipt: Receipt) -> dict:
    return {
        "name": title(goal.name),
        "wanted": goal.wanted,
        "before": goal.before,
        "asked": goal.asked,
        "got": goal.got,
        "state": said(goal),
        "why": goal.why,
        "proof": goal.proof,
        "shards": goal.shards,
        "conditions": conditions(goal.where, receipt.definition.axes),
        "examples": _examples(receipt.examples.get((goal.id,), ())),
    }


def _cell(cell: Cell, receipt: Receipt) -> dict:
    return {
        "crossing": cell.crossing,
        "values": cell.values,
        "before": _counts(cell.before),
        "got": _counts(cell.got),
        "shards": cell.shards,
        "examples": _examples(receipt.examples.get((cell.crossing, *cell.values), ())),
    }


def _counts(count: Count) -> list[int]:
    return [count.objects, count.frames, count.worlds]


def _examples(found: Sequence[Example]) -> list[list[int]]:
    return [[one.picture, one.box, one.crop] for one in found]


def _picture(one: Picture) -> dict:
    return {
        "frame": one.frame,
        "shard": one.shard,
        "width": one.width,
        "height": one.height,
        "jpeg": b64encode(one.jpeg).decode(),
        "boxes": [_box(box) for box in one.boxes],
    }


def _close_up(one: CloseUp) -> dict:
    return {
        "width": one.width,
        "height": one.height,
        "jpeg": b64encode(one.jpeg).decode(),
        "boxes": [_box(one.box)],
    }


def _box(box: Box) -> list:
    edges = (box.left, box.top, box.right, box.bottom)
    return [box.label, *(round(edge, 1) for edge in edges)]
