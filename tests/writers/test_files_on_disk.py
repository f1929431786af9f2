import contextlib
import io
import json
from dataclasses import replace

import cv2
import numpy as np
import pyarrow.parquet as pq
import pytest
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from synthgen.atmosphere import Atmosphere
from synthgen.labels.environment import environment_record
from synthgen.labels.lamps import LampRegister
from synthgen.light.sources import wire
from synthgen.merge import TABLES
from synthgen.spec.clip import ClipSpec, PlaceSpec, TrafficSpec
from synthgen.writers.coco_files import CocoFiles
from synthgen.writers.files import png
from synthgen.writers.kitti_files import KittiFiles
from synthgen.writers.lamp_table import LampTable
from synthgen.writers.lidar_table import LidarTable
from synthgen.writers.manifest import ShardRecord, digest, write_manifest
from synthgen.writers.map_tables import MapTables
from synthgen.writers.sensor_files import SensorFiles
from synthgen.writers.tables import Tables

AIR = Atmosphere((3e-4,) * 3, 3e-4, 0.0, 0.0, 0.0, 0.9, 0.8, 0.0)


def lamps_of(look):
    """Return the columns of all lamps of a toy world by day."""
    world, label = look.moment.scene.world, look.labels[0]
    first = label.track - (label.number - len(world.stuff)) - 1
    return LampRegister(world, wire(world), False, first).at(look.moment)


