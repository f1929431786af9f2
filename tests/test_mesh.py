import numpy as np
import pytest

from synthgen.geometry import pose, yaw_quaternion
from synthgen.materials import Material, srgb
from synthgen.mesh import corner_normals, merge, mesh, moved

RED, BLUE = Material("red", (1, 0, 0)), Material("blue", (0, 0, 1))


def ring(sides: int, crease: float):
    angle = np.arange(sides) / sides * 2 * np.pi
    circle = np.stack([np.cos(angle), np.sin(angle)], 1)
    vertices = np.concatenate([np.column_stack([circle, np.full(sides, z)]) for z in (0.0, 1.0)])
    low, following = np.arange(sides), (np.arange(sides) + 1) % sides
    triangles = np.concatenate(
        [
            np.stack([low, following, following + sides], 1),
            np.stack([low, following + sides, low + sides], 1),
        ]
    )
    return vertices, triangles, corner_normals(vertices, triangles, crease)


def test_a_fine_cylinder_is_smooth():
    vertices, triangles, normals = ring(48, 0.6)
    radial = vertices[triangles] * [1, 1, 0]
    np.testing.assert_allclose(normals, radial, atol=0.01)


def test_a_crease_keeps_faces_flat():
    _, _, normals = ring(4, 0.6)
    np.testing.assert_allclose(normals[:, 0], normals[:, 1])


def test_merge_keeps_every_triangle_with_its_material_and_class():
    one = mesh([[0, 0, 0], [1, 0, 0], [0, 1, 0]], [[0, 1, 2]], RED, "road")
    two = mesh([[0, 0, 1], [1, 0, 1], [0, 1, 1]], [[0, 1, 2]], BLUE, "pole")
    both = merge([one, two, one])
    assert [both.materials[i].name for i in both.material] == ["red", "blue", "red"]
    assert [both.classes[i] for i in both.part] == ["road", "pole", "road"]
    np.testing.assert_array_equal(both.vertices[both.triangles[1]], two.vertices)


def test_merge_of_nothing_is_refused():
    with pytest.raises(ValueError, match="nothing to merge"):
        merge([])


def test_moving_turns_normals_with_the_faces():
    flat = mesh([[0, 0, 0], [0, 1, 0], [0, 0, 1]], [[0, 1, 2]], RED, "car")
    turned = moved(flat, pose(np.array([5.0, 0, 0]), yaw_quaternion(np.pi / 2)))
    np.testing.assert_allclose(turned.normals[0], np.tile([0, 1, 0], (3, 1)), atol=1e-12)


def test_a_material_outside_the_unit_range_is_refused():
    with pytest.raises(ValueError, match=r"roughness must be in \[0, 1\], got 1.5"):
        Material("bad", (1, 1, 1), roughness=1.5)


def test_srgb_grey_is_linear():
    assert srgb(255, 0, 0) == (1.0, 0.0, 0.0)
    assert abs(srgb(188, 188, 188)[0] - 0.5029) < 1e-3
