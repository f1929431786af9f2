"""What nuScenes' own development kit makes of an exported tree.

usage: .venv-nuscenes/bin/python scripts/nuscenes_check.py TREE [DRAWN]

Opens TREE with `NuScenes(version="v1.0-synth")`, draws every channel of the first and last sample
into DRAWN (or a folder that is thrown away), asks for the statistics of lidarseg and panoptic
labels, counts the points in every box with `points_in_box`, and evaluates the ground truth of each
split against itself. Prints a JSON object of what it found; any assertion that fails ends it.
"""

import contextlib
import io
import json
import sys
import tempfile
from collections import Counter
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
from nuscenes.eval.common.config import config_factory
from nuscenes.eval.common.loaders import get_samples_of_custom_split
from nuscenes.eval.detection.evaluate import DetectionEval
from nuscenes.eval.detection.utils import category_to_detection_name
from nuscenes.nuscenes import NuScenes
from nuscenes.utils.data_classes import LidarPointCloud, RadarPointCloud
from nuscenes.utils.geometry_utils import BoxVisibility, points_in_box

VERSION = "v1.0-synth"


def check(tree: Path, drawn: Path) -> dict:
    """Return what the kit finds in `tree`; pictures go into `drawn`."""
    kit = NuScenes(version=VERSION, dataroot=str(tree), verbose=False)
    splits = json.loads((tree / VERSION / "splits.json").read_text())
    assert sorted(name for names in splits.values() for name in names) == sorted(
        scene["name"] for scene in kit.scene
    ), "splits do not hold every scene once"
    return {
        "samples": len(kit.sample),
        "annotations": len(kit.sample_annotation),
        "files": files(kit),
        "drawn": draw(kit, drawn),
        "stacked": stacked(kit),
        "lidarseg": labels(kit, "lidarseg"),
        "panoptic": labels(kit, "panoptic"),
        "boxes": boxes(kit),
        "detection": {name: detection(kit, name) for name, own in splits.items() if own},
    }


def files(kit: NuScenes) -> int:
    """Return how many files the tables name; each is there, in its folder."""
    for record in kit.sample_data:
        path = Path(kit.dataroot) / record["filename"]
        assert path.is_file(), f"{path} is missing"
        kind = "samples" if record["is_key_frame"] else "sweeps"
        assert record["filename"].startswith(f"{kind}/{record['channel']}/"), record["filename"]
    return len(kit.sample_data)


def draw(kit: NuScenes, drawn: Path) -> int:
    """Draw each channel of the first and the last sample, and the lidar over each camera."""
    count = 0
    for sample in (kit.sample[0], kit.sample[-1]):
        for channel, token in sample["data"].items():
            path = drawn / f"{sample['token'][:6]}-{channel}.png"
            kit.render_sample_data(token, out_path=str(path), verbose=False)
            count += 1
            if not channel.startswith("CAM"):
                continue
            path = drawn / f"{sample['token'][:6]}-{channel}-lidar.png"
            kit.render_pointcloud_in_image(
                sample["token"], camera_channel=channel, out_path=str(path), verbose=False
            )
            count += 1
        for kind in ("lidarseg", "panoptic"):
            path = drawn / f"{sample['token'][:6]}-{kind}.png"
            shown = {f"show_{kind}": True}
            top = sample["data"]["LIDAR_TOP"]
            kit.render_sample_data(top, out_path=str(path), verbose=False, **shown)
            count += 1
        plt.close("all")
    return count


def stacked(kit: NuScenes) -> dict:
    """Return how many sweeps of each channel of points the last sample stacks."""
    found = {}
    sample = kit.sample[-1]
    for channel in sample["data"]:
        kinds = {"LIDAR": LidarPointCloud, "RADAR": RadarPointCloud}
        kind = kinds.get(channel.split("_")[0])
        if kind is not None:
            points, times = kind.from_file_multisweep(kit, sample, channel, "LIDAR_TOP", nsweeps=10)
            assert np.isfinite(points.points[:3]).all(), f"{channel}: a point is not finite"
            found[channel] = len(np.unique(times))
    return found


