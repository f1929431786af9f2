"""`manifest.json`: what a finished shard holds. Written last; a folder without it is no shard."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from synthgen.spec.clip import ClipSpec
from synthgen.spec.identity import plain
from synthgen.writers.files import canonical, write

NAME = "manifest.json"
FORMAT = 2
"""Version of the layout of a shard."""
_COUNTED = ["frame", "class", "in_view", "counts", "track", "kitti_class", "kitti_row"]


@dataclass(frozen=True, kw_only=True)
class ShardRecord:
    """What the maker of a shard knows about it.

    Attributes:
        identity: hash of the run spec.
        shard: number.
        frames: indices of the frames written.
        clips: the clips with every draw.
        facts: what each clip's place recorded about itself, by clip index.
        versions: of the program and of what its bytes depend on.
    """

    identity: str
    shard: int
    frames: tuple[int, ...]
    clips: tuple[ClipSpec, ...]
    facts: Mapping[int, Mapping[str, str | int | float]]
    versions: Mapping[str, str]


def write_manifest(folder: Path, record: ShardRecord) -> dict:
    """Write the manifest of the files in `folder` and return it."""
    content = {
        "format": FORMAT,
        "identity": record.identity,
        "shard": record.shard,
        "frames": list(record.frames),
        "clips": [
            asdict(clip)
            | {"events": plain(clip.events), "facts": dict(record.facts.get(clip.clip, {}))}
            for clip in record.clips
        ],
        "versions": dict(record.versions),
        "counts": _counts(folder),
        "files": [
            {"path": path, "size": (folder / path).stat().st_size, "sha256": digest(folder / path)}
            for path in _paths(folder)
        ],
    }
    write(folder / NAME, canonical(content) + "\n")
    return content


def _kitti_lines(shown: pa.Table) -> dict[str, int]:
    """Return the number of label lines by type; a rider and a bicycle share one line."""
    columns = (shown[name].to_pylist() for name in ("frame", "kitti_row", "kitti_class"))
    written = {row for row in zip(*columns, strict=True) if row[2]}
    return dict(sorted(Counter(kind for _, _, kind in written).items()))


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _paths(folder: Path) -> list[str]:
    """Return the files of a shard but the manifest, relative, sorted."""
    found = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return sorted(path for path in found if path != NAME)


def _counts(folder: Path) -> dict:
    """Return frames, objects in view by class, KITTI lines by type, and tracks."""
    path = folder / "objects.parquet"
    if not path.exists():
        return {}
    table = pq.read_table(path, columns=_COUNTED)
    shown = table.filter(pc.field("in_view"))
    return {
        "rows": table.num_rows,
        "tracks": len(pc.unique(table["track"])),
        "in_view": dict(sorted(Counter(shown["class"].to_pylist()).items())),
        "counting": dict(
            sorted(Counter(shown.filter(pc.field("counts"))["class"].to_pylist()).items())
        ),
        "kitti": _kitti_lines(shown),
    }
