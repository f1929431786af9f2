"""The pilot: a few worlds of some recipes, kept, to learn from.

OUT.pilot/KEY-SEED-IDENTITY/ is an ordinary data set of one recipe, named by the hash of its line
and by what decides its frames, which another version may. Whatever lies there is used by the next
plan; nothing in it is made twice.
"""

from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

from synthgen.coverage.planning.recipe import Recipe
from synthgen.errors import UserError
from synthgen.rng import stream
from synthgen.spec.run import RunSpec

Read = Callable[[Sequence[str]], RunSpec]
"""From a line of overrides to a run."""
Generate = Callable[[RunSpec], int]


def cover(recipes: Sequence[Recipe], targets: Sequence[str]) -> list[Recipe]:
    """Return recipes such that each target is meant by one: of those that serve most of the
    targets still left the one with fewest frames, then the first.
    """
    left, chosen = set(targets), []
    while left:
        best = max(recipes, key=lambda one: (len(left & set(one.meant)), -one.frames))
        if not left & set(best.meant):
            break
        chosen.append(best)
        left -= set(best.meant)
    return chosen


def folder(out: Path) -> Path:
    """Return where the pilot of the plan `out` is kept."""
    return out.with_name(f"{out.name}.pilot")


def drawn_seed(seed: int, *names: str) -> int:
    """Return the seed of a job of its own."""
    return int(stream(seed, "plan", *names).integers(2**31))


def make(recipe: Recipe, place: Path, worlds: int, tools: tuple[Read, Generate, int]) -> Path:
    """Make `worlds` worlds of `recipe` in its folder of `place`; what is there is not made again.

    One process makes all: its first shard tells what loading compiled code costs, the others what
    shards cost.

    Args:
        recipe: whose worlds.
        place: folder of the pilot.
        worlds: in all, with those that are there.
        tools: what reads a line, what runs it, and the plan's seed.

    Raises:
        UserError: when the run fails.
    """
    read, generate, seed = tools
    drawn = drawn_seed(seed, "pilot", recipe.key)
    told = [*recipe.overrides, f"seed={drawn}", f"n={worlds * recipe.frames}", "workers=1"]
    home = place / f"{recipe.key}-{drawn}-{read(told).identity}"
    home.mkdir(parents=True, exist_ok=True)
    with redirect_stdout(StringIO()):
        code = generate(read([*told, f"out={home}"]))
    if code:
        raise UserError(f"pilot: {' '.join(told)} ended with code {code}")
    return home
