"""The one door: what Hydra composed becomes a frozen, typed, checked run spec."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from omegaconf import OmegaConf
from pydantic import TypeAdapter, ValidationError

from synthgen.config_assets import user_assets
from synthgen.config_camera import with_makes
from synthgen.config_compose import Job, compose, start
from synthgen.config_distribution import distribution
from synthgen.config_error import COMPOSING, composing, unknown_key, validating
from synthgen.config_sensors import with_sensors
from synthgen.config_store import KEYS as STORE_KEYS
from synthgen.config_store import place
from synthgen.config_survey import KEYS as SURVEY_KEYS
from synthgen.config_survey import check_coverage, survey
from synthgen.config_task import check_task, default_out
from synthgen.config_trust import check_asking, check_file, check_targets
from synthgen.errors import UserError
from synthgen.kinds import PACKAGES
from synthgen.labels.rules import LabelRules
from synthgen.render.path.quality import PathQuality
from synthgen.rig import Rig
from synthgen.spec.coverage import Coverage
from synthgen.spec.distribution import Distribution
from synthgen.spec.image import ImageSpec, stored
from synthgen.spec.quantity import (
    CONDITIONS,
    EVENT_DEFAULTS,
    EVENT_OPTIONS,
    EVENTS,
    QUANTITIES,
    is_condition,
)
from synthgen.spec.render import RenderSpec
from synthgen.spec.run import RunSpec, formats
from synthgen.spec.shard import ClipPlan, Slice
from synthgen.spec.wording import brief, choices, nearest
from synthgen.traffic.mapfile import MOST_BYTES

MAPS = {
    "osm": ("a street map", "city.osm"),
    "opendrive": ("an OpenDRIVE map", "town.xodr"),
}
"""What the file of each place that has one is, and an example."""

Tree = Mapping[str, Any]
T = TypeVar("T")

SECTIONS = ("place", "weather", "light", "traffic", "grid", "lens")
"""Root keys whose values are drawn."""
ROOT = (
    *("task", "n", "seed", "out", "workers", "shard", "format", "rig", "render", "clip", "twin"),
    *("file", "from", "frame", "power", "events", "labels", "image", "flow", "data", "assets"),
    *("json", "cluster", *SECTIONS, *STORE_KEYS),
    *SURVEY_KEYS,
)


def read(
    overrides: Sequence[str] = (), config_dir: str | None = None, kinds: Sequence[str] = PACKAGES
) -> RunSpec:
    """Return the run that `overrides` ask for, e.g. `read(["scene=fog", "n=8"])`.

    `kinds` are the packages whose modules are kinds of sensors, see `kinds.Kind`.
    """
    return run_spec(compose(overrides, config_dir), kinds)


def run_spec(job: Job, kinds: Sequence[str] = PACKAGES) -> RunSpec:
    """Return the run that a composed configuration asks for, or raise a `UserError`."""
    try:
        spec = _run_spec(job, _section("", {"twin": {}, **job.tree}, list(ROOT)), kinds)
    except ValueError as error:
        raise UserError(str(error)) from error
    check_task(spec)
    return spec


def _run_spec(job: Job, tree: Tree, kinds: Sequence[str]) -> RunSpec:
    events, event_draws = _events(tree["events"])
    image = _image(tree["image"])
    return RunSpec(
        task=_scalar("task", str, tree["task"]),
        scene=job.scene,
        n=_scalar("n", int, tree["n"]),
        seed=_scalar("seed", int, tree["seed"]),
        workers=_workers(tree),
        cluster=_scalar("cluster", str, tree["cluster"]),
        shard=_slice(tree["shard"]),
        format=_formats(tree["task"], tree["format"]),
        rig=stored(_rig(tree["rig"], job.config_dir, kinds), image),
        render=_render(tree["render"]),
        clip=_typed("clip", ClipPlan, tree["clip"]),
        draws={**_draws(tree), **event_draws},
        events=events,
        twins=_twins(tree["twin"]),
        labels=_typed("labels", LabelRules, _from_file("labels", tree["labels"])),
        image=image,
        flow=_scalar("flow", bool, tree["flow"]),
        json=_scalar("json", bool, tree["json"]),
        source=_path("from", tree["from"]),
        frame=None if tree["frame"] is None else _scalar("frame", int, tree["frame"]),
        survey=survey(tree, _path, _scalar, _coverage(tree["coverage"])),
        command=job.overrides,
        **place(tree, default_out(job, tree) if tree["out"] is None else tree["out"], _path),
        **_map(tree),
        **user_assets(_path("assets", tree["assets"]), str(tree["assets"]), _typed),
    )


def _rig(tree: object, config_dir: str | None, kinds: Sequence[str]) -> Rig:
    """Return the rig, with the makes of its sensors and the kinds of those of other kinds."""
    made = with_makes(_from_file("rig", tree), config_dir)
    return _typed("rig", Rig, with_sensors(made, _typed, config_dir, kinds))


def _coverage(tree: object) -> Coverage:
    told = _from_file("coverage", tree)
    check_coverage(told, _check_keys)
    return _typed("coverage", Coverage, told)


def _workers(tree: Tree) -> int:
    """Return how many processes; by default the cores this one may use, 0 for a cluster's CPUs."""
    if tree["workers"] is not None:
        return _scalar("workers", int, tree["workers"])
    return len(os.sched_getaffinity(0)) if tree["cluster"] == "local" else 0


