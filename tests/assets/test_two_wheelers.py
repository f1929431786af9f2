import pickle

import numpy as np
import pytest

from synthgen.assets.bicycles import draw_cycle
from synthgen.assets.body.bones import Bone
from synthgen.assets.fleet import MODELS
from synthgen.assets.kick_scooters import draw_scooter
from synthgen.assets.skeleton import joints_of
from synthgen.assets.two_wheelers import bicycle, cyclist, motorcyclist
from synthgen.rng import stream
from synthgen.road_user import RoadUser
from synthgen.world import Beam

SEEDS = (0, 1, 2, 3)


def push_bike(seed: int, length: float = 1.75) -> RoadUser:
    return RoadUser("bicycle", "", length, 0.6, 1.1, seed)


def motor_bike(seed: int, subtype: str = "") -> RoadUser:
    return RoadUser("motorcycle", subtype, 2.11, 0.77, 1.47, seed)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("length", [1.6, 1.75, 1.85])
def test_bicycles_are_as_long_and_wide_as_asked_and_stand_on_the_ground(seed, length):
    body = bicycle(push_bike(seed, length), "bike")
    assert body.extent.size[0] == pytest.approx(length, abs=0.03)
    assert body.extent.size[1] == pytest.approx(0.6, abs=0.02)
    assert 0.85 < body.extent.size[2] < 1.25
    assert body.mesh.vertices[:, 2].min() == pytest.approx(0.0, abs=0.005)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("subtype", ["naked", "scooter"])
def test_motorcycles_are_as_long_and_wide_as_asked_and_stand_on_the_ground(seed, subtype):
    body, _ = motorcyclist(motor_bike(seed, subtype), "moto")
    assert body.extent.size[0] == pytest.approx(2.11, abs=0.03)
    assert body.extent.size[1] == pytest.approx(0.77, abs=0.02)
    assert body.extent.center[0] == pytest.approx(0.0, abs=0.03)
    assert body.mesh.vertices[:, 2].min() == pytest.approx(0.0, abs=0.01)
    assert body.subtype == subtype


@pytest.mark.parametrize("seed", SEEDS)
def test_mirrors_are_drawn_but_not_in_the_box(seed):
    body, _ = motorcyclist(motor_bike(seed, "naked"), "moto")
    top = body.extent.center[2] + body.extent.size[2] / 2
    assert body.mesh.vertices[:, 2].max() > top + 0.05


@pytest.mark.parametrize("make", [cyclist, motorcyclist])
def test_riders_ride_what_they_are_given_with(make):
    user = push_bike(1) if make is cyclist else motor_bike(1)
    ridden, rider = make(user, "agent/3")
    assert (ridden.name, rider.name, rider.rides) == ("agent/3", "agent/3/rider", "agent/3")
    assert ridden.kind == user.kind
    assert rider.kind == "rider"
    assert rider.mesh.classes == ("rider",)
    assert 1.5 < rider.extent.center[2] + rider.extent.size[2] / 2 < 1.98


@pytest.mark.parametrize("seed", SEEDS)
def test_feet_stay_on_the_pedals_all_the_way_round(seed):
    _, rider = cyclist(push_bike(seed), "bike")
    ride = rider.pose
    for phase in np.arange(0, 1, 0.125):
        cycle = ride.manner.cycle
        feet = (cycle.pedal(phase, 0), cycle.pedal(phase, 1))
        mesh, _ = ride(phase)
        for pedal in feet:
            gap = np.linalg.norm(mesh.vertices - pedal, axis=1).min()
            assert gap < 0.06


@pytest.mark.parametrize("seed", SEEDS)
def test_hands_hold_the_grips(seed):
    _, rider = cyclist(push_bike(seed), "bike")
    mesh, _ = rider.pose(0.3)
    for side in (1, -1):
        grip = np.array(rider.pose.manner.seat.grip) * [1, side, 1]
        assert np.linalg.norm(mesh.vertices - grip, axis=1).min() < 0.06


