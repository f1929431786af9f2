"""Walls and cars in head lamps' beams, and the fog behind them."""

import numpy as np
import pytest

from synthgen.embree import Tracer
from synthgen.geometry import yaw_quaternion
from synthgen.light.beams import beam_tables
from synthgen.light.sources import Sources
from synthgen.materials import Material
from synthgen.mesh import mesh
from synthgen.motion import Motion, standing
from synthgen.render.raycast.air import Air
from synthgen.render.raycast.glow import scattered
from synthgen.render.raycast.halo import halo
from synthgen.render.raycast.lantern import lamps
from synthgen.render.raycast.shade import shades, unshaded
from synthgen.scene import Scene, moment
from synthgen.world import Beam, Body, Environment, World

NIGHT = Environment(-0.6, 0, -0.5, 0, 0, 0, 0, 2e4, 0, 0, 0, 0, True)
AIR = Air(np.full(3, 0.03), 0.03 * 0.999, 0.86, 1.0, np.zeros(3), np.zeros((64, 3)), 160.0)
GRAY = Material("matt", (0.3, 0.3, 0.3), 1.0)


def wall(x, low, high, tall):
    """Return a wall across the street from y = `low` to `high`."""
    corners = np.array([[x, low, 0], [x, high, 0], [x, high, tall], [x, low, tall]], float)
    faces = mesh(corners, [[0, 1, 2], [0, 2, 3]], GRAY, "building")
    return Body("wall", "building", "", faces)


def ground():
    corners = np.array([[-9, -99, 0], [99, -99, 0], [99, 99, 0], [-9, 99, 0]], float)
    return Body("road", "road", "", mesh(corners, [[0, 1, 2], [0, 2, 3]], GRAY, "road"))


def lamp(beam=Beam.HIGH_BEAM):
    """Return a lamp of 30,000 cd at a height of 1 m that shines along x."""
    every = Sources(
        np.array([[0.0, 0, 1]]), np.eye(3)[None], np.full((1, 3), 3e4), np.array([int(beam)]),
        np.full(1, 0.05), np.zeros(1),
    )  # fmt: skip
    return lamps(every, beam_tables(), 0.0)


def seen(stuff, every):
    """Return what stands before the lamp among `stuff`."""
    ego = Body("ego", "ego", "", mesh(np.eye(3) - 500, [[0, 1, 2]], GRAY, "ego"))
    still = Motion((standing((0, 0, 0), yaw_quaternion(0.0)),), (0.0,))
    scene = Scene(World(tuple(stuff), (ego,), 0, NIGHT), still)
    return shades(Tracer(scene.world), moment(scene, 0.0), every, np.array([0]))


def across(x, every, shaded):
    """Return the luminance of the air seen from the side, through the beam at each `x`."""
    start = np.stack([x, np.full(len(x), -20.0), np.full(len(x), 1.0)], -1).astype(np.float32)
    way = np.tile(np.float32([0, 1, 0]), (len(x), 1))
    far, place = np.full(len(x), 40.0), (halo(0.86, 0.999), 0.0)
    return scattered(start, way, far, AIR, place, every, np.array([0]), shaded)[:, 1]


def test_a_wall_across_a_beam_leaves_the_air_behind_it_dark():
    every, x = lamp(), np.array([5.0, 10.0, 15.0, 24.0, 30.0, 40.0])
    free = across(x, every, seen([ground()], every))
    cut = across(x, every, seen([ground(), wall(20.0, -15.0, 15.0, 8.0)], every))
    assert (free > 1e-3).all()
    np.testing.assert_allclose(cut[:3], free[:3], rtol=0.02)
    assert (cut[3:] < 0.02 * free[3:]).all()


def test_the_road_takes_nothing_from_the_air_above_it():
    every, x = lamp(Beam.LOW_BEAM), np.array([5.0, 15.0, 40.0])
    with_road = across(x, every, seen([ground()], every))
    np.testing.assert_allclose(with_road, across(x, every, unshaded(1)), rtol=1e-6)


def test_half_a_wall_leaves_half_of_the_beam():
    every = lamp()
    known = seen([ground(), wall(20.0, 0.0, 15.0, 8.0)], every)
    share = known.open[0]
    assert share[5] == pytest.approx(1.0)
    assert share[8] == pytest.approx(0.5, abs=0.02)
    beyond = known.depth[0, 8] > 25.0
    assert beyond[:23].all()
    assert not beyond[25:].any()


def test_only_head_lamps_are_asked():
    every = lamp(Beam.STREET)
    assert seen([wall(20.0, -15.0, 15.0, 8.0)], every).number[0] == -1
