"""The order of uploads, on fsspec's file system in memory: a shard is seen whole or not at all."""

import json
from dataclasses import dataclass, field

import pytest
from fsspec.implementations.memory import MemoryFileSystem

from synthgen.errors import UserError
from synthgen.storage.remote import Remote, create
from synthgen.storage.shards import claim_store, put_shard, stored_frames, stored_shards


class Store(MemoryFileSystem):
    """Remembers what is asked of it, and breaks when it is told to."""

    cachable = False

    def __init__(self):
        super().__init__(global_store=False)
        self.log, self.breaks, self.cuts = [], "", ""

    def _note(self, verb, path):
        self.log.append((verb, path.strip("/").removeprefix("bucket/out/")))
        if self.breaks and path.endswith(self.breaks):
            raise ConnectionResetError(104, f"Connection reset, key=SECRET s3://u:SECRET@{path}")

    def put_file(self, lpath, rpath, **kwargs):
        self._note("put", rpath)
        if self.cuts and rpath.endswith(self.cuts):
            self.pipe_file(rpath, b"half", log=False)
            return
        super().put_file(lpath, rpath, **kwargs)

    def pipe_file(self, path, value, mode="overwrite", log=True, **kwargs):
        if log:
            self._note("pipe", path)
        super().pipe_file(path, value, mode=mode, **kwargs)

    def rm_file(self, path):
        self._note("remove", path)
        super().rm_file(path)


@pytest.fixture
def remote():
    return Remote(Store(), "memory://bucket/out", "bucket/out")


def shard(folder, frames=(6, 7), files=("b.bin", "sub/a.bin"), content=b"1234567"):
    entries = []
    for name in files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
        entries.append({"path": name, "size": len(content)})
    manifest = {"frames": list(frames), "files": entries}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def files(remote):
    there = remote.system.store.items()
    return {path.removeprefix("/bucket/out/"): file.getvalue() for path, file in there}


def test_the_manifest_lands_last_and_all_bytes_are_the_shards(remote, tmp_path):
    put_shard(remote, 3, shard(tmp_path))
    assert remote.system.log == [
        ("remove", "shards/000003/manifest.json"),
        ("put", "shards/000003/b.bin"),
        ("put", "shards/000003/sub/a.bin"),
        ("pipe", "shards/000003/manifest.json"),
    ]
    local = {str(p.relative_to(tmp_path)): p.read_bytes() for p in tmp_path.rglob("*.*")}
    assert files(remote) == {f"shards/000003/{name}": one for name, one in local.items()}
    assert stored_shards(remote) == {3: (6, 7)}
    assert stored_frames(remote, 3) == (6, 7)
    assert stored_frames(remote, 4) == ()


@pytest.mark.parametrize("broken", ["b.bin", "a.bin", "manifest.json"])
def test_an_upload_that_breaks_shows_no_shard_and_is_made_good(broken, remote, tmp_path):
    shard(tmp_path)
    remote.system.breaks = broken
    with pytest.raises(UserError) as told:
        put_shard(remote, 3, tmp_path)
    assert "SECRET@" not in str(told.value)
    assert str(told.value).startswith("memory://bucket/out: shards/000003")
    assert stored_shards(remote) == {}
    remote.system.breaks = ""
    put_shard(remote, 3, tmp_path)
    assert stored_shards(remote) == {3: (6, 7)}


def test_a_file_that_did_not_arrive_in_full_size_shows_no_shard(remote, tmp_path):
    remote.system.cuts = "a.bin"
    with pytest.raises(UserError, match=r"sub/a.bin: 4 bytes arrived, expected 7"):
        put_shard(remote, 3, shard(tmp_path))
    assert stored_shards(remote) == {}


def test_what_an_earlier_upload_left_behind_is_removed(remote, tmp_path):
    remote.system.pipe_file("bucket/out/shards/000003/of_old/c.bin", b"c")
    put_shard(remote, 3, shard(tmp_path))
    assert sorted(files(remote)) == [
        "shards/000003/b.bin", "shards/000003/manifest.json", "shards/000003/sub/a.bin",
    ]  # fmt: skip


def test_a_shard_that_has_grown_is_out_of_sight_while_it_is_replaced(remote, tmp_path):
    put_shard(remote, 3, shard(tmp_path / "old", (6,)))
    remote.system.breaks = "b.bin"
    with pytest.raises(UserError):
        put_shard(remote, 3, shard(tmp_path / "new", content=b"new"))
    assert stored_shards(remote) == {}
    remote.system.breaks = ""
    put_shard(remote, 3, tmp_path / "new")
    assert stored_frames(remote, 3) == (6, 7)
    assert files(remote)["shards/000003/b.bin"] == b"new"


def test_a_shard_that_is_there_is_not_sent_again(remote, tmp_path):
    put_shard(remote, 3, shard(tmp_path))
    remote.system.log.clear()
    put_shard(remote, 3, tmp_path)
    assert remote.system.log == []


def test_another_jobs_manifest_of_other_frames_is_taken_out_of_sight(remote, tmp_path, monkeypatch):
    shard(tmp_path)
    other = json.dumps({"frames": [6], "files": []}).encode()
    put = remote.system.put

    def put_as_another_does(*args, **kwargs):
        put(*args, **kwargs)
        remote.system.pipe_file("bucket/out/shards/000003/manifest.json", other)

    monkeypatch.setattr(remote.system, "put", put_as_another_does)
    with pytest.raises(UserError, match="another job put other frames there meanwhile"):
        put_shard(remote, 3, tmp_path)
    assert stored_shards(remote) == {}


def test_the_first_record_stands_and_another_spec_is_refused(remote):
    claim_store(remote, {"identity": "a", "command": ["first"]})
    claim_store(remote, {"identity": "a", "command": ["second"]})
    assert json.loads(files(remote)["run.json"])["command"] == ["first"]
    with pytest.raises(UserError, match=r"holds data of another spec \(a, this one is b\)"):
        claim_store(remote, {"identity": "b"})


def test_a_record_written_between_look_and_claim_is_asked(remote, monkeypatch):
    pipe = remote.system.pipe_file

    def later(path, value, **kwargs):
        pipe(path, b'{"identity": "b"}')
        pipe(path, value, **kwargs)

    monkeypatch.setattr(remote.system, "pipe_file", later)
    with pytest.raises(UserError, match=r"another spec \(b, this one is a\)"):
        claim_store(remote, {"identity": "a"})


@pytest.mark.parametrize(
    ("name", "content", "line"),
    [
        ("photo.png", b"", r"holds files that are not of synthgen \(photo.png\)"),
        ("run.json", b"[]", "not a run record of synthgen"),
        ("run.json", b"\xff", "not a run record of synthgen"),
    ],
)
def test_foreign_content_is_refused_and_stays(name, content, line, remote):
    remote.system.pipe_file(f"bucket/out/{name}", content)
    with pytest.raises(UserError, match=line):
        claim_store(remote, {"identity": "a"})
    assert files(remote) == {name: content}


def test_a_store_without_conditional_writes_is_read_back(remote, monkeypatch):
    pipe = remote.system.pipe_file
    monkeypatch.setattr(
        remote.system, "pipe_file", lambda path, value, mode=None: pipe(path, value)
    )
    assert create(remote, "x", b"1")
    assert not create(Remote(Forgetful(), "memory://b/o", "b/o"), "x", b"1")


@dataclass
class Forgetful:
    """A store in which another always writes last."""

    kept: dict = field(default_factory=dict)

    def pipe_file(self, path, value, mode=None):
        self.kept[path] = b"another's"

    def cat_file(self, path):
        return self.kept[path]
