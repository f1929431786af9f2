"""The process that reads hostile input, one case after another, and tells what it did.

Asked by a line of JSON on its standard input, it answers with one on its standard output.
"""

import contextlib
import io
import json
import os
import resource
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Any

MEMORY = 6 * 2**30
"""[B] of data that the process may hold: what asks for more fails there and then."""
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CHANGES = {"os.mkdir": ((0, 2),), "os.rename": ((0, 2), (1, 3)), "os.remove": ((0, 1),),
            "os.rmdir": ((0, 1),), "os.link": ((1, 3),), "os.symlink": ((1, 2),),
            "os.truncate": ((0, 9),), "os.chmod": ((0, 2),)}  # fmt: skip
"""Where in an event's arguments a path stands, and the open folder that it is told from."""
_NEVER = ("os.system", "os.exec", "os.posix_spawn", "os.fork", "socket.connect",
          "socket.getaddrinfo", "urllib.Request")  # fmt: skip


class Read(BaseException):
    """All that a run needs has been read."""


class Watch:
    """What the interpreter reports of files written, programs started and pickles read."""

    def __init__(self) -> None:
        self.on = False
        self.allowed: tuple[str, ...] = ()
        self.seen: list[str] = []

    def __call__(self, event: str, arguments: tuple) -> None:
        """Note an event of `sys.addaudithook` that hostile input must not bring about."""
        if not self.on:
            return
        if event == "open":
            path, _, flags = arguments
            writes = bool(flags & _WRITING) if isinstance(flags, int) else False
            if writes and isinstance(path, str | bytes):
                self._written(event, path)
        elif event in _CHANGES:
            for place, below in _CHANGES[event]:
                if isinstance(arguments[place], str | bytes):
                    home = arguments[below] if below < len(arguments) else -1
                    self._written(event, arguments[place], home)
        elif event == "subprocess.Popen":
            if f"{os.sep}sumo{os.sep}bin{os.sep}" not in str(arguments[0]):
                self.seen.append(f"started {arguments[0]}")
        elif event == "pickle.find_class":
            if not _of_numba():
                self.seen.append(f"unpickled {arguments[0]}.{arguments[1]}")
        elif event in _NEVER:
            self.seen.append(f"{event} {arguments!r:.80}")

    def _written(self, event: str, path: str | bytes, home: int = -1) -> None:
        below = os.readlink(f"/proc/self/fd/{home}") if home >= 0 else ""
        real = os.path.realpath(os.path.join(below, os.fsdecode(path)))
        if not real.startswith(self.allowed) and real != os.devnull:
            self.seen.append(f"{event} {real}")


def _of_numba() -> bool:
    """Return whether numba's cache, which is ours, is being read."""
    frame = sys._getframe()
    while frame is not None:
        if "numba" in frame.f_code.co_filename:
            return True
        frame = frame.f_back  # type: ignore[assignment]
    return False


def _stop(*_: Any, **__: Any) -> int:
    raise Read


def _stubbed() -> Any:
    """Return the program with everything in it that makes data replaced by an end."""
    from synthgen import __main__ as program
    from synthgen.coverage.filling import task as filling
    from synthgen.coverage.planning import entry as planning
    from synthgen.jobs import export

    for name in ("generate", "preview"):
        program.TASKS[name] = (program.TASKS[name][0], _stop)
    program.TASKS["plan"] = (program.TASKS["plan"][0], program.TASKS["plan"][1])
    planning.generate = _stop
    filling.fill.__defaults__ = (_stop,)
    export.work_through = _stop
    return program


def answer(program: Any, watch: Watch, asked: dict[str, Any], cache: str) -> dict[str, Any]:
    """Return what became of a case: exit code, what was said, and everything that it should not."""
    home = Path(asked["home"])
    scratch = home.parent / "scratch"
    os.chdir(home)
    tempfile.tempdir = str(scratch)
    places = [home / asked["out"].split("/")[0], scratch, Path(cache),
              Path(os.environ.get("DEVCACHE", cache))]  # fmt: skip
    beside = [f"{os.path.realpath(place)}{end}" for place in places[:1] for end in ("", ".partial")]
    watch.allowed = (*beside, *(os.path.realpath(place) for place in places[1:]))
    watch.seen = []
    out, err, fault, code = io.StringIO(), io.StringIO(), "", -1
    watch.on = True
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = program.main(asked["line"])
    except Read:
        code = 0
    except BaseException:
        fault = traceback.format_exc()
    watch.on = False
    return {"code": code, "said": err.getvalue(), "fault": fault, "seen": sorted(set(watch.seen))}


def main() -> None:
    """Answer until the input ends."""
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what native code prints must not be taken for an answer
    program = _stubbed()
    watch = Watch()
    sys.addaudithook(watch)
    from synthgen.compiled import folder

    cache = str(folder().parent)
    for line in sys.stdin:
        answers.write(json.dumps(answer(program, watch, json.loads(line), cache)) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
