"""What a run says at its end: how much, how fast, where the time went."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq

from synthgen.spec.plain_json import parsed
from synthgen.spec.run import RunSpec
from synthgen.spec.shard import Slice, shards


@dataclass(frozen=True)
class Outcome:
    """What happened in one run.

    Attributes:
        run: its spec.
        records: of the shards made now, as the workers told them.
        absent: shards of the data set that are not there yet.
        seconds: [s] of the run.
        first: [s] until the first finished frame, None when none was made.
    """

    run: RunSpec
    records: Sequence[dict[str, Any]]
    absent: int
    seconds: float
    first: float | None


def summarise(out: Path, outcome: Outcome) -> str:
    """Return the summary as text."""
    run = outcome.run
    lines = [_sent(outcome) if run.store else f"{out}: {_contents(out)}"]
    if outcome.absent:
        lines.append(f"{outcome.absent} shards of n={run.n} are not there yet")
    if outcome.records:
        lines += _made(outcome)
    elif not outcome.absent:
        lines.append("nothing to do: every shard of this run is complete")
    return "\n".join(lines)


def _sent(outcome: Outcome) -> str:
    """Return what this run knows of the data set in a store: no shard is fetched to be counted."""
    count = len(shards(outcome.run.n, outcome.run.clip.frames, Slice()))
    return f"{outcome.run.store}: {count - outcome.absent} of {count} shards are there"


def _contents(out: Path) -> str:
    """Return frames, worlds, cities and tracks of everything that is finished in `out`."""
    paths = sorted(out.glob("shards/[0-9]*/manifest.json"))
    manifests = [parsed(path.read_text()) for path in paths]
    frames = sum(len(manifest["frames"]) for manifest in manifests)
    worlds = sum(len(manifest["clips"]) for manifest in manifests)
    cities = {clip["place"]["city"] for m in manifests for clip in m["clips"]}
    tracks = sum(_tracks_in_view(path.parent) for path in paths)
    return (
        f"{frames} frames of {worlds} worlds in {len(cities)} cities, "
        f"{tracks} distinct tracks in view"
    )


def _tracks_in_view(shard: Path) -> int:
    table = pq.read_table(shard / "objects.parquet", columns=["track", "in_view"])
    return len(pc.unique(table.filter(pc.field("in_view"))["track"]))


def _made(outcome: Outcome) -> list[str]:
    frames = sum(record["frames"] for record in outcome.records)
    busy = sum(record["seconds"]["whole shard"] for record in outcome.records)
    peak, kept = (max(record[name] for record in outcome.records) for name in ("peak", "resident"))
    checks = Counter[str]()
    for record in outcome.records:
        checks.update(record["checks"])
    first = "" if outcome.first is None else f", the first after {outcome.first:.1f} s"
    return [
        f"made {frames} frames in {outcome.seconds:.1f} s{first}: "
        f"{frames / outcome.seconds:.2f} frames/s, {frames / busy:.2f} frames per core-second, "
        f"{peak / 2**20:.0f} MiB per worker at most, {kept / 2**20:.0f} MiB between shards",
        f"verified: {checks.total()} checks, 0 violations",
        *_time_table(outcome, frames),
    ]


def _time_table(outcome: Outcome, frames: int) -> list[str]:
    """Return seconds per frame by stage, largest first."""
    stages: dict[str, float] = {}
    for record in outcome.records:
        for name, seconds in record["seconds"].items():
            stages[name] = stages.get(name, 0.0) + seconds
    whole = stages.pop("whole shard")
    stages["rest"] = max(0.0, whole - sum(stages.values()))
    ordered = sorted(stages.items(), key=lambda stage: -stage[1])
    return [
        f"  {name:12} {seconds / frames:6.3f} s/frame {100 * seconds / whole:5.1f} %"
        for name, seconds in ordered
    ]
