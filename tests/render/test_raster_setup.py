from types import SimpleNamespace

import pytest

from synthgen.errors import UserError
from synthgen.render import engines
from synthgen.render.raster import setup


def machine(monkeypatch, missing=(), engine=lambda: "llvmpipe, 4.5"):
    """Pretend to be a machine with these packages and an OpenGL that answers so."""
    monkeypatch.setattr(setup, "find_spec", lambda name: None if name in missing else object())
    monkeypatch.setattr(setup, "import_module", lambda name: SimpleNamespace(engine=engine))


def test_a_missing_package_is_named_with_what_to_install(monkeypatch):
    machine(monkeypatch, missing=["OpenGL"])
    with pytest.raises(UserError, match="needs PyOpenGL, not installed here; pip install 'synthg"):
        setup.check()


def test_no_opengl_is_one_line_with_what_to_install(monkeypatch):
    def broken():
        raise ImportError("Unable to load EGL library", "libEGL.so.1: cannot open")

    machine(monkeypatch, engine=broken)
    with pytest.raises(
        UserError, match=r"no OpenGL 3\.3 by EGL \(ImportError: .*libegl1"
    ) as caught:
        setup.check()
    assert "\n" not in str(caught.value)


def test_what_draws_is_told(monkeypatch):
    machine(monkeypatch)
    monkeypatch.setattr(setup, "version", lambda name: f"{name} 1")
    assert engines.record("raster", None) == {
        "device": "llvmpipe, 4.5", "pyrender": "pyrender 1", "PyOpenGL": "PyOpenGL 1",
    }  # fmt: skip


def test_raycast_needs_nothing_more():
    assert engines.record("raycast", None) == {}
    assert engines.PACKAGES["raycast"] == ()
