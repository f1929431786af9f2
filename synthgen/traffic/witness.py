"""What really happened: every event measured from the finished motion, not from the request."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from jaxtyping import Float

from synthgen.articulation import coupling
from synthgen.events import Ahead, CutIn, Emergency, NearMiss, Timed
from synthgen.geometry import Array
from synthgen.road_user import RoadUser
from synthgen.traffic.plan import WALKERS, Agent, Drive, Happening
from synthgen.traffic.repair import rectangles

SPAN = 0.06
"""[s] Who plays is there this long before and after the frame."""
WALKER = 0.6
"""[m] Side of the square that a walker takes."""
TOLERANCE = (1.5, 0.15)
"""[m] and share of the distance by which it may be missed."""


@dataclass(frozen=True)
class Witness:
    """An event as it can be measured.

    Attributes:
        kind: of the event.
        frame: index of its frame, -1 when it did not happen.
        distance: [m] between the bodies: along the ego car's heading, from the side straight.
        aside: [m] of the other's middle to the left of the ego car's axis.
        gap: [s] in which the ego car would be there at the speed it has.
        speed: [m/s] of the ego car.
        braking: [m/s2] most deceleration of the ego car in the window around the frame.
        reason: why it did not happen, or empty.
    """

    kind: str
    frame: int
    distance: float = 0.0
    aside: float = 0.0
    gap: float = 0.0
    speed: float = 0.0
    braking: float = 0.0
    reason: str = ""

    @property
    def happened(self) -> bool:
        """Whether it did."""
        return self.frame >= 0 and not self.reason


def witness(drive: Drive, users: Sequence[RoadUser], happening: Happening) -> Witness:
    """Return what `drive` shows of an event; call it with the repaired drive."""
    event, number = happening.staged.event, happening.frame
    if not 0 <= number < len(drive.frames):
        return Witness(event.kind, -1, reason=happening.reason or "its frame was not reached")
    moment = drive.frames[number]
    agents = {agent.name: agent for agent in drive.agents}
    actors = [agents[name] for name in happening.actors if name in agents]
    there = [actor for actor in actors if actor.present(moment, SPAN)]
    if len(there) < len(happening.actors):
        return Witness(event.kind, -1, reason="taken out: no room between the others")
    seen = Witness(event.kind, number, *_measure(drive, users, there, event, moment))
    fault = CHECKS[event.kind](event, seen)
    return Witness(event.kind, -1, reason=fault) if fault else seen


def gaps(drive: Drive, users: Sequence[RoadUser], companion: int) -> Float[Array, "frames"]:
    """Return the straight distance [m] between ego car and a companion's body at each frame.

    Negative where it is behind, not a number where it is not there; round a corner it is shorter
    than the way. Call it with the repaired drive.
    """
    found = np.full(len(drive.frames), np.nan)
    ego = drive.agents[drive.ego]
    for number, moment in enumerate(drive.frames):
        own = _told(ego, users[ego.user], moment)
        for agent in drive.agents:
            mine = agent.name.startswith(f"companion/{companion}.")
            if mine and agent.present(moment, SPAN):
                other = _told(agent, users[agent.user], moment)
                bodies = rectangles(np.stack([own, other]), 0.0)
                ahead = _in_frame(own, other[None, :2])[0][0]
                found[number] = np.copysign(bodies[0].distance(bodies[1]), ahead)
    return found


def _measure(
    drive: Drive, users: Sequence[RoadUser], actors: Sequence[Agent], event: Timed, moment: float
) -> tuple[float, float, float, float, float]:
    """Return distance [m], aside [m], gap [s], speed [m/s] and braking [m/s2] of the ego car."""
    ego = drive.agents[drive.ego]
    own, *others = [_told(agent, users[agent.user], moment) for agent in (ego, *actors)]
    rows = np.array(others)
    ahead = _in_frame(own, shapely.get_coordinates(rectangles(rows, 0.0)))[0]
    half = own[3] / 2
    distance = ahead.min() - half if ahead.mean() > 0 else -half - ahead.max()
    middle = _in_frame(own, rows[:1, :2])
    if getattr(event, "origin", "") == "side":
        bodies = rectangles(np.vstack([own, rows]), 0.0)
        distance = float(bodies[0].distance(bodies[1]))
    speed = float(np.interp(moment, ego.time, ego.speed))
    around = (ego.time >= moment - 2.0) & (ego.time <= moment + 0.5)
    braking = -np.gradient(ego.speed[around], ego.time[around]).min()
    gap = distance / max(speed, 0.01)
    return float(distance), float(middle[1][0]), float(gap), speed, float(braking)


def _told(agent: Agent, user: RoadUser, moment: float) -> Float[Array, "5"]:
    """Return the rectangle by which distances are told: the body without mirrors, that of a
    vehicle of two sections in line, or the square of a walker.
    """
    size, joint = (user.length, user.width), coupling(user)
    if joint is not None and agent.trail is not None:
        x, y, yaw = agent.place(moment)
        back = (user.length - joint.front) / 2
        return np.array([x - back * np.cos(yaw), y - back * np.sin(yaw), yaw, *size])
    if user.kind in WALKERS:
        size = WALKER if user.kind == "pedestrian" else max(user.length, WALKER), WALKER
    return np.array([*agent.place(moment), *size])


def _in_frame(
    own: Float[Array, "5"], points: Float[Array, "n 2"]
) -> tuple[Float[Array, "n"], Float[Array, "n"]]:
    """Return how far [m] `points` are ahead of and left of the middle of the rectangle `own`."""
    x, y = (points - own[:2]).T
    ahead, left = (np.cos(own[2]), np.sin(own[2])), (-np.sin(own[2]), np.cos(own[2]))
    return x * ahead[0] + y * ahead[1], x * left[0] + y * left[1]


def _far(wanted: float, found: float) -> str:
    most = max(TOLERANCE[0], TOLERANCE[1] * wanted)
    return f"at {found:.1f} m, not {wanted:.1f} m" if abs(found - wanted) > most else ""


def _astride(event: CutIn, seen: Witness) -> str:
    half = 0.7 <= abs(seen.aside) <= 2.6
    way = f"{seen.aside:.1f} m aside, not half-way across"
    return _far(event.distance, seen.distance) or ("" if half else way)


def _close(event: NearMiss, seen: Witness) -> str:
    missed = abs(seen.gap - event.gap) > max(0.2, 0.15 * event.gap)
    return f"a gap of {seen.gap:.2f} s, not {event.gap:.2f} s" if missed else ""


def _in_lane(event: Ahead, seen: Witness) -> str:
    out = abs(seen.aside) > 2.4
    return _far(event.distance, seen.distance) or ("not on the lane" if out else "")


def _at(event: Ahead | Emergency, seen: Witness) -> str:
    return _far(event.distance, seen.distance)


CHECKS: Mapping[str, Callable[[Any, Witness], str]] = {
    "cut_in": _astride,
    "near_miss": _close,
    "child_behind_parked_car": _in_lane,
    "dog_crossing": _in_lane,
    "deer_crossing": _in_lane,
    "emergency": _at,
    "crash": _at,
    "fallen_tree": _at,
    "road_works": _at,
    "breakdown": _at,
}
"""What is wrong with an event of each kind as it was seen, or nothing."""
