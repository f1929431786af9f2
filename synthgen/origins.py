"""What the shards of one data set were made with, and where they differ: versions and processors.

Versions stand in the manifests, the class of the processor in out/timing (see `jobs.processor`),
which is not part of a shard's bytes and may be lost. One that is not known differs from none.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from synthgen.spec.plain_json import parsed
from synthgen.spec.wording import compact


def mixed(out: Path) -> list[str]:
    """Return a line for versions and one for processors, where shards of `out` differ in them."""
    paths = sorted(out.glob("shards/[0-9]*/manifest.json"))
    manifests = {int(p.parent.name): _record(p) for p in paths if p.parent.name.isdigit()}
    told = {shard: manifest.get("versions") for shard, manifest in manifests.items()}
    versions = {shard: own for shard, own in told.items() if isinstance(own, Mapping)}
    known = [set(own.items()) for own in versions.values()]
    same = {name for name, _ in set.intersection(*known)} if known else set()
    several = [f"{name} {told}" for name, told in joint(versions).items() if name not in same]
    processors = grouped({s: c for s, c in _classes(out).items() if s in manifests})
    lines = []
    if several:
        lines.append(f"shards of different versions: {'; '.join(several)}")
    if len(processors) > 1:
        lines.append(f"shards of different processors: {_told(processors, '; ')}")
    return lines


def joint(versions: Mapping[int, Mapping[str, str]]) -> dict[str, str]:
    """Return the version of each package, e.g. `2.4.6`, or `2.4.5 (0-3), 2.4.6 (4-7)`.

    `versions` are those of each shard, by number. A package that some shards do not name is
    `none` there.
    """
    names = sorted({name for own in versions.values() for name in own})
    found = {}
    for name in names:
        groups = grouped({shard: own.get(name, "none") for shard, own in versions.items()})
        found[name] = next(iter(groups)) if len(groups) == 1 else _told(groups, ", ")
    return found


def grouped(told: Mapping[int, str]) -> dict[str, list[int]]:
    """Return the shards of each thing that is `told` of them, in the order of the first."""
    groups: dict[str, list[int]] = {}
    for shard in sorted(told):
        groups.setdefault(told[shard], []).append(shard)
    return groups


def _told(groups: Mapping[str, list[int]], between: str) -> str:
    return between.join(f"{name} ({compact(shards)})" for name, shards in groups.items())


def _classes(out: Path) -> dict[int, str]:
    """Return the class of the processor that made each shard, where it is known."""
    paths = sorted((out / "timing").glob("[0-9]*.json"))
    records = {int(path.stem): _record(path) for path in paths if path.stem.isdigit()}
    found = {shard: record.get("processor") for shard, record in records.items()}
    return {s: str(one["class"]) for s, one in found.items() if isinstance(one, Mapping)}


def _record(path: Path) -> Mapping[str, Any]:
    """Return what stands in a record; nothing in one that was cut short or is none."""
    try:
        told = parsed(path.read_text())
    except ValueError:
        return {}
    return told if isinstance(told, Mapping) else {}
