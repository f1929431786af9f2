"""`task=receipt`: did what was made close the gap?"""

import os
from pathlib import Path

from synthgen.coverage.folder import open_audit
from synthgen.coverage.receipt.findings import UNREACHABLE, Receipt
from synthgen.coverage.receipt.gather import gather
from synthgen.coverage.receipt.headline import said, verdict
from synthgen.coverage.receipt.page import page
from synthgen.coverage.receipt.record import written
from synthgen.errors import UserError
from synthgen.spec.run import RunSpec

FILES = ("receipt.html", "receipt.json")


def receipt(run: RunSpec) -> None:
    """Write `receipt.html` and `receipt.json` into `run.out`, and print what became of each gap.

    Raises:
        UserError: when audit, plan or data are not what they should be; then nothing is written.
    """
    audit = open_audit(Path(run.survey.audit))
    found = gather(audit, Path(run.data), run.survey.plan, run.workers)
    out = Path(run.out)
    save(out, dict(zip(FILES, (page(found), written(found)), strict=True)))
    print("\n".join([*lines(found), f"receipt in {out / FILES[0]}"]))


def save(out: Path, files: dict[str, str]) -> None:
    """Write all files into `out`, each aside first; what is there of an earlier run is replaced.

    Raises:
        UserError: when `out` cannot be written.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (out / f".{name}.partial").write_text(text, encoding="utf-8")
    except OSError as error:
        raise UserError(f"out={out}: expected a writable folder: {error.strerror}") from error
    for name in files:
        os.replace(out / f".{name}.partial", out / name)


def lines(found: Receipt) -> list[str]:
    """Return what is printed: the verdict, then each target."""
    width = max((len(goal.name) for goal in found.goals), default=0)
    told = [verdict(found.goals)]
    if found.goals:
        told.append(f"{'target':{width + 5}} {'before':>7} {'asked':>7} {'got':>7}")
    for goal in found.goals:
        state = f"  {said(goal)}"
        why = f": {goal.why}" if goal.state == UNREACHABLE else ""
        name = f"{goal.id}  {goal.name}"
        told.append(
            f"{name:{width + 5}} {goal.before:7,} {goal.asked:7,} {goal.got:7,}{state}{why}"
        )
    return told
