"""What worlds cost, learnt from the timing records of those that were made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp

import numpy as np

STAGES: Mapping[str, tuple[str, ...]] = {
    "city": ("build city",),
    "clip": ("build clip", "build trees"),
}
"""Stages of `jobs.clock` that come once in a shard, and once in a clip; all others come with
each frame."""
PULL = 1.0
"""Observed units (shards, clips, frames) that pull a feature's own cost towards the mean."""

LEAST = 1e-6
"""[s or bytes] that anything costs, for its logarithm."""


@dataclass(frozen=True)
class Made:
    """One shard that was made.

    Attributes:
        features: what its cost may depend on, by name: place, light, weather, ...
        clips: in it.
        frames: in it.
        core: [s] that a core worked, by stage, and `whole shard`.
        size: [bytes] of its files.
    """

    features: Mapping[str, str]
    clips: int
    frames: int
    core: Mapping[str, float]
    size: int


@dataclass(frozen=True, eq=False)
class Line:
    """A cost by unit that is a product over features: `mean`, and by how much each value of a
    feature multiplies it (as a logarithm).
    """

    mean: float
    adds: Mapping[tuple[str, str], float]

    def at(self, features: Mapping[str, str]) -> float:
        """Return the cost of a unit with these features; unknown values change nothing."""
        return self.mean * exp(sum(self.adds.get(one, 0.0) for one in features.items()))


@dataclass(frozen=True, eq=False)
class Costs:
    """What things cost.

    Attributes:
        city: [core-s] of a shard, before any clip.
        clip: [core-s] of a clip, before any frame.
        frame: [core-s] of a frame.
        size: [bytes] of a frame and its share of what a shard holds beside.
    """

    city: Line
    clip: Line
    frame: Line
    size: Line

    def shard(self, features: Mapping[str, str]) -> float:
        """Return [core-s] that a shard costs whatever is in it."""
        return self.city.at(features)

    def world(self, features: Mapping[str, str], frames: int) -> float:
        """Return [core-s] that a world of so many frames costs beside its share of a shard."""
        return self.clip.at(features) + frames * self.frame.at(features)


def fit(made: Sequence[Made]) -> Costs:
    """Return the costs that explain `made` best.

    Each cost is log-linear: seconds of a stage = units x mean x what each feature multiplies, as
    a dear place makes a dear event dearer. By least squares of logarithms in which `PULL` units'
    worth of evidence holds each feature at the mean (ridge regression), so that a place seen once
    is not believed altogether. The mean is free, and such that all `made` together cost what
    they did (a mean of logarithms is too low).

    Source: A. Hoerl and R. Kennard, "Ridge regression", Technometrics 12, 1970, equation 2.1.

    Raises:
        ValueError: when nothing was made.
    """
    if not made:
        raise ValueError("costs: nothing was made yet that they could be learnt from")
    each = [parts(one) for one in made]
    return Costs(
        city=_line(made, [1] * len(made), [part["city"] for part in each]),
        clip=_line(made, [one.clips for one in made], [part["clip"] for part in each]),
        frame=_line(made, [one.frames for one in made], [part["frame"] for part in each]),
        size=_line(made, [one.frames for one in made], [float(one.size) for one in made]),
    )


def parts(one: Made) -> dict[str, float]:
    """Return [core-s] of a shard that go into its city, its clips and its frames."""
    found = {
        name: sum(seconds for stage, seconds in one.core.items() if stage in stages)
        for name, stages in STAGES.items()
    }
    return {**found, "frame": one.core["whole shard"] - sum(found.values())}


def _line(made: Sequence[Made], units: Sequence[int], values: Sequence[float]) -> Line:
    """Fit one cost: logarithms of rates, each weighted by its units; then the sum is made right."""
    names = sorted({one for each in made for one in each.features.items()})
    count = np.array(units, float)
    rate = np.log(np.maximum(np.array(values) / count, LEAST))
    mean = float(np.average(rate, weights=count))
    matrix = np.array([[name in each.features.items() for name in names] for each in made], float)
    design = np.hstack([np.ones((len(made), 1)), matrix]) * np.sqrt(count)[:, None]
    held = np.diag([1e-9, *[PULL] * len(names)])
    right = design.T @ ((rate - mean) * np.sqrt(count))
    found = np.linalg.solve(design.T @ design + held, right)
    told = {name: float(add) for name, add in zip(names, found[1:], strict=True)}
    line = Line(float(np.exp(mean + found[0])), told)
    explained = sum(n * line.at(one.features) for n, one in zip(units, made, strict=True))
    return Line(line.mean * max(float(np.sum(values)), LEAST) / explained, told)
