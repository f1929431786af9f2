from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthgen.geometry import yaw_quaternion
from synthgen.grid import Grid, Supply
from synthgen.light.sources import levels, sources, window_light, wire
from synthgen.materials import Material
from synthgen.mesh import mesh, with_circuit
from synthgen.motion import Motion, standing
from synthgen.scene import Scene, moment
from synthgen.world import Beam, Body, Circuit, Environment, Flash, Lamp, World

NIGHT = Environment(-0.6, 0, -0.5, 0, 0, 0, 0, 2e4, 0, 0, 0, 0, True)
WHITE = (1.0, 1.0, 1.0)


def plate(circuit=-1, size=0.1):
    corners = np.array(
        [[0, -size, 0.5], [0, size, 0.5], [0, size, 0.5 + size], [0, -size, 0.5 + size]]
    )
    body = mesh(corners, [[0, 1, 2], [0, 2, 3]], Material("lens", (0.5, 0.5, 0.5)), "car")
    return with_circuit(body, circuit)


def lantern(grid=True):
    lamp = Lamp((1.0, 2.0, 8.0), (0.0, 0.0, -1.0), 1000.0, Beam.STREET, 0)
    circuit = Circuit("street", 5000.0, WHITE, grid=grid)
    return Body("lamp", "street_light", "", plate(), circuits=(circuit,), lamps=(lamp,))


def car(flash=None):
    circuits = (Circuit("low_beam", 1e4, WHITE, flash), Circuit("tail", 500.0, (4.7, 0.0, 0.0)))
    lamp = Lamp((2.0, 0.5, 0.6), (1.0, 0.0, 0.0), 2e4, Beam.LOW_BEAM, 0)
    return Body("car", "car", "", plate(1), circuits=circuits, lamps=(lamp,))


def at(stuff, thing, level, environment=NIGHT, time=0.0):
    track = standing((10.0, 0.0, 0.0), yaw_quaternion(np.pi / 2), level)
    world = World((stuff,), (thing,), 0, environment)
    return wire(world), moment(Scene(world, Motion((track,), (0.0,))), time)


def test_lamps_of_a_turned_car_shine_where_it_looks():
    wiring, now = at(lantern(), car(), (1.0, 0.0))
    lit = sources(wiring, now, levels(wiring, now, dark=True))
    assert list(lit.beam) == [Beam.STREET, Beam.LOW_BEAM]
    np.testing.assert_allclose(lit.axes[1, 0], [0, 1, 0], atol=1e-9)
    np.testing.assert_allclose(lit.position[1], [9.5, 2.0, 0.6], atol=1e-9)


def test_axes_are_right_handed():
    wiring, now = at(lantern(), car(), (1.0, 1.0))
    for axes in sources(wiring, now, levels(wiring, now, dark=True)).axes:
        np.testing.assert_allclose(np.cross(axes[0], axes[1]), axes[2], atol=1e-9)


def test_a_lens_without_a_lamp_gets_one_of_luminance_times_area():
    wiring, now = at(lantern(), car(), (0.0, 1.0))
    lit = sources(wiring, now, levels(wiring, now, dark=False))
    assert lit.intensity[0, 0] == pytest.approx(500.0 * 4.7 * 0.2 * 0.1)


@settings(deadline=None)
@given(st.floats(0.2, 5.0), st.floats(0.5, 15.0), st.floats(0.5, 15.0))
def test_each_pane_of_a_front_is_lit_by_lamps_before_it(gap, left, right):
    edges = np.cumsum([0.0, left, gap, right])
    corners = [
        [edge, 0.0, z] for first in (0, 2)
        for edge, z in ((edges[first], 0.5), (edges[first + 1], 0.5), (edges[first + 1], 3.5),
                        (edges[first], 3.5))
    ]  # fmt: skip
    faces = [[first + k for k in one] for first in (0, 4) for one in ((0, 1, 2), (0, 2, 3))]
    glass = mesh(np.array(corners), faces, Material("glass", WHITE), "building")
    shop = Body("shop", "building", "", with_circuit(glass, 0),
                circuits=(Circuit("window", 40.0, WHITE, grid=True),))  # fmt: skip
    wiring, _ = at(shop, replace(car(), circuits=(), lamps=()), ())
    x, y, z = wiring.position.T
    assert (((edges[0] < x) & (x < edges[1])) | ((edges[2] < x) & (x < edges[3]))).all()
    assert (y < 0).all()
    np.testing.assert_allclose(z, 2.0)
    np.testing.assert_allclose(wiring.candela[:, 0].sum(), 40.0 * 3.0 * (left + right))


def test_street_lamps_are_off_by_day_and_in_a_blackout():
    for dark, power in ((False, True), (True, False)):
        environment = replace(NIGHT, power=power)
        wiring, now = at(lantern(), car(), (0.0, 0.0), environment)
        assert len(sources(wiring, now, levels(wiring, now, dark))) == 0


def test_a_lamp_with_its_own_battery_survives_a_blackout():
    environment = replace(NIGHT, power=False)
    wiring, now = at(lantern(grid=False), car(), (0.0, 0.0), environment)
    assert len(sources(wiring, now, levels(wiring, now, dark=True))) == 1


def test_flashing_lamps_follow_their_pattern():
    flash = Flash(1.0, ((0.0, 0.25),))
    for time, lit in ((0.1, 1), (0.5, 0), (1.2, 1)):
        wiring, now = at(lantern(), car(flash), (1.0, 0.0), time=time)
        assert len(sources(wiring, now, levels(wiring, now, dark=False))) == lit


def test_few_windows_are_lit_in_a_blackout_and_by_candles():
    def rows(power, dark):
        return window_light(World((lantern(),), (car(),), 0, replace(NIGHT, power=power)), dark)

    np.testing.assert_array_equal(rows(True, True), [[1, 1, 0]] * 2)
    assert (rows(False, True)[:, 0] < 0.1).all()
    assert (rows(False, True)[:, 2] == 1).all()
    assert not rows(False, False)[:, 0].any()


def test_each_body_has_the_power_of_its_own_feed():
    for supply, lit in ((Supply.GENERATOR, 1.0), (Supply.OFF, 0.0)):
        grid = Grid(
            np.zeros((1, 2)), np.array([Supply.OFF]), np.zeros(2, int), np.array([supply, 0])
        )
        world = World((lantern(),), (car(),), 0, replace(NIGHT, power=False), grid=grid)
        track = standing((10.0, 0.0, 0.0), yaw_quaternion(0.0), (0.0, 0.0))
        now = moment(Scene(world, Motion((track,), (0.0,))), 0.0)
        assert levels(wire(world), now, dark=True)[0] == lit
