from dataclasses import replace

import numpy as np
import pytest

from synthgen.atmosphere import Atmosphere
from synthgen.density import NO_CLOUDS, Matter, clouds, layer_depth, puffs
from synthgen.embree import Tracer
from synthgen.geometry import yaw_quaternion
from synthgen.light.beams import beam_tables
from synthgen.light.sky import sky
from synthgen.light.sources import Sources
from synthgen.materials import Material
from synthgen.mesh import mesh
from synthgen.motion import Motion, standing
from synthgen.rays import Rays
from synthgen.render.raycast import Raycast
from synthgen.render.raycast.air import air_of, phase
from synthgen.render.raycast.bank_glow import bank_glow
from synthgen.render.raycast.density import Haze, haze_of, passed, veil
from synthgen.render.raycast.lantern import lamps
from synthgen.sample import CameraView
from synthgen.scene import Scene, moment
from synthgen.world import Body, Environment, World

NIGHT = Environment(-0.6, 0, -0.5, 0, 0, 0, 0, 2e4, 0, 0, 0, 0, True)
DAY = replace(NIGHT, sun_elevation=0.8, cloud=1.0)
VACUUM = Atmosphere((0.0, 0.0, 0.0), 0, 0, 0, 0, 1.0, 0.0, 0)
FOG = Matter("fog", (1.0, 1.0, 1.0), (1.0, 1.0, 1.0), 0.85, 1.0, 65.0)
SOOT = Matter("smoke", (0.86, 1.0, 1.23), (0.25, 0.25, 0.25), 0.6, 0.5, 70.0)
EMPTY, EVEN = np.zeros((0, 15)), np.zeros((0, 4))
LUMA = np.array([0.2126, 0.7152, 0.0722])


def ball(place, spread, peak):
    return puffs(np.array([place], float), np.eye(3)[None], np.full((1, 3), spread),
                 np.array([peak]))  # fmt: skip


def layer(height, loss):
    return clouds([(FOG, EMPTY, np.array([[height, 1.0, loss, 0.0]]))])


def wall(albedo, x=50.0):
    corners = [[x, 50, -50], [x, -50, -50], [x, -50, 50], [x, 50, 50]]
    material = Material("matt", (albedo,) * 3, roughness=1.0, porosity=0.0)
    faces = mesh(np.array(corners, float), [[0, 1, 2], [0, 2, 3]], material, "building")
    return Body("wall", "building", "", faces)


def picture(stuff, environment, air, lens=400.0):
    ego = replace(wall(0.1, -500.0), name="ego")
    motion = Motion((standing((0, 0, 0), yaw_quaternion(0.0)),), (0.0,))
    scene = Scene(World(tuple(stuff), (ego,), 0, environment), motion)
    now, tracer = moment(scene, 0.0), Tracer(scene.world)
    pose = np.array([[0, 0, 1, 0], [-1, 0, 0, 0], [0, -1, 0, 1.5], [0, 0, 0, 1]], float)
    matrix = np.array([[lens, 0, 4.0], [0, lens, 4.0], [0, 0, 1]])
    view = CameraView("eye", 9, 9, matrix, pose, 0.0)
    row, column = np.divmod(np.arange(81), 9)
    way = view.directions(column, row).astype(np.float32)
    start = np.broadcast_to(pose[:3, 3].astype(np.float32), way.shape)
    hits = tracer.first_hits(now, Rays(start, way, np.zeros(81)))
    return Raycast(scene.world).radiance(tracer, now, view, hits, air, 1)


def contrast(air):
    dark, bright = (picture([wall(albedo)], DAY, air)[4, 4] for albedo in (0.05, 0.6))
    return bright - dark


@pytest.mark.parametrize("peak", [0.02, 0.3])
def test_smoke_lowers_contrast_by_its_optical_depth_in_each_colour(peak):
    smoke = clouds([(SOOT, ball((25, 0, 1.5), 3.0, peak), EVEN)])
    kept = contrast(replace(VACUUM, clouds=smoke)) / contrast(VACUUM)
    depth = peak * 3.0 * np.sqrt(2 * np.pi) * np.array(SOOT.tint)
    np.testing.assert_allclose(kept, np.exp(-depth), rtol=0.01)


