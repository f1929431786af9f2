"""A checkerboard cast ray by ray through lenses that bend, found again by OpenCV."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from synthgen.classes import CLASSES
from synthgen.embree import tracer
from synthgen.geometry import inverse, transform
from synthgen.materials import Material
from synthgen.mesh import mesh
from synthgen.rays import Rays
from synthgen.rig import Camera
from synthgen.rng import stream
from synthgen.scene import Scene, moment
from synthgen.sensors.camera import observe, view_of
from synthgen.world import Body, World

LENSES = {
    "pinhole": ("pinhole", (), 360.0),
    "brown": ("brown", (-0.28, 0.09, 0.001, -0.0007, -0.012), 360.0),
    "rational": ("brown", (0.3, 0.05, 5e-4, -3e-4, 0.002, 0.6, 0.1, 0.005), 360.0),
    "fisheye": ("fisheye", (0.0424, -0.0108, 0.0025, -0.0004), 190.0),
}
GREY = Material("grey", (0.5, 0.5, 0.5))
SQUARE, SQUARES, AWAY = 0.2, (12, 8), 1.0


def camera_of(rig, name):
    """Return a small camera that looks ahead from 1.5 m."""
    kind, bends, field = LENSES[name]
    model = replace(
        rig.camera("image_2").model, width=640, height=480, projection_model=kind,
        distortion=bends, field_deg=field,
        matrix=((300.0, 0.0, 321.3), (0.0, 297.0, 236.2), (0.0, 0.0, 1.0)),
    )  # fmt: skip
    pose = np.eye(4)
    pose[:3, :3] = [[0, 0, 1], [-1, 0, 0], [0, -1, 0]]
    pose[:3, 3] = [0, 0, 1.5]
    return Camera(name, model, pose)


def board():
    """Return black and white squares across the view, and their inner corners (world)."""
    across = (np.arange(SQUARES[0] + 1) - SQUARES[0] / 2) * SQUARE
    up = 1.5 + (np.arange(SQUARES[1] + 1) - SQUARES[1] / 2) * SQUARE
    kinds = {"building": [], "road": []}
    for i in range(SQUARES[0]):
        for j in range(SQUARES[1]):
            y, z = across[[i, i + 1]], up[[j, j + 1]]
            corners = np.array([[AWAY, a, b] for a in y for b in z])
            kinds[["building", "road"][(i + j) % 2]].append(corners)
    inner = np.array([[AWAY, a, b] for b in up[1:-1] for a in across[1:-1]])
    return kinds, inner


def board_scene(scenes):
    base, (kinds, inner) = scenes([], ground=False), board()
    stuff = []
    for kind, squares in kinds.items():
        vertices = np.concatenate(squares)
        first = 4 * np.arange(len(squares))[:, None, None]
        faces = (np.array([[0, 1, 3], [0, 3, 2]]) + first).reshape(-1, 3)
        stuff.append(Body(kind, kind, "", mesh(vertices, faces, GREY, kind)))
    ego = replace(base.world.things[0], mesh=replace(base.world.things[0].mesh,
                  vertices=base.world.things[0].mesh.vertices - [50.0, 0, 0]))  # fmt: skip
    world = World(tuple(stuff), (ego,), 0, base.world.environment)
    return Scene(world, base.motion), inner


def flat(tracer, moment, view, hits, atmosphere, seed):
    shade = np.where(hits.body == 0, 900.0, 60.0).reshape(view.height, view.width, 1)
    return np.repeat(shade, 3, axis=2)


def expected_pixels(camera, points):
    """OpenCV's image of world points."""
    local = transform(inverse(camera.ego_from_camera), points)
    kind, bends, _ = LENSES[camera.name]
    matrix, zero = np.array(camera.model.matrix), np.zeros((1, 1, 3))
    if kind == "fisheye":
        return cv2.fisheye.projectPoints(local[:, None], zero, zero, matrix, np.array(bends))[0][
            :, 0
        ]
    return cv2.projectPoints(local, zero, zero, matrix, np.array(bends or (0.0,) * 4))[0][:, 0]


