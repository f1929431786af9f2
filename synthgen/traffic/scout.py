"""Finds the nearest street where an event has room, and takes the ego car there."""

from dataclasses import dataclass, field
from heapq import heappop, heappush

from synthgen.traffic.acts.table import ROOMS
from synthgen.traffic.graph import journey
from synthgen.traffic.plan import Staged
from synthgen.traffic.stage import EGO, Stage

SLOW = 3.0
"""[m/s] Hardly any act begins when the ego car is slower."""
DOUBT = 150.0
"""[m] Detour that is taken for a street that has room at its speed limit, not only at `SLOW`."""
LATE = 50.0
"""[m] Nearer to the end of a street the ego car keeps to the way it has prepared for."""
FAR = 1e6
"""[m] More than any way through a map."""
ONWARD = 600.0
"""[m] The ego car's way goes on at least so far behind the place of an event."""


@dataclass(eq=False)
class Scout:
    """Leads the ego car of a stage.

    Attributes:
        stage: where.
        number: the event it looks for.
        until: index into the route of the street with room for it.
        known: streets with room for an event from one on, and the detour [m] they are worth.
    """

    stage: Stage
    number: int = -1
    until: int = -1
    known: dict[tuple[int, str], tuple[list[str], float]] = field(default_factory=dict)

    def under_way(self, number: int) -> bool:
        """Return whether the ego car is on the way to a place of event `number`."""
        here = self.stage.sim.vehicle.getRouteIndex(EGO)
        return self.number == number and bool(here <= self.until)

    def lead(self, number: int, least: float = 0.0) -> bool:
        """Take the ego car to the nearest place of event `number` that is `least` [m] of way off or
        more, unless it is on the way to one. Return False when no street has room for it.
        """
        if self.stage.lane.startswith(":") or self.under_way(number):
            return True
        here = self.stage.sim.vehicle.getRouteIndex(EGO)
        kept = list(self.stage.route[here : here + 1 + self._late()])
        found = self._nearest(number, kept[-1], least)
        if not found:
            return False
        self._go(kept[:-1] + found)
        self.number = number
        self.until = self.stage.sim.vehicle.getRouteIndex(EGO) + len(kept) + len(found) - 2
        return True

    def _late(self) -> int:
        """Return how many streets behind the ego car's are settled."""
        return int(self.stage.length(self.stage.lane) - self.stage.place < LATE)

    def _go(self, way: list[str]) -> None:
        """Set the ego car's route: `way`, and on at random."""
        stage = self.stage
        graph = stage.streets.road["passenger"]
        stage.sim.vehicle.setRoute(EGO, journey(graph, way, ONWARD, stage.rng))
        stage.route = tuple(stage.sim.vehicle.getRoute(EGO))

    def _nearest(self, number: int, start: str, least: float) -> list[str]:
        """Return the shortest way from the street `start` to another with room, both included, of
        those `least` [m] away or more; the farthest of all where none is so far.
        """
        graph = self.stage.streets.road["passenger"]
        way, before, heap = {start: 0.0}, {start: ""}, [(0.0, start)]
        best: tuple[float, list[str]] = (float("inf"), [])
        while heap and heap[0][0] < best[0]:
            gone, edge = heappop(heap)
            if gone > way[edge]:
                continue
            streets, detour = self._room(number, edge) if edge != start else ([], 0.0)
            cost = gone + detour if gone >= least else FAR - gone
            if streets and cost < best[0]:
                best = cost, _traced(before, edge)[:-1] + streets
            end = gone + (graph.length[edge] if edge != start else 0.0)
            for onward, _ in graph.next[edge]:
                if end < way.get(onward, float("inf")):
                    way[onward], before[onward] = end, edge
                    heappush(heap, (end, onward))
        return best[1]

    def _room(self, number: int, edge: str) -> tuple[list[str], float]:
        """Return the streets from `edge` on that have room, none if they have not, and how much
        detour [m] another is worth.
        """
        if (number, edge) not in self.known:
            staged: Staged = self.stage.plan.events[number]
            room, sim = ROOMS[staged.event.kind], self.stage.sim
            fast = sim.lane.getMaxSpeed(self.stage.own_lanes(edge)[0])
            streets, detour = room(self.stage, staged, edge, fast), 0.0
            if not streets:
                streets, detour = room(self.stage, staged, edge, SLOW), DOUBT
            self.known[number, edge] = streets, detour
        return self.known[number, edge]


def _traced(before: dict[str, str], edge: str) -> list[str]:
    way = [edge]
    while before[way[0]]:
        way.insert(0, before[way[0]])
    return way
