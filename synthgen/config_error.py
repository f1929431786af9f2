"""Other people's exceptions in one line: key, value, what was expected, the nearest right name."""

from collections.abc import Mapping

from hydra.errors import HydraException, MissingConfigException, OverrideParseException
from omegaconf.errors import ConfigAttributeError, ConfigKeyError, OmegaConfBaseException
from pydantic import ValidationError
from yaml import MarkedYAMLError, YAMLError

from synthgen.errors import UserError
from synthgen.spec.wording import brief, choices, nearest

_LOST = (AssertionError, RecursionError)
"""What Hydra raises of command lines that it does not expect, such as `+=` and `a=[[[[...`."""
COMPOSING = (HydraException, OmegaConfBaseException, YAMLError, ValueError, *_LOST)
"""What composing a configuration raises."""

_EXPECTED = {
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "string_type": "text",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "tuple_type": "a list",
    "mapping_type": "keys with values",
    "dict_type": "keys with values",
    "dataclass_type": "keys with values",
}
"""pydantic's error types in plain words; the rest keep pydantic's own."""


def composing(error: Exception) -> UserError:
    """Return what is wrong with a configuration that Hydra could not compose."""
    cause = error.__cause__ if error.__cause__ is not None else error
    if isinstance(error, _LOST):
        return UserError(
            "expected key=value that Hydra can compose: empty keys, or nested too deep"
        )
    if isinstance(error, MissingConfigException) and error.options is not None:
        return _no_such_choice(str(error.missing_cfg_file), [str(name) for name in error.options])
    if isinstance(error, OverrideParseException):
        reason = error.message.splitlines()[0]
        return UserError(
            f"{error.override}: expected key=value; quote special characters ({reason})"
        )
    if isinstance(cause, ConfigAttributeError | ConfigKeyError):
        return _unknown(cause)
    if isinstance(error, MarkedYAMLError) and error.problem_mark is not None:
        mark = error.problem_mark
        return UserError(f"{mark.name}: line {mark.line + 1}: expected YAML: {error.problem}")
    lines = [str(error).strip(), "" if cause is error else str(cause).strip().split("\n")[0]]
    return UserError("; ".join(" ".join(line.split()) for line in lines if line))


def _no_such_choice(path: str, names: list[str]) -> UserError:
    group, _, name = path.rpartition("/")
    return UserError(f"{group}={name}: expected {choices(names)}{nearest(name, names)}")


def _unknown(error: ConfigAttributeError | ConfigKeyError) -> UserError:
    full = str(error.full_key or error.key)
    parent, _, name = full.rpartition(".")
    node = error.parent_node
    names = (
        [str(key) for key in node if key != "hydra"] if isinstance(node, Mapping) or node else []
    )
    close = nearest(name, names)
    if close and parent:
        close = close.replace("mean ", f"mean {parent}.")
    return UserError(f"{full}: no such key{close or '; expected ' + choices(sorted(names))}")


def validating(section: str, error: ValidationError) -> UserError:
    """Return the first thing wrong with `section` (empty for the root) of a configuration."""
    first = error.errors()[0]
    place = ".".join(part for part in (section, *_keys(first["loc"])) if part)
    if first["type"] == "value_error":
        text = str(first.get("ctx", {}).get("error", first["msg"]))
        return UserError(f"{place}: {text}" if section else text)
    if first["type"] == "missing":
        return UserError(f"{place}: missing")
    expected = _EXPECTED.get(first["type"], first["msg"])
    if _of_union(error) and first["loc"][-1] == "str":
        expected = "a name, a list of names, or bounds [low, high]"
    if first["type"] == "string_type" and isinstance(first["input"], bool):
        expected += '; in YAML on, off, yes and no are true and false, "on" in quotes is text'
    return UserError(f"{place}={brief(first['input'])}: expected {expected}")


def _of_union(error: ValidationError) -> bool:
    """Return whether what is wrong might have been a list, too."""
    return any(str(key).startswith("tuple[") for one in error.errors() for key in one["loc"])


def _keys(places: tuple[int | str, ...]) -> list[str]:
    """Return `places` without the names that pydantic gives to the members of a union."""
    kept = [str(place) for place in places if not str(place).startswith("tuple[")]
    return kept[:-1] if kept and kept[-1] == "str" else kept


def unknown_key(place: str, name: object, value: object, names: list[str]) -> UserError:
    """Return that `place` has no key `name`; `names` are those it has."""
    prefix = f"{place}." if place else ""
    close = nearest(str(name), names)
    if close:
        close = close.replace("mean ", f"mean {prefix}")
    known = "" if close else "; expected " + choices(names)
    return UserError(f"{prefix}{name}={brief(value)}: no such key{close}{known}")
