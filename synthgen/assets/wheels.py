"""Wheels: tyres, rims and spokes turned about the axle."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float

from synthgen.assets.shells import (
    Finish,
    Shell,
    Side,
    Turning,
    joined,
    mirrored,
    shifted,
    smooth_normals,
)
from synthgen.geometry import Array


@dataclass(frozen=True)
class WheelStyle:
    """How a wheel looks.

    Attributes:
        radius: [m] of the tyre.
        width: [m] of the tyre.
        rim: rim radius over tyre radius.
        spokes: number of spokes; 0 for a closed steel disc.
        spoke_width: share of the pitch that a spoke takes at its middle.
        dish: [m] how far the rim's face lies inside the sidewall.
        phase: [rad] turn of the wheel.
        twin: whether a second tyre sits behind the first.
    """

    radius: float
    width: float
    rim: float = 0.66
    spokes: int = 5
    spoke_width: float = 0.42
    dish: float = 0.02
    phase: float = 0.0
    twin: bool = False


@dataclass(frozen=True)
class WheelFinish:
    """What a wheel is made of."""

    tyre: Finish
    rim: Finish
    well: Finish


def turned(
    profile: Float[Array, "k 2"], segments: int, finish: Finish, phase: float = 0.0
) -> Shell:
    """Return the surface swept by `profile` (y, r) [m] about the y axis.

    The outside lies away from the axle where the profile goes towards +y.
    """
    angle = phase + np.arange(segments) * 2 * np.pi / segments
    ring = np.stack([np.cos(angle), np.zeros(segments), np.sin(angle)], axis=1)
    points = profile[:, None, 1, None] * ring + profile[:, None, 0, None] * [0.0, 1.0, 0.0]
    count = len(profile)
    ids = np.arange(count * segments).reshape(count, segments)
    after = np.roll(ids, -1, axis=1)
    a, b, c, d = ids[:-1], ids[1:], after[1:], after[:-1]
    triangles = np.stack([np.stack([a, b, c], -1), np.stack([a, c, d], -1)], -2).reshape(-1, 3)
    flat = points.reshape(-1, 3)
    return _plain(flat, triangles, finish)


def _plain(points: Array, triangles: Array, finish: Finish) -> Shell:
    area = np.cross(
        points[triangles[:, 1]] - points[triangles[:, 0]],
        points[triangles[:, 2]] - points[triangles[:, 0]],
    )
    triangles = triangles[np.linalg.norm(area, axis=1) > 1e-10]
    zeros = np.zeros(len(triangles), np.int64)
    normals = smooth_normals(points, triangles)
    return Shell(points, normals, triangles, zeros + Side.LEFT, zeros, (finish,))


def wheel(style: WheelStyle, finish: WheelFinish) -> Shell:
    """Return a wheel whose outer face looks to +y at y = 0, axle at the origin."""
    parts = [_tyre(style, finish)]
    if style.twin:
        parts.append(_twin(style, finish))
    if style.spokes:
        parts += [_disc(style, finish), _spokes(style, finish), _hub(style, finish)]
    else:
        parts.append(_pressed(style, finish))
    whole = joined(parts)
    hub = (0.0, -style.width / 2, 0.0)
    return replace(whole, wheels=(Turning(0, len(whole.triangles), hub, style.radius),))


def _twin(style: WheelStyle, finish: WheelFinish) -> Shell:
    """The inner tyre of a pair: little of it shows."""
    radius, width = style.radius, style.width
    profile = np.array(
        [
            [-2.05 * width, 0.0],
            [-2.05 * width, 0.97 * radius],
            [-1.9 * width, radius],
            [-1.3 * width, radius],
            [-1.12 * width, 0.9 * radius],
            [-1.1 * width, 0.6 * radius],
        ]
    )
    return turned(profile, 18, finish.tyre, -np.pi / 2)


def _tyre(style: WheelStyle, finish: WheelFinish) -> Shell:
    radius, width, rim = style.radius, style.width, style.radius * style.rim
    shoulder = radius - 0.12 * (radius - rim)
    bead, bulge = rim * 0.99, rim + 0.55 * (radius - rim)
    profile = np.array(
        [
            [-0.96 * width, 0.0],
            [-0.96 * width, 0.985 * radius],
            [-0.82 * width, radius],
            [-0.2 * width, radius],
            [-0.05 * width, shoulder],
            [0.0, bulge],
            [-0.012, bead],
        ]
    )
    segments = 20
    # A vertex exactly at the bottom keeps the wheel on the ground.
    return turned(profile, segments, finish.tyre, -np.pi / 2)


def _disc(style: WheelStyle, finish: WheelFinish) -> Shell:
    """Rim lip, barrel and the dark depth behind the spokes, open only towards the tyre."""
    rim, depth = style.radius * style.rim, 0.45 * style.width
    lip = np.array([[-0.012, rim * 0.99], [-0.018, rim * 0.90]])
    barrel = np.array([[-0.018, rim * 0.90], [-depth, rim * 0.86], [-depth, 0.0]])
    return joined(
        [
            turned(lip, 20, finish.rim, -np.pi / 2),
            turned(barrel, 20, finish.well, -np.pi / 2),
        ]
    )


def _spokes(style: WheelStyle, finish: WheelFinish) -> Shell:
    rim = style.radius * style.rim
    pitch = 2 * np.pi / style.spokes
    centers = style.phase + np.arange(style.spokes) * pitch
    radii = np.array([0.16, 0.5, 0.94]) * rim
    half = style.spoke_width * pitch / 2 * np.array([0.95, 0.75, 0.62])
    face = -np.array([style.dish * 0.6, style.dish * 0.9, style.dish * 0.5 + 0.006])
    depth = 0.45 * style.width
    return joined([_spoke(center, (radii, half, face), depth, finish.rim) for center in centers])


def _spoke(
    center: float, course: tuple[Array, Array, Array], depth: float, finish: Finish
) -> Shell:
    """A bar from hub to rim, down to `depth` [m]: crowned face and two flanks."""
    radii, half, face = course
    across = np.array([-1.0, -0.72, 0.72, 1.0])
    drop = np.array([-depth, 0.0, 0.0, -depth])
    angle = center + across[None] * half[:, None]
    points = np.stack(
        [
            radii[:, None] * np.cos(angle),
            np.maximum(face[:, None] + drop[None], -depth - 0.002),
            radii[:, None] * np.sin(angle),
        ],
        axis=-1,
    )
    ids = np.arange(12).reshape(3, 4)
    a, b, c, d = ids[:-1, :-1], ids[1:, :-1], ids[1:, 1:], ids[:-1, 1:]
    triangles = np.stack([np.stack([a, c, b], -1), np.stack([a, d, c], -1)], -2).reshape(-1, 3)
    points = points.reshape(-1, 3)[triangles].reshape(-1, 3)
    return _plain(points, np.arange(len(points)).reshape(-1, 3), finish)


def _hub(style: WheelStyle, finish: WheelFinish) -> Shell:
    rim = style.radius * style.rim
    profile = np.array([[-0.45 * style.width, rim * 0.21], [-0.004, rim * 0.17], [-0.004, 0.0]])
    return turned(profile, 10, finish.rim)


def _pressed(style: WheelStyle, finish: WheelFinish) -> Shell:
    """A steel wheel: dished disc with a proud hub, as on trucks and vans."""
    rim = style.radius * style.rim
    profile = np.array(
        [
            [-0.012, rim * 0.99],
            [-style.dish - 0.03, rim * 0.84],
            [-style.dish + 0.01, rim * 0.42],
            [-style.dish + 0.03, rim * 0.3],
            [-0.002, rim * 0.22],
            [-0.002, 0.0],
        ]
    )
    return turned(profile, 20, finish.rim, -np.pi / 2)


def axle(shell: Shell, x: float, half_width: float, height: float) -> list[Shell]:
    """Return the two wheels of an axle: faces at y = +-`half_width` [m], `x` [m] forward."""
    left = shifted(shell, (x, half_width, height))
    return [left, mirrored(left)]
