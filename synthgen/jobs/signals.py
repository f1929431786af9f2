"""SIGINT and SIGTERM as a wish to stop."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

INTERRUPTED = 130
"""Exit code after SIGINT or SIGTERM."""


@dataclass
class Signals:
    """Remembers that the program was asked to stop."""

    asked: bool = False


@contextmanager
def listening() -> Iterator[Signals]:
    """Turn SIGINT and SIGTERM into a wish; a second SIGINT ends the program at once."""
    signals = Signals()

    def hear(number: int, frame: FrameType | None) -> None:
        if signals.asked and number == signal.SIGINT:
            os._exit(INTERRUPTED)
        signals.asked = True

    before = {n: signal.signal(n, hear) for n in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield signals
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
