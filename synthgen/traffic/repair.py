"""Mending what SUMO leaves: at a frame no two bodies overlap and no wheel is on a kerb."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from jaxtyping import Float, Int
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

from synthgen.geometry import Array
from synthgen.road_user import RoadUser
from synthgen.traffic.plan import WALKERS, Agent, Drive

MARGIN = 0.1
"""[m] Least gap between two bodies."""
SHIFTS = (0.1, -0.1, 0.2, -0.2, 0.3, -0.3, 0.4, -0.4)
"""[m] Sideways moves that are tried when standing still does not do, the smallest first."""
EGO_SHIFTS = (0.0, *(sign * step / 10 for step in range(1, 13) for sign in (1, -1)))
"""[m] The same of the ego car off a kerb, for which everyone else makes room."""
MOMENTS = (-0.06, 0.0, 0.06)
"""[s] Around each frame: exposure and sweep."""


@dataclass(frozen=True, eq=False)
class Land:
    """What nobody may touch, and the carriageway that wheels may not leave."""

    blocked: STRtree
    road: BaseGeometry | None


@dataclass(frozen=True)
class Repairs:
    """What was done.

    Attributes:
        moved: windows in which someone, the ego car included, was moved sideways.
        removed: windows from which someone was taken out.
        obstacles: standing things in the ego car's way: to be dropped by who placed them.
    """

    moved: int
    removed: int
    obstacles: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Window:
    """Who is there in one window: index of each agent and its own interval [s]."""

    members: tuple[tuple[int, tuple[float, float]], ...]
    moments: tuple[float, ...]

    def seen(self, member: int) -> list[int]:
        """Return the moments, by number, at which a member is there."""
        start, end = self.members[member][1]
        return [k for k, moment in enumerate(self.moments) if start <= moment <= end]


def rectangles(rows: Float[Array, "n 5"], margin: float = MARGIN) -> Float[Array, "n"]:
    """Return shapely polygons of `rows` (x, y, yaw, length, width), half `margin` larger all
    round, so that two of them touch when their bodies are `margin` [m] apart.
    """
    x, y, yaw, length, width = np.asarray(rows, float).reshape(-1, 5).T
    u, v = (length + margin) / 2, (width + margin) / 2
    ahead, left = (np.cos(yaw), np.sin(yaw)), (-np.sin(yaw), np.cos(yaw))
    corners = np.empty((len(x), 4, 2))
    for number, (a, b) in enumerate(((1, 1), (-1, 1), (-1, -1), (1, -1))):
        for axis, middle in enumerate((x, y)):
            corners[:, number, axis] = middle + a * u * ahead[axis] + b * v * left[axis]
    return shapely.polygons(corners)


def ground(agent: Agent, user: RoadUser, moments: Sequence[float]) -> Float[Array, "n 5"]:
    """Return the rectangles (x, y, yaw, length, width) that `agent` takes at `moments` [s]: those
    of its room, with mirrors, strides and bags.
    """
    return user.takes.rectangles(agent.place(np.asarray(moments, float)).T)


def shifted(rows: Float[Array, "n c"], shift: float) -> Float[Array, "n c"]:
    """Return `rows` (x, y, yaw, ...) moved `shift` [m] to their left."""
    moved = rows.copy()
    moved[:, 0] -= shift * np.sin(rows[:, 2])
    moved[:, 1] += shift * np.cos(rows[:, 2])
    return moved


def _windows(drive: Drive) -> list[Window]:
    """Return the drive's windows: frames whose agents' intervals overlap belong together."""
    groups: list[list[float]] = []
    spans = [interval for agent in drive.agents for interval in agent.windows]
    for frame in drive.frames:
        linked = groups and any(a <= groups[-1][-1] and frame <= b for a, b in spans)
        groups = [*groups[:-1], [*groups[-1], frame]] if linked else [*groups, [frame]]
    windows = []
    for frames in groups:
        members = tuple(
            (index, (a, b))
            for index, agent in enumerate(drive.agents)
            for a, b in agent.windows
            if any(a <= frame <= b for frame in frames)
        )
        moments = tuple(frame + offset for frame in frames for offset in MOMENTS)
        windows.append(Window(members, moments))
    return windows


def _rank(agent: Agent) -> int:
    """Return who gives way to whom: the ego car to nobody, walkers to everybody."""
    role = agent.name.partition("/")[0]
    if agent.kind in WALKERS and role != "event":
        return 3
    return {"ego": 0, "event": 1, "companion": 1}.get(role, 2)


def _places(window: Window, member: int, drive: Drive) -> Float[Array, "k 3"]:
    """Return where a member is (x, y, yaw) at the moments it is there."""
    agent = drive.agents[window.members[member][0]]
    return agent.place(np.array([window.moments[k] for k in window.seen(member)])).T


def _shapes(
    window: Window, drive: Drive, users: Sequence[RoadUser], shifts: dict[int, Sequence[float]]
) -> Array:
    """Return polygons (candidates, moments) of the members in `shifts`, None where one is absent:
    one candidate for each of a member's shifts [m].
    """
    count = sum(len(own) for own in shifts.values())
    shapes = np.full((count, len(window.moments)), None, dtype=object)
    rows, places = [], []
    candidate = 0
    for member, own in shifts.items():
        room = users[drive.agents[window.members[member][0]].user].takes
        still, there = _places(window, member, drive), window.seen(member)
        for shift in own:
            rows.append(room.rectangles(shifted(still, shift)))
            places += [(candidate, k) for k in there]
            candidate += 1
    candidates, moments = np.array(places, int).reshape(-1, 2).T
    shapes[candidates, moments] = rectangles(np.concatenate(rows))
    return shapes


def _scenes(window: Window, drive: Drive) -> Int[Array, "members"]:
    """Return a number per member: the same for the parts of one event, which may touch."""
    names = [drive.agents[index].name for index, _ in window.members]
    keys = [tuple(name.split("/")[:2]) if name.startswith("event/") else name for name in names]
    number = {key: place for place, key in enumerate(dict.fromkeys(keys))}
    return np.array([number[key] for key in keys], int)


def _clashes(shapes: Array, scenes: Int[Array, "members"], blocked: STRtree) -> set[int]:
    """Return the members that overlap another or an obstacle at any moment."""
    found: set[int] = set()
    for column in shapes.T:
        first, second = STRtree(column).query(column, predicate="intersects")
        found |= set(first[scenes[first] != scenes[second]].tolist())
        found |= set(blocked.query(column, predicate="intersects")[0].tolist())
    return found


def _fits(own: Array, settled: Array, land: Land) -> bool:
    """Return whether `own` polygons (moments) touch nobody settled (members, moments)."""
    shapely.prepare(own)
    if shapely.intersects(own[None, :], settled).any():
        return False
    return not land.blocked.query(own, predicate="intersects").size


def strays(places: Float[Array, "n 3"], user: RoadUser, land: Land) -> bool:
    """Return whether a tyre of `user` is off the carriageway at any of `places` (x, y, yaw)."""
    if land.road is None or user.kind in WALKERS:
        return False
    points = user.takes.touched(places).reshape(-1, 2)
    return not shapely.intersects_xy(land.road, points).all()


def _mend(
    window: Window, drive: Drive, users: Sequence[RoadUser], land: Land
) -> dict[tuple[int, tuple[float, float]], float | None]:
    """Return the shift [m] of each (agent, interval), None for out; higher ranks choose first.

    The ego car stays where it is.
    """
    agents = [drive.agents[index] for index, _ in window.members]
    still = [_places(window, member, drive) for member in range(len(agents))]
    shapes = _shapes(window, drive, users, dict.fromkeys(range(len(agents)), (0.0,)))
    scenes, clashing = _scenes(window, drive), _clashes(shapes, _scenes(window, drive), land.blocked)
    clashing |= {member for member, agent in enumerate(agents)
                 if strays(still[member], users[agent.user], land)}  # fmt: skip
    clashing -= {member for member, (index, _) in enumerate(window.members) if index == drive.ego}
    settled = shapes.copy()
    settled[list(clashing)] = None
    shifts: dict[int, float | None] = dict.fromkeys(range(len(agents)), 0.0)
    for member in sorted(clashing, key=lambda m: (_rank(agents[m]), m)):
        others, user = settled[scenes != scenes[member]], users[agents[member].user]
        shifts[member] = None
        for shift, own in zip((0.0, *SHIFTS), _tries(window, drive, users, member), strict=True):
            if _fits(own, others, land) and not strays(shifted(still[member], shift), user, land):
                shifts[member], settled[member] = shift, own
                break
    return {window.members[member]: shift for member, shift in shifts.items()}


def _tries(window: Window, drive: Drive, users: Sequence[RoadUser], member: int) -> Array:
    return _shapes(window, drive, users, {member: (0.0, *SHIFTS)})


def _apply(agent: Agent, shifts: dict[tuple[float, float], float | None]) -> Agent | None:
    """Return `agent` with its windows moved or taken out, None when nothing is left."""
    offset, keep = np.zeros(len(agent.time)), np.zeros(len(agent.time), bool)
    for (start, end), shift in shifts.items():
        inside = (agent.time >= start) & (agent.time <= end)
        keep |= inside & (shift is not None)
        offset[inside] = shift or 0.0
    if not keep.any():
        return None
    left = np.stack([-np.sin(agent.yaw), np.cos(agent.yaw), np.zeros_like(agent.yaw)], axis=-1)
    position = (agent.position + offset[:, None] * left)[keep]
    windows = tuple(span for span in agent.windows if shifts.get(span) is not None)
    rest = {
        name: getattr(agent, name)[keep] for name in ("time", "yaw", "speed", "signals", "gait")
    }
    return replace(agent, position=position, windows=windows, **rest)


def _kept(drive: Drive, users: Sequence[RoadUser], land: Land) -> tuple[Drive, int]:
    """Return `drive` with the ego car's wheels on the carriageway, and in how many windows it was
    moved for that: by what is least, clear of what nobody can take away, if that can be.
    """
    ego = drive.agents[drive.ego]
    user, shifts = users[ego.user], dict[tuple[float, float], float | None]()
    for window in _windows(drive):
        for member, (index, span) in enumerate(window.members):
            if index == drive.ego:
                still = _places(window, member, drive)
                shifts[span] = _least(still, user, land) if strays(still, user, land) else 0.0
    moved = _apply(ego, shifts)
    assert moved is not None
    agents = (*drive.agents[: drive.ego], moved, *drive.agents[drive.ego + 1 :])
    return replace(drive, agents=agents), sum(shift != 0 for shift in shifts.values())


def _least(still: Float[Array, "k 3"], user: RoadUser, land: Land) -> float:
    """Return the least shift [m] that brings the ego car off the kerb, 0 where none does."""
    ways = [(shift, shifted(still, shift)) for shift in EGO_SHIFTS]
    on_road = [(shift, way) for shift, way in ways if not strays(way, user, land)]
    for shift, way in on_road:
        shapes = rectangles(user.takes.rectangles(way))
        if not land.blocked.query(shapes, predicate="intersects").size:
            return shift
    return on_road[0][0] if on_road else 0.0


def _in_the_way(
    drive: Drive, users: Sequence[RoadUser], obstacles: Float[Array, "n"]
) -> tuple[int, ...]:
    """Return the obstacles that the ego car touches at any frame."""
    ego = drive.agents[drive.ego]
    moments = [frame + offset for frame in drive.frames for offset in MOMENTS]
    own = rectangles(ground(ego, users[ego.user], moments))
    hit = STRtree(obstacles).query(own, predicate="intersects")[1]
    return tuple(sorted({int(index) for index in hit}))


def repair(
    drive: Drive,
    users: Sequence[RoadUser],
    obstacles: Float[Array, "n 5"],
    road: BaseGeometry | None = None,
    walls: Sequence[BaseGeometry] = (),
    fixed: int = 0,
) -> tuple[Drive, Repairs]:
    """Return `drive` without overlaps and without wheels on a kerb at any frame, and what it took.

    Bodies are rectangles on the ground, `MARGIN` apart. First the ego car is moved off kerbs.
    Who then overlaps or stands on one is moved sideways for the whole window, by 0.4 m at most,
    or else taken out of it.

    Args:
        drive: from `simulate.drive`.
        users: the same pool of designs.
        obstacles: standing rectangles: x, y [m], yaw [rad], length, width [m].
        road: the carriageway, which wheels must not leave.
        walls: buildings, which nobody may enter.
        fixed: how many of the obstacles, the first, stand there for good; the ego car makes way.
    """
    standing = rectangles(obstacles)
    if road is not None:
        shapely.prepare(road)
    drive, steered = _kept(drive, users, Land(STRtree([*standing[:fixed], *walls]), road))
    dropped = _in_the_way(drive, users, standing)
    land = Land(STRtree([*np.delete(standing, dropped), *walls]), road)
    decisions: dict[int, dict[tuple[float, float], float | None]] = {}
    for window in _windows(drive):
        for (index, span), shift in _mend(window, drive, users, land).items():
            decisions.setdefault(index, {})[span] = shift
    mended = [_apply(agent, decisions[index]) for index, agent in enumerate(drive.agents)]
    kept = tuple(agent for agent in mended if agent is not None)
    every = [shift for own in decisions.values() for shift in own.values()]
    ego = [agent.name for agent in kept].index(drive.agents[drive.ego].name)
    moved = steered + sum(shift is not None and shift != 0 for shift in every)
    done = Repairs(moved, sum(shift is None for shift in every), dropped)
    return replace(drive, agents=kept, ego=ego), done
