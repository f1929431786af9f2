"""Where the time of a shard goes. Timings never reach a shard's own files."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Clock:
    """Adds up seconds by stage name.

    Attributes:
        seconds: on the wall, by stage.
        core: [s] that a core worked for this process and those it waited for, by stage: what the
            stage costs however busy the machine is.
    """

    seconds: dict[str, float] = field(default_factory=dict)
    core: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count the time spent in the block under `name`."""
        start, worked = time.perf_counter(), core_seconds()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - start
            self.core[name] = self.core.get(name, 0.0) + core_seconds() - worked


def core_seconds() -> float:
    """Return [s] that cores have worked for this process and its children that have ended."""
    times = os.times()
    return time.process_time() + times.children_user + times.children_system
