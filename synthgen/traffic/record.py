"""What SUMO says, step by step, as arrays."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from jaxtyping import Float, Int

from synthgen.geometry import Array
from synthgen.traffic.engine import STEP

_NORTH, _DEGREE = float(np.pi / 2), float(np.pi / 180)


@dataclass(frozen=True, eq=False)
class Recording:
    """A running log.

    Attributes:
        numbers: row number of each name, in order of appearance.
        rows: (name's number, step, x, y, yaw, signals) of everyone at logged steps; x, y [m] of
            the front, yaw [rad].
        steps: logged steps; there are gaps while the ego car waits.
        lights: state of each signal at every logged step.
        frames: steps chosen as frames.
    """

    numbers: dict[str, int] = field(default_factory=dict)
    rows: list[tuple[int, int, float, float, float, int]] = field(default_factory=list)
    steps: list[int] = field(default_factory=list)
    lights: dict[str, list[str]] = field(default_factory=dict)
    frames: list[int] = field(default_factory=list)

    def observe(self, sim: Any, step: int) -> None:
        """Log the present state as that of `step`."""
        self.steps.append(step)
        vehicle, person, light = sim.vehicle, sim.person, sim.trafficlight
        for name in vehicle.getIDList():
            signals = vehicle.getSignals(name)
            self._add(name, step, vehicle.getPosition(name), vehicle.getAngle(name), signals)
        for name in person.getIDList():
            self._add(name, step, person.getPosition(name), person.getAngle(name), 0)
        for name in light.getIDList():
            self.lights.setdefault(name, []).append(light.getRedYellowGreenState(name))

    def _add(
        self, name: str, step: int, place: tuple[float, float], angle: float, signals: int
    ) -> None:
        number = self.numbers.setdefault(name, len(self.numbers))
        self.rows.append((number, step, *place, _NORTH - _DEGREE * angle, signals))


@dataclass(frozen=True, eq=False)
class Run:
    """One road user's unbroken presence, as SUMO has it.

    Attributes:
        step: consecutive steps.
        front: [m] front bumper (vehicles) or middle (walkers).
        yaw: [rad].
        signals: SUMO's bits.
    """

    step: Int[Array, "k"]
    front: Float[Array, "k 2"]
    yaw: Float[Array, "k"]
    signals: Int[Array, "k"]

    @property
    def time(self) -> Float[Array, "k"]:
        """[s] of the steps."""
        return np.round(self.step * STEP, 6)


def runs(recording: Recording) -> Mapping[str, tuple[Run, ...]]:
    """Return each name's unbroken runs of steps."""
    rows = np.array(recording.rows, float).reshape(-1, 6)
    rows = rows[np.lexsort((rows[:, 1], rows[:, 0]))]
    breaks = (np.diff(rows[:, 0]) != 0) | (np.diff(rows[:, 1]) != 1)
    names = list(recording.numbers)
    found: dict[str, list[Run]] = {name: [] for name in names}
    for part in np.split(rows, np.flatnonzero(breaks) + 1):
        run = Run(part[:, 1].astype(int), part[:, 2:4], part[:, 4], part[:, 5].astype(int))
        found[names[int(part[0, 0])]].append(run)
    return {name: tuple(own) for name, own in found.items()}
