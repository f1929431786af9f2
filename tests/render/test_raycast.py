from dataclasses import replace

import numpy as np
import pytest

from synthgen.atmosphere import Atmosphere
from synthgen.embree import Tracer
from synthgen.geometry import yaw_quaternion
from synthgen.light.lightning import flash_sky
from synthgen.light.sky import sky
from synthgen.materials import Material, Texture
from synthgen.mesh import mesh
from synthgen.motion import Motion, standing
from synthgen.rays import Rays
from synthgen.render.raycast import Quality, Raycast
from synthgen.sample import CameraView
from synthgen.scene import Scene, moment
from synthgen.snowpack import FRESH
from synthgen.world import Beam, Body, Circuit, Environment, Lamp, Stroke, World

NIGHT = Environment(-0.6, 0, -0.5, 0, 0, 0, 0, 2e4, 0, 0, 0, 0, True)
DAY = replace(NIGHT, sun_elevation=0.8)
VACUUM = Atmosphere((0.0, 0.0, 0.0), 0, 0, 0, 0, 1.0, 0.0, 0)
LUMA = np.array([0.2126, 0.7152, 0.0722])


def matt(albedo, **more):
    return Material("matt", (albedo,) * 3, roughness=1.0, porosity=0.0, **more)


def plane(material, height=0.0, half=60.0, center=(0.0, 0.0), kind="road"):
    x, y = center
    corners = [[x - half, y - half, height], [x + half, y - half, height],
               [x + half, y + half, height], [x - half, y + half, height]]  # fmt: skip
    return Body(
        f"plane{height}{center}",
        kind,
        "",
        mesh(np.array(corners), [[0, 1, 2], [0, 2, 3]], material, kind),
    )


def wall(material, x, half=50.0, kind="building"):
    corners = [[x, half, -half], [x, -half, -half], [x, -half, half], [x, half, half]]
    uv = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], float)[[[0, 1, 2], [0, 2, 3]]]
    return Body(
        f"wall{x}", kind, "", mesh(np.array(corners), [[0, 1, 2], [0, 2, 3]], material, kind, uv=uv)
    )


def ball(material, radius=1.0, center=(0.0, 0.0, 0.0), rings=24):
    polar = np.linspace(0, np.pi, rings + 1)
    turn = np.linspace(0, 2 * np.pi, 2 * rings, endpoint=False)
    points = [
        [np.sin(p) * np.cos(t), np.sin(p) * np.sin(t), np.cos(p)] for p in polar for t in turn
    ]
    n = 2 * rings
    faces = []
    for i in range(rings):
        for j in range(n):
            a, b = i * n + j, i * n + (j + 1) % n
            faces += [[a, a + n, b + n], [a, b + n, b]]
    return Body(
        "ball",
        "debris",
        "",
        mesh(np.array(points) * radius + center, faces, material, "debris", crease=1.5),
    )


def looking(position, forward, width=48, height=32, focal=40.0):
    forward = np.asarray(forward, float) / np.linalg.norm(forward)
    up = np.array([1.0, 0, 0]) if abs(forward[2]) > 0.9 else np.array([0, 0, 1.0])
    right = np.cross(forward, up)
    right /= np.linalg.norm(right)
    pose = np.eye(4)
    pose[:3, :3] = np.stack([right, np.cross(forward, right), forward], axis=1)
    pose[:3, 3] = position
    matrix = np.array([[focal, 0, width / 2 - 0.5], [0, focal, height / 2 - 0.5], [0, 0, 1.0]])
    return CameraView("eye", width, height, matrix, pose, 0.0)


def picture(stuff, view, environment, air=VACUUM, own_sky=None, things=(), seed=1, quality=None):
    """Things are pairs of a body and its circuits' levels, all standing at the origin."""
    ego = Body("ego", "ego", "", plane(matt(0.1), -500.0, 0.1).mesh)
    bodies = (ego, *(body for body, _ in things))
    tracks = [
        standing((0, 0, 0), yaw_quaternion(0.0), level)
        for level in ((), *(lit for _, lit in things))
    ]
    scene = Scene(World(tuple(stuff), bodies, 0, environment), Motion(tuple(tracks), (0.0,)))
    now, tracer = moment(scene, 0.0), Tracer(scene.world)
    row, column = np.divmod(np.arange(view.width * view.height), view.width)
    way = view.directions(column, row).astype(np.float32)
    start = np.broadcast_to(view.world_from_camera[:3, 3].astype(np.float32), way.shape)
    hits = tracer.first_hits(now, Rays(start, way, np.zeros(len(way))))
    renderer = Raycast(scene.world, quality or Quality(), own_sky)
    return renderer.radiance(tracer, now, view, hits, air, seed), hits, way


