from dataclasses import replace

import numpy as np
import pytest

from synthgen.atmosphere import Atmosphere
from synthgen.embree import Tracer
from synthgen.errors import UserError
from synthgen.geometry import yaw_quaternion
from synthgen.light.beams import gain
from synthgen.light.dome import radiances
from synthgen.light.sky import sky
from synthgen.materials import Material
from synthgen.mesh import mesh
from synthgen.motion import Motion, standing
from synthgen.rays import Rays
from synthgen.render.path import setup
from synthgen.render.path.quality import PathQuality
from synthgen.render.raycast import Raycast
from synthgen.sample import CameraView
from synthgen.scene import Scene, moment
from synthgen.world import Beam, Body, Circuit, Environment, Lamp, Stroke, World

try:
    setup.check("llvm")
except UserError as missing:
    pytest.skip(f"the extra `path` is not usable here: {missing}", allow_module_level=True)

import drjit as dr
import mitsuba as mi

from synthgen.render.path import far, lamps
from synthgen.render.path.arrays import fixed, numbers, rows, vectors
from synthgen.render.path.brdf import Surface, respond, scatter
from synthgen.render.path.denoise import denoised
from synthgen.render.path.dice import dice
from synthgen.render.path.picture import Path

mi.set_variant("llvm_ad_rgb")
dr.set_thread_count(1)
NIGHT = Environment(-0.6, 0, -0.5, 0, 0, 0, 0, 2e4, 0, 0, 0, 0, True)
DAY = replace(NIGHT, sun_elevation=0.8)
OVERCAST = replace(DAY, cloud=1.0)
VACUUM = Atmosphere((0.0, 0.0, 0.0), 0, 0, 0, 0, 1.0, 0.0, 0)
FOG = Atmosphere((0.03, 0.03, 0.03), 0.03, 0, 0, 0, 0.999, 0.86, 0)
LUMA = np.array([0.2126, 0.7152, 0.0722])
RAW = PathQuality(samples=16, denoise=False)


def matt(albedo, **more):
    return Material("matt", (albedo,) * 3, roughness=1.0, porosity=0.0, **more)


def plane(material, half=60.0, height=0.0):
    corners = np.array([[-half, -half, height], [half, -half, height],
                        [half, half, height], [-half, half, height]])  # fmt: skip
    return Body(
        f"plane{height}", "road", "", mesh(corners, [[0, 1, 2], [0, 2, 3]], material, "road")
    )


def shell(material, radius=4.0, rings=32):
    """A sphere around the origin, seen from inside."""
    polar = np.linspace(0, np.pi, rings + 1)
    turn = np.linspace(0, 2 * np.pi, 2 * rings, endpoint=False)
    points = [[np.sin(p) * np.cos(t), np.sin(p) * np.sin(t), np.cos(p)]
              for p in polar for t in turn]  # fmt: skip
    n = 2 * rings
    faces = [face for i in range(rings) for j in range(n)
             for face in ([i * n + j, (i + 1) * n + (j + 1) % n, (i + 1) * n + j],
                          [i * n + j, i * n + (j + 1) % n, (i + 1) * n + (j + 1) % n])]  # fmt: skip
    return Body(
        "shell", "building", "", mesh(np.array(points) * radius, faces, material, "building")
    )


def looking_down(height=5.0, width=32, tall=24, focal=40.0):
    pose = np.eye(4)
    pose[:3, :3] = np.array([[0.0, -1, 0], [-1, 0, 0], [0, 0, -1]])
    pose[2, 3] = height
    matrix = np.array([[focal, 0, width / 2 - 0.5], [0, focal, tall / 2 - 0.5], [0, 0, 1.0]])
    return CameraView("eye", width, tall, matrix, pose, 0.0)


def level_ahead(height=1.5):
    pose = np.eye(4)
    pose[:3, :3] = np.array([[0.0, 0, 1], [-1, 0, 0], [0, -1, 0]])
    pose[2, 3] = height
    return replace(looking_down(), world_from_camera=pose)


def lamp_body(beam, position=(0.0, 0.0, 5.0), candela=1000.0, level=(1.0,)):
    lamp = Lamp(position, (0, 0, -1.0), candela, beam, 0)
    far_off = plane(matt(0.1), 0.1, -500.0).mesh
    body = Body("lamp", "pole", "", far_off, None, (Circuit("white", 0.0, (1, 1, 1)),), (lamp,))
    return body, level


