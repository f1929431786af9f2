import numpy as np
import pytest

from synthgen.materials import Material
from synthgen.rng import stream
from synthgen.street.lamps import street_lamp
from synthgen.street.parts import block, lathe, plate, tube
from synthgen.street.signals import CANDELA, signal_head
from synthgen.street.signs import FACES, sign
from synthgen.street.small import bench_mesh, bin_mesh, cone, hydrant_mesh, mail_box_mesh
from synthgen.street.trees import SPECIES, tree

GREY = Material("grey", (0.5, 0.5, 0.5))


def volume(mesh):
    a, b, c = (mesh.vertices[mesh.triangles[:, i]] for i in range(3))
    return np.einsum("ni,ni->", a, np.cross(b, c)) / 6


def areas(mesh):
    a, b, c = (mesh.vertices[mesh.triangles[:, i]] for i in range(3))
    return np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2


def test_a_straight_tube_has_the_volume_of_a_prism():
    sides = 16
    area = sides / 2 * 0.2**2 * np.sin(2 * np.pi / sides)
    for line in ([(0, 0, 0), (0, 0, 3)], [(0, 0, 0), (3, 0, 0)], [(1, 2, 3), (1, 5, 3)]):
        assert abs(volume(tube(line, 0.2, GREY, "pole", sides)) - 3 * area) < 1e-9


def test_a_lathed_cylinder_has_the_volume_of_a_prism():
    mesh = lathe([(0.5, 0), (0.5, 2)], GREY, "pole", 12)
    assert abs(volume(mesh) - 2 * 12 / 2 * 0.25 * np.sin(np.pi / 6)) < 1e-9


def test_a_block_has_its_volume_and_looks_outward():
    assert abs(volume(block((0, 0, 0), (1, 2, 3), GREY, "pole")) - 6) < 1e-12


def test_a_plate_is_read_from_left_to_right_by_someone_in_front_of_it():
    outline = np.array([[-1.0, -0.5], [1, -0.5], [1, 0.5], [-1, 0.5]])
    front = plate(outline, 0.02, GREY, GREY, "traffic_sign")[0]
    assert (front.normals[..., 0] > 0.99).all()
    corners = front.vertices[front.triangles]
    ahead, up = np.array([-1.0, 0, 0]), np.array([0, 0, 1.0])
    np.testing.assert_allclose(front.uv[..., 0], corners @ np.cross(ahead, up) / 2 + 0.5)
    np.testing.assert_allclose(front.uv[..., 1], corners @ up + 0.5)


@pytest.mark.parametrize("face", FACES)
def test_every_sign_bounds_its_plate(face):
    body = sign("s", face)
    size = np.ptp(body.mesh.vertices, axis=0)
    np.testing.assert_allclose(size, body.extent.size)


def test_an_unknown_face_is_refused():
    with pytest.raises(ValueError, match="sign face must be one of plain, stop"):
        sign("s", "halt")


def test_signal_lenses_shine_with_their_candela():
    body = signal_head("head", "black")
    for number, circuit in enumerate(body.circuits):
        lens = areas(body.mesh)[body.mesh.circuit == number].sum()
        assert abs(circuit.luminance * lens / CANDELA[circuit.name] - 1) < 0.03
    red, green = (body.mesh.vertices[body.mesh.triangles[body.mesh.circuit == k]] for k in (0, 2))
    assert red[..., 2].min() > green[..., 2].max()


def test_a_lamp_hangs_above_what_it_lights():
    body = street_lamp("lamp", 8.0, 1.9, 8000.0, stream(0, "lamp"))
    (lamp,) = body.lamps
    assert lamp.direction == (0.0, 0.0, -1.0)
    assert abs(lamp.position[2] - 7.95) < 1e-9
    assert 1800 <= lamp.intensity <= 2200


@pytest.mark.parametrize("species", SPECIES, ids=lambda s: s.name)
def test_a_tree_is_the_same_from_the_same_stream_and_stands_on_the_ground(species):
    one, two = (tree(species, stream(3, species.name)) for _ in range(2))
    np.testing.assert_array_equal(one.vertices, two.vertices)
    assert -0.1 < one.vertices[:, 2].min() < 0.02
    assert one.vertices[:, 2].max() < species.height[1] * 1.15
    assert set(one.classes) == {"tree", "vegetation"}


@pytest.mark.parametrize("make", [bin_mesh, bench_mesh, hydrant_mesh, mail_box_mesh])
def test_small_things_are_closed_enough_and_have_no_empty_faces(make):
    mesh = make()
    assert areas(mesh).min() > 1e-9
    assert volume(mesh) > 0
    assert np.isfinite(mesh.normals).all()


def test_a_cone_is_three_quarters_of_a_metre_high():
    assert abs(cone("c").extent.size[2] - 0.75) < 1e-9
