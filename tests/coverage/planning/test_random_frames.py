"""How many frames sampling at random would need: the script's estimator, without any world."""

import json
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import beta

from synthgen.config import read
from synthgen.road_user import RoadUser


@pytest.fixture(scope="module")
def script():
    path = Path(__file__).parents[3] / "scripts/random_frames.py"
    spec = spec_from_file_location("random_frames_script", path)
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


def worlds(script, stand, share):
    return [script.Count(int(one), share, int(one), 0) for one in stand]


def test_who_is_counted_itself_has_the_exact_interval(script):
    chance, low, high = script.estimate(worlds(script, [1] * 5 + [0] * 19, 1.0))
    assert chance == 5 / 24
    assert low == pytest.approx(beta.ppf(0.025, 5, 20))
    assert high == pytest.approx(beta.ppf(0.975, 6, 19))


def test_where_nobody_stands_so_only_a_least_number_of_frames_is_told(script):
    chance, low, high = script.estimate(worlds(script, [0] * 24, 0.01))
    assert (chance, low) == (0, 0)
    assert high == pytest.approx(0.01 * beta.ppf(0.975, 1, 24))
    assert script.expected(chance) == np.inf
    assert script.expected(high) == pytest.approx(80 / high)


def test_chance_is_that_of_kinds_drawn_one_by_one(script):
    """Kinds are drawn for each mover of 200,000 worlds; worlds with one of the kind are counted."""
    rng, share = np.random.default_rng(3), 0.3
    stand = rng.poisson(1.5, 200_000)
    met = rng.binomial(stand, share) > 0
    chance, _, _ = script.estimate(worlds(script, stand[:4000], share))
    closed = 1 - np.exp(-1.5 * share)
    assert chance == pytest.approx(closed, rel=0.05)
    assert met.mean() == pytest.approx(closed, abs=5 * np.sqrt(closed / 200_000))


@pytest.mark.parametrize("crowd", [0.3, 1.5, 4.0])
def test_interval_holds_the_truth(script, crowd):
    rng, share, held = np.random.default_rng(4), 0.05, 0
    truth = 1 - np.exp(-crowd * share)
    for _ in range(200):
        _, low, high = script.estimate(worlds(script, rng.poisson(crowd, 24), share))
        held += low <= truth <= high
    assert held >= 0.95 * 200


def test_frames_until_so_many_worlds_are_those_of_drawing_on(script):
    rng, chance = np.random.default_rng(5), 0.2
    tries = (rng.random((4000, 400)) < chance).cumsum(axis=1)
    frames = script.FRAMES * ((tries < script.WANTED).sum(axis=1) + 1)
    assert script.expected(chance) == pytest.approx(frames.mean(), rel=0.02)
    assert np.mean(frames <= script.surely(chance)) == pytest.approx(script.SURE, abs=0.03)


def test_worlds_of_one_frame_each(script):
    """Six of twenty frames show one; each in a world of its own has it with probability 0.3."""
    counts = [script.Count(3, 1.0, 4, 3), script.Count(2, 1.0, 2, 2)]
    assert script.singly(counts) == pytest.approx(8 / 0.3)
    assert script.singly(worlds(script, [0, 0], 1.0)) == np.inf


def test_share_of_a_kind_is_that_among_who_moves_like_it(script):
    users = [
        RoadUser("pedestrian", subtype, 0.5, 0.5, 1.7, seed=0)
        for subtype in ("adult", "runner", "child", "adult", "standing")
    ]
    shares = {"dog": 0.05, "pedestrian": 1.0, "cat": 0.01}
    assert script.share_of("dog", shares, users) == pytest.approx(0.05 / 0.55)
    assert script.share_of("pedestrian", shares, users) == 1


def test_a_job_for_several_targets_is_shared_between_them(script, tmp_path):
    lines = [
        {"plan": 1},
        {"job": "a", "frames": 20, "expects": {"t00": 9.0, "t08": 8.5}},
        {"job": "b", "frames": 3, "expects": {"t00": 1.5}},
        {"unreachable": "t11"},
    ]
    plan = tmp_path / "plan.jsonl"
    plan.write_text("\n".join(json.dumps(line) for line in lines))
    assert script.spent(plan, "t00") == (13, 10.5)


def test_targets_are_those_of_the_example(script):
    """Bounds and kinds are said once more in the script: here they are held against the file."""
    asked = read(["coverage=gaps_example"]).survey.coverage.targets
    for target in script.TARGETS:
        where = dict(asked[int(target.id[1:])].where)
        run = read([f"scene={target.scene}", f"events=[{{encounter: {{{target.met}}}}}]"])
        event = script.resolve(run, 0).events[0]
        assert where["class"] == event.who
        assert where["distance"] == (event.nearest, event.farthest)
        bounds = (event.occlusion_least, event.occlusion_most)
        assert bounds == where.get("occlusion", (0, 1))
        assert where.get("time_of_day", "") == target.light
        assert where.get("weather", "") == target.weather
        assert script.among_scenes(target)[0] >= 1
