"""A receipt made by hand, and a browser that reaches nothing."""

import shutil
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def toy():
    """The module that makes it."""
    spec = spec_from_file_location("toy_receipt", HERE / "toy_receipt.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def browser():
    """Chromium without a window; skips without the extra `browser`."""
    playwright = pytest.importorskip("playwright.sync_api", reason="needs the extra browser")
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("needs Chromium")
    with playwright.sync_playwright() as engine:
        found = engine.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture
def open_page(browser, tmp_path):
    """Return a function that opens a page from its file, and fails for requests and complaints."""
    complaints = []
    context = browser.new_context(viewport={"width": 1280, "height": 900}, offline=True)

    def opened(text):
        path = tmp_path / "receipt.html"
        path.write_text(text, encoding="utf-8")
        view = context.new_page()
        view.on("console", lambda message: complaints.append(message.text))
        view.on("pageerror", lambda error: complaints.append(str(error)))
        view.on("request", lambda one: _foreign(one.url, path, complaints))
        view.goto(path.as_uri())
        return view

    yield opened
    context.close()
    assert complaints == []


def _foreign(url, path, complaints):
    if url != path.as_uri() and not url.startswith("data:"):
        complaints.append(f"asked for {url[:100]}")
