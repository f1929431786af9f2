"""Which lamps are LEDs that are pulsed: tail lamps of some vehicles, some traffic lights."""

from dataclasses import replace

import numpy as np

from synthgen.pulse import Pulse
from synthgen.world import Body

VEHICLES = 0.5
"""Share of vehicles whose tail lamps are LEDs that their brake lamps, undimmed, are too: an
estimate for traffic of the 2020s."""
TAIL_RATES, TAIL_DUTY = (100.0, 400.0), (0.10, 0.20)
"""[Hz] and share on: what is seen of tail lamps on dashboard cameras; estimates."""
SIGNALS = 0.5
"""Share of junctions whose LEDs follow the rectified mains; the others are steady. Estimate."""
MAINS, SIGNAL_DUTY = 100.0, (0.5, 0.8)
"""[Hz] twice that of Europe's mains; all junctions of a city hang on one grid and keep time."""
_DIMMED = frozenset({"tail", "bicycle_rear"})
_LENSES = frozenset({"red", "amber", "green"})


def pulsed_vehicle(body: Body, rng: np.random.Generator) -> Body:
    """Return `body`, in some cases with tail lamps that are pulsed in a time of their own."""
    share, rate, duty, phase = rng.random(4)
    names = {circuit.name for circuit in body.circuits}
    if share >= VEHICLES or not names & _DIMMED:
        return body
    pulse = Pulse(
        TAIL_RATES[0] + rate * (TAIL_RATES[1] - TAIL_RATES[0]),
        TAIL_DUTY[0] + duty * (TAIL_DUTY[1] - TAIL_DUTY[0]), phase,
    )  # fmt: skip
    return _with(body, _DIMMED, pulse)


def pulsed_signal(head: Body, rng: np.random.Generator) -> Body:
    """Return `head`, of some junctions with lenses that follow the rectified mains.

    `rng` is the junction's own: its heads keep time.
    """
    share, duty = rng.random(2)
    if share >= SIGNALS:
        return head
    on = SIGNAL_DUTY[0] + duty * (SIGNAL_DUTY[1] - SIGNAL_DUTY[0])
    # The middle of the lit part is the crest of the mains' voltage.
    return _with(head, _LENSES, Pulse(MAINS, on, (on / 2) % 1.0))


def _with(body: Body, names: frozenset[str], pulse: Pulse) -> Body:
    circuits = tuple(
        replace(circuit, pulse=pulse) if circuit.name in names else circuit
        for circuit in body.circuits
    )
    return replace(body, circuits=circuits)
