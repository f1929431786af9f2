"""`task=export`: a finished data set in other formats, nothing rendered again.

out/FORMAT/                whole, or not there; export.json says of what it is made
out/.parts/FORMAT/000012/  what shard 12 became, so that a stopped or grown export goes on; it
                           counts when 000012.json beside it says that it is made of that shard
"""

import json
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

from synthgen.errors import UserError
from synthgen.export import Export, Part
from synthgen.jobs.delivery import RECEIPT, deliver_export
from synthgen.jobs.pool import Stopped, work_through
from synthgen.jobs.progress import bar
from synthgen.jobs.signals import INTERRUPTED, listening
from synthgen.readers.dataset import DataSet, open_dataset
from synthgen.spec.plain_json import parsed
from synthgen.spec.run import RunSpec


@dataclass(frozen=True)
class Order:
    """What to export where to.

    Attributes:
        source: folder of the data set.
        out: folder that gets a folder for each format.
        formats: names.
    """

    source: Path
    out: Path
    formats: tuple[str, ...]

    @cached_property
    def data(self) -> DataSet:
        """The data set."""
        return open_dataset(self.source)

    def part(self, name: str, shard: int) -> Path:
        """Return where the part of a shard stands."""
        return self.out / ".parts" / name / f"{shard:06d}"

    @property
    def tasks(self) -> list[tuple[str, int]]:
        """Format and position among the shards of every part."""
        count = len(self.data.shards)
        return [(name, number) for name in self.formats for number in range(count)]


def export(run: RunSpec) -> int:
    """Write `run.data` in every format of `run.format` and return the exit code.

    0: complete; 1: parts failed; 130: stopped by a signal. What is there of the same shards is
    kept; a part appears whole or not at all, and so does a format.

    Raises:
        UserError: when there is no data set, or `run.out` holds something else.
    """
    order = Order(Path(run.data), Path(run.out), run.format)
    for name in order.formats:
        _check_folder(order, name)
    missing = [n for n, task in enumerate(order.tasks) if not _there(order, *task)]
    fresh, faults = replace(order), []
    with (
        listening() as signals,
        bar(len(order.tasks), len(order.tasks) - len(missing), "part") as shown,
    ):
        for event in work_through(_make, fresh, missing, run.workers, lambda: signals.asked):
            shown.update(event.kind == "shard")
            if event.kind == "failed":
                faults.append(str(event.detail))
    for fault in faults:
        print(f"synthgen: {fault}", file=sys.stderr)
    if signals.asked:
        print("stopped: finished parts are kept, the same command goes on", file=sys.stderr)
        return INTERRUPTED
    if faults:
        return 1
    for name in order.formats:
        print(_join(order, name))
    sent = [deliver_export(run, name) for name in order.formats]
    if run.store:
        print(*sent, sep="\n")
        shutil.rmtree(order.out)
    return 0


def format_named(name: str) -> Export:
    """Return the format called `name`."""
    found: Export = import_module(f"synthgen.exports.{name}").EXPORT
    return found


def _check_folder(order: Order, name: str) -> None:
    """Raise a `UserError` where the format's folder is not ours to replace."""
    home = order.out / name
    if not home.exists():
        return
    path = home / RECEIPT
    try:
        identity = parsed(path.read_text())["identity"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(
            f"out={order.out}: {name}/ is not an export of synthgen; choose another out="
        ) from error
    if identity != order.data.identity:
        raise UserError(
            f"out={order.out}: {name}/ is an export of another data set ({identity}, this one is "
            f"{order.data.identity}); choose another out="
        )


def _origin(order: Order, name: str, number: int) -> dict[str, Any]:
    """Return what a part is made of."""
    shard = order.data.shards[number]
    return {"shard": shard.number, "sha256": shard.sha256, "version": format_named(name).version}


def _receipt(part: Path) -> Path:
    return part.with_suffix(".json")


def _there(order: Order, name: str, number: int) -> bool:
    """Return whether the part is there and made of the shard as it is now."""
    path = _receipt(order.part(name, order.data.shards[number].number))
    return path.is_file() and parsed(path.read_text()) == _origin(order, name, number)


def _make(
    order: Order, task: int, _tell: Callable[[int], None], stopped: Callable[[], bool]
) -> dict[str, Any]:
    """Write one part aside and put it in its place whole."""
    if stopped():
        raise Stopped
    name, number = order.tasks[task]
    shard = order.data.shards[number]
    final = order.part(name, shard.number)
    partial = final.with_name(f".partial-{final.name}-{os.getpid()}")
    _empty(partial)
    try:
        format_named(name).write(order.data, shard, partial)
        _receipt(final).unlink(missing_ok=True)
        _replace(partial, final)
        _write_json(_receipt(final), _origin(order, name, number))
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return {}


def _join(order: Order, name: str) -> str:
    """Put the parts of a format together and return a line about it."""
    origins = [_origin(order, name, number) for number in range(len(order.data.shards))]
    receipt = {
        "format": name,
        "identity": order.data.identity,
        "shards": origins,
        "source": os.path.relpath(order.source, order.out / name),
    }
    home, partial = order.out / name, order.out / f".partial-{name}"
    frames = sum(len(shard.manifest["frames"]) for shard in order.data.shards)
    line = f"{home}: {frames} frames of {len(origins)} shards"
    if (home / RECEIPT).is_file() and parsed((home / RECEIPT).read_text()) == receipt:
        return f"{line}, as it was"
    _empty(partial)
    format_named(name).join(order.data, _parts(order, name), partial)
    _write_json(partial / RECEIPT, receipt)
    _replace(partial, home)
    return line


def _parts(order: Order, name: str) -> Sequence[Part]:
    numbers = (shard.number for shard in order.data.shards)
    return [Part(number, order.part(name, number)) for number in numbers]


def _empty(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


def _replace(new: Path, home: Path) -> None:
    """Swap `new` in for `home`; at no time is `home` a mix of both."""
    old = new.with_name(new.name + "-old")
    shutil.rmtree(old, ignore_errors=True)
    if home.exists():
        os.replace(home, old)
    os.replace(new, home)
    shutil.rmtree(old, ignore_errors=True)


def _write_json(path: Path, content: dict[str, Any]) -> None:
    partial = path.with_name(f".{path.name}-{os.getpid()}")
    partial.write_text(json.dumps(content, sort_keys=True, indent=1) + "\n")
    os.replace(partial, path)
