"""Something blocks the lane: everyone sees it and stops or changes lanes."""

from dataclasses import dataclass

import numpy as np
import shapely
from jaxtyping import Float

from synthgen.events import Ahead
from synthgen.geometry import Array
from synthgen.traffic.acts.act import Cue
from synthgen.traffic.engine import STEP
from synthgen.traffic.plan import Agent, Part, Staged
from synthgen.traffic.repair import rectangles
from synthgen.traffic.stage import ENTRY, Stage

LIMIT = 25.0
"""[s] An act that takes longer is given up."""
BESIDE = 0.9
"""[m] From a lane's middle: what reaches nearer than this blocks it."""
TYPE = "blockage"
"""SUMO type of what stands for a blockage."""


@dataclass(frozen=True)
class Reach:
    """The room [m] that a blockage takes in its frame, from back to front and right to left."""

    back: float
    front: float
    right: float
    left: float


def prints(
    stage: Stage, parts: tuple[Part, ...], pose: tuple[float, float, float]
) -> Float[Array, "n 5"]:
    """Return x, y [m], yaw [rad], length, width [m] of `parts` around a pose (x, y, yaw)."""
    x, y, yaw = pose
    turn = np.array([[np.cos(yaw), -np.sin(yaw)], [np.sin(yaw), np.cos(yaw)]])
    rows = []
    for part in parts:
        user = stage.users[part.user]
        place = turn @ [part.x, part.y] + [x, y]
        rows.append((*place, yaw + part.yaw, user.length, user.width))
    return np.array(rows, float)


def reach(stage: Stage, parts: tuple[Part, ...]) -> Reach:
    """Return the room that `parts` take, corners of their bodies counted."""
    low_x, low_y, high_x, high_y = shapely.total_bounds(
        rectangles(prints(stage, parts, (0.0, 0.0, 0.0)), 0.0)
    )
    return Reach(float(low_x), float(high_x), float(low_y), float(high_y))


@dataclass(eq=False)
class Blockage:
    """The act; `near` [m] along `lane` is where the blockage begins."""

    staged: Staged[Ahead]
    name: str
    lane: str
    near: float
    pose: tuple[float, float, float]
    started: float

    def step(self, stage: Stage) -> Cue:
        """Wait until the ego car is near enough."""
        spent, edge = stage.time - self.started, self.lane.rpartition("_")[0]
        if spent > LIMIT or stage.edge != edge:
            return Cue.LOST
        return Cue.NOW if self._room(stage) <= self.staged.event.distance else Cue.WAIT

    def _room(self, stage: Stage) -> float:
        """Return the ego car's way [m] to the blockage at the coming half step."""
        return self.near - stage.place - 0.5 * stage.speed * STEP

    def follow(self, stage: Stage) -> None:
        """Let everyone drive."""

    def end(self, stage: Stage) -> None:
        """Clear the road."""
        for name in sorted(stage.scenery & set(stage.sim.vehicle.getIDList())):
            stage.sim.vehicle.remove(name)

    def names(self) -> tuple[str, ...]:
        """Return the names of the parts."""
        return tuple(f"{self.name}/{number}" for number in range(len(self.staged.parts)))

    def agents(self, stage: Stage, span: tuple[float, float]) -> list[Agent]:
        """Return the parts, standing."""
        time = np.round(np.arange(round(span[0] / STEP), round(span[1] / STEP) + 1) * STEP, 6)
        still, found = np.zeros(len(time)), []
        rows = prints(stage, self.staged.parts, self.pose)
        for name, part, (x, y, yaw) in zip(
            self.names(), self.staged.parts, rows[:, :3], strict=True
        ):
            place = np.tile([x, y, 0.0], (len(time), 1))
            found.append(
                Agent(
                    name, stage.users[part.user].kind, part.user, time, place,
                    still + yaw, still, still.astype(int) + part.signals, still,
                    (span,),
                )
            )  # fmt: skip
        return found


def begin(stage: Stage, staged: Staged[Ahead], name: str) -> Blockage | None:
    """Return the act where the lane ahead is straight, and long enough."""
    lane, speed = stage.lane, stage.speed
    if lane.startswith(":") or speed < 3:
        return None
    span = reach(stage, staged.parts)
    near = stage.place + staged.event.distance + speed * stage.lead + 3
    far = near + span.front - span.back
    if far > stage.length(lane) - 4 or not stage.straight(lane, stage.place, far):
        return None
    there = _spot(stage, staged, lane, near, span.back)
    if there is None:
        return None
    stage.clear(stage.edge, near - 12, far + 2)
    _block(stage, name, span, (near, far))
    return Blockage(staged, name, lane, near, there, stage.time)


def _spot(
    stage: Stage, staged: Staged[Ahead], lane: str, near: float, back: float
) -> tuple[float, float, float] | None:
    """Return the pose of the parts that begin `near` [m] along a lane, if nothing stands there."""
    pose = stage.point(lane, near)
    x, y = pose[:2] - back * np.array([np.cos(pose[2]), np.sin(pose[2])])
    there = (float(x), float(y), float(pose[2]))
    taken = stage.standing.query(rectangles(prints(stage, staged.parts, there)), "intersects")
    return None if len(taken[0]) else there


def room(stage: Stage, staged: Staged[Ahead], edge: str, speed: float) -> list[str]:
    """Return `edge` when a car that enters it at `speed` [m/s] may find it blocked."""
    span = reach(stage, staged.parts)
    ahead = staged.event.distance + speed * stage.lead + 3
    need = ahead + span.front - span.back
    for lane in stage.own_lanes(edge):
        places = np.arange(ENTRY + ahead, stage.length(lane) - 4 - (need - ahead), 4.0)
        if stage.stretches(lane, need) and any(
            _spot(stage, staged, lane, near, span.back) for near in places
        ):
            return [edge]
    return []


def _block(stage: Stage, name: str, room: Reach, span: tuple[float, float]) -> None:
    """Put something into every lane that is blocked, which stops there for good."""
    sim, own = stage.sim, int(stage.lane.rpartition("_")[2])
    if TYPE not in sim.vehicletype.getIDList():
        sim.vehicletype.copy("DEFAULT_VEHTYPE", TYPE)
        sim.vehicletype.setMinGap(TYPE, 0.0)
    middles = _middles(stage)
    for index in stage.wheels(stage.edge, stage.plan.ego):
        aside = middles[index] - middles[own]
        if index != own and not room.right - BESIDE < aside < room.left + BESIDE:
            continue
        each = f"{name}/lane{index}"
        sim.route.add(each, [stage.edge])
        sim.vehicle.add(
            each, each, TYPE, departLane=str(index), departPos=f"{span[1]:.2f}", departSpeed="0"
        )
        sim.vehicle.setLength(each, span[1] - span[0])
        sim.vehicle.setStop(each, stage.edge, span[1] + 0.1, index, 1e6)
        stage.scenery.add(each)


def _middles(stage: Stage) -> list[float]:
    """Return the distance [m] of every lane's middle from the street's right edge."""
    lanes = range(stage.sim.edge.getLaneNumber(stage.edge))
    widths = [stage.sim.lane.getWidth(f"{stage.edge}_{lane}") for lane in lanes]
    return [sum(widths[:lane]) + widths[lane] / 2 for lane in lanes]
