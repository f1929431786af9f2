"""Plays the events of a plan, each so that its moment is its frame."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from synthgen.traffic.acts.act import Act, Cue
from synthgen.traffic.acts.table import ACTS
from synthgen.traffic.engine import STEP
from synthgen.traffic.plan import Agent, DrivePlan, Happening, Staged
from synthgen.traffic.scout import Scout
from synthgen.traffic.stage import EGO, Stage

PATIENCE = 45.0
"""[s] A frame waits for its event this long."""
LONGEST = 90.0
"""[s] The same while the ego car is on its way to a street with room."""
LEAD = 3.4
"""[s] From the start of an act to the first frame that shows it at least: the window before the
frame, and a second for the smoothing to settle."""
RETRY = 3
"""Steps between looks for a place to start."""
WAY = 10
"""Steps between looks for what holds the ego car up before an act."""
PACE = 35.0
"""[m] Way of the ego car from frame to frame, about."""
ALONE = "a sequence is built around its first event"
UNSEEN = "its frame was not reached"
TAKEN = "another event has its frame"
NOWHERE = "no place for it in any street"
NOBODY = "no design of this kind in the pool"


@dataclass(eq=False)
class Director:
    """Plays.

    Attributes:
        stage: where.
        act: what is being played, before or after its frame.
        shown: whether the frame of `act` is taken.
        waited: [s] that the coming frame has waited for its event.
        tries: acts begun.
        done: what became of the events so far, by number.
        played: acts whose frame was taken, with its number.
    """

    stage: Stage
    act: Act | None = None
    shown: bool = False
    waited: float = 0.0
    tries: int = 0
    done: dict[int, Happening] = field(default_factory=dict)
    played: list[tuple[Act, int]] = field(default_factory=list)

    @cached_property
    def scout(self) -> Scout:
        """Who looks for places."""
        return Scout(self.stage)

    @property
    def plan(self) -> DrivePlan:
        """What is asked."""
        return self.stage.plan

    def step(self, time: float, frame: int, due: bool) -> Cue:
        """Play one step; `frame` is the coming one, `due` whether nothing but an event delays it.

        Returns what the coming frame has to do with an event.
        """
        self.stage.time = time
        if self.act is not None and self.shown:
            self.act.follow(self.stage)
            return Cue.FREE
        number = self._next(frame)
        if number is None:
            self._look_ahead(frame)
            return Cue.FREE
        if not due:
            return Cue.WAIT
        self.waited += STEP
        most = LONGEST if self.scout.under_way(number) else PATIENCE
        if self.waited > most and self.act is None:
            self._drop(number, f"no place for it on the way within {most:.0f} s")
            return Cue.FREE
        return self._play(number)

    def _next(self, frame: int) -> int | None:
        """Return the number of the coming frame's event; note those that cannot be."""
        for number, staged in enumerate(self.plan.events):
            if number in self.done:
                continue
            own = staged.event.frame % self.plan.frames
            if staged.user < 0 and not staged.parts:
                self._drop(number, NOBODY)
            elif self.plan.sequence and self.done:
                self._drop(number, ALONE)
            elif own < frame and not self.plan.sequence:
                self._drop(number, TAKEN)
            elif self.plan.sequence or own == frame:
                return number
        return None

    def _look_ahead(self, frame: int) -> None:
        """Go where the next event has room, by the time that its frame comes."""
        if round(self.stage.time / STEP) % WAY:
            return
        coming = [(staged.event.frame % self.plan.frames, number)
                  for number, staged in enumerate(self.plan.events) if number not in self.done
                  and (staged.user >= 0 or staged.parts)]  # fmt: skip
        if coming and min(coming)[0] > frame:
            own, number = min(coming)
            self.scout.lead(number, PACE * (own - frame))

    def _drop(self, number: int, reason: str) -> None:
        self.done[number] = Happening(self.plan.events[number], -1, (), reason)
        self.waited = 0.0

    def _play(self, number: int) -> Cue:
        staged = self.plan.events[number]
        if self.act is None:
            return self._begin(number, staged)
        cue = self.act.step(self.stage)
        if cue is Cue.LOST:
            self.end()
            return Cue.WAIT
        if cue is Cue.NOW:
            self.shown, self.waited = True, 0.0
            own = staged.event.frame % self.plan.frames
            self.done[number] = Happening(staged, own, self.act.names())
            self.played.append((self.act, own))
        return cue

    def _begin(self, number: int, staged: Staged[Any]) -> Cue:
        """Begin the act where there is room for it, or go where there is."""
        step = round(self.stage.time / STEP)
        if step % WAY == 0:
            self.stage.make_way()
        if step % RETRY == 0:
            own = staged.event.frame % self.plan.frames
            self.stage.lead = LEAD + own * self.plan.gap * self.plan.sequence
            name = f"event/{number}.{self.tries}"
            self.act = ACTS[staged.event.kind](self.stage, staged, name)
            self.tries += self.act is not None
            if self.act is None and not self.scout.lead(number):
                self._drop(number, NOWHERE)
                return Cue.FREE
        return Cue.WAIT

    def follow(self, time: float) -> None:
        """Play on after the last frame."""
        self.stage.time = time
        if self.act is not None and self.shown:
            self.act.follow(self.stage)

    @property
    def idle(self) -> bool:
        """Whether a frame waits for its event, which has found no place to start yet."""
        return self.act is None and self.waited > 0

    @property
    def lead(self) -> int:
        """Frames of a sequence that come before the one of its event."""
        return self.played[-1][1] if self.played else 0

    def rest(self) -> None:
        """Finish the act whose frame is over; nobody looks."""
        if self.shown:
            self.end()

    def end(self) -> None:
        """Finish the act whose frame is over, or that went wrong."""
        if self.act is not None and EGO in self.stage.sim.vehicle.getIDList():
            self.act.end(self.stage)
        self.act, self.shown = None, False

    @property
    def missed(self) -> int:
        """How many events another drive may show that this one has not."""
        sure = (ALONE, TAKEN, NOBODY, NOWHERE, UNSEEN)
        return sum(one.frame < 0 and one.reason not in sure for one in self.done.values())

    def happenings(self, frames: int) -> tuple[Happening, ...]:
        """Return what became of every event in a drive of so many `frames`."""
        for number, staged in enumerate(self.plan.events):
            late = staged.event.frame % self.plan.frames >= frames
            reason = UNSEEN if late else ALONE if self.plan.sequence else TAKEN
            self.done.setdefault(number, Happening(staged, -1, (), reason))
        return tuple(self.done[number] for number in sorted(self.done))

    def extras(self, frames: tuple[float, ...], windows: list[tuple[float, float]]) -> list[Agent]:
        """Return the agents that SUMO does not know, in the window of their frame."""
        found = []
        for act, frame in self.played:
            span = next(one for one in windows if one[0] <= frames[frame] <= one[1])
            found += act.agents(self.stage, span)
        return found
