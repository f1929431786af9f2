"""Jobs sent from Python: an array of parts and a job that merges after them, by submitit.

    from synthgen.submission import submit
    sent = submit(["scene=storm_night", "n=100000", "out=/data/storm"], tasks=100, workers=4,
                  folder="/data/logs", timeout_min=240, slurm_partition="long")
    codes = [part.result() for part in sent.parts]

What submitit keeps in `folder` (jobs, results) is pickled: it must be a folder that nobody else
can write, as the account of the sender is. Data and manifests never go this way.
Source: submitit 1.5, https://github.com/facebookincubator/submitit.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import submitit

from synthgen.cluster.slurm import largest_size
from synthgen.config import read
from synthgen.errors import UserError
from synthgen.spec.shard import Slice, shards
from synthgen.spec.wording import choices

CLUSTERS = ("slurm", "local")
_OURS = ("task", "shard", "workers")
"""Keys that are set here and not in the overrides."""
PAUSE = 0.2
"""[s] between two looks at the program."""


@dataclass(frozen=True)
class Sent:
    """Jobs of submitit; their results are exit codes.

    Attributes:
        parts: one for each task.
        merging: completes what is missing and merges.
    """

    parts: tuple[submitit.Job[int], ...]
    merging: submitit.Job[int]


@dataclass
class Program:
    """One run of the program, in a job.

    Attributes:
        words: its overrides.
        number: of its process, 0 before it runs.
    """

    words: tuple[str, ...]
    number: int = 0

    def __call__(self) -> int:
        """Run the program to its end and return 0.

        Raises:
            CalledProcessError: when it ended otherwise, so that the job fails.
        """
        command = [sys.executable, "-m", "synthgen", *self.words]
        child = _deaf(command)
        self.number = child.pid
        try:
            while child.poll() is None:  # a handler runs in between; `wait` would hold a lock
                time.sleep(PAUSE)
        finally:
            self.stop()
        if child.returncode:
            raise subprocess.CalledProcessError(child.returncode, command)
        return 0

    def stop(self) -> None:
        """Let the program drop the shard that it is at, and wait for its end."""
        if not self.number:
            return
        with suppress(ProcessLookupError, ChildProcessError):
            os.waitid(os.P_PID, self.number, os.WEXITED | os.WNOWAIT | os.WNOHANG)  # still ours?
            os.kill(self.number, signal.SIGTERM)
            os.waitid(os.P_PID, self.number, os.WEXITED | os.WNOWAIT)

    def checkpoint(self) -> submitit.helpers.DelayedSubmission:
        """Return what the job does when it is back from the queue: the rest.

        submitit calls this when the time is nearly up or the job is preempted.
        """
        self.stop()
        return submitit.helpers.DelayedSubmission(Program(self.words))


def submit(
    overrides: Sequence[str],
    tasks: int = 12,
    *,
    folder: str | Path = "submitit",
    cluster: str | None = None,
    workers: int = 1,
    restarts: int = 10,
    config_dir: str | None = None,
    **parameters: object,
) -> Sent:
    """Send the data set that `overrides` ask for, in so many `tasks`, and the merge after them.

    Args:
        overrides: as on the command line, without task=, shard= and workers=.
        tasks: parts, each a job of the array; part i makes what shard=i/tasks does.
        folder: of submitit's logs and pickles, which all nodes see.
        cluster: slurm, or local: processes of this machine, all at once; None: slurm where it is.
        workers: processes of each task, and CPUs that it asks for.
        restarts: how often a task that runs out of time goes back into the queue.
        config_dir: folder of your own configuration, as --config-dir.
        parameters: more of `submitit.AutoExecutor.update_parameters`, e.g. timeout_min (60 where
            it is not given), mem_gb, slurm_partition, slurm_array_parallelism.

    Raises:
        UserError: for overrides that make no run, or parameters that make no job. Nothing is sent.
    """
    _check(overrides, config_dir, tasks, workers)
    told = {"timeout_min": 60, "cpus_per_task": workers, "name": "synthgen", **parameters}
    sending = _executor(folder, cluster, restarts, told)
    if sending.cluster == "slurm" and tasks > largest_size():
        raise UserError(f"tasks={tasks}: expected at most MaxArraySize, {largest_size()}")
    extra = () if config_dir is None else (f"--config-dir={Path(config_dir).absolute()}",)
    words = (*extra, *overrides, f"workers={workers}")
    parts = sending.submit_array([Program((*words, f"shard={i}/{tasks}")) for i in range(tasks)])
    after = _after(parts[0].job_id.partition("_")[0], told)
    merging = _executor(folder, cluster, restarts, {**told, **after}).submit(Program(words))
    return Sent(tuple(parts), merging)


def _check(overrides: Sequence[str], config_dir: str | None, tasks: int, workers: int) -> None:
    """Raise a `UserError` unless `overrides` make data, in at least as many shards as tasks."""
    for word in overrides:
        if word.partition("=")[0] in _OURS:
            raise UserError(f"{word}: not used here, submit decides")
    run = read(overrides, config_dir)
    count = len(shards(run.n, run.clip.frames, Slice()))
    if not 1 <= tasks <= count:
        raise UserError(f"tasks={tasks}: expected 1 to {count}, the shards of n={run.n}")
    if workers < 1:
        raise UserError(f"workers={workers}: expected a whole number of at least 1")


def _executor(
    folder: str | Path, cluster: str | None, restarts: int, told: Mapping[str, object]
) -> submitit.AutoExecutor:
    """Return what sends jobs, or raise a `UserError` of one line where submitit has a fault."""
    if cluster not in (*CLUSTERS, None):
        raise UserError(f"cluster={cluster}: expected {choices(CLUSTERS)}, or None")
    often = {f"{name}_max_num_timeout": restarts for name in CLUSTERS}
    try:
        made = submitit.AutoExecutor(Path(folder).absolute() / "%j", cluster, **often)
        made.update_parameters(**told)
    except (NameError, ValueError, AssertionError, RuntimeError, TypeError) as error:
        raise UserError(f"submitit: {' '.join(str(error).split())}") from error
    return made


def _after(array: str, told: Mapping[str, object]) -> dict[str, object]:
    """Return parameters of a job that waits until all of `array` is done.

    Only Slurm has this. On one machine the job begins at once: it makes shards that nobody makes
    yet, waits for those of others, and merges.
    """
    own: Any = told.get("slurm_additional_parameters") or {}
    wait = {"dependency": f"afterok:{array}", "kill-on-invalid-dep": "yes"}
    return {"slurm_additional_parameters": {**own, **wait}}


def _deaf(command: Sequence[str]) -> subprocess.Popen[bytes]:
    """Start a program that does not hear the signal by which Slurm warns every process of a job."""
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1, signal.SIGUSR2})
    try:
        return subprocess.Popen(command)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