def test_legs_never_come_apart_at_the_knee():
    _, rider = cyclist(push_bike(2), "bike")
    who = rider.pose.figure
    skeleton = who.skin.skeleton
    joints = joints_of(skeleton, rider.pose.manner(who, 0.5))
    for first in (0, 1):
        thigh = joints[Bone.SHANK_LEFT + first] - joints[Bone.THIGH_LEFT + first]
        rest = skeleton.joints[Bone.SHANK_LEFT] - skeleton.joints[Bone.THIGH_LEFT]
        assert np.linalg.norm(thigh) == pytest.approx(np.linalg.norm(rest))


def test_cranks_turn_forward_once_per_cycle():
    cycle = draw_cycle(push_bike(0), 1.75, stream(0, "x"))
    top, ahead = cycle.pedal(0.0, 0), cycle.pedal(0.25, 0)
    np.testing.assert_allclose(top[2] - cycle.bracket[2], cycle.crank)
    np.testing.assert_allclose(ahead[0] - cycle.bracket[0], cycle.crank)
    np.testing.assert_allclose(cycle.pedal(1.0, 0), top)
    np.testing.assert_allclose(cycle.pedal(0.5, 1) * [1, -1, 1], top)


def test_the_rider_repeats_after_one_cycle_and_mirrors_after_half():
    _, rider = cyclist(push_bike(5), "bike")
    one, half = rider.pose(0.2), rider.pose(0.7)
    np.testing.assert_allclose(one[0].vertices, rider.pose(3.2)[0].vertices, atol=1e-9)
    np.testing.assert_allclose(one[1].size, half[1].size, atol=0.01)
    np.testing.assert_allclose(one[1].center[1], -half[1].center[1], atol=0.005)


def test_lamps_shine_the_right_way_in_the_right_colour():
    for body, front, rear in (
        (bicycle(push_bike(0), "bike"), "bicycle_front", "bicycle_rear"),
        (motorcyclist(motor_bike(0), "moto")[0], "low_beam", "tail"),
    ):
        names = [circuit.name for circuit in body.circuits]
        for lamp in body.lamps:
            ahead = lamp.direction[0]
            name = names[lamp.circuit]
            assert ahead > 0.9 if name == front else True
            assert ahead < -0.9 if name in (rear, "brake") else True
        red = body.circuits[names.index(rear)].color
        assert red[0] > 10 * red[1]
        beams = {names[lamp.circuit]: lamp.beam for lamp in body.lamps}
        assert beams[front] == Beam.LOW_BEAM


def test_motorcycles_have_every_signal_lamp():
    body, _ = motorcyclist(motor_bike(3), "moto")
    names = {circuit.name for circuit in body.circuits}
    assert names == {"low_beam", "tail", "brake", "indicator_left", "indicator_right"}
    left = [lamp for lamp in body.lamps if body.circuits[lamp.circuit].name == "indicator_left"]
    assert all(lamp.position[1] > 0 for lamp in left)
    assert len(left) == 2


@pytest.mark.parametrize("make", [cyclist, motorcyclist])
@pytest.mark.parametrize("seed", SEEDS)
def test_surfaces_are_sound(make, seed):
    user = push_bike(seed) if make is cyclist else motor_bike(seed)
    for body in make(user, "one"):
        mesh = body.mesh
        a, b, c = (mesh.vertices[mesh.triangles[:, i]] for i in range(3))
        normal = np.cross(b - a, c - a)
        assert np.isfinite(mesh.vertices).all()
        assert np.linalg.norm(normal, axis=1).min() > 1e-9
        turned = np.einsum("ti,tki->tk", normal, mesh.normals) < 0
        area = np.linalg.norm(normal, axis=1)
        assert (turned.mean(axis=1) * area).sum() < 0.02 * area.sum()
        assert mesh.circuit.max() < max(len(body.circuits), 1)


