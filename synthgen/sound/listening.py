"""What arrives at each microphone from one source, way by way."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array
from synthgen.sound.air import Air
from synthgen.sound.barrier import barrier_loss
from synthgen.sound.blocks import Blocks, added_up, spread
from synthgen.sound.delay import GRID, read
from synthgen.sound.sirens import directivity
from synthgen.sound.source import Source
from synthgen.sound.trajectory import Trajectory, retarded
from synthgen.sound.ways import Way

_KNOTS = np.geomspace(25.0, 24_000.0, 96)
"""[Hz] At which filters are worked out."""
_BEFORE = 0.02
"""[s] More than is needed of a signal at both ends: filters and kernels reach out."""


@dataclass(frozen=True, eq=False)
class Listener:
    """Microphones for a while.

    Attributes:
        ears: where each is.
        center: where the middle of the array is.
        start: [s] of the first sample.
        rate: [Hz].
        count: samples.
        control: [s] times at which ways are looked at, covering all samples.
        air: what sound travels in.
        ground: amplitude that the ground gives back.
    """

    ears: tuple[Trajectory, ...]
    center: Trajectory
    start: float
    rate: float
    count: int
    control: Float[Array, "c"]
    air: Air
    ground: float

    @property
    def grid(self) -> Float[Array, "g"]:
        """[s] Times at which retarded times are solved."""
        found: Float[Array, "g"] = (
            self.start + np.arange(0, self.count + 2 * GRID, GRID) / self.rate
        )
        return found


def emission_span(listener: Listener, ways: Sequence[Way]) -> tuple[float, float]:
    """Return from when to when [s] what is heard has left its source."""
    ends = np.array([listener.start, listener.start + listener.count / listener.rate])
    found = [
        retarded(way.path, listener.center, ends, listener.air.speed)[0]
        for way in ways
        if way.gain.any()
    ]
    spans = np.array(found)
    return float(spans[:, 0].min()) - _BEFORE, float(spans[:, 1].max()) + _BEFORE


def hear(
    out: Float[Array, "m n"], listener: Listener, source: Source, way: Way, blocks: Blocks
) -> None:
    """Add to the channels `out` [Pa] what comes from `source` on one `way`."""
    air = listener.air
    signal = added_up(blocks, _filter(listener, source, way, blocks))
    clock = listener.start, listener.rate
    for channel, ear in zip(out, listener.ears, strict=True):
        solved = retarded(way.path, ear, listener.grid, air.speed)
        read(channel, signal, clock, solved, air.speed)


def _filter(listener: Listener, source: Source, way: Way, blocks: Blocks) -> Float[Array, "b f"]:
    """Gain of each block at each bin: reflection, what is in between, air, directivity."""
    air, control = listener.air, listener.control
    emitted, _ = retarded(way.path, listener.center, control, air.speed)
    far = air.speed * (control - emitted)
    loss = barrier_loss(way.detour[:, None], _KNOTS, air.speed)
    loss = loss + far[:, None] * air.absorption(_KNOTS)
    gain = 10 ** (-loss / 20) * way.gain[:, None]
    gain = gain * _pointed(listener, source, way, emitted)[:, None]
    if source.low:
        gain = gain * _grounded(listener, source, emitted, far)
    rows = _over_time(gain, emitted, blocks.time)
    return spread(rows, _KNOTS, blocks.frequency)


def _pointed(listener: Listener, source: Source, way: Way, emitted: Array) -> Array:
    if source.facing is None:
        return np.ones(len(emitted))
    toward = (listener.center.at(listener.control) - way.path.at(emitted)) @ way.mirror.T
    toward = toward / np.linalg.norm(toward, axis=1, keepdims=True)
    ahead = source.facing.at(emitted)
    ahead = ahead / np.linalg.norm(ahead, axis=1, keepdims=True)
    return directivity((toward * ahead).sum(axis=1))


def _grounded(listener: Listener, source: Source, emitted: Array, far: Array) -> Array:
    """Gain of a low source with its mirror image: in phase where both ways are about as long.

    It is as tall as it is high over the ground, so that beyond a quarter of a wave of difference
    both add up by power: coherence exp(-(pi f d / c)^2) for a difference of ways d.
    """
    above, below = source.path.at(emitted)[:, 2], source.image.at(emitted)[:, 2]
    ear = listener.center.at(listener.control)[:, 2] - (above + below) / 2
    longer = np.sqrt(np.maximum(far**2 + 2 * (above - below) * ear, 0.0)) - far
    turns = np.pi * longer[:, None] * _KNOTS / listener.air.speed
    strength = listener.ground
    return np.sqrt(1 + strength**2 + 2 * strength * np.exp(-(turns**2)))


def _over_time(gain: Array, emitted: Array, time: Array) -> Array:
    """Rows of `gain` known at `emitted` [s], at `time` [s]: straight in between, held beyond."""
    place = np.interp(time, emitted, np.arange(len(emitted), dtype=float))
    low = np.minimum(place.astype(int), len(emitted) - 2)
    share = (place - low)[:, None]
    return gain[low] * (1 - share) + gain[low + 1] * share
