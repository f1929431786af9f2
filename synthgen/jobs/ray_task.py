"""What runs on Ray's workers: one attempt at a shard, and the desk where they report."""

import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from importlib import import_module
from pathlib import Path
from typing import Any

import synthgen
from synthgen.compiled import folder, source_key
from synthgen.jobs.owner import Owner, myself
from synthgen.jobs.pool import Event, outcome
from synthgen.jobs.scratch import sweep_scratch

CACHE = "NUMBA_CACHE_DIR"


@dataclass(frozen=True)
class Site:
    """What a node must see to make a shard of a run.

    Attributes:
        out: folder of the data set.
        record: of its run.json, content and time [s]: a copy elsewhere has another time.
        sources: of synthgen and of what its numbers depend on, see `compiled.source_key`.
    """

    out: Path
    record: str
    sources: str


def site(out: Path) -> Site:
    """Return what this host sees of the run in `out`.

    Raises:
        OSError: when it has no run.json.
    """
    with (out / "run.json").open("rb") as file:  # opening asks an NFS server, `stat` may not
        digest = blake2b(file.read(), digest_size=16).hexdigest()
        record = f"{digest} {int(os.fstat(file.fileno()).st_mtime)}"
    return Site(out, record, source_key(Path(synthgen.__file__).parent))


def unfit(wanted: Site) -> str:
    """Return why this host cannot make shards of a run, empty when it can."""
    host = socket.gethostname()
    try:
        here = site(wanted.out)
    except OSError as error:
        return (
            f"out={wanted.out}: node {host} does not see it ({error.strerror}); expected a folder "
            "that all nodes of the cluster share"
        )
    if here.record != wanted.record:
        return (
            f"out={wanted.out}: node {host} sees another run.json there; expected a folder that "
            "all nodes of the cluster share"
        )
    if here.sources != wanted.sources:
        return (
            f"cluster=ray: node {host} has another version of synthgen, numpy or numba; expected "
            "the same on all nodes"
        )
    return ""


class Desk:
    """Where workers report and ask; one actor per run, on the node of who started it."""

    def __init__(self) -> None:
        self._working: dict[int, Owner] = {}
        self._frames: list[tuple[int, int]] = []
        self._halted = False

    def begin(self, shard: int, worker: Owner) -> bool:
        """Note who makes a shard; return whether it shall be made."""
        self._working[shard] = worker
        return not self._halted

    def tell(self, shard: int, frame: int) -> None:
        """Note a finished frame."""
        self._frames.append((shard, frame))

    def end(self, shard: int) -> None:
        """Note that a shard is no longer made."""
        self._working.pop(shard, None)

    def halted(self) -> bool:
        """Return whether shards are to be dropped."""
        return self._halted

    def news(self) -> list[tuple[int, int]]:
        """Return shard and frame of what was finished since the last time."""
        frames, self._frames = self._frames, []
        return frames

    def worker(self, shard: int) -> Owner | None:
        """Return who makes a shard, or died at it."""
        return self._working.get(shard)

    def halt(self) -> list[int]:
        """Have all shards dropped from now on; return those that are made now."""
        self._halted = True
        return list(self._working)


def attempt(
    parcel: Sequence[Any], shard: int, desk: Any, wanted: Site
) -> tuple[Event, tuple[int, ...]]:
    """Do a shard; return how it ended (or `unfit`, why this node cannot) and its frames.

    `parcel` holds a reference to (work, run), which Ray would open before we have seen to the
    environment if it were an argument of its own.
    """
    ray = import_module("ray")
    fault = unfit(wanted)
    if fault:
        return Event("unfit", shard, fault), ()
    if CACHE not in os.environ:
        os.environ[CACHE] = str(folder())
    sweep_scratch()  # of workers that died on this node
    work, run = ray.get(parcel[0])
    if not ray.get(desk.begin.remote(shard, myself())):
        return Event("dropped", shard, "stopped"), ()
    frames: list[int] = []

    def tell(frame: int) -> None:
        frames.append(frame)
        desk.tell.remote(shard, frame)

    def stopped() -> bool:
        try:
            return bool(ray.get(desk.halted.remote()))
        except ray.exceptions.RayError:
            return True  # who wanted the shard is gone

    event = outcome(work, run, shard, tell, stopped)
    desk.end.remote(shard)
    return event, tuple(frames)
