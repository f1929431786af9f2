"""Companions: vehicles that keep a place before or behind the ego car whenever a frame is taken."""

from dataclasses import dataclass, field, replace

import numpy as np

from synthgen.traffic.crowd import driveable
from synthgen.traffic.engine import STEP
from synthgen.traffic.plan import Post, vehicle_class
from synthgen.traffic.stage import EGO, Stage

SLACK = (3.0, 0.25)
"""[m] and share of the distance by which a companion may be out of place."""
LEAST = 6.0
"""[m] Between the bumpers: no one drives nearer to a car than this."""
RESPONSE = 2.5
"""[s] In which a companion makes up what it is out of place."""
SLOWER, FASTER = 4.0, 6.0
"""[m/s] Most that it drives slower or faster than the ego car for that."""
SETTLED = 2.0
"""[s] A companion has been on the road before a frame: as long as a frame's window."""
CHANCE = 3.0
"""[s] A companion has to come to its post by itself."""
HOLD = 15.0
"""[s] A frame waits for its companions at most."""
HEADWAY = 1.1
"""[s] Nearer than the way driven in this the ego car cannot follow in the same lane."""


@dataclass(frozen=True)
class _Seat:
    """A companion under way.

    Attributes:
        name: of the vehicle.
        head: [m] its gap less what its odometer is ahead of the ego car's: constant as long as
            both drive the same lanes.
        time: [s] when it was put there.
    """

    name: str
    head: float
    time: float


