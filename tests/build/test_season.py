import numpy as np
import pytest

from synthgen.build.season import SEASONS, draw_season, in_season
from synthgen.place.facets import mesh_of
from synthgen.place.palette import evergreen, foliage
from synthgen.place.vegetation import blobs, conifers
from synthgen.rng import stream
from synthgen.street.trees import SPECIES, tree
from synthgen.world import Body

LIME = next(one for one in SPECIES if one.name == "lime")
CYPRESS = next(one for one in SPECIES if one.name == "cypress")


def grown(species):
    return Body("tree/0", "tree", "", tree(species, stream(0, "tree")))


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


@pytest.mark.parametrize("name", ["autumn", "winter"])
def test_needles_and_hedges_stay_green_while_bushes_turn(name):
    feet, middle = np.array([[0.0, 0, 0]]), np.array([[9.0, 0, 1.0]])
    spruce = conifers(feet, np.array([12.0]), stream(0, "spruce"))
    shrub, bush = (
        blobs(middle, np.ones((1, 3)), leaf(58, 84, 38), stream(0, "bush"))
        for leaf in (evergreen, foliage)
    )
    before = Body("garden/tree", "tree", "garden", mesh_of([*spruce, shrub, bush], "tree"))
    (after,) = in_season((before,), SEASONS[name][1], stream(0, "year"))
    pairs = zip(before.mesh.materials, after.mesh.materials, strict=True)
    assert [one for one, other in pairs if one != other] == [bush.material]
