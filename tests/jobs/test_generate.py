import json
import subprocess
import sys
from types import SimpleNamespace

from synthgen.jobs import generate as job
from synthgen.jobs.pool import Event


def test_timing_tells_the_host_that_made_the_shard_not_the_one_that_asked(tmp_path):
    run = SimpleNamespace(out=str(tmp_path))
    job._note(run, job._Log(), Event("shard", 3, {"host": "node7", "processor": "x"}), 0.0)
    told = json.loads((tmp_path / "timing" / "000003.json").read_text())
    assert told == {"host": "node7", "processor": "x"}


def test_the_process_that_waits_for_workers_loads_no_engine():
    code = (
        "import sys, synthgen.jobs.generate; "
        "print({'open3d', 'libsumo', 'shapely'} & set(sys.modules))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "set()", told.stdout
