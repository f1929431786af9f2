"""Jobs sent from Python; on a real Slurm: tests/cluster/test_submission_on_slurm.py."""

import os
import signal
import stat
import subprocess
import threading
import time
from types import SimpleNamespace

import psutil
import pytest

from synthgen.errors import UserError
from tests.scripts import script

submission = pytest.importorskip("synthgen.submission", reason="scripts/setup submitit")
RUN = ("scene=clear_day", "place=motorway", "traffic.vehicles=0", "clip.frames=1", "n=4")
"""Two shards."""


@pytest.mark.parametrize(
    ("words", "more", "expected"),
    [
        (["scene=fgo"], {}, "scene=fgo: expected one of"),
        (["n=4", "shard=0/2"], {}, "shard=0/2: not used here, submit decides"),
        (["task=merge"], {}, "task=merge: not used here, submit decides"),
        (["workers=2"], {}, "workers=2: not used here, submit decides"),
        (RUN, {"tasks": 3}, "tasks=3: expected 1 to 2, the shards of n=4"),
        (RUN, {"tasks": 0}, "tasks=0: expected 1 to 2"),
        (RUN, {"workers": 0}, "workers=0: expected a whole number of at least 1"),
        (RUN, {"cluster": "lsf"}, "cluster=lsf: expected one of slurm, local"),
        (RUN, {"slurm_patrition": "x"}, "submitit: Unknown argument 'patrition'"),
        (RUN, {"timeout_min": "soon"}, 'submitit: Parameter "timeout_min" expected type'),
    ],
)
def test_what_makes_no_job_is_one_line_and_nothing_is_sent(tmp_path, words, more, expected):
    with pytest.raises(UserError) as told:
        submission.submit(
            words, **{"tasks": 1, "cluster": "local", "folder": tmp_path / "j", **more}
        )
    assert str(told.value).startswith(expected)
    assert "\n" not in str(told.value)
    assert not list(tmp_path.rglob("*.pkl"))


def test_slurm_that_is_not_there_is_one_line(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UserError, match="Could not detect"):
        submission.submit(RUN, 2, cluster="slurm", folder=tmp_path)


def test_every_part_is_sent_with_its_words_and_a_merge_of_the_whole(tmp_path, monkeypatch):
    sent = []

    class Executor:
        cluster = "local"

        def submit_array(self, programs):
            sent.extend(programs)
            return [SimpleNamespace(job_id=f"7_{i}") for i in range(len(programs))]

        def submit(self, program):
            sent.append(program)

    told = []
    monkeypatch.setattr(submission, "_executor", lambda *all: told.append(all[3]) or Executor())
    (tmp_path / "scene").mkdir()
    (tmp_path / "scene" / "mine.yaml").write_text("# @package _global_\ndefaults:\n  - fog\n")
    words = ["scene=mine", "clip.frames=1", "n=4"]
    submission.submit(words, 2, workers=3, config_dir=str(tmp_path), slurm_qos="low")
    own = (f"--config-dir={tmp_path}", *words, "workers=3")
    assert [p.words for p in sent] == [(*own, "shard=0/2"), (*own, "shard=1/2"), own]
    assert told[0] | {"cpus_per_task": 3, "slurm_qos": "low"} == told[0]
    wait = {"dependency": "afterok:7", "kill-on-invalid-dep": "yes"}
    assert told[1] == {**told[0], "slurm_additional_parameters": wait}


@pytest.fixture
def stand_in(tmp_path, monkeypatch):
    """Return what puts a program in the place of ours, and the file that it writes its words to."""

    def put(body):
        path = tmp_path / "python"
        path.write_text(f"#!/bin/bash\necho $* >> {tmp_path}/said\n{body}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setattr(submission.sys, "executable", str(path))
        return tmp_path / "said"

    return put


def test_a_job_is_one_run_of_the_program(stand_in):
    said = stand_in("exit 0")
    assert submission.Program(("n=4", "shard=0/2"))() == 0
    assert said.read_text() == "-m synthgen n=4 shard=0/2\n"


def test_a_run_that_failed_fails_its_job(stand_in):
    stand_in("exit 3")
    with pytest.raises(subprocess.CalledProcessError) as told:
        submission.Program(("n=4",))()
    assert told.value.returncode == 3


def test_before_a_job_goes_back_into_the_queue_its_program_has_dropped_the_shard(
    stand_in, tmp_path
):
    stand_in(f"trap 'sleep 0.5; echo dropped > {tmp_path}/end; exit 130' TERM\n"
             f"echo > {tmp_path}/begun\nwhile :; do sleep 0.05; done")  # fmt: skip
    program, ends = submission.Program(("n=4",)), []

    def run():
        with pytest.raises(subprocess.CalledProcessError) as told:
            program()
        ends.append(told.value.returncode)

    job = threading.Thread(target=run)
    job.start()
    while not (tmp_path / "begun").exists():
        time.sleep(0.02)
    again = program.checkpoint()
    assert (tmp_path / "end").read_text() == "dropped\n"
    job.join(timeout=20)
    assert ends == [130]
    assert again.function == submission.Program(("n=4",))


def test_the_program_does_not_hear_slurms_warning_itself(stand_in, tmp_path):
    stand_in(f"kill -USR2 $$; kill -USR1 $$; echo > {tmp_path}/lives")
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    assert submission.Program(("n=4",))() == 0
    assert (tmp_path / "lives").exists()
    assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == before


def test_a_job_that_is_broken_off_leaves_no_program_behind(stand_in, monkeypatch):
    stand_in("sleep 60 & wait")
    program = submission.Program(("n=4",))

    def end(seconds):
        raise SystemExit(1)

    monkeypatch.setattr(submission.time, "sleep", end)
    with pytest.raises(SystemExit):
        program()
    monkeypatch.undo()
    assert not psutil.pid_exists(program.number) or (
        psutil.Process(program.number).status() == psutil.STATUS_ZOMBIE
    )


def task_of(job):
    """Return the process in which a local job of submitit runs."""
    controller = psutil.Process(int(job.job_id))
    return next(iter(controller.children()), None)


@pytest.mark.long
def test_parts_on_this_machine_make_a_merged_data_set_also_when_one_is_put_back(tmp_path):
    out = tmp_path / "out"
    chaos = script("chaos")
    words = [word for word in chaos.JOB if not word.startswith("workers=")]
    words += [*chaos.cheap(tmp_path), "n=4", f"out={out}"]
    sent = submission.submit(words, 2, cluster="local", folder=tmp_path / "jobs", timeout_min=20)
    first = sent.parts[0]
    while not list((out / "making").glob("claim-*")):
        time.sleep(0.1)
    task_of(first).send_signal(signal.SIGUSR2)  # what Slurm sends when the time is nearly up
    assert [part.result() for part in sent.parts] == [0, 0]
    assert sent.merging.result() == 0
    assert "Requeued job" in first.stderr() + first.stdout()
    assert "stopped: finished shards are kept" in first.stderr() + first.stdout()
    assert sorted(p.name for p in (out / "shards").iterdir()) == ["000000", "000001"]
    assert (out / "dataset" / "merge.json").is_file()
    assert os.path.isdir(out / "dataset" / "kitti")
