from types import SimpleNamespace

import pytest

from synthgen.errors import UserError
from synthgen.render.path import setup

LLVM, CUDA = "llvm", "cuda"


def machine(monkeypatch, backends, llvm=(19, 1, 7), missing=()):
    """Pretend to be a machine with these packages and these back ends of Dr.Jit."""
    drjit = SimpleNamespace(
        JitBackend=SimpleNamespace(LLVM=LLVM, CUDA=CUDA),
        has_backend=lambda backend: backend in backends,
        detail=SimpleNamespace(llvm_version=lambda: llvm),
        set_log_level=lambda level: None, LogLevel=SimpleNamespace(Disable=0),
    )  # fmt: skip
    monkeypatch.setattr(setup, "import_module", lambda name: drjit)
    monkeypatch.setattr(setup, "find_spec", lambda name: None if name in missing else object())


def test_a_missing_package_is_named_with_what_to_install(monkeypatch):
    machine(monkeypatch, [LLVM], missing=["pyoidn"])
    with pytest.raises(UserError, match="needs pyoidn, not installed here; pip install 'synthgen"):
        setup.check("auto")


def test_a_card_that_is_not_there_is_one_line(monkeypatch):
    machine(monkeypatch, [LLVM])
    with pytest.raises(UserError, match=r"render\.device=cuda: no NVIDIA driver"):
        setup.check("cuda")


@pytest.mark.parametrize("backends", [[], [LLVM]])
def test_no_llvm_or_one_that_crashes_is_one_line_with_what_to_install(monkeypatch, backends):
    machine(monkeypatch, backends, llvm=(14, 0, 6))
    with pytest.raises(UserError, match=r"install LLVM 16 or newer .* libllvm19") as caught:
        setup.check("auto")
    assert "\n" not in str(caught.value)


def test_a_card_is_taken_where_there_is_one_unless_told_otherwise(monkeypatch):
    machine(monkeypatch, [LLVM, CUDA])
    assert [setup.check(device) for device in ("auto", "cuda", "llvm")] == [CUDA, CUDA, LLVM]
    machine(monkeypatch, [LLVM])
    assert setup.check("auto") == LLVM


def test_a_card_without_its_compiler_is_one_line_with_what_to_install(monkeypatch):
    machine(monkeypatch, [LLVM, CUDA], missing=["numba_cuda"])
    with pytest.raises(UserError, match=r"needs numba-cuda, .*synthgen\[path,card\]") as caught:
        setup.check("auto")
    assert "\n" not in str(caught.value)
    assert setup.check("llvm") == LLVM
