"""A vehicle comes close: the one ahead brakes hard, or one crosses at a junction."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from shapely.geometry import LineString, Point

from synthgen.events import NearMiss
from synthgen.geometry import wrap
from synthgen.traffic.acts.act import Act, Cue
from synthgen.traffic.braking import SHARE, SPARE, braked, strongest
from synthgen.traffic.engine import STEP
from synthgen.traffic.plan import Agent, Staged
from synthgen.traffic.stage import EGO, ENTRY, Stage

EASE = 1.5
"""[m/s2] Slowing down beforehand."""
EXTRA = 0.4
"""[s] Time gap beyond the one asked for, before the vehicle ahead brakes."""
HARD = 6.0
"""[m/s2] Deceleration of the vehicle ahead where the grip allows it."""
SLOWEST = 2.5
"""[m/s] The ego car is not slowed down below this for a vehicle that is to brake."""
CROSSING = 8.0
"""[m/s] Speed of a vehicle that crosses."""


@dataclass(eq=False)
class Brake:
    """The vehicle ahead brakes."""

    staged: Staged[NearMiss]
    name: str
    cruise: float
    speed: float
    started: float
    other: float
    drop: float = 0.0

    def step(self, stage: Stage) -> Cue:
        """Follow at a steady distance; then it brakes, and the time gap shrinks to the moment."""
        if not stage.present(self.name) or stage.lane.startswith(":"):
            return Cue.WAIT if stage.time - self.started < 3 * STEP else Cue.LOST
        stage.take(self.name)
        self.speed = max(self.speed - EASE * STEP, self.cruise)
        stage.command(EGO, self.speed)
        gap, asked = self._gap(stage), self.staged.event.gap
        if stage.time - self.started < stage.lead - 1:
            wanted = (asked + EXTRA) * self.speed
            self.other = self.speed - float(np.clip(0.8 * (gap - wanted), -2.0, 2.0))
        else:
            self.other -= min(HARD, SHARE * strongest(stage.plan.grip)) * STEP
        stage.command(self.name, self.other)
        self.other = max(self.other, 0.0)
        return Cue.NOW if gap <= asked * self.speed and self.other < self.speed - 1 else Cue.WAIT

    def _gap(self, stage: Stage) -> float:
        rear = stage.sim.vehicle.getLanePosition(self.name) - stage.users[self.staged.user].length
        return float(rear - stage.place)

    def follow(self, stage: Stage) -> None:
        """Brake behind it; what it still rolls is room too."""
        if not stage.present(self.name):
            return
        b = min(HARD, SHARE * strongest(stage.plan.grip))
        self.other = max(self.other - b * STEP, 0.0)
        stage.command(self.name, self.other)
        room = self._gap(stage) + self.other**2 / (2 * b)
        before, self.speed = self.speed, braked(self.speed, self.drop, room, stage.plan.grip, STEP)
        self.drop = (before - self.speed) / STEP
        stage.command(EGO, self.speed)

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


def brake(stage: Stage, staged: Staged[NearMiss], name: str) -> Brake | None:
    """Return the act where the lane is straight and long enough."""
    lane, speed, user = stage.lane, stage.speed, staged.user
    if speed < 4 or lane.startswith(":"):
        return None
    cruise = min(speed, _bearable(staged.event.gap, stage.plan.grip))
    if cruise < SLOWEST:
        return None
    ahead = stage.place + (staged.event.gap + EXTRA) * speed + stage.users[user].length
    end = ahead + speed * stage.lead + speed**2 / (2 * EASE) * (speed > cruise) + 3
    index = int(lane.rpartition("_")[2])
    route = stage.onward(user)
    fits = end < stage.length(lane) and stage.straight(lane, stage.place, end)
    if not route or not fits or index not in stage.wheels(stage.edge, user):
        return None
    stage.clear_lane(lane, stage.place, end + 25)
    stage.take(EGO)
    stage.put(name, user, route, (index, ahead, speed))
    return Brake(staged, name, cruise, speed, stage.time, speed)


def _bearable(gap: float, grip: float) -> float:
    """Return the speed [m/s] from which one stops behind a wall `gap` [s] ahead.

    v^2 / (2 b) = (gap - delay) v - SPARE, its larger root; delay 0.3 s while brakes build up.
    """
    b = SHARE * strongest(grip)
    under = (gap - 0.3) ** 2 - 2 * SPARE / b
    return b * ((gap - 0.3) + float(np.sqrt(max(under, 0.0)))) if gap > 0.3 else 0.0


@dataclass(eq=False)
class Cross:
    """One crosses; `own` and `theirs` are the ways [m] from lane starts to where paths meet."""

    staged: Staged[NearMiss]
    name: str
    lane: str
    side: str
    own: float
    theirs: float
    speed: float
    started: float
    drop: float = 0.0

    def step(self, stage: Stage) -> Cue:
        """Time the other so that it is in the way when the ego car is `gap` seconds from it."""
        if stage.lane != self.lane:
            return Cue.LOST
        if not stage.present(self.name):
            return Cue.WAIT if stage.time - self.started < 3 * STEP else Cue.LOST
        stage.take(self.name)
        stage.command(EGO, self.speed)
        left = self._room(stage) / self.speed - self.staged.event.gap
        away = self._away(stage)
        if left > 0.3:
            stage.command(self.name, float(np.clip(away / left, 3.0, 1.8 * CROSSING)))
        if left > STEP / 2:
            return Cue.WAIT
        return Cue.NOW if abs(away) < 2.5 else Cue.LOST

    def _room(self, stage: Stage) -> float:
        """Return the ego car's way [m] to the other's flank."""
        return self.own - stage.users[self.staged.user].width / 2 - stage.place

    def _away(self, stage: Stage) -> float:
        """Return how far [m] the middle of the other is from the ego car's path."""
        lane = stage.sim.vehicle.getLaneID(self.name)
        front = stage.sim.vehicle.getLanePosition(self.name)
        if lane != self.side:
            front += stage.length(self.side)
        return float(self.theirs - front + stage.users[self.staged.user].length / 2)

    def follow(self, stage: Stage) -> None:
        """Brake as if it stayed."""
        if stage.lane != self.lane:
            return
        room = self._room(stage)
        before, self.speed = self.speed, braked(self.speed, self.drop, room, stage.plan.grip, STEP)
        self.drop = (before - self.speed) / STEP
        stage.command(EGO, self.speed)

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


