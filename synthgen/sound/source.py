"""Point sources: what radiates, where it is, and its signal as blocks of spectra."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array
from synthgen.sound.blocks import Blocks, analysed, spread
from synthgen.sound.spectrum import OCTAVES, density
from synthgen.sound.trajectory import Trajectory

FADE = 0.03
"""[s] In which a source begins and ends where its motion is no longer known."""
TALL = np.array([0.0, 0.0, 0.3])
"""[m] What is looked at in place of low sources is so much higher: wheels are, and roads bend."""
_KNOTS = np.geomspace(20.0, 24_000.0, 40)
"""[Hz] At which spectra of noise are worked out."""

Tone = Callable[[Float[Array, "n"], float], Float[Array, "n"]]
"""(times [s], rate [Hz]) -> pressure [Pa at 1 m]."""
Noise = Callable[[Float[Array, "n"]], Float[Array, "n 8"]]
"""times [s] -> levels of the octaves [dB at 1 m]."""


@dataclass(frozen=True, eq=False)
class Source:
    """One thing that sounds.

    Attributes:
        name: unique in the clip, e.g. `vehicle/12/siren`.
        kind: siren, vehicle or horn.
        variety: e.g. wail, or what kind of vehicle.
        thing: index into `World.things` of what carries it.
        window: [s] in which its motion is known.
        path: where it is.
        image: its mirror image in the ground under it.
        low: whether it is so near to the ground that its image adds up with it as one source.
        facing: where its horn points, None when it sounds alike all around.
        loud: [dB(A) at 1 m] that it never exceeds.
        tone: what of it has pitch, None for nothing.
        noise: what of it has none, None for nothing.
    """

    name: str
    kind: str
    variety: str
    thing: int
    window: tuple[float, float]
    path: Trajectory
    image: Trajectory
    low: bool
    facing: Trajectory | None
    loud: float
    tone: Tone | None = None
    noise: Noise | None = None

    def emitted(
        self, span: tuple[float, float], rate: float, rng: np.random.Generator
    ) -> Blocks | None:
        """Return what it radiates in `span` [s], `rate` [Hz]; None when it is not there then."""
        start, end = max(span[0], self.window[0]), min(span[1], self.window[1])
        count = int(np.floor((end - start) * rate))
        if count < 2:
            return None
        time = start + np.arange(count) / rate
        gate = self._gate(time).astype(np.float32)
        tone = np.zeros(count, np.float32) if self.tone is None else self.tone(time, rate)
        blocks = analysed((tone * gate).astype(np.float32), start, rate)
        if self.noise is None:
            return blocks
        white = analysed(rng.standard_normal(count, dtype=np.float32) * gate, start, rate)
        hiss = white.spectrum * shaped(self.noise(white.time), white)
        return Blocks(start, rate, blocks.hop, count, blocks.spectrum + hiss)

    def seen_at(self, time: Float[Array, "n"]) -> Float[Array, "n 3"]:
        """Return where [m] one looks whether something stands before it at `time` [s]."""
        place = self.path.at(time)
        return place + TALL if self.low else place

    def _gate(self, time: Array) -> Array:
        edge = np.minimum(time - self.window[0], self.window[1] - time) / FADE
        return np.sin(np.pi / 2 * np.clip(edge, 0, 1)) ** 2


def shaped(levels: Float[Array, "b 8"], white: Blocks) -> Float[Array, "b f"]:
    """Return the gain that gives `white` noise of variance 1 those octave `levels` [dB]."""
    wanted = density(levels, _KNOTS) * (white.rate / 2)
    gain = spread(np.sqrt(wanted), _KNOTS, white.frequency)
    gain[:, white.frequency < OCTAVES[0] / 4] = 0.0
    return gain
