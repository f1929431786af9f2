from types import SimpleNamespace

import numpy as np
import pytest
import shapely
from shapely.geometry import box

from synthgen.build import wildlife as module
from synthgen.build.wildlife import FROM, GROUP, SEEN, grazing
from synthgen.road_user import RoadUser
from synthgen.traffic.plan import Agent, Drive
from synthgen.traffic.repair import rectangles
from synthgen.world import Body

DEER = RoadUser("deer", "doe", 1.45, 0.4, 1.26, 1)
EGO = RoadUser("ego", "estate", 4.7, 1.8, 1.5, 0)
VERGE = box(-200, 4, 200, 16)
POSTS = np.array([[x, 10.0, 0.0, 4.0, 4.0] for x in range(-100, 101, 20)], float)


@pytest.fixture
def passed(monkeypatch):
    monkeypatch.setattr(module, "surface_height", lambda place, points: np.full(len(points), 0.2))
    time, still = np.array([8.0, 10.5]), np.zeros(2)
    ego = Agent("ego", "ego", 0, time, np.zeros((2, 3)), still, still, still.astype(int), still,
                ((8.0, 10.5),))  # fmt: skip
    driven = Drive(np.zeros(0), (10.0,), 0, (ego,), {})

    def pass_by(clip, kind="rural"):
        city = SimpleNamespace(
            pool=(EGO, DEER), of=lambda user: (Body("", "deer", "doe", None),),
            network=SimpleNamespace(kind=kind), place=SimpleNamespace(free=VERGE),
        )  # fmt: skip
        return grazing(city, SimpleNamespace(seed=0, clip=clip), driven, POSTS)

    return pass_by


def test_deer_stand_on_open_land_apart_and_clear_of_things(passed):
    found = [one for clip in range(60) for one in [passed(clip)] if one]
    assert max(len(group) for group in found) <= GROUP
    assert any(len(group) > 1 for group in found)
    posts = shapely.union_all(rectangles(POSTS, 0.0))
    for group in found:
        rooms = rectangles([(*at[:2], yaw, 1.45, 0.4) for _, at, yaw, _ in group], 0.0)
        assert all(VERGE.contains(room) and not posts.intersects(room) for room in rooms)
        first, second = shapely.STRtree(rooms).query(rooms, predicate="intersects")
        assert (first == second).all()
        assert [at[2] for _, at, _, _ in group] == [0.2] * len(group)


def test_about_a_third_of_country_drives_pass_deer_and_no_city_drive(passed):
    share = np.mean([bool(passed(clip)) for clip in range(300)])
    assert share == pytest.approx(SEEN, abs=0.08)
    assert not any(passed(clip, "downtown") for clip in range(40))


def test_nobody_feeds_at_the_wheels(passed):
    for clip in range(60):
        for _, at, _, _ in passed(clip):
            assert np.hypot(*at[:2]) > FROM / 3
