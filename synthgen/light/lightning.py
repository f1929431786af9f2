"""Lightning: the strokes of a flash, and the sky at the moment of one."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from synthgen.geometry import Array
from synthgen.light.sky import Sky, sky
from synthgen.world import Environment, Stroke

SEEN = 0.02
"""[s] A picture within this of a stroke shows it: half a night's exposure and the glow."""
_STROKES = (3.5, 1)
"""Mean and least number of strokes to the ground.

Source: V. Rakov and M. Uman, "Lightning: Physics and Effects", 2003, section 4.2: 3 to 5."""
_GAP = 0.060, 0.5
"""[s] Median between strokes, and the spread of its logarithm (Rakov and Uman 2003, table 1.1)."""
_GROUND = 0.6
"""Share of flashes whose channel shows below the cloud: our own guess for a storm overhead."""
_COLOR = np.array([0.86, 1.0, 1.28])
"""Linear sRGB, near luminance 1, of a channel of 30 000 K seen through air: about 8000 K."""


def strokes(
    luminance: float, frames: Sequence[float], rng: np.random.Generator
) -> tuple[Stroke, ...]:
    """Return the strokes of one flash of which the first falls into one of the `frames` [s].

    Args:
        luminance: [cd/m2] that the first adds to the sky; 0: no lightning.
        frames: times of the clip's pictures.
        rng: draws which frame, how many strokes, how they follow, where.
    """
    first = float(frames[int(rng.integers(len(frames)))])
    ground = bool(rng.random() < _GROUND)
    count = _STROKES[1] + int(rng.poisson(_STROKES[0] - _STROKES[1])) if ground else 1
    azimuth, elevation = rng.uniform(0, 2 * np.pi), np.deg2rad(rng.uniform(8, 35))
    gaps = _GAP[0] * np.exp(_GAP[1] * rng.normal(size=count - 1))
    share = np.concatenate([[1.0], rng.uniform(0.3, 0.8, count - 1)])
    if luminance <= 0:
        return ()
    times = first + np.concatenate([[0.0], np.cumsum(gaps)])
    return tuple(
        Stroke(float(time), float(part * luminance), float(ground * np.pi * part * luminance),
               float(elevation), float(azimuth))
        for time, part in zip(times, share, strict=True)
    )  # fmt: skip


def struck(found: Sequence[Stroke], time: float) -> Stroke | None:
    """Return the brightest stroke that a picture at `time` [s] shows, None without one."""
    near = [one for one in found if abs(one.time - time) <= SEEN]
    return max(near, key=lambda one: one.luminance, default=None)


def flash_sky(environment: Environment, stroke: Stroke) -> Sky:
    """Return the sky lit by `stroke`; shadows are those of the stroke where it outshines the sun.

    Where cloud hides the channel the sky alone flashes, without shadows of its own.
    """
    lit = sky(environment, stroke.luminance, _toward(stroke))
    direct = stroke.illuminance * _COLOR
    if stroke.illuminance <= float(lit.direct.max()):
        return lit
    return replace(lit, direction=_toward(stroke), direct=direct)


def _toward(stroke: Stroke) -> Array:
    flat = np.cos(stroke.elevation)
    return np.array(
        [flat * np.cos(stroke.azimuth), flat * np.sin(stroke.azimuth), np.sin(stroke.elevation)]
    )
