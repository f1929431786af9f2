"""Sound assets: what becomes of their geometry, materials and lamps."""

from itertools import product

import numpy as np
import pytest
import trimesh
from trimesh.transformations import rotation_matrix, translation_matrix

from synthgen.assets.imported.designs import designs, digest
from synthgen.assets.imported.facing import look, outward, seen
from synthgen.assets.imported.images import encoded, linear, quantised, sampled, weights
from synthgen.assets.imported.manifest import AXES, Asset
from synthgen.assets.imported.reading import Piece
from synthgen.assets.imported.refining import MOST, quartered
from synthgen.assets.imported.shape import Shape, axes
from synthgen.config import read
from synthgen.materials import srgb
from synthgen.running_gear import turned


def asset(**changes):
    given = {
        "name": "crate", "file": "crate.glb", "kind": "car", "length": 4.2, "width": 1.8,
        "height": 1.5, "forward": "+x", "up": "+z",
    }  # fmt: skip
    return Asset(**{**given, **changes})


def made(workshop, **changes):
    """Return the design of the crate in the workshop."""
    return designs(workshop.folder, [asset(**changes)])[0]


def volume(mesh):
    """Return the signed volume [m3]: positive when faces look outwards."""
    a, b, c = (mesh.vertices[mesh.triangles[:, k]] for k in range(3))
    return np.einsum("ij,ij->", a, np.cross(b, c)) / 6


# Geometry ---------------------------------------------------------------------------------------


ALL_AXES = [(f, u) for f, u in product(AXES, AXES) if f[1] != u[1]]


@pytest.mark.parametrize(("forward", "up"), ALL_AXES)
def test_axes_are_a_rotation_that_takes_forward_to_x_and_up_to_z(forward, up):
    turn = axes(forward, up)
    np.testing.assert_allclose(turn @ turn.T, np.eye(3))
    assert np.linalg.det(turn) == pytest.approx(1)
    vector = {f"{s}{a}": sign * np.eye(3)[i] for i, a in enumerate("xyz")
              for s, sign in (("+", 1.0), ("-", -1.0))}  # fmt: skip
    np.testing.assert_array_equal(turn @ vector[forward], [1, 0, 0])
    np.testing.assert_array_equal(turn @ vector[up], [0, 0, 1])


@pytest.mark.parametrize(("forward", "up"), [("+z", "+y"), ("-x", "+z"), ("+y", "-x")])
def test_whatever_the_axes_the_body_stands_on_the_ground_and_looks_ahead(workshop, forward, up):
    """A crate with a nose: in the file it lies along other axes, in another place."""
    crate = workshop.box()
    nose = workshop.box((0.2, 0.2, 0.2), (2.0, 0.5, 0.3), workshop.paint("nose"))
    model = workshop.scene(crate=crate, nose=nose)
    model.apply_transform(translation_matrix([3, -2, 7]))
    turn = np.eye(4)
    turn[:3, :3] = axes(forward, up).T
    model.apply_transform(turn)
    workshop.glb(model)
    design = made(workshop, forward=forward, up=up)
    (body,) = design.bodies
    np.testing.assert_allclose(body.extent.size, workshop.size, atol=1e-5)
    np.testing.assert_allclose(body.extent.center, [0, 0, 0.75], atol=1e-5)
    names = [material.name for material in body.mesh.materials]
    own = body.mesh.triangles[body.mesh.material == names.index("nose")]
    middle = body.mesh.vertices[own].reshape(-1, 3)
    np.testing.assert_allclose(
        (middle.min(axis=0) + middle.max(axis=0)) / 2, [2.0, 0.5, 1.05], atol=1e-5
    )
    assert volume(body.mesh) == pytest.approx(np.prod(workshop.size) + 0.2**3, rel=1e-4)


