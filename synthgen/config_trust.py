"""What a configuration may not do: run code, ask the environment, unfold into a bomb."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

import yaml
from omegaconf import OmegaConf

from synthgen.errors import UserError
from synthgen.spec.wording import brief

MOST_BYTES = 1_000_000
"""[B] of a file of configuration; the largest of ours has 20 kB."""
MOST_NODES = 100_000
"""Values of a file with all its aliases written out; the largest of ours has 1,500."""
MOST_DEPTH = 32
"""Values within values; ours nest to eight."""
MOST_FILES = 1000
"""YAML files of a folder of configuration."""
_STOCK = frozenset(
    {
        "hydra._internal.core_plugins.basic_launcher.BasicLauncher",
        "hydra._internal.core_plugins.basic_sweeper.BasicSweeper",
    }
)
_LOGGING = frozenset({"version", "root", "disable_existing_loggers"})
"""Keys of Hydra's `disabled` set-ups of logging."""
_ASKING = re.compile(r"\$\{[^${}]*:")
"""An interpolation that calls a resolver, `${oc.env:HOME}`, and not one that names a key."""
_BEGIN = yaml.MappingStartEvent | yaml.SequenceStartEvent
_END = yaml.MappingEndEvent | yaml.SequenceEndEvent


def check_file(said: str, path: Path) -> None:
    """Raise a `UserError` for a YAML file that would take more memory or time than any needs.

    What is no YAML at all is left to whoever reads it.

    Args:
        said: how the user named it, e.g. `rig=mine.yaml`.
        path: of the file.
    """
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise UserError(f"{said}: {size:,} bytes, expected at most {MOST_BYTES:,}")
    try:
        check_text(path.read_bytes())
    except ValueError as error:
        raise UserError(f"{said}: {error}") from error


def check_text(text: bytes) -> None:
    """Raise a ValueError for YAML that nests too deep, or whose aliases unfold to too much."""
    sizes: dict[str, int] = {}
    opened: list[tuple[str | None, int]] = []
    total = 0
    try:
        for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            if isinstance(event, yaml.AliasEvent):
                total += _unfolded(event.anchor, sizes)
            elif isinstance(event, _BEGIN):
                opened.append((event.anchor, total))
                total += 1
            elif isinstance(event, _END):
                anchor, before = opened.pop()
                sizes |= {anchor: total - before} if anchor else {}
            elif isinstance(event, yaml.ScalarEvent):
                total += 1
                sizes |= {event.anchor: 1} if event.anchor else {}
            if total > MOST_NODES or len(opened) > MOST_DEPTH:
                raise ValueError(_bound(len(opened)))
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError):
        return


def _unfolded(anchor: str | None, sizes: Mapping[str, int]) -> int:
    if anchor is None or anchor not in sizes:
        raise ValueError(f"alias *{anchor} stands within what it names, or before it")
    return sizes[anchor]


def _bound(depth: int) -> str:
    if depth > MOST_DEPTH:
        return f"nests its values more than {MOST_DEPTH} deep"
    return f"has more than {MOST_NODES:,} values, its aliases written out"


def check_folder(said: str, folder: Path) -> None:
    """Check every YAML file of a folder of configuration, see `check_file`."""
    count = 0
    for place, _, names in os.walk(folder):
        for name in sorted(names):
            if name.endswith((".yaml", ".yml")):
                count += 1
                path = Path(place, name)
                check_file(f"{said}: {path.relative_to(folder)}", path)
            if count > MOST_FILES:
                raise UserError(f"{said}: more than {MOST_FILES:,} YAML files")


def shut_environment() -> None:
    """Make OmegaConf refuse `${oc.env:...}`: what a run records must not hold secrets."""
    OmegaConf.register_new_resolver("oc.env", _no_environment, replace=True)


def _no_environment(*names: object) -> str:
    raise ValueError(f"oc.env:{brief(names)}: refused: a configuration may not ask the environment")


def check_asking(tree: object, place: str = "") -> None:
    """Raise a `UserError` if a text in the unresolved `tree` calls a resolver of OmegaConf."""
    if isinstance(tree, Mapping):
        for key, value in tree.items():
            check_asking(value, f"{place}.{key}" if place else str(key))
    elif isinstance(tree, list):
        for number, value in enumerate(tree):
            check_asking(value, f"{place}.{number}")
    elif isinstance(tree, str) and _ASKING.search(tree):
        raise UserError(
            f"{place}={brief(tree)}: refused: a configuration may name its own keys, "
            "and ask neither the environment nor anything else"
        )


def check_targets(tree: object, place: str = "") -> None:
    """Raise a `UserError` if anything in `tree` names code to run."""
    if isinstance(tree, Mapping):
        for key, value in tree.items():
            where = f"{place}.{key}" if place else str(key)
            if key == "_target_":
                raise UserError(
                    f"{where}={brief(value)}: refused: a configuration may not name code to run"
                )
            check_targets(value, where)
    if isinstance(tree, list):
        for number, value in enumerate(tree):
            check_targets(value, f"{place}.{number}")


def check_hydra(tree: object) -> None:
    """Do the same for Hydra's own node, where only its stock launcher and sweeper may stand.

    A set-up of logging is refused whole: it names classes, with arguments, that Python's
    `logging.config` imports and calls.
    """
    check_targets(_without_stock(tree), "hydra")
    for name in ("hydra_logging", "job_logging"):
        told = tree.get(name) if isinstance(tree, Mapping) else None
        root = told.get("root") if isinstance(told, Mapping) else ""
        plain = root is None or (isinstance(root, Mapping) and set(root) <= {"level"})
        if not isinstance(told, Mapping) or not plain or set(told) - _LOGGING:
            raise UserError(
                f"hydra.{name}={brief(told)}: refused: a set-up of logging can name code to run"
            )


def _without_stock(tree: object) -> object:
    if not isinstance(tree, Mapping):
        return tree
    return {
        key: _without_stock(value)
        for key, value in tree.items()
        if not (key == "_target_" and value in _STOCK)
    }
