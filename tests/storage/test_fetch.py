"""A shard from a store, on fsspec's file system in memory, is what its manifest says or refused."""

import hashlib
import json

import pytest
from fsspec.implementations.memory import MemoryFileSystem

from synthgen.errors import UserError
from synthgen.storage.fetch import get_shard
from synthgen.storage.remote import Remote
from synthgen.storage.shards import stored_record

PLACE = "bucket/out/shards/000003"


@pytest.fixture
def remote():
    system = MemoryFileSystem(global_store=False, skip_instance_cache=True)
    return Remote(system, "memory://bucket/out", "bucket/out")


def put(remote, files, **renamed):
    """Put a shard of `files` into the store; its manifest may call some otherwise."""
    entries = []
    for name, content in files.items():
        remote.system.pipe_file(f"{PLACE}/{name}", content)
        sha256 = hashlib.sha256(content).hexdigest()
        entries.append({"path": renamed.get(name, name), "size": len(content), "sha256": sha256})
    manifest = json.dumps({"frames": [6, 7], "files": entries}).encode()
    remote.system.pipe_file(f"{PLACE}/manifest.json", manifest)


def test_a_shard_comes_back_with_the_very_bytes(remote, tmp_path):
    files = {"a": b"1", "sub/b": b"22"}
    put(remote, files)
    get_shard(remote, 3, tmp_path / "shard")
    there = {name: (tmp_path / "shard" / name).read_bytes() for name in files}
    assert there == files
    manifest = remote.system.cat_file(f"{PLACE}/manifest.json")
    assert (tmp_path / "shard/manifest.json").read_bytes() == manifest


def test_a_file_of_other_bytes_is_refused_and_no_manifest_is_written(remote, tmp_path):
    put(remote, {"a": b"1", "b": b"2"})
    remote.system.pipe_file(f"{PLACE}/b", b"3")
    with pytest.raises(UserError, match="000003/b: is not the file that the manifest names"):
        get_shard(remote, 3, tmp_path / "shard")
    assert not (tmp_path / "shard/manifest.json").exists()


def test_a_missing_file_is_one_line(remote, tmp_path):
    put(remote, {"a": b"1"})
    remote.system.rm_file(f"{PLACE}/a")
    with pytest.raises(UserError, match="shards/000003: download broken off: FileNotFoundError"):
        get_shard(remote, 3, tmp_path / "shard")


@pytest.mark.parametrize("name", ["../out", "/etc/out", "x/../../out", ""])
def test_a_name_that_leaves_the_folder_is_refused_and_nothing_written(name, remote, tmp_path):
    put(remote, {"a": b"1"}, a=name)
    with pytest.raises(UserError, match="leaves the folder"):
        get_shard(remote, 3, tmp_path / "shard")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("manifest", [b"\xff", b"[]", b'{"files": [1]}', b'{"files": [{}]}'])
def test_a_spoilt_manifest_is_one_line(manifest, remote, tmp_path):
    remote.system.pipe_file(f"{PLACE}/manifest.json", manifest)
    with pytest.raises(UserError, match=r"manifest.json: not a manifest of synthgen"):
        get_shard(remote, 3, tmp_path / "shard")


@pytest.mark.parametrize(
    ("content", "line"),
    [(None, "no run.json, so no run"), (b"[]", "not a run record"), (b"{}", "not a run record")],
)
def test_without_a_run_record_it_is_no_data_set(content, line, remote):
    if content is not None:
        remote.system.pipe_file("bucket/out/run.json", content)
    with pytest.raises(UserError, match=line):
        stored_record(remote)
