"""`task=verify`: a whole data set, or what it was exported to, checked from its files alone."""

from collections import Counter
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from synthgen.errors import UserError
from synthgen.spec.plain_json import parsed
from synthgen.spec.run import RunSpec
from synthgen.verify.faults import Tally, Violation
from synthgen.verify.shard import tally_shard

LAYOUT = 2
"""Version of the layout of shards that is understood, as their manifests name it."""
SHOWN = 20
"""Violations printed by name."""


def verify(run: RunSpec) -> int:
    """Check the data set in `run.data` and print the tally; return 1 when something is wrong.

    An export is checked against the data set that it was made from.

    Raises:
        UserError: when there is no data set, or one of another layout.
    """
    data = Path(run.data or run.out)
    if (data / "export.json").is_file():
        return verify_export(data)
    shards = sorted(path.parent for path in data.glob("shards/[0-9]*/manifest.json"))
    if not shards:
        raise UserError(f"data={data}: expected a data set of synthgen, with shards/ in it")
    _check_layout(data, shards)
    checks: Counter[str] = Counter()
    violations: list[Violation] = []
    for shard in shards:
        tally = tally_shard(shard)
        checks.update(tally.checks)
        violations += tally.violations
    _check_merged(data, checks, violations)
    _print(data, checks, violations)
    return 1 if violations else 0


def verify_export(tree: Path) -> int:
    """Check one exported format and print the tally; return 1 when something is wrong.

    Raises:
        UserError: when the data set that it was made from is not where it was.
    """
    receipt = parsed((tree / "export.json").read_text())
    source = (tree / receipt["source"]).resolve()
    shards = [source / f"shards/{one['shard']:06d}" for one in receipt["shards"]]
    for shard in shards:
        if not (shard / "manifest.json").is_file():
            raise UserError(f"data={tree}: made of {shard}, which is no longer there")
    tally = Tally()
    import_module(f"synthgen.verify.exported.{receipt['format']}").check(tree, shards, tally)
    _print(tree, tally.checks, tally.violations)
    return 1 if tally.violations else 0


def _check_layout(data: Path, shards: Sequence[Path]) -> None:
    for shard in shards:
        layout = parsed((shard / "manifest.json").read_text())["format"]
        if layout != LAYOUT:
            fault = f"shard {shard.name} has layout {layout}, expected {LAYOUT}"
            raise UserError(f"data={data}: {fault}; make it anew or use the version that made it")


def _check_merged(data: Path, checks: Counter[str], violations: list[Violation]) -> None:
    """The merged COCO files hold every annotation of the shards once, those of twins likewise."""
    twins = sorted({path.name for path in data.glob("shards/[0-9]*/twins/*")})
    for folder in (".", *(f"twins/{name}" for name in twins)):
        _check_coco(data, folder, checks, violations)


def _check_coco(data: Path, folder: str, checks: Counter[str], violations: list[Violation]) -> None:
    for name, kind in (("instances", "merged annotations"), ("person_keypoints", "merged people")):
        merged = sorted((data / "dataset" / folder).glob(f"coco/**/{name}*.json"))
        if not merged:
            continue
        shards = sorted(data.glob(f"shards/[0-9]*/{folder}/coco/{name}.json"))
        ids = {number for path in merged for number in _ids(path)}
        wanted = {number for path in shards for number in _ids(path)}
        checks[kind] += len(wanted)
        for number in sorted(wanted ^ ids):
            violations.append(Violation(kind, -1, 0, f"{folder}: id {number}"))


def _ids(path: Path) -> list[int]:
    return [one["id"] for one in parsed(path.read_text())["annotations"]]


def _print(data: Path, checks: Counter[str], violations: list[Violation]) -> None:
    wrong = Counter(violation.kind for violation in violations)
    print(f"{data}: {checks.total()} checks, {len(violations)} violations")
    for kind, count in sorted(checks.items()):
        print(f"  {kind:24} {count:8} {wrong.get(kind, 0):6}")
    for violation in violations[:SHOWN]:
        print(f"  {violation}")
