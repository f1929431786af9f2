import numpy as np
import pytest

from synthgen.build.season import SEASONS, draw_season, in_season
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
