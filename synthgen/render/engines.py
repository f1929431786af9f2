"""What each renderer needs on this machine; nothing of the engines is loaded to ask."""

from collections.abc import Mapping

from synthgen.render.path import setup as path_setup
from synthgen.render.path.quality import PathQuality
from synthgen.render.raster import setup as raster_setup

PACKAGES = {"raycast": (), "path": path_setup.PACKAGES, "raster": raster_setup.PACKAGES}
"""Distributions that the bytes of a picture depend on, by renderer, besides those of all."""


def record(name: str, path: PathQuality | None) -> Mapping[str, str]:
    """Return what `run.json` says of renderer `name`: the device in use and versions.

    Raises:
        UserError: when a library or the device is missing; says what to install.
    """
    if path is not None:
        return path_setup.record(path.device)
    return raster_setup.record() if name == "raster" else {}
