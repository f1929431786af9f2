"""nuScenes trees."""

from collections.abc import Sequence
from pathlib import Path

from synthgen.verify.faults import Tally
from synthgen.verify.nuscenes_files import check_tree


def check(tree: Path, _: Sequence[Path], tally: Tally) -> None:
    """Check the tree by itself."""
    found = check_tree(tree)
    tally.checks.update(found.checks)
    tally.violations.extend(found.violations)