def rendered(make, stuff, view, environment, lit=(), air=VACUUM, seed=1):
    """The picture by renderer `make`; `lit` are pairs of a body and its circuits' levels."""
    ego = Body("ego", "ego", "", plane(matt(0.1), 0.1, -500.0).mesh)
    bodies = (ego, *(body for body, _ in lit))
    tracks = [standing((0, 0, 0), yaw_quaternion(0.0), v) for v in ((), *(v for _, v in lit))]
    scene = Scene(World(tuple(stuff), bodies, 0, environment), Motion(tuple(tracks), (0.0,)))
    now, tracer = moment(scene, 0.0), Tracer(scene.world)
    row, column = np.divmod(np.arange(view.width * view.height), view.width)
    way = view.directions(column, row).astype(np.float32)
    start = np.broadcast_to(view.world_from_camera[:3, 3].astype(np.float32), way.shape)
    hits = tracer.first_hits(now, Rays(start, way, np.zeros(len(way))))
    return make(scene.world).radiance(tracer, now, view, hits, air, seed)


def paths(quality=RAW):
    return lambda world: Path(world, quality)


@pytest.mark.parametrize("environment", [DAY, OVERCAST], ids=["sun", "sky"])
def test_level_ground_sends_back_its_albedo_of_the_illuminance_over_pi(environment):
    seen = rendered(paths(), [plane(matt(0.3))], looking_down(), environment)
    heaven = sky(environment)
    level = heaven.irradiance(np.array([[0.0, 0, 1]]))[0] + heaven.direct * heaven.direction[2]
    np.testing.assert_allclose(seen.mean((0, 1)), 0.3 * level / np.pi, rtol=0.02)


@pytest.mark.parametrize("environment", [DAY, OVERCAST], ids=["sun", "sky"])
def test_matt_ground_is_as_bright_as_by_raycast(environment):
    seen = rendered(paths(), [plane(matt(0.3))], looking_down(), environment)
    other = rendered(Raycast, [plane(matt(0.3))], looking_down(), environment)
    np.testing.assert_allclose(seen.mean((0, 1)), other.mean((0, 1)), rtol=0.02)


@pytest.mark.parametrize("environment", [DAY, OVERCAST], ids=["sun", "sky"])
def test_ground_under_snow_is_as_bright_as_by_raycast_and_far_brighter_than_without(environment):
    view, black = looking_down(), [plane(matt(0.05))]
    under = replace(environment, snow_cover=25.0)
    one, two = (rendered(make, black, view, under) @ LUMA for make in (paths(), Raycast))
    assert one.mean() == pytest.approx(two.mean(), rel=0.05)
    assert one.mean() > 3 * (rendered(Raycast, black, view, environment) @ LUMA).mean()


def test_lightning_lights_the_ground_as_by_raycast_and_only_its_own_frame():
    storm = replace(NIGHT, cloud=1.0)

    def seen(make, time):
        bolt = (Stroke(time, 300.0, 900.0, np.pi / 4, np.pi / 2),)
        struck = rendered(
            lambda world: make(replace(world, strokes=bolt)), [plane(matt(0.3))],
            looking_down(), storm,
        )  # fmt: skip
        return struck.mean((0, 1))

    lit, calm = seen(paths(), 0.0), seen(paths(), 1.0)
    assert lit[1] > 1000 * calm[1]
    np.testing.assert_allclose(lit, seen(Raycast, 0.0), rtol=0.03)


@pytest.mark.parametrize("beam", [Beam.ISOTROPIC, Beam.LAMBERT, Beam.STREET, Beam.LOW_BEAM])
def test_one_lamp_lights_the_ground_by_the_inverse_square_and_its_beam(beam):
    view = looking_down(focal=400.0)
    seen = rendered(paths(), [plane(matt(0.3))], view, NIGHT, [lamp_body(beam)])
    other = rendered(Raycast, [plane(matt(0.3))], view, NIGHT, [lamp_body(beam)])
    np.testing.assert_allclose(seen.mean((0, 1)), other.mean((0, 1)), rtol=0.02)
    if beam != Beam.LOW_BEAM:
        np.testing.assert_allclose(seen.mean(), 0.3 * 1000 / 25 / np.pi, rtol=0.02)


