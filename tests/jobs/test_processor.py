import os
import platform
import subprocess
import sys

from synthgen.jobs.processor import class_of, dispatched, model, processor

TELL = "from synthgen.jobs.processor import processor; print(processor()['class'])"


def told(**environment):
    """Return the class that a process of its own tells."""
    asked = [sys.executable, "-c", TELL]
    done = subprocess.run(
        asked, env={**os.environ, **environment}, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_the_class_names_what_libraries_choose_their_code_by():
    found = processor()
    assert found["class"] == class_of(found)
    assert found["class"].startswith(f"{platform.machine()} {found['cpu']}, blas ")
    assert found["model"] not in ("", "unknown")
    libraries = (*found["blas"], *found["numpy"], *found["opencv"])
    assert all(name in found["class"] for name in libraries)
    assert found["blas"]


def test_a_vector_unit_that_is_switched_off_is_another_class():
    found = processor()
    whole = told()
    assert whole == found["class"]
    others = {
        told(NPY_DISABLE_CPU_FEATURES=" ".join(found["numpy"])),
        told(OPENCV_CPU_DISABLE="AVX2"),
        told(NUMBA_CPU_NAME="generic", NUMBA_CPU_FEATURES=""),
        told(OPENBLAS_CORETYPE="Prescott"),
    }
    assert len(others - {whole}) == 4
    assert any("numpy plain" in one for one in others)
    assert any("generic with no features" in one for one in others)


def test_of_opencvs_line_what_is_dispatched_and_there_counts():
    assert dispatched("SSE SSE2 SSE3 *SSE4.1 *AVX *AVX2? *AVX512-SKX") == [
        "SSE4.1", "AVX", "AVX512-SKX",
    ]  # fmt: skip
    assert dispatched("") == []


def test_the_model_is_the_first_processors():
    assert model("processor\t: 0\nmodel name\t: A 1\n\nmodel name\t: A 2\n") == "A 1"
    assert model("CPU implementer\t: 0x41\nCPU part\t: 0xd0c\n") == "0x41 0xd0c"
    assert model("") == "unknown"
