"""The running simulation as events see it: where the ego car is, who can be moved away."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from jaxtyping import Float
from shapely import STRtree
from shapely.geometry import LineString

from synthgen.geometry import Array, wrap
from synthgen.road_user import RoadUser
from synthgen.traffic.braking import strongest
from synthgen.traffic.crowd import Streets, driveable
from synthgen.traffic.designs import type_name
from synthgen.traffic.engine import STEP, open_lanes
from synthgen.traffic.graph import journey
from synthgen.traffic.plan import DrivePlan, Spot, vehicle_class
from synthgen.traffic.repair import rectangles

EGO = "ego"
OBEDIENT, BLIND = 31, 0
"""SUMO's speed modes: every rule kept; only the speed that is commanded counts."""
CHANGES, STAYS = 1621, 0
"""SUMO's lane change modes: the default; none but those commanded.

Source: Eclipse SUMO documentation, "TraCI/Change Vehicle State"."""
CURVE = np.deg2rad(4.0)
"""[rad] A lane is straight when it turns by less."""
SLOW = 4.0
"""[m/s] Below this the ego car counts as held up."""
ENTRY = 4.0
"""[m] Gone on a street before an act begins there."""
HABIT = 0.5
"""[s] Between decisions of everyone; who plays decides at each step."""


