"""Rain drops and snowflakes near the camera, drawn as streaks into linear radiance."""

import cv2
import numba
import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array, inverse, transform
from synthgen.rig import CameraModel
from synthgen.sample import CameraView
from synthgen.scene import Moment
from synthgen.sensors.falling import Falling
from synthgen.world import Beam

AROUND = np.radians(82.5)
"""[rad] Half of the angle from which a drop gathers light."""
_STRIPE = 8.0
"""[px] Twice the width of the stripes that streaks are drawn in, one after the other."""


def streaked(
    radiance: Float[Array, "h w 3"],
    depth: Float[Array, "h w"],
    moment: Moment,
    view: CameraView,
    falling: Falling,
    lens: tuple[CameraModel, float],
) -> Float[Array, "h w 3"]:
    """Return `radiance` with what is `falling` before it; `lens` is the camera, exposure time [s].

    A drop covers what it passes for the part of the exposure that it takes to pass: its share
    of a pixel is its own area over the streak's. Near the lens it is out of focus.

    Source: K. Garg and S. Nayar, "Vision and rain", Int. J. Comput. Vis. 75, 2007, equation 20:
    time before a pixel over exposure time.
    """
    if not len(falling.diameter):
        return radiance
    model, exposure = lens
    start, end, away = ends(moment, view, falling, exposure)
    focal = view.matrix[0, 0]
    width = focal * falling.diameter / away
    blur = focal**2 * model.pixel / (model.f_number * away)
    drawn = np.maximum(np.hypot(width, blur), 1.0)
    length = np.linalg.norm(end - start, axis=1)
    area = focal**2 * falling.area / away**2
    # A capsule whose rim falls off over one pixel: a disc of radius r is pi (r^2 + 1 / 12) large.
    share = np.minimum(area / (drawn * length + np.pi * (drawn**2 / 4 + 1 / 12)), 1.0)
    bright = brightness(radiance, moment, view, falling)
    rows = np.column_stack([start, end, drawn, share, away])
    there = np.flatnonzero(~np.isnan(rows).any(axis=1))
    # Neighbours one after the other: an image's columns lie far apart in memory.
    there = there[np.argsort((start[there, 0] + end[there, 0]) // _STRIPE, kind="stable")]
    result = radiance.copy()
    _draw(result, depth, rows[there], bright[there])
    return result


def ends(
    moment: Moment, view: CameraView, falling: Falling, exposure: float
) -> tuple[Float[Array, "n 2"], Float[Array, "n 2"], Float[Array, "n"]]:
    """Return pixel coordinates at the start and the end of the `exposure` [s], and depth [m]."""
    air = moment.scene.world.environment
    wind = air.wind * np.array([np.cos(air.wind_azimuth), np.sin(air.wind_azimuth), 0.0])
    velocity = falling.velocity + wind
    way = (velocity - moment.scene.ego.velocity_at(moment.time)) * (exposure / 2)
    (start, near), (end, far) = (view.project(falling.position + s * way) for s in (-1, 1))
    return start, end, np.maximum(np.minimum(near, far), 0.1)


def brightness(
    radiance: Float[Array, "h w 3"], moment: Moment, view: CameraView, falling: Falling
) -> Float[Array, "n 3"]:
    """Return the radiance [cd/m2] of what is `falling`: all around through it, and by own lamps.

    A drop gathers light from 165 deg, so it shows 0.94 of the mean of what is around. Of lamps
    behind the camera it mirrors its outer 6 % and what its rear face returns, together 15 %, in
    all directions. A white flake scatters what is around and shows its lit side: a matt ball at
    full phase is 2 / 3 as bright as a plane that faces the lamp.

    Source: Garg and Nayar, 2007, sections 3 and 4; ball: J. H. Lambert, "Photometria", 1760.
    """
    around = surroundings(radiance, view)
    light = _lamp_light(moment, falling.position)
    if falling.white > 0:
        return falling.white * (around + 2 / 3 / np.pi * light)
    return 0.94 * around + 0.15 / (4 * np.pi) * light


def surroundings(radiance: Float[Array, "h w 3"], view: CameraView) -> Float[Array, "3"]:
    """Return the mean radiance [cd/m2] of what is around, 82.5 deg up and down.

    Beyond a pinhole's image it is as at its upper and its lower edge.
    """
    if not view.lens.flat:
        return radiance[~view.void].mean(axis=0, dtype=np.float64)
    rim = max(view.height // 20, 1)
    heights = (np.array([-0.5, view.height - 0.5]) - view.matrix[1, 2]) / view.matrix[1, 1]
    up, down = np.sin(np.arctan(heights))
    end = np.sin(AROUND)
    parts = ((end + up, radiance[:rim]), (down - up, radiance), (end - down, radiance[-rim:]))
    total = sum(share * np.array(cv2.mean(part)[:3]) for share, part in parts)
    return total / (2 * end)


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
