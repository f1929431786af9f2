"""Of a shard: what belongs to some of its frames, and how two shards differ in it."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from synthgen.jobs.excerpt import Part, keep, unlike

FRAMES = range(4)
"""Of two clips with two frames each."""


@pytest.fixture
def shard(tmp_path):
    home = tmp_path / "shard"
    for frame in FRAMES:
        for path in (f"sensor/roof/{frame:06d}.bin", f"twins/fog/sensor/roof/{frame:06d}.bin"):
            (home / path).parent.mkdir(parents=True, exist_ok=True)
            (home / path).write_bytes(bytes([frame]))
        truth = home / f"sensor/radar/truth/{frame:06d}.parquet"
        truth.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.table({"track": [frame]}), truth)
    for clip in (0, 1):
        (home / f"sensor/roof/clip{clip:06d}.wav").write_bytes(bytes([clip]))
    rows = {"frame": [None, None, *FRAMES], "clip": [0, 1, 0, 0, 1, 1], "level": [float("nan")] * 6}
    pq.write_table(pa.table(rows), home / "sensors.parquet")
    pq.write_table(pa.table({"name": ["lane"]}), home / "lanes.parquet")
    images = [{"id": frame} for frame in FRAMES]
    labels = [{"id": 10 * frame, "image_id": frame} for frame in FRAMES]
    (home / "coco").mkdir()
    content = {"images": images, "annotations": labels, "categories": [{"id": 1}]}
    (home / "coco" / "instances.json").write_text(json.dumps(content))
    return home


def part(*frames):
    return Part(frozenset(frames), 2)


def names(home):
    return sorted(str(path.relative_to(home)) for path in home.rglob("*") if path.is_file())


def test_files_rows_and_records_of_a_frame_are_kept_and_the_map(shard, tmp_path):
    keep(shard, part(3), tmp_path / "kept")
    assert names(tmp_path / "kept") == [
        "coco/instances.json",
        "lanes.parquet",
        "sensor/radar/truth/000003.parquet",
        "sensor/roof/000003.bin",
        "sensors.parquet",
        "twins/fog/sensor/roof/000003.bin",
    ]
    table = pq.read_table(tmp_path / "kept" / "sensors.parquet")
    assert table["frame"].to_pylist() == [3]
    assert pq.read_table(tmp_path / "kept" / "lanes.parquet").num_rows == 1
    kept = json.loads((tmp_path / "kept" / "coco" / "instances.json").read_text())
    assert kept == {
        "images": [{"id": 3}],
        "annotations": [{"id": 30, "image_id": 3}],
        "categories": [{"id": 1}],
    }


def test_recordings_of_a_clip_belong_to_its_first_frame(shard, tmp_path):
    keep(shard, part(2), tmp_path / "kept")
    assert (tmp_path / "kept" / "sensor" / "roof" / "clip000001.wav").is_file()
    table = pq.read_table(tmp_path / "kept" / "sensors.parquet")
    assert table["frame"].to_pylist() == [None, 2]
    assert table["clip"].to_pylist() == [1, 1]


def test_the_excerpt_of_a_shard_is_like_it(shard, tmp_path):
    keep(shard, part(0, 3), tmp_path / "kept")
    assert unlike(tmp_path / "kept", shard, part(3)) == ([], 6)
    assert unlike(tmp_path / "kept", shard, part(0, 3)) == ([], 10)


def test_a_changed_byte_a_changed_number_and_a_lacking_file_differ(shard, tmp_path):
    kept = tmp_path / "kept"
    keep(shard, part(3), kept)
    (kept / "sensor" / "roof" / "000003.bin").write_bytes(b"x")
    (kept / "twins" / "fog" / "sensor" / "roof" / "000003.bin").unlink()
    rows = pa.table({"frame": [3], "clip": [1], "level": [1.0]})
    pq.write_table(rows, kept / "sensors.parquet")
    assert unlike(kept, shard, part(3))[0] == [
        "sensor/roof/000003.bin",
        "sensors.parquet",
        "twins/fog/sensor/roof/000003.bin",
    ]
