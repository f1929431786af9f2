import subprocess
import sys


def test_the_process_that_waits_for_workers_loads_no_engine():
    code = (
        "import sys, synthgen.jobs.generate; "
        "print({'open3d', 'libsumo', 'shapely'} & set(sys.modules))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "set()", told.stdout
