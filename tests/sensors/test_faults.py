from dataclasses import replace
from itertools import groupby

import numpy as np
import pytest

from synthgen.electronics import Faults, Setting
from synthgen.rig import CameraModel
from synthgen.rng import stream
from synthgen.sensors.faults import AGE, BLACK, FROZEN, history
from synthgen.sensors.imager import HOT, pattern, raw

MODEL = CameraModel(
    width=320, height=240, matrix=((200.0, 0, 160), (0, 200.0, 120), (0, 0, 1)), f_number=2.0,
    pixel=3e-6, full_well=10_000, read_noise=3.0, quantum_efficiency=(0.5, 0.5, 0.5),
)  # fmt: skip


def told(faults, gap, count=40_000, seed=1):
    return history(faults, np.arange(count) * gap, stream(seed, "faults"))


@pytest.mark.parametrize("gap", [0.1, 3.0])
@pytest.mark.parametrize(("black", "frozen"), [(0.1, 0.05), (0.0, 0.3), (0.6, 0.0)])
def test_faults_have_their_shares_of_the_images_in_sequences_and_stills(gap, black, frozen):
    found = told(Faults(black=black, frozen=frozen), gap)
    for kind, share in ((BLACK, black), (FROZEN, frozen)):
        assert np.mean([one.kind == kind for one in found]) == pytest.approx(share, abs=0.02)


def test_a_fault_in_a_sequence_lasts_as_long_as_asked():
    found = told(Faults(black=0.1, lasting=0.8), 0.05)
    runs = [len(list(run)) for bad, run in groupby(found, lambda one: bool(one.kind)) if bad]
    # A run of k images at 0.05 s has lasted about k 0.05 s; the mean of the process is 0.8 s,
    # seen from its first image on, and one that ends between two images is prolonged by none.
    assert np.mean(runs) * 0.05 == pytest.approx(0.8 + 0.025, rel=0.12)


def test_a_frozen_camera_repeats_the_last_good_image_of_its_sequence():
    found = told(Faults(black=0.1, frozen=0.2), 0.1, 5000)
    for number, one in enumerate(found):
        if one.kind == FROZEN and one.image >= 0:
            assert not found[one.image].kind
            assert one.shown == pytest.approx(one.image * 0.1)
            assert all(bad.kind == FROZEN for bad in found[one.image + 1 : number])


def test_a_frozen_camera_of_single_views_shows_the_moments_before():
    for number, one in enumerate(told(Faults(frozen=0.5), 3.0, 500)):
        if one.kind:
            assert one.image == -1
            assert AGE[0] <= number * 3.0 - one.shown <= AGE[1]


def test_a_camera_without_faults_has_none():
    assert not any(one.kind for one in told(Faults(), 0.1, 500))


def test_faults_that_are_certain_never_end():
    assert all(one.kind == BLACK for one in told(Faults(black=1.0), 0.1, 500))


def test_dead_pixels_feel_no_light_and_hot_ones_glow_in_the_dark():
    faults = Faults(dead_pixels=0.01, hot_pixels=0.005)
    model = replace(MODEL, faults=faults)
    fixed, whole = pattern(model, "a"), pattern(MODEL, "a")
    changed = fixed.offset != whole.offset
    dead, hot = fixed.sensitivity == 0, changed & (fixed.sensitivity != 0)
    assert dead.mean() == pytest.approx(0.01, rel=0.15)
    assert hot.mean() == pytest.approx(0.005, rel=0.2)
    np.testing.assert_array_equal(fixed.sensitivity[~dead], whole.sensitivity[~dead])
    dark, light = (
        raw(np.full((240, 320), level), model, Setting(0.01, 1.0), fixed, stream(1, "raw"))
        for level in (0.0, 5000.0)
    )
    assert np.abs(light[dead].astype(int) - model.black).max() < 20
    glow = (dark[hot].astype(float) - model.black) / (2**model.bits - 1 - model.black)
    assert glow.min() > HOT[0] * 0.95
    assert light[~dead & ~hot].mean() > 10 * model.black


@pytest.mark.parametrize(
    ("wrong", "word"),
    [({"black": 1.2}, "black"), ({"black": 0.7, "frozen": 0.6}, "add up"), ({"lasting": 0.0},
     "lasting"), ({"dead_pixels": 0.5}, "dead_pixels")],
)  # fmt: skip
def test_shares_that_make_no_sense_are_refused(wrong, word):
    with pytest.raises(ValueError, match=word):
        Faults(**wrong)
