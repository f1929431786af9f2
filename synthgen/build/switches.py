"""Which circuits of a body are switched on, step by step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from synthgen.geometry import Array
from synthgen.light.sky import is_dark
from synthgen.world import Body, Circuit, Environment

BLINKER_RIGHT, BLINKER_LEFT, BRAKE = 1, 2, 8
"""Bits of SUMO's vehicle signals (Eclipse SUMO documentation, "Vehicle Signalling")."""

_CREEP = 0.1
"""[m/s] Slower is standing."""
FLASHING = "o"
"""The letter of a signal that is off and flashes amber: who drives yields. "O" is dark and without
meaning: who drives has the right of way. Source: Eclipse SUMO documentation, "Simulation/Traffic
Lights", signal state definitions."""
_SIGNAL_LENSES: Mapping[str, frozenset[str]] = {
    "r": frozenset({"red"}),
    "u": frozenset({"red", "amber"}),
    "y": frozenset({"amber"}),
    "Y": frozenset({"amber"}),
    FLASHING: frozenset({"amber"}),
    "g": frozenset({"green"}),
    "G": frozenset({"green"}),
    "s": frozenset({"red"}),
    "O": frozenset(),
}


def lamps_needed(environment: Environment) -> bool:
    """Return whether drivers have their low beams on: in the dark, in rain or in fog.

    Drivers switch on below about 1000 lx, the sun some 3 degrees above the horizon, and in rain,
    snow or a visibility under 500 m as most traffic codes ask.
    """
    dark = environment.sun_elevation < np.radians(3.0)
    falling = environment.rain > 0.5 or environment.snow > 0.2
    return bool(dark or falling or environment.visibility < 500.0)


@dataclass(frozen=True, eq=False)
class Doing:
    """What a driver does, beyond SUMO's signals.

    Attributes:
        speed: [m/s] along the heading, negative in reverse, at each step.
        high: whether high beams are asked for, at each step.
    """

    speed: Float[Array, "k"]
    high: Bool[Array, "k"]


def vehicle_levels(
    body: Body,
    signals: Int[Array, "k"],
    environment: Environment,
    responding: bool,
    doing: Doing | None = None,
) -> Float[Array, "k c"]:
    """Return the switch level of each circuit of a vehicle for each step's SUMO `signals`.

    Without `doing` it stands for good. Who responds and stands lights the scene in the dark;
    by day wig-wag head lamps flash instead of standing lamps.
    """
    lit = lamps_needed(environment)
    if doing is None:
        doing = Doing(np.zeros(len(signals)), np.zeros(len(signals), bool))
    steady = {
        "low_beam": lit,
        "tail": lit,
        "daytime": not lit,
        "taxi_sign": lit,
        "sign": lit,
        "bicycle_front": lit,
        "bicycle_rear": lit,
        "beacon_a": responding,
        "beacon_b": responding,
        "grille": responding,
    }
    bits = {
        "brake": BRAKE,
        "indicator_right": BLINKER_RIGHT,
        "indicator_left": BLINKER_LEFT,
    }
    wags = responding and not lit and _flashes(body)
    high = np.ones(len(signals), bool) if wags else doing.high
    moving = {
        "high_beam": high,
        "high_beam_right": high,
        "reverse": doing.speed < -_CREEP,
        "scene": (np.abs(doing.speed) < _CREEP) & (responding and is_dark(environment)),
    }
    columns = [
        moving[circuit.name].astype(float)
        if circuit.name in moving
        else _circuit_level(circuit, signals, steady, bits)
        for circuit in body.circuits
    ]
    return np.array(columns, float).reshape(len(body.circuits), len(signals)).T


def _flashes(body: Body) -> bool:
    """Whether the high beams flash in turn."""
    return any(one.name == "high_beam_right" and one.flash for one in body.circuits)


def _circuit_level(
    circuit: Circuit, signals: Array, steady: Mapping[str, bool], bits: Mapping[str, int]
) -> Array:
    if circuit.name in bits:
        return ((signals & bits[circuit.name]) > 0).astype(float)
    return np.full(len(signals), float(steady.get(circuit.name, False)))


def signal_levels(body: Body, states: Sequence[str], power: bool) -> Float[Array, "k c"]:
    """Return the switch levels of a signal head that shows SUMO link `states` step by step.

    Raises KeyError for a state letter that SUMO does not have.
    """
    rows = [
        [float(power and circuit.name in _SIGNAL_LENSES[state]) for circuit in body.circuits]
        for state in states
    ]
    return np.array(rows, float).reshape(len(states), len(body.circuits))
