"""What is known of recipes: what pilots and fills left, and what a new pilot adds."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from synthgen.coverage.planning.experience import Lot, line_of, lots
from synthgen.coverage.planning.pilot import Generate, Read, cover, folder, make
from synthgen.coverage.planning.reach import Out
from synthgen.coverage.planning.recipe import Recipe
from synthgen.coverage.planning.wish import Wish
from synthgen.coverage.planning.yields import interval
from synthgen.spec.run import RunSpec

LONGER = (1, 3)
"""Times the usual number of worlds that the pilot makes: of recipes that cover all targets, then
of those for targets that nothing was found of."""

Count = Callable[[Path], Mapping[str, int]]
"""From a data set's folder to the worlds in it that count, by target."""


@dataclass(frozen=True)
class Tools:
    """What planning works with.

    Attributes:
        read: from a line of overrides to a run.
        generate: makes a run.
        count: counts what a data set holds.
        tell: says what is being done.
    """

    read: Read
    generate: Generate
    count: Count
    tell: Callable[[str], None] = print


@dataclass(frozen=True)
class Study:
    """What was found out.

    Attributes:
        lots: data sets made by the same base of overrides, with their costs.
        found: recipe, worlds looked at, hits by target; one entry for each data set of a recipe.
    """

    lots: Sequence[Lot] = ()
    found: Sequence[tuple[str, int, Mapping[str, int]]] = field(default=())


def study(
    run: RunSpec, able: Sequence[Recipe], wishes: Sequence[Wish], base: Sequence[str], tools: Tools
) -> Study:
    """Return what is known of the recipes `able`, after a pilot of what is not known yet.

    Args:
        run: the plan's own run.
        able: recipes.
        wishes: targets that they are for.
        base: overrides that all of them begin with.
        tools: what planning works with.
    """
    place = folder(Path(run.out))
    told = _look(run, place, able, base, tools)
    for longer in LONGER:
        worlds = longer * run.survey.pilot
        asked = [wish.id for wish in wishes if longer == 1 or not hits(told, able, wish.id)]
        tried = [one for one in _asked(able, asked, longer) if looked(told, one) < worlds]
        for number, recipe in enumerate(tried, 1):
            tools.tell(f"pilot {number}/{len(tried)}: {worlds} worlds of {recipe.name}")
            make(recipe, place, worlds, (tools.read, tools.generate, run.seed))
        told = _look(run, place, able, base, tools) if tried else told
    return told


def _asked(able: Sequence[Recipe], targets: Sequence[str], longer: int) -> list[Recipe]:
    """Return the recipes to try: few that cover the targets, or for each its own, tried longest."""
    if longer == 1:
        return cover(able, targets)
    own = [[one for one in able if target in one.meant] for target in targets]
    return [min(some, key=lambda one: (len(one.meant), -one.frames)) for some in own]


def _look(
    run: RunSpec, place: Path, able: Sequence[Recipe], base: Sequence[str], tools: Tools
) -> Study:
    """Return what the pilot's folder and the data that the plan is given tell."""
    folders = [one for one in (place, *([Path(run.data)] if run.data else [])) if one.is_dir()]
    every = [lot for one in folders for lot in lots(one)]
    names = {line_of(recipe.overrides): recipe.name for recipe in able}
    found = [
        (names[lot.line], lot.worlds, tools.count(lot.folder)) for lot in every if lot.line in names
    ]
    start = len(base)
    alike = [lot for lot in every if lot.line[: start + 1] == (*base, "scene=clear_day")]
    return Study(alike, found)


def looked(told: Study, recipe: Recipe) -> int:
    """Return how many worlds of `recipe` are known."""
    return sum(worlds for name, worlds, _ in told.found if name == recipe.name)


def hits(told: Study, able: Sequence[Recipe], target: str) -> int:
    """Return in how many known worlds of recipes that are meant for `target` it was found."""
    own = {one.name for one in able if target in one.meant}
    return sum(found.get(target, 0) for name, _, found in told.found if name in own)


def lost(told: Study, able: Sequence[Recipe], wishes: Sequence[Wish]) -> list[Out]:
    """Return the targets that were looked for and never found, with the bound that this proves."""
    out = []
    for wish in wishes:
        own = {one.name for one in able if wish.id in one.meant}
        worlds = sum(looked for name, looked, _ in told.found if name in own)
        if worlds and not hits(told, able, wish.id):
            most = interval(0, worlds)[1]
            out.append(
                Out(
                    wish.id,
                    f"nothing found in {worlds} worlds made for it",
                    f"with 95 % confidence at most {100 * most:.0f} % of such worlds count: "
                    f"{wish.missing} need {wish.missing / most:.0f} worlds or more",
                )
            )
    return out
