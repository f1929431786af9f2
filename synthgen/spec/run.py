"""A run: what one command asks for, before any draw is made."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from graphlib import CycleError, TopologicalSorter

from synthgen import exports
from synthgen.assets.imported.manifest import Asset
from synthgen.labels.rules import LabelRules
from synthgen.rig import Rig
from synthgen.spec.distribution import Distribution
from synthgen.spec.encounters import Asked, check_encounters
from synthgen.spec.identity import digest, plain
from synthgen.spec.image import ImageSpec
from synthgen.spec.quantity import PER_SHARD, ROAD_USERS, quantity
from synthgen.spec.render import RenderSpec
from synthgen.spec.shard import ClipPlan, Shard, Slice, shards
from synthgen.spec.support import Support
from synthgen.spec.survey import SURVEYS, Survey
from synthgen.spec.wording import brief, choices, flow, nearest

TASKS = ("generate", "preview", "verify", "merge", "export", "rig", "status", "estimate",
         "fetch", "replay", *SURVEYS)  # fmt: skip
FORMATS = ("kitti", "coco")
CLUSTERS = ("local", "ray")
BASE = "base"
"""What tables call the scene's own conditions where they name twins."""
NOT_IDENTITY = frozenset(
    {
        "task",
        "n",
        "out",
        "store",
        "workers",
        "cluster",
        "shard",
        "data",
        "file",
        "assets_folder",
        "source",
        "frame",
        "survey",
        "json",
        "command",
    }
)
"""What does not change a frame. Maps and assets count by their content, not by where they lie."""
_DEFAULTS = {"twins": (), "image": ImageSpec(), "flow": False}
"""What does not count where it is as it was before there was such a choice."""


@dataclass(frozen=True, kw_only=True)
class RunSpec:
    """One command, complete.

    Attributes:
        task: one of `TASKS`.
        scene: name of the scene.
        n: frames in the data set.
        seed: of every random stream.
        out: absolute path of the data set's folder, or, with a `store`, of the local folder where
            shards are built and wait to be sent.
        workers: processes; 0, on a cluster only, as many as it has CPUs.
        cluster: one of `CLUSTERS`: processes of this machine, or tasks of Ray.
        shard: which part of the shards this run makes.
        format: writers, in alphabetical order; when exporting, formats to export to.
        rig: the sensors and where they sit.
        render: what makes colour.
        clip: how clips are cut into frames.
        draws: distribution by key, see `quantity.QUANTITIES`, and `events.N.*`.
        events: kind of each event, in the order of their keys in `draws`.
        twins: conditions that every moment is shown in too: name and what of `draws` they replace.
        labels: what the formats make of the labels.
        image: how images are stored; cameras of the `rig` compress them where they are JPEGs.
        flow: whether optical flow and scene flow are written.
        file: absolute path of the map, empty when the city is generated.
        file_digest: of the map's content, empty without a map.
        assets: what the manifest says of the user's own designs.
        assets_folder: absolute path of the folder with their files, empty without.
        assets_digest: of the content of these files, empty without.
        data: absolute path or address of the data set to read, or empty.
        source: absolute path of calibration files to make a rig of, or empty.
        frame: number of the one to make again, or None.
        store: address of the folder in a store that what is finished goes to, empty without.
        survey: what audits, plans, fills and receipts are told.
        json: whether the status is one JSON object.
        command: the arguments as typed, for the record.
    """

    task: str
    scene: str
    n: int
    seed: int
    out: str
    workers: int
    shard: Slice
    format: tuple[str, ...]
    rig: Rig
    render: RenderSpec
    clip: ClipPlan
    draws: Mapping[str, Distribution]
    events: tuple[str, ...] = ()
    twins: tuple[tuple[str, Mapping[str, Distribution]], ...] = ()
    labels: LabelRules
    image: ImageSpec = field(default_factory=ImageSpec)
    flow: bool = False
    file: str = ""
    file_digest: str = ""
    assets: tuple[Asset, ...] = ()
    assets_folder: str = ""
    assets_digest: str = ""
    data: str = ""
    source: str = ""
    frame: int | None = None
    store: str = ""
    cluster: str = "local"
    survey: Survey = field(default_factory=Survey)
    json: bool = False
    command: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _check_cluster(self.cluster, self.task)
        least_workers = int(self.cluster == "local")
        for key, least in (("n", 1), ("workers", least_workers), ("seed", 0), ("frame", 0)):
            value = getattr(self, key)
            if value is not None and value < least:
                raise ValueError(f"{key}={value}: expected a whole number of at least {least}")
        _check_name("task", self.task, TASKS)
        if self.json and self.task != "status":
            raise ValueError(f"json=true: expected task=status, got task={self.task}")
        known = formats(self.task)
        for name in self.format:
            _check_name("format", name, known)
        if not self.format or len(set(self.format)) < len(self.format):
            raise ValueError(f"format={flow(self.format)}: expected {choices(known)}, each once")
        reach = check_draws(self.draws, self.events)
        for name, own in self.twins:
            _check_twin(name, {**self.draws, **own}, self.events)
        _check_sensors(self.rig)
        _check_lenses(self.render, self.rig)
        check_encounters(Asked(self.draws, reach, self.events), self.clip, self.rig)

    @cached_property
    def identity(self) -> str:
        """Hash of everything that decides what a frame looks like."""
        unused = {name for name, default in _DEFAULTS.items() if getattr(self, name) == default}
        kept = [each.name for each in fields(self) if each.name not in NOT_IDENTITY | unused]
        return digest({name: getattr(self, name) for name in kept})

    def shards(self) -> tuple[Shard, ...]:
        """Return the shards that this run makes."""
        return shards(self.n, self.clip.frames, self.shard)

    def plain(self) -> dict[str, object]:
        """Return everything as JSON-able values, for the record."""
        return {each.name: plain(getattr(self, each.name)) for each in fields(self)}


