"""Clean exports pass; of each format five corruptions and more, each caught by its own check."""

import io
import json
import shutil
import tarfile
from importlib import import_module
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from synthgen.errors import UserError
from synthgen.verify.faults import Tally
from synthgen.verify.files import verify

SEQUENCE = "dataset/sequences/00"
DRIVE = "train/synthgen_drive_0000_sync/proj_depth"


def text(path, old, new, count=1):
    whole = path.read_text()
    assert old in whole
    path.write_text(whole.replace(old, new, count))


def lines(path, change):
    path.write_text("".join(f"{row}\n" for row in change(path.read_text().splitlines())))


def record(path, change):
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))


def words(path, change):
    values = np.fromfile(path, "<u4")
    change(values).astype("<u4").tofile(path)


def picture(path, change):
    image = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    cv2.imwrite(str(path), change(image))


def swapped(values, one, two):
    """Return words with the instances `one` and `two` swapped."""
    high = values >> 16
    other = np.where(high == one, two, np.where(high == two, one, high))
    return (values & 0xFFFF) | other << 16


def turned(row):
    """Return a row of a calibration whose 3x4 matrix is turned by 0.2 degrees."""
    name, *numbers = row.split(" ")
    matrix = np.array(numbers, float).reshape(3, 4)
    c, s = np.cos(np.radians(0.2)), np.sin(np.radians(0.2))
    matrix = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]) @ matrix
    return " ".join([name, *(f"{one:.12e}" for one in matrix.ravel())])


def retar(tree, change):
    """Write a tar anew from its entries, and make sidecar and index agree with it."""
    path = tree / "train-000000.tar"
    with tarfile.open(path) as file:
        entries = [(one, file.extractfile(one).read()) for one in file]
    with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as file:
        for entry, data in change(entries):
            entry.size = len(data)
            file.addfile(entry, io.BytesIO(data))
    hashlib = import_module("hashlib")
    found = {kind: hashlib.new(kind, path.read_bytes()).hexdigest() for kind in ("sha256", "md5")}
    size = path.stat().st_size
    record(path.with_suffix(".json"), lambda one: one.update(**found, bytes=size))
    record(
        tree / "index-train.json",
        lambda one: one["shardlist"][0].update(md5sum=found["md5"], filesize=size),
    )


def older(entries):
    entries[0][0].mtime = 1_700_000_000
    return entries


def exchanged(entries, ending):
    """Give the first sample's member to the second and the other way round."""
    first, second = [n for n, (one, _) in enumerate(entries) if one.name.endswith(ending)][:2]
    a, b = entries[first], entries[second]
    entries[first], entries[second] = (a[0], b[1]), (b[0], a[1])
    return entries


def mirrored(points):
    """Return keypoints with left and right swapped."""
    triples = np.reshape(points, (17, 3))
    order = [0, *(k + 1 if k % 2 else k - 1 for k in range(1, 17))]
    return triples[order].ravel().tolist()


def people(tree, change):
    path = tree / "annotations/person_keypoints_train.json"
    record(path, lambda one: change(one["annotations"]))


def labels(tree, change):
    record(tree / "labels/train.json", lambda one: change(one["frames"][0]))


