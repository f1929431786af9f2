"""Whether the path tracer can run here, and on what."""

import ctypes.util
import os
from collections.abc import Mapping
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any

from synthgen.errors import UserError

PACKAGES = ("mitsuba", "drjit", "pyoidn")
_OLDEST = 16
"""First LLVM whose code generation is known not to crash in Dr.Jit; 19 is what is tested."""


def check(device: str) -> str:
    """Return the device that `device` (auto, llvm or cuda) stands for here.

    Raises:
        UserError: when a library or the device is missing; says what to install.
    """
    missing = [name for name in PACKAGES if find_spec(name) is None]
    if missing:
        raise UserError(
            f"render=path: needs {', '.join(missing)}, not installed here; "
            "pip install 'synthgen[path]'"
        )
    drjit = import_module("drjit")
    drjit.set_log_level(drjit.LogLevel.Disable)  # what is missing is said below, in one line
    chosen = _chosen(device, drjit)
    if chosen == "cuda":
        if not drjit.has_backend(drjit.JitBackend.CUDA):
            raise UserError(
                "render.device=cuda: no NVIDIA driver with a card was found; "
                "expected llvm or auto on this machine"
            )
        if find_spec("numba_cuda") is None:
            raise UserError(
                "render.device=cuda: needs numba-cuda, not installed here; "
                "pip install 'synthgen[path,card]'"
            )
        return chosen
    _check_llvm(drjit)
    return chosen


def _chosen(device: str, drjit: Any) -> str:
    if device != "auto":
        return device
    return "cuda" if drjit.has_backend(drjit.JitBackend.CUDA) else "llvm"


def _check_llvm(drjit: Any) -> None:
    """Raise a `UserError` unless Dr.Jit found an LLVM that works."""
    there = drjit.has_backend(drjit.JitBackend.LLVM)
    found = drjit.detail.llvm_version()[0] if there else -1
    if found >= _OLDEST:
        return
    path = os.environ.get("DRJIT_LIBLLVM_PATH") or ctypes.util.find_library("LLVM")
    seen = f"LLVM {found} is too old" if found > 0 else f"{path or 'libLLVM'} could not be loaded"
    raise UserError(
        f"render=path: {seen}; install LLVM {_OLDEST} or newer (Debian, Ubuntu: "
        "apt-get install libllvm19), or set DRJIT_LIBLLVM_PATH to its libLLVM.so"
    )


def record(device: str) -> Mapping[str, str]:
    """Return what `run.json` says of the path tracer: the device in use and versions."""
    used = check(device)
    versions = {name: version(name) for name in PACKAGES}
    if used == "cuda":
        versions["numba-cuda"] = version("numba-cuda")
    if used == "llvm":
        numbers = import_module("drjit").detail.llvm_version()
        versions["llvm"] = ".".join(str(number) for number in numbers)
    return {"device": used, **versions}
