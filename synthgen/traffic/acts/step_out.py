"""Someone runs onto the lane: a child from between parked cars, a dog, a deer."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from synthgen.events import Ahead
from synthgen.traffic.acts.act import Cue
from synthgen.traffic.braking import braked, fastest
from synthgen.traffic.dash import Dash
from synthgen.traffic.engine import STEP
from synthgen.traffic.plan import Agent, Spot, Staged
from synthgen.traffic.stage import EGO, ENTRY, Stage

EASE = 1.5
"""[m/s2] Slowing down beforehand."""
HALF = 0.3
"""[m] Half the room that a walker takes along the lane."""
BEND = np.deg2rad(12.0)
"""[rad] The lane may turn by this much up to where someone runs."""
FAR = 9.0
"""[m] Most from where someone starts to the middle of the lane."""
CLEAR = 8.0
"""[m] Kept free of vehicles on both sides of where someone runs."""


@dataclass(frozen=True)
class Runner:
    """How someone crosses.

    Attributes:
        speed: [m/s].
        acceleration: [m/s2].
        hidden: comes from between parked cars.
        stops: stops at the middle of the lane, as people do who see a car; else runs across.
        into: at the frame, share of the half lane that is behind it, from its right edge.
        sidewalk: whether the street must have a sidewalk (True), must not (False) or may (None).
    """

    speed: float
    acceleration: float
    hidden: bool
    stops: bool
    into: float
    sidewalk: bool | None


RUNNERS: Mapping[str, Runner] = {
    "child_behind_parked_car": Runner(2.6, 3.0, True, True, 0.55, True),
    "dog_crossing": Runner(4.0, 5.0, False, False, 0.9, None),
    "deer_crossing": Runner(6.0, 5.0, False, False, 0.9, False),
}
"""Running speeds: children 2.5 to 3 m/s, dogs 5 m/s at most here, deer trot at 6 m/s."""


@dataclass(eq=False)
class StepOut:
    """The act."""

    staged: Staged[Ahead]
    name: str
    runner: Runner
    spot: Spot
    lane: str
    away: float
    along: float
    cruise: float
    dash: Dash | None = None
    speed: float = 0.0
    drop: float = 0.0

    def step(self, stage: Stage) -> Cue:
        """Drive up to the right distance; whoever runs is timed backwards from then."""
        if stage.lane != self.lane:
            return Cue.LOST
        self.speed = max(self.speed - EASE * STEP, self.cruise)
        room = self.along - HALF - stage.place
        if room > self.staged.event.distance + 0.5 * self.speed * STEP:
            stage.command(EGO, self.speed)
            return Cue.WAIT
        self.dash = self._timed(stage)
        self.follow(stage)
        return Cue.NOW

    def _timed(self, stage: Stage) -> Dash:
        half = float(stage.sim.lane.getWidth(self.lane)) / 2
        way = self.away + 0.1 if self.runner.stops else self.spot.across
        spot, runner = self.spot, self.runner
        dash = Dash(spot.x, spot.y, spot.yaw, 0.0, way, runner.speed, runner.acceleration)
        return replace(dash, begin=stage.time - dash.delay(self.away - (1 - runner.into) * half))

    def follow(self, stage: Stage) -> None:
        """Brake so that nothing is touched."""
        if stage.lane != self.lane:
            return
        room = self.along - HALF - stage.place
        before, self.speed = self.speed, braked(self.speed, self.drop, room, stage.plan.grip, STEP)
        self.drop = (before - self.speed) / STEP
        stage.command(EGO, self.speed)

    def end(self, stage: Stage) -> None:
        """Let the ego car drive on."""
        stage.release(EGO)

    def names(self) -> tuple[str, ...]:
        """Return the runner's name."""
        return (self.name,)

    def agents(self, stage: Stage, span: tuple[float, float]) -> list[Agent]:
        """Return the runner."""
        if self.dash is None:
            return []
        steps = np.arange(round(span[0] / STEP), round(span[1] / STEP) + 1)
        time = np.round(steps * STEP, 6)
        still = np.zeros(len(time))
        kind = stage.users[self.staged.user].kind
        return [
            Agent(
                self.name, kind, self.staged.user, time, self.dash.places(time),
                still + self.dash.yaw, self.dash.pace(time), still.astype(int),
                self.dash.gone(time), (span,),
            )
        ]  # fmt: skip


def begin(stage: Stage, staged: Staged[Ahead], name: str) -> StepOut | None:
    """Return the act when a spot of the right kind is the right distance ahead."""
    runner, lane, speed = RUNNERS[staged.event.kind], stage.lane, stage.speed
    if speed < 2.5 or lane.startswith(":"):
        return None
    cruise, least = _approach(stage, staged, speed)
    for spot in stage.spots.get(stage.edge, ()):
        if not _fits(spot, runner):
            continue
        met = stage.meets(spot, lane)
        if met is None or met[0] > FAR or not least < met[1] - stage.place < least + 15:
            continue
        if not stage.straight(lane, stage.place, met[1], BEND):
            continue
        stage.clear_lane(lane, stage.place, met[1] + CLEAR)
        stage.clear(stage.edge, met[1] - CLEAR, met[1] + CLEAR)
        stage.take(EGO)
        return StepOut(staged, name, runner, spot, lane, *met, cruise, speed=speed)
    return None


def _approach(stage: Stage, staged: Staged[Ahead], speed: float) -> tuple[float, float]:
    """Return the speed [m/s] to slow down to from `speed`, and the way [m] that all takes."""
    cruise = min(speed, fastest(staged.event.distance, stage.plan.grip))
    slowing = (speed**2 - cruise**2) / (2 * EASE)
    return cruise, staged.event.distance + slowing + cruise * stage.lead


def room(stage: Stage, staged: Staged[Ahead], edge: str, speed: float) -> list[str]:
    """Return `edge` when someone may run in front of a car that enters it at `speed` [m/s]."""
    runner, (_, least) = RUNNERS[staged.event.kind], _approach(stage, staged, speed)
    for spot in stage.spots.get(edge, ()):
        for lane in stage.own_lanes(edge) if _fits(spot, runner) else ():
            met = stage.meets(spot, lane)
            if met is None or met[0] > FAR or met[1] - least < ENTRY:
                continue
            if stage.straight(lane, met[1] - least, met[1], BEND):
                return [edge]
    return []


def _fits(spot: Spot, runner: Runner) -> bool:
    walk = runner.sidewalk is None or spot.sidewalk == runner.sidewalk
    return spot.hidden == runner.hidden and walk
