"""A plan as it is obeyed: read strictly, since it may have been edited by hand."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from synthgen.coverage.definition import coverage_from
from synthgen.coverage.filling.lines import Line, line
from synthgen.coverage.planning.document import VERSION
from synthgen.errors import UserError
from synthgen.spec.coverage import Coverage, Place

OWN = ("n", "out", "workers", "task", "shard")
"""Keys that a fill sets itself."""
JOB_KEYS = ("job", "overrides", "clips", "frames", "expects", "core_seconds", "bytes")


@dataclass(frozen=True)
class Job:
    """A job of a plan, see `planning/document.py`; `place` is its line, for messages."""

    name: str
    overrides: tuple[str, ...]
    clips: int
    frames: int
    expects: Mapping[str, float]
    core_seconds: float
    bytes: int
    place: str


@dataclass(frozen=True)
class Want:
    """A target that misses something and may be reached.

    Attributes:
        id: t00, t01, ...
        name: in words.
        where: by axis.
        missing: worlds to make.
    """

    id: str
    name: str
    where: Mapping[str, Place]
    missing: int


@dataclass(frozen=True)
class Order:
    """A plan.

    Attributes:
        digest: SHA-256 of its file.
        content: of the file.
        coverage: definition.
        budget: frames that may be made.
        jobs: in order.
        wants: in order.
        start: [s] of a core that each process takes to load compiled code.
    """

    digest: str
    content: bytes
    coverage: Coverage
    budget: int
    jobs: tuple[Job, ...]
    wants: tuple[Want, ...]
    start: float


def read_order(path: Path) -> Order:
    """Return the plan in `path`.

    Raises:
        UserError: for the first line that makes no sense: number, key, value, what was expected.
    """
    if not path.is_file():
        raise UserError(f"plan={path}: expected a file that task=plan wrote")
    content = path.read_bytes()
    rows = content.splitlines()
    told = [line(f"plan={path}: line {n}", row) for n, row in enumerate(rows, 1) if row.strip()]
    if not told or "plan" not in told[0].told:
        raise UserError(f"plan={path}: line 1: expected a plan of task=plan")
    head = told[0]
    if head.told["plan"] != VERSION:
        raise UserError(
            f"{head.place}: version {head.told['plan']}, this program reads {VERSION}; "
            "run task=plan again"
        )
    coverage, budget = _coverage(head), head.whole("budget", 1)
    start = head.number("start_core_seconds")
    kinds = _sorted(told[1:])
    wants = _wants(kinds, coverage)
    jobs = tuple(_job(one, ids(coverage)) for one in kinds["job"])
    _distinct(jobs)
    _noted(jobs, kinds["target"])
    digest = hashlib.sha256(content).hexdigest()
    return Order(digest, content, coverage, budget, jobs, wants, start)


def _coverage(head: Line) -> Coverage:
    try:
        return coverage_from(head.mapping("coverage"))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError(f"{head.place}: coverage: {error}") from error


def _sorted(lines: Sequence[Line]) -> dict[str, list[Line]]:
    """Return lines by what they are: a job, a target left out or short, or a note of a target."""
    kinds: dict[str, list[Line]] = {"job": [], "unreachable": [], "short": [], "target": []}
    for one in lines:
        kind = next((kind for kind in kinds if kind in one.told), None)
        if kind is None:
            raise UserError(f"{one.place}: expected a line with {', '.join(kinds)}")
        kinds[kind].append(one)
    return kinds


def _wants(kinds: Mapping[str, Sequence[Line]], coverage: Coverage) -> tuple[Want, ...]:
    """Return the targets that a plan has notes of, without those that cannot be reached."""
    out = {one.text("unreachable") for one in kinds["unreachable"]}
    wants = [_want(one, coverage) for one in kinds["target"] if one.text("target") not in out]
    return tuple(want for want in wants if want.missing)


def _want(note: Line, coverage: Coverage) -> Want:
    known = ids(coverage)
    target = note.choice("target", known)
    where = coverage.targets[known.index(target)].where
    return Want(target, note.text("name"), where, note.whole("missing", 0))


def ids(coverage: Coverage) -> list[str]:
    """Return the ids of the targets of a definition."""
    width = max(2, len(str(len(coverage.targets) - 1)))
    return [f"t{number:0{width}}" for number in range(len(coverage.targets))]


def _job(told: Line, known: Sequence[str]) -> Job:
    told.only(JOB_KEYS)
    name = told.text("job")
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]*", name):
        raise told.odd("job", "a name of letters, digits, _, - and .")
    expects = told.mapping("expects")
    for target in expects:
        inner = Line(f"{told.place}: expects", {"target": target, **expects})
        inner.choice("target", known)
        inner.number(target)
    return Job(
        name=name,
        overrides=_overrides(told),
        clips=told.whole("clips", 1),
        frames=told.whole("frames", 1),
        expects={target: float(worlds) for target, worlds in expects.items()},
        core_seconds=told.number("core_seconds"),
        bytes=told.whole("bytes", 0),
        place=told.place,
    )


def _overrides(told: Line) -> tuple[str, ...]:
    found: Any = told.told.get("overrides")
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise told.odd("overrides", "a list of key=value")
    for one in found:
        key = one.partition("=")[0].lstrip("+~")
        if re.split(r"[./@]", key)[0] == "hydra":
            raise UserError(f"{told.place}: overrides: {one}: expected a setting of synthgen")
        if key in OWN:
            raise UserError(f"{told.place}: overrides: {one}: task=fill sets {key} itself")
    return tuple(found)


def _distinct(jobs: Sequence[Job]) -> None:
    seen: set[str] = set()
    for job in jobs:
        if job.name in seen:
            raise UserError(f"{job.place}: job={job.name}: there is one of this name already")
        seen.add(job.name)


def _noted(jobs: Sequence[Job], notes: Sequence[Line]) -> None:
    """Raise a `UserError` for a target that a job is for, and no line says what it misses."""
    known = {one.text("target") for one in notes}
    for job in jobs:
        for target in job.expects:
            if target not in known:
                raise UserError(
                    f"{job.place}: expects: {target}: expected a line "
                    f'{{"target": "{target}", "missing": ...}} that says what it misses'
                )
