"""Makes of sensors: what a rig's `camera: NAME` and `lidar: NAME` stand for."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf

from synthgen.config_compose import folder
from synthgen.config_error import COMPOSING, composing
from synthgen.config_trust import check_asking, check_file, check_targets
from synthgen.errors import UserError
from synthgen.spec.wording import brief, choices, nearest

KINDS = {"cameras": "camera", "lidars": "lidar"}
"""Section of a rig, and the key in its models that names a make: the group of the makes' files."""


def makes(kind: str = "camera", config_dir: str | None = None) -> dict[str, Path]:
    """Return the file of each make that the package or the user's `config_dir` has."""
    places = [folder(), *([] if config_dir is None else [Path(config_dir)])]
    files = (path for place in places for path in sorted((place / kind).glob("*.yaml")))
    return {path.stem: path for path in files}


def with_makes(tree: object, config_dir: str | None = None) -> object:
    """Return a rig's `tree` with the numbers of each sensor's make in its model.

    What the model itself says goes before what the make says. Anything that is no rig is returned
    as it is, for the door to refuse.
    """
    if not isinstance(tree, Mapping):
        return tree
    found = dict(tree)
    for section, kind in KINDS.items():
        if isinstance(tree.get(section), Mapping):
            known = makes(kind, config_dir)
            found[section] = {
                name: with_make(f"rig.{section}.{name}.model.{kind}", one, known)
                for name, one in tree[section].items()
            }
    return found


def with_make(key: str, sensor: object, known: Mapping[str, Path]) -> object:
    """Return `sensor` with the numbers of the make that its model names, if it names one.

    `key` is where the name stands; its last part is the kind of make. `known` are the makes.
    """
    kind = key.rpartition(".")[2]
    model = sensor.get("model") if isinstance(sensor, Mapping) else None
    if not isinstance(sensor, Mapping) or not isinstance(model, Mapping) or kind not in model:
        return sensor
    own = {word: value for word, value in model.items() if word != kind}
    return {**sensor, "model": over(_make(key, model[kind], known), own)}


def over(low: Mapping[str, Any], high: Mapping[str, Any]) -> dict[str, Any]:
    """Return `low` with what `high` says anew, section by section."""
    found = dict(low)
    for key, value in high.items():
        both = isinstance(value, Mapping) and isinstance(low.get(key), Mapping)
        found[key] = over(low[key], value) if both else value
    return found


def _make(key: str, name: object, known: Mapping[str, Path]) -> Mapping[str, Any]:
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
    check_file(f"{key}={name}", path)
    try:
        loaded = OmegaConf.load(path)
        check_asking(OmegaConf.to_container(loaded), key)
        content = OmegaConf.to_container(loaded, resolve=True, throw_on_missing=True)
    except COMPOSING as error:
        raise composing(error) from error
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{key}={name}: expected a YAML file: {error}") from error
    if not isinstance(content, Mapping):
        raise UserError(f"{key}={name}: expected a YAML file with keys and values")
    check_targets(content, key)
    return {str(word): value for word, value in content.items()}