def test_two_puffs_and_a_layer_take_what_each_takes_alone():
    rows = np.concatenate([ball((15, 0, 1.5), 2.0, 0.1), ball((17, 0.5, 1.2), 1.0, 0.3)])
    both = clouds([(FOG, rows, np.array([[4.0, 0.5, 0.01, 0.0]]))])
    parts = [
        clouds([(FOG, EMPTY, np.array([[4.0, 0.5, 0.01, 0.0]]))]),
        *(clouds([(FOG, rows[k : k + 1].copy(), EVEN.copy())]) for k in (0, 1)),
    ]
    clear = contrast(VACUUM)
    kept = [contrast(replace(VACUUM, clouds=c)) / clear for c in parts]
    whole = contrast(replace(VACUUM, clouds=both)) / clear
    np.testing.assert_allclose(whole, np.prod(kept, axis=0), rtol=0.01)


def test_a_layer_far_higher_than_the_view_looks_like_even_fog():
    even = replace(VACUUM, extinction=(0.03,) * 3)
    images = [
        picture([wall(0.3)], DAY, air)
        for air in (even, replace(VACUUM, clouds=layer(300.0, 0.03)), VACUUM)
    ]
    np.testing.assert_allclose(images[1], images[0], rtol=0.01)
    assert np.abs(images[2] / images[0] - 1).max() > 0.1


def test_soot_is_darker_than_the_sky_and_steam_is_not():
    soot, steam = (
        picture([], DAY, replace(VACUUM, clouds=clouds([(kind, ball((20, 0, 4), 3.0, 0.5), EVEN)])))
        for kind in (SOOT, replace(FOG, name="smoke"))
    )
    assert soot[4, 4] @ LUMA < 0.4 * steam[4, 4] @ LUMA


def test_what_gets_through_is_the_product_over_all_matters():
    around = air_of(VACUUM, sky(DAY))
    every = lamps(_lamp((5.0, 5.0, 5.0), 1.0), beam_tables(), 0.0)
    smoke = clouds([(SOOT, ball((10, 0, 0), 1.0, 0.2), EVEN)])
    haze = haze_of(smoke, sky(DAY), around, every, np.zeros(3))
    share = passed(np.zeros((1, 3)), np.array([[1.0, 0, 0]]), np.array([np.inf]), haze)
    depth = 0.2 * np.sqrt(2 * np.pi) * np.array(SOOT.tint)
    np.testing.assert_allclose(share[0], np.exp(-depth), rtol=1e-6)
    assert haze_of(NO_CLOUDS, sky(DAY), around, every, np.zeros(3)) is None
    white = np.ones((1, 3))
    veil(white, np.zeros((1, 3)), np.array([[1.0, 0, 0]]), np.array([30.0]),
         (around, haze, sky(DAY)))  # fmt: skip
    assert (white > share).all()


def _lamp(position, candela):
    axes = np.eye(3)[None]
    return Sources(np.array([position]), axes, np.full((1, 3), candela), np.zeros(1, int),
                   np.full(1, 0.05), np.zeros(1, int))  # fmt: skip


@pytest.mark.parametrize("place", [(12.0, 2.0, 1.5), (0.5, -0.6, 0.8), (40.0, 8.0, 6.0)])
def test_glow_in_a_layer_is_the_integral_of_single_scattering(place):
    loss, layers = 0.04, np.array([[60.0, 0.5, 0.04, 0.0]])
    matters = clouds([(FOG, EMPTY, layers)]).matters
    haze = Haze(EMPTY, layers, matters, np.zeros((0, 3)), np.zeros((0, 3)), np.ones(3), 0.0,
                np.zeros(0, bool))  # fmt: skip
    every = lamps(_lamp(place, 1000.0), beam_tables(), 0.0)
    air = air_of(VACUUM, sky(NIGHT))
    start, way = np.array([[0.0, 0.0, 1.5]]), np.array([[1.0, 0.0, 0.0]])
    rays = start, way, np.array([60.0])
    found = bank_glow(*rays, (air, haze), (every, np.array([0])))[0, 1]
    t = np.linspace(0.0, 60.0, 200_001)
    gap = np.array(place) - (start + t[:, None] * way)
    far = np.linalg.norm(gap, axis=1)
    angle = np.array([0.8 * phase(0.85, c) + 0.2 / (4 * np.pi) for c in gap[:, 0] / far])
    each = loss * 1000.0 * angle / (far**2 + 0.05**2) * np.exp(-loss * (t + far))
    np.testing.assert_allclose(found, np.trapezoid(each, t), rtol=0.15)
    assert layer_depth(layers[0], 1.5, 0.0, 60.0) == pytest.approx(loss * 60.0)
