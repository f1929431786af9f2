"""The guide pages' examples run as they stand."""

import re
from pathlib import Path

import numpy as np
import pytest

from synthgen.build.guests import guests
from synthgen.config import read

DOCS = Path(__file__).parents[1] / "docs"


def blocks(page, language):
    """Return the code blocks of `language` on a page."""
    return re.findall(rf"^```{language}\n(.*?)^```", (DOCS / page).read_text(), re.M | re.S)


@pytest.fixture
def example(tmp_path, monkeypatch):
    """Return the run that the page on assets ends with."""
    monkeypatch.chdir(tmp_path)
    (code,) = blocks("assets.md", "python")
    exec(compile(code, "assets.md", "exec"), {"__name__": "example"})
    (manifest,) = blocks("assets.md", "yaml")
    (tmp_path / "my_assets" / "assets.yaml").write_text(manifest)
    (command,) = blocks("assets.md", "bash")
    program, *arguments = command.strip().removeprefix("python -m ").split()
    assert program == "synthgen"
    return read(arguments)


def test_the_example_of_the_page_on_assets_is_a_van_with_lamps(example):
    (design,) = guests(example)
    (body,) = design.bodies
    assert (design.user.kind, design.user.share) == ("van", 0.5)
    assert design.credit == "van, CC0, own work"
    np.testing.assert_allclose(body.extent.size, [4.2, 1.81, 1.85], atol=0.03)
    assert [wheel.steered for wheel in body.wheels].count(True) == 2
    assert len(body.wheels) == 4
    names = {circuit.name: 0 for circuit in body.circuits}
    for lamp in body.lamps:
        names[body.circuits[lamp.circuit].name] += 1
    assert names == dict.fromkeys(
        ("low_beam", "tail", "brake", "indicator_left", "indicator_right"), 2
    )
