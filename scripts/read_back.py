"""Read exported data sets with the public readers of their formats and print what they found.

    .venv-formats/bin/python scripts/read_back.py FOLDER

FOLDER holds a folder per format, as `task=export` writes them. Runs in an environment of its own
(`scripts/setup formats`): readers bring another OpenCV. Prints one JSON object.
"""

import contextlib
import io
import json
import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np


def semantickitti(home: Path) -> dict:
    """tri3d: points, classes and poses of every sequence."""
    from tri3d.datasets import SemanticKITTI

    root = home / "dataset/sequences"
    names = sorted(path.name for path in root.iterdir())
    data = SemanticKITTI(root, sequences=names)
    found = {}
    for number, name in enumerate(names):
        count: Counter[str] = Counter()
        frames = data.timestamps(number)
        points = 0
        for frame in range(len(frames)):
            points += len(data.points(number, frame, "velodyne"))
            kinds = data.semantic(number, frame)
            count.update(data.sem_labels[kind] for kind in kinds.tolist())
        last = data.poses(number, "velodyne")[len(frames) - 1]
        moved = last.apply([[0.0, 0.0, 0.0]])[0]
        instances = len(np.unique(data.instances(number, 0)))
        found[name] = {"frames": len(frames), "points": points, "classes": dict(count),
                       "end": np.asarray(moved).tolist(), "instances": instances}  # fmt: skip
    return found


def odometry(home: Path) -> dict:
    """pykitti: poses, calibration, sweeps and pictures of every sequence."""
    import pykitti

    base, found = home / "dataset", {}
    for path in sorted((base / "sequences").iterdir()):
        data = pykitti.odometry(str(base), path.name)
        found[path.name] = {
            "frames": len(data.timestamps),
            "poses": np.array(data.poses).tolist(),
            "points": [len(one) for one in data.velo],
            "pictures": [list(one.size) for one in data.cam2],
            "camera_from_lidar": data.calib.T_cam2_velo.tolist(),
        }
    return found


def tracking(home: Path) -> dict:
    """pykitti: sweeps, pictures and the car's way; TrackEval: the labels against themselves."""
    import pykitti
    from pykitti.utils import load_oxts_packets_and_poses

    root, found = home / "training", {}
    for path in sorted((root / "image_02").iterdir()):
        with contextlib.redirect_stdout(io.StringIO()):
            data = pykitti.tracking(str(root), path.name)
        packets = load_oxts_packets_and_poses([str(root / f"oxts/{path.name}.txt")])
        found[path.name] = {
            "points": [len(one) for one in data.velo],
            "pictures": len(list(data.cam2)),
            "poses": [one.T_w_imu.tolist() for one in packets],
        }
    return {"sequences": found, "scores": evaluated(root, "Kitti2DBox", ["car", "pedestrian"])}


def mots(home: Path) -> dict:
    """TrackEval: the masks against themselves."""
    return {"scores": evaluated(home / "training", "KittiMOTS", ["car", "pedestrian"])}


