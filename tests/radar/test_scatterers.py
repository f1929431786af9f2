from dataclasses import replace

import numpy as np
import pytest

from synthgen.classes import CLASSES
from synthgen.radar.reflectivity import REFLECTORS, bounce, cross_section, patchiness
from synthgen.radar.scatterers import scatterers
from synthgen.scene import moment
from synthgen.world import Wheel


def test_tyres_run_from_standing_still_to_twice_the_speed(scenes, moving):
    scene = scenes([(20.0, 0.0)])
    wheel = Wheel((1.2, 0.8, 0.32), 0.32, (0, 0), (0, 0))
    car = replace(scene.world.things[1], wheels=(wheel,))
    world = replace(scene.world, things=(scene.world.things[0], car))
    scene = moving(replace(scene, world=world), 1, (12.0, 0.0, 0.0))
    thing = moment(scene, 0.0).things[1]
    speed = scatterers(thing, 0.0).velocity[:, 0]
    assert speed.min() >= -1e-6
    assert speed.min() < 2.0
    assert 20.0 < speed.max() <= 24.0 + 1e-6
    assert np.median(speed) == pytest.approx(12.0)


def test_limbs_of_a_walking_person_have_speeds_of_their_own(scenes, moving):
    def keypoints(phase):
        joints = np.zeros((17, 3))
        joints[:, 2] = np.linspace(1.7, 0.1, 17)
        joints[15:, 0] = 0.3 * np.sin(2 * np.pi * phase) * np.array([1, -1])
        return joints

    scene = scenes([(20.0, 0.0)])
    person = replace(scene.world.things[1], kind="pedestrian", keypoints=keypoints)
    scene = replace(scene, world=replace(scene.world, things=(scene.world.things[0], person)))
    scene = moving(scene, 1, (1.4, 0.0, 0.0))
    track = replace(scene.motion.tracks[1], phase=np.array([-2.0, 2.0]))
    tracks = (scene.motion.tracks[0], track)
    scene = replace(scene, motion=replace(scene.motion, tracks=tracks))
    points = scatterers(moment(scene, 0.0).things[1], 0.0)
    # d/dt 0.3 sin(2 pi t) at t = 0 is 0.6 pi; the mean over 40 ms differs by half a percent.
    expected = 1.4 + 0.6 * np.pi * np.array([1, -1])
    np.testing.assert_allclose(points.velocity[-2:, 0], expected, atol=0.01)
    np.testing.assert_allclose(points.velocity[0], [1.4, 0, 0], atol=1e-9)
    assert 10 * np.log10(points.cross_section.sum()) == pytest.approx(-8.0, abs=2.0)


def test_a_flat_wall_sends_back_what_its_mirror_image_would(rng):
    # Sum of the lobe over a plane at distance R: pi R^2 Gamma.
    wall = CLASSES["building"].semantic
    angle = np.linspace(0, 0.6, 4001)
    ring = (angle[1:] + angle[:-1]) / 2
    solid = 2 * np.pi * np.sin(ring) * np.diff(angle)
    distance = 10.0 / np.cos(ring)
    sizes = cross_section(np.full(len(ring), wall), np.cos(ring), solid * distance**2, 0.0)
    diffuse = cross_section(
        np.full(len(ring), wall), np.full(len(ring), 0.6), solid * distance**2, 0.0
    )
    found = (sizes - diffuse).sum()
    gamma = 10 ** (REFLECTORS["building"].mirror_db / 10)
    assert found == pytest.approx(np.pi * 10.0**2 * gamma, rel=0.02)


def test_roads_are_as_dark_at_grazing_incidence_as_measured():
    road = np.full(5, CLASSES["road"].semantic)
    grazing = np.radians(np.arange(1.0, 6.0))
    # Per area of road: the patch across the ray is sin(grazing) of it.
    level = 10 * np.log10(cross_section(road, np.sin(grazing), np.sin(grazing), 0.0))
    assert ((level > -36.0) & (level < -24.0)).all()
    wet = 10 * np.log10(cross_section(road, np.sin(grazing), np.sin(grazing), 1.0))
    np.testing.assert_allclose(level - wet, 8.0, atol=0.1)


def test_patches_shine_the_same_at_every_look_and_on_average_as_one(rng):
    place = rng.uniform(-500, 500, (200_000, 3))
    wall = np.full(len(place), CLASSES["barrier"].semantic)
    bright = patchiness(wall, place)
    assert bright.mean() == pytest.approx(1.0, abs=0.1)
    np.testing.assert_array_equal(bright, patchiness(wall, place))
    near = patchiness(wall[:1], np.array([[0.1, 0.1, 0.1]]))
    assert near == patchiness(wall[:1], np.array([[0.5, 0.6, 0.2]]))


def test_the_road_mirrors_all_at_grazing_incidence_and_little_at_brewsters_angle():
    brewster = np.arctan(1 / np.sqrt(3.2))
    angles = np.array([1e-4, brewster])
    vertical = bounce(angles, 3.9e-3, False)
    assert vertical[0] == pytest.approx(-1.0, abs=1e-3)
    assert abs(vertical[1]) < 1e-6
    assert bounce(angles[:1], 3.9e-3, True)[0] == pytest.approx(-1.0, abs=1e-3)
