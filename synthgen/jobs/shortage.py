"""What a machine is short of, in one clear line."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from synthgen.errors import UserError

_FULL = {errno.ENOSPC: "no space left on the disk", errno.EDQUOT: "no space left by the quota"}
_CLOSED = {
    errno.EROFS: "the file system is read-only",
    errno.EACCES: "no permission to write",
    errno.EPERM: "no permission to write",
}


@contextmanager
def told(out: Path) -> Iterator[None]:
    """Turn a full disk, a folder that cannot be written and missing memory into a `UserError`."""
    try:
        yield
    except MemoryError as error:
        raise UserError(
            f"out of memory ({str(error) or 'MemoryError'}), shard dropped; fewer workers need less"
        ) from error
    except OSError as error:
        place = error.filename or out
        if error.errno in _FULL:
            raise UserError(f"out: {_FULL[error.errno]} of {place}, shard dropped") from error
        if error.errno in _CLOSED:
            raise UserError(f"out: {_CLOSED[error.errno]}: {place}, shard dropped") from error
        raise
