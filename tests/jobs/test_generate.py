import json
import subprocess
import sys

from synthgen.config import read
from synthgen.jobs import generate as job


def fill(run, shard, partial, *_):
    (partial / "manifest.json").write_text(json.dumps({"frames": list(shard.frames), "clips": []}))
    return {"frames": len(shard.frames), "checks": {}, "counts": {}}


def make(run, number, tell, stopped):
    from synthgen.jobs import shard

    shard._fill = fill
    return shard.make_shard(run, number, tell, stopped)


def test_a_part_looks_at_no_shard_of_another(tmp_path, monkeypatch, capsys):
    """A thousand hours are a million shards; what a task does must not grow with them."""
    monkeypatch.setattr(job, "_make", make)
    monkeypatch.setattr("synthgen.jobs.summary._tracks_in_view", lambda shard: 0)
    words = ["scene=clear_day", "clip.frames=1", "n=16", "workers=1", f"out={tmp_path}"]
    run = read([*words, "shard=1/4"])
    others = {shard.index for shard in read(words).shards()}
    others -= {shard.index for shard in run.shards()}
    assert len(others) == 6
    for shard in others:
        (tmp_path / f"shards/{shard:06d}").mkdir(parents=True)
        (tmp_path / f"shards/{shard:06d}/manifest.json").write_text("not to be read")
    (tmp_path / "run.json").write_text(json.dumps({"identity": run.identity}))
    assert job.generate(run) == 0
    said = capsys.readouterr().out
    assert f"{tmp_path}: 4 frames of 0 worlds in 0 cities in part 1 of 4, 0 distinct" in said
    assert "every shard of part 1 of 4 is there; the same command without shard= merges" in said
    assert not (tmp_path / "dataset").exists()


def test_the_process_that_waits_for_workers_loads_no_engine():
    code = (
        "import sys, synthgen.jobs.generate; "
        "print({'open3d', 'libsumo', 'shapely'} & set(sys.modules))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "set()", told.stdout
