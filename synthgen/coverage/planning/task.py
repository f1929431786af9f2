"""From what misses to a plan."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from synthgen.coverage.planning.document import Note, Plan
from synthgen.coverage.planning.draft import SURE, Learnt, draft, learnt_costs, meant, started
from synthgen.coverage.planning.experience import HERE_ONLY
from synthgen.coverage.planning.meetings import Counted
from synthgen.coverage.planning.reach import View, unreachable
from synthgen.coverage.planning.recipe import Recipe
from synthgen.coverage.planning.recipes import recipes
from synthgen.coverage.planning.study import Study, Tools, lost, study
from synthgen.coverage.planning.wish import Wish
from synthgen.coverage.planning.yields import gather
from synthgen.errors import UserError
from synthgen.spec.run import RunSpec

OWN_KEYS = frozenset(
    {*HERE_ONLY, "audit", "plan", "match", "detections", "budget", "pictures", "coverage",
     "data_format", "pilot", "scene", "twin"}
)  # fmt: skip
"""Keys of a plan's command that its jobs do not take over."""


@dataclass(frozen=True)
class Task:
    """What a plan is made from.

    Attributes:
        head: what its first line says of the audit.
        wishes: targets of the audit that miss something.
        view: what cameras and label rules let count.
        base: overrides that every job begins with.
        favoured: place whose streets are most like the user's; empty for none.
    """

    head: Mapping[str, object]
    wishes: Sequence[Wish]
    view: View
    base: tuple[str, ...] = ()
    favoured: str = ""


def own_overrides(command: Sequence[str]) -> tuple[str, ...]:
    """Return what of a plan's command its jobs take over: rig, labels, image, ..."""
    return tuple(one for one in command if one.partition("=")[0].lstrip("+~") not in OWN_KEYS)


def make_plan(run: RunSpec, task: Task, tools: Tools) -> Plan:
    """Return the plan of `task`, after the pilot has told what is not known yet.

    Raises:
        UserError: when nothing is known and nothing may be tried, or a pilot fails.
    """
    out = [one for one in (unreachable(wish, task.view) for wish in task.wishes) if one]
    wishes = [wish for wish in task.wishes if wish.id not in {one.id for one in out}]
    head = {**task.head, "seed": run.seed, "budget": run.survey.budget, "sure": SURE}
    if not wishes:
        return Plan(head, 0.0, [], out, [], _bare(task.wishes))
    counted = Counted(task.view.min_height, task.view.min_fraction)
    able = recipes(wishes, task.base, task.favoured, counted)
    told = study(run, able, wishes, task.base, tools)
    gone = lost(told, able, wishes)
    kept = [wish for wish in wishes if wish.id not in {one.id for one in gone}]
    learnt = _learnt(run, able, kept, told)
    head["start_core_seconds"] = round(learnt.start, 4)
    jobs, short, notes = draft(learnt, run.survey.budget, run.seed)
    noted = {one.target: one for one in (*_bare(task.wishes), *notes)}
    return Plan(head, started(learnt, jobs), jobs, [*out, *gone], short, list(noted.values()))


def _learnt(run: RunSpec, able: Sequence[Recipe], wishes: Sequence[Wish], told: Study) -> Learnt:
    ids = [wish.id for wish in wishes]
    seen = gather([one.name for one in able], ids, told.found, meant(able, wishes))
    try:
        costs, start = learnt_costs(told.lots)
    except ValueError as error:
        raise UserError(
            f"pilot={run.survey.pilot}: nothing of these recipes was made yet to learn from; "
            "expected at least 1 world"
        ) from error
    return Learnt(able, wishes, seen, costs, start, run.workers)


def _bare(wishes: Sequence[Wish]) -> list[Note]:
    return [Note(one.id, one.name, one.there, one.asked, one.missing) for one in wishes]
