"""A worker ends with the process that started it, at once and in silence."""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1
"""Source: Linux man-pages, PR_SET_PDEATHSIG(2const): the signal that the caller gets when the
thread that made it ends; linux/prctl.h for the number."""


def tether(parent: int) -> None:
    """Have the system end this process when `parent`, the process that started it, ends.

    SIGKILL comes even while native code runs, which no Python thread could count on; nothing is
    printed and nothing half-made is sealed. The thread that starts a worker must outlive it.

    Raises:
        OSError: when the system refuses.
    """
    if sys.platform != "linux":
        raise OSError(f"workers end with their parent on Linux only, this is {sys.platform}")
    library = ctypes.CDLL(None, use_errno=True)
    if library.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl: PR_SET_PDEATHSIG refused")
    if os.getppid() != parent:  # it ended before we asked
        os._exit(0)
