"""The real job with real workers and a real S3 server; only what fills a shard is a toy."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from synthgen.cluster.status import status
from synthgen.config import read
from synthgen.errors import UserError
from synthgen.jobs import generate as job
from synthgen.jobs.fetch import fetch

pytestmark = pytest.mark.long


def fill(run, shard, partial, *_):
    """Fill a shard with bytes of its own and note that it was made."""
    content = bytes([shard.index]) * 200_000
    (partial / "one.bin").write_bytes(content)
    with Path(run.command[-1]).open("a") as notes:
        notes.write(f"{shard.index}\n")
    manifest = {"frames": list(shard.frames), "counts": {}, "identity": run.identity,
                "versions": {},
                "files": [{"path": "one.bin", "size": 200_000,
                           "sha256": hashlib.sha256(content).hexdigest()}]}  # fmt: skip
    (partial / "manifest.json").write_text(json.dumps(manifest))
    return {"frames": len(shard.frames), "counts": {}, "checks": {}}


def make(run, number, tell, stopped):
    from synthgen.jobs import shard

    shard._fill = fill
    return shard.make_shard(run, number, tell, stopped)


@pytest.fixture
def spec(tmp_path, monkeypatch):
    """Return what makes the run of some words; made shards are noted in `made`."""
    monkeypatch.setattr(job, "_make", make)

    def run(*words):
        every = ("scene=clear_day", "clip.frames=1", "workers=2", "out=s3://data/set", *words,
                 f"stage={tmp_path / 'stage'}")  # fmt: skip
        return replace(read(every), command=(*every, str(tmp_path / "made")))

    return run


def made(tmp_path):
    return sorted(int(line) for line in (tmp_path / "made").read_text().split())


def keys(s3):
    return sorted(name.removeprefix("data/set/") for name in s3.find("data"))


def whole(*numbers):
    shards = [f"shards/{n:06d}/{name}" for n in numbers for name in ("manifest.json", "one.bin")]
    return sorted(["run.json", *shards, *(f"timing/{n:06d}.json" for n in numbers)])


def test_every_shard_goes_to_the_store_and_nothing_stays_here(s3, spec, tmp_path, capsys):
    assert job.generate(spec("n=5")) == 0
    assert keys(s3) == whole(0, 1, 2)
    assert list((tmp_path / "stage").iterdir()) == []
    assert "s3://data/set: 3 of 3 shards are there" in capsys.readouterr().out
    assert job.generate(spec("n=5")) == 0
    assert job.generate(spec("n=6")) == 0
    assert json.loads(s3.cat_file("data/set/shards/000002/manifest.json"))["frames"] == [4, 5]
    assert made(tmp_path) == [0, 1, 2, 2]


def test_a_shard_that_could_not_be_sent_waits_and_is_not_made_again(
    s3, spec, tmp_path, wire, server, monkeypatch, capsys
):
    one, url = wire("/000001/one.bin", 50_000)
    monkeypatch.setenv("AWS_ENDPOINT_URL", url)
    assert job.generate(spec("n=2")) == 0
    type(s3).clear_instance_cache()
    assert job.generate(replace(spec("n=4"), workers=1)) == 1
    assert one.cuts == ["PUT /data/set/shards/000001/one.bin HTTP/1.1"]
    said = capsys.readouterr().err
    assert "shard 000001 failed: s3://data/set: shards/000001: upload broken off" in said
    assert "secret" not in said
    assert keys(s3) == whole(0)
    monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
    type(s3).clear_instance_cache()
    capsys.readouterr()
    assert status(spec("n=6", "task=status")) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "s3://data/set: 3 shards of n=6: 1 done, 0 running, 1 failed, 1 missing"
    assert lines[4].startswith("shard 000001 failed: s3://data/set: ")
    assert lines[-1].endswith(" out=s3://data/set")
    assert job.generate(spec("n=4")) == 0
    assert keys(s3) == whole(0, 1)
    assert made(tmp_path) == [0, 1]


def test_another_spec_is_refused_before_anything_is_made(s3, spec, tmp_path):
    assert job.generate(spec("n=2")) == 0
    with pytest.raises(UserError, match="s3://data/set: holds data of another spec"):
        job.generate(spec("n=2", "seed=1"))
    assert keys(s3) == whole(0)


def test_a_shard_that_is_there_is_swept_here_and_nothing_of_the_secrets_is_kept(s3, spec, tmp_path):
    run = spec("n=4")
    assert job.generate(run) == 0
    left = Path(run.out) / "shards/000001"
    left.mkdir(parents=True)
    (left / "manifest.json").write_bytes(s3.cat_file("data/set/shards/000001/manifest.json"))
    assert job.generate(run) == 0
    assert not left.exists()
    assert b"secret" not in b"".join(s3.cat_file(path) for path in s3.find("data"))


def test_a_data_set_is_fetched_once_and_is_then_a_local_one(s3, spec, tmp_path, capsys):
    assert job.generate(spec("n=3")) == 0
    order = read(["task=fetch", "data=s3://data/set", f"out={tmp_path / 'copy'}"])
    s3.pipe_file("data/set/shards/000002/one.bin", b"a shard without a manifest is none")
    assert (fetch(order), fetch(order)) == (0, 0)
    said = capsys.readouterr().out.splitlines()[-2:]
    assert said == [
        f"{tmp_path / 'copy'}: 2 shards of s3://data/set, {n} of them fetched now" for n in (2, 0)
    ]
    copied = {str(p.relative_to(tmp_path / "copy")): p.read_bytes()
              for p in (tmp_path / "copy").rglob("*") if p.is_file()}  # fmt: skip
    assert copied == {name: s3.cat_file(f"data/set/{name}") for name in copied}
    assert sorted(copied) == whole(0, 1)