@pytest.mark.parametrize("beam", [Beam.ISOTROPIC, Beam.LAMBERT, Beam.STREET, Beam.LOW_BEAM])
def test_a_lamp_in_fog_lights_the_ground_as_by_raycast(beam):
    """5 m below a lamp in fog of an optical depth of 1 on the way, seen from 0.2 m."""
    thick = replace(FOG, extinction=(0.2, 0.2, 0.2))
    view = looking_down(height=0.2)
    seen, other = (
        rendered(make, [plane(matt(0.3))], view, NIGHT, [lamp_body(beam)], thick)[..., 1]
        for make in (paths(), Raycast)
    )
    np.testing.assert_allclose(seen.mean(), other.mean(), rtol=0.03)


@pytest.mark.parametrize("bounces", [0, 1, 4])
def test_inside_a_sphere_each_bounce_adds_its_share(bounces):
    """A lamp in the middle: E = I/r^2, L = rho E / pi (1 + rho + rho^2 + ...)."""
    albedo, radius = 0.6, 4.0
    quality = replace(RAW, bounces=bounces)
    lamp = lamp_body(Beam.ISOTROPIC, (0.0, 0.0, 0.0))
    view = looking_down(height=1.0)
    seen = rendered(paths(quality), [shell(matt(albedo), radius)], view, NIGHT, [lamp])
    series = sum(albedo**k for k in range(bounces + 1))
    wanted = albedo * 1000.0 / radius**2 / np.pi * series
    np.testing.assert_allclose(np.median(seen[..., 1]), wanted, rtol=0.03)


def wall(x, tall=16.0, half=80.0):
    """A wall at `x` that faces the street at x = 0."""
    corners = np.array([[x, half, 0], [x, -half, 0], [x, -half, tall], [x, half, tall]])
    order = np.array([[0, 1, 2], [0, 2, 3]])[:, :: 1 if x > 0 else -1]
    return Body(f"wall{x}", "building", "", mesh(corners, order, matt(0.3), "building"))


def test_a_street_in_the_shade_of_its_houses_is_as_bright_as_by_raycast():
    """The sun comes across the street: neither the ground nor one of the walls sees it."""
    street = [plane(matt(0.15)), wall(7.0), wall(-7.0)]
    low = replace(DAY, sun_elevation=0.5, sun_azimuth=0.0)
    ahead = replace(level_ahead(), world_from_camera=level_ahead().world_from_camera.copy())
    turned = np.array([[0.0, -1, 0], [1, 0, 0], [0, 0, 1]])
    ahead.world_from_camera[:3, :3] = turned @ ahead.world_from_camera[:3, :3]
    ahead.world_from_camera[1, 3] = -60.0
    seen = rendered(paths(), street, ahead, low)[..., 1]
    other = rendered(Raycast, street, ahead, low)[..., 1]
    np.testing.assert_allclose(other.mean(), seen.mean(), rtol=0.2)
    np.testing.assert_allclose(other[-4:].mean(), seen[-4:].mean(), rtol=0.5)


def test_fog_veils_the_ground_as_by_raycast():
    bodies = [plane(matt(0.3), 400.0)]
    seen = rendered(paths(), bodies, level_ahead(), OVERCAST, air=FOG)
    other = rendered(Raycast, bodies, level_ahead(), OVERCAST, air=FOG)
    np.testing.assert_allclose(seen.mean(1), other.mean(1), rtol=0.03)


def test_the_same_seed_gives_the_same_bytes_and_another_does_not():
    quality = PathQuality(samples=2)
    shown = [rendered(paths(quality), [plane(matt(0.3))], looking_down(), DAY, seed=s)
             for s in (5, 5, 6)]  # fmt: skip
    assert shown[0].tobytes() == shown[1].tobytes() != shown[2].tobytes()


def test_more_samples_make_less_noise_and_the_denoiser_less_still():
    ground, view = [plane(matt(0.3))], looking_down()
    few, many, clean = (
        rendered(paths(PathQuality(samples=n, denoise=d)), ground, view, OVERCAST)[..., 1]
        for n, d in ((1, False), (16, False), (1, True))
    )
    assert many.std() < few.std() / 4
    assert clean.std() < few.std() / 4
    np.testing.assert_allclose(clean.mean(), many.mean(), rtol=0.02)