def test_labels_follow_the_mesh_and_not_what_is_declared(workshop):
    workshop.glb()
    design = made(workshop, length=4.25, width=1.77)
    np.testing.assert_allclose(design.bodies[0].extent.size, workshop.size, atol=1e-5)
    assert (design.user.length, design.user.width) == design.bodies[0].extent.size[:2]


def test_transforms_of_nested_nodes_are_applied(workshop):
    """Half a crate, doubled by a scaled and turned parent."""
    half = workshop.box((0.9, 2.1, 0.75))
    model = trimesh.Scene()
    parent = rotation_matrix(np.pi / 2, [0, 0, 1]) @ np.diag([2.0, 2, 2, 1])
    model.graph.update("parent", matrix=parent)
    child = translation_matrix([5, 1, 1])
    model.add_geometry(half, node_name="h", parent_node_name="parent", transform=child)
    workshop.glb(model)
    design = made(workshop)
    np.testing.assert_allclose(design.bodies[0].extent.size, workshop.size, atol=1e-5)


def test_a_mirroring_node_leaves_faces_outwards(workshop):
    model = trimesh.Scene()
    crate = workshop.box()
    model.add_geometry(crate, transform=np.diag([1.0, -1, 1, 1]))
    workshop.glb(model)
    design = made(workshop)
    assert volume(design.bodies[0].mesh) > 0
    assert "turned" not in design.credit


def test_one_unit_is_scale_metres(workshop):
    workshop.glb(workshop.scene(crate=workshop.box((4200, 1800, 1500))))
    np.testing.assert_allclose(
        made(workshop, scale=0.001).bodies[0].extent.size, workshop.size, atol=1e-4
    )


def test_mirrors_are_drawn_but_do_not_count(workshop):
    mirror = workshop.box((0.1, 2.2, 0.1), (0.8, 0, 0.2), workshop.paint("mirror"))
    workshop.glb(workshop.scene(crate=workshop.box(), mirror=mirror))
    (body,) = made(workshop, mirrors=("mirror",)).bodies
    assert body.extent.size[1] == pytest.approx(1.8, abs=1e-5)
    assert np.ptp(body.mesh.vertices[:, 1]) == pytest.approx(2.2, abs=1e-5)
    with pytest.raises(ValueError, match=r"measures 4\.2 x 2\.2 x 1\.5 m"):
        made(workshop)


def test_a_rider_is_a_body_of_its_own(workshop):
    bike = workshop.box((1.8, 0.5, 1.1))
    rider = workshop.box((0.5, 0.45, 0.9), (0, 0, 0.8), workshop.paint("jacket"))
    workshop.glb(workshop.scene(bike=bike, rider=rider))
    ridden, person = made(
        workshop, kind="bicycle", length=1.8, width=0.5, height=1.1, rider=("rider",)
    ).bodies
    assert (ridden.kind, person.kind, person.rides) == ("bicycle", "rider", "bicycle")
    np.testing.assert_allclose(ridden.extent.size, [1.8, 0.5, 1.1], atol=1e-5)
    np.testing.assert_allclose(person.extent.center, [0, 0, 1.35], atol=1e-5)
    assert person.mesh.classes == ("rider",)


