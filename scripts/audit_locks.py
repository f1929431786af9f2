"""Lock files: is every package pinned with hashes, and are faults of it known?

usage: python scripts/audit_locks.py [LOCK]...      (exit code 1 when one is not, or some are)

Faults are those that PyPI tells of, asked by pip-audit. A package that PyPI does not tell of has
not been audited and is never counted as sound; where that is so of all packages of the smallest
lock the data cannot be had, and the others are not asked for.
"""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TOP = Path(__file__).resolve().parents[1]
COMMAND = (sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes",
           "--progress-spinner=off", "--timeout=15", "--format=json", "--requirement")  # fmt: skip


@dataclass(frozen=True)
class Lock:
    """A lock file.

    Attributes:
        name: of the file.
        packages: how many it names.
        loose: those that are not pinned, or have no hash.
    """

    name: str
    packages: int
    loose: tuple[str, ...]


def read(path: Path) -> Lock:
    """Return what a lock file says."""
    text = "\n" + path.read_text()
    blocks = [
        block for block in re.split(r"\n(?=[A-Za-z0-9])", text) if block.strip()[:1].isalnum()
    ]
    pinned = re.compile(r"[A-Za-z0-9._-]+(\[[^]]*\])?==[^\s;]+")
    loose = tuple(
        block.split()[0]
        for block in blocks
        if not pinned.match(block) or not re.search(r"--hash=sha256:[0-9a-f]{64}\b", block)
    )
    return Lock(path.name, len(blocks), loose)


@dataclass(frozen=True)
class Found:
    """What is known of the packages of a lock.

    Attributes:
        asked: packages that PyPI tells of.
        skipped: packages that it does not.
        faults: one line each.
    """

    asked: int
    skipped: int
    faults: tuple[str, ...]


def found(told: Mapping[str, Any]) -> Found:
    """Return what pip-audit told."""
    every = told["dependencies"]
    there = [one for one in every if "skip_reason" not in one]
    faults = tuple(
        f"{one['name']} {one['version']}: {fault['id']}, mended in "
        f"{', '.join(fault['fix_versions']) or 'no version'}"
        for one in there
        for fault in one["vulns"]
    )
    return Found(len(there), len(every) - len(there), faults)


def ask(path: Path) -> Found | None:
    """Return what is known of the packages of a lock, None where nobody answers."""
    done = subprocess.run([*COMMAND, str(path)], capture_output=True, text=True, check=False)
    try:
        return found(json.loads(done.stdout))
    except (ValueError, KeyError, TypeError):
        return None


def audit(paths: Sequence[Path], asking: Callable[[Path], Found | None] = ask) -> int:
    """Print both answers and return the exit code."""
    locks = {path: read(path) for path in paths}
    for lock in locks.values():
        said = "no: " + ", ".join(lock.loose) if lock.loose else "yes"
        print(f"{lock.name:28} {lock.packages:4} packages, each pinned with a hash: {said}")
    bad = any(lock.loose for lock in locks.values())
    for path in sorted(paths, key=lambda path: locks[path].packages):
        told = asking(path)
        if told is None or not told.asked:
            print("known faults: not scanned, the data cannot be had from here")
            break
        print(f"{path.name:28} {told.asked:4} packages scanned, {told.skipped} unknown to PyPI, "
              f"{len(told.faults)} known faults")  # fmt: skip
        print("".join(f"  {fault}\n" for fault in told.faults), end="")
        bad = bad or bool(told.faults)
    return 1 if bad else 0


if __name__ == "__main__":
    asked = [TOP / name for name in sys.argv[1:]]
    sys.exit(audit(asked or sorted(TOP.glob("requirements*.lock"))))