def test_the_denoiser_keeps_an_edge_that_only_the_reflectance_shows():
    rng = np.random.default_rng(0)
    reflectance = np.full((48, 48, 3), 0.2, np.float32)
    reflectance[:, 24:] = 0.8
    noisy = reflectance * rng.gamma(4.0, 0.25, (48, 48, 1))
    out = denoised(noisy, reflectance, np.broadcast_to([0.0, 0, 1], (48, 48, 3)))
    assert abs(out[:, 22].mean() - 0.2) < 0.03
    assert abs(out[:, 25].mean() - 0.8) < 0.06


@pytest.mark.parametrize("beam", list(Beam))
def test_beam_tables_in_dr_jit_answer_as_the_beams_do(beam):
    rng = np.random.default_rng(3)
    way = rng.normal(size=(4000, 3)) * [1, 0.3, 0.3]
    way[:, 0] = np.abs(way[:, 0]) + 0.2
    way /= np.linalg.norm(way, axis=1)[:, None]
    known = lamps.Lanterns(None, numbers(lamps.beam_table().ravel()), numbers(lamps.WARP), 1)
    east, north, up = (fixed(mi.Vector3f, row) for row in np.eye(3))
    lamp = lamps.LampAt(None, east, north, up, None, dr.opaque(mi.UInt32, int(beam)), None)
    found = lamps.gains(known, lamp, vectors(mi.Vector3f, way)).numpy()
    wanted = np.array([gain(int(beam), *row) for row in way])
    np.testing.assert_allclose(found, wanted, atol=0.01 * wanted.max(), rtol=0.02)


def test_the_sky_map_shows_each_direction_its_own_luminance():
    heaven = sky(replace(DAY, sun_elevation=0.5, sun_azimuth=1.1))
    rng = np.random.default_rng(1)
    way = rng.normal(size=(2000, 3))
    way /= np.linalg.norm(way, axis=1)[:, None]
    way = way[np.abs(way[:, 2]) > 0.1]
    source = far.far(heaven)
    dark = far.Far(source.sky, source.toward, source.disc * 0, source.cosine, source.density, False)
    seen = far.escaped(dark, vectors(mi.Vector3f, way), mi.Float(1.0), mi.Bool(True))
    dr.eval(seen)
    wanted = radiances(heaven.dome, way)
    error = np.abs(rows(seen) - wanted) / wanted.mean()
    assert np.median(error) < 0.01
    assert np.percentile(error, 99) < 0.1


@pytest.mark.parametrize("roughness", [0.05, 0.2, 0.5, 1.0])
@pytest.mark.parametrize("lean", [0.2, 0.8])
def test_scattered_weights_add_up_to_the_integral_of_the_response(roughness, lean):
    count = 40_000
    eye = np.array([np.sqrt(1 - lean**2), 0.0, lean])
    up = fixed(mi.Vector3f, [0, 0, 1])
    surface = Surface(
        up, up, fixed(mi.Vector3f, eye), fixed(mi.Color3f, [0.3, 0.5, 0.1]),
        fixed(mi.Color3f, [0.5, 0.5, 0.5]), dr.opaque(mi.Float, roughness),
    )  # fmt: skip
    given = dice(np.arange(count), 4, 0, 0)
    onward = scatter(surface, given.number(0), given.pair(1))
    dr.eval(onward.weight)
    drawn = rows(onward.weight).mean(axis=0)
    # Stratified in the cosine and, about the mirror direction, fine enough for the sharpest lobe.
    cosines, turns = 1500, 700
    z = (np.arange(cosines) + 0.5) / cosines
    turn = np.pi - np.pi * ((np.arange(turns) + 0.5) / turns) ** 3
    wide = 3 * np.pi * ((np.arange(turns) + 0.5) / turns) ** 2 / turns
    z, turn = (grid.ravel() for grid in np.meshgrid(z, turn, indexing="ij"))
    flat = np.sqrt(1 - z**2)
    light = np.stack([flat * np.cos(turn), flat * np.sin(turn), z], axis=1)
    found = respond(surface, vectors(mi.Vector3f, light))
    total = found.flat + found.gloss
    dr.eval(total)
    solid = 2 * np.tile(wide, cosines) / cosines
    integral = (rows(total) * solid[:, None]).sum(axis=0)
    np.testing.assert_allclose(drawn, integral, rtol=0.03)
