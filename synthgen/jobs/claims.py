"""Who makes which shard now: one claim per shard, on any file system that many hosts share.

out/making/claim-000012.0     shard 12 is being made; who does it stands inside
out/making/claim-000012.1     ... by the second, after the first was found dead

A claim is a file that only one can create. It ends with its shard; where its owner died it is
taken over by creating the next number, which again only one can. Whoever takes over looks again
at what stands below: a living claim there means that both step back. So two never hold a shard,
and nobody deletes what another holds.

That an owner is dead needs evidence, see `ended` (this host) and `Watch` (any host). No clock of
ours is asked, so one that jumps changes nothing. Claims lie apart from finished shards, of which
there may be a million: a look at them costs what is being made now, not what has been made.
"""

import json
import os
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from synthgen.jobs.owner import Owner, ended, myself
from synthgen.spec.plain_json import parsed

BEAT = 10.0
"""[s] between two signs of life of an owner: the claim's time is set anew."""
EXPIRY = 120.0
"""[s] without a sign after which an owner elsewhere is dead: twice what NFS may remember of a
file's attributes. Source: nfs(5), acregmax, 60 s."""
LOOKS = 30.0
"""[s] that a claim must be watched to stand still, however old it says it is: three beats."""

FOLDER, CLAIM = "making", "claim-"
PROBE = ".now-"
"""How files are called that live for a moment, to see what time the file system has."""

Dead = Callable[[Path, Owner | None], bool]
"""(claim, who stands inside, None when nothing does) -> its owner is dead?"""


def holder(out: Path, shard: int, dead: Dead | None = None) -> Owner | None:
    """Return who holds shard number `shard`, None when nobody does or those are `dead` who do.

    Where `dead` is not given, an owner on another host is taken for living.
    """
    for path in reversed(_claims(out, shard)):
        owner = _inside(path)
        if not (dead or known_dead)(path, owner):
            return owner or Owner("", "", "", 0, 0)
    return None


def held(out: Path, dead: Dead | None = None) -> dict[int, Owner]:
    """Return who holds which shard of `out`, see `holder`."""
    shards = sorted(int(name) for name in claims(out) if name.isdigit())
    owners = {shard: holder(out, shard, dead) for shard in shards}
    return {shard: owner for shard, owner in owners.items() if owner is not None}


def silent(path: Path, owner: Owner | None) -> bool:
    """Return whether one look says that the owner of the claim `path` is dead.

    Elsewhere that is one without a sign for `EXPIRY`, by the clock of the file system. Enough to
    report; to take a claim over needs a `Watch`. Where the folder cannot be written, its clock
    cannot be asked, and owners elsewhere are taken for living.
    """
    if owner is not None and owner.near():
        return ended(owner)
    try:
        return (_present(path.parent) - _stamp(path)) * 1e-9 > EXPIRY
    except OSError:
        return False


def claims(out: Path) -> list[str]:
    """Return what is claimed, by the living or the dead: shards by their folder's name."""
    return sorted({path.name.removeprefix(CLAIM).rsplit(".", 1)[0] for path in _all(out)})


@contextmanager
def claimed(out: Path, thing: int | str) -> Iterator[bool]:
    """Hold a shard, or another `thing`, during the block, or tell by False that another does."""
    claim = _take(out, thing, known_dead)
    if claim is None:
        yield False
        return
    over = threading.Event()
    beating = threading.Thread(target=_beat, args=(claim, over), daemon=True)
    beating.start()
    try:
        yield True
    finally:
        over.set()
        beating.join()
        with suppress(OSError):  # on a disk that turned read-only; it is dead when we have ended
            claim.unlink(missing_ok=True)


def release_dead(out: Path, thing: int | str, dead: Dead) -> bool:
    """Return whether a shard, or another `thing`, is free; claims that are `dead` are removed."""
    claim = _take(out, thing, dead)
    if claim is not None:
        claim.unlink(missing_ok=True)
    return claim is not None