def test_wheels_are_apart_and_the_foremost_steer(workshop):
    """Tyre and rim of a wheel overlap; the rim touches the body's own vertices nowhere."""
    model = workshop.scene(crate=workshop.box((4.2, 1.8, 1.3), (0, 0, 0.1)))
    places = [(x, y) for x in (1.3, -1.2) for y in (0.75, -0.75)]
    for x, y in places:
        for radius, name in ((0.3, "tyre"), (0.2, "rim")):
            part = trimesh.creation.cylinder(radius=radius, height=0.5 - radius)
            part.apply_transform(rotation_matrix(np.pi / 2, [1, 0, 0]))
            part.apply_translation([x, y, -0.45])
            part.visual = trimesh.visual.TextureVisuals(material=workshop.paint(name))
            model.add_geometry(part)
    workshop.glb(model)
    (body,) = made(workshop, wheels=("tyre", "rim")).bodies
    found = sorted(body.wheels, key=lambda wheel: wheel.hub)
    np.testing.assert_allclose([w.hub[:2] for w in found], sorted(places), atol=1e-5)
    np.testing.assert_allclose([[w.hub[2], w.radius] for w in found], 0.3, atol=1e-5)
    assert [wheel.steered for wheel in found] == [False, False, True, True]
    owners = np.zeros(len(body.mesh.vertices), int)
    for wheel in body.wheels:
        own = body.mesh.triangles[slice(*wheel.triangles)]
        assert set(own.ravel()) == set(range(*wheel.vertices))
        owners[slice(*wheel.vertices)] += 1
    names = [body.mesh.materials[m].name for m in body.mesh.material]
    still = np.array([name == "paint" for name in names])
    assert owners.max() == 1
    assert owners[body.mesh.triangles[still]].max() == 0
    spun = turned(body, (np.full(4, 0.7), 0.2, np.zeros(3)))
    np.testing.assert_allclose(spun.vertices[owners == 0], body.mesh.vertices[owners == 0])
    low = spun.vertices[owners == 1][:, 2].min()
    assert -0.001 < low < 0.01


# Which way faces look ---------------------------------------------------------------------------


def shell(mesh):
    count = len(mesh.faces)
    zero = np.zeros(count, int)
    return Shape(np.array(mesh.vertices), np.array(mesh.faces), zero, np.arange(count))


@pytest.mark.parametrize("azimuth", [0.0, 0.3, 2.0])
def test_rays_from_afar_meet_the_front_of_a_ball_and_the_back_of_one_inside_out(azimuth):
    ball = shell(trimesh.creation.icosphere(subdivisions=3))
    hit, faces = look(ball.vertices, ball.triangles, azimuth, 0.2)
    assert faces.all()
    toward = [np.cos(azimuth) * np.cos(0.2), np.sin(azimuth) * np.cos(0.2), np.sin(0.2)]
    assert (ball.corners[hit].mean(axis=1) @ toward > -0.1).all()
    np.testing.assert_allclose(len(hit) / 128**2, np.pi / 4, atol=0.01)
    _, faces = look(ball.vertices, ball.triangles[:, ::-1], azimuth, 0.2)
    assert not faces.any()


def test_a_mesh_inside_out_is_turned_and_counted(workshop):
    crate = workshop.box()
    crate.invert()
    workshop.glb(workshop.scene(crate=crate))
    design = made(workshop)
    assert volume(design.bodies[0].mesh) == pytest.approx(np.prod(workshop.size), rel=1e-5)
    assert design.credit.endswith("12 of 12 triangles turned to face outwards")


def test_mixed_windings_end_as_the_ones_that_are_right():
    ball = shell(trimesh.creation.icosphere(subdivisions=3))
    wrong = np.random.default_rng(0).random(len(ball.triangles)) < 0.4
    mixed = np.where(wrong[:, None], ball.triangles[:, ::-1], ball.triangles)
    mended, turned = outward(Shape(ball.vertices, mixed, ball.piece, ball.origin))
    front, back = seen(ball.vertices, mixed)
    shown = front + back > 0
    assert shown.mean() > 0.8
    np.testing.assert_array_equal(mended.triangles[shown], ball.triangles[shown])
    assert turned >= wrong[shown].sum()


def test_nobody_looks_from_below(workshop):
    crate = workshop.box()
    crate.update_faces(crate.face_normals[:, 2] > -0.5)
    workshop.glb(workshop.scene(crate=crate))
    assert len(made(workshop).bodies[0].mesh.triangles) == 10


# Materials --------------------------------------------------------------------------------------


