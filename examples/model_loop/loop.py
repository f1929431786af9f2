"""Once around the loop: make data, fill their gap, teach a detector, and measure it in the gap.

    python examples/model_loop/loop.py FOLDER make          the sets of sets.yaml, by synthgen
    python examples/model_loop/loop.py FOLDER fill          audit, plan, fill, receipt: gap.yaml
    python examples/model_loop/loop.py FOLDER learn         teach the detectors of each arm
    python examples/model_loop/loop.py FOLDER find          let them look at the tests
    python examples/model_loop/loop.py FOLDER table         recall, precision and their differences

Needs the extra `loop` (JAX and optax). After a word, `seeds=5` says how many detectors there are,
after `table`, `by=city` that cities are drawn with replacement, of which two worlds share each.
What is there is not made again; detectors that were taught other data are taught anew.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import yaml

HERE = Path(__file__).resolve().parent
ADDED, CHECK, TESTS = ("random", "nights", "planned"), "random", ("test", "other_renderer")
BUDGET, SEED = 60, 301
"""Frames that the plan may spend, as many as the other arms have; its seed."""


def main(arguments: Sequence[str]) -> int:
    """Do one step of the loop."""
    if len(arguments) < 2 or arguments[1] not in STEPS:
        print(__doc__, file=sys.stderr)
        return 2
    keys = dict(argument.split("=", 1) for argument in arguments[2:])
    sets = yaml.safe_load((HERE / "sets.yaml").read_text())
    STEPS[arguments[1]](Path(arguments[0]), sets, keys)
    return 0


def make(folder: Path, sets: dict, keys: dict) -> None:
    """Make every set, or go on with it."""
    for arm, members in sets.items():
        for name, overrides in members.items() if arm != "always" else ():
            _synthgen([*always(sets), *overrides, f"out={folder / arm / name}"])


def fill(folder: Path, sets: dict, keys: dict) -> None:
    """Audit what there is, plan what it lacks, make that, and say what came of it."""
    for out, line in survey(folder, sets).items():
        if out == "planned" or not (folder / out).exists():
            _synthgen([*line, f"out={folder / out}"])


def survey(folder: Path, sets: dict) -> dict[str, list[str]]:
    """Return the lines that fill the gap, by what each makes in `folder`."""
    audit, plan = f"audit={folder / 'audit'}", f"plan={folder / 'plan.jsonl'}"
    return {
        "audit": ["task=audit", f"data={folder / 'base'}", f"coverage={HERE / 'gap.yaml'}"],
        "plan.jsonl": ["task=plan", audit, f"budget={BUDGET}", f"seed={SEED}", *always(sets)],
        "planned": ["task=fill", plan],
        "receipt": ["task=receipt", audit, f"data={folder / 'planned'}"],
    }


def always(sets: dict) -> list[str]:
    """Return what all data are made with."""
    return [*sets["always"], f"rig={HERE / 'rig.yaml'}"]


def learn(folder: Path, sets: dict, keys: dict) -> None:
    """Teach the detectors of the base, and let each arm go on."""
    from arms import teach_arms

    data = {arm: _folders(folder, sets, arm) for arm in ("base", *ADDED)}
    teach_arms(folder, data, _seeds(keys))


def find(folder: Path, sets: dict, keys: dict) -> None:
    """Let all detectors look at the tests, and at what they are audited on."""
    from arms import find_all

    groups = {group: _folders(folder, sets, group) for group in (CHECK, *TESTS)}
    find_all(folder, ("nothing", *ADDED), _seeds(keys), groups)


def table(folder: Path, sets: dict, keys: dict) -> None:
    """Print what came of it."""
    from measured import measure

    tests = {arm: _folders(folder, sets, arm) for arm in TESTS}
    print(measure(folder, tests, _seeds(keys), keys.get("by", "world")))


STEPS = {"make": make, "fill": fill, "learn": learn, "find": find, "table": table}


def _synthgen(line: Sequence[str]) -> None:
    from synthgen.__main__ import main as synthgen

    code = synthgen(line)
    if code:
        raise SystemExit(code)


def _folders(folder: Path, sets: dict, arm: str) -> list[Path]:
    """Return the data sets of an arm: those of sets.yaml, or all jobs of the fill."""
    if arm in sets:
        return [folder / arm / name for name in sets[arm]]
    return sorted(job for job in (folder / arm).iterdir() if (job / "shards").is_dir())


def _seeds(keys: dict) -> range:
    return range(int(keys.get("seeds", 5)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
