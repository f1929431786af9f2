"""The array script, with a program and a Slurm that stand in."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "slurm_array.sh"
ARRAY = {
    "SLURM_ARRAY_JOB_ID": "40", "SLURM_ARRAY_TASK_ID": "3", "SLURM_ARRAY_TASK_COUNT": "12",
    "SLURM_ARRAY_TASK_MIN": "0", "SLURM_ARRAY_TASK_MAX": "11", "SLURM_JOB_ID": "44",
    "SLURM_CPUS_PER_TASK": "1",
}  # fmt: skip


def program(folder, name, body):
    path = folder / name
    path.write_text(f"#!/usr/bin/env bash\n{body}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def start(tmp_path):
    """Return what starts the script with some environment, words and body of the program."""

    def begin(told, *words, body='printf "%s\\n" "$*"', scontrol='echo "asked: $*"'):
        python = program(tmp_path, "python", body)
        program(tmp_path, "scontrol", scontrol)
        clean = {k: v for k, v in os.environ.items() if not k.startswith("SLURM_")}
        place = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHON": str(python)}
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        return subprocess.Popen([SCRIPT, *words], env={**clean, **place, **told}, **pipes)

    return begin


def told(process):
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def test_a_task_makes_its_part_with_as_many_workers_as_cpus(start):
    code, out, _ = told(start(ARRAY, "scene=fog", "n=48"))
    assert (code, out) == (0, "-m synthgen scene=fog n=48 shard=3/12 workers=1\n")


def test_offset_and_tasks_name_a_task_beyond_the_largest_index(start):
    gaps = {**ARRAY, "SLURM_ARRAY_TASK_COUNT": "2", "TASKS": "2000", "OFFSET": "1000"}
    assert "shard=1003/2000" in told(start(gaps, "n=9"))[1]


def test_cpus_beyond_the_affinity_mask_are_not_used(start):
    mask = len(os.sched_getaffinity(0))
    many = {**ARRAY, "SLURM_CPUS_PER_TASK": "512", "OMP_NUM_THREADS": "1"}
    assert f" workers={mask}\n" in told(start(many, "n=9"))[1]
    assert told(start(many, "n=9", "workers=1"))[1].endswith("n=9 workers=1 shard=3/12\n")


def test_without_an_array_the_whole_run_is_completed(start):
    code, out, _ = told(start({"SLURM_CPUS_PER_TASK": "1"}, "n=9"))
    assert (code, out) == (0, "-m synthgen n=9 workers=1\n")


@pytest.mark.parametrize(
    ("change", "words", "expected"),
    [
        ({"SLURM_ARRAY_TASK_COUNT": "2"}, ["n=9"], "TASKS: missing"),
        ({"SLURM_ARRAY_TASK_MIN": "1"}, ["n=9"], "TASKS: missing"),
        ({"OFFSET": "100"}, ["n=9"], "TASKS: missing"),
        ({"TASKS": "3"}, ["n=9"], "task 3: expected one below TASKS=3"),
        ({"TASKS": "many"}, ["n=9"], "TASKS=many: expected"),
        ({"TASKS": "9", "OFFSET": "-1"}, ["n=9"], "OFFSET=-1: expected"),
        ({}, ["shard=0/4"], "shard=0/4: not used here"),
        ({}, ["task=merge"], "task=merge: not used here"),
    ],
)
def test_what_cannot_be_told_is_refused_in_one_line(start, change, words, expected):
    code, out, err = told(start({**ARRAY, **change}, *words))
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(f"slurm_array: {expected}")


WORKING = """
stop() {{ trap '' TERM; echo stopping; sleep 0.3; exit {code}; }}
trap stop TERM
echo begun
while :; do sleep 0.05; done"""


def warned(process, number):
    assert process.stdout.readline() == "begun\n"
    process.send_signal(number)
    return told(process)


def test_a_warned_task_stops_its_program_and_goes_back_into_the_queue(start):
    process = start(ARRAY, "n=9", body=WORKING.format(code=130))
    code, out, err = warned(process, signal.SIGUSR1)
    assert (code, out) == (0, "stopping\nasked: requeue 40_3\n")
    assert "in the queue again" in err


def test_a_warned_task_that_was_just_done_stays_done(start):
    process = start(ARRAY, "n=9", body=WORKING.format(code=0))
    assert warned(process, signal.SIGUSR1)[:2] == (0, "stopping\n")


def test_a_second_signal_does_not_end_the_wait(start):
    process = start(ARRAY, "n=9", body=WORKING.format(code=130))
    assert process.stdout.readline() == "begun\n"
    process.send_signal(signal.SIGUSR1)
    assert process.stdout.readline() == "stopping\n"
    time.sleep(0.05)
    process.send_signal(signal.SIGUSR1)
    assert told(process)[:2] == (0, "asked: requeue 40_3\n")


def test_a_task_that_cannot_be_put_back_says_how_to_go_on(start):
    process = start(ARRAY, "n=9", body=WORKING.format(code=130), scontrol="exit 1")
    code, _, err = warned(process, signal.SIGUSR1)
    assert code == 75
    assert "task=status prints what completes the run" in err


def test_a_cancelled_task_is_not_put_back(start):
    process = start(ARRAY, "n=9", body=WORKING.format(code=130))
    assert warned(process, signal.SIGTERM)[:2] == (130, "stopping\n")


@pytest.mark.parametrize("code", [0, 1, 2])
def test_the_exit_code_is_the_programs(start, code):
    assert told(start(ARRAY, "n=9", body=f"exit {code}"))[0] == code


def test_a_killed_program_is_a_failure_of_the_task(start):
    assert told(start(ARRAY, "n=9", body="kill -KILL $$"))[0] == 137
