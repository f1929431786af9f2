"""Sirens: pitch, cycle, level, directivity, and that phase never jumps."""

import numpy as np
import pytest

from synthgen.sound.sirens import SIRENS, directivity, sirens_of
from synthgen.sound.spectrum import a_weighting, level

RATE = 48_000.0
EVERY = [(country, kind, one) for country, kinds in SIRENS.items()
         for kind, known in kinds.items() for one in known]  # fmt: skip


@pytest.mark.parametrize(("country", "kind", "siren"), EVERY)
def test_level_is_that_of_the_law_at_its_distance(country, kind, siren):
    time = np.arange(0, siren.cycle, 1 / RATE)
    signal = siren.signal(time, RATE) / siren.distance
    power = np.abs(np.fft.rfft(signal)) ** 2 * 2 / len(signal) ** 2
    frequency = np.fft.rfftfreq(len(signal), 1 / RATE)
    power[1:] *= 10 ** (a_weighting(frequency[1:]) / 10)
    np.testing.assert_allclose(level(power[1:].sum()), siren.level, atol=0.5)


@pytest.mark.parametrize(("country", "kind", "siren"), EVERY)
def test_phase_runs_on_from_cycle_to_cycle(country, kind, siren):
    time = siren.cycle + np.arange(-0.02, 0.02, 1 / RATE)
    signal = siren.signal(time, RATE)
    assert np.abs(np.diff(signal)).max() < 0.6 * np.ptp(signal)
    inside = siren.signal(time - siren.cycle / 2 + 0.011, RATE)
    assert np.abs(np.diff(signal, 2)).max() < 2.5 * np.abs(np.diff(inside, 2)).max()


@pytest.mark.parametrize(("country", "kind", "siren"), EVERY)
def test_pitch_is_the_derivative_of_phase(country, kind, siren):
    time = np.arange(0.0, siren.cycle, 1 / RATE)
    pitch, phase, _ = siren._course(time)
    slope = np.diff(phase) * RATE
    middle = (pitch[1:] + pitch[:-1]) / 2
    steady = np.abs(np.diff(pitch)) < 5
    np.testing.assert_allclose(slope[steady], middle[steady], rtol=1e-3)


@pytest.mark.parametrize(("country", "kind", "siren"), EVERY)
def test_no_sample_of_a_minute_is_out_of_line(country, kind, siren):
    time = np.arange(0.0, 20.0, 1 / RATE)
    _, phase, _ = siren._course(time)
    steps = np.diff(phase) * RATE
    tones = [tone for _, *pair in siren.pieces for tone in pair]
    assert steps.min() > 0.98 * min(tones)
    assert steps.max() < 1.02 * max(tones)


def test_wail_and_yelp_keep_to_the_american_cycles_a_minute():
    wail, yelp, hi_lo = sirens_of("us", "police_car")
    assert 10 <= 60 / wail.cycle <= 18
    assert 150 <= 60 / yelp.cycle <= 250
    assert hi_lo.cycle == 1.0


def test_german_horns_sound_a_fourth_and_french_ones_that_of_their_service():
    for one in sirens_of("germany", "fire_engine"):
        tones = sorted({first for _, first, _ in one.pieces})
        np.testing.assert_allclose(tones[1] / tones[0], 4 / 3, rtol=0.005)
        assert 360 <= tones[0] < tones[1] <= 630
    second = {kind: sirens_of("france", kind)[0].pieces[2][1]
              for kind in ("police_car", "fire_engine", "ambulance")}  # fmt: skip
    assert second == {"police_car": 580.0, "fire_engine": 488.0, "ambulance": 651.0}


def test_a_horn_is_3_decibels_weaker_at_30_degrees_and_12_behind():
    gain = 20 * np.log10(directivity(np.cos(np.deg2rad([0.0, 30.0, 180.0]))))
    np.testing.assert_allclose(gain, [0.0, -3.0, -12.0], atol=0.3)
