"""What verification refused is kept, to be looked at: a few frames of the shard."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from synthgen.jobs.excerpt import Part, keep
from synthgen.jobs.failures import evidence
from synthgen.verify.faults import VerificationError

MOST = 3
"""Frames of a refused shard that are kept."""


@contextmanager
def refused_kept(out: Path, shard: int, made: Path, frames_per_clip: int) -> Iterator[None]:
    """Keep the first frames that a `VerificationError` of the block names, of the shard `made`.

    A disk that has no room for them keeps none: the error goes on its way as it is.
    """
    try:
        yield
    except VerificationError as error:
        named = sorted({one.frame for one in error.violations if one.frame >= 0})[:MOST]
        with suppress(OSError):
            _keep_evidence(out, shard, made, Part(frozenset(named), frames_per_clip))
        raise


def _keep_evidence(out: Path, shard: int, made: Path, part: Part) -> None:
    """Put the part of a refused shard in its place, whole or not at all."""
    final = evidence(out, shard)
    aside = final.with_name(f".{shard:06d}-{os.getpid()}")
    try:
        shutil.rmtree(final, ignore_errors=True)
        if part.frames:
            keep(made, part, aside)
            os.replace(aside, final)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
