from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from synthgen.build.haze import with_haze
from synthgen.geometry import yaw_quaternion
from synthgen.hanging import Bank, Smoke
from synthgen.land import HeightField
from synthgen.materials import Material
from synthgen.mesh import mesh
from synthgen.motion import Motion, Track, standing
from synthgen.scene import Scene, moment
from synthgen.weather.air import air_at
from synthgen.world import Body, Extent, World

GREY = Material("grey", (0.5, 0.5, 0.5))
SQUARE = np.array([[-2.0, -1, 0], [2, -1, 0], [2, 1, 0], [-2, 1, 0]])


def body(name, kind):
    box = Extent((0.0, 0.0, 0.7), (4.5, 1.8, 1.4))
    return Body(name, kind, "", mesh(SQUARE, [[0, 1, 2], [0, 2, 3]], GREY, kind), box)


def driving(speed, start=(0.0, 0.0, 0.0)):
    time = np.arange(0.0, 20.1, 0.1)
    place = np.array(start) + np.outer(time, [speed, 0.0, 0.0])
    turn = np.tile(yaw_quaternion(0.0), (len(time), 1))
    return Track(time, place, turn, 0 * time, np.zeros((len(time), 0)), ((0.0, 20.0),))


def scene(environment, things=(), land=None):
    bodies = (body("ego", "ego"), *(one for one, _ in things))
    tracks = (driving(10.0), *(track for _, track in things))
    world = World((), bodies, 0, environment, land=land)
    return Scene(world, Motion(tracks, (1.0, 5.0)))


def hazy(made):
    spec = SimpleNamespace(environment=made.world.environment, seed=3, clip=1)
    return with_haze(made, spec)


def test_a_clip_that_asks_for_nothing_is_the_very_same(day):
    made = scene(day())
    assert hazy(made) is made
    assert air_at(moment(made, 1.0)).clouds.clear


def test_fog_patches_lie_on_the_land_round_the_way(day):
    land = HeightField(np.array([-500.0, -500.0]), 500.0, np.full((3, 3), 7.0))
    made = hazy(scene(day(bank=Bank(share=0.5)), land=land))
    rows = made.world.hanging.puffs
    assert len(rows) == made.world.facts["fog_patches"] > 10
    np.testing.assert_allclose(rows[:, 2], 7.0)
    assert np.abs(rows[:, 1]).max() <= 160.0
    assert air_at(moment(made, 1.0)).clouds.names == ("fog",)


def test_a_layer_lies_over_the_lowest_ground_of_the_way(day):
    land = HeightField(np.array([-500.0, -500.0]), 500.0, np.full((3, 3), 7.0))
    made = hazy(scene(day(bank=Bank(share=1.0, height=4.0)), land=land))
    assert made.world.hanging.layers[0, 0] == 11.0


def test_what_stands_in_an_event_burns_once_and_only_while_it_is_there(day):
    still = standing((40.0, 2.0, 0.0), yaw_quaternion(0.0), np.zeros(0))
    there = replace(still, windows=((0.0, 3.0),))
    kinds = enumerate(("debris", "car", "car"))
    things = [(body(f"event/0.1/{k}", kind), there) for k, kind in kinds]
    made = hazy(scene(day(smoke=Smoke(fire=3.0), wind=3.0), things))
    (vent,) = made.world.hanging.vents
    assert vent.black
    assert np.hypot(vent.position[0] - 40.0, vent.position[1] - 2.0) < 2.3
    assert 0.5 < vent.position[2] < 1.5
    assert air_at(moment(made, 1.0)).clouds.names == ("smoke",)
    assert air_at(moment(made, 5.0)).clouds.clear


@pytest.mark.parametrize(("speed", "throws"), [(25.0, True), (5.0, False)])
def test_vehicles_that_drive_fast_through_water_throw_up_spray(day, speed, throws):
    made = hazy(scene(day(spray=1.0), [(body("truck", "truck"), driving(speed, (30.0, 3.0, 0.0)))]))
    found = air_at(moment(made, 1.0)).clouds
    rows = found.puffs[np.abs(found.puffs[:, 1] - 3.0) < 1.7]
    assert (len(rows) > 10) == throws
    if throws:
        np.testing.assert_allclose(rows[:, 10], speed, rtol=1e-6)