def test_materials_are_the_files_with_the_manifests_changes(workshop):
    glass = workshop.paint(
        "glass", (0.1, 0.2, 0.3), baseColorFactor=[0.1, 0.2, 0.3, 0.4], alphaMode="BLEND",
        metallicFactor=0.25, roughnessFactor=0.125,
    )  # fmt: skip
    pane = workshop.box((0.1, 1, 0.3), (2.04, 0, 0.3), glass)
    workshop.glb(workshop.scene(crate=workshop.box(), pane=pane))
    folder = workshop.manifest(
        materials={"paint": {"reflectance": 0.6, "clearcoat": 1.0, "color": [0.0, 0.5, 0.0]}}
    )
    changes = read([f"assets={folder}"]).assets[0].materials
    found = {m.name: m for m in made(workshop, materials=changes).bodies[0].mesh.materials}
    np.testing.assert_allclose(found["glass"].color, [0.1, 0.2, 0.3], atol=0.003)
    assert found["glass"].transmission == pytest.approx(0.6, abs=0.003)
    assert (found["glass"].metallic, found["glass"].roughness) == (0.25, 0.125)
    assert found["paint"].color == (0.0, 0.5, 0.0)
    assert (found["paint"].reflectance, found["paint"].clearcoat) == (0.6, 1.0)


def test_a_texture_colours_each_triangle_with_its_mean(workshop):
    """Left half red, right half blue: faces take the colour of the half they show."""
    picture = workshop.image((64, 64), (200, 0, 0))
    picture.paste((0, 0, 100), (32, 0, 64, 64))
    crate = workshop.box()
    crate.unmerge_vertices()
    left = np.repeat(crate.triangles_center[:, 0] < 1, 3)
    uv = np.column_stack([np.where(left, 0.25, 0.75), np.full(len(left), 0.5)])
    crate.visual = trimesh.visual.TextureVisuals(
        uv=uv, material=workshop.paint("paint", (1, 1, 1), baseColorTexture=picture)
    )
    workshop.glb(workshop.scene(crate=crate))
    mesh = made(workshop).bodies[0].mesh
    ahead = mesh.vertices[mesh.triangles].mean(axis=1)[:, 0] > 1
    assert len(mesh.materials) == 2
    for which, code in ((ahead, (0, 0, 100)), (~ahead, (200, 0, 0))):
        own = {mesh.materials[number] for number in mesh.material[which]}
        np.testing.assert_allclose([m.color for m in own], [srgb(*code)], atol=1e-4)


def test_coarse_triangles_are_cut_until_their_texture_shows(workshop):
    """A flank of two triangles, red up to 19 / 64 of its height and white above."""
    picture = workshop.image((64, 64), (255, 255, 255))
    picture.paste((255, 0, 0), (0, 45, 64, 64))
    crate = workshop.box()
    crate.unmerge_vertices()
    half = np.array(workshop.size) / 2
    uv = (crate.vertices / half / 2 + 0.5)[:, [0, 2]]
    uv[np.repeat(np.abs(crate.face_normals[:, 1]) < 0.5, 3)] = 0.5, 0.9
    crate.visual = trimesh.visual.TextureVisuals(
        uv=uv, material=workshop.paint("paint", (1, 1, 1), baseColorTexture=picture)
    )
    workshop.glb(workshop.scene(crate=crate))
    mesh = made(workshop).bodies[0].mesh
    corners = mesh.vertices[mesh.triangles]
    size = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]),
                          axis=1) / 2  # fmt: skip
    green = np.array([material.color[1] for material in mesh.materials])[mesh.material]
    flank = np.abs(corners[..., 1].mean(axis=1)) > half[1] - 1e-4
    assert 500 < len(mesh.triangles) <= MOST
    np.testing.assert_allclose(size[flank].sum(), 2 * 4.2 * 1.5, rtol=1e-5)
    np.testing.assert_allclose(
        size[flank] @ (1 - green[flank]) / size[flank].sum(), 19 / 64, atol=0.01
    )
    middle, line = corners[..., 2].mean(axis=1), 19 / 64 * 1.5
    assert green[flank & (middle < line - 0.06)].max() < 0.05
    assert green[flank & (middle > line + 0.06)].min() > 0.95
    assert volume(mesh) == pytest.approx(np.prod(workshop.size), rel=1e-5)


