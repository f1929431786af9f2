"""Whether the rasteriser can run here, and on what."""

from collections.abc import Mapping
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec

from synthgen.errors import UserError

PACKAGES = ("pyrender", "PyOpenGL")
"""Distributions that are needed."""
_MODULES = ("pyrender", "OpenGL")
_HINT = "Debian, Ubuntu: apt-get install libegl1 libgl1 libgl1-mesa-dri"


def check() -> str:
    """Return what draws here, as OpenGL names it.

    Raises:
        UserError: when a library is missing; says what to install.
    """
    missing = [p for p, name in zip(PACKAGES, _MODULES, strict=True) if find_spec(name) is None]
    if missing:
        raise UserError(
            f"render=raster: needs {', '.join(missing)}, not installed here; "
            "pip install 'synthgen[raster]'"
        )
    try:
        name: str = import_module("synthgen.render.raster.drawing").engine()
    except Exception as error:  # PyOpenGL raises what comes to its mind: AttributeError, assertions
        raise UserError(
            f"render=raster: no OpenGL 3.3 by EGL ({type(error).__name__}: {error}); {_HINT}"
        ) from error
    return name


def record() -> Mapping[str, str]:
    """Return what `run.json` says of the rasteriser: what draws, and versions."""
    return {"device": check(), **{name: version(name) for name in PACKAGES}}
