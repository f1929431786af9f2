"""A real Slurm on this machine for the tests that need one."""

import os
import subprocess
from pathlib import Path
from shutil import which

import pytest

ROOT = Path(__file__).parents[2]
HERE = ROOT / "scripts" / "slurm_here"


@pytest.fixture(scope="session")
def slurm(tmp_path_factory):
    """Start three nodes with two CPUs each; return the environment in which `sbatch` finds them."""
    path = f"{os.environ['PATH']}:/usr/sbin"
    if which("slurmctld", path=path) is None or which("munged", path=path) is None:
        pytest.skip("no Slurm on this machine: scripts/setup slurm")
    home = tmp_path_factory.mktemp("slurm")
    subprocess.run([HERE, "start", home], check=True, timeout=90)
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("SLURM_", "SBATCH_"))}
    yield {**clean, "SLURM_CONF": str(home / "slurm.conf")}
    subprocess.run([HERE, "stop", home], check=True, timeout=60)
