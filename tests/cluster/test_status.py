import json
import os
import shlex
import subprocess
import sys
import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthgen.cluster import slurm
from synthgen.cluster.arrays import expand, shards_of
from synthgen.cluster.status import lines, look, plain
from synthgen.errors import UserError
from synthgen.jobs.claims import EXPIRY
from synthgen.jobs.owner import myself


def begin(out, *, n=48, tasks=12, command=("scene=fog", "n=48", "shard=3/12", "workers=1")):
    """Make the folder of a run of single frames, two to a shard."""
    (out / "shards").mkdir(parents=True)
    spec = {"n": n, "clip": {"frames": 1}, "shard": {"index": 0, "count": tasks}}
    record = {"spec": spec, "command": list(command), "identity": "own"}
    (out / "run.json").write_text(json.dumps(record))


def finish(out, shard, frames):
    folder = out / "shards" / f"{shard:06d}"
    folder.mkdir()
    record = {"frames": list(frames), "versions": {"numpy": "2.4.6"}}
    (folder / "manifest.json").write_text(json.dumps(record))


def claim(out, shard, owner):
    """Let `owner` hold a shard, and return the claim."""
    path = out / "making" / f"claim-{shard:06d}.0"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(owner.plain()))
    return path


def elsewhere():
    return replace(myself(), host="node-of-another-rack", boot="another")


def fail(out, shard, why):
    (out / "failed").mkdir(exist_ok=True)
    (out / "failed" / f"{shard:06d}.json").write_text(json.dumps({"why": why}))


@pytest.fixture
def half(tmp_path):
    """Return a data set of 24 shards in which all kinds occur."""
    begin(tmp_path)
    for shard in range(18):
        finish(tmp_path, shard, [2 * shard, 2 * shard + 1])
    claim(tmp_path, 18, myself())
    claim(tmp_path, 19, elsewhere())
    claim(tmp_path, 20, replace(myself(), start=1))
    fail(tmp_path, 5, "done since")
    fail(tmp_path, 22, "worker died (exit code -9)")
    return tmp_path


def test_every_shard_is_one_of_done_running_failed_and_missing(half):
    found = look(half)
    assert found.done == tuple(range(18))
    assert found.running == (18, 19)
    assert dict(found.failed) == {22: "worker died (exit code -9)"}
    assert found.missing == (20, 21, 23)


def test_a_shard_of_another_spec_is_named_and_not_counted(half):
    manifest = half / "shards" / "000003" / "manifest.json"
    told = json.loads(manifest.read_text())
    manifest.write_text(json.dumps({**told, "identity": "other"}))
    found = look(half)
    assert 3 not in found.done
    assert found.missing == (3, 20, 21, 23)
    line = "shard 000003 is of another spec (other): move it away"
    assert line in lines(half, found)
    manifest.write_text(json.dumps({**told, "identity": "own"}))
    assert 3 in look(half).done


def test_tasks_at_work_are_not_submitted_again(half):
    assert look(half).lacking == (8, 9, 10, 11)
    claim(half, 8, myself())  # not its shard 20, but the same task's
    (half / "shards" / "000008").rename(half / "gone")
    assert look(half).lacking == (9, 10, 11)


def test_work_elsewhere_is_dead_when_it_gave_no_sign_for_long(half):
    path = half / "making" / "claim-000019.0"
    stamp = path.stat().st_mtime - EXPIRY - 30
    os.utime(path, (stamp, stamp))
    assert 19 in look(half).missing


def test_no_clock_of_ours_is_asked(half, monkeypatch):
    for ahead in (-1e9, 1e9):
        monkeypatch.setattr(time, "time", lambda jump=ahead: jump)
        assert look(half).running == (18, 19)


def test_a_short_last_shard_of_a_run_that_has_grown_is_missing(tmp_path):
    begin(tmp_path, n=3, tasks=1, command=("scene=fog", "n=3"))
    finish(tmp_path, 0, [0, 1])
    finish(tmp_path, 1, [2])
    assert look(tmp_path).missing == ()
    grown = look(tmp_path, n=8)
    assert grown.missing == (1, 2, 3)
    assert grown.tasks == 4


@given(st.sets(st.integers(0, 23)), st.integers(1, 30))
def test_the_tasks_named_make_exactly_what_is_not_there(tmp_path_factory, there, tasks):
    out = tmp_path_factory.mktemp("out")
    begin(out, tasks=tasks)
    for shard in there:
        finish(out, shard, [2 * shard, 2 * shard + 1])
    found = look(out)
    made = {s for task in found.lacking for s in shards_of(task, found.tasks, 24)}
    assert made >= set(found.missing) == set(range(24)) - there
    for task in found.lacking:
        assert set(shards_of(task, found.tasks, 24)) - there, f"task {task} has nothing to do"


