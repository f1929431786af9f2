from dataclasses import replace

import numpy as np
import pytest

from synthgen.atmosphere import Atmosphere
from synthgen.density import Matter, clouds, puffs
from synthgen.embree import tracer
from synthgen.errors import UserError
from synthgen.geometry import yaw_quaternion
from synthgen.light.sky import sky
from synthgen.materials import Material
from synthgen.mesh import mesh
from synthgen.motion import Motion, standing
from synthgen.render.raster import setup
from synthgen.render.raycast import Raycast
from synthgen.sample import CameraView
from synthgen.scene import Scene, moment
from synthgen.sensors.camera import pixel_rays
from synthgen.world import Beam, Body, Circuit, Environment, Lamp, World

try:
    setup.check()
except UserError as missing:
    pytest.skip(f"the extra `raster` is not usable here: {missing}", allow_module_level=True)

from synthgen.render.raster.picture import Raster
from synthgen.render.raster.points import found
from synthgen.render.raster.stage import seen

NIGHT = Environment(-0.6, 0, -0.5, 0, 0, 0, 0, 2e4, 0, 0, 0, 0, True)
DAY = replace(NIGHT, sun_elevation=0.8)
OVERCAST = replace(DAY, cloud=1.0)
VACUUM = Atmosphere((0.0, 0.0, 0.0), 0, 0, 0, 0, 1.0, 0.0, 0)
FOG = Atmosphere((0.03, 0.03, 0.03), 0.03, 0, 0, 0, 0.999, 0.86, 0)
SMOKE = Matter("smoke", (0.86, 1.0, 1.23), (0.25, 0.25, 0.25), 0.6, 0.5, 70.0)
PUFF = puffs(np.array([[9.0, 1.0, 1.5]]), np.eye(3)[None], np.full((1, 3), 2.0), np.array([0.3]))
LAYER = np.array([[2.0, 0.5, 0.05, 0.0]])
BANKS = replace(VACUUM, clouds=clouds([(SMOKE, PUFF, LAYER)]))


def plane(albedo=0.3, half=60.0, height=0.0):
    matt = Material("matt", (albedo,) * 3, roughness=1.0, porosity=0.0)
    corners = np.array([[-half, -half, height], [half, -half, height],
                        [half, half, height], [-half, half, height]])  # fmt: skip
    flat = mesh(corners, [[0, 1, 2], [0, 2, 3]], matt, "road")
    return Body(f"plane{height}", "road", "", flat)


def view_of(axes, height, focal=40.0):
    pose = np.eye(4)
    pose[:3, :3], pose[2, 3] = np.array(axes, float), height
    matrix = np.array([[focal, 0, 15.5], [0, focal, 11.5], [0, 0, 1.0]])
    return CameraView("eye", 32, 24, matrix, pose, 0.0)


DOWN = view_of([[0, -1, 0], [-1, 0, 0], [0, 0, -1]], 5.0)
AHEAD = view_of([[0, 0, 1], [-1, 0, 0], [0, -1, 0]], 1.5)


def rendered(make, stuff, view, environment, lamp=None, air=VACUUM):
    """The picture by renderer `make`, of `stuff` and perhaps a lamp that is on."""
    ego = Body("ego", "ego", "", plane(0.1, 0.1, -500.0).mesh)
    things = (ego,) if lamp is None else (ego, lamp)
    tracks = [standing((0, 0, 0), yaw_quaternion(0.0), level) for level in ((), (1.0,))]
    motion = Motion(tuple(tracks[: len(things)]), (0.0,))
    scene = Scene(World(tuple(stuff), things, 0, environment), motion)
    now = moment(scene, 0.0)
    with tracer(scene.world) as trace:
        hits = trace.first_hits(now, pixel_rays(view))
        return make(scene.world).radiance(trace, now, view, hits, air, 1)


@pytest.mark.parametrize("environment", [DAY, OVERCAST], ids=["sun", "sky"])
def test_open_ground_sends_back_its_albedo_of_the_illuminance_over_pi(environment):
    shown = rendered(Raster, [plane(0.3)], DOWN, environment)
    heaven = sky(environment)
    level = heaven.irradiance(np.array([[0.0, 0, 1]]))[0] + heaven.direct * heaven.direction[2]
    np.testing.assert_allclose(shown.mean((0, 1)), 0.3 * level / np.pi, rtol=0.01)


