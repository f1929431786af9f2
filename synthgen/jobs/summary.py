"""What a run says at its end: how much, how fast, where the time went."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq

from synthgen.jobs.failures import FOLDER
from synthgen.spec.plain_json import parsed
from synthgen.spec.run import RunSpec

ESTIMATE = "estimate.json"
"""What task=estimate leaves in a data set's folder."""


@dataclass(frozen=True)
class Outcome:
    """What happened in one run.

    Attributes:
        run: its spec.
        records: of the shards made now, as the workers told them.
        absent: shards of the run that are not there yet.
        seconds: [s] of the run.
        first: [s] until the first finished frame, None when none was made.
        failed: shards that failed in this run.
    """

    run: RunSpec
    records: Sequence[dict[str, Any]]
    absent: int
    seconds: float
    first: float | None
    failed: int = 0


def summarise(out: Path, outcome: Outcome) -> str:
    """Return the summary as text."""
    run = outcome.run
    lines = [_sent(outcome) if run.store else f"{out}: {_contents(out, run)}"]
    if outcome.absent:
        lines.append(f"{outcome.absent} shards of n={run.n}{_part(run)} are not there yet")
    if outcome.failed:
        lines.append(f"{outcome.failed} shards failed, see {out / FOLDER}")
    if outcome.records:
        lines += [*_made(outcome), *_expected(out, outcome), *_time_table(outcome)]
    elif not outcome.absent:
        lines.append("nothing to do: every shard of this run is complete")
    return "\n".join(lines)


def _sent(outcome: Outcome) -> str:
    """Return what this run knows of the data set in a store: no shard is fetched to be counted."""
    count, part = len(outcome.run.shards()), _part(outcome.run)
    return f"{outcome.run.store}: {count - outcome.absent} of {count} shards{part} are there"


def _part(run: RunSpec) -> str:
    """Return which part of the shards a run is of, nothing where it is of all."""
    return f" in part {run.shard.index} of {run.shard.count}" if run.shard.count > 1 else ""


def _contents(out: Path, run: RunSpec) -> str:
    """Return frames, worlds, cities and tracks of what is finished of the run's own shards."""
    own = (out / f"shards/{shard.index:06d}/manifest.json" for shard in run.shards())
    paths = [path for path in own if path.is_file()]
    manifests = [parsed(path.read_text()) for path in paths]
    frames = sum(len(manifest["frames"]) for manifest in manifests)
    worlds = sum(len(manifest["clips"]) for manifest in manifests)
    cities = {clip["place"]["city"] for m in manifests for clip in m["clips"]}
    tracks = sum(_tracks_in_view(path.parent) for path in paths)
    return (
        f"{frames} frames of {worlds} worlds in {len(cities)} cities{_part(run)}, "
        f"{tracks} distinct tracks in view"
    )


def _tracks_in_view(shard: Path) -> int:
    table = pq.read_table(shard / "objects.parquet", columns=["track", "in_view"])
    return len(pc.unique(table.filter(pc.field("in_view"))["track"]))


def _made(outcome: Outcome) -> list[str]:
    frames = sum(record["frames"] for record in outcome.records)
    peak, kept = (max(record[name] for record in outcome.records) for name in ("peak", "resident"))
    checks = Counter[str]()
    for record in outcome.records:
        checks.update(record["checks"])
    first = "" if outcome.first is None else f", the first after {outcome.first:.1f} s"
    size, core = sum(record["bytes"] for record in outcome.records), worked(outcome.records)
    return [
        f"made {frames} frames in {len(outcome.records)} shards in {outcome.seconds:.1f} s{first}: "
        f"{frames / outcome.seconds:.2f} frames/s",
        f"{core:.1f} core-seconds ({core / 3600:.3f} core-hours), {core / frames:.2f} a frame; "
        f"{size / 1e6:.1f} MB, {size / frames / 1e6:.3f} a frame",
        f"{peak / 2**20:.0f} MiB per worker at most, {kept / 2**20:.0f} MiB between shards",
        f"verified: {checks.total()} checks, 0 violations",
    ]


def worked(records: Sequence[Mapping[str, Any]]) -> float:
    """Return [core-s] that the workers of `records` had worked when each sealed its last shard.

    Loading is in it, and what a worker spent on shards that failed before.
    """
    last: dict[tuple[str, int], float] = {}
    for record in records:
        worker = record.get("host", ""), record["worker"]
        last[worker] = max(record["process"], last.get(worker, 0.0))
    return sum(last.values())


def _expected(out: Path, outcome: Outcome) -> list[str]:
    """Return what task=estimate had expected of the shards made now, if it was asked."""
    path = out / ESTIMATE
    if not path.is_file():
        return []
    try:
        told = parsed(path.read_text())
        found = told["measured"]
        if told["identity"] != outcome.run.identity:
            return [f"{path}: an estimate of another spec"]
        core = _by_parts(outcome, found)
        size = found["bytes"]["mean"] / found["frames"] * _sum(outcome.records, "frames")
    except (ValueError, KeyError, TypeError) as error:
        return [f"{path}: not an estimate of synthgen ({type(error).__name__})"]
    took, written = worked(outcome.records), _sum(outcome.records, "bytes")
    return [
        f"estimated: {core:.1f} core-seconds, of which {took:.1f} ({took / core:.2f}) were taken; "
        f"{size / 1e6:.1f} MB, of which {written / 1e6:.1f} ({written / size:.2f})"
    ]


def _by_parts(outcome: Outcome, found: Mapping[str, float]) -> float:
    """Return [core-s] that an estimate expects of the shards and processes of this run."""
    frames, each = _sum(outcome.records, "frames"), outcome.run.clip.frames
    worlds = sum(-(-record["frames"] // each) for record in outcome.records)
    starts = len({record["worker"] for record in outcome.records})
    fixed = (found["city"] + found["rest"]) * len(outcome.records)
    return found["start"] * starts + fixed + found["world"] * worlds + found["frame"] * frames


def _sum(records: Sequence[Mapping[str, Any]], name: str) -> int:
    return sum(record[name] for record in records)


def _time_table(outcome: Outcome) -> list[str]:
    """Return seconds per frame by stage, largest first."""
    frames = _sum(outcome.records, "frames")
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
