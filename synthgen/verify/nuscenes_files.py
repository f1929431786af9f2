"""Files of a nuScenes tree: they are there, labels fit points, boxes hold what they say.

Points are counted in a box's own frame, not by its edges as the export and nuScenes' development
kit count.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from synthgen.geometry import Array
from synthgen.verify.faults import Tally
from synthgen.verify.nuscenes_radar import check_radars, turn
from synthgen.verify.nuscenes_tables import Rows, check_tables, read_tables

VERSION = "v1.0-synth"
NEAR = 1.5
"""[m] How far from its box a point of a moving thing may be: it was hit up to 0.06 s before or
after the box's time."""
MOST = 0.9
"""Share of the points of things that must lie in or near a box of their category; the others were
seen in mirrors, or are of what is open or carried beside the box."""
_THINGS = range(1, 24)


def check_tree(tree: Path) -> Tally:
    """Check the nuScenes data set in `tree`; `Tally.violations` says what is wrong."""
    tally = Tally()
    tables = read_tables(tree / VERSION)
    check_tables(tables, tally)
    _check_there(tree, tables, tally)
    if tally.violations:
        return tally
    for sample, sweep in _key_sweeps(tables):
        points = np.fromfile(tree / sweep["filename"], "<f4").reshape(-1, 5)
        labels = _check_labels(tree, tables, sweep, len(points), tally)
        if labels is not None:
            _check_boxes(tables, sample, sweep, (points, labels), tally)
    check_radars(tree, tables, tally)
    return tally


def _check_there(tree: Path, tables: Rows, tally: Tally) -> None:
    """Every file that is named is there, in the folder of its kind, and no label too many."""
    for name in ("sample_data", "map", "lidarseg", "panoptic"):
        for row in tables[name]:
            good = (tree / row["filename"]).is_file()
            if name == "sample_data":
                home = "samples/" if row["is_key_frame"] else "sweeps/"
                good &= row["filename"].startswith(home)
            tally.check("nuscenes file", good, 0, 0, row["filename"])
    for name in ("lidarseg", "panoptic"):
        lying = len(list((tree / name / VERSION).iterdir()))
        said = f"{name}: {lying} files for {len(tables[name])} records"
        tally.check("nuscenes file", lying == len(tables[name]), 0, 0, said)


def _key_sweeps(tables: Rows) -> Iterator[tuple[Mapping, Mapping]]:
    """Yield each sample with its sweep of the lidar on top."""
    top = next(row["token"] for row in tables["sensor"] if row["channel"] == "LIDAR_TOP")
    own = {row["token"] for row in tables["calibrated_sensor"] if row["sensor_token"] == top}
    samples = {row["token"]: row for row in tables["sample"]}
    for row in tables["sample_data"]:
        if row["is_key_frame"] and row["calibrated_sensor_token"] in own:
            yield samples[row["sample_token"]], row


def _check_labels(
    tree: Path, tables: Rows, sweep: Mapping, count: int, tally: Tally
) -> Array | None:
    """Check that both labels speak of every point and agree; return the panoptic ones."""
    named = {
        name: [row for row in tables[name] if row["sample_data_token"] == sweep["token"]]
        for name in ("lidarseg", "panoptic")
    }
    single = all(len(own) == 1 and own[0]["token"] == sweep["token"] for own in named.values())
    tally.check("nuscenes label", single, 0, 0, f"{sweep['token']}: not one label of each kind")
    if not single:
        return None
    category = np.fromfile(tree / named["lidarseg"][0]["filename"], np.uint8)
    whole = np.load(tree / named["panoptic"][0]["filename"])["data"]
    good = len(category) == len(whole) == count
    tally.check("nuscenes label", good, 0, 0, f"{sweep['token']}: not a label for each point")
    if not good:
        return None
    same = bool((whole // 1000 == category).all()) and int(category.max(initial=0)) < 32
    tally.check("nuscenes label", same, 0, 0, f"{sweep['token']}: kinds of label disagree")
    return np.asarray(whole, np.int64)


def _check_boxes(
    tables: Rows, sample: Mapping, sweep: Mapping, cloud: tuple[Array, Array], tally: Tally
) -> None:
    """Check what boxes of a sample say they hold, and that points of things lie in such boxes."""
    points, labels = cloud
    poses = {row["token"]: row for row in tables["ego_pose"]}
    placed = {row["token"]: row for row in tables["calibrated_sensor"]}
    instances = {row["token"]: row["category_token"] for row in tables["instance"]}
    index = {row["token"]: row["index"] for row in tables["category"]}
    place = points[:, :3].astype(np.float64)
    for row in (placed[sweep["calibrated_sensor_token"]], poses[sweep["ego_pose_token"]]):
        place = place @ turn(row).T + row["translation"]
    known = np.isin(labels // 1000, _THINGS) & (labels % 1000 > 0)
    close = np.zeros(len(points), bool)
    for row in tables["sample_annotation"]:
        if row["sample_token"] != sample["token"]:
            continue
        width, length, height = row["size"]
        local = np.abs((place - row["translation"]) @ turn(row))
        beyond = local - np.array([length, width, height]) / 2
        held = int(np.count_nonzero((beyond <= 0).all(axis=1)))
        said = f"{row['token']}: holds {held} points, says {row['num_lidar_pts']}"
        tally.check("nuscenes points in box", held == row["num_lidar_pts"], 0, 0, said)
        own = labels // 1000 == index[instances[row["instance_token"]]]
        close |= own & (beyond <= NEAR).all(axis=1)
    if known.any():
        share = float(close[known].mean())
        said = f"{sample['token']}: {share:.1%} of the points of things lie near such a box"
        tally.check("nuscenes points of things", share >= MOST, 0, 0, said)
