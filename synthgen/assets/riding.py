"""How riders sit: on saddles, hands on the grips, feet on pedals, pegs or boards."""

from dataclasses import dataclass

import numpy as np

from synthgen.assets.bicycles import Cycle
from synthgen.assets.body.figure import Figure
from synthgen.assets.body.stances import Point, Seat, seated
from synthgen.assets.skeleton import Stance


@dataclass(frozen=True, eq=False)
class Pedal:
    """A rider whose feet follow the pedals; phase counts turns of the crank."""

    seat: Seat
    cycle: Cycle

    def __call__(self, who: Figure, phase: float) -> Stance:
        """Return the stance of `who` at `phase` [cycles]."""
        feet = (self.cycle.pedal(phase, 0), self.cycle.pedal(phase, 1))
        tilt = tuple(-0.18 - 0.16 * np.sin(2 * np.pi * (phase + 0.5 * first)) for first in (0, 1))
        return seated(who, self.seat, (feet[0] + [0, 0, 0.012], feet[1] + [0, 0, 0.012]), tilt)


@dataclass(frozen=True, eq=False)
class Ride:
    """A rider who keeps still, the balls of the left and the right foot on `feet` [m].

    `tilt` [rad] is toes up.
    """

    seat: Seat
    feet: tuple[Point, Point]
    tilt: float

    def __call__(self, who: Figure, phase: float) -> Stance:
        """Return the stance of `who`, the same at every `phase`."""
        left, right = (np.array(foot) for foot in self.feet)
        return seated(who, self.seat, (left, right), (self.tilt, self.tilt))
