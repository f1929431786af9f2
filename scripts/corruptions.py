"""Print which wrong labels verification catches: kind and size against objects caught."""

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from synthgen.verify.corrupt import CORRUPTIONS, Corruption, Target, excerpt, targets
from synthgen.verify.corrupt_lamps import LAMP_CORRUPTIONS
from synthgen.verify.corrupt_states import STATE_CORRUPTIONS
from synthgen.verify.shard import tally_shard

OBJECTS = 4
"""Objects that are made wrong one after the other."""


def findings(shard: Path, corruption: Corruption, target: Target, size: float) -> list[str]:
    """Return the kinds of the violations found once `target` is wrong."""
    with tempfile.TemporaryDirectory() as folder:
        excerpt(shard, target.frame, Path(folder))
        corruption(Path(folder), target, size)
        return [one.kind for one in tally_shard(Path(folder)).violations]


def _try(
    shard: Path, kind: str, corruption: Corruption, sizes: Sequence[float], chosen: list[Target]
) -> None:
    """Print how many of the `chosen` are caught, size by size, and by which checks."""
    for size in sizes:
        found = [findings(shard, corruption, target, size) for target in chosen]
        caught, by = sum(map(bool, found)), sorted({name for one in found for name in one})
        print(f"{kind:40} {size:6g}  caught {caught}/{len(chosen)}  {', '.join(by)}")


def main(shard: Path) -> int:
    """Print the table of `shard`; return 1 when verification complains about it as it is."""
    clean = tally_shard(shard)
    print(f"clean: {clean.checks.total()} checks, {len(clean.violations)} violations")
    for violation in clean.violations[:20]:
        print(f"  {violation}")
    for kind, (corruption, sizes) in CORRUPTIONS.items():
        _try(shard, kind, corruption, sizes, targets(shard, OBJECTS))
    for kind, (corruption, sizes, choose) in {**STATE_CORRUPTIONS, **LAMP_CORRUPTIONS}.items():
        _try(shard, kind, corruption, sizes, choose(shard, OBJECTS))
    return 1 if clean.violations else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