def _check_keys(place: str, tree: object, names: list[str]) -> Tree:
    if not isinstance(tree, Mapping):
        raise UserError(f"{place}={brief(tree)}: expected keys with values: {', '.join(names)}")
    for name, value in tree.items():
        if name not in names:
            raise unknown_key(place, name, value, names)
    return tree


def _section(place: str, tree: object, names: list[str]) -> Tree:
    found = _check_keys(place, tree, names)
    for name in names:
        if name not in found:
            raise UserError(f"{place}.{name}: missing".lstrip("."))
    return found


# Paths ------------------------------------------------------------------------------------------


def _path(key: str, value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str) or not value:
        raise UserError(f"{key}={brief(value)}: expected a path")
    return os.path.abspath(os.path.expanduser(value))


def _from_file(key: str, value: object) -> object:
    """Return the content of the user's file when `value` names one."""
    if not isinstance(value, Mapping) or set(value) != {"file"}:
        return value
    path = _path(key, value["file"])
    if not os.path.isfile(path):
        raise UserError(f"{key}={value['file']}: no such file")
    check_file(f"{key}={value['file']}", Path(path))
    try:
        loaded = OmegaConf.load(path)
        check_asking(OmegaConf.to_container(loaded), key)
        content = OmegaConf.to_container(loaded, resolve=True, throw_on_missing=True)
    except COMPOSING as error:
        raise composing(error) from error
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{key}={value['file']}: expected a YAML file: {error}") from error
    check_targets(content, key)
    return content


def _map(tree: Tree) -> dict[str, Any]:
    """Return path and hash of the map, which the places in `MAPS` and no others have."""
    path, said = _path("file", tree["file"]), tree["file"]
    kind = tree["place"].get("kind") if isinstance(tree["place"], Mapping) else None
    wanted = MAPS.get(kind) if isinstance(kind, str) else None
    if wanted and not path:
        raise UserError(f"file: missing; place={kind} needs {wanted[0]}, file={wanted[1]}")
    if path and not wanted:
        right = next((name for name, (_, file) in MAPS.items() if path.endswith(file[-4:])), "")
        hint = f"; did you mean place={right}?" if right else ""
        raise UserError(f"file={said}: only place={' and place='.join(MAPS)} read a map{hint}")
    if path and not os.path.isfile(path):
        fault = "is a folder, expected a map file" if os.path.isdir(path) else "no such file"
        raise UserError(f"file={said}: {fault}")
    if path and os.path.getsize(path) > MOST_BYTES:
        size = f"{os.path.getsize(path):,} bytes"
        raise UserError(f"file={said}: {size}, expected at most {MOST_BYTES:,}")
    try:
        found = sha256(Path(path).read_bytes()).hexdigest()[:16] if path else ""
    except OSError as error:
        raise UserError(f"file={said}: {error.strerror}") from error
    return {"file": path, "file_digest": found}


# Images -----------------------------------------------------------------------------------------


def _image(tree: object) -> ImageSpec:
    found = _section("image", tree, [field.name for field in fields(ImageSpec)])
    return ImageSpec(
        format=_scalar("image.format", str, found["format"]),
        quality=_scalar("image.quality", int, found["quality"]),
        chroma=_scalar("image.chroma", int, found["chroma"]),
    )


# Rendering --------------------------------------------------------------------------------------


def _render(tree: object) -> RenderSpec:
    """Return the renderer; the keys beside its name are its own."""
    named = tree if isinstance(tree, Mapping) else _section("render", tree, ["name"])
    name = _scalar("render.name", str, named.get("name"))
    own = {key: value for key, value in named.items() if key != "name"}
    if name == "path":
        _check_keys("render", named, ["name", *(field.name for field in fields(PathQuality))])
        return RenderSpec(name=name, path=_typed("render", PathQuality, own))
    _section("render", named, ["name"])
    return RenderSpec(name=name)


# Scalars ----------------------------------------------------------------------------------------


def _slice(value: object) -> Slice:
    first, slash, second = str(value).partition("/")
    if not slash or not first.strip().isdecimal() or not second.strip().isdecimal():
        raise UserError(f"shard={brief(value)}: expected i/k with 0 <= i < k")
    return Slice(int(first), int(second))


def _formats(task: object, value: object) -> tuple[str, ...]:
    known = formats(str(task))
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not names:
        raise UserError(f"format={brief(value)}: expected a list of {', '.join(known)}")
    for name in names:
        if name not in known:
            close = nearest(str(name), known)
            doing = " when exporting" if task == "export" else ""
            raise UserError(f"format={brief(name)}: expected {choices(known)}{doing}{close}")
    return tuple(sorted(set(names)))


