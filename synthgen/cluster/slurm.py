"""What Slurm says of itself; a site where it cannot be asked counts as one of its defaults."""

import re
import subprocess
from shutil import which

from synthgen.cluster.arrays import MAX_ARRAY_SIZE

PATIENCE = 10.0
"""[s] for an answer of the controller."""


def largest_size() -> int:
    """Return MaxArraySize: indices of an array are smaller."""
    program = which("scontrol")
    if program is None:
        return MAX_ARRAY_SIZE
    try:
        asked = subprocess.run(
            [program, "show", "config"], capture_output=True, text=True, timeout=PATIENCE
        )
    except (OSError, subprocess.TimeoutExpired):
        return MAX_ARRAY_SIZE
    return array_size(asked.stdout)


def array_size(config: str) -> int:
    """Return MaxArraySize from what `scontrol show config` printed."""
    found = re.search(r"^MaxArraySize\s*=\s*(\d+)\s*$", config, re.MULTILINE)
    return int(found.group(1)) if found else MAX_ARRAY_SIZE
