"""Pulsed lamps in exposures long and short."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthgen.electronics import Setting
from synthgen.embree import tracer
from synthgen.mesh import with_circuit
from synthgen.motion import standing
from synthgen.pulse import Pulse
from synthgen.rng import stream
from synthgen.scene import moment
from synthgen.sensors.camera import observe
from synthgen.world import Circuit


@given(
    frequency=st.floats(50, 500), duty=st.floats(0.05, 1.0), phase=st.floats(-3, 3),
    middle=st.floats(-5, 5), span=st.floats(1e-4, 0.05),
)  # fmt: skip
def test_the_mean_over_an_exposure_is_that_of_many_moments_in_it(
    frequency, duty, phase, middle, span
):
    pulse = Pulse(frequency, duty, phase)
    times = middle + span * ((np.arange(40_000) + 0.5) / 40_000 - 0.5)
    on = (times * frequency + phase) % 1.0 < duty
    mean = pulse.mean(np.array([middle]), span)[0]
    # An edge of a pulse lies between two of the moments.
    edges = 2 * (span * frequency + 2)
    assert mean * duty == pytest.approx(on.mean(), abs=edges / 40_000)


def test_whole_cycles_are_as_bright_as_steady_light_and_short_ones_all_or_nothing():
    pulse, times = Pulse(100.0, 0.2), np.linspace(0, 0.05, 2001)
    np.testing.assert_allclose(pulse.mean(times, 0.01), 1.0, rtol=1e-9)
    short = pulse.mean(times, 1e-5)
    assert np.isclose(short, 0).mean() == pytest.approx(0.8, abs=0.01)
    assert np.isclose(short, 5).mean() == pytest.approx(0.2, abs=0.01)
    assert (pulse.mean(times, 0.011) > 0.85).all()  # flicker-free sensors hold so long


LENS = Circuit("red", 3000.0, (1.0, 1.0, 1.0), pulse=Pulse(100.0, 0.5, 0.0))
DAY = 40.0
"""[cd/m2] Of everything else."""


def signal_scene(scenes, pulse, on=True):
    """Return a box before the camera that is a lens all over."""
    scene = scenes([(9.0, 0.0)])
    box = scene.world.things[1]
    box = replace(box, mesh=with_circuit(box.mesh, 0), circuits=(replace(LENS, pulse=pulse),))
    still = scene.motion.tracks[1]
    track = standing(still.position[0], still.quaternion[0], (float(on),))
    world = replace(scene.world, things=(scene.world.things[0], box))
    motion = replace(scene.motion, tracks=(scene.motion.tracks[0], track))
    return replace(scene, world=world, motion=motion)


def lamp(tracer, moment, view, hits, atmosphere, seed):
    """A renderer of lenses that shine as in the mean."""
    level = np.where(hits.body == 2, 3000.0 + DAY, DAY).reshape(view.height, view.width, 1)
    return np.repeat(level, 3, axis=2)


def signal_of(rig, scene, air, time, row_time=0.0, span=1e-4):
    """Return the noise-free signal of each row in the middle of the lens, and its rows."""
    camera = rig.camera("image_2")
    model = replace(camera.model, row_time=row_time, glare=0.0, blur=0.01, vignetting=0.0,
                    full_well=1e9)  # fmt: skip
    camera = replace(camera, model=model, setting=Setting(span, 1.0))
    with tracer(scene.world) as trace:
        reading = observe(camera, trace, moment(scene, time), lamp, air, stream(0, "camera"))
    rows, columns = np.nonzero(reading.body == 2)
    inner = slice(rows.min() + 3, rows.max() - 2)
    return reading.signal[inner, int(columns.mean())], reading.view.times(
        np.arange(inner.start, inner.stop, dtype=float)
    )


def test_a_pulsed_lens_is_dark_or_twice_as_bright_by_when_the_shutter_opens(rig, scenes, clear):
    steady, _ = signal_of(rig, signal_scene(scenes, None), clear, 0.0)
    scene = signal_scene(scenes, LENS.pulse)
    on, _ = signal_of(rig, scene, clear, 0.0025)
    off, _ = signal_of(rig, scene, clear, 0.0075)
    np.testing.assert_allclose(on / steady, (6000 + DAY) / (3000 + DAY), rtol=1e-3)
    assert (off < 0.03 * steady).all()
    dark, _ = signal_of(rig, signal_scene(scenes, LENS.pulse, on=False), clear, 0.0025)
    np.testing.assert_allclose(dark, steady)  # not switched on: the picture is left alone


def test_a_rolling_shutter_sees_bands(rig, scenes, clear):
    scene = signal_scene(scenes, LENS.pulse)
    steady, _ = signal_of(rig, signal_scene(scenes, None), clear, 0.0, 150e-6)
    found, times = signal_of(rig, scene, clear, 0.0, 150e-6)
    wanted = LENS.pulse.mean(times, 1e-4)
    light = np.maximum(3000 * wanted + DAY, 0.02 * 3040)
    assert wanted.min() == 0
    assert wanted.max() == pytest.approx(2)
    np.testing.assert_allclose(found / steady, light / 3040, atol=0.02)


def test_a_long_exposure_holds_whole_cycles(rig, scenes, clear):
    steady, _ = signal_of(rig, signal_scene(scenes, None), clear, 0.0, span=0.01)
    found, _ = signal_of(rig, signal_scene(scenes, LENS.pulse), clear, 0.0, span=0.01)
    np.testing.assert_allclose(found, steady, rtol=1e-6)


@pytest.mark.parametrize("wrong", [{"frequency": 0.0}, {"duty": 0.0}, {"duty": 1.2}])
def test_what_is_no_pulse_is_refused(wrong):
    with pytest.raises(ValueError, match="got"):
        Pulse(**{"frequency": 100.0, "duty": 0.5, **wrong})
