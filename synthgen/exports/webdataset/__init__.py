"""WebDataset: tar files that training reads from front to back, one per clip.

    {train,val}-%06d.tar          numbered without gaps, so that {000000..000041} names them
    {train,val}-%06d.json         sidecar: checksums, size, samples, first and last key, origin
    index-{train,val}.json        for random access (wids)

What a sample holds is told by `members`. The bytes of a tar depend on nothing but its content.
Source: webdataset's readme and tariterators (a key ends at the first dot of a name; files of one
key follow each other); wids' ShardListDataset for the index.
"""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from synthgen.export import Export, Part, place
from synthgen.exports.webdataset.members import members
from synthgen.exports.webdataset.tar import write_tar
from synthgen.readers.dataset import DataSet
from synthgen.readers.shard import Clip, Shard
from synthgen.split import clip_frames


def write(data: DataSet, shard: Shard, folder: Path) -> None:
    """Write a tar and its sidecar for each clip of a shard."""
    for clip in shard.clips():
        path = folder / f"clip{clip.number:06d}.tar"
        keys = [sample_key(clip, index) for index in range(len(clip.frames))]
        samples = ((key, members(frame)) for key, frame in zip(keys, clip.frames, strict=True))
        write_tar(path, samples)
        record = {
            "clip": clip.number,
            "shard": shard.number,
            "identity": data.identity,
            "samples": len(keys),
            "first": keys[0],
            "last": keys[-1],
            "bytes": path.stat().st_size,
            "sha256": _digest(path, "sha256"),
            "md5": _digest(path, "md5"),
        }
        path.with_suffix(".json").write_text(json.dumps(record, sort_keys=True) + "\n")


def join(data: DataSet, parts: Sequence[Part], folder: Path) -> None:
    """Number the tars of each split and index them."""
    homes, validates = {part.shard: part.folder for part in parts}, set(data.split.val)
    listed: dict[str, list[dict]] = {"train": [], "val": []}
    for shard in data.shards:
        for clip in clip_frames(shard.manifest):
            split = "val" if clip.frames[0] in validates else "train"
            name = f"{split}-{len(listed[split]):06d}"
            source = homes[shard.number] / f"clip{clip.clip:06d}"
            for ending in (".tar", ".json"):
                place(source.with_suffix(ending), folder / f"{name}{ending}")
            record = json.loads((folder / f"{name}.json").read_text())
            listed[split].append(_entry(f"{name}.tar", record))
    for split, rows in listed.items():
        index = {"__kind__": "wids-shard-index-v1", "wids_version": 1, "shardlist": rows}
        text = json.dumps(index, sort_keys=True, indent=1)
        (folder / f"index-{split}.json").write_text(text + "\n")


EXPORT = Export(write=write, join=join)


def sample_key(clip: Clip, index: int) -> str:
    """Return the key of a frame: no dots in it, in the order of frames."""
    return f"clip{clip.number:06d}_{index:04d}"


def _entry(name: str, record: dict) -> dict:
    return {
        "url": name,
        "md5sum": record["md5"],
        "nsamples": record["samples"],
        "filesize": record["bytes"],
    }


def _digest(path: Path, kind: str) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, kind).hexdigest()