def cast_corner(trace, now, view, near, size=0.6, step=0.02):
    """Return where four squares meet, by rays on a fine grid about `near`.

    The two edges through the corner are where the colour changes along the grid's rows and
    columns; each is fitted by a line.
    """
    offset = np.arange(-size, size + step / 2, step)
    column, row = np.meshgrid(near[0] + offset, near[1] + offset)
    direction = view.directions(column.ravel(), row.ravel())
    origin = np.tile(view.world_from_camera[:3, 3], (len(direction), 1))
    hits = trace.first_hits(now, Rays(origin, direction, np.zeros(len(direction))))
    dark = (hits.body == 1).reshape(column.shape)
    # Upright edge: changes along rows; level edge: along columns.
    lines = []
    for image, along in ((dark, row[:, 0]), (dark.T, column[0])):
        place, at = [], []
        start = column[0] if image is dark else row[:, 0]
        for k, line in enumerate(image):
            change = np.flatnonzero(line[1:] != line[:-1])
            if len(change) == 1:
                at.append(along[k])
                place.append((start[change[0]] + start[change[0] + 1]) / 2)
        lines.append(np.polyfit(at, place, 1))
    (a, b), (c, d) = lines
    # column = a row + b, row = c column + d
    x = (a * d + b) / (1 - a * c)
    return np.array([x, c * x + d])


@pytest.mark.parametrize("name", LENSES)
def test_corners_of_a_checkerboard_are_where_opencv_puts_them(name, rig, scenes):
    """Issue: under 0.05 px."""
    scene, inner = board_scene(scenes)
    camera = camera_of(rig, name)
    now = moment(scene, 0.0)
    view = view_of(camera, now)
    wanted = expected_pixels(camera, inner)
    inside = ((wanted > 2) & (wanted < [view.width - 3, view.height - 3])).all(axis=1)
    assert inside.sum() >= 30
    with tracer(scene.world) as trace:
        found = np.array([cast_corner(trace, now, view, p) for p in wanted[inside]])
    worst = np.abs(found - wanted[inside]).max()
    assert worst < 0.05, f"{worst:.4f} px"


def test_pixels_without_a_ray_are_black_void_and_empty(rig, scenes, clear):
    scene, _ = board_scene(scenes)
    camera = camera_of(rig, "fisheye")
    camera = replace(camera, model=replace(camera.model, field_deg=80.0, glare=0.0))
    now = moment(scene, 0.0)

    def render(tracer, moment, view, hits, atmosphere, seed):
        return np.where(view.void[..., None], 0.0, flat(tracer, moment, view, hits, 0, 0))

    with tracer(scene.world) as trace:
        reading = observe(camera, trace, now, render, clear, stream(0, "lens"))
    void = reading.view.void
    angle = np.arccos(np.clip(reading.view.directions(*(g.ravel() for g in np.meshgrid(
        np.arange(640.0), np.arange(480.0))))[:, 0], -1, 1)).reshape(480, 640)  # fmt: skip
    assert 0.3 < void.mean() < 0.9
    assert np.nanmax(angle) <= np.radians(40) + 1e-9
    assert np.all(reading.body[void] == -1)
    assert np.all(reading.semantic[void] == 0)
    assert np.all(reading.depth[void] == 0)
    assert np.all(reading.semantic[~void] != 0)
    far = void & (np.hypot(*np.mgrid[-240:240, -320:320]) > 280)
    assert reading.image[far].mean() <= 3
    assert CLASSES["sky"].semantic not in reading.semantic[void]


def test_depth_of_a_fisheye_is_the_distance_and_of_a_plane_the_way_ahead(rig, scenes, clear):
    scene, _ = board_scene(scenes)
    for name in ("brown", "fisheye"):
        with tracer(scene.world) as trace:
            reading = observe(camera_of(rig, name), trace, moment(scene, 0.0), flat, clear,
                              stream(0, "lens"))  # fmt: skip
        row, column = np.nonzero(reading.body >= 0)
        point = reading.view.points(column, row, reading.depth[row, column])
        np.testing.assert_allclose(point[:, 0], AWAY, rtol=1e-5)
        if name == "brown":
            np.testing.assert_allclose(reading.depth[row, column], AWAY, rtol=1e-5)
