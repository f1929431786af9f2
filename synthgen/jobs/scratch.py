"""Temporary folders that say whose they are, so that those of the dead can be removed."""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from synthgen.jobs.owner import Owner, ended, myself

_PREFIX = "synthgen-scratch-"
_NAME = re.compile(rf"{_PREFIX}([0-9a-f-]{{36}})-(\d+)-(\d+)-(\d+)-")


@contextmanager
def scratch() -> Iterator[Path]:
    """Make a temporary folder of this process and remove it at the end."""
    me = myself()
    name = f"{_PREFIX}{me.boot}-{me.room.strip('pid:[]')}-{me.process}-{me.start}-"
    with tempfile.TemporaryDirectory(prefix=name) as folder:
        yield Path(folder)


def sweep_scratch() -> int:
    """Remove the temporary folders of processes of this host that have ended; return how many."""
    removed = 0
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        owner = _owner(folder.name)
        if owner is not None and ended(owner) and _is_mine(folder):
            shutil.rmtree(folder, ignore_errors=True)
            removed += 1
    return removed


def _is_mine(folder: Path) -> bool:
    """Return whether a folder is this user's; False too when another sweep was faster."""
    try:
        return folder.stat().st_uid == os.geteuid()
    except FileNotFoundError:
        return False


def _owner(name: str) -> Owner | None:
    """Return whose folder it is; None where the name does not tell."""
    known = _NAME.match(name)
    if known is None:
        return None
    boot, room, process, start = known.groups()
    return Owner("", boot, f"pid:[{room}]", int(process), int(start))
