"""Rain drops near the camera, drawn as streaks into linear radiance."""

from dataclasses import dataclass

import numba
import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array, inverse, transform
from synthgen.precipitation import Spectrum
from synthgen.rig import CameraModel
from synthgen.sample import CameraView
from synthgen.scene import Moment
from synthgen.world import Beam

NEAREST, FARTHEST = 0.8, 20.0
"""[m] Depths between which drops are drawn one by one; beyond they are haze."""

THINNEST = 0.3
"""[px] Drops thinner than this count as haze."""

MARGIN = 80
"""[px] Drops this far outside the image may streak into it."""


_NO_PIXEL = np.zeros(0)


@dataclass(frozen=True, eq=False)
class Drops:
    """Drops in the view.

    Attributes:
        position: [m] world frame, at mid-exposure.
        diameter: [m].
    """

    position: Float[Array, "n 3"]
    diameter: Float[Array, "n"]


def fall_speed(diameter: Float[Array, "n"]) -> Float[Array, "n"]:
    """Return the terminal speed [m/s] of drops of `diameter` [m], 0.5 to 6 mm.

    Source: D. Atlas, R. Srivastava and R. Sekhon, "Doppler radar characteristics of
    precipitation at vertical incidence", Rev. Geophys. 11, 1973, equation 24.
    """
    return np.maximum(9.65 - 10.3 * np.exp(-600.0 * diameter), 0.1)


def drops(view: CameraView, sizes: Spectrum, rng: np.random.Generator) -> Drops:
    """Return the drops of rain with these `sizes` that `view` can tell apart."""
    edges = np.linspace(0.5e-3, 6e-3, 56)
    middle, step = (edges[1:] + edges[:-1]) / 2, edges[1] - edges[0]
    focal = view.matrix[0, 0]
    reach = np.clip(focal * middle / THINNEST, NEAREST, FARTHEST)
    spread = (view.width + 2 * MARGIN) * (view.height + 2 * MARGIN) / focal**2
    if not view.lens.flat:
        spread = float(_spread(view)[0] * (view.width + 2 * MARGIN) * (view.height + 2 * MARGIN))
    density = sizes.density(middle) * step
    count = rng.poisson(density * spread * (reach**3 - NEAREST**3) / 3)
    which = np.repeat(np.arange(len(middle)), count)
    cubes = NEAREST**3 + rng.random(len(which)) * (reach[which] ** 3 - NEAREST**3)
    depth = np.cbrt(cubes)
    column = rng.uniform(-MARGIN, view.width + MARGIN, len(which))
    row = rng.uniform(-MARGIN, view.height + MARGIN, len(which))
    if not view.lens.flat:
        most, angle = _spread(view, column, row)
        kept = rng.random(len(which)) * most < angle
        way = view.directions(column[kept], row[kept]) * depth[kept, None]
        size = edges[which[kept]] + step * rng.random(int(kept.sum()))
        return Drops(view.world_from_camera[:3, 3] + way, size)
    local = np.stack([column, row, np.ones(len(which))], -1) @ np.linalg.inv(view.matrix).T
    world = transform(view.world_from_camera, local * depth[:, None])
    return Drops(world, edges[which] + step * rng.random(len(which)))


def _spread(
    view: CameraView, column: Array = _NO_PIXEL, row: Array = _NO_PIXEL
) -> tuple[float, Float[Array, "n"]]:
    """Return the largest solid angle [sr] of a pixel in the view and those of some pixels."""
    down, across = np.mgrid[-MARGIN : view.height + MARGIN : 8, -MARGIN : view.width + MARGIN : 8]
    every = view.lens.solid_angle(across.ravel().astype(float), down.ravel().astype(float))
    return 1.02 * float(every.max()), view.lens.solid_angle(column, row)


def streaked(
    radiance: Float[Array, "h w 3"],
    depth: Float[Array, "h w"],
    moment: Moment,
    view: CameraView,
    falling: Drops,
    lens: tuple[CameraModel, float],
) -> Float[Array, "h w 3"]:
    """Return `radiance` with `falling` drops before it; `lens` is the camera, exposure time [s].

    A drop covers what it passes for the part of the exposure that it takes to pass: its share
    of a pixel is its own area over the streak's.
    """
    model, exposure = lens
    start, end, away = ends(moment, view, falling, exposure)
    if not view.lens.flat:
        there = ~np.isnan(start).any(axis=1) & ~np.isnan(end).any(axis=1)
        falling = Drops(falling.position[there], falling.diameter[there])
        start, end, away = start[there], end[there], away[there]
    focal = view.matrix[0, 0]
    width = focal * falling.diameter / away
    blur = focal**2 * model.pixel / (model.f_number * away)
    drawn = np.maximum(np.hypot(width, blur), 1.0)
    length = np.linalg.norm(end - start, axis=1)
    share = np.minimum(np.pi / 4 * width**2 / (drawn * length + np.pi / 4 * drawn**2), 1.0)
    bright = brightness(radiance, moment, falling)
    result = radiance.astype(np.float64)
    _draw(result, depth, np.column_stack([start, end, drawn, share, away]), bright)
    return result


