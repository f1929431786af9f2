"""Camera makes: what a rig's `camera: NAME` stands for."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf

from synthgen.config_compose import check_targets, folder
from synthgen.config_error import COMPOSING, composing
from synthgen.errors import UserError
from synthgen.spec.wording import brief, choices, nearest

KEY = "camera"
"""Of a camera's model: the name of its make, or a YAML file of the user's."""


def makes() -> dict[str, Path]:
    """Return the file of each make that the package knows."""
    return {path.stem: path for path in sorted((folder() / KEY).glob("*.yaml"))}


def with_makes(tree: object) -> object:
    """Return a rig's `tree` with the numbers of each camera's make in its model.

    What the model itself says goes before what the make says. Anything that is no rig is returned
    as it is, for the door to refuse.
    """
    if not isinstance(tree, Mapping) or not isinstance(tree.get("cameras"), Mapping):
        return tree
    cameras = {name: _with_make(str(name), one) for name, one in tree["cameras"].items()}
    return {**tree, "cameras": cameras}


def _with_make(name: str, camera: object) -> object:
    model = camera.get("model") if isinstance(camera, Mapping) else None
    if not isinstance(camera, Mapping) or not isinstance(model, Mapping) or KEY not in model:
        return camera
    own = {key: value for key, value in model.items() if key != KEY}
    made = _make(f"rig.cameras.{name}.model.{KEY}", model[KEY])
    return {**camera, "model": over(made, own)}


def over(low: Mapping[str, Any], high: Mapping[str, Any]) -> dict[str, Any]:
    """Return `low` with what `high` says anew, section by section."""
    found = dict(low)
    for key, value in high.items():
        both = isinstance(value, Mapping) and isinstance(low.get(key), Mapping)
        found[key] = over(low[key], value) if both else value
    return found


def _make(key: str, name: object) -> Mapping[str, Any]:
    known = makes()
    if not isinstance(name, str):
        raise UserError(f"{key}={brief(name)}: expected {choices(tuple(known))} or a YAML file")
    path = Path(name).expanduser() if name.endswith((".yaml", ".yml")) else known.get(name)
    if path is None:
        close = nearest(name, tuple(known))
        raise UserError(f"{key}={name}: expected {choices(tuple(known))} or a YAML file{close}")
    if not path.is_file():
        raise UserError(f"{key}={name}: no such file")
    return _read(key, name, path)


def _read(key: str, name: str, path: Path) -> Mapping[str, Any]:
    try:
        content = OmegaConf.to_container(OmegaConf.load(path), resolve=True, throw_on_missing=True)
    except COMPOSING as error:
        raise composing(error) from error
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{key}={name}: expected a YAML file: {error}") from error
    if not isinstance(content, Mapping):
        raise UserError(f"{key}={name}: expected a YAML file with keys and values")
    check_targets(content, key)
    return {str(word): value for word, value in content.items()}
