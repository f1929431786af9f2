import numpy as np
import pytest

from synthgen.assets.fleet import draw_member
from synthgen.assets.vehicles import vehicle
from synthgen.build.flashing import timed
from synthgen.rng import stream
from synthgen.world import Body, Circuit, Flash

STEP = 0.0025
TIMES = np.arange(0.0, 10.0, STEP)
BLUE, RED, AMBER = (0.02, 0.09, 1.0), (1.0, 0.012, 0.004), (1.0, 0.32, 0.0)


def lit(circuit, times=TIMES):
    return np.array([circuit.flash.on(time) for time in times])


def bar(left, right):
    """Return a vehicle with a light bar, wig-wag head lamps and indicators."""
    flash = Flash(0.5, ((0.0, 0.1),))
    names = (("beacon_a", left, flash), ("beacon_b", right, flash), ("high_beam", RED, None),
             ("high_beam_right", RED, None), ("indicator_left", AMBER, flash),
             ("indicator_right", AMBER, flash))  # fmt: skip
    circuits = tuple(Circuit(name, 1.0, color, one) for name, color, one in names)
    return Body("v", "police_car", "", None, circuits=circuits)


def bursts(on, dark=0.09):
    """Return how many bursts there are: lit after `dark` [s] or more without light."""
    starts = np.flatnonzero(np.diff(on.astype(int)) == 1)
    ends = np.flatnonzero(np.diff(on.astype(int)) == -1)
    gaps = [start - ends[ends < start].max() for start in starts if (ends < start).any()]
    return sum(gap * STEP >= dark for gap in gaps) + (len(starts) > len(gaps))


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize(
    ("colors", "low", "high"), [((BLUE, BLUE), 2.0, 4.0), ((RED, BLUE), 1.0, 4.0)]
)
def test_rate_and_duty_of_a_light_bar_over_ten_seconds(seed, colors, low, high):
    """UN R65 (blue alone): 2 to 4 Hz, a burst within 0.4 of the period; SAE J845: 1 to 4 Hz."""
    body = timed(bar(*colors), True, stream(seed, "bar"))
    halves = [lit(one) for one in body.circuits[:2]]
    flash = body.circuits[0].flash
    for on in halves:
        assert low - 0.1 <= bursts(on) / 10 <= high
        assert bursts(on) / 10 == pytest.approx(1 / flash.period, abs=0.11)
        duty = sum(length for _, length in flash.pulses) / flash.period
        assert on.mean() == pytest.approx(duty, abs=0.02)
        assert 0.1 <= duty <= 0.4
    assert not (halves[0] & halves[1]).any()
    if colors == (BLUE, BLUE):
        start, length = flash.pulses[-1]
        assert start + length - flash.pulses[0][0] <= 0.4 * flash.period + 1e-9


def test_indicators_flash_sixty_to_a_hundred_and_twenty_times_a_minute_together():
    for seed in range(12):
        left, right = (
            lit(one) for one in timed(bar(BLUE, BLUE), False, stream(seed, "b")).circuits[4:]
        )
        assert 1.0 <= bursts(left) / 10 <= 2.05
        np.testing.assert_array_equal(left, right)
        assert left.mean() == pytest.approx(0.5, abs=0.03)


def test_american_head_lamps_take_turns_while_responding_and_european_ones_stay():
    for colors, responding, flashes in (((RED, BLUE), True, True), ((RED, BLUE), False, False),
                                        ((BLUE, BLUE), True, False)):  # fmt: skip
        left, right = timed(bar(*colors), responding, stream(3, "w")).circuits[2:4]
        assert (left.flash is not None) == flashes
        if flashes:
            assert not (lit(left) & lit(right)).any()
            assert (lit(left) | lit(right)).mean() > 0.99


def test_warning_lamps_of_works_keep_their_pattern():
    body = bar(AMBER, AMBER)
    assert timed(body, True, stream(1, "w")).circuits[:2] == body.circuits[:2]


def test_high_beams_of_an_ambulance_are_wired_side_by_side():
    body = vehicle(draw_member("ambulance", "us_box", stream(2, "v")), "a")
    sides = {
        body.circuits[lamp.circuit].name: lamp.position[1]
        for lamp in body.lamps
        if body.circuits[lamp.circuit].name.startswith("high_beam")
    }
    assert sides["high_beam"] > 0 > sides["high_beam_right"]
