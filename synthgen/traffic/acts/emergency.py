"""An emergency vehicle comes from behind, from a side street or towards the ego car."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from synthgen.events import Emergency
from synthgen.geometry import wrap
from synthgen.traffic.acts.act import Cue
from synthgen.traffic.acts.near_miss import side_ways
from synthgen.traffic.crowd import driveable, opposite
from synthgen.traffic.engine import STEP
from synthgen.traffic.plan import Agent, Staged, vehicle_class
from synthgen.traffic.stage import EGO, ENTRY, Stage

ONCOMING = 10.0
"""[m/s] Speed towards the ego car."""
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


def _tail(stage: Stage, staged: Staged[Emergency]) -> float:
    """Return how far [m] behind the ego car's front a vehicle appears that comes from behind."""
    more = 20.0 if staged.event.responding else BEYOND
    return stage.users[stage.plan.ego].length + staged.event.distance + more


def _from_behind(stage: Stage, staged: Staged[Emergency]) -> tuple[list[str], int, float] | None:
    """Return route, lane and place [m] on the ego car's street, behind it."""
    if not stage.straight(stage.lane, 0.0, stage.place):
        return None
    place = stage.place - _tail(stage, staged)
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
    at = stage.sim.vehicle.getRouteIndex(EGO)
    heading = float(stage.point(stage.lane, stage.place)[2])
    there = _opposite(stage, staged, stage.route[at : at + 3], (stage.place, stage.speed, heading))
    if there is not None:
        stage.clear(there[0][0], there[2] - 15, there[2] + 25)
    return there


def _opposite(
    stage: Stage, staged: Staged[Emergency], way: Sequence[str], own: tuple[float, float, float]
) -> tuple[list[str], int, float] | None:
    """Return route, lane and place [m] on the other side of the streets `way`, ahead of a car at
    `own`: place [m] on the first, speed [m/s], heading [rad].
    """
    user, length = stage.users[staged.user], stage.streets.road["passenger"].length
    graph = stage.streets.road[vehicle_class(user)]
    place = own[0] + staged.event.distance + (ONCOMING + own[1]) * stage.lead + 4
    count = 1
    while place > length[way[count - 1]] and count < len(way):
        place -= length[way[count - 1]]
        count += 1
    route = opposite(way[:count], graph)
    if len(route) < count or not _aligned(stage, way[:count], own[2]):
        return None
    lanes, back = stage.wheels(route[0], staged.user), graph.length[route[0]] - place
    if not lanes or not user.length < back < graph.length[route[0]] - 1:
        return None
    return route, lanes[-1], back


def _aligned(stage: Stage, way: Sequence[str], heading: float) -> bool:
    """Return whether the streets `way` go straight on along `heading` [rad]."""
    for edge in way:
        lane = stage.own_lanes(edge)[0]
        ends = [stage.point(lane, along)[2] for along in (0.0, stage.length(lane))]
        if np.abs(wrap(np.array(ends) - heading)).max() > 0.15:
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
    for route, index, own, theirs in side_ways(stage, staged.user, stage.lane, stage.onto):
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
    speeds = {"behind": stage.speed, "oncoming": ONCOMING, "side": SIDE}
    stage.put(name, staged.user, route, (lane, place, speeds[staged.event.origin]))
    return Approach(staged, name, stage.time)


def _behind_room(stage: Stage, staged: Staged[Emergency], edge: str, speed: float) -> list[str]:
    need = _tail(stage, staged) + stage.users[staged.user].length + 2
    lanes = stage.own_lanes(edge) if stage.wheels(edge, staged.user) else []
    fits = (need < stage.length(lane) and stage.straight(lane, 0.0, need) for lane in lanes)
    return [edge] if any(fits) else []


def _oncoming_room(stage: Stage, staged: Staged[Emergency], edge: str, speed: float) -> list[str]:
    graph, way, lane = stage.streets.road["passenger"], [edge], stage.own_lanes(edge)[0]
    for _ in range(2):
        way.append(max(graph.next[way[-1]], key=lambda onward: onward[1])[0])
    for place in np.arange(ENTRY, stage.length(lane), 15.0):
        own = float(place), speed, float(stage.point(lane, float(place))[2])
        if _opposite(stage, staged, way, own):
            return way
    return []


def _side_room(stage: Stage, staged: Staged[Emergency], edge: str, speed: float) -> list[str]:
    wanted = staged.event.distance
    rest = np.arange(6.0, wanted - 3, 2.0)
    back = np.sqrt(wanted**2 - rest**2)
    for onto, _ in stage.streets.road["passenger"].next[edge]:
        for lane in stage.own_lanes(edge):
            for route, index, own, theirs in side_ways(stage, staged.user, lane, onto):
                end, place = stage.length(f"{route[0]}_{index}"), theirs - back - SIDE * stage.lead
                fits = (place > 8) & (place < end - 10) & (theirs - back <= end - 1)
                if (fits & (own - rest - speed * stage.lead > 0)).any():
                    return [edge, onto]
    return []


ROOMS: Mapping[str, Callable[[Stage, Staged[Emergency], str, float], list[str]]] = {
    "behind": _behind_room,
    "oncoming": _oncoming_room,
    "side": _side_room,
}


def room(stage: Stage, staged: Staged[Emergency], edge: str, speed: float) -> list[str]:
    """Return the streets on which a car that enters `edge` at `speed` [m/s] may be met."""
    return ROOMS[staged.event.origin](stage, staged, edge, speed)
