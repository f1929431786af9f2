"""`task=replay data=OUT frame=N`: one frame again, alone, with the bytes of the whole shard.

What a clip carries from frame to frame (traffic, exposure that remembers, faults of cameras) is
made anew as for the whole clip; only the one frame is seen by its sensors and written, in the
layout of a shard. Then it is verified, and held against the shard or what was kept of a refused
one.
"""

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from synthgen.build.city import build_city
from synthgen.build.guests import guests
from synthgen.errors import UserError
from synthgen.jobs.clock import Clock
from synthgen.jobs.excerpt import Part, unlike
from synthgen.jobs.failures import FOLDER, evidence
from synthgen.jobs.ledger import shard_folder
from synthgen.jobs.origin import Origin, Read, origin
from synthgen.jobs.scratch import scratch, sweep_scratch
from synthgen.jobs.shard import close_all, open_all_writers
from synthgen.jobs.shortage import told
from synthgen.kinds import packages
from synthgen.pipeline import generate
from synthgen.spec.resolve import resolve
from synthgen.spec.run import RunSpec
from synthgen.spec.shard import CLIPS_PER_SHARD
from synthgen.verify.faults import Tally, Violation
from synthgen.verify.shard import tally_shard
from synthgen.writers.files import canonical, write

RECEIPT = "replay.json"
"""Written last: which frame of which run a folder holds."""
SHOWN = 20
"""Violations, and names of files, that are printed."""


def replay(run: RunSpec, read: Read) -> int:
    """Make frame `run.frame` of the data set `run.data` again in `run.out`, and say how it is.

    Returns 0, or 1 where it violates a check or differs from the sealed shard.

    Raises:
        UserError: when there is no such frame, what would be made here is another, or the folder
            holds something else.
    """
    if run.frame is None:
        raise ValueError("replay needs a frame")
    data, out = Path(run.data), Path(run.out)
    found = origin(data, run.frame, read)
    _check_folder(out)
    sweep_scratch()
    with told(out), scratch() as folder:
        made = folder / "frame"
        make_frame(found, made, folder)
        tally = tally_shard(made, packages(found.run.rig.sensors))
        write(made / RECEIPT, _receipt(found, tally) + "\n")
        _put(made, out)
    print(_verified(out, found, tally))
    same = _compared(data, out, found)
    return int(bool(tally.violations) or not same)


def make_frame(found: Origin, made: Path, folder: Path) -> None:
    """Write the one frame into the new folder `made`; what SUMO needs goes into `folder`."""
    run, clip = found.run, found.frame // found.run.clip.frames
    first = resolve(run, clip - clip % CLIPS_PER_SHARD)
    city = build_city(first.place, run.seed, run.rig.ego, folder, guests(run))
    made.mkdir()
    writers = open_all_writers(run, made)
    for sample in generate(city, resolve(run, clip), run.rig, [found.frame], Clock()):
        for writer in writers[sample.twin]:
            writer.add(sample)
    close_all(writers)


def _check_folder(out: Path) -> None:
    """Raise a `UserError` unless `out` is new, empty, or a frame that was replayed before."""
    if out.exists() and not (out / RECEIPT).is_file() and (out.is_file() or any(out.iterdir())):
        raise UserError(f"out={out}: holds other files; expected an empty or new folder")
    place = next(one for one in out.parents if one.exists())
    if not os.access(place, os.W_OK | os.X_OK):
        raise UserError(f"out={out}: expected a writable folder")


def _put(made: Path, out: Path) -> None:
    """Bring the frame from the temporary folder to `out`, which appears whole."""
    aside = out.with_name(f".{out.name}-partial")
    shutil.rmtree(aside, ignore_errors=True)
    try:
        shutil.copytree(made, aside)
        shutil.rmtree(out, ignore_errors=True)
        os.replace(aside, out)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _receipt(found: Origin, tally: Tally) -> str:
    return canonical(
        {
            "identity": found.run.identity,
            "frame": found.frame,
            "shard": found.shard,
            "violations": [str(one) for one in tally.violations],
        }
    )


def _verified(out: Path, found: Origin, tally: Tally) -> str:
    """Return what verification found, and what it had found in the whole shard only."""
    checks, wrong = tally.checks.total(), tally.violations
    clip = found.frame // found.run.clip.frames
    lines = [f"{out}: frame {found.frame} of clip {clip}, shard {found.shard:06d}: "
             f"{checks} checks, {len(wrong)} violations"]  # fmt: skip
    lines += [f"  {one}" for one in wrong[:SHOWN]]
    missing = _missing(found, wrong)
    if missing:
        lines.append(f"in {FOLDER}/{found.shard:06d}.json, and not found in this frame alone:")
        lines += [f"  {one}" for one in missing[:SHOWN]]
    return "\n".join(lines)


def _missing(found: Origin, wrong: Sequence[Violation]) -> list[Violation]:
    """Return the violations of the frame that are on record and were not found again."""
    recorded: Sequence[Mapping] = found.failure.get("violations", ())
    known = [Violation(**one) for one in recorded]
    return [one for one in known if one.frame == found.frame and one not in wrong]


def _compared(data: Path, out: Path, found: Origin) -> bool:
    """Say how the frame agrees with what is there of it; return whether a sealed shard does."""
    sealed, refused = shard_folder(data, found.shard), evidence(data, found.shard)
    base = sealed if sealed.is_dir() else refused
    name = base.relative_to(data)
    part = Part(frozenset({found.frame}), found.run.clip.frames)
    if not any(base.rglob(f"{found.frame:06d}.*")):
        print(f"nothing to hold it against: {name} does not have it")
        return True
    names, count = unlike(out, base, part)
    if not names:
        print(f"same bytes as in {name}: {count} files and tables")
        return True
    listed = ", ".join(names[:SHOWN]) + (", ..." if len(names) > SHOWN else "")
    print(f"differs from {name} in {len(names)} of {count} files and tables: {listed}")
    return base == refused