def formats(task: str) -> tuple[str, ...]:
    """Return the formats that `task` may write."""
    return exports.names() if task == "export" else FORMATS


def _check_name(key: str, name: str, names: tuple[str, ...]) -> None:
    if name not in names:
        raise ValueError(f"{key}={name}: expected {choices(names)}{nearest(name, names)}")


def _check_cluster(name: str, task: str) -> None:
    _check_name("cluster", name, CLUSTERS)
    if name != "local" and task in ("export", *SURVEYS):
        raise ValueError(f"cluster={name}: task={task} works on this machine; expected local")


def _check_twin(name: str, draws: Mapping[str, Distribution], events: Sequence[str]) -> None:
    """Raise a `ValueError` for a name that is no folder's, or draws that make no sense."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or name == BASE:
        raise ValueError(
            f"twin={name}: expected a name of small letters, digits and _ other than {BASE}"
        )
    try:
        check_draws(draws, events)
    except ValueError as error:
        raise ValueError(f"twin.{name}.{error}") from error


def _check_sensors(rig: Rig) -> None:
    """Raise a `ValueError` for a rig without the first camera and lidar that labels refer to."""
    for key, found in (("cameras", rig.cameras), ("lidars", rig.lidars)):
        if not found:
            raise ValueError(f"rig.{key}={{}}: expected at least one, which KITTI's files are of")


def _check_lenses(render: RenderSpec, rig: Rig) -> None:
    """Raise a `ValueError` where a renderer cannot draw what a camera of the rig sees."""
    for name, camera in rig.cameras.items():
        kind = camera.model.projection_model
        if render.name == "raster" and kind != "pinhole":
            raise ValueError(
                f"render=raster: camera {name} has projection_model={kind}, expected pinhole: "
                "a rasteriser draws straight lines straight; take render=raycast"
            )
        if render.name == "raster" and camera.model.row_time:
            raise ValueError(
                f"render=raster: camera {name} has row_time={camera.model.row_time}, expected 0: "
                "a rasteriser draws all rows at one time; take render=raycast"
            )


def draw_order(draws: Mapping[str, Distribution]) -> tuple[str, ...]:
    """Return the keys of `draws`, each after those it depends on."""
    for key, distribution in draws.items():
        for need in distribution.needs():
            if need not in draws:
                close = nearest(need, draws)
                raise ValueError(
                    f"{key}={brief(distribution.form())}: expected a drawn key, got {need}{close}"
                )
            if key in PER_SHARD:
                raise ValueError(
                    f"{key}={brief(distribution.form())}: expected no dependence: "
                    "it is drawn once for all clips of a shard"
                )
    try:
        wanted = {key: sorted(set(draws[key].needs())) for key in sorted(draws)}
        return tuple(TopologicalSorter(wanted).static_order())
    except CycleError as error:
        ring = " -> ".join(error.args[1])
        raise ValueError(
            f"{error.args[1][0]}: draws depend on each other in a ring, {ring}"
        ) from error


def check_draws(
    draws: Mapping[str, Distribution], events: Sequence[str] = ()
) -> Mapping[str, Support]:
    """Return which values each key may have.

    Raises:
        ValueError: one that can be drawn makes no sense.
    """
    known: dict[str, Support] = {}
    for key in draw_order(draws):
        written = f"{key}={brief(draws[key].form())}"
        try:
            known[key] = draws[key].support(known)
        except ValueError as error:
            raise ValueError(f"{written}: expected {error}") from error
        allowed = quantity(key, events)
        odd = allowed.fault(known[key])
        if odd:
            reach = (
                ""
                if odd == flow(draws[key].form())
                else f" (can be {odd}{': give bounds' if 'inf' in odd else ''})"
            )
            raise ValueError(f"{written}: expected {allowed.expected()}{allowed.hint(odd)}{reach}")
    shares = [known[f"traffic.shares.{kind}"].low for kind in ROAD_USERS]
    if sum(shares) <= 0:
        raise ValueError("traffic.shares: expected at least one kind that never weighs 0")
    return known
