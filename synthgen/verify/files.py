"""`task=verify`: a whole data set, or what it was exported to, checked from its files alone."""

import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from synthgen.errors import UserError
from synthgen.spec.plain_json import parsed
from synthgen.spec.run import RunSpec
from synthgen.spec.wording import brief, choices
from synthgen.verify import exported
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
        tally = _tallied(f"shard {shard.name}", partial(tally_shard, shard))
        checks.update(tally.checks)
        violations += tally.violations
    merged = _tallied("dataset", partial(_merged, data))
    checks.update(merged.checks)
    violations += merged.violations
    _print(data, checks, violations)
    return 1 if violations else 0


def verify_export(tree: Path) -> int:
    """Check one exported format and print the tally; return 1 when something is wrong.

    Raises:
        UserError: when the data set that it was made from is not where it was.
    """
    kind, shards = _origin(tree)
    for shard in shards:
        if not (shard / "manifest.json").is_file():
            raise UserError(f"data={tree}: made of {shard}, which is no longer there")
    check = import_module(f"{exported.__name__}.{kind}").check
    tally = _tallied(kind, partial(_checked, check, tree, shards))
    _print(tree, tally.checks, tally.violations)
    return 1 if tally.violations else 0


def _origin(tree: Path) -> tuple[str, list[Path]]:
    """Return the format of an export and the shards that it was made of."""
    path = tree / "export.json"
    known = sorted(module.name for module in iter_modules(exported.__path__))
    try:
        receipt = parsed(path.read_bytes())
        kind, source = receipt["format"], (tree / receipt["source"]).resolve()
        shards = [source / f"shards/{one['shard']:06d}" for one in receipt["shards"]]
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(f"{path}: not a receipt of an export of synthgen") from error
    if kind not in known:
        raise UserError(f"{path}: format={brief(kind)}: expected {choices(known)}")
    return str(kind), shards


def _checked(check: Callable[..., None], tree: Path, shards: Sequence[Path]) -> Tally:
    tally = Tally()
    check(tree, shards, tally)
    return tally


def _tallied(place: str, check: Callable[[], Tally]) -> Tally:
    """Return what `check` finds; files that make no sense to it are a violation like others."""
    try:
        found = check()
    except UserError:
        raise
    except Exception as error:  # whatever a spoilt file makes of code that trusts its layout
        found = Tally()
        where = traceback.extract_tb(error.__traceback__)[-1]
        said = " ".join(str(error).split())[:200]
        told = f"{type(error).__name__} {said} ({Path(where.filename).name}:{where.lineno})"
        found.check("readable", False, -1, 0, f"{place}: {told}")
    return found


def _check_layout(data: Path, shards: Sequence[Path]) -> None:
    for shard in shards:
        path = shard / "manifest.json"
        try:
            layout = parsed(path.read_bytes())["format"]
        except (ValueError, KeyError, TypeError) as error:
            raise UserError(f"{path}: not a manifest of synthgen") from error
        if layout != LAYOUT:
            fault = f"shard {shard.name} has layout {layout}, expected {LAYOUT}"
            raise UserError(f"data={data}: {fault}; make it anew or use the version that made it")


def _merged(data: Path) -> Tally:
    """The merged COCO files hold every annotation of the shards once, those of twins likewise."""
    tally = Tally()
    twins = sorted({path.name for path in data.glob("shards/[0-9]*/twins/*")})
    for folder in (".", *(f"twins/{name}" for name in twins)):
        _check_coco(data, folder, tally)
    return tally


def _check_coco(data: Path, folder: str, tally: Tally) -> None:
    for name, kind in (("instances", "merged annotations"), ("person_keypoints", "merged people")):
        merged = sorted((data / "dataset" / folder).glob(f"coco/**/{name}*.json"))
        if not merged:
            continue
        shards = sorted(data.glob(f"shards/[0-9]*/{folder}/coco/{name}.json"))
        ids = {number for path in merged for number in _ids(path)}
        wanted = {number for path in shards for number in _ids(path)}
        tally.checks[kind] += len(wanted)
        for number in sorted(wanted ^ ids):
            tally.violations.append(Violation(kind, -1, 0, f"{folder}: id {number}"))


def _ids(path: Path) -> list[int]:
    return [one["id"] for one in parsed(path.read_text())["annotations"]]


def _print(data: Path, checks: Counter[str], violations: list[Violation]) -> None:
    wrong = Counter(violation.kind for violation in violations)
    print(f"{data}: {checks.total()} checks, {len(violations)} violations")
    for kind, count in sorted(checks.items()):
        print(f"  {kind:24} {count:8} {wrong.get(kind, 0):6}")
    for violation in violations[:SHOWN]:
        print(f"  {violation}")
