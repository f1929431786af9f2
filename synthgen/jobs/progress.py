"""A progress bar with frames, frames/s and time left; quiet when nobody watches."""

import sys

from tqdm import tqdm


def bar(total: int, done: int, unit: str = "frame") -> tqdm:
    """Return a progress bar over `total` frames of which `done` were there before.

    Or whatever `unit` names.
    """
    return tqdm(
        total=total,
        initial=done,
        unit=unit,
        dynamic_ncols=True,
        smoothing=0.1,
        disable=not sys.stderr.isatty(),
    )