def test_what_is_printed_is_a_line_that_a_shell_takes(half):
    said = lines(half, look(half))
    assert said[0] == f"{half}: 24 shards of n=48: 18 done, 2 running, 1 failed, 3 missing"
    assert said[1:5] == ["done: 0-17", "running: 18-19", "failed: 22", "missing: 20-21,23"]
    assert said[5] == "shard 000022 failed: worker died (exit code -9)"
    assert said[6] == "4 of 12 tasks are to be submitted:"
    assert shlex.split(said[7]) == [
        "TASKS=12", "OFFSET=0", "sbatch", "--array=8-11", "scripts/slurm_array.sh", "scene=fog",
        "n=48", f"out={half}",
    ]  # fmt: skip


def test_the_same_as_an_object_names_shards_and_what_completes_them(half):
    told = json.loads(json.dumps(plain(half, look(half))))
    assert (told["out"], told["n"], told["shards"], told["tasks"]) == (str(half), 48, 24, 12)
    assert told["done"] == list(range(18))
    assert (told["running"], told["failed"], told["missing"]) == ([18, 19], [22], [20, 21, 23])
    assert told["why"] == {"22": "worker died (exit code -9)"}
    assert (told["foreign"], told["mixed"]) == ({}, [])
    words = ["scene=fog", "n=48", f"out={half}"]
    assert told["submit"] == [{"TASKS": 12, "OFFSET": 0, "array": "8-11", "words": words}]


def test_shards_of_other_versions_are_told(half):
    record = {"frames": [4, 5], "versions": {"numpy": "2.4.5"}}
    (half / "shards/000002/manifest.json").write_text(json.dumps(record))
    told = "shards of different versions: numpy 2.4.6 (0-1,3-17), 2.4.5 (2)"
    assert told in lines(half, look(half))
    assert plain(half, look(half))["mixed"] == [told]


def test_tasks_beyond_the_largest_index_have_an_offset(tmp_path, monkeypatch):
    monkeypatch.setattr("synthgen.cluster.status.largest_size", lambda: 10)
    begin(tmp_path, tasks=24, command=("events=[{companion: {who: bus, ahead: 30}}]",))
    for shard in (*range(3, 9), *range(12, 23)):
        finish(tmp_path, shard, [2 * shard, 2 * shard + 1])
    words = [shlex.split(line) for line in lines(tmp_path, look(tmp_path))[4:]]
    arrays = [(int(w[1].removeprefix("OFFSET=")), w[3].removeprefix("--array=")) for w in words]
    assert arrays == [(0, "0-2,9"), (10, "0-1"), (20, "3")]
    assert [o + i for o, a in arrays for i in expand(a)] == [0, 1, 2, 9, 10, 11, 23]
    assert words[0][5] == "events=[{companion: {who: bus, ahead: 30}}]"


def test_a_whole_data_set_needs_nothing(tmp_path):
    begin(tmp_path, n=2, tasks=1)
    finish(tmp_path, 0, [0, 1])
    assert lines(tmp_path, look(tmp_path))[-1] == "every shard is done or being made"


@pytest.mark.parametrize("content", [None, "{", "[]", "{}"])
def test_a_folder_without_a_run_is_one_line(tmp_path, content):
    if content is not None:
        (tmp_path / "run.json").write_text(content)
    with pytest.raises(UserError, match=r"run of synthgen|run record"):
        look(tmp_path)


def test_the_largest_array_is_what_slurm_says():
    said = "MailProg                = /bin/mail\nMaxArraySize            = 4001\nMaxDBDMsgs = 2\n"
    assert slurm.array_size(said) == 4001
    assert slurm.array_size("slurm_load_ctl_conf error: Unable to contact slurm controller") == 1001


def test_the_task_prints_one_object_when_asked(half):
    words = [sys.executable, "-m", "synthgen", "task=status", f"out={half}", "json=true"]
    said = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    assert json.loads(said) == plain(half, look(half))


def test_the_task_tells_what_is_there_and_loads_no_engine(half):
    code = (
        "import sys; from synthgen.__main__ import main; "
        f"code = main(['task=status', 'out={half}', 'shard=0/6']); "
        "print({'open3d', 'libsumo', 'shapely', 'duckdb', 'cv2'} & set(sys.modules), code)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "TASKS=6 OFFSET=0 sbatch --array=2-5" in said.stdout
    assert said.stdout.splitlines()[-1] == "set() 0"
