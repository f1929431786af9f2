"""Definitions of coverage as ASAM OpenODD 1.0, and back; needs the extra `odd`.

An axis is a concept of the taxonomy, `frame.NAME` or `object.NAME`; how it is measured and cut
stands in a binding, a file of the package openodd beside the standard's. A target is a module that
a situation asks for. What one side cannot say is listed, not dropped in silence.

Source: ASAM OpenODD 1.0.0, 2025, taxonomy, modules and include expressions; openodd-py 0.13.0 for
bindings and situations.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

from synthgen.coverage.definition import bins_of, named
from synthgen.coverage.properties import PROPERTIES, factor
from synthgen.errors import UserError
from synthgen.spec.coverage import Axis, Coverage, Place, Target, bounds

TYPES = {
    "m": "float length", "km": "float length", "deg": "float angle", "rad": "float angle",
    "m/s": "float velocity", "km/h": "float velocity", "mm/h": "float precipitation_rate",
    "lx": "float illuminance",
}  # fmt: skip
"""Type of a concept by unit; a plain float where OpenODD has no such unit."""
ENDLESS = float("inf")
_SPAN = re.compile(r"(\S+) in \[(\S+) \.\. (\S+)\]")
_LIST = re.compile(r"(\S+) in \[(.+)\]")
_LEAST = re.compile(r"(\S+) >= (\S+)")


@dataclass(frozen=True)
class Odd:
    """A definition as OpenODD.

    Attributes:
        document: the standard's: taxonomy and modules.
        binding: openodd's: how concepts are measured and cut, what situations are asked for.
        lost: what neither can say.
    """

    document: Mapping[str, Any]
    binding: Mapping[str, Any]
    lost: tuple[str, ...]


# Out --------------------------------------------------------------------------------------------


def exported(coverage: Coverage) -> Odd:
    """Return `coverage` as OpenODD."""
    lost = [f"cells {' x '.join(crossing)}" for crossing in coverage.cells]
    taxonomy: dict[str, dict[str, Any]] = {"frame": {}, "object": {}}
    probes = {}
    for name, told in coverage.axes.items():
        lost += [f"axis {name}: {what}" for what in _unsaid(told)]
        axis = _listed(name, told, coverage.targets)
        if axis.bins:
            room, _, leaf = _concept(name, axis).partition(".")
            taxonomy[room][leaf] = _type(axis)
            probes[_concept(name, axis)] = _probe(axis)
    modules, situations = {}, {}
    for number, target in enumerate(coverage.targets):
        wheres = {axis: _expression(coverage.axes[axis], at) for axis, at in target.where.items()}
        if target.want is None or None in wheres.values():
            lost.append(f"target t{number:02}: {named(target.where, coverage.axes)}")
            continue
        concepts = {_concept(axis, coverage.axes[axis]): one for axis, one in wheres.items()}
        title = named(target.where, coverage.axes)
        modules[f"t{number:02}"] = {"TITLE": title, "INCLUDE_AND": concepts}
        situations[f"t{number:02}"] = {"target": target.want}
    document = {"TAXONOMY": {room: said for room, said in taxonomy.items() if said}}
    if modules:
        document["MODULES"] = modules
    return Odd(document, {"probes": probes, "situations": situations}, tuple(lost))


def _concept(name: str, axis: Axis) -> str:
    return f"{'object' if PROPERTIES[axis.column].of_object else 'frame'}.{name}"


def _listed(name: str, axis: Axis, targets: Iterable[Target]) -> Axis:
    """Return `axis` with the names that targets ask for where it takes any; OpenODD lists all."""
    if axis.bins:
        return axis
    asked = [one for target in targets for one in bins_of(target.where.get(name, ()))]
    return replace(axis, values=tuple(dict.fromkeys(asked)))


def _type(axis: Axis) -> str | list[str]:
    unit = PROPERTIES[axis.column].unit
    if unit:
        return TYPES.get(axis.unit or unit, "float")
    return list(axis.values)


def _probe(axis: Axis) -> dict[str, Any]:
    unit = PROPERTIES[axis.column].unit
    probe: dict[str, Any] = {"probe": axis.column}
    if unit:
        edges = [float(edge) for edge in axis.edges if abs(edge) < ENDLESS]
        return {**probe, "unit": axis.unit or unit, "buckets": edges}
    return {**probe, "values": list(axis.values)}


def _unsaid(axis: Axis) -> Iterator[str]:
    """Yield what OpenODD does not say of an axis."""
    if not axis.bins:
        yield "that any name is one"
    if axis.names:
        yield f"names of bins {', '.join(axis.names)}"
    if axis.edges and axis.edges[-1] == ENDLESS:
        yield "that the last bin has no end"


def _expression(axis: Axis, place: Place) -> str | list[str] | None:
    """Return a condition on a concept; None where it cannot be said."""
    unit = PROPERTIES[axis.column].unit
    if not unit:
        return list(bins_of(place))
    ends = bounds(place)
    if not ends:
        if len(bins_of(place)) > 1:
            return None
        ends = axis.bounds(bins_of(place)[0])
    said = "" if (axis.unit or unit) == "1" else f" {axis.unit or unit}"
    if ends[1] == ENDLESS:
        return f">= {ends[0]:g}{said}"
    return f"[{ends[0]:g} .. {ends[1]:g}]{said}"


# In ---------------------------------------------------------------------------------------------


def imported(path: Path) -> tuple[Coverage, tuple[str, ...]]:
    """Return the definition in an OpenODD document or a binding, and what of it is lost.

    A concept becomes an axis when its probe, or else the end of its name, is a property. Bounds
    become [low, high): OpenODD's upper end belongs to a range.

    Raises:
        UserError: when the extra is not installed, or the file is not OpenODD.
    """
    odd = _load(path)
    lost: list[str] = []
    axes: dict[str, Axis] = {}
    for attribute in odd.attributes:
        name, axis = _axis(attribute)
        if isinstance(axis, str) or name in axes:
            lost.append(f"{attribute.name}: {axis if isinstance(axis, str) else 'there already'}")
        else:
            axes[name] = axis
    targets = []
    for module in odd.describe()["modules"]:
        found = _target(module, axes)
        if isinstance(found, str):
            lost.append(f"module {module['name']}: {found}")
        else:
            targets.append(found)
    return Coverage(axes=axes, targets=tuple(targets)), tuple(lost)


def _load(path: Path) -> Any:
    try:
        openodd = import_module("openodd")
    except ImportError as error:
        raise UserError("OpenODD: expected the extra odd, requirements-odd.lock") from error
    readers = {"measure": lambda spec: (_nothing, "")}
    probes = _Anything(dict.fromkeys(PROPERTIES, (_nothing, "")))
    backend = openodd.Backend(readers=readers, probes=probes, allow_imports=False)
    try:
        return openodd.load_odd_file(path, backend=backend)
    except (ValueError, OSError) as error:
        raise UserError(f"{path}: expected OpenODD: {error}") from error


class _Anything(dict):
    """Probes of any name: nothing is measured here."""

    def __contains__(self, name: object) -> bool:
        return True

    def __missing__(self, name: str) -> tuple[Any, str]:
        return _nothing, ""


def _nothing(context: object) -> None:
    return None


def _axis(attribute: Any) -> tuple[str, Axis | str]:
    """Return name and axis of a concept, or why there is none."""
    leaf = attribute.name.rpartition(".")[2]
    spec = attribute.source[1]
    column = spec if spec in PROPERTIES else leaf
    if column not in PROPERTIES:
        return leaf, "no such property"
    found, item = PROPERTIES[column], attribute.item
    if not found.unit:
        return leaf, Axis(column=column, values=tuple(item.values or ()) if item else ())
    if item is None or not item.buckets:
        return leaf, "no buckets"
    unit = attribute.unit or ("" if found.unit in ("1", "px") else "not told")
    if factor(column, unit) is None:
        return leaf, f"unit {unit}"
    return leaf, Axis(column=column, unit=unit, edges=tuple(item.buckets))


def _target(module: Mapping[str, Any], axes: Mapping[str, Axis]) -> Target | str:
    """Return the target that a module is, or why it is none."""
    if "situation" not in module:
        return "not asked for as a situation"
    if {key for key in module if key.startswith(("include", "exclude"))} != {"include_and"}:
        return "more than INCLUDE_AND"
    where: dict[str, Place] = {}
    for said in module["include_and"]:
        name, place = _place(said)
        if place is None or name not in axes:
            return f"condition {said}"
        where[name] = place
    return Target(where=where, want=max(1, int(module["situation"]["target"])))


def _place(said: str) -> tuple[str, Place | None]:
    """Return axis and place of a condition as openodd describes it."""
    span, least, names = (one.fullmatch(said) for one in (_SPAN, _LEAST, _LIST))
    if span:
        return _leaf(span[1]), (float(span[2]), float(span[3]))
    if least:
        return _leaf(least[1]), (float(least[2]), ENDLESS)
    if names:
        listed = tuple(names[2].split(", "))
        return _leaf(names[1]), listed if len(listed) > 1 else listed[0]
    return "", None


def _leaf(concept: str) -> str:
    return concept.rpartition(".")[2]
