"""Mending what SUMO leaves: no two bodies may overlap at a frame."""

from collections.abc import Callable, Sequence
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
WALKER = 0.6
"""[m] Side of the square that a walker takes."""
STRIDE = 0.31
"""[m/m] How far a foot or hand reaches before a walker, over the height: half of the longest step
(0.83 of the leg, which is half the height) and a foot."""
BEFORE = {"pram": 1.25, "runner": 0.62, "wheelchair": 0.6}
"""[m] The same of who pushes something, runs or rolls."""
MIRRORS = {"car": 0.17, "ego": 0.17, "van": 0.17, "police_car": 0.17, "ambulance": 0.17,
           "truck": 0.24, "bus": 0.24, "fire_engine": 0.24, "bicycle": 0.07}  # fmt: skip
"""[m] that mirrors, and the elbows of who rides a bicycle, stick out on either side."""
SHIFTS = (0.1, -0.1, 0.2, -0.2, 0.3, -0.3, 0.4, -0.4)
"""[m] Sideways moves that are tried when standing still does not do, the smallest first."""
AXLES = 0.68, 0.84
"""Between the axles and between the wheels, over length and width of a vehicle with its mirrors."""
MOMENTS = (-0.06, 0.0, 0.06)
"""[s] Around each frame: exposure and sweep."""


@dataclass(frozen=True, eq=False)
class Land:
    """What nobody may touch, and what wheels may not leave."""

    blocked: STRtree
    road: BaseGeometry | None


@dataclass(frozen=True)
class Repairs:
    """What was done.

    Attributes:
        moved: windows in which someone was moved sideways.
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


def size_of(user: RoadUser) -> tuple[float, float]:
    """Return length and width [m] that a road user takes on the ground: mirrors and the longest
    stride included, and as much behind the origin as before it.
    """
    if user.kind == "pedestrian":
        ahead = BEFORE.get(user.subtype, STRIDE * user.height)
        return max(2 * ahead, WALKER), max(user.width + 0.1, WALKER)
    if user.kind in WALKERS:
        return max(user.length, WALKER), WALKER
    return user.length, user.width + 2 * MIRRORS.get(user.kind, 0.0)


def body_of(user: RoadUser) -> tuple[float, float]:
    """Return length and width [m] of the body alone, by which distances are told."""
    if user.kind in WALKERS:
        return (WALKER if user.kind == "pedestrian" else max(user.length, WALKER)), WALKER
    return user.length, user.width


def ground(
    agent: Agent,
    user: RoadUser,
    moments: Sequence[float],
    size: Callable[[RoadUser], tuple[float, float]] = size_of,
) -> Float[Array, "n 5"]:
    """Return the rectangles (x, y, yaw, length, width) that `agent` takes at `moments` [s]."""
    rows = np.empty((len(moments), 5))
    rows[:, :3] = agent.place(np.asarray(moments, float)).T
    rows[:, 3:] = size(user)
    return rows


def shifted(rows: Float[Array, "n 5"], shift: float) -> Float[Array, "n 5"]:
    """Return the rectangles `rows` moved `shift` [m] to their left."""
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
        index, (start, end) = window.members[member]
        there = [k for k, moment in enumerate(window.moments) if start <= moment <= end]
        agent = drive.agents[index]
        still = ground(agent, users[agent.user], [window.moments[k] for k in there])
        for shift in own:
            rows.append(shifted(still, shift))
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


def _fits(own: Array, settled: Array, land: Land, rolls: bool) -> bool:
    """Return whether `own` polygons (moments) touch nobody settled (members, moments), and
    whether what `rolls` keeps its wheels on the carriageway.
    """
    shapely.prepare(own)
    if shapely.intersects(own[None, :], settled).any():
        return False
    if land.blocked.query(own, predicate="intersects").size:
        return False
    return not (rolls and _strays(own, land))


def _strays(own: Array, land: Land) -> bool:
    """Return whether a wheel of the vehicle below the polygons `own` is off the carriageway."""
    there = own[np.array([one is not None for one in own])]
    corners = shapely.get_coordinates(there).reshape(-1, 5, 2)[:, :4]
    middle = corners.mean(axis=1, keepdims=True)
    ahead = (corners[:, :1] - corners[:, 1:2]) * AXLES[0] / 2
    left = (corners[:, :1] - corners[:, 3:]) * AXLES[1] / 2
    wheels = np.concatenate([middle + a * ahead + b * left for a in (1, -1) for b in (1, -1)])
    return not shapely.intersects_xy(land.road, wheels.reshape(-1, 2)).all()


def _rolling(window: Window, drive: Drive, land: Land) -> set[int]:
    """Return the members whose wheels must stay on the carriageway."""
    if land.road is None:
        return set()
    agents = [drive.agents[index] for index, _ in window.members]
    return {
        member for member, agent in enumerate(agents)
        if agent.kind not in WALKERS | {"prop"}
    }  # fmt: skip


def _mend(
    window: Window, drive: Drive, users: Sequence[RoadUser], land: Land
) -> dict[tuple[int, tuple[float, float]], float | None]:
    """Return the shift [m] of each (agent, interval), None for out; higher ranks choose first."""
    everyone = range(len(window.members))
    shapes = _shapes(window, drive, users, dict.fromkeys(everyone, (0.0,)))
    scenes, rolling = _scenes(window, drive), _rolling(window, drive, land)
    clashing = _clashes(shapes, scenes, land.blocked)
    clashing |= {member for member in rolling if _strays(shapes[member], land)}
    settled = shapes.copy()
    settled[list(clashing)] = None
    shifts: dict[int, float | None] = dict.fromkeys(everyone, 0.0)
    for member in sorted(clashing, key=lambda m: (_rank(drive.agents[window.members[m][0]]), m)):
        others, rolls = settled[scenes != scenes[member]], member in rolling
        ego, own = window.members[member][0] == drive.ego, shapes[member]
        if _fits(own, others, land, rolls) or (ego and not (rolls and _strays(own, land))):
            settled[member] = own
            continue
        shifts[member], settled[member] = (0.0, own) if ego else (None, None)
        tries = _shapes(window, drive, users, {member: SHIFTS})
        for shift, own in zip(SHIFTS, tries, strict=True):
            if _fits(own, others, land, rolls):
                shifts[member], settled[member] = shift, own
                break
    return {window.members[member]: shift for member, shift in shifts.items()}


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
) -> tuple[Drive, Repairs]:
    """Return `drive` without overlaps and without wheels on a kerb at any frame, and what it took.

    Bodies are rectangles on the ground, `MARGIN` apart. Who overlaps is moved sideways for the
    whole window, by 0.4 m at most, or else taken out of it. The ego car is moved off a kerb where
    there is room, and otherwise stays as it is.

    Args:
        drive: from `simulate.drive`.
        users: the same pool of designs.
        obstacles: standing rectangles: x, y [m], yaw [rad], length, width [m].
        road: the carriageway, which wheels must not leave.
        walls: buildings, which nobody may enter.
    """
    standing = rectangles(obstacles)
    if road is not None:
        shapely.prepare(road)
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
    moved = sum(shift is not None and shift != 0 for shift in every)
    done = Repairs(moved, sum(shift is None for shift in every), dropped)
    return replace(drive, agents=kept, ego=ego), done
