import hashlib
import io
import json
import tarfile

import numpy as np
import pytest

from synthgen.exports.webdataset.tar import write_tar


@pytest.fixture(scope="module")
def home(exported):
    return exported("webdataset")


def samples(path):
    """Yield key and content by ending as the format's reader cuts a tar."""
    found = {}
    with tarfile.open(path) as file:
        for entry in file:
            key, _, ending = entry.name.partition(".")
            found.setdefault(key, {})[ending] = file.extractfile(entry).read()
    return found


def test_every_frame_is_a_sample_with_the_very_files(home, source):
    for clip, name in zip(source.clips(), ("train-000000", "val-000000"), strict=True):
        found = samples(home / f"{name}.tar")
        assert list(found) == [f"clip{clip.number:06d}_{k:04d}" for k in range(len(clip.frames))]
        for frame, content in zip(clip.frames, found.values(), strict=True):
            assert content["front.png"] == frame.camera.path.read_bytes()
            assert content["front.depth.png"] == frame.camera.beside("depth", ".png").read_bytes()
            points = np.load(io.BytesIO(content["roof.npy"]))
            sweep = frame.lidar.sweep()
            np.testing.assert_array_equal(points[:, :3], sweep.point)
            labels = np.load(io.BytesIO(content["roof.labels.npy"]))
            np.testing.assert_array_equal(labels >> 16, sweep.instance)
            rows = [json.loads(line) for line in content["objects.jsonl"].splitlines()]
            assert rows == frame.objects
            assert json.loads(content["meta.json"])["illuminance"] == 9e4
            poses = json.loads(content["calib.json"])["lidars"]["roof"]["world_from_lidar"]
            np.testing.assert_array_equal(np.reshape(poses, (4, 4)), frame.lidar.world_from_lidar)


def test_sidecars_and_index_are_true(home):
    for split, count in (("train", 3), ("val", 2)):
        path = home / f"{split}-000000.tar"
        side = json.loads(path.with_suffix(".json").read_text())
        assert side["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
        assert (side["samples"], side["bytes"]) == (count, path.stat().st_size)
        index = json.loads((home / f"index-{split}.json").read_text())
        assert index["__kind__"] == "wids-shard-index-v1"
        md5 = hashlib.md5(path.read_bytes()).hexdigest()
        assert index["shardlist"] == [
            {"url": path.name, "md5sum": md5, "nsamples": count, "filesize": side["bytes"]}
        ]


def test_the_bytes_of_a_tar_depend_on_nothing_but_its_content(home, tmp_path):
    content = {"b.png": b"1", "a.json": b"{}"}
    write_tar(tmp_path / "one.tar", [("k", content)])
    write_tar(tmp_path / "two.tar", [("k", dict(reversed(content.items())))])
    assert (tmp_path / "one.tar").read_bytes() == (tmp_path / "two.tar").read_bytes()
    with tarfile.open(home / "train-000000.tar") as file:
        told = {(one.mtime, one.uid, one.gid, one.uname, one.gname, one.mode) for one in file}
    assert told == {(0, 0, 0, "", "", 0o644)}


@pytest.mark.parametrize(
    ("key", "ending"), [("a.b", "png"), ("a/b", "png"), ("a", "PNG"), ("a", ".x")]
)
def test_names_that_readers_would_cut_in_the_wrong_place_are_refused(tmp_path, key, ending):
    with pytest.raises(ValueError, match="must"):
        write_tar(tmp_path / "x.tar", [(key, {ending: b""})])
