"""Read hostile command lines, configurations, maps, assets, plans, audits and data sets.

usage: scripts/fuzz.py COUNT SEED [SORT]...     (exit code 1 when any misbehaves)
sorts: overrides, groups, files, plans, calibrations, assets, maps, foreign, data, audits

Each is read by a watched process up to where data would be made. It must end within seconds with
exit code 0, or 2 and one line; it must write nothing outside its `out`, start nothing but SUMO's
tools, open no connection and unpickle nothing.
"""

import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from fuzzing.cases import Case, every
from fuzzing.runner import Runner, Verdict, runner
from fuzzing.stock import make
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy


def judged(count: int, start: int, only: Sequence[str] = ()) -> list[Verdict]:
    """Return what became of `count` cases, as many of each sort, drawn from the seed `start`."""
    with tempfile.TemporaryDirectory(prefix="synthgen-fuzz-stock-") as place:
        stock = make(Path(place) / "stock")
        with runner(stock) as process:
            return drawn(process, every(stock), count, start, only)


def drawn(
    process: Runner,
    sorts: Mapping[str, SearchStrategy[Case]],
    count: int,
    start: int,
    only: Sequence[str] = (),
) -> list[Verdict]:
    """Return what became of `count` cases of `sorts` in `process`."""
    found: list[Verdict] = []
    names = [name for name in sorts if not only or name in only]
    for number, name in enumerate(names):
        share = count // len(names) + (number < count % len(names))

        @seed(start)
        @settings(max_examples=max(share, 1), database=None, deadline=None,
                  phases=[Phase.generate], suppress_health_check=list(HealthCheck))  # fmt: skip
        @given(sorts[name])
        def run(case: Case) -> None:
            found.append(process.run(case))
            if found[-1].faults:
                tell(found[-1])

        run()
    return found


def tell(verdict: Verdict) -> None:
    """Print a case that misbehaves."""
    case = verdict.case
    print(f"--- {case.kind}: {' '.join(map(repr, case.line))}")
    for name, content in case.files.items() if len(case.files) < 3 else ():
        print(f"    {name}: {content[:300]!r}")
    for fault in verdict.faults:
        print("    " + "\n    ".join(fault.splitlines()[-6:]), flush=True)


def main(count: int, start: int, only: Sequence[str] = ()) -> int:
    """Print the counts and return the exit code."""
    found = judged(count, start, only)
    kinds = Counter(one.case.kind for one in found)
    codes = Counter(str(one.code) for one in found)
    bad = [one for one in found if one.faults]
    slow = max(found, key=lambda one: one.seconds)
    for kind, number in sorted(kinds.items()):
        print(f"{kind:40} {number:5}")
    print(f"{len(found)} cases, exit codes {dict(sorted(codes.items()))}, {len(bad)} misbehave; "
          f"slowest {slow.seconds:.1f} s ({slow.case.kind})")  # fmt: skip
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]))
