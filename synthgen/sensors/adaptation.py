"""Automatic exposure and white balance with a memory: how a camera follows the light of a clip.

A fold over the clip's motion: each frame is looked at in a small picture first, and every frame's
setting follows from those before it. So a frame's bytes depend on the clip alone, whichever
frames are made, by whom and in which order.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from synthgen.atmosphere import Atmosphere
from synthgen.electronics import Control, Setting
from synthgen.embree import Tracer
from synthgen.rig import Camera, CameraModel
from synthgen.scene import Moment
from synthgen.sensors.camera import Render, pixel_rays, view_of
from synthgen.sensors.exposure import divided, looked_at, settled

SMALLER = 8
"""How many pixels of the image are one of the picture that the light is measured in."""


def glance(
    camera: Camera, tracer: Tracer, moment: Moment, render: Render, atmosphere: Atmosphere
) -> Setting:
    """Return what the camera would settle on if the moment lasted, from a small picture of it."""
    small = thumbnail(camera)
    view = view_of(small, moment)
    hits = tracer.first_hits(moment, pixel_rays(view))
    seen = looked_at(render(tracer, moment, view, hits, atmosphere, 0), view)
    return settled(seen, small.model)


def thumbnail(camera: Camera, smaller: int = SMALLER) -> Camera:
    """Return the camera with an image `smaller` times smaller each way, of the same view.

    All of its rows are exposed at once: what they show is as bright.
    """
    model = camera.model
    (fx, skew, cx), (_, fy, cy), last = model.matrix
    middle = [(value + 0.5) / smaller - 0.5 for value in (cx, cy)]
    matrix = ((fx / smaller, skew / smaller, middle[0]), (0.0, fy / smaller, middle[1]), last)
    width, height = (max(size // smaller, 2) for size in (model.width, model.height))
    small = replace(model, width=width, height=height, matrix=matrix, row_time=0.0)
    return replace(camera, model=small)


def adapted(
    model: CameraModel, times: Sequence[float], wanted: Callable[[float], Setting]
) -> tuple[Setting, ...]:
    """Return how the camera is set at each of its images.

    Args:
        model: the camera.
        times: [s] of the images.
        wanted: what it would settle on at a time [s].

    The first image and one that comes long after the one before are taken by a settled camera.
    """
    found, moving = [wanted(times[0])], False
    for number in range(1, len(times)):
        if times[number] - times[number - 1] > model.control.settled:
            found.append(wanted(times[number]))
            moving = False
            continue
        seen = wanted(times[number - 1])
        moving = stirred(model.control, error(seen, found[-1]), moving)
        found.append(followed(model, found[-1], seen, moving))
    return tuple(found)


def remembers(control: Control, times: Sequence[float]) -> bool:
    """Return whether images at `times` [s] follow so closely that one sets the camera for the
    next; a camera of single views has settled on each.
    """
    return bool((np.diff(times) <= control.settled).any())


def error(wanted: Setting, now: Setting) -> float:
    """Return by how many stops the image of `now` is too dark."""
    return float(np.log2(wanted.brightness / now.brightness))


def stirred(control: Control, wrong: float, moving: bool) -> bool:
    """Return whether exposure is corrected, given whether it was at the last image."""
    return abs(wrong) > control.hysteresis * (0.25 if moving else 1.0)


def followed(model: CameraModel, now: Setting, wanted: Setting, moving: bool) -> Setting:
    """Return the setting after `now`, one step towards what is `wanted`.

    Where several exposures are merged, the image's brightness is what is followed, and the digital
    gain makes up for what the sensor's exposure does.
    """
    control = model.control
    most = model.longest_exposure * model.largest_gain
    ways = error(wanted, now), float(np.log2(wanted.product / now.product))
    brighter, step = (_step(control, way) if moving else 0.0 for way in ways)
    product = float(np.clip(now.product * 2**step, model.least_exposure, most))
    time, gain = divided(product, model)
    digital = 1.0 if model.hdr is None else now.brightness * 2**brighter / product
    red, green, blue = (
        old * (new / old) ** control.balance_gain
        for old, new in zip(now.balance, wanted.balance, strict=True)
    )
    return Setting(time, gain, (red, green, blue), digital)


def _step(control: Control, wrong: float) -> float:
    """Return by how many stops what is `wrong` by so many is corrected in one image."""
    limit = control.largest_step
    return float(np.clip(control.loop_gain * wrong, -limit, limit))
