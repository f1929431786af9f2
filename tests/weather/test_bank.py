import numpy as np
import pytest

from synthgen.density import clouds, extinction_at, layer_density
from synthgen.hanging import Bank
from synthgen.rng import stream
from synthgen.weather.bank import FOG, layer, patch_puffs, patches

LOW, HIGH = np.array([0.0, 0.0]), np.array([3000.0, 3000.0])
EVEN = np.zeros((0, 4))


def bank(share, **more):
    return Bank(**{"share": share, "visibility": 50.0, "height": 4.0, "length": 80.0, **more})


@pytest.mark.parametrize("share", [0.2, 0.6])
def test_patches_cover_the_share_of_the_ground_that_is_asked_for(share):
    middle, heading, length = patches(bank(share), LOW, HIGH, stream(0, "bank"))
    spots = stream(1, "spots").uniform(400, 2600, (4000, 2))
    gap = spots[:, None] - middle
    along = gap[..., 0] * np.cos(heading) + gap[..., 1] * np.sin(heading)
    aside = gap[..., 1] * np.cos(heading) - gap[..., 0] * np.sin(heading)
    covered = ((along / (length / 2)) ** 2 + (aside / (length / 4)) ** 2 < 1).any(axis=1)
    np.testing.assert_allclose(covered.mean(), share, atol=0.04)


def test_a_patch_is_as_dense_as_asked_in_the_middle_and_half_at_its_ends_and_height():
    one = bank(0.5)
    rows = patch_puffs(one, np.array([[10.0, 20.0, 0.0]]), np.array([0.0]), np.array([80.0]))
    fog = clouds([(FOG, rows, EVEN.copy())])
    full = -np.log(0.05) / 50.0
    places = [(10, 20, 0), (50, 20, 0), (10, 40, 0), (10, 20, 4)]
    found = [extinction_at(fog, np.array(place, float)) for place in places]
    np.testing.assert_allclose(found, full * np.array([1.0, 0.5, 0.5, 0.5]), rtol=1e-9)


def test_the_whole_ground_is_a_layer_half_as_dense_at_its_height():
    one = bank(1.0)
    assert len(patches(one, LOW, HIGH, stream(0, "bank"))[0]) == 0
    row = layer(one, 100.0)[0]
    full = -np.log(0.05) / 50.0
    np.testing.assert_allclose(layer_density(row, 104.0), full / 2)
    np.testing.assert_allclose(layer_density(row, 100.0), full, rtol=0.01)
    assert layer_density(row, 112.0) < 1e-3 * full


def test_no_share_is_no_fog():
    assert len(layer(bank(0.0), 0.0)) == 0
    assert len(patches(bank(0.0), LOW, HIGH, stream(0, "bank"))[0]) == 0
