"""The door for the user's own assets: `assets.yaml` is typed, its files are checked."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml

from synthgen.assets.imported.folder import content
from synthgen.assets.imported.manifest import CLASSES, MANIFEST, Asset, check_shares
from synthgen.config_error import unknown_key
from synthgen.errors import UserError
from synthgen.spec.wording import brief, choices, nearest

Typed = Callable[[str, type[Asset], object], Asset]

MOST_BYTES = 1_000_000
"""[B] of a manifest."""
KEYS = tuple("class" if field.name == "kind" else field.name for field in fields(Asset))


def user_assets(folder: str, said: str, typed: Typed) -> dict[str, Any]:
    """Return the fields of a run that tell of the assets in `folder`, none when it is empty.

    `said` is the folder as the user wrote it; `typed` makes a checked dataclass of a tree. Raises
    UserError for whatever is wrong with the manifest or a file.
    """
    if not folder:
        return {}
    if not Path(folder).is_dir():
        raise UserError(f"assets={said}: no such folder")
    entries = _entries(folder, said)
    found = tuple(_asset(f"assets.{number}", entry, typed) for number, entry in enumerate(entries))
    try:
        check_shares(found)
        room = import_module("synthgen.assets.imported.designs")  # trimesh: only when wanted
        read = room.digest(room.designs(Path(folder), found))
    except ValueError as error:
        text = str(error)
        raise UserError(text if text.startswith("assets") else f"assets: {text}") from error
    return {"assets": found, "assets_folder": folder, "assets_digest": read}


def _entries(folder: str, said: str) -> list[object]:
    place = f"assets={said}: {MANIFEST}"
    try:
        text = content(Path(folder), MANIFEST, MOST_BYTES).decode()
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text)):
            raise UserError(f"{place}: expected YAML without aliases (*)")
        tree = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise UserError(f"{place}: line {line}: expected YAML: {error.problem}") from error
    except (yaml.YAMLError, RecursionError, UnicodeDecodeError) as error:
        raise UserError(f"{place}: expected YAML: {type(error).__name__}") from error
    except ValueError as error:
        raise UserError(f"{place}: {error}") from error
    if not isinstance(tree, Mapping) or not isinstance(tree.get("assets"), list):
        raise UserError(f"{place}: expected assets: with a list")
    for name, value in tree.items():
        if name != "assets":
            raise unknown_key("", f"{place}: {name}", value, ["assets"])
    return list(tree["assets"])


def _asset(place: str, tree: object, typed: Typed) -> Asset:
    """Return one entry; `class` is no word for a field in Python, so it is `kind` inside."""
    if not isinstance(tree, Mapping):
        raise UserError(f"{place}={brief(tree)}: expected keys with values")
    for name, value in tree.items():
        if name not in KEYS:
            raise unknown_key(place, name, value, list(KEYS))
    for name in ("name", "class"):
        if name not in tree:
            raise UserError(f"{place}.{name}: missing")
    if tree["class"] not in CLASSES:
        close = nearest(str(tree["class"]), CLASSES)
        raise UserError(f"{place}.class={brief(tree['class'])}: expected {choices(CLASSES)}{close}")
    plain = {"kind" if name == "class" else name: value for name, value in tree.items()}
    return typed(place, Asset, plain)
