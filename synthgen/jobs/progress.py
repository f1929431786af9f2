"""A progress bar with frames, frames/s and time left; quiet when nobody watches."""

import sys

from tqdm import tqdm


def bar(total: int, done: int) -> tqdm:
    """Return a progress bar over `total` frames of which `done` were there before."""
    return tqdm(
        total=total,
        initial=done,
        unit="frame",
        dynamic_ncols=True,
        smoothing=0.1,
        disable=not sys.stderr.isatty(),
    )
