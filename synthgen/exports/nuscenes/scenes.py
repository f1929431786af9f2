"""Clips cut into scenes: key frames at 2 Hz, the frames between them as sweeps."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from synthgen.exports.nuscenes.recording import Clip, Frame

KEY = 0.5
"""[s] between key frames. Source: H. Caesar et al., "nuScenes", CVPR 2020, section 3: 2 Hz."""
APART = 1.0
"""[s] Frames farther apart than this do not follow on each other: each is a scene of its own, or
else readers that stack earlier sweeps would take one of seconds ago for one of just before."""


@dataclass(frozen=True, eq=False)
class Scene:
    """Frames that follow on each other.

    Attributes:
        name: unique in the data set.
        clip: that they are of.
        samples: for each key frame the frames since the one before, that key frame last.
    """

    name: str
    clip: Clip
    samples: tuple[tuple[Frame, ...], ...]


def scenes(clip: Clip) -> list[Scene]:
    """Return the scenes of `clip`; each begins and ends with a key frame.

    What is left after the last key frame is left out: no sample follows that it could belong to.
    """
    runs = _runs(clip.frames)
    names = [f"scene-{clip.number:06d}"]
    if len(runs) > 1:
        names = [f"scene-{clip.number:06d}-{number:03d}" for number in range(len(runs))]
    return [Scene(name, clip, _samples(run)) for name, run in zip(names, runs, strict=True)]


def _runs(frames: Sequence[Frame]) -> list[list[Frame]]:
    found: list[list[Frame]] = []
    for frame in frames:
        if found and frame.time - found[-1][-1].time <= APART:
            found[-1].append(frame)
        else:
            found.append([frame])
    return found


def _samples(run: Sequence[Frame]) -> tuple[tuple[Frame, ...], ...]:
    """Return `run` cut behind each key frame: the first frame, and each half a second on."""
    gap = float(np.median(np.diff([frame.time for frame in run]))) if len(run) > 1 else KEY
    step = max(1, round(KEY / gap))
    keys = range(0, len(run), step)
    return tuple(tuple(run[max(0, key - step + 1) : key + 1]) for key in keys)
