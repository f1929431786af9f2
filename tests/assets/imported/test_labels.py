"""An imported box-car in a small world: its box and mask are the projected hull, to the pixel."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import numpy as np
import pytest
import trimesh
from scipy.spatial import ConvexHull

from synthgen.build.guests import guests
from synthgen.config import read

HERE = Path(__file__).parents[2]


def load(path):
    spec = spec_from_file_location(path.replace("/", "_"), HERE / path)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TOYS = load("labels/conftest.py").Toys()
PROJECTED = load("verify/test_fixtures.py")


@pytest.fixture
def car(workshop):
    """A box-car in millimetres with y up and z ahead, away from its file's origin."""
    width, height, length = 1800, 1500, 4200
    crate = workshop.box((width, height, length), (700, -4000, 12_000))
    workshop.glb(workshop.scene(crate=crate))
    folder = workshop.manifest(scale=0.001, forward="+z", up="+y")
    (design,) = guests(read([f"assets={folder}"]))
    return design.bodies[0]


PLACES = [((20, 0, 0), 0.0), ((14, 4, 0), 0.6), ((11, -3, 0), 2.4), ((35, 8, 0), -1.0)]


@pytest.mark.parametrize(("position", "yaw"), PLACES)
def test_box_and_mask_of_an_imported_car_are_its_projected_hull(car, workshop, position, yaw):
    look = TOYS.look([(car, position, yaw)])
    (label,) = (one for one in look.labels if one.kind == "car")
    outline = PROJECTED.pixels_of(TOYS, PROJECTED.corners_of(workshop.size, position, yaw))
    PROJECTED.assert_box(label.visible_box, outline.min(axis=0), outline.max(axis=0))
    assert label.amodal_box == label.visible_box
    hull = ConvexHull(outline)
    row, column = np.mgrid[:375, :1242]
    shown = PROJECTED.mask_of(look, label).ravel()
    assert shown[PROJECTED.inside(hull, column, row, 0.02)].all()
    assert not shown[~PROJECTED.inside(hull, column, row, -0.02)].any()
    np.testing.assert_allclose(label.visible_pixels, hull.volume, atol=0.5 * hull.area)
    np.testing.assert_allclose(label.center, np.add(position, (0, 0, 0.75)), atol=1e-5)
    np.testing.assert_allclose(label.size, workshop.size, atol=1e-5)
    assert (label.occlusion, label.truncation) == (0, 0)
    assert label.subtype == "asset:crate"


def test_lidar_points_on_it_lie_on_its_faces(car, workshop):
    look = TOYS.look([(car, (12, 1, 0), 0.0)])
    (label,) = (one for one in look.labels if one.kind == "car")
    points = look.lidar.point[look.lidar.body == label.number]
    world = points @ look.lidar.world_from_lidar[:3, :3].T + look.lidar.world_from_lidar[:3, 3]
    off = np.abs(world - label.center) - np.array(workshop.size) / 2
    assert len(points) > 200
    np.testing.assert_allclose(off.max(axis=1), 0, atol=1e-4)


def test_a_ball_is_as_round_as_its_triangles(workshop):
    """A ball of radius 1 m: its mask is its tangent cone, to half a pixel."""
    ball = trimesh.creation.icosphere(subdivisions=5, radius=1.0)
    workshop.glb(workshop.scene(ball=ball))
    folder = workshop.manifest(**{"class": "debris"}, length=2.0, width=2.0, height=2.0)
    (design,) = guests(read([f"assets={folder}"]))
    look = TOYS.look([(design.bodies[0], (15, 2, 0.65), 0.0)])
    (label,) = (one for one in look.labels if one.kind == "debris")
    low, high = PROJECTED.sphere_outline(TOYS, (15, 2, 1.65), 1.0)
    PROJECTED.assert_box(label.visible_box, low, high)
