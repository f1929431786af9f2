from dataclasses import replace

import numpy as np
import pytest

from synthgen.rng import stream
from synthgen.sample import CAUSES
from synthgen.sensors.received import worth_following
from synthgen.sensors.returns import Echoes, chosen, echoes, told_ranges

SURFACE, FOG, MIXED = (CAUSES.index(name) for name in ("surface", "fog", "mixed"))


@pytest.fixture
def model(rig):
    return replace(rig.lidar("velodyne").model, lost=0.0)


def reported(model, parts, count, seed=1):
    return chosen(model, parts, count, (model.level / model.alarm, model.alarm), stream(seed, "r"))


def plates(distance, strength, cause=SURFACE, body=3, shot=None):
    distance = np.asarray(distance, float)
    every = np.arange(len(distance)) if shot is None else np.asarray(shot)
    return echoes(every, distance, np.broadcast_to(strength, len(distance)), cause, (5, body))


def test_half_of_the_returns_at_the_threshold_are_detected(model):
    lossy = replace(model, lost=0.1)
    found = reported(lossy, [plates(np.full(20_000, 10.0), model.level)], 20_000)
    np.testing.assert_allclose(len(found.shot) / 20_000, 0.5 * 0.9, atol=0.01)


def test_a_shot_without_a_signal_is_a_false_alarm_as_often_as_the_model_says(model):
    """Noise alone, an echo of nothing, passes the threshold once in 1 / rate shots."""
    frequent = replace(model, false_alarms=0.01)
    found = reported(frequent, [plates(np.full(300_000, 10.0), 1e-12)], 300_000)
    np.testing.assert_allclose(len(found.shot), 3000, rtol=0.06)


def test_the_strongest_the_first_the_second_and_the_last_are_those(model):
    part = plates([30.0, 10.0, 20.0, 40.0], [0.2, 0.1, 0.9, 0.3], shot=[0, 0, 0, 0])
    for name, place in (("first", 10.0), ("strongest", 20.0), ("second", 40.0), ("last", 40.0)):
        found = reported(replace(model, returns=(name,)), [part], 1)
        assert found.distance.tolist() == [place]


def test_a_last_that_is_the_strongest_too_gives_way_to_the_second(model):
    dual = replace(model, returns=("strongest", "last"))
    part = plates([10.0, 20.0], [0.3, 0.9], shot=[0, 0])
    found = reported(dual, [part], 1)
    assert found.distance.tolist() == [20.0, 10.0]
    assert found.number.tolist() == [0, 1]
    alone = reported(dual, [plates([10.0], 0.5)], 1)
    assert alone.number.tolist() == [0]


def test_echoes_closer_than_the_pulse_resolves_are_one_at_their_mean_by_strength(model):
    part = plates([10.0, 10.5], [0.3, 0.1], shot=[0, 0])
    assert reported(model, [part], 1).body.tolist() == [3]
    found = reported(model, [part._replace(body=np.array([3, 4]))], 1)
    assert found.distance.tolist() == [pytest.approx(10.125)]
    assert found.strength.tolist() == [pytest.approx(0.4)]
    assert found.cause.tolist() == [MIXED]
    assert found.body.tolist() == [-1]
    assert found.semantic.tolist() == [0]


def test_a_faint_echo_beside_a_strong_one_does_not_make_it_mixed(model):
    part = plates([10.0, 10.2], [0.5, 0.01], shot=[0, 0])
    found = reported(model, [part], 1)
    assert found.cause.tolist() == [SURFACE]
    assert found.body.tolist() == [3]


def test_returns_come_shot_by_shot_with_the_facts_of_their_echo(model):
    near = echoes(np.array([4, 1]), np.array([5.0, 6.0]), np.array([0.5, 0.5]), FOG)
    found = reported(model, [plates([20.0] * 6, 0.1), near], 6)
    assert found.shot.tolist() == list(range(6))
    assert found.cause.tolist() == [SURFACE, FOG, SURFACE, SURFACE, FOG, SURFACE]
    assert found.body.tolist() == [3, -1, 3, 3, -1, 3]
    assert isinstance(near, Echoes)


def test_what_lies_outside_the_window_is_not_reported(model):
    window = model.nearest, model.farthest
    found = reported(model, [plates([window[0] - 0.1, 20.0, window[1] + 0.1], 0.9)], 3)
    assert found.shot.tolist() == [1]


def test_range_noise_is_as_configured_and_grows_when_weak(model):
    count, ring = 20_000, np.zeros(20_000, int)
    for strength, sigma in ((1.0, 0.0091), (model.level, np.hypot(0.009, 0.030))):
        found = reported(model, [plates(np.full(count, 20.0), strength)], count)
        told = told_ranges(model, found, ring, model.level, stream(2, "m"))
        np.testing.assert_allclose(told.std(), sigma, rtol=0.03)
        off = told.mean() - 20.0 - model.table("bias")[0]
        assert abs(off) < 3 * sigma / np.sqrt(len(told))
        steps = told / model.range_step
        np.testing.assert_allclose(steps, np.round(steps), atol=1e-6)


def test_a_ghost_that_is_not_worth_following_would_never_be_told(model):
    """The returns of a lidar that tells the strongest are the same with and without it."""
    one = replace(model, returns=("strongest",), lost=0.0)
    rng, count = stream(7, "ghosts"), 20_000
    speckle = rng.gamma(3.0, 1 / 3, count)
    place = rng.uniform(0.5, one.farthest * 1.2, count)
    strength = one.level * rng.uniform(0.0, 20.0, count)
    met = echoes(np.arange(count), place, strength, 0, (1, 5))
    least = worth_following(one, [met], speckle)
    some = np.flatnonzero(least > one.level)
    assert 0.5 < len(some) / count < 0.9
    behind = place[some] + 2 * one.separation
    ghosts = echoes(some, behind, 0.999 * (least * speckle)[some], CAUSES.index("ghost"))
    sigma = one.level / one.alarm
    for parts in ([met], [met, ghosts]):
        told = chosen(one, parts, count, (sigma, one.alarm), stream(1, "noise"))
        np.testing.assert_array_equal(told.shot[np.isin(told.shot, some)], some)
        assert set(told.cause) == {0}
    louder = ghosts._replace(strength=1.002 * ghosts.strength / 0.999)
    told = chosen(one, [met, louder], count, (sigma, one.alarm), stream(1, "noise"))
    heard = some[behind <= one.farthest]
    assert (told.cause[np.isin(told.shot, heard)] > 0).all()


def test_every_ghost_that_is_heard_is_followed_where_more_returns_are_told(model):
    met = echoes(np.arange(3), np.full(3, 10.0), np.full(3, 1.0), 0)
    dual = replace(model, returns=("strongest", "last"))
    np.testing.assert_array_equal(worth_following(dual, [met], np.ones(3)), model.level)
