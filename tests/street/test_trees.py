import numpy as np
import pytest

from synthgen.branching import TWIGS
from synthgen.build.season import SEASONS
from synthgen.rng import stream
from synthgen.street.trees import SPECIES, tree


def crown_of(mesh):
    return mesh.triangles[mesh.part == mesh.classes.index("vegetation")]


@pytest.mark.parametrize("species", SPECIES, ids=lambda s: s.name)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_trees_have_a_bare_trunk_under_a_crown_as_wide_as_their_species(species, seed):
    mesh = tree(species, stream(seed, "tree"))
    crown = mesh.vertices[np.unique(crown_of(mesh))]
    height = mesh.vertices[:, 2].max()
    assert species.height[0] * 0.85 < height < species.height[1] * 1.15
    assert crown[:, 2].min() > 0.4 * species.clear * height
    half = height * (1 - species.clear) / 2
    width = np.ptp(crown[:, :2], axis=0).mean() / 2
    assert 0.55 < width / (species.crown * half) < 1.7


@pytest.mark.parametrize("species", SPECIES, ids=lambda s: s.name)
def test_a_tree_is_sound_and_light_enough_to_stand_in_hundreds(species):
    mesh = tree(species, stream(5, "tree"))
    a, b, c = (mesh.vertices[mesh.triangles[:, i]] for i in range(3))
    normal = np.cross(b - a, c - a)
    assert 600 < len(mesh.triangles) < 2500
    assert np.isfinite(mesh.normals).all()
    assert np.linalg.norm(normal, axis=1).min() > 1e-9


@pytest.mark.parametrize("species", SPECIES, ids=lambda s: s.name)
def test_leaves_look_out_of_the_crown(species):
    mesh = tree(species, stream(6, "tree"))
    faces = crown_of(mesh)
    a, b, c = (mesh.vertices[faces[:, i]] for i in range(3))
    middle = mesh.vertices[np.unique(faces)].mean(axis=0)
    outward = np.einsum("ti,ti->t", np.cross(b - a, c - a), (a + b + c) / 3 - middle) > 0
    assert outward.mean() > 0.7


LIME = next(one for one in SPECIES if one.name == "lime")
CYPRESS = next(one for one in SPECIES if one.name == "cypress")


def tufts_of(mesh):
    leaf = [n for n, one in enumerate(mesh.materials) if "leaves" in one.name]
    return int(np.isin(mesh.material, leaf).sum())


@pytest.mark.parametrize("name", SEASONS)
def test_as_many_leaves_are_left_as_the_season_says(name):
    left = SEASONS[name][1].street
    whole, some = (tree(LIME, stream(0, "tree"), share) for share in (1.0, left))
    cores = 220 if left > 0.5 else 0
    expected = left * LIME.tufts + cores
    assert tufts_of(whole) == LIME.tufts + 220
    assert tufts_of(some) == pytest.approx(expected, rel=0.05)


def test_a_bare_tree_has_one_point_of_a_twig_for_each_spray_of_leaves_and_no_stray_wood():
    mesh = tree(LIME, stream(0, "tree"), 0.0)
    wood = mesh.triangles[mesh.material == mesh.materials.index(TWIGS)]
    corners = mesh.vertices[wood]
    base = np.linalg.norm(corners[:, 0] - corners[:, 1], axis=1)
    thinnest = np.isclose(base, base.min())
    assert thinnest.sum() == LIME.tufts
    foot = corners[base > 0.9 * base.max()].reshape(-1, 3)
    assert np.hypot(foot[:, 0], foot[:, 1]).min() < 0.5
    assert {mesh.classes[part] for part in mesh.part} == {"tree", "vegetation"}


def test_what_falls_changes_no_later_draw_and_evergreens_keep_their_needles():
    one, other = stream(0, "tree"), stream(0, "tree")
    tree(LIME, one, 0.0), tree(LIME, other)
    assert one.random() == other.random()
    whole, winter = tree(CYPRESS, stream(1, "t")), tree(CYPRESS, stream(1, "t"), 0.0)
    np.testing.assert_array_equal(whole.vertices, winter.vertices)
