"""What a thing does: which lamps burn, what a signal shows, what a sign says, posture, doors."""

from collections.abc import Iterable, Mapping

import numpy as np

from synthgen.geometry import transform
from synthgen.scene import Moment, Present
from synthgen.world import Circuit

_SHOWS: Mapping[frozenset[str], str] = {
    frozenset(): "off",
    frozenset({"red"}): "red",
    frozenset({"amber"}): "amber",
    frozenset({"green"}): "green",
    frozenset({"red", "amber"}): "red_amber",
}
_LENSES = frozenset({"red", "amber", "green"})
_HEADLAMPS = (("high_beam", "high"), ("low_beam", "low"), ("bicycle_front", "low"),
              ("daytime", "daytime"))  # fmt: skip
"""Circuits that shine ahead, the brightest first, and what their burning is called."""
_TAIL = ("tail", "bicycle_rear")
_BEACON = ("beacon_a", "beacon_b", "grille")
_INDICATORS = {"indicator_left": "left", "indicator_right": "right"}


def state_of(moment: Moment, thing: Present) -> dict:
    """Return the fields of `State` that lamps, signs and posture decide.

    Flashing is that of the moment's time, at which images are lit.
    Raises ValueError when a signal shows a combination of lenses that has no name.
    """
    body = thing.body
    on = switched_on(moment, thing)
    found = {"posture": body.posture}
    if body.kind == "traffic_light":
        return found | _signal(moment, thing, on)
    if body.kind == "traffic_sign":
        return found | {"sign": body.subtype, "text": body.text}
    return found | _lamps(moment, thing, on) | _door(thing, moment.time)


def _door(thing: Present, time: float) -> dict:
    """The door that stands open, and where its foot is in the world at `time` [s]."""
    door = thing.body.door
    if door is None:
        return {}
    ends = transform(thing.track.world_from_body(time), np.array([door.hinge, door.edge]))
    hinge, edge = (tuple(end) for end in ends.tolist())
    return {
        "door": door.name,
        "door_angle": door.angle,
        "door_hinge": hinge,
        "door_edge": edge,
    }


def pulse_of(moment: Moment, thing: Present, middle: float, span: float) -> float | None:
    """Return how bright the pulsed lenses of a traffic light are while a shutter is open.

    Over their mean; None where they are steady or off. The shutter is open for `span` [s] about
    `middle` [s].
    """
    if thing.body.kind != "traffic_light" or span <= 0:
        return None
    pulses = [one.pulse for one in switched_on(moment, thing) if one.pulse and one.name in _LENSES]
    means = [float(pulse.mean(np.array([middle]), span)[0]) for pulse in pulses]
    return min(means) if means else None


def switched_on(moment: Moment, thing: Present) -> tuple[Circuit, ...]:
    """Return the circuits that are switched on and have power; flashing is not applied."""
    power = moment.scene.world.fed[thing.number]
    level = thing.track.level_at(moment.time)
    return tuple(
        circuit
        for circuit, value in zip(thing.body.circuits, level, strict=False)
        if value > 0.5 and (power or not circuit.grid)
    )


def _signal(moment: Moment, thing: Present, on: Iterable[Circuit]) -> dict:
    lit = [circuit for circuit in on if circuit.name in _LENSES]
    names = frozenset(circuit.name for circuit in lit)
    if names not in _SHOWS:
        raise ValueError(f"{thing.body.name} shows {', '.join(sorted(names))} together")
    flashes = any(circuit.flash for circuit in lit)
    found = {
        "shows": f"flashing_{_SHOWS[names]}" if flashes else _SHOWS[names],
        "shows_lit": any(c.flash is None or c.flash.on(moment.time) for c in lit),
    }
    control = moment.scene.world.streets.controls.get(thing.body.name)
    if control is None:
        return found
    return {
        **found,
        "signal": control.signal,
        "link": control.link,
        "lanes": control.lanes,
    }


def _lamps(moment: Moment, thing: Present, on: Iterable[Circuit]) -> dict:
    has = {circuit.name for circuit in thing.body.circuits}
    lit = {circuit.name: circuit.flash is None or circuit.flash.on(moment.time) for circuit in on}
    turning = [side for name, side in _INDICATORS.items() if name in lit]
    return {
        "brake": _any(("brake",), has, lit),
        "tail": _any(_TAIL, has, lit),
        "reverse": _any(("reverse",), has, lit),
        "beacon": _any(_BEACON, has, lit),
        "beacon_lit": _shines(_BEACON, has, lit),
        "indicator": _indicator(turning) if has & _INDICATORS.keys() else "",
        "indicator_lit": _shines(tuple(_INDICATORS), has, lit),
        "headlamps": _headlamps(has, {one.name for one in on if one.flash is None}),
    }


def _any(names: tuple[str, ...], has: set[str], lit: Mapping[str, bool]) -> bool | None:
    """Whether one of `names` is switched on; None where there is no such lamp."""
    return any(name in lit for name in names) if has & set(names) else None


def _shines(names: tuple[str, ...], has: set[str], lit: Mapping[str, bool]) -> bool | None:
    """Whether one of `names` is bright now; None where there is no such lamp."""
    return any(lit.get(name, False) for name in names) if has & set(names) else None


def _indicator(turning: list[str]) -> str:
    if len(turning) == len(_INDICATORS):
        return "hazard"
    return turning[0] if turning else "off"


def _headlamps(has: set[str], lit: set[str]) -> str:
    known = [(name, word) for name, word in _HEADLAMPS if name in has]
    return next((word for name, word in known if name in lit), "off" if known else "")
