from dataclasses import replace

import numpy as np
import pytest

from synthgen.embree import tracer
from synthgen.motion import Motion
from synthgen.scene import Scene, moment
from synthgen.snow_cover import (
    DRIVEN,
    GAUGE,
    LOADED,
    NOTHING,
    ROAD,
    Ground,
    cover_of,
    hidden,
    lying,
)
from synthgen.snowpack import ROUGH, hidden_share
from synthgen.streets import StreetLane, Streets


def street(road, y=0.0, kind="drive"):
    line = np.array([[-200.0, y, 0], [200.0, y, 0]])
    return StreetLane(road, "", "", kind, road, 13.9, 3.5, line, line[:, :2])


def snowy(scene, depth, lanes=(), kind="road"):
    """Return the moment of `scene` under `depth` [cm] of snow, with `lanes` and its ground."""
    old = scene.world
    stuff = tuple(replace(body, kind=kind) for body in old.stuff)
    around = replace(old.environment, snow_cover=depth)
    world = replace(old, stuff=stuff, environment=around, streets=Streets(tuple(lanes)))
    return moment(Scene(world, scene.motion), 0.0)


def ground(position, body=0, up=1.0, glass=False, leaf=False):
    count = len(position)
    return Ground(
        np.full(count, body), position, position, np.full(count, up), np.full(count, glass),
        np.full(count, leaf), np.zeros(count),
    )  # fmt: skip


def places(count=40_000, half=90.0, seed=0):
    flat = np.random.default_rng(seed).uniform(-half, half, (count, 2))
    return np.column_stack([flat, np.zeros(count)])


def share(now, where, **more):
    return lying(cover_of(now), ground(where, **more), None, now).share


def test_without_snow_there_is_no_cover(scenes):
    assert cover_of(snowy(scenes([]), 0.0)) is None


@pytest.mark.parametrize("depth", [0.5, 2.0, 5.0])
def test_as_much_of_untouched_ground_is_white_as_the_law_says(scenes, depth):
    found = share(snowy(scenes([]), depth), places())
    assert found.mean() == pytest.approx(hidden_share(depth / 100, ROUGH), abs=0.03)
    if depth < 5:
        assert (found < 0.05).any()
        assert (found > 0.95).any()


def test_what_is_wider_than_the_patches_shows_their_mean(scenes):
    now, where = snowy(scenes([]), 2.0), places(50)
    wide = ground(where)._replace(size=np.full(50, 0.4))
    found = lying(cover_of(now), wide, None, now).share
    np.testing.assert_allclose(found, hidden_share(0.02, ROUGH), rtol=1e-9)


def test_snow_lies_on_what_faces_up_and_not_on_walls_or_below_things(scenes):
    scene = scenes([(20.0, 0.0)])
    cone = replace(scene.world.things[1], kind="traffic_cone")
    world = replace(scene.world, things=(scene.world.things[0], cone))
    now, where = snowy(Scene(world, scene.motion), 20.0), places(200)
    for body, least in ((0, 0.5), (2, 0.7)):
        assert (share(now, where, body=body, up=least) > 0.98).all()
        assert not share(now, where, body=body, up=-0.4).any()
    assert not share(now, where, body=2, up=0.2).any()


def across(now, y):
    x = np.linspace(-150, 150, 3000)
    where = np.column_stack([x, np.full(3000, y), np.zeros(3000)])
    return share(now, where).mean()


def test_wheels_leave_tracks_and_the_busier_the_road_the_less_is_left(scenes):
    quiet, busy = (snowy(scenes([]), 6.0, [street(r)]) for r in ("residential", "motorway"))
    for now in (quiet, busy):
        assert across(now, GAUGE) < 0.7 * across(now, 0.0)
        assert across(now, GAUGE) < across(now, 4.5)
        assert across(now, -GAUGE) == pytest.approx(across(now, GAUGE), abs=0.1)
    for y in (0.0, GAUGE, 1.5):
        assert across(busy, y) < across(quiet, y)
    assert across(busy, GAUGE) < 0.06
    assert across(busy, 9.0) == across(quiet, 9.0) > 0.95


def test_snow_beside_a_busy_road_is_dirty_and_clean_away_from_it(scenes):
    now = snowy(scenes([]), 6.0, [street("primary")])
    rows = [np.array([[x, y, 0.0] for x in range(50)]) for y in (2.0, 3.0, 8.0)]
    near, aside, far = (lying(cover_of(now), ground(row), None, now).dirt.mean() for row in rows)
    assert near > 1.5 * aside > 0
    assert far == 0


def test_feet_tread_a_path_along_the_middle_of_a_sidewalk(scenes):
    now = snowy(scenes([]), 4.0, [street("path", kind="walk")], kind="sidewalk")
    assert across(now, 0.0) < 0.9 * across(now, 1.7)
    found = lying(cover_of(now), ground(places(500, 1.5)), None, now)
    assert not found.melt.any()


def test_labels_say_of_open_road_what_the_picture_shows(scenes):
    now = snowy(scenes([]), 3.0, [street("residential")])
    where = places(2000, 6.0)
    np.testing.assert_array_equal(hidden(now.scene.world, where), share(now, where))
    assert not hidden(snowy(scenes([]), 0.0).scene.world, where).any()


def test_people_and_riders_carry_none_drivers_little_and_what_is_parked_all(scenes):
    scene = scenes([(9.0, 0), (18.0, 0), (27.0, 0), (36.0, 0)])
    names = ("vehicle/1", "parked/1", "person/1", "cone/1")
    kinds = ("car", "car", "pedestrian", "traffic_cone")
    old = scene.world
    changed = [replace(body, name=name, kind=kind)
               for body, name, kind in zip(old.things[1:], names, kinds, strict=True)]  # fmt: skip
    now = snowy(Scene(replace(old, things=(old.things[0], *changed)), scene.motion), 5.0)
    assert cover_of(now).kind.tolist() == [ROAD, DRIVEN, DRIVEN, LOADED, NOTHING, LOADED]
    where = places(5000, 3.0)
    driven, parked, person = (share(now, where, body=n).mean() for n in (2, 3, 4))
    assert 0.05 < driven < 0.3
    assert parked > 0.98
    assert person == 0
    assert not share(now, where, body=2, glass=True).any()
    assert share(now, where, body=3, glass=True).mean() > 0.98


def test_below_a_parked_car_there_is_no_snow_and_beside_it_there_is(scenes):
    now = snowy(scenes([(10.0, 0.0)]), 15.0)
    with tracer(now.scene.world) as trace:
        inside = np.array([[10.0 + dx, dy, 0.0] for dx in (-1.4, 0, 1.4) for dy in (-0.4, 0.4)])
        outside = inside + np.array([6.0, 0, 0])
        for where, least, most in ((inside, 0.0, 0.0), (outside, 0.99, 1.0)):
            found = lying(cover_of(now), ground(where), trace, now).share
            assert (found >= least).all()
            assert (found <= most).all()


def test_posts_and_people_do_not_shelter(scenes):
    scene = scenes([(10.0, 0.0)])
    person = replace(scene.world.things[1], kind="pedestrian", name="person/1")
    now = snowy(Scene(replace(scene.world, things=(scene.world.things[0], person)),
                      Motion(scene.motion.tracks, (0.0,))), 15.0)  # fmt: skip
    with tracer(now.scene.world) as trace:
        found = lying(cover_of(now), ground(np.array([[10.0, 0.0, 0.0]])), trace, now).share
    assert found[0] > 0.99
