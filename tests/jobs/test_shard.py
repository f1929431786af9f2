import errno
import json

import pytest

from synthgen.config import read
from synthgen.errors import UserError
from synthgen.jobs import shard
from synthgen.jobs.claims import claimed
from synthgen.jobs.pool import Taken


@pytest.mark.parametrize(
    ("fault", "line"),
    [
        (errno.ENOSPC, r"out: no space left on the disk of .*out, shard dropped"),
        (errno.EDQUOT, r"out: no space left by the quota of .*out, shard dropped"),
        (errno.EROFS, r"out: the file system is read-only: .*out, shard dropped"),
        (errno.EACCES, r"out: no permission to write: .*out, shard dropped"),
    ],
)
def test_a_full_or_closed_disk_drops_the_shard_and_is_told(tmp_path, monkeypatch, fault, line):
    (tmp_path / "out" / "shards").mkdir(parents=True)

    def full(run, one, partial, *_):
        (partial / "half.png").write_bytes(b"half")
        raise OSError(fault, "no space")

    monkeypatch.setattr(shard, "_fill", full)
    run = read(["scene=clear_day", "n=2", f"out={tmp_path / 'out'}"])
    with pytest.raises(UserError, match=line):
        shard.make_shard(run, 0, lambda frame: None, lambda: False)
    assert not list((tmp_path / "out").rglob("*.png"))
    assert not list((tmp_path / "out" / "shards").iterdir())


def test_another_fault_of_the_disk_is_raised_as_it_is(tmp_path, monkeypatch):
    (tmp_path / "out" / "shards").mkdir(parents=True)

    def broken(*_):
        raise OSError(errno.EIO, "input/output error")

    monkeypatch.setattr(shard, "_fill", broken)
    run = read(["scene=clear_day", "n=2", f"out={tmp_path / 'out'}"])
    with pytest.raises(OSError, match="input/output error"):
        shard.make_shard(run, 0, lambda frame: None, lambda: False)
    assert not list((tmp_path / "out" / "shards").iterdir())


def test_a_shard_that_another_holds_or_has_made_is_not_made(tmp_path, monkeypatch):
    out = tmp_path / "out"
    (out / "shards").mkdir(parents=True)
    monkeypatch.setattr(shard, "_fill", lambda *_: pytest.fail("made"))
    run = read(["scene=clear_day", "n=2", "clip.frames=1", f"out={out}"])
    with claimed(out, 0), pytest.raises(Taken):
        shard.make_shard(run, 0, lambda frame: None, lambda: False)
    (out / "shards" / "000000").mkdir()
    (out / "shards" / "000000" / "manifest.json").write_text(json.dumps({"frames": [0, 1]}))
    with pytest.raises(Taken):
        shard.make_shard(run, 0, lambda frame: None, lambda: False)
    assert [path.name for path in (out / "shards").iterdir()] == ["000000"]
