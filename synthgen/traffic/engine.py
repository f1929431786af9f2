"""The doors to SUMO: its command line tools and its simulation in this process."""

import io
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import Any

import sumo

# libsumo greets with a remark on pyarrow's version, which concerns its Parquet output only.
with redirect_stdout(io.StringIO()):
    import libsumo

STEP = 0.1
"""[s] of one simulation step."""


def run_tool(name: str, arguments: Sequence[str], folder: Path) -> None:
    """Run SUMO's command line tool `name` inside `folder`.

    Raises:
        ValueError: with the tool's own first error line when it fails.
    """
    home = Path(sumo.SUMO_HOME)
    environment = {"SUMO_HOME": str(home), "LC_ALL": "C"}
    environment |= {key: str(home / "data" / "proj") for key in ("PROJ_LIB", "PROJ_DATA")}
    done = subprocess.run(
        [str(home / "bin" / name), *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if line.startswith("Error")]
        raise ValueError(
            lines[0].removeprefix("Error: ")
            if lines
            else f"{name} failed with code {done.returncode}"
        )


def type_map(name: str) -> str:
    """Return the path of SUMO's own OpenStreetMap type map `name`."""
    return str(Path(sumo.SUMO_HOME) / "data" / "typemap" / f"{name}.typ.xml")


@contextmanager
def simulation(net_file: Path, seed: int) -> Iterator[Any]:
    """Open the simulation of the streets in `net_file`, yield libsumo, and close it whatever
    happens. No files are written; who stands for 40 s is taken out.
    """
    options = {
        "--net-file": str(net_file),
        "--seed": str(seed),
        "--step-length": str(STEP),
        "--lateral-resolution": "0.4",
        "--time-to-teleport": "40",
        "--time-to-teleport.remove": "true",
        "--max-depart-delay": "10",
        "--default.action-step-length": "0.5",
        "--ignore-junction-blocker": "4",
        "--collision.action": "none",
        "--pedestrian.striping.dawdling": "0.1",
        "--no-step-log": "true",
        "--no-warnings": "true",
        "--duration-log.disable": "true",
        "--xml-validation": "never",
        "--xml-validation.net": "never",
    }
    libsumo.start(["sumo", *(part for pair in options.items() for part in pair)])
    try:
        yield libsumo
    finally:
        libsumo.close()


def open_lanes(sim: Any, edge: str, vehicle: str) -> list[int]:
    """Return the lanes of `edge` that SUMO class `vehicle` may use, from the right.

    By what is not allowed: `getAllowed` is empty for lanes of everybody and for those of nobody,
    such as hard shoulders.
    """
    lanes = range(sim.edge.getLaneNumber(edge))
    return [lane for lane in lanes if vehicle not in sim.lane.getDisallowed(f"{edge}_{lane}")]