@dataclass(eq=False)
class Stage:
    """What acts play on.

    Attributes:
        sim: libsumo, running.
        users: the pool.
        plan: what is asked.
        streets: where vehicles may drive.
        route: of the ego car.
        rng: draws what is free.
        time: [s] now.
        lead: [s] from the start of an act to its frame at least: nobody sees what is set up.
        cast: design of everyone that acts have added.
        scenery: names of vehicles that only stand for what blocks a lane.
        shapes: centre lines of lanes seen so far.
    """

    sim: Any
    users: Sequence[RoadUser]
    plan: DrivePlan
    streets: Streets
    route: Sequence[str]
    rng: np.random.Generator
    time: float = 0.0
    lead: float = 3.4
    cast: dict[str, int] = field(default_factory=dict)
    scenery: set[str] = field(default_factory=set)
    shapes: dict[str, LineString] = field(default_factory=dict)

    @property
    def speed(self) -> float:
        """[m/s] of the ego car."""
        return float(self.sim.vehicle.getSpeed(EGO))

    @property
    def lane(self) -> str:
        """The ego car's lane; those inside junctions start with a colon."""
        return str(self.sim.vehicle.getLaneID(EGO))

    @property
    def edge(self) -> str:
        """The ego car's street."""
        return str(self.sim.vehicle.getRoadID(EGO))

    @property
    def onto(self) -> str:
        """The street that follows the ego car's, empty at the end of its route."""
        at = self.sim.vehicle.getRouteIndex(EGO) + 1
        return self.route[at] if at < len(self.route) else ""

    @property
    def place(self) -> float:
        """[m] of the ego car's front along its lane."""
        return float(self.sim.vehicle.getLanePosition(EGO))

    @cached_property
    def standing(self) -> STRtree:
        """What stands beside the road."""
        return STRtree(rectangles(self.plan.standing))

    @cached_property
    def arrivals(self) -> dict[str, list[str]]:
        """The streets that lead to each junction."""
        found: dict[str, list[str]] = {}
        for edge in sorted(self.streets.road["passenger"].next):
            found.setdefault(self.sim.edge.getToJunction(edge), []).append(edge)
        return found

    @cached_property
    def spots(self) -> dict[str, list[Spot]]:
        """Where someone may step onto each street."""
        found: dict[str, list[Spot]] = {}
        for spot in self.plan.spots:
            found.setdefault(spot.edge, []).append(spot)
        return found

    def own_lanes(self, edge: str) -> list[str]:
        """Return the lanes of `edge` that the ego car may use, from the right."""
        return [f"{edge}_{lane}" for lane in self.wheels(edge, self.plan.ego)]

    def line(self, lane: str) -> LineString:
        """Return the centre line of a lane."""
        if lane not in self.shapes:
            self.shapes[lane] = LineString(self.sim.lane.getShape(lane))
        return self.shapes[lane]

    def length(self, lane: str) -> float:
        """Return the length [m] of a lane, as SUMO counts positions on it."""
        return float(self.sim.lane.getLength(lane))

    def crossing(self, edge: str, following: str) -> float:
        """Return the way [m] through the junction between two streets, the shortest of all lanes.

        Raises:
            ValueError: when the one does not lead to the other.
        """
        lanes = [f"{edge}_{lane}" for lane in range(self.sim.edge.getLaneNumber(edge))]
        links = [link for lane in lanes for link in self.sim.lane.getLinks(lane)]
        ways = [link[7] for link in links if link[0].rpartition("_")[0] == following]
        if not ways:
            raise ValueError(f"{edge} does not lead to {following}")
        return float(min(ways))

    def point(self, lane: str, along: float) -> Float[Array, "3"]:
        """Return x, y [m] and yaw [rad] of a lane `along` [m] from its start."""
        line = self.line(lane)
        where = along * line.length / self.length(lane)
        low, high = (line.interpolate(float(np.clip(where + d, 0, line.length))) for d in (-1, 1))
        middle = line.interpolate(float(np.clip(where, 0, line.length)))
        return np.array([middle.x, middle.y, np.arctan2(high.y - low.y, high.x - low.x)])

    def straight(self, lane: str, low: float, high: float, most: float = CURVE) -> bool:
        """Return whether a lane turns by less than `most` [rad] from `low` to `high` [m]."""
        if len(self.line(lane).coords) == 2:
            return True
        yaws = [self.point(lane, along)[2] for along in np.linspace(low, high, 6)]
        return bool(np.abs(wrap(np.array(yaws) - yaws[0])).max() < most)

    def stretches(self, lane: str, need: float, most: float = CURVE) -> bool:
        """Return whether a lane has `need` [m] on end that turn by less than `most` [rad]."""
        starts = np.arange(ENTRY, self.length(lane) - need, 15.0)
        return any(self.straight(lane, start, start + need, most) for start in starts)

    def meets(self, spot: Spot, lane: str) -> tuple[float, float] | None:
        """Return how far [m] from `spot` the middle of `lane` is, and where along the lane."""
        end = spot.x + 40 * np.cos(spot.yaw), spot.y + 40 * np.sin(spot.yaw)
        line = self.line(lane)
        hit = LineString([(spot.x, spot.y), end]).intersection(line)
        if hit.is_empty or hit.geom_type != "Point":
            return None
        away = float(hit.distance(shapely.Point(spot.x, spot.y)))
        return away, float(line.project(hit) * self.length(lane) / line.length)

    def wheels(self, edge: str, user: int) -> list[int]:
        """Return the lanes of `edge` that design `user` may use, from the right."""
        return open_lanes(self.sim, edge, vehicle_class(self.users[user]))

    def clear(self, edge: str, low: float, high: float, keep: Sequence[str] = ()) -> None:
        """Take out every vehicle on `edge` between `low` and `high` [m], where nobody looks."""
        for lane in range(self.sim.edge.getLaneNumber(edge)):
            self.clear_lane(f"{edge}_{lane}", low, high, keep)

    def clear_lane(self, lane: str, low: float, high: float, keep: Sequence[str] = ()) -> None:
        """Take out every vehicle on one lane between `low` and `high` [m]."""
        vehicle = self.sim.vehicle
        for name in self.sim.lane.getLastStepVehicleIDs(lane):
            front = vehicle.getLanePosition(name)
            inside = front > low and front - vehicle.getLength(name) < high
            if inside and name != EGO and name not in keep:
                vehicle.remove(name)

    def make_way(self) -> None:
        """Take out what holds the ego car up, where nobody looks: who is before it, and who comes
        across and has the right of way. Put it into a lane that leads on, if its own does not.
        """
        if self.speed > SLOW:
            return
        for edge in [self.onto] if self.onto else []:
            self.clear(edge, 0.0, 40.0)
        if not self.lane.startswith(":"):
            self.clear_lane(self.lane, self.place, np.inf)
            self._lead_on()
        for name, *_, yields, _ in self.sim.vehicle.getJunctionFoes(EGO, 30.0):
            if yields and self.present(name):
                self.sim.vehicle.remove(name)

    def via(self, lane: str, edge: str) -> str:
        """Return the lane inside the junction that leads from `lane` to `edge`, or nothing."""
        for link in self.sim.lane.getLinks(lane):
            if link[0].rpartition("_")[0] == edge:
                return str(link[4])
        return ""

    def _lead_on(self) -> None:
        lanes = [lane for lane in self.own_lanes(self.edge) if self.via(lane, self.onto)]
        if self.onto and lanes and self.lane not in lanes:
            place = min(self.place, self.length(lanes[0]) - 1.0)
            self.clear_lane(lanes[0], place - 12.0, np.inf)
            self.sim.vehicle.moveTo(EGO, lanes[0], place)

    def add(self, name: str, user: int, route: Sequence[str], lane: int, place: float) -> None:
        """Put a vehicle on the first edge of `route`, `place` [m] along, as fast as is safe."""
        sim, graph = self.sim, self.streets.road[vehicle_class(self.users[user])]
        sim.route.add(name, journey(graph, route, 1500.0, self.rng))
        sim.vehicle.add(
            name,
            name,
            type_name(user),
            departLane=str(lane),
            departPos=f"{place:.2f}",
            departSpeed="max",
        )
        self.cast[name] = user

    def put(
        self, name: str, user: int, route: Sequence[str], where: tuple[int, float, float]
    ) -> None:
        """Put a vehicle on the first edge of `route`: lane, place [m] along it, speed [m/s].

        It is there at once. SUMO's own insertion waits for gaps that are safe for everybody, which
        events are not.
        """
        lane, place, speed = where
        self.add(name, user, route, lane, place)
        self.sim.vehicle.moveTo(name, f"{route[0]}_{lane}", place)
        self.sim.vehicle.setPreviousSpeed(name, speed)

    def onward(self, user: int) -> list[str]:
        """Return the rest of the ego car's route, as far as design `user` may follow it."""
        at = self.sim.vehicle.getRouteIndex(EGO)
        return driveable(self.route[at:], self.streets.road[vehicle_class(self.users[user])])

    def present(self, name: str) -> bool:
        """Return whether a vehicle is on the road."""
        return name in self.sim.vehicle.getIDList() and bool(self.sim.vehicle.getRoadID(name))

    def take(self, name: str, blind: bool = True) -> None:
        """Take over the speed of a vehicle, decided anew at every step."""
        self.sim.vehicle.setActionStepLength(name, STEP)
        self.sim.vehicle.setEmergencyDecel(name, min(9.0, strongest(self.plan.grip)))
        self.sim.vehicle.setSpeedMode(name, BLIND if blind else OBEDIENT)
        self.sim.vehicle.setLaneChangeMode(name, STAYS)

    def release(self, name: str) -> None:
        """Give a vehicle back to SUMO."""
        if self.present(name):
            self.sim.vehicle.setSpeed(name, -1)
            self.sim.vehicle.setSpeedMode(name, OBEDIENT)
            self.sim.vehicle.setLaneChangeMode(name, CHANGES)
            self.sim.vehicle.setActionStepLength(name, HABIT)

    def command(self, name: str, speed: float) -> None:
        """Let a vehicle that was taken over drive at `speed` [m/s] from the next step on."""
        self.sim.vehicle.setSpeed(name, max(speed, 0.0))
