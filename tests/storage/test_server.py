"""The verbs of a store against a real S3 server over HTTP."""

import json

import pytest

from synthgen.errors import UserError
from synthgen.storage.address import address
from synthgen.storage.remote import (
    abort_uploads,
    connect,
    create,
    names,
    read,
    receive,
    send,
    sizes,
    write,
)
from synthgen.storage.shards import claim_store, put_shard, stored_shards

pytestmark = pytest.mark.long


@pytest.fixture
def remote(s3):
    return connect(address("out", "s3://data/set"))


def shard(folder, frames=(0, 1), size=100_000):
    folder.mkdir(exist_ok=True)
    files = [{"path": f"{name}.bin", "size": size} for name in "abc"]
    for entry in files:
        (folder / entry["path"]).write_bytes(bytes(size))
    manifest = {"frames": list(frames), "files": files}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def test_the_first_of_two_writers_wins_by_the_servers_own_decision(remote, s3):
    assert create(remote, "x", b"1")
    assert not create(remote, "x", b"2")
    assert s3.cat_file("data/set/x") == b"1"


def test_what_is_written_is_read_and_listed(remote, tmp_path):
    assert (read(remote, "x"), names(remote, "shards"), sizes(remote, "shards")) == (None, [], {})
    write(remote, "x", b"12")
    (tmp_path / "a").write_bytes(b"123")
    send(remote, "shards/000000", {"b/a": tmp_path / "a"})
    assert read(remote, "x") == b"12"
    assert names(remote, "") == ["shards", "x"]
    assert sizes(remote, "shards") == {"000000/b/a": 3}
    receive(remote, "shards/000000", {"b/a": tmp_path / "back"})
    assert (tmp_path / "back").read_bytes() == b"123"


def test_unfinished_uploads_of_this_shard_are_ended_and_no_others(remote, s3):
    for key in ("set/shards/000000/a", "set/shards/000001/a", "other/a"):
        s3.call_s3("create_multipart_upload", Bucket="data", Key=key)
    assert abort_uploads(remote, "shards/000000") == 1
    left = s3.call_s3("list_multipart_uploads", Bucket="data")["Uploads"]
    assert sorted(one["Key"] for one in left) == ["other/a", "set/shards/000001/a"]


def test_a_cut_wire_leaves_no_shard_and_half_a_file_is_no_file(
    remote, wire, s3, tmp_path, monkeypatch
):
    one, url = wire("/b.bin", 50_000)
    assert stored_shards(remote) == {}  # it connects at its first question, to the server itself
    monkeypatch.setenv("AWS_ENDPOINT_URL", url)
    cut = connect(address("out", "s3://data/set"))
    object.__setattr__(cut, "system", type(s3)(use_listings_cache=False, skip_instance_cache=True))
    with pytest.raises(UserError) as told:
        put_shard(cut, 0, shard(tmp_path / "shard"))
    assert str(told.value).startswith("s3://data/set: shards/000000: upload broken off")
    assert "secret" not in str(told.value)
    assert len(one.cuts) == 1
    assert stored_shards(remote) == {}
    assert "shards/000000/b.bin" not in sizes(remote, "")
    put_shard(remote, 0, tmp_path / "shard")
    assert stored_shards(remote) == {0: (0, 1)}
    assert sizes(remote, "shards/000000")["b.bin"] == 100_000


def test_a_bucket_that_is_not_there_is_one_line(s3):
    with pytest.raises(UserError, match=r"s3://nobody/a: run.json cannot be written: FileNotFound"):
        claim_store(connect(address("out", "s3://nobody/a")), {"identity": "a"})


def test_a_shard_that_is_sent_ends_what_was_begun_of_its_files(remote, s3, tmp_path):
    s3.call_s3("create_multipart_upload", Bucket="data", Key="set/shards/000000/a.bin")
    put_shard(remote, 0, shard(tmp_path / "shard"))
    assert not s3.call_s3("list_multipart_uploads", Bucket="data").get("Uploads")
