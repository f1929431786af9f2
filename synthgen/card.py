"""The card of a data set: what is in it, where it comes from, how to load it."""

from collections.abc import Mapping
from dataclasses import dataclass

from synthgen.split import Split


@dataclass(frozen=True)
class MergeReport:
    """What a merged data set holds.

    Attributes:
        identity: hash of the run spec.
        shards: number of shards.
        frames: number of frames.
        worlds: number of clips: each is one world and one drive.
        cities: number of distinct street networks.
        tracks: number of distinct labelled things.
        in_view: objects that show in images, by class.
        kitti: KITTI lines by type.
        split: train and validation.
        attributions: licence lines of the maps used.
        assets: name, class and licence of the user's designs.
        versions: of the program and of what its bytes depend on; with numbers of shards where
            they differ.
        twins: names of the other conditions that every moment is shown in.
    """

    identity: str
    shards: int
    frames: int
    worlds: int
    cities: int
    tracks: int
    in_view: Mapping[str, int]
    kitti: Mapping[str, int]
    split: Split
    attributions: tuple[str, ...]
    versions: Mapping[str, str]
    assets: tuple[str, ...] = ()
    twins: tuple[str, ...] = ()


def card(report: MergeReport) -> str:
    """Return the data set card (Markdown)."""
    parts = [_HEAD, _numbers(report), _counts(report), _layout(report), _twins(report)]
    parts.append(_licences(report))
    return "\n".join(parts)


_HEAD = """---
license: apache-2.0
annotations_creators: machine-generated
task_categories: [object-detection, image-segmentation, depth-estimation]
tags: [synthetic, autonomous-driving, lidar, kitti, coco]
---
# Simulated driving data

Made by synthgen. Every image, sweep and label is computed from a world that is known exactly;
no person or place was recorded.
"""


def _numbers(report: MergeReport) -> str:
    parts = report.split
    return f"""| | |
|---|---|
| frames | {report.frames} |
| worlds (clips) | {report.worlds} |
| cities | {report.cities} |
| tracks (distinct things) | {report.tracks} |
| shards | {report.shards} |
| train / val | {len(parts.train)} / {len(parts.val)} frames, apart by {parts.by} |
| spec | `{report.identity}` |
"""


def _counts(report: MergeReport) -> str:
    rows = ["## Objects", "", "| class | in view |", "|---|---|"]
    rows += [f"| {name} | {count} |" for name, count in sorted(report.in_view.items())]
    if report.kitti:
        rows += ["", "| KITTI type | lines |", "|---|---|"]
        rows += [f"| {name} | {count} |" for name, count in sorted(report.kitti.items())]
    return "\n".join(rows) + "\n"


def _layout(report: MergeReport) -> str:
    return f"""## How to load

Whatever formats the run wrote:

- `kitti/`: KITTI object tree (`training/`, `ImageSets/`) for tools that read KITTI as it is;
  images end in `.jpg` where the run stored JPEGs.
- `coco/`: `instances.json`, `panoptic.json` and `person_keypoints.json`, each also as
  `*_train.json` and `*_val.json`; images in `coco/images`, panoptic images in `coco/panoptic`.
- `frames.parquet`, `objects.parquet`: every number in full precision; each column's metadata
  says its unit, frame and meaning. Paths in them are relative to the frame's shard.
- `lanes.parquet`, `boundaries.parquet`: the map of each shard; `lane_lines.parquet`: what its
  images show of the lines. `sensor/<camera>/drivable/` in the shards: drivable ground.
- `lamps.parquet`: every lamp within 150 m, lit or not, how bright, and what feeds it.

```python
import pyarrow.parquet as pq
from pycocotools.coco import COCO

objects = pq.read_table("objects.parquet").to_pandas()
coco = COCO("coco/instances_train.json")
```

Objects too small, hidden or too faint to count are DontCare in KITTI, `iscrowd` = 1 in COCO and
void in panoptic images. The validation split keeps whole worlds apart (by {report.split.by}).
"""


def _twins(report: MergeReport) -> str:
    if not report.twins:
        return ""
    return f"""## Twins

Every moment is there again under other conditions: `twins/` has a tree like this one for each of
{", ".join(report.twins)}, with the same file names, ids, boxes, masks and split. Images, sweeps,
lamp states and what stands out of the picture (`discernible`, `counts`, `iscrowd`, DontCare)
differ. `twins.parquet` pairs the pictures.
"""


def _licences(report: MergeReport) -> str:
    rows = ["## Licences", "", "Images, sweeps and labels: Apache-2.0, as the program."]
    rows += [f"- Street map: {line}" for line in report.attributions]
    rows += [f"- Asset {line}" for line in report.assets]
    rows += ["", "Made with: " + ", ".join(f"{k} {v}" for k, v in sorted(report.versions.items()))]
    return "\n".join(rows) + "\n"