def uniform(level):
    plain = sky(NIGHT)
    harmonics = np.zeros((9, 3))
    harmonics[0] = np.pi * level
    dome = plain.dome._replace(ground=np.full(3, level), clear=0.0, dusk=0.0, cloud=0.0, glow=0.0)
    return replace(plain, direct=np.zeros(3), harmonics=harmonics, dome=dome)


@pytest.mark.parametrize("albedo", [0.2, 0.9])
def test_a_matt_ball_in_a_white_furnace_shows_its_albedo(albedo):
    image, hits, _ = picture(
        [ball(matt(albedo))], looking((-4, 0, 0), (1, 0, 0)), NIGHT, own_sky=uniform(1000.0),
        quality=Quality(edge_samples=0),
    )  # fmt: skip
    seen = image.reshape(-1, 3)[hits.body >= 0]
    np.testing.assert_allclose(seen, albedo * 1000.0, rtol=0.01)


@pytest.mark.parametrize(
    "finish", [{"roughness": 0.05}, {"roughness": 0.4, "metallic": 1.0}, {"clearcoat": 1.0}]
)
def test_no_surface_gives_back_more_than_it_gets(finish):
    white = Material("white", (1.0, 1.0, 1.0), **finish)
    image, hits, _ = picture(
        [ball(white)], looking((-4, 0, 0), (1, 0, 0)), NIGHT, own_sky=uniform(1000.0),
        quality=Quality(edge_samples=0),
    )  # fmt: skip
    # Mirror rays see the sky that belongs to the night: dark. So only an upper bound holds.
    assert image.reshape(-1, 3)[hits.body >= 0].max() <= 1010.0


@pytest.mark.parametrize("height", [3.0, 6.0, 12.0])
def test_light_under_a_lamp_falls_with_the_square_of_its_height(height):
    lamp = Lamp((0.0, 0.0, height), (0.0, 0.0, -1.0), 800.0, Beam.ISOTROPIC, 0, 0.01)
    post = Body("post", "street_light", "", plane(matt(0.5), -300.0, 0.1).mesh,
                circuits=(Circuit("street", 0.0, (1.0, 1.0, 1.0)),), lamps=(lamp,))  # fmt: skip
    view = looking((0, 0, 1.0), (0, 0, -1), 9, 9, 400.0)
    image, _, _ = picture([plane(matt(0.5)), post], view, NIGHT)
    dark, _, _ = picture([plane(matt(0.5))], view, NIGHT)
    lux = np.pi * (image - dark)[4, 4] @ LUMA / 0.5
    assert lux == pytest.approx(800.0 / height**2, rel=0.01)


def test_black_ground_under_snow_sends_back_snows_albedo_of_the_skys_light_over_pi():
    under = replace(DAY, cloud=1.0, snow_cover=25.0)
    image, *_ = picture([plane(matt(0.02))], looking((0, 0, 30.0), (0, 0, -1)), under)
    up = sky(under).irradiance(np.array([[0.0, 0.0, 1.0]]))[0]
    np.testing.assert_allclose(image.mean((0, 1)), np.array(FRESH) * up / np.pi, rtol=0.02)


def test_below_a_roof_there_is_no_snow():
    under = replace(DAY, cloud=1.0, snow_cover=25.0)
    roof = plane(matt(0.02), 3.0, 2.0, kind="building")
    view = looking((-8.0, 0.0, 1.2), (1, 0, -0.12), 64, 32, 60.0)
    image, hits, way = picture([plane(matt(0.02)), roof], view, under)
    place = view.world_from_camera[:3, 3] + way * hits.distance[:, None]
    level = image.reshape(-1, 3) @ LUMA
    ground = hits.body == 0
    inside, outside = np.abs(place[:, 0]) < 0.9, np.abs(place[:, 0]) > 3.5
    inside &= ground & (np.abs(place[:, 1]) < 0.9)
    assert inside.sum() > 5
    assert level[inside].max() < 0.2 * level[outside & ground].min()


