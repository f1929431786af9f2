"""An exported format in a store, on fsspec's file system in memory: there when its receipt is."""

import json

import pytest
from fsspec.implementations.memory import MemoryFileSystem

from synthgen.errors import UserError
from synthgen.storage.remote import Remote
from synthgen.storage.tree import put_tree


class Store(MemoryFileSystem):
    """Remembers the order of files, and takes only half of one."""

    cachable = False

    def __init__(self):
        super().__init__(global_store=False)
        self.log, self.halves = [], ""

    def put_file(self, lpath, rpath, **kwargs):
        self.log.append(rpath.rpartition("/")[2])
        super().put_file(lpath, rpath, **kwargs)
        if self.halves and rpath.endswith(self.halves):
            super().pipe_file(rpath, b"half")

    def pipe_file(self, path, value, mode="overwrite", **kwargs):
        self.log.append(path.rpartition("/")[2])
        super().pipe_file(path, value, mode=mode, **kwargs)


@pytest.fixture
def remote():
    return Remote(Store(), "memory://bucket/out", "bucket/out")


def tree(folder, identity="a", shards=1):
    folder.mkdir()
    (folder / "b.tar").write_bytes(b"1234567")
    (folder / "a.json").write_bytes(b"{}")
    (folder / "export.json").write_text(json.dumps({"identity": identity, "shards": shards}))
    return folder


def test_the_receipt_lands_last_and_a_second_time_nothing_is_sent(remote, tmp_path):
    folder = tree(tmp_path / "one")
    assert put_tree(remote, "webdataset", folder, "export.json") == 3
    assert remote.system.log == ["a.json", "b.tar", "export.json"]
    assert put_tree(remote, "webdataset", folder, "export.json") == 3
    assert len(remote.system.log) == 3
    put_tree(remote, "webdataset", tree(tmp_path / "grown", shards=2), "export.json")
    there = remote.system.cat_file("bucket/out/webdataset/export.json")
    assert json.loads(there)["shards"] == 2


def test_a_file_that_did_not_arrive_shows_no_receipt(remote, tmp_path):
    remote.system.halves = "b.tar"
    with pytest.raises(UserError, match=r"webdataset/b.tar: did not arrive in full size"):
        put_tree(remote, "webdataset", tree(tmp_path / "one"), "export.json")
    assert "export.json" not in remote.system.log


@pytest.mark.parametrize("there", [b'{"identity": "b"}', b"[]", b"\xff"])
def test_an_export_of_another_data_set_is_refused_and_stays(there, remote, tmp_path):
    remote.system.pipe_file("bucket/out/webdataset/export.json", there)
    with pytest.raises(UserError, match="webdataset/ is an export of another data set"):
        put_tree(remote, "webdataset", tree(tmp_path / "one"), "export.json")
    assert remote.system.cat_file("bucket/out/webdataset/export.json") == there