CORRUPTIONS = {
    "semantickitti": {
        "instances of two things swapped in one frame": ("words of points", lambda t: words(
            t / SEQUENCE / "labels/000001.label", lambda v: swapped(v, 2, 3))),
        "a car that moves said to stand": ("words of points", lambda t: words(
            t / SEQUENCE / "labels/000002.label",
            lambda v: np.where(v & 0xFFFF == 252, v - 242, v))),
        "a label too few": ("words of points", lambda t: words(
            t / SEQUENCE / "labels/000000.label", lambda v: v[:-1])),
        "halves of the words swapped": ("words of points", lambda t: words(
            t / SEQUENCE / "labels/000000.label", lambda v: v >> 16 | v << 16)),
        "points in other axes": ("sweep of sequence", lambda t: words(
            t / SEQUENCE / "velodyne/000000.bin", lambda v: np.roll(v, 1))),
        "poses of the camera for the lidar's": ("sequence pose", lambda t: lines(
            t / SEQUENCE / "poses.txt", lambda r: [r[0], r[2], r[1]])),
        "calibration turned by 0.2 degrees": ("sequence calibration", lambda t: lines(
            t / SEQUENCE / "calib.txt", lambda r: [*r[:4], turned(r[4])])),
        "a class without a learned one": ("yaml complete", lambda t: text(
            t / "semantic-kitti.yaml", "learning_map:\n  0: 0\n", "learning_map:\n")),
    },
    "kitti_tracking": {
        "tracks of two cars swapped in a frame": ("label row", lambda t: lines(
            t / "training/label_02/0000.txt", lambda r: [
                r[0].replace("0 2 Car", "0 3 Car"), r[1].replace("0 3 Car", "0 2 Car"), *r[2:]])),
        "a row left out": ("label rows", lambda t: lines(
            t / "training/label_02/0000.txt", lambda r: r[1:])),
        "truncation as a share": ("label row", lambda t: text(
            t / "training/label_02/0000.txt", "Car 1 0", "Car 0.31 0")),
        "rider's box moved by 0.5 m": ("label row", lambda t: text(
            t / "training/label_02/0000.txt", " 1.94 1.65", " 2.44 1.65")),
        "calibration turned by 0.2 degrees": ("sequence calibration", lambda t: lines(
            t / "training/calib/0000.txt", lambda r: [*r[:5], turned(r[5]), r[6]])),
        "yaw from north": ("packet angles", lambda t: lines(
            t / "training/oxts/0000.txt", lambda r: [
                " ".join([*one.split()[:5], str(np.pi / 2 - float(one.split()[5])),
                          *one.split()[6:]]) for one in r])),
        "latitude and longitude swapped": ("packet place", lambda t: lines(
            t / "training/oxts/0000.txt", lambda r: [
                " ".join([one.split()[1], one.split()[0], *one.split()[2:]]) for one in r])),
        "velocities north and east swapped": ("packet velocity", lambda t: lines(
            t / "training/oxts/0000.txt", lambda r: [
                " ".join([*one.split()[:6], one.split()[7], one.split()[6], *one.split()[8:]])
                for one in r])),
        "a frame too many in the list": ("seqmap", lambda t: text(
            t / "training/evaluate_tracking.seqmap.training", "000003", "000004")),
    },
    "kitti_depth": {
        "depth in 8 bits": ("16 bits", lambda t: picture(
            t / DRIVE / "groundtruth/image_02/0000000000.png",
            lambda i: (i >> 8).astype(np.uint8))),
        "centimetres": ("true depth", lambda t: picture(
            t / DRIVE / "groundtruth/image_02/0000000000.png",
            lambda i: (i / 256.0 * 100).astype(np.uint16))),
        "no depth written as the largest": ("true depth", lambda t: picture(
            t / DRIVE / "groundtruth/image_02/0000000001.png",
            lambda i: np.where(i == 0, 65_535, i).astype(np.uint16))),
        "sweep shifted by a pixel": ("sweep in image", lambda t: picture(
            t / DRIVE / "velodyne_raw/image_02/0000000001.png", lambda i: np.roll(i, 1, 1))),
        "range for depth": ("sweep in image", lambda t: picture(
            t / DRIVE / "velodyne_raw/image_02/0000000002.png",
            lambda i: (i * 1.01).astype(np.uint16))),
        "a frame missing": ("depth images", lambda t: (
            t / DRIVE / "velodyne_raw/image_02/0000000002.png").unlink()),
    },
    "kitti_mots": {
        "masks shifted by a pixel": ("mask of track", lambda t: picture(
            t / "training/instances/0000/000001.png", lambda i: np.roll(i, 1, 1))),
        "two tracks swapped in a frame": ("mask of track", lambda t: picture(
            t / "training/instances/0000/000002.png",
            lambda i: np.where(i == 1000, 1001, np.where(i == 1001, 1000, i)).astype(np.uint16))),
        "two things with one number": ("mask of track", lambda t: picture(
            t / "training/instances/0000/000000.png",
            lambda i: np.where(i == 1001, 1000, i).astype(np.uint16))),
        "a row left out": ("mask rows", lambda t: lines(
            t / "training/label_02/0000.txt", lambda r: r[1:])),
        "class of another kind": ("mask row", lambda t: text(
            t / "training/label_02/0000.txt", "0 1000 1 ", "0 1000 2 ")),
        "ignored things as background": ("mask of track", lambda t: picture(
            t / "training/instances/0000/000000.png",
            lambda i: np.where(i == 10_000, 0, i).astype(np.uint16))),
        "a frame too few in the list": ("seqmap", lambda t: text(
            t / "training/evaluate_mots.seqmap.training", "000003", "000002")),
    },
    "webdataset": {
        "a byte turned": ("tar hash", lambda t: (t / "val-000000.tar").write_bytes(
            (t / "val-000000.tar").read_bytes()[:-2000] + bytes(2000 - 1) + b"x")),
        "times of the clock": ("tar entry plain", lambda t: retar(t, older)),
        "a sample torn apart": ("samples in order", lambda t: retar(
            t, lambda e: [*e[1:], e[0]])),
        "sweeps of two frames swapped": ("sample's points", lambda t: retar(
            t, lambda e: exchanged(e, "roof.npy"))),
        "pictures of two frames swapped": ("sample's pictures", lambda t: retar(
            t, lambda e: exchanged(e, "front.png"))),
        "labels of two frames swapped": ("sample's objects", lambda t: retar(
            t, lambda e: exchanged(e, ".objects.jsonl"))),
        "a tar that the index leaves out": ("tar in index", lambda t: record(
            t / "index-train.json", lambda one: one["shardlist"].clear())),
    },
    "coco_keypoints": {
        "keypoints half a pixel off": ("person's keypoints", lambda t: people(
            t, lambda a: a[0].update(keypoints=[
                v + 0.5 * (k % 3 < 2) for k, v in enumerate(a[0]["keypoints"])]))),
        "left and right swapped": ("person's keypoints", lambda t: people(
            t, lambda a: a[1].update(keypoints=mirrored(a[1]["keypoints"])))),
        "an id of 0": ("ids from 1, once", lambda t: people(t, lambda a: a[0].update(id=0))),
        "area of the box": ("person's mask", lambda t: people(
            t, lambda a: a[0].update(area=int(a[0]["bbox"][2] * a[0]["bbox"][3])))),
        "box to the last pixel's middle": ("person's box", lambda t: people(
            t, lambda a: a[0].update(bbox=[*a[0]["bbox"][:2], a[0]["bbox"][2] - 1,
                                           a[0]["bbox"][3] - 1]))),
        "a person left out": ("people complete", lambda t: people(t, lambda a: a.pop())),
        "a frame in both splits": ("pictures once", lambda t: record(
            t / "annotations/person_keypoints_val.json",
            lambda one: one["images"].append({"id": 0, "file_name": "000000000020.png"}))),
    },
    "scalabel": {
        "a box to the next pixel": ("box", lambda t: labels(
            t, lambda f: f["labels"][0]["box2d"].update(x2=f["labels"][0]["box2d"]["x2"] + 1))),
        "a bus that is a car": ("box", lambda t: labels(
            t, lambda f: next(o for o in f["labels"] if o["category"] == "bus").update(
                category="car"))),
        "a label left out": ("boxes complete", lambda t: labels(t, lambda f: f["labels"].pop())),
        "day for night": ("words of weather", lambda t: labels(
            t, lambda f: f["attributes"].update(
                timeofday="night" if f["attributes"]["timeofday"] != "night" else "daytime"))),
        "hidden said to be whole": ("box flags", lambda t: labels(
            t, lambda f: f["labels"][0]["attributes"].update(
                occluded=not f["labels"][0]["attributes"]["occluded"]))),
        "a picture missing": ("picture there", lambda t: next(
            (t / "images/train").iterdir()).unlink()),
    },
}  # fmt: skip
"""By format: what is done to a copy of the toy export, and the check that must catch it."""


