"""Koschmieder's law, from `weather.visibility` to the picture."""

from dataclasses import replace

import numpy as np
import pytest

from synthgen.embree import tracer
from synthgen.geometry import yaw_quaternion
from synthgen.materials import Material
from synthgen.mesh import mesh
from synthgen.motion import Motion, standing
from synthgen.render.raycast import Raycast
from synthgen.sample import CameraView
from synthgen.scene import Scene, moment
from synthgen.sensors.camera import pixel_rays
from synthgen.weather.air import atmosphere
from synthgen.world import Body, Environment, World

BLACK = Material("black", (0.0, 0.0, 0.0), roughness=1.0, metallic=1.0)
FOG = Environment(
    sun_elevation=0.9, sun_azimuth=np.pi, moon_elevation=-0.5, moon_azimuth=0.0, moon_phase=0.5,
    cloud=1.0, rain=0.0, visibility=120.0, wind=0.0, wind_azimuth=0.0, wetness=0.1, skyglow=0.0,
    power=True,
)  # fmt: skip
LUMA = np.array([0.2126, 0.7152, 0.0722])
AHEAD = np.array([[0, 0, 1, 0], [-1, 0, 0, 0], [0, -1, 0, 1.5], [0, 0, 0, 1]], float)


def target(distance: float, half: float) -> Body:
    """Return a black square that faces the camera."""
    corners = [
        [distance, y * half, 1.5 + z * half] for y, z in ((1, -1), (-1, -1), (-1, 1), (1, 1))
    ]
    faces = mesh(np.array(corners), [[0, 1, 2], [0, 2, 3]], BLACK, "building")
    return Body("target", "building", "", faces)


def photographed(around, distance: float):
    """Return the radiance of a picture whose middle shows the target, its sides the horizon.

    The sun stands behind the camera: towards it fog is brighter.
    """
    ego = replace(target(-300.0, 0.1), name="ego")
    world = World((target(distance, 0.002 * distance),), (ego,), 0, around)
    now = moment(Scene(world, Motion((standing((0, 0, 0), yaw_quaternion(0.0)),), (0.0,))), 0.0)
    matrix = np.array([[2000.0, 0, 20], [0, 2000.0, 4], [0, 0, 1]])
    view = CameraView("camera", 41, 9, matrix, AHEAD, 0.0)
    with tracer(world) as trace:
        hits = trace.first_hits(now, pixel_rays(view))
        assert hits.body.reshape(9, 41)[4, 20] == 0
        assert hits.body.reshape(9, 41)[4, 0] < 0
        return Raycast(world).radiance(trace, now, view, hits, atmosphere(around), 0) @ LUMA


@pytest.mark.parametrize("distance", [5.0, 15.0, 40.0, 90.0, 140.0])
def test_contrast_of_a_black_target_before_fog_falls_as_koschmieder_says(distance):
    image = photographed(FOG, distance)
    contrast = (image[4, 20] - image[4, 0]) / image[4, 0]
    loss = -np.log(0.05) / FOG.visibility
    np.testing.assert_allclose(contrast, -np.exp(-loss * distance), rtol=0.01)
