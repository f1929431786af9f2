import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthgen.traffic.dash import Dash

LONG = Dash(1.0, 2.0, np.pi / 2, 5.0, way=6.0, speed=2.0, acceleration=4.0)


def test_it_stands_before_and_after_and_ends_where_it_was_told():
    assert LONG.gone(np.array([0.0, 5.0])).tolist() == [0.0, 0.0]
    end = 5.0 + LONG.length
    np.testing.assert_allclose(LONG.gone(np.array([end, end + 9])), 6.0, atol=1e-12)
    np.testing.assert_allclose(LONG.places(np.array([end]))[0], [1.0, 8.0, 0.0], atol=1e-12)


@given(st.floats(0.5, 12.0), st.floats(0.5, 7.0), st.floats(1.0, 6.0))
def test_the_way_is_the_integral_of_the_pace_and_its_inverse_is_the_delay(way, speed, acceleration):
    dash = Dash(0.0, 0.0, 0.0, 0.0, way, speed, acceleration)
    time = np.linspace(0, dash.length, 4001)
    gone = dash.gone(time)
    assert np.trapezoid(dash.pace(time), time) == pytest.approx(way, rel=1e-3)
    assert np.abs(np.gradient(dash.pace(time), time)).max() <= acceleration * 1.001
    for share in (0.1, 0.5, 0.95):
        assert dash.gone(np.array([dash.delay(share * way)]))[0] == pytest.approx(share * way)
    assert (np.diff(gone) >= 0).all()


def test_a_way_of_nothing_is_refused():
    with pytest.raises(ValueError, match="must be > 0"):
        Dash(0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0)
