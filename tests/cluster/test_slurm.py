"""A data set by a real Slurm whose tasks are killed, requeued and lose their node."""

import os
import shlex
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from synthgen.cluster.arrays import shards_of, task_of
from synthgen.jobs.claims import held
from synthgen.jobs.ledger import finished_frames
from tests.cluster.patience import PATIENCE, until
from tests.scripts import script

pytestmark = pytest.mark.long
ROOT = Path(__file__).parents[2]
CHAOS = script("chaos")
JOB = ("scene=clear_day", "place=opendrive", "traffic.vehicles=0", "clip.frames=1", "n=48")
"""24 shards of two frames, of the cheapest world there is."""
TASKS = 12


@dataclass(frozen=True)
class Farm:
    """A folder from which jobs are sent, and one in which the data come to lie.

    Attributes:
        home: has `scripts` as a checkout has it; Slurm's logs lie in it.
        out: of the data set.
        words: what asks for it.
        told: environment.
    """

    home: Path
    out: Path
    words: tuple[str, ...]
    told: dict[str, str]

    def ask(self, *command):
        """Return what a command prints, without the line's end."""
        asked = subprocess.run(
            command, env=self.told, cwd=self.home, capture_output=True, text=True, timeout=120
        )
        assert asked.returncode == 0, f"{command}: {asked.stderr}"
        return asked.stdout.strip()

    def send(self, *options, more=()):
        """Send the script to Slurm and return the number of the job."""
        words = (*self.words, *more, f"out={self.out}")
        return self.ask("sbatch", "--parsable", *options, "scripts/slurm_array.sh", *words)

    def nodes(self, array):
        """Return on which node each running task of the array is."""
        said = self.ask("squeue", "-h", "-r", "-j", array, "-t", "RUNNING", "-o", "%K %N")
        return {int(line.split()[0]): line.split()[1] for line in said.splitlines()}

    def end(self, job):
        """Wait until nothing of a job waits or runs; return how each of its parts ended."""
        until(lambda: not self.ask("squeue", "-h", "-r", "-j", job), f"the end of job {job}")
        said = self.ask("scontrol", "-o", "show", "job", job)
        ends = [dict(w.partition("=")[::2] for w in line.split()) for line in said.splitlines()]
        return {one.get("ArrayTaskId", ""): (one["JobState"], one["ExitCode"]) for one in ends}

    def logs(self):
        """Return what all jobs said."""
        return "\n".join(p.read_text() for p in sorted(self.home.glob("slurm-*.out")))


@pytest.fixture(scope="module")
def farm(slurm, tmp_path_factory):
    home = tmp_path_factory.mktemp("farm")
    (home / "scripts").symlink_to(ROOT / "scripts")
    path = os.pathsep.join(filter(None, (str(ROOT), slurm.get("PYTHONPATH"))))
    told = {**slurm, "PYTHON": sys.executable, "PYTHONPATH": path}
    return Farm(home, home / "out", (*JOB, *CHAOS.cheap(home)), told)


@dataclass(frozen=True)
class Story:
    """What happened.

    Attributes:
        killed, requeued, lost: the tasks whose program, whose run and whose node was taken away.
        lasting: shards that the killed task had finished before.
        ends: state and exit code of each task of the first array.
        early: state of the merge that waited for it, and whether there was a merged data set.
        status: what `task=status` printed then.
        second: state and exit code of each task that the printed line sent.
        merged: of the job that waited for that.
        last: what `task=status` printed at the end.
    """

    killed: int
    requeued: int
    lost: int
    lasting: tuple[int, ...]
    ends: dict[str, tuple[str, str]]
    early: tuple[str, bool]
    status: list[str]
    second: dict[str, tuple[str, str]]
    merged: tuple[str, str]
    last: list[str]


def at_work(farm):
    """Return the programs that make a shard now, by task: the parents of who holds the claims."""
    found = {}
    for shard, worker in held(farm.out).items():
        task = task_of(shard, TASKS)
        with suppress(psutil.NoSuchProcess):
            parent = psutil.Process(worker.process).parent()
            if parent and f"shard={task}/{TASKS}" in parent.cmdline():
                found[task] = parent
    return found