@pytest.mark.parametrize("visibility", [60.0, 400.0])
def test_fog_lowers_contrast_as_koschmieder_says(visibility):
    extinction = 2.996 / visibility
    air = Atmosphere((extinction,) * 3, 0, 0, 0, 0, 1.0, 0.8, 0)
    distance, pictures = 50.0, []
    for albedo in (0.05, 0.6):
        shots = [
            picture(
                [wall(matt(albedo), distance)], looking((0, 0, 0), (1, 0, 0), 9, 9, 400.0), DAY, a
            )[0]
            for a in (VACUUM, air)
        ]
        pictures.append([shot[4, 4] @ LUMA for shot in shots])
    clear, hazy = (pictures[1][k] - pictures[0][k] for k in (0, 1))
    assert hazy / clear == pytest.approx(np.exp(-extinction * distance), rel=0.01)


def test_the_sun_casts_a_shadow_where_geometry_says():
    environment = replace(DAY, sun_elevation=np.pi / 4, sun_azimuth=0.0)
    roof = plane(matt(0.5), 2.0, 1.0, kind="building")
    view = looking((-2.0, 0.0, 30.0), (0, 0, -1), 120, 120, 300.0)
    image, hits, way = picture(
        [plane(matt(0.5)), roof], view, environment, quality=Quality(edge_samples=0)
    )
    ground = hits.body == 0
    place = view.world_from_camera[:3, 3] + way * hits.distance[:, None]
    # At 45 degrees the roof's shadow lies as far from the sun as the roof is high.
    inside = (np.abs(place[:, 0] + 2.0) < 0.9) & (np.abs(place[:, 1]) < 0.9) & ground
    outside = (np.abs(place[:, 0] + 2.0) > 1.1) & (np.abs(place[:, 0]) > 1.3) & ground
    level = image.reshape(-1, 3) @ LUMA
    assert inside.any()
    assert level[inside].max() < 0.4 * level[outside].min()


def test_a_lamp_casts_a_shadow():
    lamp = Lamp((0.0, 0.0, 6.0), (0.0, 0.0, -1.0), 800.0, Beam.ISOTROPIC, 0, 0.01)
    post = Body("post", "street_light", "", plane(matt(0.5), -300.0, 0.1).mesh,
                circuits=(Circuit("street", 0.0, (1.0, 1.0, 1.0)),), lamps=(lamp,))  # fmt: skip
    board = plane(matt(0.5), 3.0, 0.5, (1.5, 0.0), "building")
    view = looking((3.0, 0.0, 2.0), (0, 0, -1), 9, 9, 400.0)
    free, _, _ = picture([plane(matt(0.5)), post], view, NIGHT)
    shaded, _, _ = picture([plane(matt(0.5)), post, board], view, NIGHT)
    assert shaded[4, 4].max() < 0.05 * free[4, 4].max()


def test_a_lit_lens_shows_its_luminance_and_an_unlit_one_does_not():
    lens = wall(matt(0.0), 5.0, 1.0)
    lens = replace(lens, mesh=replace(lens.mesh, circuit=np.zeros(2, np.int32)),
                   circuits=(Circuit("tail", 700.0, (4.0, 0.2, 0.1)),))  # fmt: skip
    view = looking((0, 0, 0), (1, 0, 0), 5, 5, 400.0)
    for level in (1.0, 0.5, 0.0):
        image, _, _ = picture([], view, NIGHT, things=[(lens, (level,))])
        np.testing.assert_allclose(
            image[2, 2], level * 700.0 * np.array([4.0, 0.2, 0.1]), rtol=1e-3, atol=1e-3
        )


def test_a_retroreflector_returns_headlamp_light_to_the_car():
    lamp = Lamp((0.0, 0.0, 0.0), (1.0, 0.0, 0.0), 1000.0, Beam.ISOTROPIC, 0, 0.01)
    head = Body("head", "car", "", plane(matt(0.5), -300.0, 0.1).mesh,
                circuits=(Circuit("low", 0.0, (1.0, 1.0, 1.0)),), lamps=(lamp,))  # fmt: skip
    view = looking((0, 0, 0.05), (1, 0, 0), 5, 5, 400.0)
    plain, sheet = (
        picture([wall(matt(0.7, retroreflection=r), 30.0)], view, NIGHT, things=[(head, (1.0,))])[
            0
        ][2, 2]
        for r in (0.0, 100.0)
    )
    assert sheet[1] - plain[1] == pytest.approx(100.0 * 1000.0 / 30.0**2, rel=0.3)


