import numpy as np
import pytest

from synthgen.build.spots import GAP, spots
from synthgen.network import Lane, Network


def lane(name, index, kind, y, width, back=False):
    shape = np.array([[0.0, y, 0.0], [100.0, y, 0.0]])
    ends = ("b", "a") if back else ("a", "b")
    return Lane(name, name.rpartition("_")[0], index, kind, shape[::-1] if back else shape, width,
                13.9, "residential", *ends, "none")  # fmt: skip


LANES = (
    lane("e_0", 0, "walk", -3.1, 3.0),
    lane("e_1", 1, "drive", 0.0, 3.2),
    lane("r_0", 0, "drive", 3.2, 3.2, back=True),
)


def network() -> Network:
    none = np.zeros((0, 2))
    return Network("n", "suburb", LANES, (), (), (), (), (), (), none, np.zeros(2), np.ones(2))


def cars(*middles):
    return np.array([(x, -2.9, 0.0, 4.4, 1.8) for x in middles])


NOTHING = np.zeros((0, 5))


def hidden(found):
    return [spot for spot in found if spot.hidden]


def test_a_child_hides_in_the_middle_of_the_gap_between_two_parked_cars():
    (spot,) = hidden(spots(network(), cars(40.0, 46.0), NOTHING))
    assert spot.x == pytest.approx(43.0)
    assert spot.y < -2.9 - 0.9
    assert spot.yaw == pytest.approx(np.pi / 2)
    assert spot.sidewalk
    assert spot.edge == "e"


@pytest.mark.parametrize("gap", [GAP[0] - 0.1, GAP[1] + 0.1])
def test_a_gap_that_is_too_small_or_too_wide_hides_nobody(gap):
    assert not hidden(spots(network(), cars(40.0, 44.4 + gap), NOTHING))


def test_a_post_in_the_way_spoils_a_spot():
    post = np.array([[43.0, -3.5, 0.0, 0.4, 0.4]])
    assert not hidden(spots(network(), cars(40.0, 46.0), post))


def test_the_way_leads_to_the_other_side_of_the_road():
    (spot,) = hidden(spots(network(), cars(40.0, 46.0), NOTHING))
    assert spot.y + spot.across > 3.2 + 1.6


def test_open_spots_are_not_behind_parked_cars():
    found = [spot for spot in spots(network(), cars(40.0, 46.0), NOTHING) if not spot.hidden]
    ours = [spot.x for spot in found if spot.edge == "e"]
    assert len(ours) > 8
    assert not any(37 < x < 49 for x in ours)
    assert any(not spot.sidewalk for spot in found if spot.edge == "r")
