"""A vehicle from the next lane moves into the ego car's lane."""

from dataclasses import dataclass

import numpy as np

from synthgen import events
from synthgen.traffic.acts.act import Cue
from synthgen.traffic.engine import STEP
from synthgen.traffic.plan import Agent, Staged
from synthgen.traffic.stage import EGO, ENTRY, Stage

SIDEWAYS = 1.2
"""[s] The move sideways takes a little longer than this to its half."""
AFTERWARDS = 1.6
"""[s] Of room on the street after the frame."""
TRIM = 0.6
"""[1/s] The vehicle closes this share of the error in its distance per second."""
CENTRED = 0.25
"""[m] The ego car keeps to the middle of its lane as well as this."""
GIVE = 2.0
"""[m/s2] The ego car's braking to open the gap again."""
HEADWAY = 1.2
"""[s] Gap to which it opens."""


@dataclass(eq=False)
class CutIn:
    """The act; `aside` [m] leads to the left into the ego car's lane, negative to the right."""

    staged: Staged[events.CutIn]
    name: str
    lane: str
    speed: float
    aside: float
    started: float
    moving: bool = False

    def step(self, stage: Stage) -> Cue:
        """Keep the distance, then move over; the moment is when it straddles the line."""
        if not stage.present(self.name) or stage.lane != self.lane:
            return Cue.WAIT if stage.time - self.started < 3 * STEP else Cue.LOST
        stage.take(self.name)
        error = self._gap(stage) - self.staged.event.distance
        stage.command(EGO, self.speed)
        stage.command(self.name, self.speed - float(np.clip(TRIM * error, -2.0, 2.0)))
        if stage.time - self.started < stage.lead - SIDEWAYS:
            return Cue.WAIT
        if not self.moving:
            stage.sim.vehicle.changeSublane(self.name, self.aside)
            self.moving = True
        return Cue.NOW if self._left(stage) <= abs(self.aside) / 2 else Cue.WAIT

    def _gap(self, stage: Stage) -> float:
        rear = stage.sim.vehicle.getLanePosition(self.name) - stage.users[self.staged.user].length
        return float(rear - stage.place)

    def _left(self, stage: Stage) -> float:
        """Return how far [m] its middle still is from that of the ego car's lane."""
        x, y = stage.sim.vehicle.getPosition(self.name)
        middle = stage.point(self.lane, float(stage.sim.vehicle.getLanePosition(self.name)))
        return float(abs((y - middle[1]) * np.cos(middle[2]) - (x - middle[0]) * np.sin(middle[2])))

    def follow(self, stage: Stage) -> None:
        """Let the gap open."""
        if not stage.present(self.name):
            return
        wide = self._gap(stage) > HEADWAY * stage.speed
        stage.command(EGO, self.speed if wide else stage.speed - GIVE * STEP)
        stage.command(self.name, self.speed)

    def end(self, stage: Stage) -> None:
        """Let both drive on."""
        for name in (EGO, self.name):
            stage.release(name)

    def names(self) -> tuple[str, ...]:
        """Return the vehicle's name."""
        return (self.name,)

    def agents(self, stage: Stage, span: tuple[float, float]) -> list[Agent]:
        """Return nobody: SUMO knows them."""
        return []


def begin(stage: Stage, staged: Staged[events.CutIn], name: str) -> CutIn | None:
    """Return the act where there is a next lane, and street enough ahead."""
    lane, speed, user = stage.lane, stage.speed, staged.user
    aside = abs(float(stage.sim.vehicle.getLateralLanePosition(EGO)))
    if speed < 4 or lane.startswith(":") or aside > CENTRED:
        return None
    length = stage.users[user].length
    ahead = stage.place + staged.event.distance + length
    own = int(lane.rpartition("_")[2])
    beside = [one for one in stage.wheels(stage.edge, user) if abs(one - own) == 1]
    end = ahead + speed * (stage.lead + AFTERWARDS)
    route = stage.onward(user)
    fits = (
        stage.place > ENTRY and end < stage.length(lane) and stage.straight(lane, stage.place, end)
    )
    if not beside or not route or not fits:
        return None
    other = beside[int(stage.rng.integers(len(beside)))]
    stage.clear(stage.edge, stage.place - length, end + 10)
    stage.take(EGO)
    stage.put(name, user, route, (other, ahead, speed))
    width = (stage.sim.lane.getWidth(lane) + stage.sim.lane.getWidth(f"{stage.edge}_{other}")) / 2
    return CutIn(staged, name, lane, speed, width * (own - other), stage.time)


def room(stage: Stage, staged: Staged[events.CutIn], edge: str, speed: float) -> list[str]:
    """Return `edge` when a car that enters it at `speed` [m/s] may be cut in on there."""
    need = staged.event.distance + stage.users[staged.user].length
    need += speed * (stage.lead + AFTERWARDS)
    theirs = stage.wheels(edge, staged.user)
    for own in stage.wheels(edge, stage.plan.ego):
        beside = any(abs(one - own) == 1 for one in theirs)
        if beside and stage.stretches(f"{edge}_{own}", need):
            return [edge]
    return []
