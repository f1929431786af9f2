"""Rays through all of a lens against what one disc of blur makes of a pinhole's picture."""

from dataclasses import replace
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path as File

import numpy as np
import pytest

from synthgen.embree import tracer
from synthgen.errors import UserError
from synthgen.render.path import setup
from synthgen.render.path.quality import PathQuality
from synthgen.render.raycast import Raycast
from synthgen.rng import stream
from synthgen.scene import moment
from synthgen.sensors.camera import depths, pixel_rays, view_of
from synthgen.sensors.focus import circles, focused

try:
    setup.check("llvm")
except UserError as missing:
    pytest.skip(f"the extra `path` is not usable here: {missing}", allow_module_level=True)

from synthgen.render.path.picture import Path, through_lens

LUMA = np.array([0.2126, 0.7152, 0.0722])


@pytest.fixture(scope="module")
def camera():
    """A wide open lens focused at 12 m."""
    place = File(__file__).parents[1] / "sensors/conftest.py"
    spec = spec_from_file_location("sensors_conftest", place)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    whole = module.rig.__wrapped__().camera("image_2")
    model = replace(
        whole.model, width=240, height=72, focus=12.0, f_number=0.04,
        matrix=((360.0, 0, 119.5), (0, 360.0, 35.5), (0, 0, 1.0)),
    )  # fmt: skip
    return replace(whole, model=model), module.CLEAR


def test_rays_meet_in_focus_and_fill_the_opening_evenly(camera, scenes):
    view = view_of(camera[0], moment(scenes([]), 0.0))
    row, column = stream(1, "r").uniform(0, 70, (2, 4000))
    start, way = view.origins(row), view.directions(column, row)
    origin, direction = through_lens(view, row, start, way, stream(2, "l").random((2, 4000)))
    shift = (origin - start) @ view.world_from_camera[:3, :3]
    assert np.abs(shift[:, 2]).max() < 1e-5
    assert np.hypot(shift[:, 0], shift[:, 1]).max() < view.aperture / 2 * 1.001
    # An even disc deviates by a quarter of its width along each axis.
    np.testing.assert_allclose(shift[:, :2].std(axis=0), view.aperture / 4, rtol=0.03)
    in_focus = [one + ray * (view.focus / view.depth_per_way(ray, row))[:, None]
                for one, ray in ((start, way), (origin, direction))]  # fmt: skip
    np.testing.assert_allclose(in_focus[0], in_focus[1], atol=1e-4)


def test_the_blurred_picture_of_raycast_is_that_of_paths_through_the_lens(camera, scenes):
    """Boxes before, in and behind the focus, and a roof right before the lens."""
    (placed, air), quality = camera, PathQuality(samples=64, denoise=False)
    scene = scenes([(7.0, 1.6), (14.0, -1.6), (45.0, 0.5)])
    now, pictures = moment(scene, 0.0), {}
    view = view_of(placed, now)
    still = replace(view, aperture=0.0, focus=0.0)
    with tracer(scene.world) as trace:
        rays = pixel_rays(view)
        hits = trace.first_hits(now, rays)
        depth = depths(view, rays, hits)
        paths, casts = Path(scene.world, quality), Raycast(scene.world)
        for name, maker, eye in (
            ("lens", paths, view), ("pinhole", paths, still), ("cast", casts, still)
        ):  # fmt: skip
            pictures[name] = maker.radiance(trace, now, eye, hits, air, 1)
    assert np.abs(circles(depth, placed.model)).max() > 2.5
    soft = focused(pictures["pinhole"], depth, placed.model)
    changed, left = (
        np.sqrt(np.mean(((one - pictures["lens"]) @ LUMA) ** 2))
        for one in (pictures["pinhole"], soft)
    )
    assert left < 0.4 * changed, (left, changed)
    blurred = focused(pictures["cast"], depth, placed.model) @ LUMA
    lens = pictures["lens"] @ LUMA
    assert np.median(np.abs(blurred / lens - 1)) < 0.01
    assert blurred.mean() == pytest.approx(lens.mean(), rel=0.03)