def kinds(tree, name, toy_data):
    shards = sorted((toy_data / "shards").iterdir())
    tally = Tally()
    import_module(f"synthgen.verify.exported.{name}").check(tree, shards, tally)
    return {one.kind for one in tally.violations}, tally.checks


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_a_clean_export_passes(trees, toy_data, name):
    found, checks = kinds(trees / name, name, toy_data)
    assert not found
    wanted = {kind for kind, _ in CORRUPTIONS[name].values()}
    assert wanted <= set(checks)
    assert len(CORRUPTIONS[name]) >= 5


@pytest.mark.parametrize(
    ("name", "corruption"), [(name, one) for name, some in CORRUPTIONS.items() for one in some]
)
def test_each_corruption_is_caught_by_its_check(trees, toy_data, tmp_path, name, corruption):
    shutil.copytree(trees / name, tmp_path / name)
    kind, corrupt = CORRUPTIONS[name][corruption]
    corrupt(tmp_path / name)
    assert kind in kinds(tmp_path / name, name, toy_data)[0]


def test_task_verify_knows_an_export_and_finds_its_data_set(trees, tmp_path, capsys):
    run = SimpleNamespace(data=str(trees / "kitti_mots"), out="")
    assert verify(run) == 0
    assert "0 violations" in capsys.readouterr().out
    shutil.copytree(trees / "kitti_mots", tmp_path / "far/away")
    with pytest.raises(UserError, match="which is no longer there"):
        verify(SimpleNamespace(data=str(tmp_path / "far/away"), out=""))