def test_in_a_storm_windward_walls_and_clothes_are_darker_than_lee_ones_and_dry_ones():
    brick = Material("brick", (0.4, 0.3, 0.25), roughness=1.0, porosity=0.7)
    wool = Material("wool", (0.4, 0.3, 0.25), 1.0, texture=Texture.CLOTH, porosity=0.3)
    dry = replace(DAY, cloud=1.0)
    storm = replace(dry, rain=30.0, wetness=0.8, wind=15.0, wind_azimuth=0.0)
    lee, calm = replace(storm, wind_azimuth=np.pi), replace(storm, wind=0.0)
    view = looking((0, 0, 0), (1, 0, 0.2))
    for material, least in ((brick, 0.3), (wool, 0.3)):
        level = [picture([wall(material, 12.0)], view, one)[0].mean() / sky(one).illuminance
                 for one in (dry, storm, lee, calm)]  # fmt: skip
        assert level[1] < (1 - least) * level[0]
        assert level[1] < 0.85 * level[2] < 0.97 * level[0]
        assert level[2] == pytest.approx(level[3], rel=0.02)


def test_a_wet_road_is_darker_and_mirrors_more():
    road = plane(matt(0.2, texture=Texture.ASPHALT))
    road = replace(
        road, mesh=replace(road.mesh, materials=(replace(road.mesh.materials[0], porosity=0.7),))
    )
    overcast = replace(DAY, cloud=1.0)
    steep, flat = looking((0, 0, 2), (0.1, 0, -1)), looking((0, 0, 2), (1, 0, -0.1), 48, 8)
    dry, wet = (
        [picture([road], v, replace(overcast, wetness=w))[0] for v in (steep, flat)]
        for w in (0, 0.9)
    )
    assert wet[0].mean() < 0.8 * dry[0].mean()
    assert wet[1][-2:].mean() / wet[0].mean() > 1.3 * dry[1][-2:].mean() / dry[0].mean()


def test_lamps_glow_in_fog():
    lamp = Lamp((30.0, 0.0, 5.0), (0.0, 0.0, -1.0), 2000.0, Beam.STREET, 0, 0.1)
    post = Body("post", "street_light", "", plane(matt(0.5), -300.0, 0.1).mesh,
                circuits=(Circuit("street", 0.0, (1.0, 1.0, 1.0)),), lamps=(lamp,))  # fmt: skip
    fog = Atmosphere((0.03,) * 3, 0, 0, 0, 0, 1.0, 0.85, 0)
    view = looking((0, 0, 1.5), (1, 0, 0.12), 48, 32, 60.0)
    foggy, clear = (picture([plane(matt(0.1)), post], view, NIGHT, a)[0] for a in (fog, VACUUM))
    below = foggy[16:20, 20:28].mean()
    assert below > 3 * foggy[16:20, :6].mean()
    assert below > 10 * clear[16:20, 20:28].mean()


def test_edges_are_smoothed():
    view = looking((0, 0.013, 0), (1, 0, 0))
    square = wall(matt(0.9), 10.0, 2.0)
    turned = replace(square, mesh=replace(square.mesh, vertices=square.mesh.vertices @ np.array(
        [[1, 0, 0], [0, 0.96, 0.28], [0, -0.28, 0.96]])))  # fmt: skip
    stuff = [turned, wall(matt(0.02), 20.0)]
    hard, soft = (
        len(
            np.unique(
                picture(stuff, view, replace(DAY, cloud=1.0), quality=Quality(edge_samples=n))[0][
                    ..., 1
                ].round(-1)
            )
        )
        for n in (0, 4)
    )
    assert soft > hard + 2


def test_the_same_arguments_give_the_same_bytes():
    stuff = [
        plane(matt(0.2, texture=Texture.ASPHALT)),
        ball(Material("paint", (0.5, 0, 0), 0.3, clearcoat=1.0), center=(8, 0, 1)),
    ]
    wet = replace(DAY, wetness=0.7, rain=4.0)
    view = looking((0, 0, 1.6), (1, 0, -0.1))
    one, two = (picture(stuff, view, wet, seed=2**61 + 5)[0] for _ in range(2))
    assert one.tobytes() == two.tobytes()
    assert one.dtype == np.float32
    assert np.isfinite(one).all()


def test_an_empty_world_shows_the_sky():
    image, _, _ = picture([], looking((0, 0, 2), (1, 0, 0.5)), DAY)
    assert (image > 100).all()