def ends(
    moment: Moment, view: CameraView, falling: Drops, exposure: float
) -> tuple[Float[Array, "n 2"], Float[Array, "n 2"], Float[Array, "n"]]:
    """Return pixel coordinates at the start and the end of the `exposure` [s], and depth [m]."""
    air = moment.scene.world.environment
    velocity = np.zeros_like(falling.position)
    velocity[:, 0] = air.wind * np.cos(air.wind_azimuth)
    velocity[:, 1] = air.wind * np.sin(air.wind_azimuth)
    velocity[:, 2] = -fall_speed(falling.diameter)
    way = (velocity - moment.scene.ego.velocity_at(moment.time)) * (exposure / 2)
    (start, near), (end, far) = (view.project(falling.position + s * way) for s in (-1, 1))
    return start, end, np.maximum(np.minimum(near, far), 0.1)


def brightness(
    radiance: Float[Array, "h w 3"], moment: Moment, falling: Drops
) -> Float[Array, "n 3"]:
    """Return the radiance [cd/m2] of drops: all around through them, and the car's own lamps.

    A drop gathers light from 165 deg, so it shows 0.94 of the mean of what is around, here of
    the image. Of lamps behind the camera it mirrors its outer 6 % and what its rear face
    returns, together 15 %, in all directions.

    Source: K. Garg and S. Nayar, "Vision and rain", Int. J. Comput. Vis. 75, 2007, sections 3
    and 4.
    """
    around = 0.94 * radiance.reshape(-1, 3).mean(axis=0)
    return around + 0.15 / (4 * np.pi) * _lamp_light(moment, falling.position)


def _lamp_light(moment: Moment, position: Float[Array, "n 3"]) -> Float[Array, "n 3"]:
    """Illuminance [lx] of the ego car's head lamps at `position`, as linear sRGB."""
    ego = moment.scene.ego
    body = moment.scene.world.things[moment.scene.world.ego]
    level = ego.level_at(moment.time)
    local = transform(inverse(ego.world_from_body(moment.time)), position)
    total = np.zeros_like(position)
    for lamp in body.lamps:
        if lamp.beam not in _BEAMS or lamp.circuit >= len(level) or level[lamp.circuit] <= 0:
            continue
        way = local - np.array(lamp.position)
        light = lamp.intensity * level[lamp.circuit] * _lobe(way, lamp.direction, lamp.beam)
        light /= np.maximum((way**2).sum(axis=1), 0.25)
        total += light[:, None] * np.array(body.circuits[lamp.circuit].color)
    return total


_BEAMS = {Beam.LOW_BEAM: (0.30, 0.06, 0.03), Beam.HIGH_BEAM: (0.10, 0.06, 1.0)}
"""Half widths [rad] across and down, and the share that is left above the horizon."""


def _lobe(way: Float[Array, "n 3"], axis: tuple[float, float, float], beam: Beam) -> Array:
    """Share of the peak intensity, a Gaussian lobe, cut off above the horizon for low beam.

    Source: UN Regulation 112, class B: zone III (above the cut-off) has at most 625 cd.
    """
    across, down, above = _BEAMS[beam]
    yaw = np.arctan2(way[:, 1], way[:, 0]) - np.arctan2(axis[1], axis[0])
    pitch = np.arctan2(way[:, 2], np.hypot(way[:, 0], way[:, 1]))
    shape = np.exp(-((yaw / across) ** 2 + (pitch / down) ** 2) / 2) * (way[:, 0] > 0)
    return np.where(pitch > -0.01, above * shape, shape)


@numba.njit(cache=True)
def _draw(image, depth, streaks, bright):  # type: ignore[no-untyped-def]
    """Blend capsules (u0, v0, u1, v1, width, share, depth) into `image`."""
    height, width = depth.shape
    for i in range(len(streaks)):
        u0, v0, u1, v1, thick, share, away = streaks[i]
        du, dv, half = u1 - u0, v1 - v0, thick / 2 + 0.5
        scale = 1.0 / max(du * du + dv * dv, 1e-9)
        first, last = max(int(min(v0, v1) - half), 0), min(int(max(v0, v1) + half) + 1, height - 1)
        for row in range(first, last + 1):
            a, b = 0.0, 1.0
            if abs(dv) > 1e-6:
                c, d = (row - half - v0) / dv, (row + half - v0) / dv
                a, b = max(min(c, d), 0.0), min(max(c, d), 1.0)
            c, d = u0 + a * du, u0 + b * du
            left, right = max(int(min(c, d) - half), 0), min(int(max(c, d) + half) + 1, width - 1)
            for column in range(left, right + 1):
                if 0 < depth[row, column] < away:
                    continue
                x, y = column - u0, row - v0
                along = min(max((x * du + y * dv) * scale, 0.0), 1.0)
                x, y = x - along * du, y - along * dv
                across2 = x * x + y * y
                if across2 >= half * half:
                    continue
                cover = share * min(half - np.sqrt(across2), 1.0)
                for k in range(3):
                    image[row, column, k] += cover * (bright[i, k] - image[row, column, k])
