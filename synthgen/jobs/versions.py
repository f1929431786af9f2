"""What the bytes of a shard depend on besides its spec."""

from importlib.metadata import version

from synthgen.render.engines import PACKAGES
from synthgen.spec.run import RunSpec

DEPENDENCIES = ("eclipse-sumo", "numba", "numpy", "open3d-cpu", "opencv-python-headless", "pyarrow",
                "scipy", "shapely", "synthgen")  # fmt: skip


def versions(run: RunSpec) -> dict[str, str]:
    """Return the versions here of the program and the packages that make the bytes of `run`."""
    return {name: version(name) for name in DEPENDENCIES + PACKAGES[run.render.name]}