def test_one_lamp_lights_the_ground_by_the_inverse_square():
    lens = Lamp((0.0, 0.0, 5.0), (0, 0, -1.0), 1000.0, Beam.LAMBERT, 0)
    far_off = plane(0.1, 0.1, -500.0).mesh
    lamp = Body("lamp", "pole", "", far_off, None, (Circuit("white", 0.0, (1, 1, 1)),), (lens,))
    near = replace(DOWN, matrix=np.array([[400.0, 0, 15.5], [0, 400.0, 11.5], [0, 0, 1]]))
    shown = rendered(Raster, [plane(0.3)], near, NIGHT, lamp)
    np.testing.assert_allclose(shown.mean(), 0.3 * 1000 / 25 / np.pi, rtol=0.01)


@pytest.mark.parametrize("air", [VACUUM, FOG], ids=["clear", "fog"])
def test_sky_and_air_are_those_of_raycast(air):
    shown, other = (
        rendered(make, [plane(0.3, 400.0)], AHEAD, OVERCAST, air=air) for make in (Raster, Raycast)
    )
    np.testing.assert_allclose(shown[:10], other[:10], rtol=1e-4)
    np.testing.assert_allclose(shown[14:].mean(1), other[14:].mean(1), rtol=0.03)


def test_fog_banks_and_smoke_hang_in_the_air_as_by_raycast():
    """But for raycast's smoothing of edges, which a puff has too."""
    bare = rendered(Raster, [plane(0.3, 400.0)], AHEAD, OVERCAST)
    shown, other = (
        rendered(make, [plane(0.3, 400.0)], AHEAD, OVERCAST, air=BANKS)
        for make in (Raster, Raycast)
    )
    assert np.abs(other / bare - 1).mean() > 0.2
    np.testing.assert_allclose(shown, other, rtol=0.05)
    np.testing.assert_allclose(shown[:10].mean(1), other[:10].mean(1), rtol=0.01)


def test_nothing_shades_anything_as_the_docstring_says():
    roof = plane(0.3, 14.0, 8.0)
    shown, bare = (rendered(Raster, stuff, DOWN, DAY) for stuff in ([plane(), roof], [plane()]))
    np.testing.assert_array_equal(shown, bare)
    assert rendered(Raycast, [plane(), roof], DOWN, DAY).mean() < 0.8 * bare.mean()


def test_the_same_frame_has_the_same_bytes():
    one, other = (rendered(Raster, [plane()], AHEAD, DAY) for _ in range(2))
    assert one.tobytes() == other.tobytes()


def test_drawn_points_are_those_that_rays_meet(scenes):
    scene = scenes([(12.0, 1.0), (9.0, -3.0), (20.0, 0.0)], [0.3, -0.7, 1.9])
    away = standing((-30.0, 0, 0), yaw_quaternion(0.0))
    scene = Scene(scene.world, replace(scene.motion, tracks=(away, *scene.motion.tracks[1:])))
    matrix = np.array([[400.0, 0, 160.3], [0, 400, 80.8], [0, 0, 1]])
    view = replace(AHEAD, width=320, height=240, matrix=matrix)
    now = moment(scene, 0.0)
    with tracer(scene.world) as trace:
        hits = trace.first_hits(now, pixel_rays(view))
    drawn = found(now, view, seen(now, view))
    same = np.flatnonzero(
        (drawn.primitive == hits.primitive) & (drawn.body == hits.body) & hits.hit
    )
    assert len(same) > 0.995 * hits.hit.sum()
    assert len(np.unique(hits.body[same])) == 4
    np.testing.assert_allclose(drawn.distance[same], hits.distance[same], rtol=1e-3)
    np.testing.assert_allclose(drawn.barycentric[same], hits.barycentric[same], atol=2e-3)
    np.testing.assert_array_equal(np.isinf(drawn.distance), drawn.body < 0)
