"""Propagation against closed forms: delay, spreading, Doppler, absorption, barriers, ground."""

import numpy as np
import pytest
from scipy.signal import hilbert

from synthgen.sound.air import Air
from synthgen.sound.barrier import barrier_loss
from synthgen.sound.blocks import added_up, analysed
from synthgen.sound.delay import OVER
from synthgen.sound.listening import Listener
from synthgen.sound.trajectory import retarded
from synthgen.sound.ways import ways_of

C, RATE = Air(20.0).speed, 48_000.0


def frequency_of(signal):
    """Return the instantaneous frequency [Hz] from the analytic signal."""
    return np.diff(np.unwrap(np.angle(hilbert(signal)))) * RATE / (2 * np.pi)


def level_of(signal):
    return 10 * np.log10(np.mean(signal[len(signal) // 4 : -len(signal) // 4] ** 2))


def test_a_siren_passing_at_20_metres_a_second_has_the_analytic_doppler_curve(stage):
    speed, aside, tone = 20.0, 5.0, 1000.0
    ear = stage.listener([[0.0, aside, 0.0]], 0.0, 4.0)
    one = stage.source(stage.straight([-40.0, 0.0, 0.0], [speed, 0.0, 0.0]), stage.sine(tone))
    found = frequency_of(stage.heard(one, ear)[0])
    time = np.arange(ear.count) / RATE
    # c (t - e) = sqrt((v e - 40)^2 + d^2), solved for e
    a, b = C**2 - speed**2, -(C**2) * time + 40 * speed
    d = C**2 * time**2 - 40**2 - aside**2
    emitted = (-b - np.sqrt(b**2 - a * d)) / a
    way = np.hypot(speed * emitted - 40, aside)
    wanted = tone / (1 + speed * (speed * emitted - 40) / way / C)
    inside = slice(2400, -2400)
    error = np.abs(found / wanted[:-1] - 1)[inside]
    assert error.max() < 0.005
    assert np.median(error) < 2e-4
    assert wanted[:100].mean() > 1.05 * tone
    assert wanted[-100:].mean() < 0.95 * tone


def test_a_moving_ear_hears_the_doppler_of_a_moving_ear(stage):
    path, ear = stage.resting([0.0, 0.0, 0.0]), stage.straight([-200.0, 0.0, 0.0], [25.0, 0.0, 0.0])
    _, rate = retarded(path, ear, np.linspace(0, 2, 50), C)
    np.testing.assert_allclose(rate, 1 + 25 / C, rtol=1e-9)


@pytest.mark.parametrize("distance", [5.0, 20.0, 80.0])
def test_level_falls_6_decibels_per_doubling(stage, distance):
    one = stage.source(stage.resting([0.0, 0.0, 0.0]), stage.sine(1000.0))
    near, far = (
        level_of(stage.heard(one, stage.listener([[d, 0.0, 0.0]], 0.0, 0.5))[0])
        for d in (distance, 2 * distance)
    )
    np.testing.assert_allclose(near - far, 20 * np.log10(2), atol=0.01)


@pytest.mark.parametrize("tone", [500.0, 1000.0, 2000.0, 4000.0, 8000.0])
def test_air_takes_what_iso_9613_says(stage, tone):
    one, ears = stage.source(stage.resting([0.0, 0.0, 0.0]), stage.sine(tone)), [[200.0, 0.0, 0.0]]
    air = Air(15.0, 0.7)
    dry = level_of(
        stage.heard(one, stage.listener(ears, 1.0, 0.5, Air(15.0, 0.7, absorbs=False)))[0]
    )
    wet = level_of(stage.heard(one, stage.listener(ears, 1.0, 0.5, air))[0])
    np.testing.assert_allclose(dry - wet, 200 * air.absorption(np.array([tone]))[0], rtol=0.01)


def test_delay_is_right_to_a_hundredth_of_a_sample(stage):
    place = np.array([17.3, 2.1, 0.7])
    one = stage.source(stage.resting([0.0, 0.0, 0.0]), stage.sine(3000.0))
    found = stage.heard(one, stage.listener([place], 0.0, 0.5))[0][4800:9600]
    way = float(np.linalg.norm(place))
    time = np.arange(4800, 9600) / RATE - way / C
    wanted = np.sin(2 * np.pi * 3000 * time) / way
    assert np.abs(found - wanted).max() < 2 * np.pi * 3000 / RATE * 0.01 / way


@pytest.mark.parametrize("tone", [200.0, 5000.0, 12_000.0])
def test_reading_between_samples_adds_nothing_above_60_decibels_down(stage, tone):
    one = stage.source(stage.straight([3.0, 0.0, 0.0], [7.0, 0.0, 0.0]), stage.sine(tone))
    ear = stage.listener([[0.0, 1.0, 0.0]], 0.0, 0.5)
    found = stage.heard(one, ear)[0][9600:14_400]
    time = ear.start + np.arange(9600, 14_400) / RATE
    emitted, _ = retarded(one.path, ear.ears[0], time, C)
    wanted = np.sin(2 * np.pi * tone * emitted) / (C * (time - emitted))
    assert 10 * np.log10(np.mean((found - wanted) ** 2) / np.mean(wanted**2)) < -55


def test_the_reflection_off_the_ground_arrives_when_geometry_says(stage):
    def click(time, rate):
        return np.exp(-0.5 * ((time - 0.1) / 1e-4) ** 2).astype(np.float32)

    height, ear, far = 2.0, 1.8, 12.0
    one = stage.source(stage.resting([0.0, 0.0, height]), click)
    ears = stage.listener([[far, 0.0, ear]], 0.0, 0.5)
    away = np.zeros(len(ears.control))
    ways = ways_of(one, away, 0.97, ())
    direct, both = stage.heard(one, ears)[0], stage.heard(one, ears, ways)[0]
    reflected = both - direct
    lag = (np.argmax(reflected) - np.argmax(direct)) / RATE
    wanted = (np.hypot(far, height + ear) - np.hypot(far, height - ear)) / C
    np.testing.assert_allclose(lag, wanted, atol=1.5 / RATE)
    ratio = np.hypot(far, height - ear) / np.hypot(far, height + ear)
    np.testing.assert_allclose(reflected.max() / direct.max(), 0.97 * ratio, rtol=0.01)


@pytest.mark.parametrize(("tone", "detour"), [(250.0, 0.4), (1000.0, 0.1), (4000.0, 5.0)])
def test_an_edge_takes_what_the_standard_says(stage, tone, detour):
    one, ears = (
        stage.source(stage.resting([0.0, 0.0, 0.0]), stage.sine(tone)),
        stage.listener([[40.0, 0.0, 0.0]], 0.5, 0.5),
    )
    free = level_of(stage.heard(one, ears)[0])
    hidden = level_of(stage.heard(one, ears, detour=np.full(len(ears.control), detour))[0])
    wanted = min(10 * np.log10(3 + 40 * detour * tone / C), 20.0)
    np.testing.assert_allclose(free - hidden, wanted, atol=0.15)


def test_no_edge_takes_nothing_and_no_way_around_takes_25_decibels():
    loss = barrier_loss(np.array([0.0, np.inf]), np.array([500.0, 500.0]), C)
    np.testing.assert_array_equal(loss, [0.0, 25.0])


def test_blocks_that_no_filter_changes_give_the_signal_back():
    time = np.arange(20_000) / RATE
    signal = np.sin(2 * np.pi * 700 * time).astype(np.float32)
    samples, first, rate = added_up(analysed(signal, 3.0, RATE), np.ones(1))
    assert rate == OVER * RATE
    start = round((3.0 - first) * rate)
    np.testing.assert_allclose(samples[start::OVER][:20_000][100:-100], signal[100:-100], atol=2e-3)


def test_a_source_begins_and_ends_without_a_click(stage):
    window = (0.3, 0.7)
    one = stage.source(stage.resting([0.0, 0.0, 0.0]), stage.sine(500.0), window=window)
    found = stage.heard(one, stage.listener([[3.43, 0.0, 0.0]], 0.0, 1.0))[0]
    assert np.abs(found[: int(0.30 * RATE)]).max() < 1e-4
    assert np.abs(found[int(0.75 * RATE) :]).max() < 1e-4
    steady = np.abs(np.diff(found, 2))[int(0.4 * RATE) : int(0.6 * RATE)].max()
    assert np.abs(np.diff(found, 2)).max() < 1.1 * steady
    # high frequencies would tell of a step
    high = np.abs(np.fft.rfft(found))[int(5000 * len(found) / RATE) :]
    assert high.max() < 1e-4 * np.abs(np.fft.rfft(found)).max()


def test_direction_is_found_again_from_the_delays(stage):
    """GCC-PHAT over all pairs, then the direction that fits the delays best."""
    spots = np.array([[0.2, 0.2, 1.8], [0.2, -0.2, 1.8], [-0.2, -0.2, 1.8], [-0.2, 0.2, 1.8]])
    for azimuth in np.deg2rad([-150.0, -40.0, 3.0, 77.0, 120.0]):
        place = 30 * np.array([np.cos(azimuth), np.sin(azimuth), 0.0]) + [0, 0, 1.8]
        one = stage.source(stage.resting(place), noise=lambda t: np.full((len(t), 8), 80.0))
        channels = stage.heard(one, stage.listener(spots, 1.0, 0.5))
        toward = direction(channels, spots)
        error = np.angle(np.exp(1j * (toward - azimuth)))
        assert abs(np.rad2deg(error)) < 1.0


def direction(channels, spots):
    """Return the azimuth [rad] of the loudest source from GCC-PHAT delays of all pairs."""
    spectra = np.fft.rfft(channels, axis=1)
    rows, lags = [], []
    for i in range(len(spots)):
        for j in range(i):
            cross = spectra[i] * spectra[j].conj()
            cross /= np.abs(cross) + 1e-12
            fine = np.fft.irfft(cross, n=16 * channels.shape[1])
            reach = 16 * 120
            window = np.concatenate([fine[-reach:], fine[:reach]])
            lags.append((np.argmax(window) - reach) / (16 * RATE))
            rows.append(spots[i] - spots[j])
    fit = np.linalg.lstsq(np.array(rows), -C * np.array(lags), rcond=None)[0]
    return np.arctan2(fit[1], fit[0])


def test_the_same_draws_give_the_same_bytes(stage):
    one = stage.source(stage.straight([-9.0, 4.0, 0.0], [8.0, 0.0, 0.0]), stage.sine(400.0),
                 noise=lambda t: np.full((len(t), 8), 70.0))  # fmt: skip
    ear: Listener = stage.listener([[0.0, 0.0, 0.0]], 0.0, 0.5)
    np.testing.assert_array_equal(stage.heard(one, ear), stage.heard(one, ear))
