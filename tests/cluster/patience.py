"""Waiting for what a Slurm does, which has other work on both cores."""

import time
from collections.abc import Callable
from typing import Any

PATIENCE = 1200.0
"""[s] for any one thing to come; what is put back waits 20 s in the queue, see `slurm_here`."""


def until(there: Callable[[], Any], what: str) -> Any:
    """Wait until `there()` is true, and return it."""
    deadline = time.monotonic() + PATIENCE
    while not (found := there()):
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.2)
    return found
