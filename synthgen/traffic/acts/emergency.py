"""An emergency vehicle comes from behind, from a side street or towards the ego car."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from synthgen.events import Emergency
from synthgen.geometry import wrap
from synthgen.traffic.acts.act import Cue
from synthgen.traffic.acts.near_miss import side_ways
from synthgen.traffic.crowd import driveable, opposite
from synthgen.traffic.engine import STEP
from synthgen.traffic.plan import Agent, Staged, vehicle_class
from synthgen.traffic.stage import EGO, Stage

SIDE = 9.0
"""[m/s] Speed on the side street."""
ASIDE = {"behind": (-4.0, 4.0), "oncoming": (1.5, 14.0), "side": (-80.0, 80.0)}
"""[m] How far to the left of the ego car's axis it may be at the frame."""
LIMIT = 20.0
"""[s] An act that takes longer is given up."""
BEYOND = 8.0
"""[m] A vehicle that only follows the flow starts this much farther off than it is wanted."""


@dataclass(eq=False)
class Approach:
    """The act: it drives by SUMO's rules; the moment is when it is near enough."""

    staged: Staged[Emergency]
    name: str
    started: float
    nearest: float = np.inf

    def step(self, stage: Stage) -> Cue:
        """Wait until it is near enough; it drives by the rules of its own."""
        spent = stage.time - self.started
        if not stage.present(self.name):
            return Cue.WAIT if spent < 3 * STEP else Cue.LOST
        away, wanted = self._away(stage), self.staged.event.distance
        self.nearest = min(self.nearest, away)
        passed = away > self.nearest + 12.0 or (spent < stage.lead and away < wanted - 4.0)
        if spent > LIMIT or passed:
            return Cue.LOST
        if self.staged.event.origin == "side":
            stage.take(self.name)
            stage.command(self.name, SIDE)
        if self.staged.event.origin == "behind":
            left = max(stage.lead - spent, 1.0)
            stage.take(self.name, blind=False)
            stage.command(self.name, stage.speed + float(np.clip((away - wanted) / left, -3, 8)))
        near = wanted - 1.5 <= away <= wanted + 0.5
        return Cue.NOW if spent >= stage.lead and near and self._aside(stage) else Cue.WAIT

    def _aside(self, stage: Stage) -> bool:
        """Return whether it is where its origin says: in line, on the other side, or across."""
        origin, (ahead, left) = self.staged.event.origin, _offset(stage, self.name)
        low, high = ASIDE[origin]
        return low <= left <= high and (ahead < 0 if origin == "behind" else ahead > 2)

    def _away(self, stage: Stage) -> float:
        """Return the distance [m] between the bodies, as the event counts it."""
        return AWAY[self.staged.event.origin](stage, self.name, self.staged.user)

    def follow(self, stage: Stage) -> None:
        """Let it drive by the rules."""
        stage.release(self.name)

    def end(self, stage: Stage) -> None:
        """Let it drive by the rules."""
        stage.release(self.name)

    def names(self) -> tuple[str, ...]:
        """Return the vehicle's name."""
        return (self.name,)

    def agents(self, stage: Stage, span: tuple[float, float]) -> list[Agent]:
        """Return nobody: SUMO knows them."""
        return []


def _offset(stage: Stage, name: str) -> tuple[float, float]:
    """Return how far [m] the front of `name` is ahead of the ego car's, and to its left."""
    x, y = np.subtract(stage.sim.vehicle.getPosition(name), stage.sim.vehicle.getPosition(EGO))
    yaw = np.pi / 2 - np.deg2rad(stage.sim.vehicle.getAngle(EGO))
    return float(x * np.cos(yaw) + y * np.sin(yaw)), float(y * np.cos(yaw) - x * np.sin(yaw))


def _behind(stage: Stage, name: str, user: int) -> float:
    return -_offset(stage, name)[0] - stage.users[stage.plan.ego].length


def _oncoming(stage: Stage, name: str, user: int) -> float:
    return _offset(stage, name)[0]


def _side(stage: Stage, name: str, user: int) -> float:
    return float(np.hypot(*_offset(stage, name)))