@dataclass(eq=False)
class Escort:
    """Keeps the companions of the stage's plan at their posts.

    Attributes:
        stage: the running simulation.
        seats: the companions under way, by number in the plan.
        count: how many of each companion there have been.
        held: [s] the next frame has waited.
    """

    stage: Stage
    seats: dict[int, _Seat] = field(default_factory=dict)
    count: dict[int, int] = field(default_factory=dict)
    held: float = 0.0

    def keep(self, time: float) -> None:
        """Let every companion drive towards its post; to be called at every step."""
        stage, vehicle = self.stage, self.stage.sim.vehicle
        stage.time = time
        new = stage.sim.simulation.getDepartedIDList() if self.seats else ()
        for index, post in enumerate(stage.plan.companions):
            seat = self.seats.get(index)
            if seat is None or not stage.present(seat.name):
                continue
            if seat.name in new:
                vehicle.setPreviousSpeed(seat.name, min(vehicle.getSpeed(seat.name), stage.speed))
            seat = self.seats[index] = self._measured(seat, post)
            slower = np.clip((self._gap(seat) - wanted(post)) / RESPONSE, -FASTER, SLOWER)
            stage.command(seat.name, stage.speed - float(slower))

    def refresh(self) -> None:
        """Put every companion that is out of place where it belongs. Between frames only.

        Not from within a junction, where SUMO may count the ego car's way in two parts.
        """
        for index, post in enumerate(self.stage.plan.companions):
            seat = self.seats.get(index)
            fresh = seat is not None and self.stage.time < seat.time + CHANCE
            if fresh or self.stage.lane.startswith(":"):
                continue
            if seat is None or not self._in_place(seat, post):
                self._put(index, post)

    def ready(self) -> bool:
        """Return whether the next frame need not wait; to be called at every step it is due."""
        posts = self.stage.plan.companions
        seats = [self.seats.get(index) for index in range(len(posts))]
        good = all(
            seat is not None
            and self.stage.time >= seat.time + SETTLED
            and self._in_place(seat, post)
            for seat, post in zip(seats, posts, strict=True)
        )
        self.held = 0.0 if good else self.held + STEP
        return good or self.held > HOLD

    def _gap(self, seat: _Seat) -> float:
        """Return the way [m] between the bumpers, negative behind: both drive the same route."""
        vehicle = self.stage.sim.vehicle
        return float(seat.head + vehicle.getDistance(seat.name) - vehicle.getDistance(EGO))

    def _measured(self, seat: _Seat, post: Post) -> _Seat:
        """Return the seat, measured anew where both are on the same street: of two lanes through a
        bend one is longer.
        """
        stage, vehicle = self.stage, self.stage.sim.vehicle
        if stage.lane.startswith(":") or vehicle.getRoadID(seat.name) != stage.edge:
            return seat
        front = vehicle.getLanePosition(seat.name) - stage.place
        behind = stage.users[stage.plan.ego].length
        gap = front - stage.users[post.user].length if post.ahead > 0 else front + behind
        return replace(seat, head=seat.head + gap - self._gap(seat))

    def _in_place(self, seat: _Seat, post: Post) -> bool:
        return self.stage.present(seat.name) and is_near(self._gap(seat), wanted(post))

    def _dismiss(self, index: int) -> None:
        """Take out the companion that was there, also one that SUMO has not let in yet."""
        seat = self.seats.pop(index, None)
        if seat is not None and seat.name in self.stage.sim.vehicle.getLoadedIDList():
            self.stage.sim.vehicle.remove(seat.name)

    def _put(self, index: int, post: Post) -> None:
        """Put a companion at its post, others that are there out of the way, if there is road."""
        stage, user = self.stage, self.stage.users[post.user]
        self._dismiss(index)
        graph, gap = stage.streets.road[vehicle_class(user)], wanted(post)
        way = gap + user.length if gap > 0 else gap - stage.users[stage.plan.ego].length
        spot = _along(stage, way)
        if spot is None or not is_near(gap + spot[2], gap):
            return
        at, place, missed = spot
        route = driveable(stage.route[at:], graph)
        lanes = stage.wheels(route[0], post.user) if route else []
        if not lanes:
            return
        lane = self._lane(at, lanes, abs(gap))
        companions = [seat.name for seat in self.seats.values()]
        stage.clear(route[0], place - user.length - LEAST, place + LEAST, companions)
        self.count[index] = self.count.get(index, -1) + 1
        name = f"companion/{index}.{self.count[index]}"
        stage.add(name, post.user, route, lane, place)
        head = gap + missed + stage.sim.vehicle.getDistance(EGO)
        self.seats[index] = _Seat(name, head, stage.time)

    def _lane(self, at: int, lanes: list[int], gap: float) -> int:
        """Return the ego car's lane, or one beside it when it is too fast to follow so near."""
        stage = self.stage
        own = int(stage.lane.rpartition("_")[2]) if stage.route[at] == stage.edge else lanes[0]
        beside = [lane for lane in lanes if lane != own]
        choice = beside if beside and gap < LEAST + HEADWAY * stage.speed else lanes
        return min(choice, key=lambda lane: (abs(lane - own), lane))


def wanted(post: Post) -> float:
    """Return the gap [m] that is kept, negative behind: never less than `LEAST`."""
    return float(np.copysign(max(abs(post.ahead), LEAST), post.ahead))


def is_near(gap: float, post: float) -> bool:
    """Return whether a gap [m] is as good as the one asked for."""
    return abs(gap - post) <= max(SLACK[0], SLACK[1] * abs(post))


def _along(stage: Stage, way: float) -> tuple[int, float, float] | None:
    """Return street (its number on the ego car's route) and place [m] on it, `way` [m] from the
    ego car's front, and how much [m] farther than `way` that is: nobody is put into a junction.
    None where the route has no such place.
    """
    route, length = stage.route, stage.streets.road["passenger"].length
    at, missed = stage.sim.vehicle.getRouteIndex(EGO), 0.0
    place = stage.place + way
    while place > length[route[at]] - 1.0 and at < len(route) - 1:
        place -= length[route[at]] + stage.crossing(route[at], route[at + 1])
        at, missed = at + 1, missed + max(1.0 - place, 0.0)
        place = max(place, 1.0)
    while place < 1.0 and at > 0:
        at -= 1
        place += length[route[at]] + stage.crossing(route[at], route[at + 1])
        over = max(place - length[route[at]] + 1.0, 0.0)
        place, missed = place - over, missed - over
    return (at, place, missed) if 1.0 <= place <= length[route[at]] - 1.0 else None
