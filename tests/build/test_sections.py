"""Both sections of a vehicle that bends hang together, roll and answer to their springs."""

from functools import cache

import numpy as np
import pytest
import shapely

from synthgen.articulation import coupling, heading
from synthgen.assets.fleet import draw_member
from synthgen.build.city import make_bodies
from synthgen.build.rooms import measured
from synthgen.build.sections import point_of, refined, towed_agent, towed_track
from synthgen.build.slopes import settled, towed_settled
from synthgen.build.tracks import Gusts, agent_track
from synthgen.geometry import transform
from synthgen.place.heightfield import HeightField
from synthgen.rng import stream
from synthgen.running_gear import folded, turned
from synthgen.traffic.plan import Agent, Drive
from synthgen.traffic.record import Run
from synthgen.traffic.repair import MOMENTS, ground, rectangles, repair
from synthgen.traffic.towing import articulated_motion

CALM = Gusts(np.zeros(300), 0.0)
DESIGNS = {"bus": ("bus", "articulated_bus"), "truck": ("truck", "articulated_truck")}
BOTH = pytest.mark.parametrize("kind", DESIGNS)


@cache
def design(kind):
    user = draw_member(*DESIGNS[kind], stream(3, "sections", kind))
    return user, coupling(user), make_bodies(user)


def corner(speed, radius=14.0):
    """Return the way of a nose, every 0.1 s, round a corner of 90 degrees to the left."""
    way = np.arange(-50.0, radius * np.pi / 2 + 30, speed * 0.1)
    angle = np.clip(way / radius, 0, np.pi / 2)
    beyond = np.clip(way, None, 0), np.clip(way - radius * np.pi / 2, 0, None)
    return np.stack([radius * np.sin(angle) + beyond[0],
                     radius * (1 - np.cos(angle)) + beyond[1]], axis=1)  # fmt: skip


@cache
def drawn(kind, speed=6.0, name="vehicle/1"):
    """Return an agent of the design that goes round the corner."""
    _, joint, _ = design(kind)
    front = corner(speed)
    count = len(front)
    run = Run(np.arange(count), front, np.zeros(count), np.full(count, 8))
    motion = articulated_motion(run, joint)
    time = np.round(np.arange(count) * 0.1, 6)
    place = np.pad(motion.position, ((0, 0), (0, 1)))
    return Agent(name, kind, 0, time, place, motion.yaw, motion.speed, run.signals, motion.gait,
                 ((0.0, float(time[-1])),), motion.trail)  # fmt: skip


@cache
def tracks(kind, speed=6.0):
    """Return both tracks round the corner, on level ground."""
    _, joint, (lead, towed) = design(kind)
    way = refined(drawn(kind, speed))
    none = [np.zeros((len(way.time), len(body.circuits))) for body in (lead, towed)]
    track = agent_track(way, lead, np.zeros(len(way.time)), none[0], np.inf, CALM)
    behind = towed_agent(way, joint, towed.kind)
    return track, towed_track(behind, towed, joint, track, none[1], CALM)


def joints(kind, lead, towed, times):
    """Return where the joint is by either section's pose at `times` [s]."""
    _, joint, _ = design(kind)
    ends = ((lead, joint.hitch), (towed, joint.eye))
    return [np.array([track.world_from_body(t) @ [x, 0, 0, 1] for t in times])[:, :3]
            for track, x in ends]  # fmt: skip


@BOTH
def test_sections_never_part_at_the_joint_between_samples_either(kind):
    lead, towed = tracks(kind)
    times = np.arange(0.05, lead.time[-1], 0.0073)
    one, other = joints(kind, lead, towed, times)
    assert np.linalg.norm((one - other)[:, :2], axis=1).max() < 0.001
    assert np.abs(one - other)[:, 2].max() < 0.001
    assert np.degrees(np.abs(lead.joints.bend).max()) > 20


@BOTH
def test_finer_samples_keep_the_drives_own(kind):
    agent = drawn(kind)
    finer = refined(agent)
    np.testing.assert_allclose(finer.time[::4], agent.time, atol=1e-12)
    for name in ("position", "yaw", "trail", "speed", "gait"):
        np.testing.assert_allclose(getattr(finer, name)[::4], getattr(agent, name), atol=1e-9)
    assert np.abs(np.diff(finer.yaw, 2)).max() < 0.5 * np.abs(np.diff(agent.yaw, 2)).max()


@BOTH
def test_wheels_of_both_sections_roll_without_slip_and_only_the_foremost_steer(kind):
    _, _, bodies = design(kind)
    lead, towed = tracks(kind)
    for body, track in zip(bodies, (lead, towed), strict=True):
        assert any(wheel.steered for wheel in body.wheels) == (track is lead)
        for number, wheel in enumerate(body.wheels):
            if wheel.steered:
                continue
            hub = [track.world_from_body(t) @ [*wheel.hub, 1.0] for t in track.time]
            way = np.linalg.norm(np.diff(np.array(hub)[:, :2], axis=0), axis=1).sum()
            turned_by = np.ptp(track.joints.spin[:, number]) * wheel.radius
            assert turned_by == pytest.approx(way, rel=0.01)


@BOTH
def test_the_towed_section_leans_out_of_the_bend_and_lifts_its_tail_under_braking(kind):
    lead, towed = tracks(kind)
    middle = int(len(towed.time) * 0.66)
    assert towed.joints.ride[middle, 2] > 0.003
    _, joint, (_, body) = design(kind)
    agent = refined(drawn(kind))
    slow = np.linspace(15.0, 3.0, len(agent.time))
    slower = towed_agent(agent, joint, body.kind)
    slower = type(slower)(**{**slower.__dict__, "speed": slow})
    track = towed_track(slower, body, joint, lead, np.zeros((len(slow), 0)), CALM)
    assert track.joints.ride[middle, 1] > towed.joints.ride[middle, 1]


