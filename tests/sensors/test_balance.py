import numpy as np
import pytest

from synthgen.config import read
from synthgen.sensors.exposure import BALANCED_DAY, BALANCED_NIGHT, white_balance

SODIUM = np.array([1.61, 0.92, 0.16])


@pytest.fixture(scope="module")
def model():
    return read(()).rig.camera("image_2").model


def grey(level, color):
    return np.full((20, 300, 3), level) * color


@pytest.mark.parametrize(
    ("level", "share"), [(0.1, BALANCED_NIGHT), (3000.0, BALANCED_DAY)], ids=["night", "day"]
)
def test_the_share_of_a_slight_cast_that_is_left_is_the_one_that_is_not_balanced(
    model, level, share
):
    cast = np.array([1.2, 1.0, 0.8])
    gains = np.array(white_balance(grey(level, cast), model, 1e-9, 1.0))
    np.testing.assert_allclose(cast * gains, cast ** (1 - share), rtol=1e-9)


def test_the_night_is_balanced_as_far_as_eyes_adapt_in_dim_surroundings():
    adapted = [0.9 * (1 - np.exp(-(level + 42) / 92) / 3.6) for level in (0.0, 0.2)]
    assert pytest.approx(adapted, abs=0.002) == [BALANCED_NIGHT] * 2


def test_sodium_light_stays_yellow_as_no_balance_goes_so_far(model):
    red, _, blue = SODIUM * white_balance(grey(0.1, SODIUM), model, 1e-9, 1.0) / SODIUM[1]
    assert red > 1.05
    assert blue < 0.4


def test_between_day_and_night_the_share_changes_smoothly(model):
    cast = np.array([1.2, 1.0, 0.8])
    levels = np.geomspace(0.5, 600)
    red = [white_balance(grey(level, cast), model, 1e-9, 1.0)[0] for level in levels]
    assert np.diff(red).min() > -1e-9
    assert np.diff(red).max() < 0.004
