"""Signals, signs and cones of a clip; signals show what SUMO's programs say."""

from collections.abc import Mapping

import numpy as np
from jaxtyping import Float

from synthgen.build.pulsing import pulsed_signal
from synthgen.build.switches import FLASHING, signal_levels
from synthgen.geometry import Array
from synthgen.motion import Track, standing
from synthgen.rng import stream
from synthgen.street.fixture import Fixture
from synthgen.street.signals import flashing, on_battery
from synthgen.world import Body

Lights = Mapping[str, tuple[Float[Array, "k"], tuple[str, ...]]]
"""For each signal its sample times [s] and states, SUMO's letters, one per link."""


def switched(fixture: Fixture, lights: Lights, works: str, seed: int) -> tuple[Body, Track]:
    """Return the body of a fixture and its track, switched as its program says.

    Args:
        fixture: of the street.
        lights: what the programs say.
        works: what its controller does: on, flashing (red, from its battery) or dark.
        seed: of the world, which decides when a controller starts to flash.
    """
    body, place, turn = fixture.body, np.array(fixture.position), np.array(fixture.quaternion)
    if not fixture.signal or fixture.signal not in lights:
        return body, standing(place, turn, np.zeros(len(body.circuits)))
    body = pulsed_signal(body, stream(seed, "pulse", fixture.signal))
    times, states = lights[fixture.signal]
    letters = [state[fixture.link] for state in states]
    if works == "flashing":
        letters = ["r"] * len(letters)
        body = on_battery(body)
    if FLASHING in letters or works == "flashing":
        body = flashing(body, stream(seed, "flash", fixture.signal).random())
    count = len(times)
    track = Track(
        time=np.asarray(times, float),
        position=np.tile(place.astype(float), (count, 1)),
        quaternion=np.tile(turn.astype(float), (count, 1)),
        phase=np.zeros(count),
        level=signal_levels(body, letters, works != "dark"),
        windows=((-np.inf, np.inf),),
    )
    return body, track
