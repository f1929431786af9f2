"""How the lamps of one vehicle flash: rates and patterns of its country, in a time of its own."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from synthgen.world import Body, Circuit, Flash

INDICATORS = frozenset({"indicator_left", "indicator_right"})
BEACONS = frozenset({"beacon_a", "beacon_b"})
WIGWAG = ("high_beam", "high_beam_right")
"""High beams of vehicles that can flash their sides in turn."""
BLINKS = 1.1, 1.9
"""[Hz] of indicators. Source: UN R48, paragraph 6.5.9.1: 90 +- 30 a minute."""


@dataclass(frozen=True)
class Custom:
    """How a country's light bars flash.

    Attributes:
        rates: [Hz] of bursts, lowest and highest.
        patterns: pulses per burst, their length and the pause between them [s].
        wigwag: whether head lamps flash in turn.
    """

    rates: tuple[float, float]
    patterns: tuple[tuple[int, float, float], ...]
    wigwag: bool


EUROPE = Custom((2.0, 2.2), ((1, 0.12, 0.0), (2, 0.06, 0.05), (3, 0.04, 0.03)), False)
"""Source: UN R65, annex 5: 2 to 4 Hz, a burst lasts at most 0.4 of the period, and it is dark for
0.1 s at least. Two halves that take turns leave a quarter of a second for each."""
AMERICA = Custom((1.2, 2.2), ((2, 0.06, 0.05), (3, 0.05, 0.03), (4, 0.03, 0.03)), True)
"""Source: SAE J845, 1 to 4 Hz; the patterns are those that makers call double, triple and quad."""


def timed(body: Body, responding: bool, rng: np.random.Generator) -> Body:
    """Return `body` with its flashes drawn: two vehicles side by side do not keep time.

    Both halves of a light bar share rate and pattern and take turns; so do wig-wag head lamps,
    which flash only on a vehicle that is `responding`. Amber warning lamps keep their pattern.
    """
    if not any(circuit.flash for circuit in body.circuits):
        return body
    rate, share = rng.uniform(*BLINKS), rng.random(2)
    custom = _custom(body.circuits)
    bursts = rng.uniform(*custom.rates)
    pattern = custom.patterns[int(rng.integers(len(custom.patterns)))]
    wag = responding and custom.wigwag and not _amber(body.circuits)
    found = []
    for circuit in body.circuits:
        flash = circuit.flash
        if circuit.name in INDICATORS:
            flash = Flash(1 / rate, ((0.0, 0.5 / rate),), share[0] / rate)
        elif circuit.name in BEACONS and not _amber(body.circuits):
            flash = _burst(bursts, pattern, 0.5 * (circuit.name == "beacon_b"), share[1])
        elif circuit.name in WIGWAG and wag:
            flash = _half(bursts, WIGWAG.index(circuit.name), share[1])
        found.append(replace(circuit, flash=flash))
    return replace(body, circuits=tuple(found))


def _amber(circuits: Sequence[Circuit]) -> bool:
    """Whether the beacons warn of works and slow vehicles; without beacons there is none."""
    first = [one.color for one in circuits if one.name == "beacon_a"]
    return not first or (first[0][0] > first[0][2] and first[0][1] > 0.2 * first[0][0])


def _custom(circuits: Sequence[Circuit]) -> Custom:
    """Where all beacons are blue, Europe's; red or white beside it is America's."""
    colors = [one.color for one in circuits if one.name in BEACONS]
    return EUROPE if all(color[2] > 3 * color[0] for color in colors) else AMERICA


def _burst(rate: float, pattern: tuple[int, float, float], start: float, share: float) -> Flash:
    count, length, pause = pattern
    begins = [start / rate + index * (length + pause) for index in range(count)]
    pulses = tuple((round(begin, 5), length) for begin in begins)
    return Flash(1 / rate, pulses, share / rate)


def _half(rate: float, side: int, share: float) -> Flash:
    return Flash(1 / rate, ((0.5 * side / rate, 0.5 / rate),), share / rate)
