"""Make thousands of frames of tiny clips in one process and say what grows.

    scripts/long_run.py [FRAMES=5000] [BASE=500] [EVERY=250] [WORLDS=5] [LIMIT=1.05] [OUT=folder]

Five worlds in turn, so that every engine is opened and closed: crossings of an OpenDRIVE file with
traffic, people and rain, by day and by night, and a motorway (SUMO's own network). Each shard has
two clips of 25 frames, 160 x 48 pixels and 16 beams, and is removed when it is sealed. A line
each EVERY frames says what the process holds after it has given memory back: resident memory, open
files, threads, entries of the temporary folder, which is one of its own. At the end the five
shards up to frame BASE are compared with the last five: LIMIT times as much of anything is a leak,
exit code 1. WORLDS takes only the first of them.
"""

import os
import resource
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import psutil

from synthgen.compiled import folder
from synthgen.jobs.environment import limits

HERE = Path(__file__).resolve().parent
CROSSING = ("place=opendrive", "clip.frames=25")
PEOPLE = ("traffic.vehicles=6", "traffic.pedestrians=20")
WORLDS = (
    ("scene=clear_day", *CROSSING, "traffic.vehicles=0"),
    ("scene=clear_day", *CROSSING, *PEOPLE),
    ("scene=night", *CROSSING, *PEOPLE),
    ("scene=rain", *CROSSING, "traffic.vehicles=0"),
    ("scene=clear_day", "place=motorway", "clip.frames=25", "traffic.vehicles=3"),
)
"""What is made in turn: a cycle is 250 frames."""


@dataclass(frozen=True)
class Held:
    """What the process holds after a shard.

    Attributes:
        frames: made so far.
        resident: [bytes] of memory.
        files: that are open.
        threads: that run.
        temporary: entries of the temporary folder.
    """

    frames: int
    resident: int
    files: int
    threads: int
    temporary: int


QUANTITIES = ("resident", "files", "threads", "temporary")


def held(frames: int) -> Held:
    """Return what this process holds now."""
    me = psutil.Process()
    entries = sum(1 for _ in Path(tempfile.gettempdir()).rglob("*"))
    return Held(frames, me.memory_info().rss, me.num_fds(), me.num_threads(), entries)


def runs(home: Path, count: int) -> list:
    """Return the runs of the first `count` worlds."""
    found = spec_from_file_location("chaos", HERE / "chaos.py")
    chaos = module_from_spec(found)
    found.loader.exec_module(chaos)
    file, rig = chaos.cheap(home)
    read = import_module("synthgen.config").read
    made = []
    for number, words in enumerate(WORLDS[:count]):
        own = [*words, rig, *([file] if CROSSING[0] in words else [])]
        made.append(read([*own, "n=1000000", f"out={home / str(number)}"]))
        (home / str(number) / "shards").mkdir(parents=True)
    return made


def make(run, shard: int) -> tuple[int, str]:
    """Make a shard, remove it, and return its frames and why it was refused, if it was.

    Of so few pixels verification refuses some: their frames were made, written and read too.
    """
    module, frames = import_module("synthgen.jobs.shard"), list[int]()
    refused = import_module("synthgen.verify.faults").VerificationError
    try:
        module.make_shard(run, shard, frames.append, lambda: False)
        why = ""
    except refused as error:
        why = str(error)
    module.give_back()
    shutil.rmtree(Path(run.out) / "shards" / f"{shard:06d}", ignore_errors=bool(why))
    return len(frames), why


def line(one: Held, seconds: float) -> str:
    """Return a row of the table."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return (
        f"{one.frames:6} frames: {one.resident / 2**20:7.1f} MiB (peak {peak:6.0f}), "
        f"{one.files} files, {one.threads} threads, {one.temporary} temporary, {seconds:6.0f} s"
    )


def make_all(home: Path, frames: int, every: int, worlds: int) -> list[Held]:
    """Make shards until there are `frames`, and return what was held after each."""
    each, rows, done, shard, start = runs(home, worlds), [], 0, 0, time.monotonic()
    while done < frames:
        number = shard % len(each)
        made, why = make(each[number], shard // len(each))
        if why:
            print(f"  {' '.join(WORLDS[number])} shard {shard // len(each)}: {why}", flush=True)
        shard += 1
        rows.append(held(done + made))
        if (done + made) // every > done // every:
            print(line(rows[-1], time.monotonic() - start), flush=True)
        done += made
    return rows


def mean(rows: list[Held], quantity: str, frames: int, worlds: int) -> float:
    """Return the mean over the cycle of worlds that ends with `frames`."""
    last = next(n for n, row in enumerate(rows) if row.frames >= frames)
    cycle = rows[max(0, last + 1 - worlds) : last + 1]
    return sum(getattr(row, quantity) for row in cycle) / len(cycle)


def compared(rows: list[Held], base: int, worlds: int, limit: float) -> bool:
    """Print the beginning beside the end; return whether nothing grew."""
    good = True
    for quantity in QUANTITIES:
        first, last = (mean(rows, quantity, at, worlds) for at in (base, rows[-1].frames))
        grown = last > first * limit
        good &= not grown
        scale = 2**20 if quantity == "resident" else 1
        print(f"{quantity:10} {first / scale:9.1f} {last / scale:9.1f} "
              f"{100 * (last / first - 1) if first else 0:+6.1f} %{'  GROWS' * grown}")  # fmt: skip
    return good


def main() -> int:
    """Make the frames and compare; return 1 when something grows."""
    told = {"FRAMES": "5000", "BASE": "500", "EVERY": "250", "WORLDS": str(len(WORLDS)),
            "LIMIT": "1.05", "OUT": ""}  # fmt: skip
    told |= dict(word.split("=", 1) for word in sys.argv[1:] if word.split("=")[0] in told)
    os.environ.update(limits())
    os.environ["NUMBA_CACHE_DIR"] = str(folder())
    home = Path(told["OUT"] or tempfile.mkdtemp(prefix="long-run-"))
    (home / "tmp").mkdir(parents=True, exist_ok=True)
    tempfile.tempdir = os.environ["TMPDIR"] = str(home / "tmp")
    worlds = int(told["WORLDS"])
    rows = make_all(home, int(told["FRAMES"]), int(told["EVERY"]), worlds)
    good = compared(rows, int(told["BASE"]), worlds, float(told["LIMIT"]))
    shutil.rmtree(home)
    return int(not good)


if __name__ == "__main__":
    sys.exit(main())
