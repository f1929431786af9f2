"""Companions: vehicles that are put close to the ego car, again and again, between frames."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from synthgen.road_user import RoadUser
from synthgen.traffic.crowd import Streets, driveable, opposite
from synthgen.traffic.designs import type_name
from synthgen.traffic.engine import open_lanes
from synthgen.traffic.graph import RoadGraph, journey
from synthgen.traffic.plan import DrivePlan, vehicle_class

NEAR = 55.0
"""[m] A companion farther away than this is replaced by one that is close."""
GAPS = {"ahead": (11.0, 36.0), "oncoming": (45.0, 110.0), "behind": (-28.0, -11.0)}
"""[m] Along the ego car's route, from bumper to bumper at most; oncoming traffic closes in."""


@dataclass(eq=False)
class Escort:
    """Keeps `plan.companions` near the ego car on `route`.

    Attributes:
        streets: where they may drive.
        users: the pool.
        plan: what is asked.
        route: of the ego car.
        rng: draws gaps.
        count: how many of each companion there have been.
    """

    streets: Streets
    users: Sequence[RoadUser]
    plan: DrivePlan
    route: Sequence[str]
    rng: np.random.Generator
    count: dict[int, int] = field(default_factory=dict)

    def refresh(self, sim: Any) -> None:
        """Replace the companions that are not close. To be called between frames only."""
        present = set(sim.vehicle.getIDList())
        for index, user in enumerate(self.plan.companions):
            role = tuple(GAPS)[index % len(GAPS)]
            name = f"companion/{index}.{self.count.get(index, 0)}"
            if name in present and _is_close(sim, name, role):
                continue
            if name in present:
                sim.vehicle.remove(name)
            self.count[index] = self.count.get(index, -1) + 1
            self._add(sim, f"companion/{index}.{self.count[index]}", user, role)

    def _add(self, sim: Any, name: str, user: int, role: str) -> None:
        graph = self.streets.road[vehicle_class(self.users[user])]
        spots = [self._spot(sim, user, role, graph) for _ in range(6)]
        clear = max((spot for spot in spots if spot is not None), key=lambda s: s[0], default=None)
        if clear is None:
            return
        _, route, lane, position = clear
        sim.route.add(name, journey(graph, route, 1500.0, self.rng))
        sim.vehicle.add(
            name,
            name,
            type_name(user),
            departLane=str(lane),
            departPos=f"{position:.2f}",
            departSpeed="max",
        )

    def _spot(
        self, sim: Any, user: int, role: str, graph: RoadGraph
    ) -> tuple[float, list[str], int, float] | None:
        """Return clearance [m], route, lane and position [m] of a place to appear, if any."""
        at = sim.vehicle.getRouteIndex("ego")
        gap = float(self.rng.uniform(*GAPS[role]))
        place = sim.vehicle.getLanePosition("ego") + gap + np.sign(gap) * self.users[user].length
        while at < len(self.route) - 1 and place > graph.length.get(self.route[at], 0.0):
            place -= graph.length.get(self.route[at], 0.0)
            at += 1
        while at > 0 and place < 0:
            at -= 1
            place += graph.length.get(self.route[at], 0.0)
        route = driveable(self.route[at:], graph)
        if role == "oncoming":
            route = opposite(self.route[: at + 1], graph)
            place = graph.length[route[0]] - place if route else 0.0
        own = vehicle_class(self.users[user])
        lanes = open_lanes(sim, route[0], own) if route else []
        if not lanes or not 1.0 <= place <= graph.length[route[0]] - 1.0:
            return None
        lane = lanes[int(self.rng.integers(len(lanes)))]
        here = np.array(sim.simulation.convert2D(route[0], place, lane))
        others = [sim.vehicle.getPosition(name) for name in sim.vehicle.getIDList()]
        return float(np.linalg.norm(np.array(others) - here, axis=1).min()), route, lane, place


def _is_close(sim: Any, name: str, role: str) -> bool:
    """Return whether a companion will still be close in a few seconds."""
    offset = np.subtract(sim.vehicle.getPosition(name), sim.vehicle.getPosition("ego"))
    yaw = np.pi / 2 - np.deg2rad(sim.vehicle.getAngle("ego"))
    ahead = float(offset @ [np.cos(yaw), np.sin(yaw)])
    distance = float(np.linalg.norm(offset))
    return distance < NEAR and (role != "oncoming" or ahead > 30.0)
