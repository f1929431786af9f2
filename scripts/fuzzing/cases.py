"""Command lines with hostile values and spoilt files, drawn by hypothesis."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from fuzzing import seeds
from fuzzing.hostile import damaged, places, spoilt_json, spoilt_lines, spoilt_yaml, values
from synthgen.config_compose import compose

GROUPS = ("scene", "place", "weather", "light", "lens", "rig", "render", "clip", "labels",
          "coverage", "twin")  # fmt: skip
SURE = ("task", "out", "workers")
"""Keys that the case itself sets, last."""


@dataclass(frozen=True)
class Case:
    """A command line and the files around it.

    Attributes:
        kind: what is spoilt.
        arguments: of the command line, without those of `SURE`.
        task: that is asked for.
        out: where it writes.
        files: content by path below the case's folder.
        stock: folder that is copied there as `data` first, empty for none.
    """

    kind: str
    arguments: tuple[str, ...]
    task: str = "generate"
    out: str = "made"
    files: Mapping[str, bytes] = field(default_factory=dict)
    stock: str = ""

    @property
    def line(self) -> list[str]:
        """The whole command line."""
        return [*self.arguments, f"task={self.task}", "workers=1", f"out={self.out}"]


@cache
def keys() -> list[str]:
    """Return every key that a configuration may set."""
    tree = dict(compose([]).tree)
    ways = [way for way in places(tree) if way and way[0] not in SURE]
    return [".".join(map(str, way)) for way in ways if all(isinstance(key, str) for key in way)]


def _word(value: Any) -> str:
    """Return a value as Hydra's grammar has it, or nearly."""
    if isinstance(value, dict):
        inner = ", ".join(f"{_word(key)}: {_word(item)}" for key, item in value.items())
        return f"{{{inner}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_word, value))}]"
    if isinstance(value, str):
        return "'" + value.replace("'", "\\'") + "'"
    return json.dumps(value)


@st.composite
def _override(draw: Callable) -> str:
    key = draw(st.one_of(st.sampled_from(keys()), st.sampled_from(keys()), st.text(max_size=8)))
    sign = draw(st.sampled_from(("", "", "", "", "+", "++", "~")))
    value = draw(values())
    raw = draw(st.booleans())
    return f"{sign}{key}={str(value) if raw else _word(value)}"


@st.composite
def _group(draw: Callable) -> str:
    group = draw(st.sampled_from(GROUPS))
    names = [path.stem for path in sorted((seeds.TOP / "conf" / group).glob("*.yaml"))]
    name = draw(st.one_of(st.sampled_from(names), st.sampled_from(names), st.text(max_size=8)))
    sign = draw(st.sampled_from(("", "", "", "+", "~")))
    return f"{sign}{group}={name}"


def overrides() -> st.SearchStrategy[Case]:
    """Return command lines of one to three odd settings."""
    one = st.one_of(_override(), _override(), _group())
    return st.lists(one, min_size=1, max_size=3).map(lambda some: Case("overrides", tuple(some)))


def _of_group(group: str) -> st.SearchStrategy[Case]:
    names = sorted(path.name for path in (seeds.TOP / "conf" / group).glob("*.yaml"))
    spoilt = st.sampled_from(names).flatmap(lambda name: spoilt_yaml(seeds.conf(f"{group}/{name}")))
    path = f"conf/{group}/mine.yaml"
    asked = ("--config-dir=conf", f"{group}={'[mine]' if group == 'twin' else 'mine'}")
    return spoilt.map(lambda text: Case(f"conf/{group}", asked, files={path: text}))


def choices() -> st.SearchStrategy[Case]:
    """Return spoilt files of a folder of configuration."""
    return st.sampled_from([one for one in GROUPS if one != "twin"]).flatmap(_of_group)


def _mine(key: str, text: bytes) -> Case:
    return Case(f"{key}=", (f"{key}=mine.yaml",), files={"mine.yaml": text})


def own_files() -> st.SearchStrategy[Case]:
    """Return spoilt rigs, makes, label rules and definitions of coverage."""
    rig = seeds.conf("rig/kitti.yaml")
    makes = seeds.conf("camera/ar0231at.yaml")
    with_make = rig.replace(b"camera: flea2", b"camera: make.yaml")
    return st.one_of(
        *(
            spoilt_yaml(content).map(lambda text, key=key: _mine(key, text))
            for key, content in (
                ("rig", rig), ("labels", seeds.conf("labels/default.yaml")),
                ("coverage", seeds.coverage()), ("rig", seeds.conf("rig/nuscenes.yaml")),
            )
        ),
        spoilt_yaml(makes).map(lambda text: Case(
            "make", ("rig=mine.yaml",), files={"mine.yaml": with_make, "make.yaml": text})),
    )  # fmt: skip


def assets() -> st.SearchStrategy[Case]:
    """Return folders of assets with one spoilt file."""
    model = {"assets.yaml": seeds.manifest("a.glb"), "a.glb": seeds.glb()}
    lines = {"assets.yaml": seeds.manifest("a.obj"), **seeds.obj()}
    wholes = [(model, "a.glb"), (model, "a.glb"), (model, "assets.yaml"), (lines, "a.obj"),
              (lines, "a.mtl"), (lines, "a.png")]  # fmt: skip
    return st.one_of(*(_asset(whole, name) for whole, name in wholes))


def _asset(whole: Mapping[str, bytes], name: str) -> st.SearchStrategy[Case]:
    spoil = spoilt_yaml if name.endswith("yaml") else damaged
    return spoil(whole[name]).map(lambda content: Case(
        f"assets/{name}", ("assets=things",),
        files={f"things/{key}": data for key, data in {**whole, name: content}.items()},
    ))  # fmt: skip