def cross(stage: Stage, staged: Staged[NearMiss], name: str) -> Cross | None:
    """Return the act where a side street meets the junction ahead at about a right angle."""
    lane, speed = stage.lane, stage.speed
    gap = staged.event.gap
    if lane.startswith(":"):
        return None
    left = stage.length(lane) - stage.place
    if not speed * (stage.lead + gap - 1) < left < speed * (stage.lead + gap + 2) + 20 or speed < 4:
        return None
    cruise = min(speed, _bearable(gap, stage.plan.grip))
    for route, index, own, theirs in side_ways(stage, staged.user, lane, stage.onto):
        side = f"{route[0]}_{index}"
        time = (own - stage.place) / cruise - gap
        place = theirs - CROSSING * time + stage.users[staged.user].length / 2
        if time < stage.lead or own - gap * cruise > stage.length(lane) or place < 8:
            continue
        if place > stage.length(side) - 1:
            continue
        stage.clear(stage.edge, stage.place, stage.length(lane))
        stage.clear(route[0], 0.0, stage.length(side))
        stage.take(EGO)
        stage.put(name, staged.user, route, (index, place, CROSSING))
        return Cross(staged, name, lane, side, own, theirs, cruise, stage.time)
    return None


def side_ways(
    stage: Stage, user: int, lane: str, onto: str
) -> Iterator[tuple[list[str], int, float, float]]:
    """Yield (edges, index, own, theirs) of the ways of `user` across the one from `lane` to `onto`,
    straight ones before turns: `own` and `theirs` [m] from the start of either's lane to where
    their paths meet.
    """
    via, edge = stage.via(lane, onto), lane.rpartition("_")[0]
    if not via:
        return
    path = LineString([*stage.line(lane).coords, *stage.line(via).coords])
    heading = stage.point(lane, stage.length(lane) - 1)[2]
    graph = stage.streets.road["passenger"]
    for other in stage.arrivals[stage.sim.edge.getToJunction(edge)]:
        for beyond, _ in (
            sorted(graph.next[other], key=lambda way: -way[1]) if other != edge else ()
        ):
            for index in stage.wheels(other, user):
                met = _meeting(stage, path, heading, (f"{other}_{index}", beyond))
                if met:
                    yield [other, beyond], index, *met