def test_everything_outlives_pickling_and_one_seed_makes_one_design():
    for make, user in ((cyclist, push_bike(4)), (motorcyclist, motor_bike(4))):
        for one, two in zip(make(user, "a"), make(user, "a"), strict=True):
            again = pickle.loads(pickle.dumps(one))
            assert one.mesh.vertices.tobytes() == two.mesh.vertices.tobytes()
            assert again.at_phase(0.4)[0].vertices.tobytes() == (
                two.at_phase(0.4)[0].vertices.tobytes()
            )


@pytest.mark.parametrize("make", [cyclist, motorcyclist])
def test_riders_of_designs_without_a_name_are_still_told_apart(make):
    user = push_bike(1) if make is cyclist else motor_bike(1)
    ridden, rider = make(user, "")
    assert ridden.rides == ""
    assert rider.rides == user.kind


def mean_of(subtype: str, seed: int) -> RoadUser:
    kind = "motorcycle" if subtype == "police_motorcycle" else "bicycle"
    return RoadUser(kind, subtype, *MODELS[kind][subtype].size, seed)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("subtype", ["e_scooter", "cargo_bike"])
def test_scooters_and_cargo_bikes_measure_what_was_ordered(seed, subtype):
    user = mean_of(subtype, seed)
    body, rider = cyclist(user, "bike")
    assert (body.kind, body.subtype, rider.rides) == ("bicycle", subtype, "bike")
    assert body.extent.size[0] == pytest.approx(user.length, abs=0.03)
    assert body.extent.size[1] == pytest.approx(user.width, abs=0.03)
    assert body.extent.size[2] == pytest.approx(user.height, abs=0.1)
    assert body.mesh.vertices[:, 2].min() == pytest.approx(0.0, abs=0.005)
    assert {circuit.name for circuit in body.circuits} == {"bicycle_front", "bicycle_rear"}
    assert 1.5 < rider.extent.center[2] + rider.extent.size[2] / 2 < 2.15


@pytest.mark.parametrize("seed", SEEDS)
def test_who_stands_on_a_scooter_has_both_feet_on_the_board_and_hands_on_the_grips(seed):
    user = mean_of("e_scooter", seed)
    scooter = draw_scooter(user)
    _, rider = cyclist(user, "bike")
    points = rider.mesh.vertices
    low = points[points[:, 2] < scooter.deck + 0.05]
    assert points[:, 2].min() == pytest.approx(scooter.deck, abs=0.03)
    assert (low[:, 0] > 0.1).any()
    assert (low[:, 0] < -0.1).any()
    for side in (1, -1):
        grip = np.array([scooter.bar[0] - 0.03, side * (user.width / 2 - 0.05), scooter.bar[2]])
        assert np.linalg.norm(points - grip, axis=1).min() < 0.07


@pytest.mark.parametrize("seed", SEEDS)
def test_police_motorcycles_flash_blue_left_and_right_in_turn(seed):
    user = mean_of("police_motorcycle", seed)
    body, rider = motorcyclist(user, "moto")
    assert (body.subtype, body.color, rider.color) == ("police_motorcycle", "white", "yellow")
    halves = [body.circuits[body.circuit_index(name)] for name in ("beacon_a", "beacon_b")]
    times = np.arange(0, 2, 0.005)
    assert not any(halves[0].flash.on(time) and halves[1].flash.on(time) for time in times)
    for number, half in enumerate(halves):
        assert np.argmax(half.color) == 2
        spots = body.mesh.vertices[
            body.mesh.triangles[body.mesh.circuit == body.circuit_index(half.name)]
        ]
        assert (np.sign(spots.mean(axis=1)[:, 1]) == 1 - 2 * number).all()
    assert body.extent.size[0] == pytest.approx(user.length, abs=0.04)


def test_a_subtype_decides_the_style_of_a_motorcycle():
    for seed in SEEDS:
        body, _ = motorcyclist(motor_bike(seed, "motorcycle"), "moto")
        assert body.subtype == "motorcycle"
        assert body.mesh.vertices[:, 2].max() > 1.1
        # A naked machine has its head lamp above 0.85 m, a scooter below.
        beam = next(lamp for lamp in body.lamps if lamp.beam == Beam.LOW_BEAM)
        assert beam.position[2] > 0.85
