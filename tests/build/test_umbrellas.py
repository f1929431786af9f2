import numpy as np
import pytest

from synthgen.build.umbrellas import share, sheltered
from synthgen.rng import stream
from synthgen.road_user import RoadUser


def user(subtype, seed=1):
    return RoadUser("pedestrian", subtype, 0.6, 0.55, 1.7, seed)


def test_nobody_opens_an_umbrella_when_it_is_dry(day):
    assert share(day()) == 0.0
    assert sheltered(user("adult"), day(), stream(0, "rain")) == user("adult")


def test_more_umbrellas_the_more_it_rains_and_none_in_a_gale(day):
    shares = [share(day(rain=rain)) for rain in (0.2, 1.0, 3.0, 10.0, 50.0)]
    assert (np.diff(shares) > 0).all()
    assert 0.05 < shares[0] < 0.2
    assert 0.75 < shares[-1] < 0.85
    windy = [share(day(rain=10.0, wind=wind)) for wind in (0.0, 8.0, 11.0, 13.9, 25.0)]
    assert windy[0] == windy[1] > windy[2] > windy[3] == windy[4] == 0.0


def test_the_share_is_kept_and_sizes_are_those_of_umbrellas(day):
    rng = stream(0, "rain")
    found = [sheltered(user("adult", n), day(rain=3.0), rng).umbrella for n in range(3000)]
    sizes = np.array([one for one in found if one])
    assert len(sizes) / 3000 == pytest.approx(share(day(rain=3.0)), abs=0.03)
    assert sizes.min() >= 0.92
    assert sizes.max() <= 1.2
    assert sizes.std() > 0.05


@pytest.mark.parametrize("subtype", ["police", "worker", "runner", "wheelchair", "pram"])
def test_who_has_no_hand_free_gets_wet(day, subtype):
    rng = stream(0, "rain")
    assert not any(sheltered(user(subtype), day(rain=60.0), rng).umbrella for _ in range(50))
    car = RoadUser("police_car", "us_suv", 5, 2, 1.9, 1)
    assert all(sheltered(car, day(rain=60.0), rng) == car for _ in range(50))