def test_a_scene_without_lamps_is_never_brighter_by_lamps_elsewhere():
    lamp = Lamp((0.0, 0.0, 900.0), (0.0, 0.0, 1.0), 10.0, Beam.LAMBERT, 0, 0.01)
    far = Body("far", "street_light", "", plane(matt(0.5), -300.0, 0.1).mesh,
               circuits=(Circuit("street", 0.0, (1.0, 1.0, 1.0)),), lamps=(lamp,))  # fmt: skip
    view = looking((0, 0, 2), (1, 0, -0.5))
    with_lamp, without = (
        picture([plane(matt(0.3)), *more], view, NIGHT)[0] for more in ([far], [])
    )
    np.testing.assert_array_equal(with_lamp, without)


def test_a_wall_gets_less_light_from_ground_that_lies_in_its_shadow():
    """The sun stands behind the wall, which shades all the ground before it."""
    low = replace(DAY, sun_elevation=0.6, sun_azimuth=0.0)
    around = sky(low)
    seen, _, _ = picture(
        [plane(matt(0.15)), wall(matt(0.5), 0.0)], looking((-6, 0, 3), (1, 0, 0)), low
    )
    up, level = (around.irradiance(np.array([way]))[0, 1] for way in ([0, 0, 1.0], [-1.0, 0, 0]))
    ground = np.pi * around.dome.ground[1] / 2
    shade = ground * 0.6 * up / around.illuminance
    np.testing.assert_allclose(seen[12, 24, 1], 0.5 / np.pi * (level - ground + shade), rtol=0.25)


@pytest.mark.parametrize(("aside", "height"), [(4.0, 8.0), (9.0, 6.0)])
def test_light_beside_a_lamp_falls_with_the_square_of_the_way_and_the_cosine(aside, height):
    lamp = Lamp((0.0, 0.0, height), (0.0, 0.0, -1.0), 800.0, Beam.ISOTROPIC, 0, 0.01)
    post = Body("post", "street_light", "", plane(matt(0.5), -300.0, 0.1).mesh,
                circuits=(Circuit("street", 0.0, (1.0, 1.0, 1.0)),), lamps=(lamp,))  # fmt: skip
    view = looking((aside, 0, 1.0), (0, 0, -1), 9, 9, 400.0)
    image, _, _ = picture([plane(matt(0.5)), post], view, NIGHT)
    dark, _, _ = picture([plane(matt(0.5))], view, NIGHT)
    lux = np.pi * (image - dark)[4, 4] @ LUMA / 0.5
    assert lux == pytest.approx(800.0 * height / np.hypot(aside, height) ** 3, rel=0.01)


FULL_MOON = {"moon_elevation": np.deg2rad(80), "moon_phase": 1.0}


@pytest.mark.parametrize(
    ("changes", "lux"),
    [({"sun_elevation": np.deg2rad(60)}, 103.12e3), ({"sun_elevation": -0.6, **FULL_MOON}, 0.2537)],
)
def test_a_card_on_the_road_shows_the_lux_of_the_naval_observatory(changes, lux):
    """Janiczek and DeYoung 1987: 103.1 klx by sun and sky at 60 degrees, 0.254 lx by a full moon.

    These are their polynomials written out at both elevations; see `light.illuminance`.
    """
    view = looking((0, 0, 1.0), (0, 0, -1), 9, 9, 400.0)
    image, _, _ = picture([plane(matt(0.5))], view, replace(NIGHT, **changes))
    assert np.pi * image[4, 4] @ LUMA / 0.5 == pytest.approx(lux, rel=0.03)


def test_lightning_casts_shadows_away_from_its_stroke():
    storm = replace(NIGHT, cloud=1.0)
    stroke = Stroke(0.0, 300.0, 900.0, np.pi / 4, np.pi / 2)
    view = looking((0.0, 0.0, 30.0), (0, 0, -1), 120, 120, 300.0)
    image, hits, way = picture(
        [plane(matt(0.5)), plane(matt(0.5), 2.0, 1.0, kind="building")], view, storm,
        own_sky=flash_sky(storm, stroke), quality=Quality(edge_samples=0),
    )  # fmt: skip
    place = view.world_from_camera[:3, 3] + way * hits.distance[:, None]
    level, ground = image.reshape(-1, 3) @ LUMA, hits.body == 0
    shadow = ground & (np.abs(place[:, 1] + 2.0) < 0.9) & (np.abs(place[:, 0]) < 0.9)
    open_ground = ground & (place[:, 1] > 1.5)
    assert shadow.any()
    assert level[shadow].max() < 0.6 * level[open_ground].min()
