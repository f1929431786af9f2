"""Whole looks at small scenes, against closed forms."""

from dataclasses import replace

import numpy as np
import pytest

from synthgen.classes import CLASSES
from synthgen.embree import tracer
from synthgen.geometry import yaw_quaternion
from synthgen.motion import Motion, standing
from synthgen.radar.echoes import CAUSES
from synthgen.radar.observe import observe
from synthgen.rng import stream
from synthgen.scene import Scene, moment
from synthgen.world import Body, Extent, World

CAR = CLASSES["car"].semantic


@pytest.fixture
def report(radar, air):
    """Return what the radar reports of a scene, once for each seed."""

    def see(scene, seeds=1, rain=0.0, fitted=radar):
        now = moment(scene, 0.0)
        with tracer(scene.world) as trace:
            return [
                observe(fitted, trace, now, air(rain), stream(seed, "radar")).detections
                for seed in range(seeds)
            ]

    return see


def bodies(scene, *more):
    """Add bodies with their poses (x, y, yaw) to a scene."""
    world, motion = scene.world, scene.motion
    tracks = [standing((x, y, 0), yaw_quaternion(yaw)) for _, (x, y, yaw) in more]
    things = (*world.things, *(body for body, _ in more))
    return Scene(
        World(world.stuff, things, 0, world.environment),
        Motion((*motion.tracks, *tracks), motion.times),
    )


def box(name, kind, size, mesh_of, low=0.0):
    center = (0.0, 0.0, low + size[2] / 2)
    return Body(name, kind, "", mesh_of(size, center, kind), Extent(center, tuple(size)))


def of_cars(found, cause="direct"):
    return (found.semantic == CAR) & (found.cause == CAUSES.index(cause))


def test_a_car_is_found_where_it_is(report, scenes):
    found = report(scenes([(40.0, 3.0)]))[0]
    own = of_cars(found)
    assert own.sum() >= 1
    # The rear of the box is 38 m ahead of the ego car's middle, 35.9 m of the radar.
    x, y = found.point[own][:, :2].T
    assert ((x > 35.4) & (x < 40.4) & (np.abs(y - 3.0) < 2.5)).all()
    np.testing.assert_allclose(found.still_speed[own], 0.0, atol=0.1)
    np.testing.assert_allclose(np.hypot(x, y), found.true_range[own], atol=0.35)


def test_speed_of_a_passing_car_is_that_of_the_closed_form(report, scenes, moving):
    own, other = 20.0, -13.0
    scene = moving(moving(scenes([(30.0, 6.0)]), 0, (own, 0, 0)), 1, (other, 0, 0))
    for found in report(scene, 5):
        cars = of_cars(found)
        assert cars.any()
        azimuth = np.arctan2(found.point[cars, 1], found.point[cars, 0])
        np.testing.assert_allclose(found.speed[cars], (other - own) * np.cos(azimuth), atol=0.15)
        np.testing.assert_allclose(found.still_speed[cars], other * np.cos(azimuth), atol=0.15)


def test_what_stands_has_no_compensated_speed_however_the_car_turns(
    report, scenes, moving, ground_and_posts
):
    scene = moving(ground_and_posts, 0, (15.0, 2.0, 0.0))
    found = report(scene)[0]
    # Nearer ones are seen downwards and upwards, which this radar does not know.
    far = np.linalg.norm(found.point, axis=1) > 25.0
    clutter = (found.cause == CAUSES.index("clutter")) & far
    assert clutter.sum() > 3
    assert np.abs(found.speed[clutter]).max() > 5.0
    np.testing.assert_allclose(found.still_speed[clutter], 0.0, atol=0.4)


@pytest.fixture
def ground_and_posts(scenes, box_mesh_of):
    posts = [
        (box(f"post/{n}", "pole", (0.15, 0.15, 4.0), box_mesh_of), (10.0 + 8 * n, 5.0 - 2 * n, 0.3))
        for n in range(8)
    ]
    return bodies(scenes([]), *posts)


@pytest.fixture
def box_mesh_of():
    from synthgen.materials import Material
    from synthgen.mesh import mesh

    corners = np.array([[x, y, z] for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (-0.5, 0.5)])
    faces = np.array(
        [
            [0, 1, 3], [0, 3, 2], [4, 6, 7], [4, 7, 5], [0, 4, 5], [0, 5, 1],
            [2, 3, 7], [2, 7, 6], [0, 2, 6], [0, 6, 4], [1, 5, 7], [1, 7, 3],
        ]
    )  # fmt: skip
    grey = Material("grey", (0.5, 0.5, 0.5))

    def build(size, center, kind):
        return mesh(corners * np.array(size) + np.array(center), faces, grey, kind)

    return build


def test_a_car_stands_in_the_mirror_of_a_guard_rail(report, scenes, moving, box_mesh_of):
    # The rail's face is the plane y = 4; a car at (30, 0) comes at -10 m/s. Its ghost stands at
    # y = 8, as far away as the way by the rail is long, and comes closer as that way shrinks.
    rail = box("rail", "barrier", (80.0, 0.1, 0.8), box_mesh_of)
    scene = moving(bodies(scenes([(30.0, 0.0)]), (rail, (40.0, 4.05, 0.0))), 1, (-10.0, 0.0, 0.0))
    hits = 0
    for found in report(scene, 6):
        ghost = (found.cause == CAUSES.index("multipath")) & (found.point[:, 1] > 5.5)
        ghost &= found.semantic == CAR
        hits += ghost.any()
        x, y = found.point[ghost][:, :2].T
        assert ((np.abs(y - 8.0) < 2.2) & (x > 24.0) & (x < 31.5)).all()
        azimuth = np.arctan2(y, x)
        np.testing.assert_allclose(found.speed[ghost], -10 * np.cos(azimuth), atol=0.4)
    assert hits >= 4


