"""task=plan: from an audit's folder to plan.jsonl and a table on the screen."""

from collections.abc import Sequence
from functools import partial
from math import inf
from pathlib import Path

import pyarrow.parquet as pq

from synthgen.coverage.definition import plain_coverage
from synthgen.coverage.folder import Audit, open_audit
from synthgen.coverage.planning import document
from synthgen.coverage.planning.asked import columns, parts
from synthgen.coverage.planning.holdings import count, look
from synthgen.coverage.planning.marginals import COLUMNS, marginals
from synthgen.coverage.planning.matching import Match, match
from synthgen.coverage.planning.pilot import Read
from synthgen.coverage.planning.study import Tools
from synthgen.coverage.planning.table import table
from synthgen.coverage.planning.task import Task, make_plan, own_overrides
from synthgen.coverage.planning.view import view
from synthgen.coverage.planning.wish import Wish
from synthgen.coverage.readers.own_around import REACH
from synthgen.errors import UserError
from synthgen.jobs.generate import generate
from synthgen.spec.run import RunSpec


def plan(run: RunSpec, read: Read) -> int:
    """Write the plan of what `run.survey.audit` says is missing, and print it; return 0.

    Args:
        run: audit, budget, seed, and everything that its jobs shall take over.
        read: from a line of overrides to a run.

    Raises:
        UserError: for an audit that cannot be read, or where nothing can be learnt.
    """
    out = Path(run.out)
    if out.is_dir():
        raise UserError(f"out={out}: a folder, expected a file to write the plan to")
    audit = open_audit(Path(run.survey.audit))
    wishes = [wish for wish in _wishes(audit) if wish.missing]
    if not wishes:
        print(f"{run.survey.audit}: nothing is missing of {len(audit.goals)} targets")
    matched = _matched(run, read) if run.survey.match and wishes else None
    made = make_plan(run, _task(run, audit, wishes, matched), _tools(audit, read))
    document.write(out, made)
    print(table(made))
    print(f"{out}: {len(made.jobs)} jobs; make them with task=fill plan={out}")
    return 0


def _wishes(audit: Audit) -> list[Wish]:
    """Return the targets of an audit, in properties."""
    axes = audit.coverage.axes
    return [
        Wish(one.id, one.name, columns(one.where, axes), one.asked, one.there,
             parts(one.where, axes))
        for one in audit.goals
    ]  # fmt: skip


def _task(run: RunSpec, audit: Audit, wishes: Sequence[Wish], matched: Match | None) -> Task:
    head: dict[str, object] = {
        "audit": audit.digest,
        "coverage": plain_coverage(audit.coverage),
    }
    base = own_overrides(run.command)
    if matched is None:
        return Task(head, wishes, view(run), base)
    head["match"] = {
        "audit": open_audit(Path(run.survey.match)).digest,
        "place": matched.place,
        "before": dict(matched.before),
        "after": dict(matched.after),
    }
    return Task(head, wishes, view(run), (*base, *matched.overrides), matched.place)


def _tools(audit: Audit, read: Read) -> Tools:
    wheres = {goal.id: goal.where for goal in audit.goals}
    return Tools(read, generate, partial(count, coverage=audit.coverage, wheres=wheres))


def _matched(run: RunSpec, read: Read) -> Match:
    """Return the traffic most like that of the audit `run.survey.match`, and say how near it is."""
    audit = open_audit(Path(run.survey.match))
    around = sweeps(audit)
    batches = pq.ParquetFile(audit.path("objects")).iter_batches(columns=list(COLUMNS))
    wanted = marginals(audit.counts["frames"], batches, REACH if around else inf)
    tools = (read, generate, partial(look, around=around))
    found = match(run, wanted, own_overrides(run.command), tools)
    told = ", ".join(
        f"{name} {found.before[name]:.2f} -> {found.after[name]:.2f}" for name in found.before
    )
    if around:
        print(f"match={run.survey.match}: lidar points and no boxes in images: its frames are "
              f"sweeps, compared with what lidars hit within {REACH:g} m all round")  # fmt: skip
    print(f"match={run.survey.match}: place={found.place}; apart from it, before -> after: {told}")
    return found


def sweeps(audit: Audit) -> bool:
    """Return whether frames of an audit are lidar sweeps and what stands round the car."""
    told = audit.known["objects"]
    return "lidar_points" in told and "top" not in told
