import numpy as np
import pytest

from synthgen.assets.fleet import draw_member
from synthgen.assets.people import person
from synthgen.assets.torch import CANDELA, with_torch
from synthgen.rng import stream
from synthgen.state import KEYPOINTS
from synthgen.world import Body

HAND = KEYPOINTS.index("right_wrist")


@pytest.fixture(scope="module")
def pair():
    """Return someone and the same with a torch."""
    user = draw_member("pedestrian", "adult", stream(5, "torch"))
    without = person(user, "p")
    return without, with_torch(without, stream(6, "torch"))


def test_the_lens_goes_with_the_right_hand(pair):
    _, lit = pair
    for phase in (0.0, 0.3, 0.7):
        mesh, _ = lit.at_phase(phase)
        lens = mesh.vertices[mesh.triangles[mesh.circuit == 0]].reshape(-1, 3).mean(axis=0)
        wrist = lit.keypoints(phase)[HAND]
        assert np.linalg.norm(lens - wrist) < 0.25
        assert lens[0] > wrist[0]


def test_the_torch_shines_ahead_and_down_with_a_hand_torchs_intensity(pair):
    (lamp,) = pair[1].lamps
    assert CANDELA[0] <= lamp.intensity <= CANDELA[1]
    assert np.linalg.norm(lamp.direction) == pytest.approx(1, abs=1e-3)
    assert lamp.direction[0] > 0.9 > 0 > lamp.direction[2]


def test_box_and_limbs_stay_as_they_were(pair):
    without, lit = pair
    assert lit.at_phase(0.4)[1] == without.at_phase(0.4)[1]
    np.testing.assert_array_equal(lit.keypoints(0.4), without.keypoints(0.4))


def test_who_has_no_hand_gets_no_torch(pair):
    body = Body("box", "pedestrian", "", pair[0].mesh)
    with pytest.raises(ValueError, match="no hand"):
        with_torch(body, stream(1, "torch"))
