"""Images stored as JPEG: every file that holds, names or checks an image knows it."""

import json
from dataclasses import replace
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from synthgen.merge import merge
from synthgen.report.sheet import frames_of, load
from synthgen.sensors.jpeg import compressed
from synthgen.verify.jpeg import coding
from synthgen.verify.shard import tally_shard
from synthgen.writers.sensor_files import image_file


def on_disk():
    """Return the module that writes toy shards."""
    path = Path(__file__).parent / "test_files_on_disk.py"
    spec = spec_from_file_location("on_disk", path)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def coded(look, quality=75, chroma=444):
    """Return `look` with a camera that sends a JPEG."""
    found = compressed(look.camera.image, quality, chroma)
    reading = replace(
        look.camera, image=found.image, stream=found.stream, quality=quality, chroma=chroma
    )
    return replace(look, camera=reading)


@pytest.fixture(scope="module")
def out(tmp_path_factory, toys, street, calibration):
    out = tmp_path_factory.mktemp("out")
    on_disk().write_shard(out / "shards/000001", toys, coded(street), calibration, suffix=".jpg")
    return out


def test_the_file_is_the_stream_of_the_camera_and_labels_stay_png(out, street):
    home = out / "shards/000001/sensor/front"
    assert (home / "000020.jpg").read_bytes() == coded(street).camera.stream
    assert not (home / "000020.png").exists()
    for kind in ("instance", "semantic", "depth"):
        assert (home / kind / "000020.png").is_file()


def test_tables_and_formats_name_it(out):
    shard = out / "shards/000001"
    camera = pq.read_table(shard / "frames.parquet").to_pylist()[0]["cameras"][0]
    assert (camera["file"], camera["jpeg"], camera["chroma"]) == (
        "sensor/front/000020.jpg", 75, 444,
    )  # fmt: skip
    images = json.loads((shard / "coco/instances.json").read_text())["images"]
    assert [one["file_name"] for one in images] == [
        "sensor/front/000020.jpg", "sensor/front/000021.jpg",
    ]  # fmt: skip
    kitti = shard / "kitti/training/image_2/000020.jpg"
    assert kitti.samefile(shard / "sensor/front/000020.jpg")


def test_the_merged_set_links_it_and_the_sheet_draws_it(out, street):
    merge(out)
    home, own = out / "dataset", out / "shards/000001/sensor/front/000021.jpg"
    assert own.samefile(home / "coco/images/000021.jpg")
    assert own.samefile(home / "kitti/training/image_2/000021.jpg")
    assert (home / "coco/panoptic/000021.png").is_file()
    images = json.loads((home / "coco/instances.json").read_text())["images"]
    assert all((home / "coco/images" / one["file_name"]).is_file() for one in images)
    panel = load(*frames_of(out)[0])
    np.testing.assert_array_equal(panel.image, coded(street).camera.image)


@pytest.mark.parametrize(("quality", "chroma"), [(60, 420), (75, 444), (92, 422), (100, 444)])
def test_quality_and_chroma_are_read_from_the_markers(tmp_path, street, quality, chroma):
    path = tmp_path / "one.jpg"
    path.write_bytes(compressed(street.camera.image, quality, chroma).stream)
    assert coding(path) == (quality, chroma)
    path.write_bytes(image_file(street.camera, ".png"))
    assert coding(path) == (0, 0)


def kinds(shard):
    return {one.kind for one in tally_shard(shard).violations if "JPEG" in one.kind}


def test_verification_catches_a_quality_that_is_not_the_files(out):
    shard = out / "shards/000001"
    tally = tally_shard(shard)
    assert tally.checks["JPEG is as told"] == 2
    assert not [one for one in tally.violations if "JPEG" in one.kind]
    path = shard / "frames.parquet"
    before = path.read_bytes()
    table = pq.read_table(path)
    rows = table.to_pylist()
    rows[0]["cameras"][0]["jpeg"] = 76
    pq.write_table(pa.Table.from_pylist(rows, schema=table.schema), path)
    try:
        assert kinds(shard) == {"JPEG is as told"}
    finally:
        path.write_bytes(before)


def test_a_camera_that_sent_no_jpeg_cannot_be_stored_as_one(street):
    with pytest.raises(ValueError, match="camera front sent no JPEG"):
        image_file(street.camera, ".jpg")
