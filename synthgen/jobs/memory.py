"""Memory that a worker no longer needs goes back to the system."""

import ctypes
import gc

import pyarrow


def give_back() -> None:
    """Drop what is unreachable and let the allocators return free pages: Arrow's, which has a
    pool of its own, and the C library's, where it can (glibc).

    Without it a worker keeps the pages of its largest city for good. Arrow's own pool (mimalloc)
    gives back the pages of large tables and gathers those of small ones, so runs have `limits`
    tell Arrow to take from the C library; who imports this package without them has that pool.
    """
    gc.collect()
    pyarrow.default_memory_pool().release_unused()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
