"""The guide pages' examples run as they stand."""

import re
from importlib.util import module_from_spec, spec_from_file_location
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


def test_the_examples_of_the_page_on_annotations_read_a_shard(tmp_path, monkeypatch):
    """Every block runs on a shard of toys and finds in it what the page says."""
    toys = load("labels/conftest.py").Toys()
    calibration = load("writers/conftest.py").calibration.__wrapped__(toys)
    stuff, streets = toys.painted_street()
    placed = [(toys.figure("walker"), (12, -3, 0), 3.0),
              (toys.signal("head"), (20, -4, 3), 3.1, (1.0, 0.0, 0.0))]  # fmt: skip
    look = toys.look(placed, stuff=stuff, streets=streets)
    load("writers/test_files_on_disk.py").write_shard(tmp_path, toys, look, calibration, (0,))
    monkeypatch.chdir(tmp_path)
    found = {}
    for code in blocks("annotations.md", "python"):
        exec(compile(code, "annotations.md", "exec"), found)
    assert found["yellow"]["boundary"].tolist() == ["centre"]
    assert found["ahead"] == ["stop"]
    assert 0.05 < found["share"] < 0.3
    assert found["red"]["class"].tolist() == ["traffic_light"]
    assert found["wrists"].shape == (2, 3)


def load(path):
    """Return the module in the file `path` below tests/."""
    spec = spec_from_file_location(path.replace("/", "_"), Path(__file__).parent / path)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
