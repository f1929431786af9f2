"""The class of a processor: what numerical libraries choose their code by, and so last digits.

Schema of `record`, kept in out/timing/NNNNNN.json beside the name of the host:

    architecture    of the machine, e.g. x86_64
    model           as the system calls the processor, for people
    cpu             LLVM's name of what numba compiles for, e.g. znver4; another than the machine's
                    where NUMBA_CPU_NAME says so
    blas            the processor that OpenBLAS, which numpy and scipy bring along, takes it for,
                    e.g. SkylakeX, or what OPENBLAS_CORETYPE says; empty where they bring none
    numpy, opencv   sets of vector instructions for which these libraries have code of their own
                    and which they use here, e.g. X86_V3, AVX2
    class           all of these but the model, as one text: equal classes, equal bytes
"""

import ctypes
import platform
import re
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import llvmlite.binding
import numba
import numpy as np

_INFO = Path("/proc/cpuinfo")


def processor() -> dict[str, Any]:
    """Return the class of the processor on which this process runs, with its libraries loaded."""
    extensions = np.show_config(mode="dicts")["SIMD Extensions"]
    parts = {
        "architecture": platform.machine(),
        "cpu": compiled_for(),
        "blas": list(blas()),
        "numpy": [str(name) for name in extensions.get("found", [])],
        "opencv": dispatched(cv2.getCPUFeaturesLine()),
    }
    return {**parts, "model": model(_INFO.read_text()), "class": class_of(parts)}


def compiled_for() -> str:
    """Return the processor that numba compiles for, by LLVM's name, and features that were set."""
    told = numba.config.CPU_NAME  # type: ignore[attr-defined]
    features = numba.config.CPU_FEATURES  # type: ignore[attr-defined]
    name: str = told or llvmlite.binding.get_host_cpu_name()
    return name if features is None else f"{name} with {features or 'no features'}"


def class_of(parts: dict[str, Any]) -> str:
    """Return the class as one text, e.g. `x86_64 znver4, blas Zen, numpy X86_V3, opencv AVX2`."""
    names = ("blas", "numpy", "opencv")
    libraries = [f"{name} {' '.join(parts[name]) or 'plain'}" for name in names]
    return ", ".join([f"{parts['architecture']} {parts['cpu']}", *libraries])


@cache
def blas() -> tuple[str, ...]:
    """Return the kernels that the OpenBLAS libraries of numpy's and scipy's wheels use here.

    Source: OpenBLAS, cblas.h, openblas_get_corename; the wheels put `scipy_` before its name.
    """
    found = set()
    for place in ("numpy.libs", "scipy.libs"):
        home = Path(np.__file__).parents[1] / place
        for path in sorted(home.glob("libscipy_openblas*.so*")):
            library = ctypes.CDLL(str(path))
            suffix = "64_" if "64_" in path.name else ""
            ask = getattr(library, f"scipy_openblas_get_corename{suffix}")
            ask.restype = ctypes.c_char_p
            found.add(ask().decode())
    return tuple(sorted(found))


def dispatched(line: str) -> list[str]:
    """Return what OpenCV dispatches to and has: marked by `*`, and not by `?`.

    Source: OpenCV, core/utility.hpp, getCPUFeaturesLine.
    """
    return [word[1:] for word in line.split() if re.fullmatch(r"\*[^?]+", word)]


def model(told: str) -> str:
    """Return the model that `/proc/cpuinfo` told of the first processor; unknown where it is not.

    On ARM the numbers of implementer and part stand for it.
    """
    rows = [line.partition(":")[::2] for line in told.splitlines()]
    known = {name.strip(): value.strip() for name, value in reversed(rows)}
    parts = [known[name] for name in ("CPU implementer", "CPU part") if name in known]
    return known.get("model name") or " ".join(parts) or "unknown"
