"""Mending what SUMO leaves: at a frame no two bodies overlap and no wheel is on a kerb."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from jaxtyping import Bool, Float, Int
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

from synthgen.articulation import coupling, towed_place
from synthgen.geometry import Array
from synthgen.road_user import RoadUser
from synthgen.room import Room
from synthgen.traffic.plan import WALKERS, Agent, Drive

MARGIN = 0.1
"""[m] Least gap between two bodies."""
TRIES = (0.0, 0.1, -0.1, 0.2, -0.2, 0.3, -0.3, 0.4, -0.4)
"""[m] Sideways moves that are tried, the smallest first."""
EGO_TRIES = (0.0, *(sign * step / 10 for step in range(1, 13) for sign in (1, -1)))
"""[m] The same of the ego car, and of what has crashed, off a kerb: everyone else makes room."""
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


@dataclass(frozen=True, eq=False)
class Way:
    """Where an agent is at some moments.

    Attributes:
        sections: room and places (x, y [m], yaw [rad]) of each rigid section of the agent.
        left: unit vectors to the left of its heading, along which it may be moved; third is 0.
    """

    sections: tuple[tuple[Room, Float[Array, "k 3"]], ...]
    left: Float[Array, "k 3"]

    def rows(self, shifts: Sequence[float]) -> Float[Array, "c s k 5"]:
        """Return the rectangles of each section, moved by each of `shifts` [m] to the left."""
        size = len(shifts), len(self.left), 5
        return np.stack([
            room.rectangles(self._moved(places, shifts)).reshape(size)
            for room, places in self.sections
        ])  # fmt: skip

    def tyres(self, shifts: Sequence[float]) -> Float[Array, "s n 2"]:
        """Return the corners of all its tyres [m], moved by each of `shifts` [m] to the left."""
        points = [room.touched(self._moved(places, shifts)) for room, places in self.sections]
        return np.concatenate([own.reshape(len(shifts), -1, 2) for own in points], axis=1)

    def _moved(self, places: Float[Array, "k 3"], shifts: Sequence[float]) -> Float[Array, "n 3"]:
        moved = places + np.asarray(shifts, float)[:, None, None] * self.left
        return moved.reshape(-1, 3)


def way_of(agent: Agent, user: RoadUser, moments: Sequence[float]) -> Way:
    """Return where `agent` is at `moments` [s]."""
    places = agent.place(np.asarray(moments, float)).T
    yaw, joint = places[:, 2], coupling(user)
    left = np.stack([-np.sin(yaw), np.cos(yaw), np.zeros_like(yaw)], axis=-1)
    if joint is None or agent.trail is None:
        return Way(((user.takes, places),), left)
    trail = np.interp(moments, agent.time, agent.trail)
    towed = np.column_stack([towed_place(joint, places[:, :2], yaw, trail), trail])
    half = user.width / 2
    rooms = (room or Room((-length / 2, -half), (length / 2, half)) for room, length in
             ((user.room, joint.front), (user.towed, joint.rear)))  # fmt: skip
    return Way(tuple(zip(rooms, (places, towed), strict=True)), left)


def ground(agent: Agent, user: RoadUser, moments: Sequence[float]) -> Float[Array, "n 5"]:
    """Return the rectangles (x, y, yaw, length, width) that `agent` takes at `moments` [s]: those
    of its room, with mirrors, strides and bags, and then those of its towed section.
    """
    return way_of(agent, user, moments).rows((0.0,)).reshape(-1, 5)


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


def _shapes(window: Window, ways: dict[int, Way], shifts: Sequence[float]) -> Array:
    """Return polygons (members, shifts, moments) of the members in `ways`, moved by each of
    `shifts` [m], None where one is absent.
    """
    shapes = np.full((len(ways), len(shifts), len(window.moments)), None, dtype=object)
    rows = [way.rows(shifts) for way in ways.values()]
    every = rectangles(np.concatenate([own.reshape(-1, 5) for own in rows]))
    ends = np.cumsum([own.size // 5 for own in rows])[:-1]
    for row, member, own, bodies in zip(shapes, ways, rows, np.split(every, ends), strict=True):
        parts = bodies.reshape(own.shape[:3])
        one = parts[0] if len(parts) == 1 else shapely.union_all(parts, axis=0)
        row[:, window.seen(member)] = one
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


def _strays(way: Way, user: RoadUser, land: Land, shifts: Sequence[float]) -> Bool[Array, "s"]:
    """Return for which of `shifts` [m] to the left a tyre of `user` is off the carriageway."""
    if land.road is None or user.kind in WALKERS:
        return np.zeros(len(shifts), bool)
    x, y = np.moveaxis(way.tyres(shifts), -1, 0)
    return ~shapely.intersects_xy(land.road, x, y).all(axis=1)


def _mend(
    window: Window, drive: Drive, users: Sequence[RoadUser], land: Land
) -> dict[tuple[int, tuple[float, float]], float | None]:
    """Return the shift [m] of each (agent, interval), None for out; higher ranks choose first.

    The ego car stays where it is.
    """
    agents = [drive.agents[index] for index, _ in window.members]
    designs, everyone = [users[agent.user] for agent in agents], range(len(agents))
    ways = {member: _way(window, member, drive, users) for member in everyone}
    settled, scenes = _shapes(window, ways, (0.0,))[:, 0], _scenes(window, drive)
    clashing = _clashes(settled, scenes, land.blocked)
    clashing |= {one for one in everyone if _strays(ways[one], designs[one], land, (0.0,))[0]}
    clashing -= {one for one in everyone if window.members[one][0] == drive.ego}
    settled[list(clashing)] = None
    shifts: dict[int, float | None] = dict.fromkeys(everyone, 0.0)
    for one in sorted(clashing, key=lambda m: (_rank(agents[m]), m)):
        shifts[one], others = None, settled[scenes != scenes[one]]
        tries = _shapes(window, {one: ways[one]}, TRIES)[0]
        off = _strays(ways[one], designs[one], land, TRIES)
        for shift, own, strays in zip(TRIES, tries, off, strict=True):
            if not strays and _fits(own, others, land):
                shifts[one], settled[one] = shift, own
                break
    return {window.members[member]: shift for member, shift in shifts.items()}


def _way(window: Window, member: int, drive: Drive, users: Sequence[RoadUser]) -> Way:
    agent = drive.agents[window.members[member][0]]
    moments = [window.moments[k] for k in window.seen(member)]
    return way_of(agent, users[agent.user], moments)


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
    names = ["time", "yaw", "speed", "signals", "gait"]
    names += [] if agent.trail is None else ["trail"]
    rest = {name: getattr(agent, name)[keep] for name in names}
    return replace(agent, position=position, windows=windows, **rest)


def _kept(drive: Drive, users: Sequence[RoadUser], land: Land) -> tuple[Drive, int]:
    """Return `drive` with the ego car's wheels on the carriageway, and in how many windows it was
    moved for that: by what is least, clear of what nobody can take away, if that can be.
    """
    ego, shifts = drive.agents[drive.ego], dict[tuple[float, float], float | None]()
    for window in _windows(drive):
        for member, (index, span) in enumerate(window.members):
            if index == drive.ego:
                shifts[span] = _least(_way(window, member, drive, users), users[ego.user], land)
    moved = _apply(ego, shifts)
    assert moved is not None
    agents = (*drive.agents[: drive.ego], moved, *drive.agents[drive.ego + 1 :])
    return replace(drive, agents=agents), sum(shift != 0 for shift in shifts.values())


def _least(way: Way, user: RoadUser, land: Land) -> float:
    """Return the least shift [m] that has the ego car off the kerb and clear of what is built, or
    off the kerb at least; 0 where none does.
    """
    on_road = [shift for shift, off in zip(EGO_TRIES, _strays(way, user, land, EGO_TRIES),
                                           strict=True) if not off]  # fmt: skip
    if not on_road:
        return 0.0
    bodies = rectangles(way.rows(on_road).reshape(-1, 5)).reshape(len(on_road), -1)
    free = [not land.blocked.query(own, predicate="intersects").size for own in bodies]
    return on_road[free.index(True)] if any(free) else on_road[0]


def _off_kerbs(drive: Drive, users: Sequence[RoadUser], land: Land) -> Drive:
    """Return `drive` with what stands in an event on the carriageway: all of it is moved across
    the ego car's heading at its frame, by what is least; where nothing helps it stays.
    """
    agents, ego = list(drive.agents), drive.agents[drive.ego]
    scenes: dict[str, list[int]] = {}
    for index, agent in enumerate(agents):
        if agent.kind == "prop":
            scenes.setdefault(agent.name.rpartition("/")[0], []).append(index)
    for parts in scenes.values():
        start, end = agents[parts[0]].windows[0]
        frame = next((one for one in drive.frames if start <= one <= end), start)
        left = way_of(ego, users[ego.user], [frame]).left
        rows = [(way_of(agents[one], users[agents[one].user], [frame]), agents[one])
                for one in parts]  # fmt: skip
        off = [_strays(replace(way, left=left), users[agent.user], land, EGO_TRIES)
               for way, agent in rows]  # fmt: skip
        clear = ~np.any(off, axis=0)
        shift = EGO_TRIES[int(clear.argmax())] if clear.any() else 0.0
        for one in parts:
            agents[one] = replace(agents[one], position=agents[one].position + shift * left)
    return replace(drive, agents=tuple(agents))


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

    Bodies are rectangles on the ground, `MARGIN` apart. First what stands in events, as a whole,
    and the ego car are moved off kerbs. Who then overlaps or stands on one is moved sideways for
    the whole window, by 0.4 m at most, or else taken out of it.

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
    lasting = Land(STRtree([*standing[:fixed], *walls]), road)
    drive, steered = _kept(_off_kerbs(drive, users, lasting), users, lasting)
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
