"""Once around the loop: make data, teach a detector three ways, and measure it where it was weak.

    python examples/model_loop/loop.py FOLDER make          the sets of sets.yaml, by synthgen
    python examples/model_loop/loop.py FOLDER learn         teach the detectors of each arm
    python examples/model_loop/loop.py FOLDER find          let them look at the tests
    python examples/model_loop/loop.py FOLDER table         recall, precision and their differences

Needs the extra `loop` (JAX and optax). After a word, `seeds=5` says how many detectors there are,
`filled=FOLDER` takes what task=fill made in place of the nights of sets.yaml. What is there is not
made again.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import yaml

HERE = Path(__file__).parent
ADDED, CHECK, TESTS = ("random", "planned"), "random", ("test", "other_renderer")


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
    from synthgen.__main__ import main as synthgen

    always = [*sets["always"], f"rig={HERE / 'rig.yaml'}"]
    for arm, members in sets.items():
        for name, overrides in members.items() if arm != "always" else ():
            code = synthgen([*always, *overrides, f"out={folder / arm / name}"])
            if code:
                raise SystemExit(code)


def learn(folder: Path, sets: dict, keys: dict) -> None:
    """Teach the detectors of the base, and let each arm go on."""
    from arms import teach_arms

    data = {arm: _folders(folder, sets, arm) for arm in ("base", *ADDED)}
    if "filled" in keys:
        filled = Path(keys["filled"])
        data["planned"] = sorted(job for job in filled.iterdir() if (job / "shards").is_dir())
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
    print(measure(folder, tests, _seeds(keys)))


STEPS = {"make": make, "learn": learn, "find": find, "table": table}


def _folders(folder: Path, sets: dict, arm: str) -> list[Path]:
    return [folder / arm / name for name in sets[arm]]


def _seeds(keys: dict) -> range:
    return range(int(keys.get("seeds", 5)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
