"""What became of every label and of every detection of a data set."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from jaxtyping import Bool, Float, Int

from synthgen.coverage.detections.matching import NOBODY, Labels, match
from synthgen.geometry import Array
from synthgen.spec.detector import Detector

EVERY = ("DontCare", "dontcare")
"""What formats call regions that are left out for all classes."""
_SIDES = ("left", "top", "right", "bottom")


@dataclass(frozen=True, kw_only=True)
class Outcomes:
    """What became of labels and detections, in the order of their tables.

    Attributes:
        score: of the detection that found the label; NaN where none did.
        right: the detection found a label that counts.
        aside: it counts neither as right nor as wrong.
    """

    score: Float[Array, "labels"]
    right: Bool[Array, "detections"]
    aside: Bool[Array, "detections"]


def outcomes(labels: pa.Table, found: pa.Table, rules: Detector) -> Outcomes:
    """Return what became of `labels` and of what was `found`.

    Both have columns of `coverage/columns.py`: frame, class, label and the box; labels `ignored`,
    detections `score`. A class of ours is meant where there is one, else the format's own word.
    Memory and time grow with the number of boxes: both are held at once.
    """
    frames, classes = _codes([labels["frame"], found["frame"]]), _names(labels, found)
    rows = _rows(labels, frames[0], classes, rules)
    keys = frames[1] * len(classes.names) + classes.found
    score, boxes = found["score"].to_numpy(), _boxes(found)
    order = np.lexsort((np.arange(len(found)), -score, keys))
    told = np.full(len(labels), np.nan)
    right, aside = np.zeros(len(found), bool), np.zeros(len(found), bool)
    edges = np.flatnonzero(np.diff(keys[order], prepend=-1, append=-1))
    for first, last in pairwise(edges):
        some, key = order[first:last], int(keys[order[first]])
        own = rows.of(key)
        matches = match(boxes[some], own.labels, rules.of(classes.names[key % len(classes.names)]))
        hit = (matches.label != NOBODY) & ~matches.ignored
        told[own.index[matches.label[hit]]] = score[some[hit]]
        right[some], aside[some] = hit, matches.ignored
    return Outcomes(score=told, right=right, aside=aside)


@dataclass(frozen=True)
class _Classes:
    """Names of all classes, and which of them each label and detection has."""

    names: list[str]
    labels: Int[Array, "labels"]
    found: Int[Array, "detections"]


@dataclass(frozen=True)
class _Group:
    labels: Labels
    index: Int[Array, "n"]


@dataclass(frozen=True)
class _Rows:
    """Labels by frame and class, sorted by their key; one may stand in several classes."""

    key: Int[Array, "n"]
    index: Int[Array, "n"]
    boxes: Float[Array, "n 4"]
    ignored: Bool[Array, "n"]
    region: Bool[Array, "n"]

    def of(self, key: int) -> _Group:
        """Return the labels of one frame and class."""
        some = slice(*np.searchsorted(self.key, [key, key + 1]))
        labels = Labels(
            boxes=self.boxes[some], ignored=self.ignored[some], region=self.region[some]
        )
        return _Group(labels, self.index[some])


def named(table: pa.Table) -> pa.ChunkedArray:
    """Return the class of each row: of ours where there is one, else the format's own word."""
    return pc.fill_null(pc.coalesce(table["class"], table["label"]), "")


def _codes(columns: list[pa.ChunkedArray]) -> list[Int[Array, "n"]]:
    """Return whole numbers that tell the texts of all `columns` apart."""
    whole = pa.chunked_array([chunk for column in columns for chunk in column.chunks], pa.string())
    coded = whole.combine_chunks().dictionary_encode().indices.to_numpy(zero_copy_only=False)
    ends = np.cumsum([len(column) for column in columns])
    return np.split(coded.astype(np.int64), ends[:-1])


def _names(labels: pa.Table, found: pa.Table) -> _Classes:
    both = [named(labels), named(found)]
    names = sorted(set(both[0].unique().to_pylist()) | set(both[1].unique().to_pylist()))
    codes = [pc.index_in(one, pa.array(names)).to_numpy().astype(np.int64) for one in both]
    return _Classes(names, *codes)


def _boxes(table: pa.Table) -> Float[Array, "n 4"]:
    return np.stack([table[side].to_numpy() for side in _SIDES], axis=1).astype(float)


def _rows(labels: pa.Table, frames: Int[Array, "n"], classes: _Classes, rules: Detector) -> _Rows:
    """Return the labels by class: an ignored one of no class in all, a neighbour as ignored."""
    every = [classes.names.index(name) for name in ("", *EVERY) if name in classes.names]
    ignored = pc.fill_null(labels["ignored"], False).to_numpy().astype(bool)
    anyone = ignored & np.isin(classes.labels, every)
    index, code, away = [np.flatnonzero(~anyone)], [classes.labels[~anyone]], [ignored[~anyone]]
    for number, name in enumerate(classes.names):
        alike = _alike(classes.names, rules.neighbours.get(name, ()))
        more = np.flatnonzero(anyone | np.isin(classes.labels, alike))
        index.append(more)
        code.append(np.full(len(more), number))
        away.append(np.ones(len(more), bool))
    chosen = np.concatenate(index)
    key = frames[chosen] * len(classes.names) + np.concatenate(code)
    order = np.lexsort((chosen, key))
    chosen = chosen[order]
    return _Rows(key[order], chosen, _boxes(labels)[chosen], np.concatenate(away)[order],
                 ignored[chosen])  # fmt: skip


def _alike(names: list[str], wanted: tuple[str, ...]) -> list[int]:
    return [number for number, name in enumerate(names) if name in wanted]