@dataclass
class Watch:
    """Looks at claims of other hosts again and again until one has stopped.

    Dead is a claim that has not been set anew for `EXPIRY` of our steady clock; or for `LOOKS`,
    if by the clock of the file system itself, which a file touched now shows, it is older than
    `EXPIRY`. A jump of any clock makes neither true of an owner that lives.

    Attributes:
        steady: seconds that never jump.
        seen: by claim, its time and since when [s] it has stood still.
    """

    steady: Callable[[], float] = time.monotonic
    seen: dict[Path, tuple[int, float]] = field(default_factory=dict)

    def __call__(self, path: Path, owner: Owner | None) -> bool:
        """Return whether the owner of the claim `path` is dead."""
        if owner is not None and owner.near():
            return ended(owner)
        stamp, now = _stamp(path), self.steady()
        known, since = self.seen.get(path, (-1, now))
        if stamp != known:
            self.seen[path] = (stamp, now)
            return False
        old = (_present(path.parent) - stamp) * 1e-9 > EXPIRY
        return now - since > (LOOKS if old else EXPIRY)


def _take(out: Path, thing: int | str, dead: Dead) -> Path | None:
    """Create the next claim of `thing`, or return None where one stands that is not dead."""
    below = {path: _look(path) for path in _claims(out, thing)}
    if not all(dead(path, owner) for path, (owner, _) in below.items()):
        return None
    number = 1 + max((_number(path) for path in below), default=-1)
    claim = out / FOLDER / f"{CLAIM}{_name(thing)}.{number}"
    claim.parent.mkdir(exist_ok=True)
    try:
        with claim.open("x") as file:
            file.write(json.dumps(myself().plain(), sort_keys=True) + "\n")
    except FileExistsError:
        return None
    others = {path: _look(path) for path in _claims(out, thing) if path != claim}
    if any(below.get(path) != found for path, found in others.items()):
        claim.unlink(missing_ok=True)  # somebody came between our look and our claim
        return None
    for path in others:
        path.unlink(missing_ok=True)
    return claim


def _look(path: Path) -> tuple[Owner | None, tuple[int, int]]:
    """Return who stands in a claim, and what no other claim of its name has or had."""
    owner = _inside(path)
    with suppress(FileNotFoundError):
        facts = path.stat()
        return owner, (facts.st_ino, facts.st_mtime_ns)
    return owner, (0, 0)


def _claims(out: Path, thing: int | str) -> list[Path]:
    """Return the claims of a shard, or of another thing, by number."""
    named = re.compile(rf"{CLAIM}{_name(thing)}\.\d+")
    return sorted((p for p in _all(out) if named.fullmatch(p.name)), key=_number)


def _all(out: Path) -> list[Path]:
    return list((out / FOLDER).glob(f"{CLAIM}*.*"))


def _name(thing: int | str) -> str:
    return thing if isinstance(thing, str) else f"{thing:06d}"


def _number(claim: Path) -> int:
    return int(claim.name.rsplit(".", 1)[1])


def _inside(claim: Path) -> Owner | None:
    """Return who stands in the claim; None: it is gone, or not written yet."""
    try:
        return Owner(**parsed(claim.read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def known_dead(path: Path, owner: Owner | None) -> bool:
    """Return whether the owner of a claim is of this host and dead: what needs no watching."""
    return owner is not None and ended(owner)


def _stamp(path: Path) -> int:
    """Return the time [ns] of a file, as the server has it; 0 when it is gone."""
    try:
        with path.open("rb") as file:  # opening asks an NFS server, `stat` may not
            return os.fstat(file.fileno()).st_mtime_ns
    except FileNotFoundError:
        return 0


def _present(folder: Path) -> int:
    """Return what time [ns] it is by the clock of the file system of `folder`."""
    probe = folder / f"{PROBE}{os.getpid()}-{threading.get_ident()}"
    with probe.open("wb") as file:
        probe.unlink(missing_ok=True)
        file.write(b"now")
        file.flush()
        return os.fstat(file.fileno()).st_mtime_ns


def _beat(claim: Path, over: threading.Event) -> None:
    """Set the claim's time anew, by the clock of its file system, until it is over."""
    while not over.wait(BEAT):
        with suppress(OSError):  # a sign that could not be given is no reason to end
            os.utime(claim)
