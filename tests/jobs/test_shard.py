import errno

import pytest

from synthgen.config import read
from synthgen.errors import UserError
from synthgen.jobs import shard


@pytest.mark.parametrize("fault", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_drops_the_shard_and_is_told_as_such(tmp_path, monkeypatch, fault):
    def full(run, one, partial, *_):
        (partial / "half.png").write_bytes(b"half")
        raise OSError(fault, "no space")

    monkeypatch.setattr(shard, "_fill", full)
    run = read(["scene=clear_day", "n=2", f"out={tmp_path / 'out'}"])
    with pytest.raises(UserError, match=r"out: no space left on the disk of .*out, shard dropped"):
        shard.make_shard(run, 0, lambda frame: None, lambda: False)
    assert not list((tmp_path / "out").rglob("*.png"))
    assert not list((tmp_path / "out" / "shards").iterdir())


def test_another_fault_of_the_disk_is_raised_as_it_is(tmp_path, monkeypatch):
    def broken(*_):
        raise OSError(errno.EIO, "input/output error")

    monkeypatch.setattr(shard, "_fill", broken)
    run = read(["scene=clear_day", "n=2", f"out={tmp_path / 'out'}"])
    with pytest.raises(OSError, match="input/output error"):
        shard.make_shard(run, 0, lambda frame: None, lambda: False)
    assert not list((tmp_path / "out" / "shards").iterdir())