def everywhere(farm, array):
    """Return task and program that are at work on each node, or None while a node is idle."""
    programs, nodes = at_work(farm), farm.nodes(array)
    found = {nodes[task]: (task, one) for task, one in programs.items() if task in nodes}
    return found if len(found) == 3 else None


def status(farm):
    return farm.ask(sys.executable, "-m", "synthgen", "task=status", f"out={farm.out}").splitlines()


@pytest.fixture(scope="module")
def story(farm):
    """Run the array, disturb it while all three nodes work, complete it by the printed line."""
    array = farm.send(f"--array=0-{TASKS - 1}", "--cpus-per-task=2", more=("workers=1",))
    hasty = farm.send(f"--dependency=afterok:{array}", "--kill-on-invalid-dep=yes")
    place = until(lambda: everywhere(farm, array), "work on three nodes")
    place["n1"][1].kill()
    killed, requeued, lost = (place[node][0] for node in ("n1", "n3", "n2"))
    lasting = tuple(s for s in shards_of(killed, TASKS, 24) if finished_frames(farm.out, s))
    farm.ask("scontrol", "requeue", f"{array}_{requeued}")
    farm.ask("scontrol", "update", "nodename=n2", "state=down", "reason=test")
    ends = farm.end(array)
    early = farm.end(hasty)[""][0], (farm.out / "dataset").exists()
    said = status(farm)
    line = next(one for one in said if " sbatch " in one)
    sent = farm.ask("bash", "-c", line).split()[-1]
    merging = farm.send(f"--dependency=afterok:{sent}", "--kill-on-invalid-dep=yes")
    second, merged = farm.end(sent), farm.end(merging)[""]
    last = status(farm)
    print(array, killed, requeued, lost, ends, early, *said, second, merged, *last, sep="\n")
    return Story(killed, requeued, lost, lasting, ends, early, said, second, merged, last)


def test_only_the_killed_task_failed(story):
    wrong = {task: end for task, end in story.ends.items() if end != ("COMPLETED", "0:0")}
    assert wrong == {str(story.killed): ("FAILED", "137:0")}
    assert len(story.ends) == TASKS


def test_the_requeued_task_and_the_one_without_its_node_ran_again_by_themselves(story, farm):
    for task in (story.requeued, story.lost):
        assert f"shard={task}/{TASKS}, restart 1" in farm.logs()


def test_nothing_is_merged_while_something_is_missing(story):
    assert story.early == ("CANCELLED", False)


def test_status_names_exactly_what_is_missing(story):
    shards = [s for s in shards_of(story.killed, TASKS, 24) if s not in story.lasting]
    missing = ",".join(str(s) for s in shards)
    there = 24 - len(shards)
    assert story.status[0].endswith(
        f"24 shards of n=48: {there} done, 0 running, 0 failed, {len(shards)} missing"
    )
    assert f"missing: {missing}" in story.status
    assert f"1 of {TASKS} tasks are to be submitted:" in story.status
    words = shlex.split(story.status[-1])
    assert words[:4] == [f"TASKS={TASKS}", "OFFSET=0", "sbatch", f"--array={story.killed}"]


def test_the_printed_line_completes_the_run_and_the_dependent_job_merges(story, farm):
    assert story.second == {str(story.killed): ("COMPLETED", "0:0")}
    assert story.merged == ("COMPLETED", "0:0")
    assert story.last[-1] == "every shard is done or being made"
    assert (farm.out / "dataset" / "merge.json").is_file()


def test_shards_and_data_set_are_those_of_one_machine_byte_for_byte(story, farm, tmp_path):
    out = tmp_path / "single"
    made = subprocess.run(
        [sys.executable, "-m", "synthgen", *farm.words, f"out={out}", "workers=2"],
        env=farm.told, cwd=farm.home, capture_output=True, text=True, timeout=PATIENCE,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    single, array = CHAOS.hashes(out), CHAOS.hashes(farm.out)
    assert len(single) > 24 * 20
    assert array == single
