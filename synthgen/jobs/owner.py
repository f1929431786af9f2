"""A process by name: so that another can say whether it still lives."""

import os
import socket
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

_PROC = Path("/proc")


@dataclass(frozen=True)
class Owner:
    """A process that cannot be taken for another, not even after its number is used again.

    Attributes:
        host: its name, for people.
        boot: of the system that it runs on, new at each start.
        room: the space in which its number counts: containers of a host have their own.
        process: its number.
        start: when it began [ticks since the system's start], which no set clock changes.
    """

    host: str
    boot: str
    room: str
    process: int
    start: int

    def plain(self) -> dict[str, str | int]:
        """Return it as JSON-able values."""
        return asdict(self)

    def near(self) -> bool:
        """Return whether it is, or was, of this very system, so that its number tells."""
        return (self.boot, self.room) == (_boot(), _room())


def myself() -> Owner:
    """Return this process."""
    start = _start(os.getpid())
    return Owner(socket.gethostname(), _boot(), _room(), os.getpid(), start or 0)


def ended(owner: Owner) -> bool:
    """Return whether `owner` was a process of this system that has ended; False if elsewhere."""
    return owner.near() and _start(owner.process) != owner.start


def _start(process: int) -> int | None:
    """Return when a process began [ticks since the system's start], None when it has ended.

    Source: Linux man-pages, proc_pid_stat(5): field 3 is the state, field 22 the start time.
    """
    try:
        text = (_PROC / str(process) / "stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = text.rpartition(")")[2].split()  # the name before may hold anything
    return None if fields[0] in "ZX" else int(fields[19])


@cache
def _boot() -> str:
    return (_PROC / "sys/kernel/random/boot_id").read_text().strip()


@cache
def _room() -> str:
    return os.readlink(_PROC / "self/ns/pid")