AWAY: Mapping[str, Callable[[Stage, str, int], float]] = {
    "behind": _behind,
    "oncoming": _oncoming,
    "side": _side,
}
"""[m] How far off it is."""


def _from_behind(stage: Stage, staged: Staged[Emergency]) -> tuple[list[str], int, float] | None:
    """Return route, lane and place [m] on the ego car's street, behind it."""
    if not stage.straight(stage.lane, 0.0, stage.place):
        return None
    more = 20.0 if staged.event.responding else BEYOND
    place = stage.place - stage.users[stage.plan.ego].length - staged.event.distance - more
    route = stage.onward(staged.user)
    lanes = stage.wheels(stage.edge, staged.user)
    if place < stage.users[staged.user].length + 1 or not route or not lanes:
        return None
    stage.clear(stage.edge, place - 15, place + 15, (EGO,))
    own = int(stage.lane.rpartition("_")[2])
    lane = min(lanes, key=lambda one: abs(one - own))
    return route, lane, place


def _towards(stage: Stage, staged: Staged[Emergency]) -> tuple[list[str], int, float] | None:
    """Return route, lane and place [m] on the other side of the street, ahead."""
    user, speed = staged.user, 10.0
    graph, own = stage.streets.road[vehicle_class(stage.users[user])], stage.streets.road
    place = stage.place + staged.event.distance + (speed + stage.speed) * stage.lead + 4
    at = stage.sim.vehicle.getRouteIndex(EGO)
    first = at
    while place > own["passenger"].length[stage.route[at]] and at < first + 2:
        place -= own["passenger"].length[stage.route[at]]
        at += 1
    route = opposite(stage.route[first : at + 1], graph)
    if len(route) < at - first + 1 or not _aligned(stage, first, at):
        return None
    lanes, back = stage.wheels(route[0], user), graph.length[route[0]] - place
    if not lanes or not stage.users[user].length < back < graph.length[route[0]] - 1:
        return None
    stage.clear(route[0], back - 15, back + 25)
    return route, lanes[-1], back


def _aligned(stage: Stage, first: int, last: int) -> bool:
    """Return whether the streets of the ego car's route from `first` to `last` go straight on."""
    here = stage.point(stage.lane, stage.place)[2]
    for edge in stage.route[first : last + 1]:
        lane = f"{edge}_{stage.wheels(edge, stage.plan.ego)[0]}"
        ends = [stage.point(lane, along)[2] for along in (0.0, stage.length(lane))]
        if np.abs(wrap(np.array(ends) - here)).max() > 0.15:
            return False
    return True


def _from_the_side(stage: Stage, staged: Staged[Emergency]) -> tuple[list[str], int, float] | None:
    """Return route, lane and place [m] on a street that crosses ahead.

    Its front is where the straight line between the two will be `distance` long after `stage.lead`.
    """
    left = stage.length(stage.lane) - stage.place
    if left > 90 or stage.speed < 2:
        return None
    wanted, speed = staged.event.distance, SIDE
    for route, index, own, theirs in side_ways(stage, staged.user):
        rest = max(own - stage.place - stage.speed * stage.lead, 6.0)
        if rest > wanted - 3:
            continue
        back = float(np.sqrt(wanted**2 - rest**2))
        place = theirs - back - speed * stage.lead
        end = stage.length(f"{route[0]}_{index}")
        if not 8 < place < end - 10 or theirs - back > end - 1:
            continue
        stage.clear(route[0], place - 15, end)
        return driveable(route, stage.streets.road["emergency"]) or route, index, place
    return None


STARTS: Mapping[str, Callable[[Stage, Staged[Emergency]], tuple[list[str], int, float] | None]] = {
    "behind": _from_behind,
    "oncoming": _towards,
    "side": _from_the_side,
}
"""Where it appears, out of sight of every frame."""


def begin(stage: Stage, staged: Staged[Emergency], name: str) -> Approach | None:
    """Return the act where the streets have room for it."""
    if stage.lane.startswith(":") or stage.speed < 2:
        return None
    start = STARTS[staged.event.origin](stage, staged)
    if start is None:
        return None
    route, lane, place = start
    stage.add(name, staged.user, route, lane, place)
    return Approach(staged, name, stage.time)
