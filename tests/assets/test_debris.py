import numpy as np
import pytest

from synthgen.assets.debris import MAKERS, shards
from synthgen.rng import stream


@pytest.mark.parametrize("kind", sorted(MAKERS))
@pytest.mark.parametrize("seed", range(4))
def test_a_piece_fills_its_box_around_its_origin(kind, seed):
    body = MAKERS[kind]("one", stream(seed, kind))
    low, high = body.mesh.bounds
    assert body.kind == "debris"
    assert body.subtype == kind
    np.testing.assert_allclose(low, -np.array(body.extent.size) / 2)
    np.testing.assert_allclose(high, np.array(body.extent.size) / 2)
    assert body.mesh.classes == ("debris",)
    assert len(body.mesh.triangles) < 1000


def test_sizes_are_those_of_the_real_thing():
    for seed in range(8):
        size = {kind: MAKERS[kind]("", stream(seed, kind)).extent.size for kind in MAKERS}
        assert 0.9 < size["branch"][0] < 3.0
        assert max(size["cardboard"]) < 1.3
        assert size["bin"][1] == pytest.approx(0.58, abs=0.12)
        assert 1.05 < size["bin"][2] < 1.4


@pytest.mark.parametrize("kind", sorted(MAKERS))
def test_the_same_stream_makes_the_same_piece_and_another_one_does_not(kind):
    one, same, other = (MAKERS[kind]("", stream(seed, "twice")) for seed in (1, 1, 2))
    assert one.mesh.vertices.tobytes() == same.mesh.vertices.tobytes()
    assert one.extent.size != other.extent.size


def test_glass_lies_flat_and_is_strewn_over_its_reach():
    body = shards("glass", 2.0, stream(0, "glass"))
    assert body.extent.size[2] < 0.1
    spread = np.hypot(*body.mesh.vertices[:, :2].T)
    assert 1.0 < np.quantile(spread, 0.9) < 2.5
