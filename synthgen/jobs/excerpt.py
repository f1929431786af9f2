"""What of a shard belongs to some of its frames: to keep it, and to hold it against another.

Files of a frame are those whose name begins with its number; of tables its rows, of COCO's files
its records. Recordings of a whole clip belong to its first frame, beside whose labels they were
made. The map, which all frames of a shard share, belongs to each.
"""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from synthgen.spec.plain_json import parsed
from synthgen.writers.files import canonical, write

_OF_IMAGES = (("images", "id"), ("annotations", "image_id"))
"""Lists of a COCO file, and what names the frame in each of their records."""


@dataclass(frozen=True)
class Part:
    """Some frames of a shard.

    Attributes:
        frames: numbers.
        frames_per_clip: of a whole clip.
    """

    frames: frozenset[int]
    frames_per_clip: int

    @property
    def clips(self) -> frozenset[int]:
        """Numbers of the clips whose first frame is among them."""
        found = (divmod(frame, self.frames_per_clip) for frame in self.frames)
        return frozenset(clip for clip, place in found if place == 0)

    @property
    def stems(self) -> frozenset[str]:
        """How the names of files begin that belong to the frames."""
        own = {f"{frame:06d}" for frame in self.frames}
        return frozenset(own | {f"clip{clip:06d}" for clip in self.clips})


def keep(shard: Path, part: Part, target: Path) -> None:
    """Write what belongs to a part of `shard` into the new folder `target`."""
    for name, content in contents(shard, part):
        path = target / name
        if content is None:
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(shard / name, path)
        else:
            write(path, content)


def unlike(one: Path, other: Path, part: Part) -> tuple[list[str], int]:
    """Return what of a part two shards have not alike, and how many files were compared.

    Files and tables by their path in the shard; what only one of them has is among them.
    """
    both = [dict(contents(shard, part)) for shard in (one, other)]
    names = sorted(both[0].keys() | both[1].keys())
    return [name for name in names if not _alike(name, (one, other), both)], len(names)


def _alike(name: str, shards: tuple[Path, Path], both: list[dict[str, bytes | None]]) -> bool:
    if any(name not in some for some in both):
        return False
    found = [some[name] for some in both]
    if None in found:
        found = [(shard / name).read_bytes() for shard in shards]
    return found[0] == found[1]


def contents(shard: Path, part: Part) -> Iterator[tuple[str, bytes | None]]:
    """Yield path and content of what belongs to a part; None: the whole file as it is."""
    for path in sorted(path for path in shard.rglob("*") if path.is_file()):
        name = path.relative_to(shard).as_posix()
        if path.name.split(".")[0] in part.stems:
            yield name, None
        elif path.suffix == ".parquet" and "sensor" not in name.split("/"):
            yield name, _rows(path, part)
        elif path.parent.name == "coco" and path.suffix == ".json":
            yield name, _records(parsed(path.read_text()), part)


def _rows(path: Path, part: Part) -> bytes:
    """Return the table with the rows of the part; rows without a frame are of a whole clip."""
    table = pq.read_table(path)
    if "frame" in table.column_names:
        chosen = pc.is_in(table["frame"], pa.array(sorted(part.frames), pa.int64()))
        if "clip" in table.column_names:
            of_clip = pc.is_in(table["clip"], pa.array(sorted(part.clips), pa.int64()))
            chosen = pc.or_(chosen, pc.and_(pc.is_null(table["frame"]), of_clip))
        table = table.filter(chosen).combine_chunks()
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd", row_group_size=max(len(table), 1))
    return bytes(sink.getvalue())


def _records(content: Mapping[str, Any], part: Part) -> bytes:
    own = {
        name: [one for one in content[name] if one[key] in part.frames] for name, key in _OF_IMAGES
    }
    return (canonical({**content, **own}) + "\n").encode()