def labels(kit: NuScenes, kind: str) -> dict:
    """Return how many points of each category the labels of `kind` hold, and print the kit's."""
    quiet = io.StringIO()
    total: Counter = Counter()
    with contextlib.redirect_stdout(quiet):
        for sample in kit.sample:
            kit.get_sample_lidarseg_stats(sample["token"], gt_from=kind)
        kit.list_lidarseg_categories(gt_from=kind)
        if kind == "panoptic":
            kit.list_panoptic_instances()
    for record in getattr(kit, kind):
        path = Path(kit.dataroot) / record["filename"]
        packed = kind == "panoptic"
        found = np.load(path)["data"] // 1000 if packed else np.fromfile(path, np.uint8)
        points = LidarPointCloud.from_file(kit.get_sample_data_path(record["sample_data_token"]))
        assert len(found) == points.nbr_points(), f"{path}: not a label for each point"
        total.update(kit.lidarseg_idx2name_mapping[int(index)] for index in found)
    return dict(sorted(total.items()))


def boxes(kit: NuScenes) -> dict:
    """Compare the points inside each box with what its annotation says."""
    hold = checked = differ = 0
    for sample in kit.sample:
        token = sample["data"]["LIDAR_TOP"]
        path, found, _ = kit.get_sample_data(token, box_vis_level=BoxVisibility.NONE)
        points = LidarPointCloud.from_file(path).points[:3]
        for box in found:
            record = kit.get("sample_annotation", box.token)
            inside = int(points_in_box(box, points).sum())
            checked += 1
            hold += inside > 0
            differ += inside != record["num_lidar_pts"]
    assert differ == 0, f"{differ} of {checked} boxes hold other points than num_lidar_pts says"
    return {"checked": checked, "with_points": hold, "differ": differ}


def detection(kit: NuScenes, split: str) -> dict:
    """Evaluate the ground truth of `split` against itself; return per class what was found."""
    config = config_factory("detection_cvpr_2019")
    truth = {token: guesses(kit, token) for token in get_samples_of_custom_split(split, kit)}
    meta = dict.fromkeys(("use_camera", "use_lidar", "use_radar", "use_map", "use_external"), True)
    with tempfile.TemporaryDirectory() as scratch, contextlib.redirect_stdout(io.StringIO()):
        path = Path(scratch) / "results.json"
        path.write_text(json.dumps({"meta": meta, "results": truth}))
        judge = DetectionEval(kit, config, str(path), split, scratch, verbose=False)
        metrics = judge.evaluate()[0]
    counted = Counter(box.detection_name for box in judge.gt_boxes.all)
    found = {}
    for name, boxes in sorted(counted.items()):
        precision = {d: metrics.get_label_ap(name, d) for d in config.dist_ths}
        assert min(precision.values()) > 1 - 1e-9, f"{split}: {name} has {precision}"
        errors = {k: metrics.get_label_tp(name, k) for k in ("trans_err", "scale_err")}
        assert max(errors.values()) < 1e-6, f"{split}: {name} has {errors}"
        velocity = metrics.get_label_tp(name, "vel_err")
        found[name] = {"boxes": boxes, "ap": min(precision.values()), "velocity_error": velocity}
    return found


def guesses(kit: NuScenes, sample: str) -> list[dict]:
    """Return the truth of a sample as a detector would hand it in, the best 500 boxes."""
    attributes = {one["token"]: one["name"] for one in kit.attribute}
    found = []
    for token in kit.get("sample", sample)["anns"]:
        record = kit.get("sample_annotation", token)
        name = category_to_detection_name(record["category_name"])
        if name is None or record["num_lidar_pts"] + record["num_radar_pts"] == 0:
            continue
        own = [attributes[one] for one in record["attribute_tokens"]]
        velocity = np.nan_to_num(kit.box_velocity(token)[:2])
        found.append(
            {
                "sample_token": sample,
                **{key: record[key] for key in ("translation", "size", "rotation")},
                "velocity": velocity.tolist(),
                "detection_name": name,
                "detection_score": 1.0 - len(found) / 1000,
                "attribute_name": own[0] if own else "",
            }
        )
    return found[:500]


def main() -> None:
    """Check the tree that the command line names."""
    tree = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as scratch:
        drawn = Path(sys.argv[2] if len(sys.argv) > 2 else scratch)
        drawn.mkdir(parents=True, exist_ok=True)
        print(json.dumps(check(tree, drawn), indent=1))


if __name__ == "__main__":
    main()
