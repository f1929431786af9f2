from types import SimpleNamespace

import numpy as np
import pytest
from shapely.geometry import Polygon, box

from synthgen.assets.fleet import draw_member
from synthgen.assets.people import person
from synthgen.build.rooms import measured
from synthgen.build.waiting import waiting
from synthgen.rng import stream
from synthgen.street.fixture import Shelter
from synthgen.street.stops import _bench

STOP = Shelter((50.0, 0.0, 0.15), 0.0)
SEEN = np.array([[40.0, 8.0]])


@pytest.fixture(scope="module")
def city():
    rng = stream(0, "waits")
    pool = [draw_member("pedestrian", kind, rng) for kind in ("sitting", "standing") for _ in "ab"]
    bodies = {user: (person(user, ""),) for user in pool}
    return SimpleNamespace(
        pool=[measured(user, bodies[user]) for user in pool],
        of=lambda user: bodies.get(user) or (person(user, ""),),
        measured=lambda user: measured(user, (person(user, ""),)),
        furniture=SimpleNamespace(benches=(_bench(STOP),), shelters=(STOP,)),
        place=SimpleNamespace(roads=box(0, 2.0, 100, 9.0), buildings=[box(0, -9, 100, -4)]),
    )  # fmt: skip


def crowd(city, around, seeds=8, taken=()):
    found = []
    for seed in range(seeds):
        traffic = SimpleNamespace(pedestrians=30.0)
        spec = SimpleNamespace(seed=seed, clip=0, traffic=traffic, environment=around)
        found += waiting(city, spec, SEEN, [Polygon(), *taken])
    return found


def test_who_sits_leans_on_the_back_and_faces_the_street(city, day):
    sitting = [one for one in crowd(city, day()) if one[3].subtype == "sitting"]
    assert len(sitting) > 3
    for body, place, yaw, _ in sitting:
        assert yaw == pytest.approx(np.pi / 2)
        rear = place[1] + body.mesh.bounds[0][0]
        assert rear == pytest.approx(-0.63, abs=0.02)
        assert 49.2 < place[0] < 51.2
        assert place[2] == 0.15


def test_who_stands_keeps_between_the_panes_and_off_the_road(city, day):
    standing = [one for one in crowd(city, day()) if one[3].subtype == "standing"]
    assert len(standing) > 6
    inside = [one for one in standing if one[1][0] > 48]
    assert 0 < len(inside) < len(standing)
    for body, place, yaw, _ in inside:
        turn = np.array([[np.cos(yaw), -np.sin(yaw)], [np.sin(yaw), np.cos(yaw)]])
        points = body.mesh.vertices[:, :2] @ turn.T + place[:2] - [50, 0]
        assert points[:, 0].min() > -2.02
        assert points[:, 0].max() < 1.94
        assert points[:, 1].min() > -0.6


def test_fewer_wait_by_night_and_nobody_where_there_is_someone_else(city, day):
    assert len(crowd(city, day(sun_elevation=-0.5))) < 0.6 * len(crowd(city, day()))
    assert crowd(city, day(), taken=[box(40, -3, 60, 3)]) == []


def test_umbrellas_are_open_beside_the_shelter_and_closed_in_it(city, day):
    found = crowd(city, day(rain=20.0), seeds=16)
    under = [place[0] for _, place, _, user in found if user.umbrella]
    assert under
    assert max(under) < 47.5
