"""How many worlds of which recipe: an integer programme."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from synthgen.coverage.planning.luck import surely
from synthgen.geometry import Array
from synthgen.spec.shard import CLIPS_PER_SHARD

GAP = 1e-6
"""Relative distance from the least cost at which the search for it ends."""
NODES = 20_000
"""Branches after which the search ends with the best it has found: a bound that, unlike one of
time, is the same on every machine."""
ROUNDS = 12
"""Times that what is asked for is raised until luck is covered."""


@dataclass(frozen=True, eq=False)
class Choice:
    """What can be made, and what is wanted of it.

    Attributes:
        hits: probability that a world of a recipe counts for a target.
        world: [core-s] of a world of each recipe, all its frames with it.
        shard: [core-s] of a shard of each recipe, its city.
        start: [core-s] once for a recipe of which anything is made.
        frames: of a world of each recipe.
        wanted: worlds by target.
        budget: frames that may be made.
    """

    hits: Float[Array, "recipes targets"]
    world: Float[Array, "recipes"]
    shard: Float[Array, "recipes"]
    start: float
    frames: Int[Array, "recipes"]
    wanted: Int[Array, "targets"]
    budget: int

    @property
    def most(self) -> Int[Array, "recipes"]:
        """Worlds of each recipe alone that the budget is enough for."""
        return np.asarray(self.budget // self.frames)


@dataclass(frozen=True, eq=False)
class Allocation:
    """What to make.

    Attributes:
        worlds: of each recipe.
        expected: worlds that count, by target.
        short: whether a target is not expected to get what is wanted, by target.
    """

    worlds: Int[Array, "recipes"]
    expected: Float[Array, "targets"]
    short: Bool[Array, "targets"]


def cost(choice: Choice, worlds: Int[Array, "recipes"]) -> float:
    """Return [core-s] of so many worlds."""
    shards = -(-worlds // CLIPS_PER_SHARD)
    started = choice.start * np.count_nonzero(worlds)
    return float(worlds @ choice.world + shards @ choice.shard + started)


def allocate(choice: Choice, sure: float) -> Allocation:
    """Return the cheapest worlds that reach every target with a probability of `sure`.

    First the expected number must be what is wanted; then, as long as luck could leave a target
    short more often than `1 - sure`, its expected number is raised. Where the budget does not
    suffice for that, the sum over targets of the share that is expected is made as large as it
    can be, each target alike, and among the ways to do so the cheapest is taken.

    Source: D. Bertsimas and J. Tsitsiklis, "Introduction to Linear Optimization", 1997, section
    10.1 (fixed charges). Solved by HiGHS: Q. Huangfu and J. Hall, Math. Prog. Comp. 10, 2018.

    Args:
        choice: what there is.
        sure: probability, 0.5 to 1, that a target is reached.
    """
    need = choice.wanted.astype(float)
    best = None
    for _ in range(ROUNDS):
        worlds = _cheapest(choice, need)
        if worlds is None:
            break
        best = worlds
        lucky = np.array(
            [
                surely(choice.hits[:, number], worlds, int(asked), sure)
                for number, asked in enumerate(choice.wanted)
            ]
        )
        if lucky.all():
            return _allocation(choice, worlds)
        need = np.where(lucky, need, np.maximum(need, worlds @ choice.hits) + _step(need))
    if best is not None:
        return _allocation(choice, best)
    return _allocation(choice, _fullest(choice))


def _step(need: Float[Array, "targets"]) -> Float[Array, "targets"]:
    """Return by how much a need is raised: half a standard deviation of a count, at least 0.5."""
    return np.maximum(0.5, 0.25 * np.sqrt(need))


def _allocation(choice: Choice, worlds: Int[Array, "recipes"]) -> Allocation:
    expected = worlds @ choice.hits
    return Allocation(worlds, expected, expected < choice.wanted - 1e-6)


def _cheapest(choice: Choice, need: Float[Array, "targets"]) -> Int[Array, "recipes"] | None:
    """Return the cheapest worlds with the expected counts of `need`; None: budget too small."""
    count, targets = choice.hits.shape
    rows = np.hstack([choice.hits.T, np.zeros((targets, 2 * count))])
    return _solve(choice, _objective(choice, 0), [(rows, need, np.inf)])


def _fullest(choice: Choice) -> Int[Array, "recipes"]:
    """Return the worlds that leave the least share short in the budget, the cheapest such.

    A share of a target that is not reached is a variable of its own, from 0 to 1.
    """
    count, targets = choice.hits.shape
    wanted = np.maximum(choice.wanted, 1).astype(float)
    rows = np.hstack(
        [choice.hits.T / wanted[:, None], np.zeros((targets, 2 * count)), np.eye(targets)]
    )
    reach = (rows, np.minimum(choice.wanted, 1).astype(float), np.inf)
    shares = np.concatenate([np.zeros(3 * count), np.ones(targets)])
    first = _programme(choice, shares, [reach])
    if first is None:
        return np.zeros(count, np.int64)
    least = float(shares @ first)
    held = (shares[None], -np.inf, least + 1e-6)
    found = _solve(choice, _objective(choice, targets), [reach, held])
    return np.rint(first[:count]).astype(np.int64) if found is None else found


def _objective(choice: Choice, extra: int) -> Float[Array, "n"]:
    """Return the cost of each variable: worlds, shards, whether a recipe is used, `extra` free.

    Of what costs the same the earlier recipe is taken: later ones cost a little more.
    """
    count = len(choice.world)
    tie = 1.0 + 1e-5 * np.arange(count)
    used = np.full(count, choice.start)
    return np.concatenate([choice.world * tie, choice.shard * tie, used, np.zeros(extra)])


Rows = list[tuple[Array, Array | float, Array | float]]


def _solve(choice: Choice, objective: Array, rows: Rows) -> Int[Array, "recipes"] | None:
    found = _programme(choice, objective, rows)
    return None if found is None else np.rint(found[: len(choice.most)]).astype(np.int64)


def _programme(choice: Choice, objective: Array, rows: Rows) -> Float[Array, "n"] | None:
    """Return the variables that make `objective` least; None: there are none that fit.

    Variables: worlds and shards by recipe (whole numbers), whether it is used (0 or 1), and what
    `objective` has beyond these, from 0 to 1.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    most, size = choice.most, len(objective)
    free = size - 3 * len(most)
    shards, used = -(-most // CLIPS_PER_SHARD), np.minimum(most, 1)
    spent = np.concatenate([choice.frames, np.zeros(size - len(most))])[None]
    whole = [*rows, *_links(most, size), (spent, -np.inf, float(choice.budget))]
    solved = milp(
        objective,
        integrality=np.concatenate([np.ones(3 * len(most)), np.zeros(free)]),
        bounds=Bounds(np.zeros(size), np.concatenate([most, shards, used, np.ones(free)])),
        constraints=[LinearConstraint(*row) for row in whole],
        options={"mip_rel_gap": GAP, "node_limit": NODES, "presolve": True},
    )
    return None if solved.x is None else np.asarray(solved.x)


def _links(most: Int[Array, "recipes"], size: int) -> Rows:
    """Return what ties shards and use to worlds: enough shards, and no world of what is unused."""
    count = len(most)
    shards, used = np.zeros((count, size)), np.zeros((count, size))
    for recipe in range(count):
        shards[recipe, [recipe, count + recipe]] = -1.0, CLIPS_PER_SHARD
        used[recipe, [recipe, 2 * count + recipe]] = -1.0, most[recipe]
    return [(shards, 0.0, np.inf), (used, 0.0, np.inf)]
