import numpy as np
import pytest

from synthgen.build.fixtures import switched
from synthgen.street.fixture import Fixture
from synthgen.street.signals import signal_head

TIMES = np.arange(0.0, 4.05, 0.1)


def head(state, link=0, signal="crossing", works="on"):
    """Return what link 0 of `crossing` shows when its program says `state`."""
    one = Fixture(signal_head("head", "black"), (1.0, 2.0, 3.0), (0.0, 0.0, 0.0, 1.0), signal, link)
    return switched(one, {"crossing": (TIMES, (state,) * len(TIMES))}, works, 7)


def bright(body, track, time):
    """Return the lenses that shine."""
    return {
        circuit.name
        for circuit, level in zip(body.circuits, track.level_at(time), strict=True)
        if level and (circuit.flash is None or circuit.flash.on(time))
    }


def test_a_head_shows_the_letter_of_its_link():
    for state, link, lens in (("rG", 0, "red"), ("rG", 1, "green"), ("y", 0, "amber")):
        body, track = head(state, link)
        assert all(bright(body, track, time) == {lens} for time in TIMES)
        np.testing.assert_array_equal(track.position_at(2.0), (1, 2, 3))


def test_a_signal_that_is_off_flashes_amber_for_half_of_the_time_once_a_second():
    body, track = head("o")
    time = np.arange(0.0, 66.0, 0.005)
    lit = np.array([bool(bright(body, track, one)) for one in time])
    assert lit.mean() == pytest.approx(0.5, abs=0.01)
    assert 50 <= (np.diff(lit.astype(int)) == 1).sum() / 1.1 <= 60
    assert set().union(*(bright(body, track, one) for one in time[:400])) == {"amber"}


def test_the_heads_of_a_controller_flash_together():
    one, other = head("oo", 0)[0], head("oo", 1)[0]
    assert one.circuits == other.circuits


def test_without_meaning_or_power_or_program_nothing_shines():
    for body, track in (head("O"), head("o", works="dark"), head("o", signal=""),
                        head("o", signal="elsewhere")):  # fmt: skip
        assert not any(bright(body, track, time) for time in TIMES)


def test_a_controller_on_its_battery_flashes_red_to_all_sides():
    for link in (0, 1):
        body, track = head("oO", link, works="flashing")
        shown = [bright(body, track, time) for time in TIMES]
        assert {"red"} in shown
        assert set() in shown
        assert set().union(*shown) == {"red"}
        assert not any(circuit.grid for circuit in body.circuits)
