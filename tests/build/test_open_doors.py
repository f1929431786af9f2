from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import shapely
from shapely.geometry import box

from synthgen.assets.fleet import draw_member
from synthgen.assets.vehicles import vehicle
from synthgen.build.open_doors import ANGLES, NEAR, leaf_rows, opened, shut_again, with_open_doors
from synthgen.rng import stream
from synthgen.road_user import RoadUser
from synthgen.traffic.plan import Agent, Drive
from synthgen.traffic.repair import rectangles
from synthgen.world import Body, Door

CAR = RoadUser("car", "saloon", 4.6, 1.8, 1.5, 7)
EGO = RoadUser("ego", "estate", 4.7, 1.8, 1.5, 0)
DOORS = ("front_left", "front_right", "rear_left", "rear_right")
WIDE = 1.1


def parked(user):
    """Return a car without a surface, its door where a real one would be."""
    if not user.door:
        return Body("", "car", "saloon", None, doors=DOORS)
    sign = 1 if user.door.endswith("left") else -1
    x = 0.8 if user.door.startswith("front") else -0.3
    hinge = (x, sign * 0.88, 0.3)
    way = WIDE * np.array([-np.cos(user.opening), sign * np.sin(user.opening), 0])
    door = Door(user.door, user.opening, hinge, tuple((hinge + way).tolist()))
    return Body("", "car", "saloon", None, door=door)


def agent(name, x, y, yaw=0.0):
    time, still = np.array([8.0, 10.0, 10.5]), np.zeros(3)
    place = np.tile([x, y, 0.0], (3, 1))
    return Agent(name, "car", 1, time, place, still + yaw, still, still.astype(int), still,
                 ((8.0, 10.5),))  # fmt: skip


CITY = SimpleNamespace(parked=lambda user: (parked(user),), place=SimpleNamespace(buildings=()))


def row_of(one):
    _, place, yaw, user = one
    return user.takes.rectangles(np.array([[*place[:2], yaw]]))[0]


def opening(share, others=(), walls=(), count=12, things=(), gap=6.0, seed=0):
    """Return a row of parked cars along x, 2.6 m from a lane, with the doors of some open."""
    city = SimpleNamespace(
        parked=lambda user: (parked(user),), place=SimpleNamespace(buildings=walls)
    )
    row = [
        (replace(parked(CAR), name=f"parked/{n}"), np.array([gap * n, -2.6, 0.0]), 0.0, CAR)
        for n in range(count)
    ]
    driven = Drive(np.zeros(0), (10.0,), 0, (agent("ego", 0.0, 2.5), *others), {})
    stands = np.array([*things, *(row_of(one) for one in row)], float).reshape(-1, 5)
    spec = SimpleNamespace(seed=seed, clip=0, traffic=SimpleNamespace(doors=share))
    return with_open_doors(city, spec, driven, ((EGO, CAR), stands), row)


def count(found):
    return sum(body.door is not None for body, *_ in found)


def test_none_is_open_at_share_nought_and_names_stay():
    assert count(opening(0.0)) == 0
    assert [one[0].name for one in opening(1.0)] == [f"parked/{n}" for n in range(12)]


def test_as_many_are_open_as_the_share_says():
    share = np.mean([count(opening(0.3, seed=seed)) for seed in range(60)]) / 12
    assert share == pytest.approx(0.3, abs=0.05)


def test_every_door_and_angle_comes_and_the_drivers_most():
    found = [b.door for seed in range(40) for b, *_ in opening(1.0, seed=seed) if b.door]
    assert {door.angle for door in found} == set(ANGLES)
    names = [door.name for door in found]
    assert set(names) == set(DOORS)
    assert max(DOORS, key=names.count) == "front_left"


@pytest.mark.parametrize("subtype", ["compact", "sports", "pickup"])
@pytest.mark.parametrize("door", ["front_left", "front_right"])
def test_the_room_of_a_door_holds_all_of_it(subtype, door):
    user = draw_member("car", subtype, stream(5, "room", subtype))
    body = vehicle(replace(user, door=door, opening=ANGLES[-1]), "")
    rows = leaf_rows([(body, np.array([10.0, 5.0, 0.0]), 2.0, user)])
    turned = body.mesh.vertices[:, :2] @ [1, 1j] * np.exp(2.0j) + (10 + 5j)
    sign = 1 if door.endswith("left") else -1
    aside = sign * body.mesh.vertices[:, 1] > user.width / 2 + 0.01
    beside = body.mesh.vertices[:, 0] < body.door.hinge[0] - 0.1
    shape = rectangles(rows, 0.03)[0]
    out = turned[aside & beside]
    assert len(out) > 500
    assert shapely.contains_xy(shape, out.real, out.imag).all()
    assert rows[0, 4] < 0.8


@pytest.mark.parametrize("blocked", ["agent", "wall", "thing"])
def test_no_door_opens_into_what_is_there(blocked):
    shape = box(-3, -1.6, 80, -1.2)
    extra = {
        "agent": {"others": [agent(f"vehicle/{n}", 6.0 * n, -0.65) for n in range(12)]},
        "wall": {"walls": [shape]},
        "thing": {"things": [(38.0, -1.4, 0.0, 84.0, 0.4)]},
    }[blocked]
    sides = set()
    for seed in range(12):
        sides |= {b.door.name.split("_")[1] for b, *_ in opening(1.0, seed=seed, **extra) if b.door}
    assert sides == {"right"}


def test_open_doors_touch_neither_each_other_nor_other_cars():
    for seed in range(20):
        found = opening(1.0, seed=seed, gap=4.7)
        with_door = [one for one in found if one[0].door]
        leaves = rectangles(leaf_rows(with_door), 0.0)
        cars = rectangles(np.array([row_of(one) for one in found]), 0.0)
        for n, leaf in enumerate(leaves):
            own = found.index(with_door[n])
            assert not any(leaf.intersects(car) for k, car in enumerate(cars) if k != own)
            assert not any(leaf.intersects(other) for k, other in enumerate(leaves) if k != n)


def test_doors_far_from_the_drive_stay_shut():
    found = opening(1.0, count=40)
    assert all(one[0].door is None for one in found if one[1][0] > NEAR + 5)
    assert count(found) > 5


def test_a_door_can_be_shut_again():
    one = opened(
        CITY, (replace(parked(CAR), name="parked/3"), np.zeros(3), 0.0, CAR), np.ones(2) / 2
    )
    body, _, _, user = shut_again(CITY, one)
    assert (body.name, body.door, user) == ("parked/3", None, CAR)
