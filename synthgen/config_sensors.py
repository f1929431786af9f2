"""Sensors of kinds of their own: what a rig's `sensors:` stands for."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from synthgen.config_camera import makes, with_make
from synthgen.errors import UserError
from synthgen.kinds import PACKAGES, load, names
from synthgen.mounting import Mount, SensorMount, Trigger
from synthgen.spec.wording import brief, choices, nearest

KEYS = ("kind", "model", "mount", "trigger")
Typed = Callable[[str, type, object], Any]
"""Returns a tree as a type, or raises a `UserError` that names the section."""


def with_sensors(
    tree: object, typed: Typed, config_dir: str | None = None, packages: Sequence[str] = PACKAGES
) -> object:
    """Return a rig's `tree` with each of its `sensors` as a `SensorMount`.

    A model may name a make by the word of its kind, e.g. `radar: ars408` for `conf/radar`'s.

    Args:
        tree: of a rig; anything that is none is returned as it is, for the door to refuse.
        typed: makes a type of a tree.
        config_dir: folder of the user's that may have makes too.
        packages: whose modules are kinds; a program may add its own, a configuration cannot.
    """
    if not isinstance(tree, Mapping) or not isinstance(tree.get("sensors"), Mapping):
        return tree
    known = names(packages)
    mounts = {}
    for name, said in tree["sensors"].items():
        place = f"rig.sensors.{name}"
        _check(place, said, known)
        kind = said["kind"]
        made = with_make(f"{place}.model.{kind}", said, makes(kind, config_dir))
        mounts[name] = _mount(place, made, known[kind], typed)
    return {**tree, "sensors": mounts}


def _check(place: str, tree: object, known: Mapping[str, str]) -> None:
    """Raise a `UserError` unless `tree` has the keys of a sensor, and a kind that is `known`."""
    if not isinstance(tree, Mapping):
        raise UserError(f"{place}={brief(tree)}: expected keys with values: {', '.join(KEYS)}")
    for key, value in tree.items():
        if key not in KEYS:
            close = nearest(str(key), KEYS) or f"; expected {choices(KEYS)}"
            raise UserError(f"{place}.{key}={brief(value)}: no such key{close}")
    for key in ("kind", "mount"):
        if key not in tree:
            raise UserError(f"{place}.{key}: missing")
    kind = tree["kind"]
    if not isinstance(kind, str) or kind not in known:
        close = nearest(str(kind), known)
        raise UserError(f"{place}.kind={brief(kind)}: expected {choices(known)}{close}")


def _mount(place: str, tree: Any, module: str, typed: Typed) -> SensorMount:
    mount = typed(f"{place}.mount", Mount, tree["mount"])
    model = typed(f"{place}.model", load(module).model, tree.get("model", {}))
    trigger = typed(f"{place}.trigger", Trigger, tree.get("trigger", {}))
    return SensorMount(kind=tree["kind"], module=module, model=model, mount=mount, trigger=trigger)
