"""People who stand: at the kerb, before shop fronts, talking in pairs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from jaxtyping import Float
from shapely import STRtree
from shapely.geometry import LineString, MultiPoint, Polygon

from synthgen.build.city import City
from synthgen.build.umbrellas import sheltered
from synthgen.geometry import Array
from synthgen.network import Lane
from synthgen.place.place import surface_height
from synthgen.rng import stream
from synthgen.road_user import RoadUser
from synthgen.spec.clip import ClipSpec
from synthgen.street.verge import length, stations
from synthgen.traffic.plan import Drive
from synthgen.traffic.repair import MOMENTS, ground, rectangles
from synthgen.world import Body, Environment

AT_REST = 0.23
"""Share of the people on sidewalks who stand.

Source: attributes of nuScenes' annotations (H. Caesar et al., "nuScenes: a multimodal dataset for
autonomous driving", CVPR 2020): 5.3 % of all boxes are standing people, 17.9 % moving ones."""
NEAR = 80.0
"""[m] From the ego car at some frame; nobody farther off is placed."""
MANNERS = {"kerb": 0.3, "front": 0.45, "pair": 0.25}
"""How they stand, with weights."""
TALK = 0.95
"""[m] Between the middles of two who talk."""
EDGE = 0.65
"""[m] From the edge of the sidewalk to who stands at it."""
TRIES = 4
"""Places that are looked at for each."""


@dataclass(frozen=True)
class Stand:
    """Where someone stands, where they look, and who it is."""

    x: float
    y: float
    yaw: float
    user: RoadUser


Placed = tuple[Body, Float[Array, "3"], float, RoadUser]


def bystanders(
    city: City,
    spec: ClipSpec,
    driven: Drive,
    there: tuple[Sequence[RoadUser], Float[Array, "n 5"]],
) -> list[Placed]:
    """Return body, place, yaw and design of who stands on the sidewalks that a drive passes.

    Args:
        city: where.
        spec: the clip; `traffic.pedestrians` counts people who walk and people who stand.
        driven: the drive; nobody stands in anyone's way at a frame.
        there: its pool, and x, y [m], yaw [rad], length, width [m] of what stands there already.
    """
    rng, (users, things) = stream(spec.seed, "clip", spec.clip, "standing"), there
    pool, density = _pool(city), spec.traffic.pedestrians * AT_REST / 1000
    wall = STRtree(np.concatenate([rectangles(things, 0.2), walked(driven, users)]))
    shapely.prepare(city.place.sidewalks)
    crowd = _Crowd(city, wall, pool, spec.environment)
    stands: list[Stand] = []
    for lane in _passed(city.network.lanes, driven) if pool else []:
        for _ in range(rng.poisson(length(lane) * density)):
            stands += _group(crowd, lane, stands, rng)
    points = np.array([(stand.x, stand.y) for stand in stands], float).reshape(-1, 2)
    rows = zip(stands, surface_height(city.place, points), strict=True)
    return [
        (replace(city.of(at.user)[0], name=f"standing/{number}"), np.array([at.x, at.y, z]),
         at.yaw, at.user)
        for number, (at, z) in enumerate(rows)
    ]  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Crowd:
    """Where people stand, what is in their way, who they are, and the weather."""

    city: City
    wall: STRtree
    pool: Sequence[RoadUser]
    around: Environment

    def draw(self, rng: np.random.Generator) -> RoadUser:
        """Return someone, under an umbrella or not."""
        user = sheltered(self.pool[int(rng.integers(len(self.pool)))], self.around, rng)
        return self.city.measured(user) if user.umbrella else user


def _pool(city: City) -> list[RoadUser]:
    """Return designs that stand, or else everyone on foot."""
    people = [user for user in city.pool if user.kind == "pedestrian"]
    still = [user for user in people if user.subtype == "standing"]
    return still or people


def walked(driven: Drive, users: Sequence[RoadUser]) -> Array:
    """Return where anyone is at a frame: polygons."""
    rows = [
        ground(agent, users[agent.user], [frame + offset for offset in MOMENTS])
        for agent in driven.agents
        for frame in driven.frames
        if agent.present(frame, MOMENTS[-1])
    ]
    return rectangles(np.concatenate(rows))


def _passed(lanes: Sequence[Lane], driven: Drive) -> Iterator[Lane]:
    """Yield the sidewalks near the ego car at some frame."""
    ego = driven.agents[driven.ego]
    seen = MultiPoint([tuple(ego.place(frame)[:2]) for frame in driven.frames])
    for lane in lanes:
        if lane.kind == "walk" and LineString(lane.shape[:, :2]).distance(seen) < NEAR:
            yield lane


def _group(
    crowd: _Crowd, lane: Lane, others: Sequence[Stand], rng: np.random.Generator
) -> list[Stand]:
    """Return one or two who stand somewhere along a sidewalk, nobody where there is no room."""
    for _ in range(TRIES):
        manner = list(MANNERS)[int(rng.choice(len(MANNERS), p=list(MANNERS.values())))]
        along = float(rng.uniform(2.0, max(length(lane) - 2.0, 2.1)))
        who = [crowd.draw(rng) for _ in range(1 + (manner == "pair"))]
        group = _stands(lane, manner, along, who, rng)
        if group and all(_is_free(crowd, stand, others) for stand in group):
            return group
    return []


def _stands(
    lane: Lane, manner: str, along: float, who: Sequence[RoadUser], rng: np.random.Generator
) -> list[Stand]:
    """Return places on a sidewalk, whose road lies to the left and houses to the right."""
    turned = max(float(np.hypot(*_room(one))) / 2 for one in who)
    inset = max(EDGE, turned + 0.06)
    half = max(lane.width / 2 - inset, 0.0)
    aside = {"kerb": -half, "front": half, "pair": 0.5 * half}[manner]
    spots = stations(lane, [along], aside - lane.width / 2)
    if not spots:
        return []
    x, y, yaw = spots[0].x, spots[0].y, spots[0].yaw
    turn = float(rng.normal(0.0, 0.35))
    if manner == "pair":
        axis = float(rng.uniform(0, 2 * np.pi))
        away = max(TALK, sum(_room(one)[0] for one in who) / 2)
        step = away / 2 * np.array([np.cos(axis), np.sin(axis)])
        return [Stand(x - step[0], y - step[1], axis + turn / 2, who[0]),
                Stand(x + step[0], y + step[1], axis + np.pi - turn / 2, who[1])]  # fmt: skip
    inward = rng.random() < 0.5 if manner == "front" else False
    return [Stand(x, y, yaw + (-1 if inward else 1) * np.pi / 2 + turn, who[0])]


def _room(user: RoadUser) -> tuple[float, float]:
    """Return length and width [m], about the feet, of what someone takes who stands."""
    long, wide = 2 * np.maximum(-np.array(user.takes.low), user.takes.high)
    return float(long), float(wide)


def _is_free(crowd: _Crowd, stand: Stand, others: Sequence[Stand]) -> bool:
    room = _ground(stand)
    apart = all(
        np.hypot(one.x - stand.x, one.y - stand.y) > 1.1 and not room.intersects(_ground(one))
        for one in others
    )
    inside = shapely.contains_properly(crowd.city.place.sidewalks, room)
    return bool(apart and inside and len(crowd.wall.query(room, predicate="intersects")) == 0)


def _ground(stand: Stand) -> Polygon:
    return rectangles(np.array([[stand.x, stand.y, stand.yaw, *_room(stand.user)]]))[0]
