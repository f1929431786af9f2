"""Memory that a worker no longer needs goes back to the system."""

import ctypes
import gc


def give_back() -> None:
    """Drop what is unreachable and let the C library return free pages, where it can (glibc).

    Without it a worker keeps the pages of its largest city for good.
    """
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
