import numpy as np
import pytest

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