def test_cutting_in_four_shares_the_middles_of_edges():
    ball = trimesh.creation.icosphere(subdivisions=1)
    piece = Piece(frozenset(), np.array(ball.vertices), np.array(ball.faces), None)
    once = quartered(piece, np.ones(len(piece.triangles), bool))
    cut = quartered(once, np.ones(len(once.triangles), bool))
    assert len(cut.triangles) == 16 * len(ball.faces)
    keys = np.unique(np.round(cut.vertices[np.unique(cut.triangles)], 9), axis=0)
    assert len(keys) - 3 * len(cut.triangles) / 2 + len(cut.triangles) == 2  # Euler


def test_a_texture_is_averaged_in_linear_light(workshop):
    picture = workshop.image((2, 1), (0, 0, 0))
    picture.putpixel((1, 0), (255, 255, 255))
    uv = np.array([[[0, 0], [1, 0], [1, 1]], [[0, 0], [1, 1], [0, 1]]], float)
    mean = sampled(picture, uv).mean(axis=0)
    np.testing.assert_allclose(mean, 0.5, atol=0.05)


def test_sample_points_lie_inside_and_around_the_middle():
    spread = weights()
    assert (spread > 0).all()
    np.testing.assert_allclose(spread.sum(axis=1), 1)
    np.testing.assert_allclose(spread.mean(axis=0), 1 / 3)


def test_srgb_codes_and_linear_light_are_inverse():
    values = np.linspace(0, 1, 101)
    np.testing.assert_allclose(encoded(linear(values)), values, atol=1e-9)
    np.testing.assert_allclose(linear(np.array([200 / 255])), srgb(200, 0, 0)[0])


def test_few_colours_keep_the_mean_and_are_near_their_members():
    rng = np.random.default_rng(3)
    colors, area = rng.random((4000, 3)), rng.random(4000)
    palette, index = quantised(colors, area, 32)
    assert len(palette) == 32
    np.testing.assert_allclose(area @ palette[index], area @ colors)
    worst = np.abs(encoded(palette[index]) - encoded(colors)).mean()
    assert worst < 0.11


def test_three_colours_stay_three():
    colors = np.array([[0.1, 0.1, 0.1], [0.9, 0.1, 0.1], [0.1, 0.1, 0.9]])[[0, 1, 2, 1, 0]]
    palette, index = quantised(colors, np.ones(5), 32)
    assert len(palette) == 3
    np.testing.assert_allclose(palette[index], colors)


def test_an_obj_file_is_the_same_body_as_the_glb(workshop):
    crate = workshop.box()
    text, files = trimesh.exchange.obj.export_obj(crate, return_texture=True, mtl_name="m.mtl")
    workshop.put("crate.obj", text)
    for name, data in files.items():
        workshop.put(name, data)
    workshop.glb(workshop.scene(crate=crate))
    one, two = made(workshop), made(workshop, file="crate.obj")
    np.testing.assert_allclose(one.bodies[0].extent.size, two.bodies[0].extent.size, atol=1e-6)
    first, second = (design.bodies[0].mesh for design in (one, two))
    assert volume(first) == pytest.approx(volume(second))
    np.testing.assert_allclose(second.materials[0].color, (0.8, 0.1, 0.1), atol=0.003)


# Lamps ------------------------------------------------------------------------------------------


def test_the_digest_is_that_of_the_content(workshop):
    workshop.glb()
    before = digest([made(workshop)])
    assert digest([made(workshop)]) == before
    workshop.glb(workshop.scene(crate=workshop.box(material=workshop.paint("paint", (0, 0, 1)))))
    assert digest([made(workshop)]) != before
