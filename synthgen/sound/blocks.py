"""Signals as overlapping blocks of spectra: what filters that change with time work on.

A signal is cut into blocks that overlap by half, under Hann windows that add up to one; each is
padded to twice its length, filtered without delay (zero phase), and added up again. A filter that
is one everywhere gives the signal back.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Complex, Float
from scipy import fft

from synthgen.geometry import Array
from synthgen.sound.delay import OVER

LENGTH = 0.043
"""[s] About the length of a block: tyres and sirens change little in it."""


@dataclass(frozen=True, eq=False)
class Blocks:
    """A signal by blocks.

    Attributes:
        start: [s] of the first sample.
        rate: [Hz].
        hop: samples from one block to the next; blocks are twice as long.
        count: samples of the signal.
        spectrum: of each block, padded to four hops; the block sits in the middle of these.
    """

    start: float
    rate: float
    hop: int
    count: int
    spectrum: Complex[Array, "b f"]

    @property
    def time(self) -> Float[Array, "b"]:
        """The middle [s] of each block."""
        return middles(self.start, self.rate, self.hop, len(self.spectrum))

    @property
    def frequency(self) -> Float[Array, "f"]:
        """[Hz] of each bin."""
        return fft.rfftfreq(4 * self.hop, 1 / self.rate)


def hop_of(rate: float) -> int:
    """Return the samples from one block to the next, a power of two."""
    return int(2 ** round(np.log2(rate * LENGTH / 2)))


def middles(start: float, rate: float, hop: int, blocks: int) -> Float[Array, "b"]:
    """Return the middles [s] of that many blocks of a signal that begins at `start` [s]."""
    found: Float[Array, "b"] = start + np.arange(blocks) * (hop / rate)
    return found


def block_count(samples: int, hop: int) -> int:
    """Return how many blocks hold a signal of so many samples."""
    return int(-(-samples // hop)) + 1


def analysed(signal: Float[Array, "n"], start: float, rate: float) -> Blocks:
    """Return the blocks of `signal`, the first about its first sample [s]."""
    hop, count = hop_of(rate), len(signal)
    blocks = block_count(count, hop)
    padded = np.zeros((blocks + 1) * hop, np.float32)
    padded[hop : hop + count] = signal
    rows = np.lib.stride_tricks.sliding_window_view(padded, 2 * hop)[::hop]
    frames = np.zeros((blocks, 4 * hop), np.float32)
    frames[:, hop : 3 * hop] = rows * fft_window(hop)
    spectrum = fft.rfft(frames, axis=1)
    return Blocks(start, rate, hop, count, spectrum)


def fft_window(hop: int) -> Float[Array, "w"]:
    """Return a periodic Hann window of two hops: halves of neighbours add up to one."""
    phase = (np.arange(2 * hop) + 0.5) * np.pi / (2 * hop)
    return (np.sin(phase) ** 2).astype(np.float32)


def added_up(
    blocks: Blocks, gain: Float[Array, "b f"] | Complex[Array, "b f"]
) -> tuple[Float[Array, "m"], float, float]:
    """Return `blocks` filtered by `gain`, as samples at `OVER` times the rate.

    With the time of the first sample [s] and the rate [Hz], as `delay.read` takes it.
    """
    wide = 2 * OVER * blocks.hop
    rows = fft.irfft(blocks.spectrum * gain, n=2 * wide, axis=1) * np.float32(OVER)
    half = wide // 2
    out = np.zeros((len(rows) + 3, half), np.float32)
    quarters = rows.reshape(len(rows), 4, half)
    for quarter in range(4):
        out[quarter : quarter + len(rows)] += quarters[:, quarter]
    rate = OVER * blocks.rate
    return out.ravel(), blocks.start - 2 * blocks.hop / blocks.rate, rate


def spread(
    gain: Float[Array, "b k"], knots: Float[Array, "k"], frequency: Float[Array, "f"]
) -> Float[Array, "b f"]:
    """Return `gain` known at the frequencies `knots` [Hz] at each `frequency` [Hz].

    Straight between knots over the logarithm of frequency, held beyond them.
    """
    place = np.interp(np.log(np.maximum(frequency, 1e-3)), np.log(knots), np.arange(len(knots)))
    low = np.minimum(place.astype(int), len(knots) - 2)
    matrix = np.zeros((len(knots), len(frequency)), np.float32)
    every = np.arange(len(frequency))
    matrix[low, every] = 1 - (place - low)
    matrix[low + 1, every] += place - low
    return gain.astype(np.float32) @ matrix
