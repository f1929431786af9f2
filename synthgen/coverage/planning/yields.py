"""How often a world of a recipe counts for a target: learnt from few worlds, so shrunk."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from synthgen.geometry import Array

OWN = 4.0
"""Worlds' worth of belief that a recipe does as others do that are meant for the same target."""
ALL = 2.0
"""Worlds' worth of belief that a target is as easy as the others."""
BY_THE_WAY = 2.0
"""Worlds' worth of belief that a recipe does nothing for a target that it is not meant for."""
CONFIDENCE = 0.95


@dataclass(frozen=True, eq=False)
class Seen:
    """What was found.

    Attributes:
        worlds: looked at, by recipe.
        hits: of these, that count.
        meant: whether a recipe was made up for a target.
    """

    worlds: Int[Array, "recipes"]
    hits: Int[Array, "recipes targets"]
    meant: Bool[Array, "recipes targets"]


def estimate(seen: Seen) -> Float[Array, "recipes targets"]:
    """Return the probability that a world counts: means of Beta posteriors in three levels.

    Where a recipe is meant for a target, its own worlds are taken together with `OWN` worlds that
    did as all recipes meant for that target did, these with `ALL` worlds that did as all recipes
    did for what they were meant for. So one piloted recipe tells of its untried neighbours, with
    a caution that wears off. Elsewhere nothing is believed but what was seen.

    Source: A. Gelman et al., "Bayesian data analysis", 3rd ed. 2013, sections 2.4 and 5.3 (the
    prior worlds of the lower level have the upper level's mean: empirical Bayes).
    """
    worlds = seen.worlds[:, None] * np.ones_like(seen.hits)
    meant = seen.meant.astype(float)
    hits, tried = (seen.hits * meant).sum(), (worlds * meant).sum()
    everywhere = (hits + 0.5) / (tried + 1.0)
    ours, tries = (seen.hits * meant).sum(axis=0), (worlds * meant).sum(axis=0)
    target = (ours + ALL * everywhere) / (tries + ALL)
    own = (seen.hits + OWN * target[None]) / (worlds + OWN)
    other = seen.hits / (worlds + BY_THE_WAY)
    return np.asarray(np.where(seen.meant, own, other))


def interval(hits: int, worlds: int) -> tuple[float, float]:
    """Return bounds between which the probability lies with `CONFIDENCE`; one-sided at the ends.

    Source: C. Clopper and E. Pearson, "The use of confidence or fiducial limits illustrated in
    the case of the binomial", Biometrika 26, 1934. With no hits the upper bound is
    1 - 0.05^(1/worlds), about 3 / worlds.
    """
    from scipy.stats import beta

    if not worlds:
        return 0.0, 1.0
    tail = (1.0 - CONFIDENCE) / (2 if 0 < hits < worlds else 1)
    low = float(beta.ppf(tail, hits, worlds - hits + 1)) if hits else 0.0
    high = float(beta.ppf(1.0 - tail, hits + 1, worlds - hits)) if hits < worlds else 1.0
    return low, high


def gather(
    recipes: Sequence[str],
    targets: Sequence[str],
    found: Sequence[tuple[str, int, Mapping[str, int]]],
    meant: Bool[Array, "recipes targets"],
) -> Seen:
    """Return what `found` (recipe, worlds, hits by target) says of `recipes` and `targets`."""
    worlds = np.zeros(len(recipes), np.int64)
    hits = np.zeros((len(recipes), len(targets)), np.int64)
    for name, looked, counts in found:
        if name in recipes:
            row = recipes.index(name)
            worlds[row] += looked
            hits[row] += [counts.get(target, 0) for target in targets]
    return Seen(worlds, hits, meant)
