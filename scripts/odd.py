"""Definitions of coverage from and to ASAM OpenODD; needs the extra `odd`.

python scripts/odd.py export coverage=gaps_example gaps    writes gaps.yaml and gaps.binding.yaml
python scripts/odd.py import gaps.binding.yaml mine.yaml   then: task=audit coverage=mine.yaml
"""

import sys
from pathlib import Path

import yaml

from synthgen.config import read
from synthgen.coverage.definition import checked, plain_coverage
from synthgen.coverage.openodd import exported, imported
from synthgen.errors import UserError


def export_odd(override: str, stem: str) -> tuple[str, ...]:
    """Write the definition that `override` names, and return what is lost."""
    odd = exported(checked(read([override]).survey.coverage))
    document = Path(f"{stem}.yaml")
    binding = {"openodd": [document.name], "name": document.stem, **odd.binding}
    document.write_text(yaml.safe_dump(odd.document, sort_keys=False))
    Path(f"{stem}.binding.yaml").write_text(yaml.safe_dump(binding, sort_keys=False))
    return odd.lost


def import_odd(path: str, out: str) -> tuple[str, ...]:
    """Write the definition of an OpenODD file, and return what is lost."""
    coverage, lost = imported(Path(path))
    tree = plain_coverage(checked(coverage))
    Path(out).write_text(yaml.safe_dump(tree, sort_keys=False))
    return lost


def main(arguments: list[str]) -> int:
    """Do what is asked; 2 where it is not understood."""
    does = {"export": export_odd, "import": import_odd}
    if len(arguments) != 3 or arguments[0] not in does:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        lost = does[arguments[0]](*arguments[1:])
    except UserError as error:
        print(f"odd: {error}", file=sys.stderr)
        return 2
    print("\n".join(["not carried over:", *lost]) if lost else "all carried over")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
