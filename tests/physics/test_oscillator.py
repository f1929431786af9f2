import numpy as np
import pytest
from scipy.integrate import solve_ivp

from synthgen.physics.oscillator import respond


def test_a_step_settles_where_it_is_driven():
    time = np.arange(0, 6, 0.1)
    drive = np.where(time > 0.5, 2.0, 0.0)[:, None]
    answer = respond(time, drive, np.array([1.3]), 0.3)[:, 0]
    assert answer[-1] == pytest.approx(2.0, abs=1e-3)
    assert answer.max() > 2.3


@pytest.mark.parametrize(("frequency", "damping"), [(0.9, 0.25), (1.4, 0.35), (3.0, 0.9)])
def test_the_answer_is_that_of_an_ode_solver(frequency, damping):
    time = np.arange(0, 3, 0.1)
    drive = np.sin(1.7 * time) + 0.3 * time
    w = 2 * np.pi * frequency

    def slope(now, state):
        u = np.interp(now, time, drive)
        return [state[1], w * w * (u - state[0]) - 2 * damping * w * state[1]]

    exact = solve_ivp(slope, (0, time[-1]), [drive[0], 0], t_eval=time, max_step=0.005, rtol=1e-9)
    answer = respond(time, drive[:, None], np.array([frequency]), damping)[:, 0]
    np.testing.assert_allclose(answer, exact.y[0], atol=2e-5)


def test_an_undriven_body_stays_exactly_where_it_is():
    answer = respond(np.arange(9) * 0.1, np.zeros((9, 3)), np.array([1.0, 1.3, 2.0]), 0.3)
    assert (answer == 0).all()


@pytest.mark.parametrize("damping", [0.0, 1.0])
def test_what_does_not_ring_is_refused(damping):
    with pytest.raises(ValueError, match="damping must be in"):
        respond(np.arange(3.0), np.zeros((3, 1)), np.array([1.0]), damping)
