"""From shards to one data set: `out/dataset/`, built aside and put in place whole.

One shard is open at a time, so memory does not grow with the data set.
"""

import os
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from synthgen.card import MergeReport, card
from synthgen.errors import UserError
from synthgen.origins import joint, mixed
from synthgen.readers.shard import inside
from synthgen.spec.plain_json import parsed
from synthgen.split import Split, clip_frames, split
from synthgen.writers.disk import sync, sync_folder
from synthgen.writers.files import canonical, link, write
from synthgen.writers.kitti_files import write_image_sets
from synthgen.writers.manifest import FORMAT, NAME, digest

Overview = Callable[[Path, Path], object]
"""(folder of the data set's shards, folder to draw into) draws pictures of the whole."""
_RECEIPT = "merge.json"
_ASSET = "asset:"
TABLES = ("frames.parquet", "objects.parquet", "lanes.parquet", "boundaries.parquet",
          "lane_lines.parquet", "lamps.parquet")  # fmt: skip
"""Tables that every shard has; `lanes` and `boundaries` are the map of the shard's city."""
OTHERS = "sensors.parquet"
"""Table of shards whose rig has sensors other than cameras and lidars."""


@dataclass(frozen=True)
class _Shard:
    """A finished shard."""

    folder: Path
    manifest: Mapping
    sha256: str


def merge(out: Path, draw: Sequence[Overview] = ()) -> MergeReport:
    """Make `out/dataset` of all finished shards below `out/shards` and say what it holds.

    What `draw` draws lies in it: the data set is put in place with its overviews, or not at all.
    Does nothing when the data set is already made of these very shards. Where they were made with
    different versions of libraries, or on different classes of processor, a line says which.

    Raises:
        UserError: when there is no finished shard, when shards come from different specs or one
            has another layout, or when a record of a shard is not as synthgen writes it.
    """
    home, partial = out / "dataset", out / "dataset.partial"
    with _records_of(out):
        shards = _shards(out)
        report = _report(shards)
        if _is_of(home, shards):
            return report
        _join(shards, report, partial)
        differences = mixed(out)
    for overview in draw:
        overview(out, partial)
    write(partial / _RECEIPT, _receipt(shards))
    sync(partial, links=False)
    _put_in_place(partial, home)
    for line in differences:
        print(line, file=sys.stderr)
    return report


