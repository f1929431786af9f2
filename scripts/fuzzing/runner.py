"""Cases in a watched process: what each may do, and what it did."""

import json
import os
import selectors
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from fuzzing.cases import Case

LIMIT = 20.0
"""[s] that reading may take, on a machine that does something else beside."""
START = 300.0
"""[s] that the process may take to load and answer first."""
COMMAND = (sys.executable, "-m", "fuzzing.watched")
FAILED = ("verify", "export", "merge")
"""Tasks that may also end with 1: what they were asked about is wrong."""


@dataclass(frozen=True)
class Verdict:
    """What became of a case.

    Attributes:
        case: itself.
        code: exit code, None where the process hung or died.
        said: on standard error.
        faults: what it should not have done, in words; empty where all is well.
        seconds: it took.
    """

    case: Case
    code: int | None
    said: str
    faults: tuple[str, ...]
    seconds: float


class Runner:
    """A watched process and a folder for its cases; begun anew when a case hangs or kills it."""

    def __init__(self, home: Path, stock: Path | None = None) -> None:
        self.home, self.stock = home, stock
        self._process: subprocess.Popen | None = None

    def __enter__(self) -> "Runner":
        return self

    def __exit__(
        self, kind: type | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def run(self, case: Case) -> Verdict:
        """Return what becomes of `case`; one that hangs is tried again: it may be the machine."""
        found = self._run(case)
        return self._run(case) if found.code is None and _hung(found) else found

    def _run(self, case: Case) -> Verdict:
        folder = self._laid(case)
        before = _files(folder)
        limit = LIMIT if self._process else START
        start = time.monotonic()
        told = self._ask({"home": str(folder), "line": case.line, "out": case.out}, limit)
        seconds = time.monotonic() - start
        if isinstance(told, str):
            return Verdict(case, None, "", (told,), seconds)
        left = [f"changed {name}" for name in _changed(before, _files(folder), case.out)]
        left += [f"left {path.name} in the folder for scratch files"
                 for path in sorted((self.home / "scratch").iterdir())]  # fmt: skip
        faults = (*_faults(case, told), *told["seen"], *left)
        return Verdict(case, told["code"], told["said"], faults, seconds)

    def _laid(self, case: Case) -> Path:
        """Return a new folder with the files of `case`."""
        folder = self.home / "case"
        for place in (folder, self.home / "scratch"):
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir(parents=True)
        if case.stock and self.stock:
            shutil.copytree(self.stock / case.stock, folder / "data")
        for name, content in case.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return folder

    def _ask(self, question: dict[str, Any], limit: float) -> dict[str, Any] | str:
        """Return the answer, or in words why there is none."""
        process = self._process = self._process or self._begun()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(question).encode() + b"\n")
        process.stdin.flush()
        with selectors.DefaultSelector() as waiting:
            waiting.register(process.stdout, selectors.EVENT_READ)
            if not waiting.select(limit):
                self._end()
                return f"hung for {limit:.0f} s"
        line = process.stdout.readline()
        if line:
            answered: dict[str, Any] = json.loads(line)
            return answered
        code = process.wait()
        self._end()
        return f"died with {code}"

    def _begun(self) -> subprocess.Popen:
        own = Path(__file__).resolve().parents[1]
        paths = [str(own), str(own.parent), os.environ.get("PYTHONPATH", "")]
        environment = {
            **os.environ,
            "HOME": str(self.home),
            "TMPDIR": str(self.home / "scratch"),
            "XDG_CACHE_HOME": _cache(),
            "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        }
        return subprocess.Popen(
            COMMAND, env=environment, cwd=self.home,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def _end(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe:
                    pipe.close()
        self._process = None


def _hung(verdict: Verdict) -> bool:
    return verdict.faults[0].startswith("hung")


def _cache() -> str:
    """Return where compiled code is kept, so that it need not be made again."""
    return os.environ.get("XDG_CACHE_HOME", "") or str(Path.home() / ".cache")


def _files(folder: Path) -> dict[str, tuple[int, int]]:
    stats = ((path, path.lstat()) for path in sorted(folder.rglob("*")) if not path.is_dir())
    return {path.relative_to(folder).as_posix(): (one.st_size, one.st_mtime_ns)
            for path, one in stats}  # fmt: skip


def _changed(before: dict, after: dict, out: str) -> list[str]:
    """Return the files outside `out` that are new, gone or other than before."""
    top = out.split("/")[0]
    names = sorted(name for name in before.keys() | after.keys()
                   if before.get(name) != after.get(name))  # fmt: skip
    return [name for name in names if name.split("/")[0] != top]


def _faults(case: Case, told: dict[str, Any]) -> list[str]:
    """Return what is wrong with how a case ended."""
    if told["fault"]:
        return [f"traceback: {told['fault'].strip()}"]
    good = (0, 1, 2) if case.task in FAILED else (0, 2)
    found = [] if told["code"] in good else [f"exit code {told['code']}"]
    lines = told["said"].strip("\n").split("\n")
    if "Traceback" in told["said"]:
        found.append("a traceback on standard error")
    if told["code"] == 2 and (len(lines) != 1 or not lines[0].startswith("synthgen: ")):
        found.append(f"{len(lines)} lines instead of one: {told['said'][:300]}")
    if told["code"] == 2 and len(lines[0]) > 1000:
        found.append(f"a line of {len(lines[0])} characters: {lines[0][:300]}")
    return found


@contextmanager
def runner(stock: Path | None = None) -> Iterator[Runner]:
    """Open a runner in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="synthgen-fuzz-") as home, \
            Runner(Path(home), stock) as found:  # fmt: skip
        (Path(home) / "scratch").mkdir()
        yield found
