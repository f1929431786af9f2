from dataclasses import replace

import numpy as np
import pytest

from synthgen.radar.cells import filled, grid
from synthgen.radar.detection import peaks
from synthgen.radar.echoes import DIRECT, echoes, joined
from synthgen.rng import stream


def points(distance, rate=0.0, azimuth=0.0, power=1e4, shape=1e6):
    distance = np.atleast_1d(np.asarray(distance, float))
    count = len(distance)
    angle = np.broadcast_to(np.radians(azimuth), count)
    direction = np.stack([np.cos(angle), np.sin(angle), np.zeros(count)], axis=1)
    return echoes(
        distance, np.broadcast_to(rate, count).astype(float), direction,
        np.broadcast_to(power, count).astype(float), shape=shape, body=np.arange(count),
        semantic=1, cause=DIRECT,
    )  # fmt: skip


def look(scan, found, rng):
    cells = grid(scan)
    return peaks(scan, cells, filled(scan, cells, found, rng), rng)


def test_a_lone_point_is_one_detection_at_its_place(scan, rng):
    # At 40 dB the place within a cell is found to a few hundredths of it.
    for place in np.linspace(30.0, 31.0, 7):
        top = look(scan, points(place, -3.27, 11.3, power=1e5), rng)
        assert len(top.snr) == 1
        assert top.distance[0] == pytest.approx(place, abs=0.03)
        assert top.rate[0] == pytest.approx(-3.27, abs=0.006)
        assert np.degrees(np.arcsin(top.across[0])) == pytest.approx(11.3, abs=0.15)
        assert 10 * np.log10(top.snr[0]) == pytest.approx(50.0, abs=0.3)


def test_points_closer_than_a_cell_merge_and_further_ones_do_not(scan):
    def number(gap, **axes):
        pair = {
            name: np.array([value, value + gap * width]) for name, (value, width) in axes.items()
        }
        pair = {"distance": [40.0, 40.0], **pair}
        counts = [len(look(scan, points(**pair), stream(seed, "pair")).snr) for seed in range(40)]
        return np.mean(np.array(counts) == 2)

    for axis in ({"distance": (40.0, 0.5)}, {"rate": (2.0, 0.1)}, {"azimuth": (0.0, 3.0)}):
        assert number(0.3, **axis) <= 0.15, axis
        assert number(2.5, **axis) > 0.95, axis


def test_noise_alone_passes_as_often_as_stated(scan):
    noisy = replace(scan, false_alarm=1e-5, farthest=50.0)
    cells, rng = grid(noisy), stream(3, "noise")
    # Weak echoes in thousands of cells make these take part in the search: noise rules in them.
    rows = 60_000
    faint = points(
        rng.uniform(1, 49, rows), rng.uniform(-50, 50, rows), rng.uniform(-50, 50, rows), 0.02
    )
    reached = filled(noisy, cells, faint, rng)
    assert len(reached.number) > 50_000
    counts = [len(look(noisy, faint, stream(seed, "alarm")).snr) for seed in range(12)]
    expected = 1e-5 * cells.cells
    assert np.mean(counts) == pytest.approx(expected, abs=4 * np.sqrt(expected / 12))
    found = look(noisy, faint, rng)
    assert (found.snr >= -np.log(1e-5) - 1e-9).all()
    assert (found.echo == -1).mean() > 0.95


def test_swerling_targets_are_found_as_often_as_theory_says(scan):
    # One cell, Swerling 1: P_d = P_fa^(1 / (1 + SNR)); points sit in the middles of their cells.
    cells, rng = grid(scan), stream(1, "swerling")
    count, mean = 4000, 10**1.8
    place = np.arange(count)
    distance = cells.start[0] + cells.step[0] * (3 + 8 * (place % 60))
    rate = cells.start[1] + cells.step[1] * (4 + 8 * (place // 60))
    found = points(distance, rate, 0.0, mean, shape=1.0)
    middle = round((0 - cells.start[2]) / cells.step[2])
    across = np.full(count, cells.start[2] + middle * cells.step[2])
    found = replace(found, across=across)
    top = look(scan, found, rng)
    expected = 1e-9 ** (1 / (1 + mean))
    assert (top.echo >= 0).sum() / count == pytest.approx(expected, abs=0.025)


def test_rates_beyond_the_unambiguous_ones_come_back_from_the_other_side(scan, rng):
    top = look(scan, points(50.0, rate=63.0), rng)
    assert top.rate[0] == pytest.approx(63.0 - 120.0, abs=0.01)


def test_a_weak_point_beside_a_strong_one_of_the_same_speed_hides_in_its_side_lobes(scan, rng):
    strong = points(40.0, 0.0, 0.0, 1e6)
    for weak, seen in ((1e3, False), (1e5, True)):
        both = joined([strong, points(40.0, 0.0, 30.0, weak)])
        assert (len(look(scan, both, rng).snr) == 2) == seen
    # Another speed is another cell.
    assert len(look(scan, joined([strong, points(40.0, 5.0, 30.0, 1e3)]), rng).snr) == 2


def test_clutter_raises_the_threshold(scan, rng):
    # Many points a cell apart on a line, all alike, hide one that is no stronger than they are.
    line = points(np.arange(20.0, 60.0, 0.1), 0.0, 0.0, 300.0, shape=1.0)
    found = look(scan, line, rng)
    assert len(found.snr) < 4
    assert 40.0 in np.round(look(scan, joined([line, points(40.0, 0.0, 0.0, 3e4)]), rng).distance)


def test_an_imaging_scan_measures_elevation(scan, rng):
    image = replace(scan, elevation_resolution_deg=2.0, false_alarm=1e-12)
    direction = np.array([[0.97, 0.1, 0.08]])
    direction /= np.linalg.norm(direction)
    one = echoes(np.array([30.0]), np.zeros(1), direction, np.array([1e4]), shape=1e6, body=0,
                 semantic=1, cause=DIRECT)  # fmt: skip
    top = look(image, one, rng)
    assert len(top.snr) == 1
    assert top.up[0] == pytest.approx(direction[0, 2], abs=0.003)
    assert top.across[0] == pytest.approx(direction[0, 1], abs=0.003)