def test_without_the_rail_there_is_no_ghost(report, scenes, moving):
    for found in report(moving(scenes([(30.0, 0.0)]), 1, (-10.0, 0.0, 0.0)), 4):
        assert not ((found.semantic == CAR) & (np.abs(found.point[:, 1]) > 3.0)).any()


def test_the_car_before_the_car_ahead_is_seen_under_it(report, scenes, box_mesh_of):
    def street(low):
        ahead = box("ahead", "car", (4.0, 2.0, 1.4 - low), box_mesh_of, low)
        hidden = box("hidden", "car", (4.0, 2.0, 1.4), box_mesh_of)
        return bodies(scenes([]), (ahead, (12.0, 0.0, 0.0)), (hidden, (34.0, 0.0, 0.0)))

    def of_hidden(low, number):
        found = report(street(low), 8)
        return [
            one.select((one.body == number) & (one.cause == CAUSES.index("multipath")) &
                       (one.true_range > 25.0) & (one.true_range < 36.0)) for one in found
        ]  # fmt: skip

    # Things: ego, ahead, hidden; the ground is body 0. The gap under the car ahead lets waves by.
    open_, shut = of_hidden(0.3, 3), of_hidden(0.0, 3)
    assert sum(len(one) > 0 for one in open_) >= 4
    assert sum(len(one) > 0 for one in shut) == 0
    for one in open_:
        # Its rear is 32 - 2.1 m ahead; the way over the road is a little longer.
        assert (np.abs(one.point[:, 1]) < 2.0).all()
        assert one.true_range.min(initial=30.0) >= 29.8


def published(aspect):
    """Cross-section [dBsm] of a car seen at `aspect` [deg] from its front.

    Source: 3GPP TR 38.901 V19, table 7.9.2.1-4, single scattering point.
    """
    aspect = abs((aspect + 180) % 360 - 180)
    center, width, peak, most = (
        (0, 40.54, 15.52, 8.45) if aspect <= 45
        else (90, 26.90, 20.75, 13.68) if aspect <= 135 else (180, 36.32, 14.56, 7.50)
    )  # fmt: skip
    return peak - min(12 * ((aspect - center) / width) ** 2, most)


def test_a_car_at_twenty_aspects_shines_as_published(scenes, looking, scan):
    from synthgen.radar.users import crowd, reflections

    gaps = []
    for aspect in np.arange(20) * 18.0:
        scene = scenes([(40.0, 0.0)], yaws=[np.pi - np.radians(aspect)], ground=False)
        total = looking(scan, scene, lambda look: sum(
            (one.power / look.snr(np.ones(len(one)), one.distance)).sum()
            for one in reflections(look, crowd(look), (np.zeros(3), np.array([0.0, 0, 1])))
        ))  # fmt: skip
        gaps.append(10 * np.log10(total) - published(aspect))
    # Fluctuation of the published ones: 3.4 dB.
    assert np.abs(gaps).max() < 5.0, np.round(gaps, 1)
    assert np.abs(np.mean(gaps)) < 1.5, np.round(gaps, 1)


def test_the_ranges_at_which_a_car_is_found_follow_its_cross_section(report, scenes):
    def share(distance, rain=0.0):
        found = report(scenes([(distance + 4.1, 0.0)], ground=False), 12, rain)
        return np.mean([of_cars(one).any() for one in found])

    assert share(60.0) == 1.0
    assert share(190.0) > 0.7


def test_rain_takes_from_a_target_what_the_recommendation_says(radar, scenes, air, rng):
    from synthgen.radar.observe import heard, looking
    from synthgen.radar.rain import loss

    def strength(rain):
        scene = scenes([(100.0, 0.0)], ground=False)
        with tracer(scene.world) as trace:
            look = looking(radar, 0, trace, moment(scene, 0.0), air(rain))
            found = heard(look, radar.model, air(rain), rng)
        return found.select(of_cars(found))

    dry, wet = strength(0.0), strength(50.0)
    lost = 10 * np.log10(dry.power / wet.power)
    assert len(lost) > 3
    # 17.9 dB/km one way: 3.4 dB there and back over 96 m.
    np.testing.assert_allclose(lost, 2 * loss(50.0, 77e9, False) * dry.distance)
    assert lost.mean() == pytest.approx(3.45, abs=0.1)


def test_rain_itself_is_seen_close_by(report, scenes):
    dry, wet = (report(scenes([], ground=False), 3, rain) for rain in (0.0, 80.0))
    drops = np.concatenate([one.true_range[one.cause == CAUSES.index("rain")] for one in wet])
    assert not any((one.cause == CAUSES.index("rain")).any() for one in dry)
    assert len(drops) > 0
    assert np.median(drops) < 40.0


def test_the_list_holds_no_more_than_the_model_says(report, ground_and_posts, radar):
    short = replace(radar, model=replace(radar.model, most=3))
    found = report(ground_and_posts, fitted=short)[0]
    assert len(found) == 3
    everything = report(ground_and_posts)[0]
    np.testing.assert_allclose(found.snr, everything.snr[:3])


def test_same_stream_same_list(report, ground_and_posts):
    one, other = report(ground_and_posts)[0], report(ground_and_posts)[0]
    for name in one.__dataclass_fields__:
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
