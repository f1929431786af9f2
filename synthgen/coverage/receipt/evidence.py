"""The shards behind the numbers: which there are, and which one an image is of."""

from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

from synthgen.coverage.receipt.findings import ShardProof
from synthgen.errors import UserError
from synthgen.readers.shard import read_shard


def shards(data: Path) -> tuple[ShardProof, ...]:
    """Return the finished shards of a data set, or of all data sets in a fill's folder.

    Raises:
        UserError: when there is none, or one of another layout.
    """
    found = sorted(data.glob("shards/[0-9]*/manifest.json"))
    found += sorted(data.glob("*/shards/[0-9]*/manifest.json"))
    if not found:
        raise UserError(
            f"data={data}: expected what task=fill made, or a data set of synthgen, with finished "
            "shards/ in it"
        )
    return tuple(_proof(data, path.parent) for path in found)


def _proof(data: Path, folder: Path) -> ShardProof:
    shard = read_shard(folder)
    name = folder.relative_to(data).as_posix()
    return ShardProof(name, shard.sha256, len(shard.manifest["frames"]))


def by_frame(
    frames: Mapping[str, Sequence[str | None]], known: Sequence[ShardProof]
) -> dict[str, int]:
    """Return the number of the shard of each frame: the one its image lies in.

    Args:
        frames: columns `frame` and `image`.
        known: the shards, whose numbers are their places here.
    """
    numbers = {one.name: number for number, one in enumerate(known)}
    found = {}
    for frame, image in zip(frames["frame"], frames["image"], strict=True):
        home = _home(image or "")
        if home not in numbers:
            raise UserError(f"frame {frame}: its image {image} is in no finished shard of the data")
        found[str(frame)] = numbers[home]
    return found


def _home(image: str) -> str:
    """Return the shard's folder in the path of one of its images."""
    parts = PurePosixPath(image).parts
    if "shards" not in parts:
        return ""
    return PurePosixPath(*parts[: parts.index("shards") + 2]).as_posix()
