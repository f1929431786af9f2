"""The light of the same moments under other conditions, and what stands out in it."""

from dataclasses import replace

import numpy as np
import pytest

from synthgen.classes import CLASSES
from synthgen.electronics import Setting
from synthgen.embree import tracer
from synthgen.jobs.clock import Clock
from synthgen.labels.contrast import contrast
from synthgen.labels.mask import visible_masks
from synthgen.pipeline import watched
from synthgen.render.raycast import Raycast
from synthgen.rng import stream
from synthgen.sensors.camera import look
from synthgen.sensors.imager import pattern, raw, steps_per_electron
from synthgen.spec.clip import Conditions
from synthgen.weather.air import atmosphere


@pytest.mark.parametrize("name", ["night", "blackout"])
def test_a_twins_renderer_makes_the_light_of_a_renderer_of_its_own(stage, samples, name):
    run, *_ = stage
    base = samples[0].moment
    twin = next(one for one in samples if one.twin == name).moment
    air = atmosphere(twin.scene.world.environment)
    with tracer(base.scene.world) as trace:
        sight = look(run.rig.camera("image_2"), trace, base)
        first = Raycast(base.scene.world)
        shared, own = first.twin(twin.scene.world), Raycast(twin.scene.world)
        images = [
            one.radiance(trace, twin, sight.view, sight.hits, air, 7) for one in (shared, own)
        ]
    np.testing.assert_array_equal(*images)
    assert images[0].max() > 0


@pytest.mark.parametrize("name", ["", "fog", "night"])
def test_contrast_is_what_64_noisy_images_of_the_same_moment_measure(stage, samples, name):
    """Second route, see `labels/test_contrast_properties.py`; here on rendered pictures."""
    sample = next(one for one in samples if one.twin == name)
    reading, model = sample.cameras["image_2"], stage[0].rig.cameras["image_2"].model
    setting = Setting(reading.exposure, reading.gain)
    gain = steps_per_electron(model, setting.gain)
    images = np.stack(
        [
            raw(reading.signal, model, setting, pattern(model, f"{draw}"), stream(draw, "noise"))
            for draw in range(64)
        ]
    )
    images = (images.astype(float) - model.black) / gain
    mean, scatter = images.mean(0), images.std(0, ddof=1) * np.sqrt(63 / 61)
    shown = visible_masks(reading.body, len(sample.moment.scene.world.stuff))
    compared = 0
    for label in sample.objects["image_2"]:
        if label.visible_pixels < 60 or label.contrast < 3 or lost(reading, model, label):
            continue
        measured = contrast(mean, scatter, shown[label.number])
        assert measured == pytest.approx(label.contrast, rel=0.06)
        compared += 1
    assert compared >= 3


def lost(reading, model, label):
    """Return whether some of an object is so bright that the sensor clips it."""
    most = model.reach * model.full_well / reading.gain
    return reading.signal[reading.body == label.number].max() > 0.8 * most


def test_thicker_fog_never_lets_anything_stand_out_more(stage):
    run, spec, plot, scene = stage
    air = (30_000.0, 400.0, 150.0, 60.0, 25.0)
    twins = {
        f"fog_{number}": Conditions(
            environment=replace(spec.environment, visibility=sight), draws=spec.draws
        )
        for number, sight in enumerate(air)
    }
    clips = watched(plot, scene, replace(spec, twins=twins), run.rig, [0], Clock())
    values = np.array([[one.contrast for one in sample.objects["image_2"]] for sample in clips])
    distance = [one.distance for one in next(iter(samples_of(stage))).objects["image_2"]]
    assert (np.diff(values[1:], axis=0) < 0).all()
    left = values[-1] / values[1]
    assert (left[np.argsort(distance)][[0, -1]] == [left.max(), left.min()]).all()


def test_snow_that_lies_is_a_twin_too_whiter_and_brighter_for_the_laser(stage):
    run, spec, plot, scene = stage
    under = replace(spec.environment, snow_cover=12.0)
    twins = {"snow": Conditions(environment=under, draws=spec.draws)}
    base, snow = watched(plot, scene, replace(spec, twins=twins), run.rig, [0], Clock())
    plain, white = base.cameras["image_2"], snow.cameras["image_2"]
    for name in ("body", "depth", "semantic"):
        np.testing.assert_array_equal(getattr(plain, name), getattr(white, name))
    assert snow.moment.shaped_as(base.moment)
    road = CLASSES["road"].semantic
    seen = [one.signal[one.semantic == road] / one.exposure / one.gain for one in (plain, white)]
    # Where no wheels go: the toy's road is busy.
    assert np.quantile(seen[1], 0.9) > 1.4 * np.quantile(seen[0], 0.9)
    sweeps = [one.lidars["velodyne"] for one in (base, snow)]
    echo = [np.quantile(one.intensity[one.semantic == road], 0.9) for one in sweeps]
    assert echo[1] > echo[0] + 0.1
    assert (base.environment["snow_cover"], snow.environment["snow_cover"]) == (0.0, 12.0)


def samples_of(stage):
    run, spec, plot, scene = stage
    return watched(plot, scene, replace(spec, twins={}), run.rig, [0], Clock())


def test_things_stand_out_less_by_night_and_least_without_power(samples):
    """Who carries no lamp; those that do may stand out more."""
    by = {sample.twin: sample.objects["image_2"][3].contrast for sample in samples}
    assert samples[0].objects["image_2"][3].kind == "pedestrian"
    assert by["clear"] > by["fog"] > by["night"] > by["blackout"]
