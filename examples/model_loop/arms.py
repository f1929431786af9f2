"""Teaches a detector per seed, lets it go on with each arm's data, and writes what it finds."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from hashlib import sha256
from itertools import product
from pathlib import Path

import jax
import numpy as np
from detector import find, fresh, teach
from pictures import CLASSES, Picture, read
from teaching import Lesson, lesson

from synthgen.rng import stream

CATEGORIES = {"car": 3, "pedestrian": 1}
"""COCO's numbers, as our data sets have them."""
FIRST, ON, BATCH = 600, 250, 4
"""Steps on the base, steps of each arm, pictures of a step."""
RATES = 3e-3, 1.5e-3
"""Of learning, at most: on the base, of each arm."""
LEAST = 0.02
"""Score below which nothing is told."""


def teach_arms(folder: Path, sets: Mapping[str, Sequence[Path]], seeds: Iterable[int],
               steps: tuple[int, int] = (FIRST, ON)) -> None:  # fmt: skip
    """Write `weights/<arm>/<seed>.npz` where they are not yet, or are of other data or steps.

    Args:
        folder: to write into.
        sets: folders of data by arm; `base` is what all begin with.
        seeds: of weights and of the order of pictures.
        steps: on the base, and of each arm after it.
    """
    base = _lessons(sets["base"])
    more = {arm: _lessons(folders) for arm, folders in sets.items() if arm != "base"}
    told = {"nothing": base, **{arm: _joined(base, some) for arm, some in more.items()}}
    marks = {arm: mark(folders, steps) for arm, folders in {"nothing": (), **sets}.items()}
    for seed in seeds:
        start, school = fresh(seed, len(CLASSES)), marks["base"]
        make = partial(_taught, start, base, steps[0], seed, 0)
        first = _kept(folder / "weights" / "base", seed, school, make)
        for arm, lessons in told.items():
            make = partial(_taught, first, lessons, steps[1], seed, 1)
            _kept(folder / "weights" / arm, seed, school + marks[arm], make)


def mark(folders: Sequence[Path], steps: tuple[int, int]) -> str:
    """Return what tells these data and ways to teach from others: a hash of all manifests."""
    manifests = [file for one in folders for file in sorted(one.glob("shards/*/manifest.json"))]
    contents = [sha256(file.read_bytes()).hexdigest() for file in manifests]
    return sha256(repr((contents, steps, BATCH, RATES)).encode()).hexdigest()[:16]


def find_all(folder: Path, arms: Iterable[str], seeds: Iterable[int],
             groups: Mapping[str, Sequence[Path]]) -> None:  # fmt: skip
    """Write `found/<arm>/<seed>/<group>.json`, COCO results.

    Images are named as the frames of an audit of the group's folder are.
    """
    for group, folders in groups.items():
        shown = [one for each in folders for twin in twins(each) for one in read(each, twin)]
        for seed, arm in product(seeds, arms):
            file = folder / "found" / arm / str(seed) / f"{group}.json"
            file.parent.mkdir(parents=True, exist_ok=True)
            weights = _loaded(folder / "weights" / arm / f"{seed}.npz", seed)
            file.write_text(json.dumps(results_of(weights, shown)))


def twins(folder: Path) -> list[str]:
    """Return the conditions that a data set shows: its own, under an empty name, and its twins."""
    shard = min((folder / "shards").iterdir())
    return ["", *sorted(one.name for one in shard.glob("twins/*/"))]


def _taught(start: dict, lessons: Lesson, steps: int, seed: int, late: int) -> dict:
    order = stream(seed, "order", late)
    weights, losses = teach(start, lessons, steps, order, BATCH, RATES[late])
    print(f"{len(lessons.image)} pictures, loss {np.mean(losses[-50:]):.2f}", flush=True)
    return weights


def _kept(place: Path, seed: int, told: str, make: Callable[[], dict]) -> dict:
    """Return the weights of a seed in `place`, made where none there were taught what is `told`."""
    file, beside = place / f"{seed}.npz", place / f"{seed}.taught"
    if not file.exists() or not beside.exists() or beside.read_text() != told:
        place.mkdir(parents=True, exist_ok=True)
        beside.unlink(missing_ok=True)
        print(f"{place.name}, seed {seed}: ", end="")
        leaves = jax.tree.leaves(make())
        np.savez(file, **{f"{number:03d}": leaf for number, leaf in enumerate(leaves)})
        beside.write_text(told)
    return _loaded(file, seed)


def _loaded(file: Path, seed: int) -> dict:
    tree = jax.tree.structure(fresh(seed, len(CLASSES)))
    with np.load(file) as kept:
        return jax.tree.unflatten(tree, [kept[name] for name in sorted(kept)])


def _lessons(folders: Sequence[Path]) -> Lesson:
    return lesson([picture for folder in folders for picture in read(folder)])


def _joined(first: Lesson, second: Lesson) -> Lesson:
    return Lesson(*map(np.concatenate, zip(first, second, strict=True)))


def results_of(weights: dict, pictures: Sequence[Picture]) -> list[dict]:
    """Return COCO results of `pictures`."""
    found = find(weights, np.stack([picture.image for picture in pictures]))
    return [
        {"image_id": picture.frame, "category_id": CATEGORIES[CLASSES[kind]],
         "bbox": [round(float(side), 2) for side in (*box[:2], *(box[2:] - box[:2]))],
         "score": round(float(score), 4)}
        for picture, peaks in zip(pictures, found, strict=True)
        for score, kind, box in zip(*peaks, strict=True)
        if score >= LEAST
    ]  # fmt: skip
