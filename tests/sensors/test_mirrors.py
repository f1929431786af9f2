"""Panes, mirrors, wet ground and strong reflectors."""

from dataclasses import replace

import numpy as np
import pytest

from synthgen.materials import Material, Texture
from synthgen.mesh import mesh
from synthgen.rays import Rays
from synthgen.sample import CAUSES
from synthgen.sensors.echo import WATER, bare, echo, fresnel, receiver_gain, under_water
from synthgen.sensors.received import bloomed
from synthgen.sensors.surface import Surfaces
from synthgen.spectra import SUBSTANCES, water_absorption


@pytest.fixture
def model(rig):
    return rig.lidar("velodyne").model


def answer(model, material, cosine=1.0, lain=None, distance=10.0):
    """Return strength and mirrored share of a face of `material` that looks up at the beam."""
    face = mesh(np.eye(3), np.array([[0, 1, 2]]), material, "road")
    table = np.concatenate([np.zeros((1, face.optics.shape[1])), face.optics])
    one = Surfaces(np.ones(1, np.uint8), np.array([[0.0, 0, 1]]), np.ones(1, np.int32), table,
                   np.zeros((1, 2)))  # fmt: skip
    way = np.array([[np.sqrt(1 - cosine**2), 0.0, -cosine]])
    found = echo(model, one, way, np.array([distance]), lain or bare(1))
    return float(found[0][0]), float(found[1][0])


def test_light_mirrored_by_glass_and_water_is_that_of_the_tables():
    """E. Hecht, "Optics": 4.3 % at right angles for n = 1.52; water 2 %, all at grazing angles."""
    assert fresnel(1.0, 1.52) == pytest.approx(0.0426, abs=1e-4)
    assert fresnel(1.0, WATER) == pytest.approx(0.0201, abs=1e-4)
    assert fresnel(np.cos(np.deg2rad(60.0)), 1.327) == pytest.approx(0.059, abs=0.002)
    assert fresnel(np.cos(np.deg2rad(80.0)), 1.327) == pytest.approx(0.35, abs=0.01)
    assert fresnel(0.0, WATER) == pytest.approx(1.0)


def test_a_plate_returns_its_reflectance_and_tape_pi_times_its_coefficient(model):
    plate = Material("plate", (0.5, 0.5, 0.5), 0.0, reflectance=0.5)
    assert answer(model, plate)[0] == pytest.approx(0.5)
    assert answer(model, plate, 0.5)[0] < 0.26
    tape = replace(plate, retroreflection=250.0)
    assert answer(model, tape)[0] == pytest.approx(0.5 + np.pi * 250)
    far = answer(model, plate, distance=50.0)[0]
    assert far == pytest.approx(0.5 * receiver_gain(model, np.array([50.0]))[0])


def test_wet_asphalt_is_darker_by_what_its_film_keeps_in(model):
    road = Material("road", (0.1, 0.1, 0.1), 0.0, texture=Texture.ASPHALT, reflectance=0.2,
                    porosity=0.7)  # fmt: skip
    dry, wet = answer(model, road)[0], answer(model, road, lain=bare(1, 1.0))[0]
    expected = (1 - fresnel(1.0, WATER)) ** 2 / (WATER**2 * (1 - 0.47 * 0.2))
    assert wet / dry == pytest.approx(expected, rel=0.01)
    assert under_water(0.2, 1.0, 0.1, 0.0) < 0.3 * under_water(0.2, 1.0, 1.0, 0.0)


def test_a_film_of_water_is_black_to_1550_nm_and_clear_to_905(model):
    road = Material("road", (0.1, 0.1, 0.1), 0.0, texture=Texture.ASPHALT, reflectance=0.2)
    flooded = bare(1, 1.0)._replace(pool=np.ones(1))
    near = answer(model, road, lain=flooded)[0]
    far = answer(replace(model, wavelength=1550e-9), road, lain=flooded)[0]
    assert far < 0.01 * near
    assert water_absorption(905e-9) == pytest.approx(6.8)


def test_still_water_and_panes_mirror_and_rough_roads_do_not(model):
    road = Material("road", (0.1, 0.1, 0.1), 0.9, texture=Texture.ASPHALT, reflectance=0.2)
    cosine = np.cos(np.deg2rad(80.0))
    assert answer(model, road, cosine)[1] == 0.0
    flooded = bare(1, 1.0)._replace(pool=np.ones(1))
    assert answer(model, road, cosine, flooded)[1] == pytest.approx(fresnel(cosine, WATER))
    pane = Material("pane", (0.1, 0.1, 0.1), 0.05, transmission=0.7)
    face = fresnel(cosine, 1.52)
    assert answer(model, pane, cosine)[1] == pytest.approx(2 * face / (1 + face))


def test_leaves_are_bright_at_905_and_half_as_bright_at_1550_nm():
    leaf = Material("leaf", (0.1, 0.2, 0.1), texture=Texture.FOLIAGE, reflectance=0.5)
    found = SUBSTANCES[leaf.stuff]
    assert found.dark <= leaf.reflectance <= found.bright
    assert found.at_1550 == pytest.approx(0.5)


def test_an_unknown_substance_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match="substance must be asphalt, mineral"):
        Material("cheese", (0.1, 0.1, 0.1), substance="cheese")


def test_a_sign_blooms_onto_the_beams_beside_it_at_its_own_range(model):
    count = model.beams * model.columns_per_sweep
    azimuth = np.tile(np.arange(model.columns_per_sweep), model.beams)
    turn = 2 * np.pi * azimuth / model.columns_per_sweep
    up = np.deg2rad(np.repeat(model.table("elevation_deg"), model.columns_per_sweep))
    way = np.stack([np.cos(up) * np.cos(turn), np.cos(up) * np.sin(turn), np.sin(up)], -1)
    rays = Rays(np.zeros((count, 3)), way, np.zeros(count))
    strength, distance = np.full(count, 0.1), np.full(count, 40.0)
    sign = 20 * model.columns_per_sweep + 700
    strength[sign], distance[sign] = 785.0, 22.0
    found = bloomed(model, rays, strength, distance)
    assert 5 < len(found.shot) < 200
    np.testing.assert_array_equal(found.distance, 22.0)
    angle = np.arccos(way[found.shot] @ way[sign])
    np.testing.assert_allclose(
        found.strength, np.minimum(785.0 * model.bloom * (np.deg2rad(1) / angle) ** 2, 785.0),
        rtol=0.4,
    )  # fmt: skip
    assert set(found.cause) == {CAUSES.index("bloom")}
    assert len(bloomed(replace(model, bloom=0.0), rays, strength, distance).shot) == 0
