"""From what a scene file says of one key to the distribution that it means."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from importlib import import_module
from math import inf, isfinite
from pathlib import Path

from synthgen.errors import UserError
from synthgen.spec.dependence import Given, Scaled, Stratified
from synthgen.spec.distribution import (
    Choice,
    Constant,
    Distribution,
    LogUniform,
    Normal,
    Table,
    Uniform,
)
from synthgen.spec.plain_parquet import check_table
from synthgen.spec.support import Value
from synthgen.spec.wording import brief, choices, flow, nearest

Tree = Mapping[object, object]


@dataclass(frozen=True)
class Form:
    """A way to write a distribution: how to build it, and which keys may stand beside its name."""

    build: Callable[[Tree], Distribution]
    beside: tuple[str, ...] = ()


def distribution(key: str, value: object) -> Distribution:
    """Return the distribution that `value` means, or raise a `UserError` that names `key`."""
    try:
        return _read(value)
    except ValueError as error:
        raise UserError(f"{key}={brief(value)}: expected {error}") from error


def _read(value: object) -> Distribution:
    if not isinstance(value, Mapping):
        return Constant(scalar(value))
    said = {name: item for name, item in value.items() if item is not None}
    named = [name for name in said if name in FORMS]
    if len(named) != 1:
        got = "both " + " and ".join(map(str, named)) if named else "none"
        close = "" if named else "".join(nearest(str(name), FORMS) for name in said)
        hint = "; set the one that is not meant to null" if named else close
        raise ValueError(f"a value or exactly {choices(FORMS)}, got {got}{hint}")
    form = FORMS[named[0]]
    for name in said:
        if name != named[0] and name not in form.beside:
            close = nearest(str(name), form.beside)
            raise ValueError(f"nothing called {brief(name)} beside {named[0]}{close}")
    return form.build(said)


def scalar(value: object) -> Value:
    """Return a name or a finite number; YAML's booleans are the names on and off."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, str):
        return value
    return number(value)


def number(value: object) -> float:
    """Return `value` as a finite float."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise ValueError(f"a finite number, got {brief(value)}")
    return float(value)


def _pair(name: str, value: object) -> tuple[float, float]:
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) != 2:
        raise ValueError(f"{name}: [a, b], got {brief(value)}")
    return number(value[0]), number(value[1])


def _bounds(said: Tree) -> tuple[float, float]:
    return _pair("bounds", said["bounds"]) if "bounds" in said else (-inf, inf)


def _table(name: str, value: object) -> Tree:
    if not isinstance(value, Mapping) or not value:
        raise ValueError(f"{name}: {{value: ..., ...}}, got {brief(value)}")
    return value


def _uniform(said: Tree) -> Distribution:
    return Uniform(*_pair("uniform", said["uniform"]))


def _log_uniform(said: Tree) -> Distribution:
    return LogUniform(*_pair("log_uniform", said["log_uniform"]))


def _normal(said: Tree) -> Distribution:
    return Normal(*_pair("normal", said["normal"]), *_bounds(said))


def _choice(said: Tree) -> Distribution:
    weights = {
        scalar(value): number(weight) for value, weight in _table("choice", said["choice"]).items()
    }
    values = sorted(weights, key=lambda value: (isinstance(value, str), value))
    return Choice(tuple(values), tuple(weights[value] for value in values))


def _given(said: Tree) -> Distribution:
    cases = _table("cases", said.get("cases"))
    read = {flow(scalar(name)): _read(case) for name, case in cases.items()}
    return Given(str(said["given"]), tuple(sorted(read.items())))


def _scaled(said: Tree) -> Distribution:
    offset = _read(said.get("offset", 0.0))
    return Scaled(str(said["scale"]), number(said.get("by", 1.0)), offset, *_bounds(said))


def _stratified(said: Tree) -> Distribution:
    count = said.get("strata", 16)
    if isinstance(count, bool) or not isinstance(count, int):
        raise ValueError(f"strata: a whole number of at least 1, got {brief(count)}")
    return Stratified(_read(said["stratified"]), count)


def _from_table(said: Tree) -> Distribution:
    if "column" not in said:
        raise ValueError("`column` beside table")
    file, column = str(said["table"]), str(said["column"])
    digest, values = _column(str(Path(file).expanduser().absolute()), column)
    return Table(file, column, digest, values)


@lru_cache(maxsize=32)
def _column(path: str, column: str) -> tuple[str, tuple[Value, ...]]:
    """Return the hash of the Parquet file at `path` and the values of one of its columns.

    Arrow takes longer to load than everything else here, so only a run with a table pays for it.
    """
    parquet = import_module("pyarrow.parquet")
    try:
        check_table(Path(path))
        content = Path(path).read_bytes()
        names = parquet.read_schema(path).names
    except (OSError, ValueError) as error:
        raise ValueError(f"a readable Parquet file: {str(error).splitlines()[0]}") from error
    if column not in names:
        raise ValueError(f"{choices(names)} as column, got {column}{nearest(column, names)}")
    rows = parquet.read_table(path, columns=[column])[column].to_pylist()
    return sha256(content).hexdigest()[:16], tuple(scalar(row) for row in rows)


FORMS: Mapping[str, Form] = {
    "uniform": Form(_uniform),
    "log_uniform": Form(_log_uniform),
    "normal": Form(_normal, ("bounds",)),
    "choice": Form(_choice),
    "table": Form(_from_table, ("column",)),
    "given": Form(_given, ("cases",)),
    "scale": Form(_scaled, ("by", "offset", "bounds")),
    "stratified": Form(_stratified, ("strata",)),
}
"""Every way to write a distribution, by the key that names it."""
