"""What each arm finds of what it has never seen: recall, precision, and the arms' differences."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
from arms import CATEGORIES
from pictures import CLASSES, Picture, read

from synthgen.coverage.columns import OBJECTS
from synthgen.coverage.detections.outcomes import Outcomes, outcomes
from synthgen.coverage.detections.precision import average_precision
from synthgen.coverage.detections.results import COLUMNS
from synthgen.rng import stream
from synthgen.spec.detector import Detector

RULES = Detector(overlap=0.5, score=0.3)
DISTANCES = (0.0, 15.0, 30.0, 200.0)
"""[m] Edges of cells."""
ARMS = ("nothing", "random", "nights", "planned")
PAIRS = (("planned", "nothing"), ("planned", "random"), ("planned", "nights"))
HOURS = {"day": "", "night": "night"}
"""By the name of the twin."""
DRAWS = 4000
CATEGORY = {number: name for name, number in CATEGORIES.items()}


@dataclass(frozen=True)
class Counts:
    """Of one arm, by seed, world and cell."""

    hits: np.ndarray
    trials: np.ndarray


def measure(folder: Path, tests: Mapping[str, Sequence[Path]], seeds: Iterable[int],
            by: str = "world") -> str:  # fmt: skip
    """Return the tables of every group of tests, as text.

    Args:
        folder: with what was found.
        tests: folders of data by group.
        seeds: of the detectors.
        by: what is drawn with replacement, `world` or `city`.
    """
    return "\n".join(
        line
        for group, folders in tests.items()
        for hour, twin in HOURS.items()
        for line in _group(
            folder, group, (hour, by), [(test, twin) for test in folders], list(seeds)
        )
    )


def _group(
    folder: Path, group: str, told: tuple[str, str], tests: list, seeds: list[int]
) -> list[str]:
    hour, by = told
    pictures = {test.name: list(read(test, twin)) for test, twin in tests}
    labels = pa.Table.from_pylist([row for some in pictures.values() for row in _labels(some)],
                                  schema=OBJECTS)  # fmt: skip
    every = {one.frame: getattr(one, by) for some in pictures.values() for one in some}
    worlds = sorted(set(every.values()))
    of_frame = {frame: worlds.index(world) for frame, world in every.items()}
    recall, precision, means = {}, {}, {}
    for arm in ARMS:
        judged = [
            _judged(folder / "found" / arm / str(seed) / f"{group}.json", pictures, labels)
            for seed in seeds
        ]
        recall[arm] = _stacked([_found(labels, one, of_frame, len(worlds)) for _, one in judged])
        precision[arm] = _stacked(
            [_right(found, one, of_frame, len(worlds)) for found, one in judged]
        )
        means[arm] = [_mean_precision(labels, found, one) for found, one in judged]
    return [f"\n{group}, {hour}: {len(of_frame)} pictures, drawn by {by}, {len(worlds)}",
            *_table("recall", recall, _cells()), *_table("precision", precision, list(CLASSES)),
            *(_means(name, {arm: np.array(each)[:, n] for arm, each in means.items()})
              for n, name in enumerate(CLASSES))]  # fmt: skip


def _means(name: str, each: Mapping[str, np.ndarray]) -> str:
    """Return the average precision of a class by arm: the mean of all seeds, least and most."""
    shown = {**each, **{" - ".join(pair): each[pair[0]] - each[pair[1]] for pair in PAIRS}}
    return f"average precision {name}: " + ", ".join(
        f"{what} {some.mean():.3f} ({some.min():.3f} to {some.max():.3f})"
        for what, some in shown.items()
    )


def _cells() -> list[str]:
    spans = [f" {a:g}-{b:g} m" for a, b in pairwise(DISTANCES)]
    return [f"{name}{span}" for name in CLASSES for span in ("", *spans)]


def _labels(pictures: Sequence[Picture]) -> list[dict]:
    return [
        {"frame": one.frame, "class": CLASSES[kind], "ignored": bool(ignored), "distance": distance,
         **dict(zip(("left", "top", "right", "bottom"), map(float, box), strict=True))}
        for one in pictures
        for box, kind, ignored, distance in
        zip(one.boxes, one.classes, one.ignored, one.distance, strict=True)
    ]  # fmt: skip


def _judged(file: Path, pictures: Mapping[str, Sequence[Picture]], labels: pa.Table):
    """Return what a detector found in these pictures and what became of it."""
    frames = {one.frame for some in pictures.values() for one in some}
    rows = []
    for each in json.loads(file.read_text()):
        if each["image_id"] in frames:
            left, top, width, height = each["bbox"]
            rows.append({"frame": each["image_id"], "class": CATEGORY[each["category_id"]],
                         "left": left, "top": top, "right": left + width, "bottom": top + height,
                         "score": each["score"]})  # fmt: skip
    found = pa.Table.from_pylist(rows, schema=COLUMNS)
    return found, outcomes(labels, found, RULES)


def _found(
    labels: pa.Table, told: Outcomes, of_frame: Mapping[str, int], worlds: int
) -> np.ndarray:
    """Return (hits, trials) of labels by world and cell of `_cells`."""
    there = ~labels["ignored"].to_numpy()
    world = np.array([of_frame[name] for name in labels["frame"].to_pylist()])
    kind = np.array([CLASSES.index(name) for name in labels["class"].to_pylist()])
    span = np.digitize(labels["distance"].to_numpy(), DISTANCES)
    hit = told.score >= RULES.score
    wide = len(DISTANCES)
    counts = np.zeros((2, worlds, wide * len(CLASSES)), int)
    for cell in (kind * wide, kind * wide + span):
        np.add.at(counts[1], (world[there], cell[there]), 1)
        np.add.at(counts[0], (world[there & hit], cell[there & hit]), 1)
    return counts


def _right(found: pa.Table, told: Outcomes, of_frame: Mapping[str, int], worlds: int) -> np.ndarray:
    """Return (right, all) of detections by world and class."""
    counts = np.zeros((2, worlds, len(CLASSES)), int)
    some = (found["score"].to_numpy() >= RULES.score) & ~told.aside
    world = np.array([of_frame[name] for name in found["frame"].to_pylist()], int)
    kind = np.array([CLASSES.index(name) for name in found["class"].to_pylist()], int)
    np.add.at(counts[1], (world[some], kind[some]), 1)
    np.add.at(counts[0], (world[some & told.right], kind[some & told.right]), 1)
    return counts


def _mean_precision(labels: pa.Table, found: pa.Table, told: Outcomes) -> list[float]:
    there = ~labels["ignored"].to_numpy()
    kinds, score = np.array(found["class"].to_pylist()), found["score"].to_numpy()
    named = np.array(labels["class"].to_pylist())
    return [
        average_precision(score[some], told.right[some], int((there & (named == name)).sum()))
        for name in CLASSES
        for some in [(kinds == name) & ~told.aside]
    ]


def _stacked(each: Sequence[np.ndarray]) -> Counts:
    both = np.stack(each)
    return Counts(both[:, 0], both[:, 1])


def _table(what: str, arms: Mapping[str, Counts], cells: Sequence[str]) -> list[str]:
    """Return a table with a share and its 95 % interval over worlds and seeds for each arm."""
    shares = {arm: _drawn(counts) for arm, counts in arms.items()}
    columns = [*((arm,) for arm in ARMS), *PAIRS]
    lines = [f"| {what} | objects | " + " | ".join(" - ".join(one) for one in columns) + " |",
             "|---" * (len(columns) + 2) + "|"]  # fmt: skip
    for index, cell in enumerate(cells):
        seen = [int(arms[arm].trials[:, :, index].sum() / len(arms[arm].trials)) for arm in ARMS]
        many = str(seen[0]) if len(set(seen)) == 1 else "/".join(map(str, seen))
        lines.append(f"| {cell} | {many} | " + " | ".join(
            _words(shares[one[0]][:, index] - (shares[one[1]][:, index] if one[1:] else 0))
            for one in columns) + " |")  # fmt: skip
    return lines


def _drawn(counts: Counts) -> np.ndarray:
    """Return shares: first as measured, then of worlds and detectors drawn with replacement.

    The draws are the same for every arm, so that differences are of like with like.
    """
    seeds, worlds, _ = counts.hits.shape
    rng = stream(0, "bootstrap", worlds)
    by_world = rng.multinomial(worlds, np.full(worlds, 1 / worlds), size=DRAWS)
    by_seed = rng.multinomial(seeds, np.full(seeds, 1 / seeds), size=DRAWS)
    by_world, by_seed = (np.concatenate([np.ones((1, one.shape[1]), int), one])
                         for one in (by_world, by_seed))  # fmt: skip
    hits, trials = (np.einsum("ds,dw,swc->dc", by_seed, by_world, one, optimize=True)
                    for one in (counts.hits, counts.trials))  # fmt: skip
    return np.divide(hits, trials, out=np.full(hits.shape, np.nan), where=trials > 0)


def _words(shares: np.ndarray) -> str:
    if np.isnan(shares[0]):
        return "none"
    low, high = np.nanquantile(shares[1:], [0.025, 0.975])
    return f"{shares[0]:.2f} ({low:.2f} to {high:.2f})"