def evaluated(root: Path, kind: str, classes: list[str]) -> dict:
    """Return HOTA, MOTA and number of truths by class, with the truth as a tracker's answer."""
    import trackeval

    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "truth/data"
        answer.mkdir(parents=True)
        for path in (root / "label_02").iterdir():
            keep = [row for row in path.read_text().splitlines() if answers(row, kind)]
            scored = [f"{row} 1.0" if kind == "Kitti2DBox" else row for row in keep]
            (answer / path.name).write_text("".join(f"{row}\n" for row in scored))
        quiet = {"PRINT_CONFIG": False}
        settings = {"GT_FOLDER": str(root), "TRACKERS_FOLDER": folder, "OUTPUT_FOLDER": folder,
                    "SPLIT_TO_EVAL": "training", "CLASSES_TO_EVAL": classes, **quiet}  # fmt: skip
        if kind == "KittiMOTS":
            settings["SEQ_INFO"] = sequences(root / "evaluate_mots.seqmap.training")
        data = getattr(trackeval.datasets, kind)(settings)
        off = {"PRINT_RESULTS": False, "OUTPUT_SUMMARY": False, "OUTPUT_DETAILED": False,
               "PLOT_CURVES": False, "TIME_PROGRESS": False, "BREAK_ON_ERROR": True}  # fmt: skip
        metrics = [trackeval.metrics.HOTA(), trackeval.metrics.CLEAR({"PRINT_CONFIG": False})]
        with contextlib.redirect_stdout(io.StringIO()):
            result, _ = trackeval.Evaluator({**off, **quiet}).evaluate([data], metrics)
        shutil.rmtree(folder, ignore_errors=True)
        Path(folder).mkdir(exist_ok=True)
    whole = next(iter(result.values()))["truth"]["COMBINED_SEQ"]
    return {
        name: {
            "HOTA": float(np.mean(whole[name]["HOTA"]["HOTA"])),
            "MOTA": float(whole[name]["CLEAR"]["MOTA"]),
            "truths": int(whole[name]["CLEAR"]["CLR_TP"] + whole[name]["CLEAR"]["CLR_FN"]),
        }
        for name in classes
    }


def sequences(seqmap: Path) -> dict[str, int]:
    """Return the frames of each sequence in a list.

    TrackEval's own parser of MOTS lists guesses the delimiter from what follows the first row: a
    list of one sequence, as a data set of one world has, ends it with "Could not determine
    delimiter".
    """
    rows = [line.split(" ") for line in seqmap.read_text().splitlines()]
    return {row[0]: int(row[3]) for row in rows}


def answers(row: str, kind: str) -> bool:
    """Return whether a row of the truth is something a tracker would answer."""
    fields = row.split(" ")
    return fields[1] != "-1" if kind == "Kitti2DBox" else fields[2] != "10"


def tars(home: Path) -> dict:
    """webdataset: every sample decoded."""
    import webdataset

    found = {}
    for split in ("train", "val"):
        paths = sorted(str(path) for path in home.glob(f"{split}-*.tar"))
        rows = []
        for sample in webdataset.WebDataset(paths, shardshuffle=False).decode("rgb8"):
            points = [sample[key] for key in sample if key.endswith(".npy") or key == "npy"]
            rows.append(
                {
                    "key": sample["__key__"],
                    "keys": sorted(key for key in sample if not key.startswith("__")),
                    "points": max(len(one) for one in points),
                    "frame": sample["meta.json"]["frame"],
                }
            )
        found[split] = rows
    return found


def boxes(home: Path) -> dict:
    """tri3d: boxes of each key frame, and how many hold other points than they say.

    It turns nuScenes' lidar by its own rule, so that x looks forward.
    """
    from tri3d.datasets import NuScenes

    data = NuScenes(home, "v1.0-synth")
    count, differ = 0, 0
    for scene in data.sequences():
        for frame in data.keyframes(scene, "LIDAR_TOP"):
            points = data.points(scene, frame, "LIDAR_TOP")[:, :3]
            for box in data.boxes(scene, frame, coords="LIDAR_TOP"):
                local = np.abs(box.transform.inv().apply(points))
                count += 1
                differ += int((local <= box.size / 2).all(axis=1).sum()) != box.num_lidar_pts
    return {"scenes": len(data.sequences()), "boxes": count, "differ": differ}


READERS = {
    "semantickitti": [semantickitti, odometry],
    "kitti_tracking": [tracking],
    "kitti_mots": [mots],
    "webdataset": [tars],
    "nuscenes": [boxes],
}
"""What reads each format."""


def main() -> None:
    """Print what the readers find in the folder that the command line names."""
    home, found = Path(sys.argv[1]), {}
    for name, readers in READERS.items():
        if (home / name).is_dir():
            found[name] = {one.__name__: one(home / name) for one in readers}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
