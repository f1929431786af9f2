from dataclasses import replace

import numpy as np
import pytest

from synthgen.sensors.droplets import Weathering, rate_of, run_speed, sitting
from synthgen.sensors.wiper import Wiper

HALF = (0.1, 0.05)
BARE = Weathering(10.0, 3, "front", 0.0, None)
WIPED = replace(BARE, wiper=Wiper(1.0, -0.4))


def test_a_second_of_rain_leaves_as_many_drops_as_measured():
    found = [len(sitting(replace(WIPED, seed=seed), 10.0, HALF).radius) for seed in range(40)]
    area = 4 * HALF[0] * HALF[1]
    age = 10.0 - WIPED.wiper.last_pass(10.0, np.zeros((1, 2)))[0]
    np.testing.assert_allclose(np.mean(found), 2.5e4 * area * age, rtol=0.15)
    assert rate_of(40.0) > 2 * rate_of(10.0) > 0
    assert rate_of(0.0) == 0


def test_nothing_sits_where_the_blade_has_just_been():
    wiper = WIPED.wiper
    time = float(wiper.passes(6, np.zeros((1, 2)))[0])
    place = sitting(WIPED, time + 1e-3, HALF).place
    age = time + 1e-3 - wiper.last_pass(time + 1e-3, place)
    assert len(place) > 20
    assert np.count_nonzero(age < 0.02) < 0.05 * len(place)


@pytest.mark.parametrize("wet", [BARE, WIPED])
def test_drops_stay_and_grow_from_frame_to_frame(wet):
    one, two = sitting(wet, 20.0, HALF), sitting(wet, 20.05, HALF)
    before = {phases.tobytes(): n for n, phases in enumerate(one.shape)}
    pairs = [(before[p.tobytes()], n) for n, p in enumerate(two.shape) if p.tobytes() in before]
    assert len(pairs) > 0.5 * len(one.radius)
    old, new = np.array(pairs).T
    assert np.all(two.radius[new] > one.radius[old])
    assert np.all(two.place[new, 1] >= one.place[old, 1] - 1e-12)
    assert (two.place[new, 1] > one.place[old, 1]).any()
    np.testing.assert_array_equal(two.place[new, 0], one.place[old, 0])


def test_large_drops_run_and_the_airstream_lifts_them():
    size = np.array([1e-3, 2e-3])
    np.testing.assert_allclose(run_speed(size, 0.0), [0.0, 0.04])
    assert run_speed(size, 35.0)[1] < 0
    assert run_speed(size, 35.0)[0] == 0


def test_another_camera_has_other_drops():
    other = sitting(replace(BARE, name="rear"), 20.0, HALF)
    same = sitting(BARE, 20.0, HALF)
    assert other.place.tobytes() != same.place.tobytes()
    assert sitting(BARE, 20.0, HALF).place.tobytes() == same.place.tobytes()
