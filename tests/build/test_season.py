import numpy as np
import pytest

from synthgen.build.season import BOUGH, FORK, SEASONS, TWIG, draw_season, in_season
from synthgen.rng import stream
from synthgen.street.trees import SPECIES, tree
from synthgen.world import Body

LIME = next(one for one in SPECIES if one.name == "lime")
CYPRESS = next(one for one in SPECIES if one.name == "cypress")


def leaves(body):
    return sum("leaves" in body.mesh.materials[m].name for m in body.mesh.material)


def leaf_of(body):
    return next(n for n, one in enumerate(body.mesh.materials) if "leaves" in one.name)


def grown(species):
    return Body("tree/0", "tree", "", tree(species, stream(0, "tree")))


@pytest.mark.parametrize("name", SEASONS)
def test_as_many_leaves_are_left_as_the_season_says_and_all_of_the_wood(name):
    before, season = grown(LIME), SEASONS[name][1]
    (after,) = in_season((before,), season, stream(0, "year"))
    assert leaves(after) == pytest.approx(season.street * leaves(before), rel=0.15)
    assert len(after.mesh.triangles) == len(before.mesh.triangles)


def test_where_leaves_have_fallen_thin_twigs_are_left_along_their_edges():
    before = grown(LIME)
    (after,) = in_season((before,), SEASONS["winter"][1], stream(0, "year"))
    bare = np.flatnonzero(after.mesh.material == len(before.mesh.materials))
    assert len(bare) == leaves(before) - leaves(after) > 100
    bare = bare[np.arange(len(bare)) % FORK > 0]
    was = before.mesh.vertices[before.mesh.triangles[bare]]
    now = after.mesh.vertices[after.mesh.triangles[bare]]
    still = np.isclose(was, now).all(axis=2)
    assert (still.sum(axis=1) >= 2).all()
    longest = np.linalg.norm(was - np.roll(was, -1, axis=1), axis=2).max(axis=1)
    normal = np.cross(now[:, 1] - now[:, 0], now[:, 2] - now[:, 0])
    np.testing.assert_allclose(np.linalg.norm(normal, axis=1), TWIG * longest, rtol=1e-6)
    facing = np.cross(was[:, 1] - was[:, 0], was[:, 2] - was[:, 0])
    assert ((normal * facing).sum(axis=1) > 0).all()
    rest = before.mesh.material == after.mesh.material
    np.testing.assert_array_equal(after.mesh.triangles[rest], before.mesh.triangles[rest])


def test_bare_boughs_lead_from_the_wood_to_where_leaves_hung():
    before = grown(LIME)
    (after,) = in_season((before,), SEASONS["winter"][1], stream(0, "year"))
    bare = np.flatnonzero(after.mesh.material == len(before.mesh.materials))[::FORK]
    now = after.mesh.vertices[after.mesh.triangles[bare]]
    wood = before.mesh.vertices[before.mesh.triangles[before.mesh.material != leaf_of(before)]]
    sprays = before.mesh.vertices[before.mesh.triangles[bare]]
    middles = [(now[:, a] + now[:, b]) / 2 for a, b in ((0, 1), (1, 2), (0, 2))]
    gaps = np.min([np.linalg.norm(wood.reshape(-1, 3)[:, None] - m, axis=2).min(axis=0)
                   for m in middles], axis=0)  # fmt: skip
    tips = np.linalg.norm(now[:, :, None] - sprays[:, None], axis=3).min(axis=(1, 2))
    sides = np.linalg.norm(now - np.roll(now, -1, axis=1), axis=2)
    assert gaps.max() < 1e-9
    assert tips.max() < 1e-9
    np.testing.assert_allclose(np.abs(sides - BOUGH).min(axis=1), 0, atol=1e-9)


@pytest.mark.parametrize("name", ["autumn", "winter"])
def test_an_evergreen_stays_as_it_is(name):
    before = grown(CYPRESS)
    assert in_season((before,), SEASONS[name][1], stream(0, "year")) == (before,)


def test_leaves_turn_from_green_in_autumn():
    before = grown(LIME)
    (after,) = in_season((before,), SEASONS["autumn"][1], stream(0, "year"))
    for one, other in zip(before.mesh.materials, after.mesh.materials, strict=False):
        if "leaves" in one.name:
            assert one.color[1] > one.color[0]
            assert other.color[0] > other.color[1]


def test_seasons_come_by_their_weights():
    rng = stream(0, "years")
    drawn = [draw_season(rng).name for _ in range(2000)]
    total = sum(weight for weight, _ in SEASONS.values())
    for name, (weight, _) in SEASONS.items():
        assert np.mean([one == name for one in drawn]) == pytest.approx(weight / total, abs=0.04)