def maps() -> st.SearchStrategy[Case]:
    """Return spoilt street maps."""
    both = (("osm", "a.osm", seeds.street_map()), ("opendrive", "a.xodr", seeds.drive_map()))
    return st.one_of(*(
        damaged(content).map(lambda text, place=place, name=name: Case(
            place, (f"place={place}", f"file={name}"), files={name: text}))
        for place, name, content in both
    ))  # fmt: skip


def plans() -> st.SearchStrategy[Case]:
    """Return spoilt plans."""
    return spoilt_lines(seeds.plan()).map(lambda text: Case(
        "plan", ("plan=a.jsonl",), task="fill", files={"a.jsonl": text}))  # fmt: skip


def calibrations() -> st.SearchStrategy[Case]:
    """Return spoilt calibration files."""
    found = [
        ("cal/000000.txt", seeds.calibration()),
        ("cal", seeds.ros()),
        ("cal", seeds.records()),
    ]
    return st.one_of(*(_calibration(said, files, name) for said, files in found for name in files))


def _calibration(said: str, files: Mapping[str, bytes], name: str) -> st.SearchStrategy[Case]:
    spoil = {"json": spoilt_json, "yaml": spoilt_yaml, "txt": damaged}[name.rpartition(".")[2]]
    return spoil(files[name]).map(lambda content: Case(
        f"from={name}", (f"from={said}",), task="rig", out="made/rig.yaml",
        files={f"cal/{key}": data for key, data in {**files, name: content}.items()},
    ))  # fmt: skip


def foreign() -> st.SearchStrategy[Case]:
    """Return spoilt labels of other people's data sets."""
    sorts = (("coco", "d/instances_train.json", seeds.coco(), spoilt_json),
             ("scalabel", "d/labels.json", seeds.scalabel(), spoilt_json),
             ("kitti", "d/training/label_2/000000.txt", seeds.kitti(), damaged),
             ("table", "d/objects.csv", seeds.table(), damaged))  # fmt: skip
    return st.one_of(*(
        spoil(content).map(lambda text, sort=sort, path=path: Case(
            f"audit of {sort}", (f"data_format={sort}", "data=d"), "audit", files={path: text}))
        for sort, path, content, spoil in sorts
    ))  # fmt: skip


# Of the stock -----------------------------------------------------------------------------------


def own_data(stock: Path) -> st.SearchStrategy[Case]:
    """Return data sets of ours with one spoilt record or table, for every task that reads them."""
    home = stock / "data"
    names = ("run.json", "shards/000000/manifest.json", "shards/000000/frames.parquet",
             "shards/000001/objects.parquet", "shards/000000/coco/instances.json")  # fmt: skip
    tasks = (("verify", ("data=data",), "made"), ("export", ("data=data", "format=[coco]"), "made"),
             ("merge", (), "data"), ("audit", ("data=data",), "made"))  # fmt: skip
    there = [name for name in names if (home / name).is_file()]
    return _of_stock(home, there, tasks, lambda name, content: {f"data/{name}": content})


def audits(stock: Path) -> st.SearchStrategy[Case]:
    """Return spoilt audits, to plan from and to hold data against."""
    home = stock / "audit"
    names = ["audit.json", "audit.json", *sorted(path.name for path in home.glob("*.parquet"))]
    tasks = (
        ("plan", ("audit=data",), "made/plan.jsonl"),
        ("receipt", ("audit=data", "data=data"), "made"),
    )
    return _of_stock(home, names, tasks, lambda name, content: _sealed(home, name, content))


def _of_stock(
    home: Path,
    names: Sequence[str],
    tasks: Sequence[tuple[str, tuple[str, ...], str]],
    files: Callable[[str, bytes], Mapping[str, bytes]],
) -> st.SearchStrategy[Case]:
    """Return cases with one of `names` spoilt, for each of `tasks`: name, arguments, out.

    What lies in `home` is copied as `data`; `files` are those written over it.
    """

    def spoilt(name: str, task: tuple[str, tuple[str, ...], str]) -> st.SearchStrategy[Case]:
        spoil = spoilt_json if name.endswith("json") else damaged
        doing, asked, out = task
        return spoil((home / name).read_bytes()).map(lambda content: Case(
            f"{doing} of {name}", asked, task=doing, out=out, stock=home.name,
            files=files(name, content),
        ))  # fmt: skip

    return st.tuples(st.sampled_from(names), st.sampled_from(tasks)).flatmap(
        lambda both: spoilt(*both)
    )


def _sealed(home: Path, name: str, content: bytes) -> Mapping[str, bytes]:
    """Return a file of an audit, and the record that vouches for it as it now is."""
    if name == "audit.json":
        return {f"data/{name}": content}
    told = json.loads((home / "audit.json").read_bytes())
    told["files"][name] = sha256(content).hexdigest()
    return {f"data/{name}": content, "data/audit.json": json.dumps(told).encode()}


def quick() -> Mapping[str, st.SearchStrategy[Case]]:
    """Return cases that need no engine and no data set, by sort."""
    return {"overrides": overrides(), "groups": choices(), "files": own_files(), "plans": plans(),
            "calibrations": calibrations()}  # fmt: skip


def every(stock: Path) -> Mapping[str, st.SearchStrategy[Case]]:
    """Return cases of all sorts; `stock` is what `stock.make` made."""
    return {**quick(), "assets": assets(), "maps": maps(), "foreign": foreign(),
            "data": own_data(stock), "audits": audits(stock)}  # fmt: skip
