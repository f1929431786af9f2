"""Evidence: the shards there are, with the digests of their manifests."""

import hashlib
import shutil

import pytest

from synthgen.coverage.receipt.evidence import by_frame, shards
from synthgen.coverage.receipt.findings import ShardProof
from synthgen.errors import UserError


def test_shards_of_a_data_set_are_named_with_their_manifests_digests(toy_data):
    found = shards(toy_data)
    assert [one.name for one in found] == ["shards/000000", "shards/000001"]
    for one in found:
        text = (toy_data / one.name / "manifest.json").read_bytes()
        assert one.sha256 == hashlib.sha256(text).hexdigest()
    assert [one.frames for one in found] == [3, 2]


def test_shards_of_a_fill_are_named_with_their_jobs(toy_data, tmp_path):
    for job in ("night", "fog"):
        shutil.copytree(toy_data / "shards", tmp_path / job / "shards")
    assert [one.name for one in shards(tmp_path)] == [
        "fog/shards/000000", "fog/shards/000001", "night/shards/000000", "night/shards/000001",
    ]  # fmt: skip


def test_what_is_no_data_set_of_ours_is_one_clear_line(tmp_path):
    with pytest.raises(UserError, match=r"^data=.*: expected what task=fill made"):
        shards(tmp_path)


def test_a_frame_is_of_the_shard_that_its_image_lies_in():
    known = [ShardProof("a/shards/000000", "", 1), ShardProof("a/shards/000001", "", 1)]
    images = ["a/shards/000001/sensor/c/1.png", "a/shards/000000/twins/fog/sensor/c/1.png"]
    frames = {"frame": ["x", "y"], "image": images}
    assert by_frame(frames, known) == {"x": 1, "y": 0}
    for image in ("b/shards/000000/1.png", "1.png", None):
        said = f"^frame x: its image {image} is in no finished shard"
        with pytest.raises(UserError, match=said):
            by_frame({"frame": ["x"], "image": [image]}, known)
