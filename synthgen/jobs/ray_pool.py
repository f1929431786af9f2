"""Shards as tasks of Ray: what `pool` does with processes of this machine, on a cluster.

Through Ray go shard numbers, the spec, frame numbers and the small records of shards; data go
from workers to the shared folder. A task whose worker or node is lost is sent again; errors of our
own are not. Ray ends its workers with their node and with the job, so `tether` is not needed.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from synthgen.errors import UserError
from synthgen.jobs.claims import known_dead, release_dead
from synthgen.jobs.owner import Owner
from synthgen.jobs.pool import LIFE, Event, Work
from synthgen.jobs.ray_cluster import first_line, joined, processors
from synthgen.jobs.ray_task import Desk, attempt, site

RETRIES = 3
"""How often a shard is sent again whose worker or node was lost."""
_LOOK = 0.2
"""[s] between two looks at what workers told, where none has ended."""
_PATIENCE = 30.0
"""[s] that workers have to drop their shards before they are ended."""


def work_through(
    work: Work, run: Any, shards: Sequence[int], workers: int, stop: Callable[[], bool]
) -> Iterator[Event]:
    """Yield what tasks tell while they do `work` on all `shards`, as `pool.work_through` does.

    At most `workers` tasks are with Ray at a time, or as many as the cluster has CPUs where that
    is 0. A shard whose worker was lost `RETRIES` times and once more yields a `failed` event.

    Raises:
        UserError: when there is no cluster, or a node of it cannot make shards of this run.
    """
    if not shards:
        return
    with joined(workers) as ray:
        crew = _Crew(ray, work, run, shards)
        try:
            while crew.busy():
                if stop():
                    crew.halt()
                crew.send(workers or processors(ray))
                yield from crew.hear()
        except ray.exceptions.RayError as error:
            raise UserError(f"cluster=ray: {first_line(error)}") from error
        finally:
            with suppress(ray.exceptions.RayError):
                crew.recall()


class _Crew:
    """Shards that wait, shards that are with Ray, and what was told of them."""

    def __init__(self, ray: Any, work: Work, run: Any, shards: Sequence[int]) -> None:
        errors, here = ray.exceptions, ray.get_runtime_context().get_node_id()
        near = ray.util.scheduling_strategies.NodeAffinitySchedulingStrategy(here, soft=True)
        self._lost = (
            errors.WorkerCrashedError,
            errors.OutOfMemoryError,
            errors.NodeDiedError,
            errors.LocalRayletDiedError,
        )
        self._ray, self._out = ray, Path(run.out)
        self._desk = ray.remote(num_cpus=0)(Desk).options(scheduling_strategy=near).remote()
        self._task = ray.remote(num_cpus=1, max_retries=0, max_calls=LIFE)(attempt)
        self._arguments = ([ray.put((work, run))], self._desk, site(self._out))
        self._news = self._desk.news.remote()
        self._waiting, self._sent = list(shards), dict[Any, int]()
        self._told, self._losses = dict[int, set[int]](), Counter[int]()
        self._halted = False

    def busy(self) -> bool:
        """Return whether shards are left."""
        return bool(self._waiting or self._sent)

    def send(self, most: int) -> None:
        """Give tasks to Ray until it has `most`."""
        while self._waiting and len(self._sent) < most:
            shard = self._waiting.pop(0)
            parcel, desk, wanted = self._arguments
            self._told.setdefault(shard, set())
            self._sent[self._task.remote(parcel, shard, desk, wanted)] = shard

    def halt(self) -> None:
        """Have shards dropped: at the next frame where they are made, at once where not yet."""
        if self._halted:
            return
        self._halted = True
        self._waiting.clear()
        made = self._ray.get(self._desk.halt.remote())
        for reference, shard in self._sent.items():
            if shard not in made:  # and if it begins now, the desk tells it not to
                self._ray.cancel(reference)

    def hear(self) -> Iterator[Event]:
        """Yield what was told since, waiting a moment for more."""
        ended, _ = self._ray.wait(list(self._sent), timeout=_LOOK) if self._sent else ((), ())
        if self._ray.wait([self._news], timeout=0)[0]:
            for shard, frame in self._ray.get(self._news):
                yield from self._frame(shard, frame)
            self._news = self._desk.news.remote()
        for reference in ended:
            yield from self._end(reference, self._sent.pop(reference))

    def recall(self) -> None:
        """End what is still made; nothing is where all shards have ended."""
        if not self._sent:
            return
        self.halt()
        _, left = self._ray.wait(list(self._sent), num_returns=len(self._sent), timeout=_PATIENCE)
        for reference in left:
            self._ray.cancel(reference, force=True)

    def _frame(self, shard: int, frame: int) -> Iterator[Event]:
        """Yield a frame of a shard that has not ended, once, however often the shard is sent."""
        if frame not in self._told.get(shard, {frame}):
            self._told[shard].add(frame)
            yield Event("frame", shard, frame)

    def _end(self, reference: Any, shard: int) -> Iterator[Event]:
        try:
            event, frames = self._ray.get(reference)
        except self._lost as error:
            yield from self._loss(shard, error)
            return
        except self._ray.exceptions.TaskCancelledError:
            event, frames = Event("dropped", shard, "stopped"), ()
        except self._ray.exceptions.RayTaskError as error:
            raise UserError(f"cluster=ray: a node cannot begin a shard: {_last(error)}") from error
        if event.kind == "unfit":
            raise UserError(event.detail)
        for frame in frames:
            yield from self._frame(shard, frame)
        del self._told[shard]
        yield event

    def _loss(self, shard: int, error: Exception) -> Iterator[Event]:
        """Send a shard again whose worker was lost, or yield that it failed."""
        worker = self._ray.get(self._desk.worker.remote(shard))
        self._desk.end.remote(shard)
        release_dead(
            self._out, shard, lambda p, o: known_dead(p, o) or (o is not None and o == worker)
        )
        self._losses[shard] += 1
        why, number = _cause(error, worker), self._losses[shard]
        if self._halted:
            yield Event("dropped", shard, why)
        elif number <= RETRIES:
            print(f"shard {shard:06d}: {why}; again, {number} of {RETRIES}", file=sys.stderr)
            self._waiting.append(shard)
        else:
            yield Event("failed", shard, f"{why}; so {number} times")


def _cause(error: Exception, worker: Owner | None) -> str:
    """Return in one line how a worker was lost."""
    place = f" (process {worker.process} of {worker.host})" if worker else ""
    kinds = {
        "OutOfMemoryError": "ended by Ray since memory ran out; fewer workers need less",
        "NodeDiedError": "its node was lost",
        "LocalRayletDiedError": "its node was lost",
    }
    why = kinds.get(type(error).__name__, "killed from outside, or a fault in native code")
    return f"worker died{place}: {why}"


def _last(error: Exception) -> str:
    """Return the last line of an error that holds a remote traceback."""
    return str(error).strip().splitlines()[-1]
