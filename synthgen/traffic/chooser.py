"""Picks the moments of a drive that become frames."""

from dataclasses import dataclass

import numpy as np

from synthgen.traffic.acts.act import Cue
from synthgen.traffic.engine import STEP
from synthgen.traffic.plan import DrivePlan

AFTER = 0.5
"""[s] Window after a frame."""
LEAD = 3.2
"""[s] Logged before a frame at least: its window, and a second for the smoothing to settle."""


@dataclass(eq=False)
class Chooser:
    """Picks frames as the ego car goes along."""

    plan: DrivePlan
    rng: np.random.Generator
    last: float = -np.inf
    way: float = np.inf
    rest: float = 0.0
    stood: float = 0.0
    now: float = 0.0
    place: tuple[float, float] | None = None

    @property
    def least(self) -> float:
        """[m] Way between frames; smoothing will shorten it a little."""
        return self.plan.distance + (1.0 if self.plan.distance > 0 else 0.0)

    @property
    def waiting(self) -> bool:
        """Whether the car stands and must go on before the next frame, `LEAD` or more from now.

        Not before the last frame's window is over and a second for the smoothing with it.
        """
        return self.over and self.stood > 1.0 and self.way < self.least

    @property
    def over(self) -> bool:
        """Whether the last frame's window is over, and a second for the smoothing with it."""
        return self.now > self.last + AFTER + 1.0

    def due(self, time: float) -> bool:
        """Return whether time and way since the last frame allow one at `time` [s]."""
        ready = self.way >= self.least and time >= self.last + self.plan.gap - 1e-6
        return ready and time >= self.plan.warm_up - 1e-6

    def note(self, time: float, place: tuple[float, float]) -> None:
        """Note where the ego car is at `time`."""
        moved = 0.0 if self.place is None else float(np.hypot(*np.subtract(place, self.place)))
        if self.waiting:
            self.settle()
        self.now, self.place, self.way = time, place, self.way + moved
        self.stood = 0.0 if moved > 0.02 else self.stood + STEP

    def settle(self) -> None:
        """Let the next frame be `LEAD` or more from now: nothing before was logged."""
        self.rest = max(self.rest, LEAD)

    def take(self, time: float, cue: Cue = Cue.FREE) -> bool:
        """Return whether `time` [s], just noted, is a frame: when it is due, and its event agrees.

        A little extra time is drawn for each gap, so that some frames show the car standing.
        """
        if cue is Cue.WAIT or not self.due(time):
            return False
        self.rest -= STEP
        if self.rest > 0 and cue is Cue.FREE:
            return False
        self.last, self.way = time, 0.0
        self.rest = float(self.rng.uniform(0.0, max(0.0, 0.6 * self.plan.gap - 0.6)))
        return True