def write_shard(folder, toys, look, calibration, frames=(20, 21), suffix=".png"):
    """Write a shard of equal frames."""
    rules = toys.rules()
    scene = look.moment.scene
    writers = [
        SensorFiles(folder, suffix=suffix),
        KittiFiles(folder, "front", "roof", calibration, rules, suffix),
        CocoFiles(folder, "front", rules, suffix),
        Tables(folder, "front", "roof", calibration, rules, suffix),
        MapTables(folder),
        LampTable(folder),
        LidarTable(folder),
    ]
    record = environment_record(scene, look.moment, AIR, 9e4, {"rain": 0.0})
    for frame in frames:
        for writer in writers:
            sample = look.sample(frame, frame // 10, **record)
            writer.add(replace(sample, lamps=lamps_of(look)))
    for writer in writers:
        writer.close()
    clip = ClipSpec(
        identity="abc", seed=0, clip=frames[0] // 10, frames=10, gap=3.0, distance=20.0,
        place=PlaceSpec(kind="suburb", file="", city=1), environment=scene.world.environment,
        traffic=TrafficSpec(
            vehicles=9, pedestrians=9, parked=0.3, shares={"car": 1.0}, responding=0.5
        ),
        draws={"rain": 0.0},
    )  # fmt: skip
    shard = ShardRecord(
        identity="abc", shard=frames[0] // 20, frames=tuple(frames), clips=(clip,),
        facts={clip.clip: {"attribution": "a map"}}, versions={"synthgen": "0.1.0"},
    )  # fmt: skip
    return write_manifest(folder, shard)


@pytest.fixture(scope="module")
def shard(tmp_path_factory, toys, street, calibration):
    folder = tmp_path_factory.mktemp("shard")
    return folder, write_shard(folder, toys, street, calibration)


def read(path):
    return cv2.imread(str(path), cv2.IMREAD_UNCHANGED)


def test_two_writes_give_equal_bytes(shard, tmp_path, toys, street, calibration):
    _, manifest = shard
    assert write_shard(tmp_path, toys, street, calibration) == manifest


def test_manifest_names_every_file_with_its_hash(shard):
    folder, manifest = shard
    there = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert {one["path"] for one in manifest["files"]} == there - {"manifest.json"}
    for one in manifest["files"]:
        assert one["sha256"] == digest(folder / one["path"])
    assert manifest["counts"]["kitti"]["Cyclist"] == 2


def test_sensor_files_hold_what_was_seen(shard, street):
    folder, _ = shard
    home = folder / "sensor"
    image = read(home / "front/000020.png")
    np.testing.assert_array_equal(image[..., ::-1], street.camera.image)
    depth = read(home / "front/depth/000020.png") / 256
    known = (street.camera.depth > 0) & (street.camera.depth < 255)
    np.testing.assert_allclose(depth[known], street.camera.depth[known], atol=1 / 512 + 1e-9)
    assert (depth[street.camera.depth == 0] == 0).all()
    np.testing.assert_array_equal(read(home / "front/semantic/000020.png"), street.camera.semantic)
    instance = read(home / "front/instance/000020.png")
    assert instance.dtype == np.uint16
    car = street.of("car")
    np.testing.assert_array_equal(instance == car.track - 1000, street.camera.body == car.number)


def test_sweeps_and_their_labels_have_a_value_per_point(shard, street):
    folder, _ = shard
    home = folder / "sensor/roof"
    points = np.fromfile(home / "000020.bin", "<f4").reshape(-1, 4)
    np.testing.assert_array_equal(points[:, :3], street.lidar.point.astype(np.float32))
    label = np.fromfile(home / "label/000020.label", "<u4")
    np.testing.assert_array_equal(label & 0xFFFF, street.lidar.semantic)
    car = street.of("car")
    assert ((label >> 16) == car.track - 1000).sum() == car.lidar_hits
    for kind, name in ((np.uint8, "cause"), ("<f4", "time"), (np.uint8, "ring")):
        assert len(np.fromfile(home / name / "000020.bin", kind)) == len(points)


def test_kitti_images_are_the_sensor_files_themselves(shard):
    folder, _ = shard
    own, shown = folder / "sensor/front/000020.png", folder / "kitti/training/image_2/000020.png"
    assert own.samefile(shown)
    assert (folder / "kitti/ImageSets/trainval.txt").read_text() == "000020\n000021\n"


def test_ground_truth_as_detections_has_perfect_precision(shard):
    folder, _ = shard
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO(str(folder / "coco/instances.json"))
        found = [
            {key: one[key] for key in ("image_id", "category_id", "segmentation", "bbox")}
            | {"score": 1 - number * 1e-4}
            for number, one in enumerate(truth.loadAnns(truth.getAnnIds(iscrowd=False)))
        ]
        for kind in ("bbox", "segm"):
            evaluation = COCOeval(truth, truth.loadRes([dict(one) for one in found]), kind)
            evaluation.params.maxDets = [1, 10, 1000]
            evaluation.evaluate()
            evaluation.accumulate()
            precision = evaluation.eval["precision"][:, :, :, 0, -1]
            assert (precision[precision > -1] == 1).all()
            assert (precision > -1).any()


def test_annotations_agree_with_their_masks(shard, street):
    folder, _ = shard
    content = json.loads((folder / "coco/instances.json").read_text())
    ids = [one["id"] for one in content["annotations"]]
    assert len(set(ids)) == len(ids)
    assert min(ids) == 20_001
    assert {one["iscrowd"] for one in content["annotations"]} == {0, 1}
    for one in content["annotations"]:
        assert coco_mask.area(one["segmentation"]) == one["area"]
        np.testing.assert_array_equal(coco_mask.toBbox(one["segmentation"]), one["bbox"])
        np.testing.assert_array_equal(
            coco_mask.toBbox(one["segmentation_amodal"]), one["bbox_amodal"]
        )
        own = coco_mask.area(one["segmentation_amodal"])
        np.testing.assert_allclose(one["area"] / own, one["visible_fraction"], atol=1e-6)


def test_panoptic_images_and_json_name_the_same_segments(shard):
    folder, _ = shard
    content = json.loads((folder / "coco/panoptic.json").read_text())
    kinds = {one["id"]: one["isthing"] for one in content["categories"]}
    for one in content["annotations"]:
        image = read(folder / "coco/panoptic" / one["file_name"])[..., ::-1].astype(int)
        ids = image @ [1, 256, 65536]
        names, areas = np.unique(ids[ids > 0], return_counts=True)
        segments = {row["id"]: row for row in one["segments_info"]}
        assert set(names.tolist()) == set(segments)
        assert dict(zip(names.tolist(), areas.tolist(), strict=True)) == {
            name: row["area"] for name, row in segments.items()
        }
        assert {kinds[row["category_id"]] for row in segments.values()} == {0, 1}


def test_tables_hold_the_labels_in_full_precision(shard, street):
    folder, _ = shard
    objects = pq.read_table(folder / "objects.parquet").to_pylist()
    assert len(objects) == 2 * len(street.labels)
    car = street.of("car")
    row = next(one for one in objects if one["track"] == car.track)
    assert tuple(row["center"]) == car.center
    assert tuple(row["visible_box"]) == car.visible_box
    assert row["kitti"].startswith("Car ")
    lines = (folder / "kitti/training/label_2/000020.txt").read_text().splitlines()
    for one in objects[: len(street.labels)]:
        assert one["kitti_row"] == -1 or lines[one["kitti_row"]] == one["kitti"]
    frame = pq.read_table(folder / "frames.parquet").to_pylist()[0]
    assert frame["illuminance"] == 9e4
    assert frame["cameras"][0]["file"] == "sensor/front/000020.png"
    view = np.reshape(frame["cameras"][0]["world_from_camera"], (4, 4))
    np.testing.assert_array_equal(view, street.camera.view.world_from_camera)
    ego = street.moment.scene.ego.world_from_body(0.0)
    for one in (frame["ego"], *frame["cameras"], *frame["lidars"]):
        np.testing.assert_array_equal(np.reshape(one["world_from_ego"], (4, 4)), ego)
    assert frame["ego"]["velocity"] == frame["ego"]["turn_rate"] == [0, 0, 0]


def test_every_column_says_what_it_means(shard):
    folder, _ = shard
    for name in TABLES:
        for column in pq.read_schema(folder / name):
            assert b"meaning" in (column.metadata or {}), column.name


def test_too_many_objects_for_the_ids_is_an_error(tmp_path, toys, street):
    crowd = replace(street, labels=street.labels * 200)
    with pytest.raises(ValueError, match="ids end at 999"):
        CocoFiles(tmp_path, "front", toys.rules()).add(crowd.sample())


@pytest.mark.parametrize("noisy", [False, True])
def test_a_png_holds_every_value_and_labels_stay_small(noisy):
    rng = np.random.default_rng(1)
    image = rng.integers(0, 256, (40, 60, 3), np.uint8)
    back = cv2.imdecode(np.frombuffer(png(image, noisy), np.uint8), cv2.IMREAD_COLOR)
    np.testing.assert_array_equal(back[..., ::-1], image)
    deep = np.repeat(rng.integers(0, 65_536, (20, 1), np.uint16), 300, 1)
    data = png(deep, noisy)
    np.testing.assert_array_equal(
        cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED), deep
    )
    assert noisy or len(data) < deep.nbytes / 20
