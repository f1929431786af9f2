"""What a rig lets count."""

import numpy as np
import pytest

from synthgen.assets.fleet import draw_user
from synthgen.config import run_spec
from synthgen.config_compose import compose
from synthgen.coverage.planning.view import view


def test_kittis_camera_and_the_default_rules():
    told = view(run_spec(compose([])))
    assert told.focal == pytest.approx(721.5377)
    assert told.full_well == 16000.0
    assert (told.min_height, told.min_fraction, told.discernible) == (10, 0.1, True)


@pytest.mark.parametrize("kind", ["dog", "pedestrian", "ambulance", "truck"])
def test_nothing_that_is_drawn_is_taller_than_the_tallest(kind):
    rng, tallest = np.random.default_rng(1), view(run_spec(compose([]))).tallest[kind]
    heights = [draw_user(kind, rng).height for _ in range(400)]
    assert max(heights) <= tallest + 1e-3
    assert max(heights) >= 0.9 * tallest
