"""What finished data sets of ours tell: shards with their costs, and what line made them."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from synthgen.coverage.planning.costs import Made
from synthgen.coverage.planning.recipe import features
from synthgen.errors import UserError
from synthgen.spec.plain_json import parsed

HERE_ONLY = ("n", "seed", "out", "workers", "shard", "task", "data")
"""Keys of a command that do not change what a world may be like."""


@dataclass(frozen=True)
class Lot:
    """One data set of ours.

    Attributes:
        folder: where it lies.
        line: the overrides that made it, without `HERE_ONLY`.
        worlds: clips in it.
        shards: with their costs: those that were not the first of a process, which also loads
            compiled code.
        first: the others.
    """

    folder: Path
    line: tuple[str, ...]
    worlds: int
    shards: tuple[Made, ...]
    first: tuple[Made, ...]


def line_of(command: Sequence[str]) -> tuple[str, ...]:
    """Return what of a command decides what its worlds are like."""
    return tuple(one for one in command if one.partition("=")[0] not in HERE_ONLY)


def lots(folder: Path) -> Iterator[Lot]:
    """Yield the data sets in `folder`: itself, or its subfolders in the order of their names.

    Raises:
        UserError: when a record in it is not one of synthgen.
    """
    places = [folder, *sorted(one for one in folder.iterdir() if one.is_dir())]
    for place in places:
        if (place / "run.json").is_file() and any(place.glob("shards/[0-9]*/manifest.json")):
            yield _lot(place)


def _lot(folder: Path) -> Lot:
    try:
        command = parsed((folder / "run.json").read_text())["command"]
        line = line_of(command)
        manifests = sorted(folder.glob("shards/[0-9]*/manifest.json"))
        clips = {path.parent.name: len(parsed(path.read_text())["clips"]) for path in manifests}
        records = [parsed(path.read_text()) for path in sorted(folder.glob("timing/*.json"))]
        return Lot(folder, line, sum(clips.values()), *_costs(folder, line, clips, records))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError(f"data={folder}: expected records of a data set of synthgen") from error


def _costs(
    folder: Path, line: tuple[str, ...], clips: dict[str, int], records: list[dict]
) -> tuple[tuple[Made, ...], tuple[Made, ...]]:
    """Return the shards whose core seconds are known: later ones of a process, and first ones."""
    parts: dict[bool, list[Made]] = defaultdict(list)
    seen = set()
    for record in records:
        name = f"{record['shard']:06d}"
        if "core" in record and name in clips:
            size = sum(f.stat().st_size for f in (folder / "shards" / name).rglob("*"))
            made = Made(features(line), clips[name], record["frames"], record["core"], size)
            parts[(record["host"], record["worker"]) in seen].append(made)
            seen.add((record["host"], record["worker"]))
    return tuple(parts[True]), tuple(parts[False])
