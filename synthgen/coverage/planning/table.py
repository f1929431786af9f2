"""A plan on the screen."""

from collections.abc import Sequence

from synthgen.coverage.planning.document import Job, Note, Plan

_TARGETS = ("target", "there", "asked", "expected", "how")
_JOBS = ("job", "worlds", "frames", "core-hours", "MB")
WIDEST = 60
"""Characters of a target's name."""


def table(plan: Plan) -> str:
    """Return what is missing, what will be made for it, and what that costs."""
    rows = [_target(plan, note) for note in plan.notes]
    left_out = {one.id: f"cannot be reached: {one.why} ({one.proof})" for one in plan.out}
    told = [(*row[:-1], left_out.get(note.target, row[-1])) for row, note in
            zip(rows, plan.notes, strict=True)]  # fmt: skip
    lines = [*_aligned(_TARGETS, told, "<>>><")]
    if plan.jobs:
        lines += ["", *_aligned(_JOBS, [*map(_job, plan.jobs), _sum(plan)], "<>>>>")]
    lines += [_short(plan)] if plan.short else []
    return "\n".join(lines)


def _target(plan: Plan, note: Note) -> tuple[str, ...]:
    expected = sum(job.expects.get(note.target, 0.0) for job in plan.jobs)
    by = [job.job for job in _serving(plan.jobs, note.target)]
    how = ", ".join(by[:2]) + (f" and {len(by) - 2} more" if len(by) > 2 else "")
    return (
        f"{note.target}  {note.name[:WIDEST]}", str(note.there), str(note.asked),
        f"{note.there + expected:.1f}", how or "-",
    )  # fmt: skip


def _serving(jobs: Sequence[Job], target: str) -> list[Job]:
    """Return the jobs of which at least half a world counts for `target`, the best first."""
    serving = [job for job in jobs if job.expects.get(target, 0.0) >= 0.5]
    return sorted(serving, key=lambda job: -job.expects[target])


def _job(job: Job) -> tuple[str, ...]:
    return (
        job.job, str(job.clips), str(job.frames), f"{job.core_seconds / 3600:.3f}",
        f"{job.bytes / 1e6:.0f}",
    )  # fmt: skip


def _sum(plan: Plan) -> tuple[str, ...]:
    totals = plan.totals
    hours = f"{totals['core_hours']:.3f}"
    size = f"{totals['bytes'] / 1e6:.0f}"
    return ("all", str(totals["worlds"]), str(totals["frames"]), hours, size)


def _short(plan: Plan) -> str:
    ids = ", ".join(one.short for one in plan.short)
    budget = plan.head["budget"]
    return f"budget={budget}: too small for {ids}; the plan fills as much as it can"


def _aligned(head: Sequence[str], rows: Sequence[Sequence[str]], sides: str) -> list[str]:
    widths = [max(len(row[n]) for row in (head, *rows)) for n in range(len(head))]
    widths[-1] = widths[-1] if sides[-1] == ">" else 0
    return [
        "  ".join(
            f"{cell:{side}{width or ''}}"
            for cell, side, width in zip(row, sides, widths, strict=True)
        ).rstrip()
        for row in (head, *rows)
    ]
