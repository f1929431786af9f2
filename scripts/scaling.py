"""Frames per second with one worker and with two, in turn, and what the difference is made of.

    scripts/scaling.py [ROUNDS=2] [SHARDS=3] [WORKERS=1,2] [WORD=value]...

Each round makes the same data set (storm_night unless other words are given) with each number of
workers, in the other order every second time, SHARDS shards for each of the most workers. Told are
frames per second of the whole run, from the start of the program, and in the steady state: from
when the last worker has sealed its first shard until the first has nothing left to do, by the log
of shards; and core-seconds and seconds on the clock a frame, which say what one worker costs
another. Shards differ by a quarter in what they cost, so a frame counts as much as its shard took
the fewest workers, and seconds a frame are of those shards that no number of workers begins with.
Run it on a machine that has nothing else to do: what else it did is told in cores.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psutil

OWN = ("ROUNDS", "SHARDS", "WORKERS")
MEANT = {
    "steady": "frames/s, steady",
    "whole": "frames/s, with the start",
    "core": "core-s a frame",
    "clock": "s a frame of a worker",
}
SPAN = 20
"""Frames of a shard of stills."""


@dataclass(frozen=True)
class Made:
    """What one run left.

    Attributes:
        workers: that made it.
        whole: frames per second from the start of the program.
        others: cores that other processes of the machine took.
        lines: the log of its shards.
    """

    workers: int
    whole: float
    others: float
    lines: list[dict]


@dataclass(frozen=True)
class Told:
    """What one run told.

    Attributes:
        workers: that made it.
        whole: frames per second from the start of the program.
        steady: frames per second when all workers are at work, their first shards left out.
        core: [core-s] a frame, first shards left out.
        clock: [s] a frame of one worker, first shards left out.
        others: cores that other processes of the machine took.
    """

    workers: int
    whole: float
    steady: float
    core: float
    clock: float
    others: float


def measure(workers: int, shards: int, words: Sequence[str]) -> Made:
    """Make a data set of so many shards and return what is left of it."""
    with tempfile.TemporaryDirectory(prefix="scaling-") as folder:
        out, n = Path(folder) / "out", SPAN * shards
        line = [sys.executable, "-m", "synthgen", *words, f"n={n}", f"workers={workers}"]
        before, start = _busy(), time.monotonic()
        job = subprocess.run([*line, f"out={out}"], capture_output=True, text=True)
        seconds = time.monotonic() - start
        took = os.times()
        lines = [json.loads(row) for path in out.glob("log/*.jsonl") for row in path.open()]
    if job.returncode:
        sys.exit(f"{' '.join(line)} ended with code {job.returncode}:\n{job.stderr}")
    own = took.children_user + took.children_system - before[1]
    return Made(workers, n / seconds, (_busy()[0] - before[0] - own) / seconds, lines)


def _busy() -> tuple[float, float]:
    """Return [core-s] that all cores have worked, and that our children have."""
    every, mine = psutil.cpu_times(), os.times()
    spent = every.user + every.nice + every.system + every.irq + every.softirq
    return spent, mine.children_user + mine.children_system


def told(made: Sequence[Made]) -> list[Told]:
    """Return what runs of the same data set told, each with another number of workers."""
    firsts = {line["shard"] for one in made for line in _firsts(one.lines)}
    few = min(made, key=lambda one: one.workers).lines
    later = [line for line in few if line["shard"] not in firsts]
    if not later:
        sys.exit("too few shards: expected SHARDS of at least 2")
    mean = sum(line["seconds"] for line in later) / len(later)
    weight = {line["shard"]: line["seconds"] / mean for line in few}
    return [
        Told(one.workers, one.whole, *steady(one.lines, firsts, weight), one.others) for one in made
    ]


def steady(
    lines: Sequence[dict], firsts: Collection[int], weight: Mapping[int, float]
) -> tuple[float, float, float]:
    """Return frames per second, core-seconds and seconds a frame of later shards.

    Frames of a shard come evenly between its beginning and its end, each counts by the `weight`
    of its shard; counted are those between the moment when every worker has sealed its first shard
    and that when one has sealed its last. Seconds are those of shards that are not `firsts`.
    """
    last: dict[int, float] = {}
    for line in lines:
        last[line["worker"]] = max(_time(line), last.get(line["worker"], 0.0))
    start, end = max(map(_time, _firsts(lines))), min(last.values())
    if end <= start:
        sys.exit("too few shards: expected SHARDS of at least 2")
    counted = [_share(one, start, end) * one["frames"] * weight[one["shard"]] for one in lines]
    later = [line for line in lines if line["shard"] not in firsts]
    frames = sum(line["frames"] for line in later)
    core, clock = (sum(one[name] for one in later) / frames for name in ("core", "seconds"))
    return sum(counted) / (end - start), core, clock


def _firsts(lines: Sequence[dict]) -> list[dict]:
    """Return each worker's first line."""
    found: dict[int, dict] = {}
    for line in sorted(lines, key=lambda line: line["time"]):
        found.setdefault(line["worker"], line)
    return list(found.values())


def _share(line: dict, start: float, end: float) -> float:
    """Return how much of a shard was made between two times."""
    last = _time(line)
    first = last - line["seconds"]
    return max(0.0, min(last, end) - max(first, start)) / line["seconds"]


def _time(line: dict) -> float:
    return datetime.fromisoformat(line["time"]).timestamp()


def rounds(own: dict[str, str], words: Sequence[str]) -> Iterator[Told]:
    """Measure all, in turn, and print each."""
    counts = [int(one) for one in own["WORKERS"].split(",")]
    shards = int(own["SHARDS"]) * max(counts)
    for number in range(int(own["ROUNDS"])):
        order = counts if number % 2 == 0 else counts[::-1]
        for found in told([measure(workers, shards, words) for workers in order]):
            print(f"{found.workers} workers: {found.whole:.3f} frames/s in all, {found.steady:.3f} "
                  f"in the steady state, {found.core:.2f} core-s and {found.clock:.2f} s a frame; "
                  f"others took {found.others:.2f} cores", flush=True)  # fmt: skip
            yield found


def mean(rows: Sequence[Told], workers: int, name: str) -> float:
    """Return the mean of something over the runs with so many workers."""
    values = [getattr(row, name) for row in rows if row.workers == workers]
    return sum(values) / len(values)


def main() -> None:
    """Measure and compare the least with the largest number of workers."""
    own = {"ROUNDS": "2", "SHARDS": "3", "WORKERS": "1,2"}
    own |= dict(word.split("=", 1) for word in sys.argv[1:] if word.split("=")[0] in OWN)
    words = [word for word in sys.argv[1:] if word.split("=")[0] not in OWN]
    rows = list(rounds(own, words or ["scene=storm_night"]))
    few, many = min(row.workers for row in rows), max(row.workers for row in rows)
    for name, meant in MEANT.items():
        one, two = mean(rows, few, name), mean(rows, many, name)
        print(f"{meant:26} {one:7.3f} {two:7.3f} {two / one:6.2f} times")


if __name__ == "__main__":
    main()