# Draws ------------------------------------------------------------------------------------------


def _draws(tree: Tree) -> dict[str, Distribution]:
    """Return the distribution of every quantity."""
    for section in SECTIONS:
        names = [key.split(".")[1] for key in QUANTITIES if key.startswith(f"{section}.")]
        _section(section, tree[section], list(dict.fromkeys(names)))
    shares = [key.rsplit(".", 1)[1] for key in QUANTITIES if key.startswith("traffic.shares.")]
    _check_keys("traffic.shares", tree["traffic"]["shares"], shares)
    return {key: distribution(key, _at(tree, key)) for key in QUANTITIES}


def _at(tree: Tree, key: str) -> object:
    """Return what `tree` says of `key`; a kind of road user that is not named weighs nothing."""
    node: Any = tree
    for part in key.split("."):
        node = node.get(part)
    if node is None and key.startswith("traffic.shares."):
        return 0.0
    if node is None:
        raise UserError(f"{key}: missing; expected {QUANTITIES[key].expected()}")
    return node


def _names(tree: Tree, key: str) -> bool:
    """Return whether `tree` says anything of `key`."""
    node: Any = tree
    for part in key.split("."):
        if not isinstance(node, Mapping) or part not in node:
            return False
        node = node[part]
    return True


def _twins(tree: object) -> tuple[tuple[str, Mapping[str, Distribution]], ...]:
    """Return the name of each twin, and the distributions that it has of its own."""
    if not isinstance(tree, Mapping):
        raise UserError(f"twin={brief(tree)}: expected a list, e.g. twin=[rain,fog,night]")
    return tuple((name, _conditions(f"twin.{name}", said)) for name, said in tree.items())


def _conditions(place: str, tree: object) -> dict[str, Distribution]:
    """Return the distributions that the twin at `place` has of its own.

    A section that it names starts from what `config.yaml` says where no weather or light does.
    """
    known = [key for key in QUANTITIES if is_condition(key)]
    found: dict[str, Distribution] = {}
    for section, said in _check_keys(place, tree, list(CONDITIONS)).items():
        rows = {section: said} if section in known else {}
        if not rows:
            names = [key.split(".")[1] for key in known if key.startswith(f"{section}.")]
            own = _check_keys(f"{place}.{section}", said, list(dict.fromkeys(names)))
            for whole in ({section: start(section)}, {section: own}):
                rows |= {key: _at(whole, key) for key in known if _names(whole, key)}
        found |= {key: distribution(key, value) for key, value in rows.items()}
    return found


def _events(value: object) -> tuple[tuple[str, ...], dict[str, Distribution]]:
    """Return the kind of each event, and the distributions of their numbers."""
    if not isinstance(value, list):
        raise UserError(f"events={brief(value)}: expected a list, e.g. [{{companion: {{...}}}}]")
    kinds, draws = [], {}
    for number, event in enumerate(value):
        place = f"events.{number}"
        if not isinstance(event, Mapping) or len(event) != 1:
            raise UserError(f"{place}={brief(event)}: expected {choices(EVENTS)} with its keys")
        kind = next(iter(event))
        _check_keys(place, event, list(EVENTS))
        own = _check_keys(f"{place}.{kind}", event[kind], list(EVENTS[kind]))
        said = {**EVENT_DEFAULTS.get(kind, {}), **own}
        names = [n for n in EVENTS[kind] if n in said or n not in EVENT_OPTIONS.get(kind, ())]
        _section(f"{place}.{kind}", said, names)
        kinds.append(kind)
        draws.update({f"{place}.{n}": distribution(f"{place}.{n}", said[n]) for n in names})
    return tuple(kinds), draws


# Types ------------------------------------------------------------------------------------------


def _scalar(key: str, kind: type[T], value: object) -> T:
    """Return `value` if it is a `kind` and nothing that only resembles one."""
    try:
        return TypeAdapter(kind).validate_python(value, strict=True)
    except ValidationError as error:
        raise validating(key, error) from error


def _typed(section: str, kind: type[T], tree: object) -> T:
    """Return `tree` as a `kind`, without keys that `kind` does not have."""
    try:
        made = TypeAdapter(kind).validate_python(tree)
    except ValidationError as error:
        raise validating(section, error) from error
    _check_fields(section, made, tree)
    return made


def _check_fields(place: str, made: object, tree: object) -> None:
    """Raise a `UserError` for a key of `tree` that became no field of `made`."""
    if isinstance(tree, Mapping) and is_dataclass(made):
        names = [field.name for field in fields(made)]
        _check_keys(place, tree, names)
        for name, value in tree.items():
            _check_fields(f"{place}.{name}", getattr(made, name), value)
    elif isinstance(tree, Mapping) and isinstance(made, Mapping):
        for name, value in tree.items():
            _check_fields(f"{place}.{name}", made.get(name), value)
    elif isinstance(tree, list) and isinstance(made, tuple):
        for number, value in enumerate(tree):
            _check_fields(f"{place}.{number}", made[number], value)