def _meeting(
    stage: Stage, path: LineString, heading: float, way: tuple[str, str]
) -> tuple[float, float] | None:
    """Return where `path` meets the lane `way[0]` continued to edge `way[1]`, if about square."""
    lane, onto = way
    via = stage.via(lane, onto)
    if not via:
        return None
    angle = abs(wrap(stage.point(lane, stage.length(lane) - 1)[2] - heading))
    hit = path.intersection(stage.line(via))
    if hit.geom_type != "Point" or not np.radians(55) < angle < np.radians(125):
        return None
    at = Point(hit.x, hit.y)
    return path.project(at), stage.line(lane).length + stage.line(via).project(at)


def brake_room(stage: Stage, staged: Staged[NearMiss], edge: str, speed: float) -> list[str]:
    """Return `edge` when a car that enters it at `speed` [m/s] may follow another there."""
    cruise = min(speed, _bearable(staged.event.gap, stage.plan.grip))
    need = (staged.event.gap + EXTRA) * speed + stage.users[staged.user].length
    need += speed * stage.lead + speed**2 / (2 * EASE) * (speed > cruise) + 3
    theirs = [f"{edge}_{lane}" for lane in stage.wheels(edge, staged.user)]
    lanes = [lane for lane in stage.own_lanes(edge) if lane in theirs]
    fits = cruise >= SLOWEST and any(stage.stretches(lane, need) for lane in lanes)
    return [edge] if fits else []


def cross_room(stage: Stage, staged: Staged[NearMiss], edge: str, speed: float) -> list[str]:
    """Return `edge` and what follows when its end may be crossed by someone from a side street."""
    least = speed * (stage.lead + staged.event.gap - 1)
    behind = CROSSING * stage.lead - stage.users[staged.user].length / 2
    lanes = [lane for lane in stage.own_lanes(edge) if stage.length(lane) > least + ENTRY]
    for onto, _ in stage.streets.road["passenger"].next[edge] if lanes else ():
        for lane in lanes:
            ways = side_ways(stage, staged.user, lane, onto)
            if any(theirs - behind >= 8 for *_, theirs in ways):
                return [edge, onto]
    return []


KINDS: Mapping[str, Callable[[Stage, Staged[NearMiss], str], Act | None]] = {
    "brake": brake,
    "cross": cross,
}


def begin(stage: Stage, staged: Staged[NearMiss], name: str) -> Act | None:
    """Return the act that the event asks for, where there is room for it."""
    return KINDS[staged.event.how](stage, staged, name)


ROOMS: Mapping[str, Callable[[Stage, Staged[NearMiss], str, float], list[str]]] = {
    "brake": brake_room,
    "cross": cross_room,
}


def room(stage: Stage, staged: Staged[NearMiss], edge: str, speed: float) -> list[str]:
    """Return the streets on which a car that enters `edge` at `speed` [m/s] may meet the other."""
    return ROOMS[staged.event.how](stage, staged, edge, speed)
