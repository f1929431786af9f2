"""`synthgen.submission` on a real Slurm."""

import os
import sys
from pathlib import Path

import pytest

from synthgen.jobs.claims import held
from tests.cluster.patience import until
from tests.scripts import script

submission = pytest.importorskip("synthgen.submission", reason="scripts/setup submitit")
pytestmark = pytest.mark.long
CHAOS = script("chaos")
RUN = ("scene=clear_day", "place=opendrive", "traffic.vehicles=0", "clip.frames=1", "n=4")
"""Two shards."""


def test_a_part_that_is_warned_goes_on_after_the_queue_and_the_merge_waits_for_it(
    slurm, tmp_path, monkeypatch
):
    for name, value in slurm.items():
        monkeypatch.setenv(name, value)
    root = str(Path(__file__).parents[2])
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([root, os.environ.get("PYTHONPATH", "")]))
    out = tmp_path / "out"
    sent = submission.submit(
        [*RUN, *CHAOS.cheap(tmp_path), f"out={out}"], 2, cluster="slurm", folder=tmp_path / "jobs"
    )
    array = sent.parts[0].job_id.partition("_")[0]
    assert [part.job_id for part in sent.parts] == [f"{array}_0", f"{array}_1"]
    until(lambda: 0 in held(out), "work on shard 0")
    sent.parts[0]._interrupt(timeout=True)  # the signal of a job whose time is nearly up
    until(lambda: 0 not in held(out), "the end of the program")
    assert not (out / "shards" / "000000").exists()
    assert not sent.merging.paths.result_pickle.exists()
    for job in (*sent.parts, sent.merging):
        until(job.paths.result_pickle.exists, f"the end of job {job.job_id}")
        assert job.result() == 0
    said = sent.parts[0].stderr() + sent.parts[0].stdout()
    print(said, file=sys.stderr)
    assert f"Requeued job {array}_0" in said
    assert "stopped: finished shards are kept" in said
    assert sorted(p.name for p in (out / "shards").iterdir()) == ["000000", "000001"]
    assert (out / "dataset" / "merge.json").is_file()
