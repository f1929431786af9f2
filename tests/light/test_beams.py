import numpy as np
import pytest

from synthgen.light.beams import (
    beam_tables,
    gain,
    high_beam,
    low_beam,
    marker,
    signal,
    street,
    table_gain,
)
from synthgen.world import Beam

PEAK = 20_000


def test_low_beam_peaks_at_the_kink():
    right, up = np.meshgrid(np.linspace(-10, 10, 81), np.linspace(-5, 3, 81))
    values = np.array([low_beam(r, u) for r, u in zip(right.ravel(), up.ravel(), strict=True)])
    best = values.argmax()
    assert values[best] == pytest.approx(1.0, abs=0.08)
    assert right.ravel()[best] == pytest.approx(1.5, abs=1.0)
    assert up.ravel()[best] == pytest.approx(-0.9, abs=0.4)


# Points of UN Regulation 112, class B, right-hand traffic: (right, up) degrees, candela.
@pytest.mark.parametrize(
    ("right", "up", "least", "most"),
    [
        (-3.43, 0.57, 0, 350),
        (2.5, 1.0, 0, 1_750),
        (1.15, -0.57, 10_100, np.inf),
        (-3.43, -0.57, 0, 10_600),
        (-3.43, -0.86, 0, 13_200),
        (1.72, -0.86, 10_100, np.inf),
        (0.0, -0.86, 5_100, np.inf),
        (9.0, -1.72, 1_700, np.inf),
        (-9.0, -1.72, 1_700, np.inf),
        (-8.0, 1.0, 0, 625),
    ],
)
def test_low_beam_keeps_the_regulation(right, up, least, most):
    assert least <= PEAK * low_beam(right, up) <= most


def test_low_beam_sends_out_the_flux_of_a_headlamp():
    right, up = np.meshgrid(np.linspace(-60, 60, 241), np.linspace(-40, 30, 281))
    step = np.deg2rad(0.5) * np.deg2rad(0.25)
    values = [
        low_beam(r, u) * np.cos(np.deg2rad(u))
        for r, u in zip(right.ravel(), up.ravel(), strict=True)
    ]
    assert 300 < PEAK * step * np.sum(values) < 1_500


def test_high_beam_peaks_on_its_axis():
    assert high_beam(0, 0) == pytest.approx(1.0)
    assert high_beam(5.2, 0) < 0.5
    assert high_beam(2.6, 0) > high_beam(5.2, 0)


def test_street_lantern_sends_nothing_above_eighty_degrees():
    for degrees in (81, 85, 90, 120):
        angle = np.deg2rad(degrees)
        assert street(np.cos(angle), np.sin(angle), 0.0) == 0.0


def test_street_lantern_reaches_further_along_the_road_than_across():
    angle = np.deg2rad(60)
    along = street(np.cos(angle), np.sin(angle), 0.0)
    assert along > 1.5
    assert along > 1.5 * street(np.cos(angle), 0.0, np.sin(angle))


def test_every_beam_is_rated_along_its_axis():
    for beam in (Beam.ISOTROPIC, Beam.LAMBERT, Beam.STREET, Beam.HIGH_BEAM, Beam.SIGNAL):
        assert gain(int(beam), 1.0, 0.0, 0.0) == pytest.approx(1.0, abs=0.01)


def test_lambert_follows_the_cosine():
    assert gain(int(Beam.LAMBERT), 0.5, 0.866, 0.0) == pytest.approx(0.5)
    assert gain(int(Beam.LAMBERT), -0.5, 0.866, 0.0) == 0.0


def test_tables_agree_with_the_formula():
    tables, rng = beam_tables(), np.random.default_rng(3)
    for beam in (Beam.LOW_BEAM, Beam.HIGH_BEAM):
        angles = rng.normal(0, [0.15, 0.03], (300, 2))
        for left, up in np.tan(angles):
            scale = 1 / np.sqrt(1 + left**2 + up**2)
            way = scale, left * scale, up * scale
            assert table_gain(tables, int(beam), *way) == pytest.approx(
                gain(int(beam), *way), abs=0.02
            )


def test_a_signal_keeps_the_example_of_its_standard():
    peak = signal(0.0, -2.5)
    assert signal(10.0, -5.0) / peak == pytest.approx(0.953 * 0.678, abs=0.005)
    assert signal(-10.0, -5.0) == signal(10.0, -5.0)
    assert signal(0.0, 12.5) / peak < 0.06
    assert signal(60.0, 0.0) < 0.07


# Points of UN Regulation 7, annex 4: degrees right and up, least share of the axis.
@pytest.mark.parametrize(
    ("right", "up", "least"),
    [
        (0, 0, 1.0),
        (5, 0, 0.9),
        (10, 0, 0.35),
        (0, 5, 0.7),
        (10, 5, 0.2),
        (20, 5, 0.1),
        (5, 10, 0.2),
    ],
)
def test_a_brake_lamp_keeps_the_regulation_and_leaves_little_for_the_walls(right, up, least):
    forward = np.cos(np.deg2rad(right)) * np.cos(np.deg2rad(up))
    assert round(marker(forward), 2) >= least
    assert 0.3 / 120 < marker(np.cos(np.deg2rad(80))) < 0.05
    assert marker(-0.1) == 0.0
    falling = [marker(np.cos(angle)) for angle in np.linspace(0, np.pi / 2, 50)]
    assert (np.diff(falling) < 0).all()