@contextmanager
def _records_of(out: Path) -> Iterator[None]:
    """Raise a `UserError` for what reading strange records of shards raises."""
    try:
        yield
    except (KeyError, TypeError, AttributeError, ValueError, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # of the disk, and not of Arrow
        said = f"{type(error).__name__} {' '.join(str(error).split())[:200]}"
        raise UserError(f"{out}: a finished shard holds no records of synthgen: {said}") from error


def _join(shards: Sequence[_Shard], report: MergeReport, partial: Path) -> None:
    """Make the folder `partial` of all that `shards` hold."""
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    _kitti(shards, partial, report.split)
    _coco(shards, partial, report.split)
    for name in (*TABLES, OTHERS, "twins.parquet"):
        _table(shards, partial, name)
    for twin in report.twins:
        _twin(shards, partial, twin, report.split)
    write(partial / "README.md", card(report))
    write(partial / "report.json", canonical(asdict(report)) + "\n")


def is_merged(out: Path) -> bool:
    """Return whether `out/dataset` is made of the very shards that are finished."""
    return _is_of(out / "dataset", _shards(out))


def _is_of(home: Path, shards: Sequence[_Shard]) -> bool:
    path = home / _RECEIPT
    return path.is_file() and path.read_text() == _receipt(shards)


def _receipt(shards: Sequence[_Shard]) -> str:
    return canonical({"shards": [[s.folder.name, s.sha256] for s in shards]}) + "\n"


def _twin(shards: Sequence[_Shard], home: Path, twin: str, chosen: Split) -> None:
    """Make `home`/twins/`twin`: the tree of the base, with equal file names and ids."""
    own = [replace(shard, folder=shard.folder / "twins" / twin) for shard in shards]
    folder = home / "twins" / twin
    folder.mkdir(parents=True)
    _kitti(own, folder, chosen)
    _coco(own, folder, chosen)
    for name in (*TABLES, OTHERS):
        _table(own, folder, name)


def _put_in_place(partial: Path, home: Path) -> None:
    """Swap the new data set in; at no time is `home` a mix of old and new."""
    old = home.with_suffix(".old")
    shutil.rmtree(old, ignore_errors=True)
    if home.exists():
        os.replace(home, old)
    os.replace(partial, home)
    sync_folder(home.parent)
    shutil.rmtree(old, ignore_errors=True)


def _shards(out: Path) -> list[_Shard]:
    """Return the finished shards in order."""
    found = []
    for path in sorted((out / "shards").glob(f"*/{NAME}")):
        if path.parent.name.isdigit():
            found.append(_Shard(path.parent, parsed(path.read_text()), digest(path)))
    if not found:
        raise UserError(f"no finished shard in {out / 'shards'}")
    identities = sorted({shard.manifest["identity"] for shard in found})
    if len(identities) > 1:
        raise UserError(f"shards of different specs: {', '.join(identities)}")
    layouts = {shard.manifest["format"] for shard in found} - {FORMAT}
    if layouts:
        raise UserError(
            f"{out}: shards of layout {min(layouts)}, expected {FORMAT}: make them anew"
        )
    return found


def _report(shards: Sequence[_Shard]) -> MergeReport:
    clips = [clip for shard in shards for clip in clip_frames(shard.manifest)]
    recorded = [clip for shard in shards for clip in shard.manifest["clips"]]
    counts = [shard.manifest["counts"] for shard in shards]
    lines = {str(clip["facts"].get("attribution", "")) for clip in recorded}
    return MergeReport(
        identity=shards[0].manifest["identity"],
        shards=len(shards),
        frames=sum(len(shard.manifest["frames"]) for shard in shards),
        worlds=len(clips),
        cities=len({clip.city for clip in clips}),
        tracks=sum(count.get("tracks", 0) for count in counts),
        in_view=_sum(count.get("in_view", {}) for count in counts),
        kitti=_sum(count.get("kitti", {}) for count in counts),
        split=split(clips),
        attributions=tuple(sorted(lines - {""})),
        versions=joint({shard.manifest["shard"]: shard.manifest["versions"] for shard in shards}),
        assets=_assets(recorded),
        twins=tuple(sorted({name for clip in recorded for name in clip.get("twins", ())})),
    )


def _assets(clips: Sequence[Mapping]) -> tuple[str, ...]:
    """Return a line for each design of the user's: facts called `asset:NAME`."""
    facts = {key: value for clip in clips for key, value in clip["facts"].items()}
    marked = sorted(key for key in facts if key.startswith(_ASSET))
    return tuple(f"{key.removeprefix(_ASSET)}: {facts[key]}" for key in marked)


def _sum(counts: Iterator[Mapping[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for count in counts:
        total.update(count)
    return dict(sorted(total.items()))


def _kitti(shards: Sequence[_Shard], home: Path, chosen: Split) -> None:
    """Link every shard's KITTI files into one tree and list the split."""
    found = False
    for shard in shards:
        root = shard.folder / "kitti"
        for path in sorted((root / "training").rglob("*")):
            if path.is_file():
                inside(shard.folder, path.relative_to(shard.folder).as_posix())
                link(path, home / "kitti" / path.relative_to(root))
                found = True
    if found:
        write_image_sets(home / "kitti", list(chosen.train), list(chosen.val))


def _coco(shards: Sequence[_Shard], home: Path, chosen: Split) -> None:
    """Link images and panoptic images, and write the joint JSON files."""
    having = [shard for shard in shards if (shard.folder / "coco/instances.json").is_file()]
    if not having:
        return
    for shard in having:
        for image in _load(shard, "instances")["images"]:
            file, drawn = inside(shard.folder, image["file_name"]), f"{image['id']:06d}.png"
            link(file, home / "coco/images" / file.name)
            link(shard.folder / "coco/panoptic" / drawn, home / "coco/panoptic" / drawn)
    train, val = frozenset(chosen.train), frozenset(chosen.val)
    parts = {"": train | val, "_train": train, "_val": val}
    for name in ("instances", "panoptic", "person_keypoints"):
        for suffix, frames in parts.items():
            _joint_json(having, home / f"coco/{name}{suffix}.json", name, frames.__contains__)


def _load(shard: _Shard, name: str) -> dict:
    return parsed((shard.folder / f"coco/{name}.json").read_text())


def _joint_json(
    shards: Sequence[_Shard], path: Path, name: str, wanted: Callable[[int], bool]
) -> None:
    """Write the frames that are `wanted` of all shards, section by section, as one JSON file."""
    first = _load(shards[0], name)
    keys = {"annotations": "image_id", "images": "id"}
    with path.open("w") as file:
        file.write("{")
        for section in sorted(first):
            file.write("," if section != sorted(first)[0] else "")
            file.write(f"{canonical(section)}:")
            if section not in keys:
                file.write(canonical(first[section]))
                continue
            rows = _rows(shards, name, section, keys[section])
            file.write("[")
            for number, row in enumerate(row for frame, row in rows if wanted(frame)):
                file.write(("," if number else "") + canonical(row))
            file.write("]")
        file.write("}\n")


def _rows(
    shards: Sequence[_Shard], name: str, section: str, key: str
) -> Iterator[tuple[int, dict]]:
    """Yield frame and record of every image or annotation, shard by shard."""
    for shard in shards:
        for row in _load(shard, name)[section]:
            if section == "images":
                row["file_name"] = Path(row["file_name"]).name
            yield row[key], row


def _table(shards: Sequence[_Shard], home: Path, name: str) -> None:
    """Write the shards' tables one after another, one row group each, with a `shard` column."""
    paths = [(s.folder / name, s.manifest["shard"]) for s in shards if (s.folder / name).is_file()]
    if not paths:
        return
    schema = pa.unify_schemas([pq.read_schema(path) for path, _ in paths])
    where = pa.field("shard", pa.int64(), metadata={"meaning": "shard that holds the files"})
    with pq.ParquetWriter(home / name, schema.append(where), compression="zstd") as writer:
        for path, shard in paths:
            table = pa.concat_tables([schema.empty_table(), pq.read_table(path)])
            column = pa.array([shard] * table.num_rows, pa.int64())
            writer.write_table(table.append_column(where, column))
