"""Costs learnt from what was made."""

import numpy as np
import pytest

from synthgen.coverage.planning.costs import Made, fit

CITY = {"downtown": 6.0, "suburb": 4.0, "arterial": 5.0}
FRAME = {"day": 2.0, "night": 3.0}


def _made(place, light, clips, frames, noise=1.0):
    city, clip, frame = CITY[place] * noise, 1.5 * clips * noise, FRAME[light] * frames * noise
    core = {"build city": city, "build clip": clip, "camera": 0.8 * frame, "lidar": 0.1 * frame}
    core["whole shard"] = city + clip + frame
    return Made({"place": place, "light": light}, clips, frames, core, 800_000 * frames)


def _truth(place, light, shards, clips, frames):
    return CITY[place] * shards + 1.5 * clips + FRAME[light] * frames


def _predicted(costs, place, light, shards, clips, frames):
    told = {"place": place, "light": light}
    return shards * costs.shard(told) + clips * costs.world(told, frames // clips)


def test_a_mix_that_was_never_made_is_predicted_from_its_parts():
    """Night in the suburb was never made; its city and its frames were."""
    seen = [("downtown", "day"), ("downtown", "night"), ("suburb", "day")] * 4
    costs = fit([_made(*kind, 2, 4) for kind in seen])
    expected = _truth("suburb", "night", 10, 20, 60)
    assert _predicted(costs, "suburb", "night", 10, 20, 60) == pytest.approx(expected, rel=0.1)


def test_many_noisy_records_come_within_a_few_percent():
    rng = np.random.default_rng(5)
    made = [
        _made(place, light, 2, int(rng.choice([2, 4, 20])), float(rng.normal(1, 0.1)))
        for place in CITY
        for light in FRAME
        for _ in range(20)
    ]
    costs = fit(made)
    for place in CITY:
        expected = _truth(place, "night", 5, 10, 30)
        assert _predicted(costs, place, "night", 5, 10, 30) == pytest.approx(expected, rel=0.06)


def test_what_was_never_seen_costs_the_mean():
    costs = fit([_made("downtown", "day", 2, 4)] * 3)
    assert costs.shard({"place": "rural"}) == pytest.approx(6.0, rel=0.5)
    assert costs.size.at({"place": "rural", "light": "day"}) == pytest.approx(800_000, rel=0.1)


def test_stages_without_a_name_belong_to_frames():
    one = _made("downtown", "day", 2, 4)
    costs = fit([one])
    told = one.features
    whole = costs.shard(told) + 2 * costs.world(told, 2)
    assert whole == pytest.approx(one.core["whole shard"], rel=1e-6)


def test_nothing_made_teaches_nothing():
    with pytest.raises(ValueError, match="nothing was made"):
        fit([])


def test_what_is_dear_at_one_place_is_as_many_times_dearer_at_another():
    """An event that makes clips eight times as dear, tried downtown alone; suburbs are cheap."""
    clip = {("downtown", "none"): 2.0, ("downtown", "encounter"): 16.0, ("suburb", "none"): 0.5}
    made = [
        Made({"place": place, "events": events}, 2, 2,
             {"build clip": 2 * cost, "whole shard": 2 * cost + 1.0}, 1000)
        for (place, events), cost in clip.items() for _ in range(20)
    ]  # fmt: skip
    told = {"place": "suburb", "events": "encounter"}
    assert fit(made).clip.at(told) == pytest.approx(4.0, rel=0.1)
