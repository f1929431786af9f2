"""LED flicker: how bright pulsed lamps are in the very time that a pixel's shutter is open.

What lamps throw on others is left at its mean: by day, when exposures are short, it does not show.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Float, Int

from synthgen.atmosphere import Atmosphere
from synthgen.embree import Tracer
from synthgen.geometry import Array
from synthgen.rays import PLACES, Hits
from synthgen.scene import Moment, Present
from synthgen.view import CameraView
from synthgen.world import Circuit

_LEAST = 0.02
"""Share of a pixel's light that is left when its lamp is dark: daylight in the lens, at least."""


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture whose lamps shine as they do in the mean.

    Attributes:
        radiance: [cd/m2] linear sRGB.
        view: the camera.
        hits: of the pixel centres, rows first.
    """

    radiance: Float[Array, "h w 3"]
    view: CameraView
    hits: Hits


def flickered(
    picture: Picture, tracer: Tracer, moment: Moment, air: Atmosphere, span: float
) -> Float[Array, "h w 3"]:
    """Return the radiance with pulsed lamps as bright as they are during `span` [s] about the
    mid-exposure of each row; its very array where no lamp is pulsed.
    """
    pixel = _near_lenses(picture, moment)
    if not len(pixel):
        return picture.radiance
    result = picture.radiance.copy()
    flat = result.reshape(-1, 3)
    change = _change(picture.view, tracer, moment, air, (pixel, span))
    flat[pixel] = np.maximum(flat[pixel] + change, _LEAST * flat[pixel])
    return result


def lit_pulses(moment: Moment, thing: Present) -> list[tuple[int, Circuit, float]]:
    """Return the pulsed circuits of a thing that are on: number, circuit and level."""
    powered = bool(moment.scene.world.fed[thing.number])
    level = thing.track.level_at(moment.time)
    return [
        (number, circuit, float(level[number]))
        for number, circuit in enumerate(thing.body.circuits[: len(level)])
        if circuit.pulse is not None
        and level[number] > 0
        and (powered or not circuit.grid)
        and (circuit.flash is None or circuit.flash.on(moment.time))
    ]


def _near_lenses(picture: Picture, moment: Moment) -> Int[Array, "k"]:
    """Return the pixels that show a pulsed lens that is lit, and those beside them."""
    view, hits = picture.view, picture.hits
    known = {
        thing.number: [number for number, _, _ in lit_pulses(moment, thing)]
        for thing in moment.things
    }
    carries = np.zeros(len(moment.scene.world.bodies) + 1, bool)
    carries[[number for number, lit in known.items() if lit]] = True
    mask = np.zeros(view.width * view.height, np.uint8)
    there = np.flatnonzero(carries[hits.body])
    for number in np.unique(hits.body[there]).tolist():
        own = there[hits.body[there] == number]
        circuit = moment.mesh(number).circuit[hits.primitive[own]]
        mask[own[np.isin(circuit, known[number])]] = 1
    if not mask.any():
        return np.zeros(0, np.int64)
    grown = cv2.dilate(mask.reshape(view.height, view.width), np.ones((3, 3), np.uint8))
    return np.flatnonzero(grown.ravel() & ~view.void.ravel())


def _change(
    view: CameraView, tracer: Tracer, moment: Moment, air: Atmosphere, where: tuple[Array, float]
) -> Float[Array, "k 3"]:
    """Return by how much the radiance of pixels changes: the mean of a few rays through each."""
    pixel, span = where
    row, column = np.divmod(pixel, view.width)
    fine = [(row[:, None] + PLACES[:, 1]).ravel(), (column[:, None] + PLACES[:, 0]).ravel()]
    rays = view.rays(fine[1], fine[0])
    good = np.flatnonzero(~np.isnan(rays.direction[:, 0]))
    rays = rays.select(good)
    hits = tracer.first_hits(moment, rays)
    clear = np.exp(-np.outer(np.where(hits.hit, hits.distance, 0.0), air.extinction))
    found, time = np.zeros((len(fine[0]), 3)), np.repeat(view.times(row), len(PLACES))
    for number in np.unique(hits.body[hits.hit]).tolist():
        thing = moment.by_number.get(number)
        own = np.flatnonzero(hits.body == number)
        for index, circuit, level in [] if thing is None else lit_pulses(moment, thing):
            lens = own[moment.mesh(number).circuit[hits.primitive[own]] == index]
            assert circuit.pulse is not None
            brighter = circuit.pulse.mean(time[good[lens]], span) - 1
            light = circuit.luminance * level * np.array(circuit.color)
            found[good[lens]] = brighter[:, None] * light * clear[lens]
    return found.reshape(len(pixel), len(PLACES), 3).mean(axis=1)
