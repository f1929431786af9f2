from dataclasses import replace

import numpy as np

from synthgen.geometry import yaw_quaternion
from synthgen.grid import Grid, Supply
from synthgen.labels.lamps import LampRegister
from synthgen.light.sources import wire
from synthgen.materials import Material
from synthgen.mesh import mesh
from synthgen.motion import Motion, standing
from synthgen.scene import Scene, moment
from synthgen.world import Beam, Body, Circuit, Environment, Flash, Lamp, World

NIGHT = Environment(-0.6, 0, -0.5, 0, 0, 0, 0, 2e4, 0, 0, 0, 0, False)
PLATE = mesh([[0, 0, 0], [0, 1, 0], [0, 0, 1]], [[0, 1, 2]], Material("m", (0.5,) * 3), "car")


def body(name, circuit, at=(0.0, 0.0, 4.0), grid=True, flash=None, kind="street_light"):
    """Return something with one lamp of 100 cd."""
    wire_ = Circuit(circuit, 10.0, (1.0, 1.0, 1.0), flash, grid)
    lamp = Lamp(at, (0.0, 0.0, -1.0), 100.0, Beam.LAMBERT, 0)
    return Body(name, kind, "", PLATE, circuits=(wire_,), lamps=(lamp,))


def states(time=0.0, turned=(0.0, 0.0, 0.0, 1.0), ahead=(0.0, 0.0, -1.0)):
    """Return the columns for a lamp on the grid, one without, one of a generator, one candle."""
    stuff = (
        body("fed", "street"), body("dead", "street"), body("shop", "window"),
        body("home", "candle", grid=False), body("far", "street", (400.0, 0, 4)),
    )  # fmt: skip
    car = body("car", "beacon_a", (1.0, 0.0, 1.0), False, Flash(1.0, ((0.0, 0.5),)), "car")
    car = replace(car, lamps=(replace(car.lamps[0], direction=ahead),))
    supply = np.array([Supply.GRID, Supply.OFF, Supply.GENERATOR, Supply.OFF, Supply.GRID, 0])
    grid = Grid(np.zeros((2, 2)), np.array([1, 0]), np.array([0, 1, 1, 1, 0, -1]), supply)
    world = World(stuff, (car,), 0, NIGHT, grid=grid)
    track = standing((10.0, 0.0, 0.0), turned, (1.0,))
    now = moment(Scene(world, Motion((track,), (time,))), time)
    return LampRegister(world, wire(world), True, 500).at(now)


def test_each_lamp_says_what_feeds_it_and_whether_it_is_on():
    found = states()
    assert list(found["body"]) == ["fed", "dead", "shop", "home", "car"]
    assert list(found["feed"]) == ["grid", "none", "generator", "flame", "battery"]
    assert list(found["on"]) == [True, False, True, True, True]
    assert list(found["block"]) == [0, 1, 1, 1, -1]
    assert list(found["track"]) == [0, 0, 0, 0, 501]
    np.testing.assert_allclose(found["candela"], 100.0)


def test_a_flashing_lamp_is_on_all_the_while_and_lit_now_and_then():
    for time, lit in ((0.2, True), (0.7, False)):
        found = states(time)
        assert found["on"][-1]
        assert found["lit"][-1] == lit
        assert found["level"][-1] == float(lit)


def test_lamps_of_a_thing_are_where_the_thing_is():
    found = states()
    assert (found["x"][-1], found["y"][-1], found["z"][-1]) == (11.0, 0.0, 1.0)


def test_lamps_look_where_the_thing_looks():
    found = states(turned=tuple(yaw_quaternion(np.pi / 2)), ahead=(1.0, 0.0, 0.0))
    axes = np.stack([found["ahead_x"], found["ahead_y"], found["ahead_z"]], axis=1)
    np.testing.assert_allclose(axes[:4], [[0.0, 0.0, -1.0]] * 4, atol=1e-12)
    np.testing.assert_allclose(axes[4], [0.0, 1.0, 0.0], atol=1e-12)
    np.testing.assert_allclose(found["radius"], 0.05)
