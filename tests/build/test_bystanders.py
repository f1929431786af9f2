from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from shapely import STRtree
from shapely.geometry import box

from synthgen.build import bystanders as module
from synthgen.build.bystanders import AT_REST, bystanders
from synthgen.network import Lane
from synthgen.road_user import RoadUser
from synthgen.room import Room
from synthgen.traffic.plan import Agent, Drive
from synthgen.traffic.repair import rectangles
from synthgen.world import Body

SIDEWALK = Lane("e_0", "e", 0, "walk", np.array([[0.0, 0, 0], [100, 0, 0]]), 3.0, 1.4, "", "", "",
                "none")  # fmt: skip
PERSON = RoadUser("pedestrian", "adult", 0.5, 0.5, 1.7, 1)
EGO = RoadUser("ego", "estate", 4.7, 1.8, 1.5, 0)
POST = np.array([[50.0, 0.0, 0.0, 30.0, 3.0]])


def one(name, user, x, y):
    time = np.array([8.0, 10.0, 10.5])
    still = np.zeros(3)
    place = np.tile([x, y, 0.0], (3, 1))
    return Agent(name, user.kind, 1, time, place, still, still, still.astype(int), still,
                 ((8.0, 10.5),))  # fmt: skip


def covered(user):
    return replace(user, room=Room((-0.5, -0.8), (0.8, 0.6)))


@pytest.fixture
def placed(monkeypatch, day):
    monkeypatch.setattr(module, "surface_height", lambda place, points: np.full(len(points), 0.15))
    body = Body("", "pedestrian", "adult", None)
    city = SimpleNamespace(
        pool=(EGO, PERSON), of=lambda user: (body,), measured=covered,
        network=SimpleNamespace(lanes=(SIDEWALK,)),
        place=SimpleNamespace(sidewalks=box(0, -1.5, 100, 1.5)),
    )  # fmt: skip
    walker = one("person/0", PERSON, 20.0, 0.0)
    driven = Drive(np.zeros(0), (10.0,), 0, (one("ego", EGO, 50.0, 4.0), walker), {})

    def place(density, seed=0, rain=0.0):
        traffic = SimpleNamespace(pedestrians=density)
        spec = SimpleNamespace(seed=seed, clip=0, traffic=traffic, environment=day(rain=rain))
        return bystanders(city, spec, driven, ((EGO, PERSON), POST))

    return place


def rows(found):
    return np.array([(*place[:2], yaw, 0.6, 0.6) for _, place, yaw, _ in found])


def test_they_stand_on_the_sidewalk_clear_of_things_of_walkers_and_of_each_other(placed):
    found = rows(placed(900))
    assert len(found) > 8
    shapes = rectangles(found, 0.0)
    assert all(box(0, -1.5, 100, 1.5).contains(shape) for shape in shapes)
    first, second = STRtree(shapes).query(shapes, predicate="intersects")
    assert (first == second).all()
    others = rectangles(np.vstack([POST, [[20.0, 0.0, 0.0, 0.6, 0.6]]]), 0.0)
    assert not any(shape.intersects(other) for shape in shapes for other in others)


def test_their_number_is_their_share_of_the_people(placed):
    count = np.mean([len(placed(150, seed)) for seed in range(60)])
    assert count == pytest.approx(150 * AT_REST * 0.1 * 1.25, rel=0.25)


def test_some_face_each_other_and_some_the_road(placed):
    found = rows(placed(900))
    road = np.abs(np.sin(found[:, 2]) - 1) < 0.3
    gaps = np.linalg.norm(found[:, None, :2] - found[None, :, :2], axis=2)
    pairs = [(i, j) for i, j in zip(*np.nonzero(gaps < 1.0), strict=True) if i < j]
    assert road.any()
    assert pairs
    for i, j in pairs:
        assert np.cos(found[i, 2] - found[j, 2]) < -0.5
        ahead = np.array([np.cos(found[i, 2]), np.sin(found[i, 2])])
        assert ahead @ (found[j, :2] - found[i, :2]) > 0.7


def test_in_rain_umbrellas_are_open_and_touch_neither_people_nor_things(placed):
    found = placed(900, rain=10.0)
    covered = [user for *_, user in found if user.umbrella]
    assert len(covered) > 4
    taken = [user.takes.rectangles(np.array([[*place[:2], yaw]])) for _, place, yaw, user in found]
    shapes = rectangles(np.concatenate(taken), 0.0)
    first, second = STRtree(shapes).query(shapes, predicate="intersects")
    assert (first == second).all()
    assert not any(shape.intersects(rectangles(POST, 0.0)[0]) for shape in shapes)


def test_nobody_stands_far_from_the_drive(placed, monkeypatch):
    monkeypatch.setattr(module, "NEAR", 1.0)
    assert placed(900) == []
