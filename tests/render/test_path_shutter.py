"""The path tracer behind a shutter that rolls, with what moves while it is open."""

from dataclasses import replace
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path as File

import numpy as np
import pytest

from synthgen.electronics import Setting
from synthgen.embree import tracer
from synthgen.errors import UserError
from synthgen.render.path import setup
from synthgen.render.path.quality import PathQuality
from synthgen.render.raycast import Raycast
from synthgen.rng import stream
from synthgen.scene import moment
from synthgen.sensors.adaptation import thumbnail
from synthgen.sensors.camera import observe

try:
    setup.check("llvm")
except UserError as missing:
    pytest.skip(f"the extra `path` is not usable here: {missing}", allow_module_level=True)

from synthgen.render.path.picture import Path

SPEED, AHEAD = 20.0, 14.0
"""[m/s] of a bar to the left, and [m] how far ahead its middle passes."""
ROW_TIME = 100e-6
OPEN = 0.015
"""[s]"""
ABOVE = slice(4, 82)
"""Rows of the sky."""
LUMA = np.array([0.2126, 0.7152, 0.0722])


def sensors():
    """Return what tests of sensors share."""
    place = File(__file__).parents[1] / "sensors/conftest.py"
    spec = spec_from_file_location("sensors_conftest", place)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def taken(scenes):
    """The light and the image of a bar that passes, by renderer and row time."""
    shared = sensors()
    whole = shared.rig.__wrapped__().camera("image_2")
    dim = replace(whole.model, lens_transmission=0.004)  # for daylight in a long exposure
    small = thumbnail(replace(whole, model=dim, setting=Setting(OPEN, 1.0)), 2)
    still = scenes([(AHEAD, 0.0)], ground=False)
    ego, bar = still.world.things
    mesh = replace(bar.mesh, vertices=bar.mesh.vertices * [1, 0.5, 6] - [0, 0, 3])
    world = replace(still.world, things=(ego, replace(bar, extent=None, mesh=mesh)))
    drive = shared.straight((0, SPEED, 0), (AHEAD, 0.0, 0.0))
    scene = shared.moving(replace(still, world=world), {1: drive})
    now, found = moment(scene, 0.0), {}
    makers = {
        "path": Path(world, PathQuality(samples=16, denoise=False)),
        "raycast": Raycast(world),
    }
    with tracer(world) as trace:
        for name, maker in makers.items():
            for row_time in (0.0, ROW_TIME):
                kept = []
                camera = replace(small, model=replace(small.model, row_time=row_time))

                def render(*asked, maker=maker, kept=kept):
                    kept.append(maker.radiance(*asked))
                    return kept[0]

                reading = observe(camera, trace, now, render, shared.CLEAR, stream(0, "c"))
                found[name, row_time] = kept[0] @ LUMA, reading.image @ LUMA
    return found, small.model.matrix[0][0]


def edge(picture):
    """Where the left edge of the dark bar is in each row: as far from its middle as it is dark.

    The sky behind it goes on as it does to its left.
    """
    rows, left, near = picture[ABOVE], np.arange(244, 274), np.arange(274, 305)
    slope, level = np.polyfit(left, rows[:, left].T, 1)
    sky, bar = level[:, None] + slope[:, None] * near, rows[:, 299:310].mean(axis=1)[:, None]
    return 304.5 - ((sky - rows[:, near]) / (sky - bar)).sum(axis=1)


def lean(picture):
    """By how many columns the left edge goes from row to row."""
    found = edge(picture)
    return np.polyfit(np.arange(len(found)), found, 1)[0]


def test_a_bar_that_passes_leans_as_far_as_its_rows_are_late(taken):
    found, focal = taken
    # Its near face is 2 m before its middle, the camera about a quarter of a metre ahead.
    front = AHEAD - 2.0 - sensors().rig.__wrapped__().camera("image_2").ego_from_camera[0, 3]
    wanted = -focal * SPEED / front * ROW_TIME
    for name in ("path", "raycast"):
        leans = lean(found[name, ROW_TIME][0]) - lean(found[name, 0.0][0])
        assert leans == pytest.approx(wanted, rel=0.02), name


@pytest.mark.parametrize("row_time", [0.0, ROW_TIME])
def test_both_renderers_show_the_same_rows(taken, row_time):
    found = taken[0]
    path, raycast = (found[name, row_time][0] for name in ("path", "raycast"))
    np.testing.assert_allclose(edge(path), edge(raycast), atol=0.5)
    assert path.mean() == pytest.approx(raycast.mean(), rel=0.03)


def test_its_edge_is_as_wide_as_its_way_in_the_exposure(taken):
    """From a tenth to nine tenths: 0.8 of a ramp, widened by the lens's own half pixel."""
    found, focal = taken
    front = AHEAD - 2.0
    for row_time in (0.0, ROW_TIME):
        shown = found["path", row_time][1]
        middle = np.rint(edge(shown)).astype(int)
        rows = np.arange(shown.shape[0])[ABOVE]
        near = [shown[row, at - 14 : at + 15] for row, at in zip(rows, middle, strict=True)]
        profile = np.mean(near, axis=0)
        share = (profile - profile[-3:].mean()) / (profile[:3].mean() - profile[-3:].mean())
        width = np.interp(-0.1, -share, np.arange(29)) - np.interp(-0.9, -share, np.arange(29))
        way = focal * SPEED / front * OPEN
        assert abs(abs(width) - 0.8 * way) < 1.0, (width, way)
