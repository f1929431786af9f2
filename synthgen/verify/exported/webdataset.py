"""WebDataset's tars, sidecars and index against the data set."""

import hashlib
import io
import json
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from synthgen.verify.exported.origin import Origin, clips_of
from synthgen.verify.faults import Tally


def check(tree: Path, shards: Sequence[Path], tally: Tally) -> None:
    """Check every tar."""
    sidecars = {}
    for path in sorted(tree.glob("*.tar")):
        side = json.loads(path.with_suffix(".json").read_text())
        sidecars[side["clip"]] = path
        _check_index(tree, path, tally)
        same = hashlib.sha256(path.read_bytes()).hexdigest() == side["sha256"]
        tally.check("tar hash", same, -1, 0, path.name)
    clips = dict(clips_of(shards))
    tally.check("tar per clip", sorted(sidecars) == sorted(clips), -1, 0, f"{sorted(sidecars)}")
    for number, frames in clips.items():
        if number in sidecars:
            _check_tar(sidecars[number], number, frames, tally)


def _check_index(tree: Path, path: Path, tally: Tally) -> None:
    index = json.loads((tree / f"index-{path.name.partition('-')[0]}.json").read_text())
    rows = [row for row in index["shardlist"] if row["url"] == path.name]
    md5 = hashlib.md5(path.read_bytes()).hexdigest()
    good = len(rows) == 1 and rows[0]["filesize"] == path.stat().st_size
    tally.check("tar in index", good and rows[0]["md5sum"] == md5, -1, 0, path.name)


def _check_tar(path: Path, number: int, frames: Sequence[Origin], tally: Tally) -> None:
    """Samples follow each other whole, and hold the very files."""
    order: list[str] = []
    found: dict[str, dict[str, bytes]] = {}
    with tarfile.open(path) as file:
        for entry in file:
            key, _, ending = entry.name.partition(".")
            if not order or order[-1] != key:
                order.append(key)
            stored = file.extractfile(entry)
            found.setdefault(key, {})[ending] = stored.read() if stored else b""
            plain = (entry.mtime, entry.uid, entry.gid) == (0, 0, 0)
            tally.check("tar entry plain", plain, -1, 0, entry.name)
    wanted = [f"clip{number:06d}_{frame.index:04d}" for frame in frames]
    tally.check("samples in order", order == wanted, frames[0].row["frame"], 0, f"{order[:3]}")
    for key, frame in zip(wanted, frames, strict=True):
        _check_sample(frame, found.get(key, {}), tally)


def _check_sample(frame: Origin, content: Mapping[str, bytes], tally: Tally) -> None:
    number, camera, lidar = frame.row["frame"], frame.camera["name"], frame.lidar["name"]
    files = {f"{camera}{Path(frame.camera['file']).suffix}": frame.shard / frame.camera["file"]}
    for kind in ("instance", "semantic", "depth"):
        files[f"{camera}.{kind}.png"] = frame.beside(camera, kind, ".png")
    for ending, path in files.items():
        same = content.get(ending.lower()) == path.read_bytes()
        tally.check("sample's pictures", same, number, 0, ending)
    points, labels = (_array(content, f"{lidar.lower()}{end}") for end in (".npy", ".labels.npy"))
    semantic, instance, _ = frame.words()
    same = np.array_equal(points, frame.points())
    same &= np.array_equal(labels, semantic | instance << 16)
    tally.check("sample's points", same, number, 0, f"{len(points)} {len(labels)}")
    rows = [json.loads(row) for row in content.get("objects.jsonl", b"").splitlines()]
    own = [row for row in rows if row["camera"] == camera]
    good = own == list(frame.objects)
    tally.check("sample's objects", good, number, 0, f"{len(own)} for {len(frame.objects)}")
    meta = json.loads(content.get("meta.json", b"{}"))
    good = all(meta.get(name) == frame.row[name] for name in ("frame", "clip", "time", "rain"))
    tally.check("sample's frame", good, number, 0, f"{meta.get('frame')}")


def _array(content: Mapping[str, bytes], ending: str) -> np.ndarray:
    if ending not in content:
        return np.zeros(0)
    return np.asarray(np.load(io.BytesIO(content[ending]), allow_pickle=False))
