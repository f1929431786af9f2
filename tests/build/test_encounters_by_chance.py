"""Who is met on purpose looks like who is met by chance: the script that compares them."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import numpy as np
import pytest


@pytest.fixture(scope="module")
def script():
    path = Path(__file__).parents[2] / "scripts/encounters.py"
    spec = spec_from_file_location("encounters_script", path)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def met(script, rng, count, heading):
    """Return nuisances of so many, headings as on a street with both directions, or as given."""
    draws = {
        "heading": np.where(rng.random(count) < 0.5, 0.1, 3.0) + rng.normal(0, 0.1, count)
        if heading is None else np.full(count, heading),
        "aside": rng.gamma(1.0, 1.0, count), "speed": rng.uniform(0, 12, count),
        "around": rng.poisson(12, count), "walkway": (rng.random(count) < 0.7).astype(float),
        "ego": rng.uniform(0, 14, count), "column": rng.normal(0.5, 0.2, count),
        "moment": rng.integers(18, size=count) / 17, "distance": rng.uniform(10, 60, count),
        "alike": rng.poisson(1, count),
    }  # fmt: skip
    return [{name: float(draws[name][n]) for name in script.MEASURES} for n in range(count)]


def test_alike_is_not_told_apart_and_always_straight_ahead_is(script):
    rng = np.random.default_rng(1)
    chance = met(script, rng, 24, None)
    alike = script.compared(met(script, rng, 32, None), chance)
    led = script.compared(met(script, rng, 32, 0.0), chance)
    assert all(p > script.LEVEL for p, *_ in alike.values())
    assert led["heading"][0] < script.LEVEL
    assert led["heading"][1] < -0.8


@pytest.mark.long
def test_encounters_are_like_chance(script):
    """Few worlds: what would be seen here is a gross difference; the script has more."""
    found = script.gather(5, 0, "night", ["cast"])
    for who, _ in script.KINDS["cast"]:
        one, two = found["encounter", "cast", who], found["chance", "cast", who]
        assert len(one) == 5
        if len(two) >= 3:
            assert all(p > script.LEVEL / 3 for p, *_ in script.compared(one, two).values())
