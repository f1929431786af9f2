"""Worker processes: always spawned, one thread each, ended by their own end or their parent's.

Each worker has a pipe of its own, so that one that dies in native code cannot leave a lock held
for the others. SIGINT and SIGTERM reach the parent only; it writes to the pipes, and workers drop
their shard at the next frame. A parent that is killed takes its workers with it, see `tether`.
A worker that has made `LIFE` shards is followed by a fresh one.
"""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

from synthgen.errors import UserError
from synthgen.jobs.tether import tether

Work = Callable[[Any, int, Callable[[int], None], Callable[[], bool]], dict[str, Any]]
"""(run, shard, tell a finished frame, asked to stop?) -> record of the shard."""

LIFE = 50
"""Shards that a process makes: what native engines keep for good ends with it (record 42)."""
_STOP, _END = "stop", "end"
_CAUSES = {
    "SIGKILL": ": killed from outside, by the system where memory ran out; fewer workers need less",
    "SIGSEGV": ": a fault in native code",
    "SIGBUS": ": a fault in native code, or a full disk below a mapped file",
    "SIGABRT": ": native code gave up",
}


class Taken(Exception):  # noqa: N818 - a fact, not an error
    """Raised inside a worker whose shard another job makes, or has made meanwhile."""


class Stopped(Exception):  # noqa: N818 - an order, not an error
    """Raised inside a worker that was asked to stop; its shard is dropped."""


@dataclass(frozen=True)
class Event:
    """What a worker tells.

    Attributes:
        kind: frame, shard, failed, dropped or taken.
        shard: shard number.
        detail: frame number, record of the shard, or error text.
        violations: of a shard that failed verification.
    """

    kind: str
    shard: int
    detail: Any
    violations: Sequence[Any] = ()


@dataclass
class _Worker:
    process: BaseProcess
    pipe: Connection
    shard: int | None = None
    age: int = 0
    """Shards that it was given."""


def work_through(
    work: Work,
    run: Any,
    shards: Sequence[int],
    workers: int,
    stop: Callable[[], bool],
    life: int = LIFE,
) -> Iterator[Event]:
    """Yield what `workers` processes tell while they do `work` on all `shards`.

    A worker that dies (native crash, out of memory) yields a `failed` event for its shard and is
    replaced, and so is one that was given `life` shards, without a word. When `stop()` turns true,
    workers drop what they do and the iterator ends.
    """
    waiting, start = list(shards), partial(_start, work, run)
    pool = [start() for _ in range(min(workers, len(waiting)))]
    halted = False
    try:
        while waiting or any(worker.shard is not None for worker in pool):
            if stop() and not halted:
                halted = True
                waiting.clear()
                _tell_all(pool, _STOP)
            _hand_out(pool, waiting, start, life)
            for ready in wait([worker.pipe for worker in pool], timeout=0.2):
                worker = next(w for w in pool if w.pipe is ready)
                shard, event = worker.shard, _hear(worker)
                if event.kind == "dead":
                    place = pool.index(worker)
                    pool[place : place + 1] = [start()] if waiting else []
                    event = Event("failed", event.shard, event.detail)
                if event.kind != "failed" or shard is not None:
                    yield event
    finally:
        _tell_all(pool, _STOP)
        _tell_all(pool, _END)
        for worker in pool:
            _bury(worker)


def _hand_out(
    pool: list[_Worker], waiting: list[int], start: Callable[[], _Worker], life: int
) -> None:
    """Give a shard to each worker that has none; those that are old or dead are replaced."""
    for place, worker in enumerate(pool):
        if worker.shard is not None or not waiting:
            continue
        if worker.age >= life:
            _retire(worker)
            worker = pool[place] = start()
        try:
            worker.pipe.send(waiting[0])
        except OSError:  # it died between two shards, and nothing of it is lost
            pool[place] = start()
            continue
        worker.shard, worker.age = waiting.pop(0), worker.age + 1


def _start(work: Work, run: Any) -> _Worker:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(work, run, theirs, os.getpid()), daemon=True)
    process.start()
    theirs.close()
    return _Worker(process, ours)


def _retire(worker: _Worker) -> None:
    """End a worker that waits for its next shard."""
    _tell_all([worker], _END)
    _bury(worker)
    worker.pipe.close()


def _bury(worker: _Worker) -> None:
    """Wait for the end of a worker that was told of it, with patience that has an end."""
    worker.process.join(timeout=30)
    worker.process.kill()


def _tell_all(pool: Sequence[_Worker], order: str) -> None:
    for worker in pool:
        try:
            worker.pipe.send(order)
        except OSError:
            continue  # it is dead already; the loop above has told so


def _hear(worker: _Worker) -> Event:
    """Return the next event of `worker`; kind `dead` when its pipe has closed."""
    shard = -1 if worker.shard is None else worker.shard
    try:
        event: Event = worker.pipe.recv()
    except (EOFError, OSError):
        worker.process.join(timeout=5)
        return Event("dead", shard, death(worker.process.exitcode))
    if event.kind != "frame":
        worker.shard = None
    return event


def death(code: int | None) -> str:
    """Return how a worker ended that told nothing, from its exit `code`; None: it lives still."""
    if code is None:
        return "worker closed its pipe and goes on"
    if code >= 0:
        return f"worker died (exit code {code})"
    name = signal.Signals(-code).name
    return f"worker died ({name}{_CAUSES.get(name, '')})"


def _serve(work: Work, run: Any, pipe: Connection, parent: int) -> None:
    """Do the shards that arrive until the end is told or the parent is gone."""
    tether(parent)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    while (order := _next(pipe)) != _END:
        if order != _STOP:
            shard = int(order)
            tell = partial(_tell_frame, pipe, shard)
            pipe.send(outcome(work, run, shard, tell, pipe.poll))


def _next(pipe: Connection) -> Any:
    try:
        return pipe.recv()
    except EOFError:
        return _END


def _tell_frame(pipe: Connection, shard: int, frame: int) -> None:
    pipe.send(Event("frame", shard, frame))


def outcome(
    work: Work, run: Any, shard: int, tell: Callable[[int], None], stopped: Callable[[], bool]
) -> Event:
    """Do `work` on a shard and return how it ended; nothing but the process's death raises."""
    try:
        record = work(run, shard, tell, stopped)
    except Stopped:
        return Event("dropped", shard, "stopped")
    except Taken:
        return Event("taken", shard, "made by another job")
    except Exception as error:  # a worker must tell whatever went wrong, and go on
        return Event("failed", shard, _line(error), getattr(error, "violations", ()))
    return Event("shard", shard, record)


def _line(error: Exception) -> str:
    """Return an error in one line, with where it happened unless it is the user's or the data's."""
    if isinstance(error, UserError):
        return str(error).replace("\n", " ")
    if getattr(error, "violations", ()):
        return f"{type(error).__name__}: {error}".replace("\n", " ")
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f" ({trace.tb_frame.f_code.co_filename}:{trace.tb_lineno})" if trace else ""
    return f"{type(error).__name__}: {error}{place}".replace("\n", " ")