@BOTH
def test_wheels_of_both_sections_stand_on_hilly_ground_and_the_joint_holds(kind):
    x = np.arange(-90.0, 91.0, 3.0)
    hills = 2.0 * np.sin(x / 25)[:, None] + 1.5 * np.cos(x / 30)[None, :]
    field = HeightField(np.array([-90.0, -90.0]), 3.0, hills)
    _, joint, (lead, towed) = design(kind)
    flat, behind = tracks(kind)
    first = settled(flat, lead, field)
    second = towed_settled(behind, towed, field, first, joint)
    gap = point_of(first, joint.hitch) - point_of(second, joint.eye)
    assert np.abs(gap).max() < 1e-9
    assert np.ptp(second.position[:, 2]) > 1.0
    for time in np.linspace(0.5, first.time[-1] - 0.5, 9):
        mesh = turned(towed, second.joints_at(time))
        points = transform(second.world_from_body(time), mesh.vertices)
        low = [part[part[:, 2].argmin()] for part in
               (points[slice(*wheel.vertices)] for wheel in towed.wheels)]  # fmt: skip
        off = [float(at[2] - field.height(at[None, :2])[0]) for at in low]
        assert np.abs(off).max() < 0.05, off


def test_both_halves_of_the_bellows_meet_at_every_angle_and_stay_at_their_walls():
    _, joint, (lead, towed) = design("bus")
    for angle in np.radians([0.0, 20.0, -40.0, 54.0]):
        ends = []
        for body, x, bend in ((lead, joint.hitch, -angle), (towed, joint.eye, angle)):
            shape = folded(body, body.mesh, float(bend))
            own = slice(*body.bellows.vertices)
            rest = body.mesh.vertices[own]
            still = np.abs(rest[:, 0] - body.bellows.wall) < 1e-6
            np.testing.assert_array_equal(shape.vertices[own][still], rest[still])
            last = shape.vertices[own][np.abs(rest[:, 0] - body.bellows.joint) < 1e-6]
            turn = 0.0 if body is lead else -angle
            local = last - [x, 0, 0]
            c, s = np.cos(turn), np.sin(turn)
            flat = np.stack([c * local[:, 0] - s * local[:, 1],
                             s * local[:, 0] + c * local[:, 1], local[:, 2]], axis=1)  # fmt: skip
            ends.append(np.unique(np.round(flat, 5), axis=0))
            away = np.linalg.norm(shape.normals[slice(*body.bellows.triangles)], axis=2)
            np.testing.assert_allclose(away, 1.0, atol=1e-6)
        gaps = np.linalg.norm(ends[0][:, None] - ends[1][None], axis=2).min(axis=1)
        assert gaps.max() < 0.001


def test_bellows_of_a_bus_that_bends_move_and_nothing_else_does():
    _, _, (lead, _) = design("bus")
    bent = folded(lead, lead.mesh, 0.5)
    moved = np.abs(bent.vertices - lead.mesh.vertices).max(axis=1) > 0
    first, last = lead.bellows.vertices
    assert moved[first:last].any()
    assert not moved[last:].any()
    assert folded(lead, lead.mesh, 0.0) is lead.mesh


@BOTH
def test_the_room_of_a_bent_vehicle_is_that_of_both_its_sections(kind):
    user, joint, bodies = design(kind)
    user, agent = measured(user, bodies), drawn(kind)
    moment = float(agent.time[np.abs(agent.trail - agent.yaw).argmax()])
    rows = ground(agent, user, [moment])
    assert rows.shape == (2, 5)
    np.testing.assert_allclose(rows[:, 3], [joint.front, joint.rear], atol=0.02)
    lead, towed = tracks(kind)
    for row, track in zip(rows, (lead, towed), strict=True):
        np.testing.assert_allclose(row[:2], track.position_at(moment)[:2], atol=0.03)
        ahead = heading(row[2:3])[0]
        assert ahead @ track.world_from_body(moment)[:2, 0] > 0.9999


@BOTH
def test_who_stands_in_the_crook_of_a_bent_vehicle_stays_and_who_stands_under_its_tail_goes(kind):
    user, joint, bodies = design(kind)
    user, agent = measured(user, bodies), drawn(kind)
    moment = float(agent.time[np.abs(agent.trail - agent.yaw).argmax()])
    rows = ground(agent, user, [moment])
    pivot = rows[0, :2] + joint.hitch * heading(rows[:1, 2])[0]
    # On the inner side of the bend, within the hull of both sections but in neither.
    crook = pivot + 2.5 * heading(np.array([rows[:, 2].mean() + np.pi / 2]))[0]
    tail = rows[1, :2] - (joint.rear / 2 - 1.0) * heading(rows[1:, 2])[0]
    both = rectangles(rows, 0.0)
    hull = shapely.convex_hull(shapely.union_all(both))
    assert shapely.intersects_xy(hull, *crook)
    users = (user, type(user)("ego", "estate", 0.5, 0.5, 1.5, 0))
    for place, stays in ((crook, True), (tail, False)):
        away = np.tile([*place, 0.0], (len(agent.time), 1))
        zero = np.zeros(len(agent.time))
        ego = Agent("ego", "ego", 1, agent.time, away, zero, zero, zero.astype(int), zero,
                    agent.windows)  # fmt: skip
        drive = Drive(agent.time, (moment,), 0, (ego, agent), {})
        fixed, done = repair(drive, users, np.zeros((0, 5)))
        assert (len(fixed.agents) == 2) == stays
        if stays:
            assert done.moved == 0
            np.testing.assert_array_equal(fixed.agents[1].trail, agent.trail)
    assert len(MOMENTS) == 3
