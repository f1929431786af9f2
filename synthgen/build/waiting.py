"""People who sit on benches and who wait for the bus, in shelters and beside them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from jaxtyping import Float
from shapely import STRtree

from synthgen.build.city import City
from synthgen.build.umbrellas import sheltered
from synthgen.geometry import Array
from synthgen.rng import stream
from synthgen.road_user import SLACK, RoadUser
from synthgen.spec.clip import ClipSpec
from synthgen.street.fixture import Bench, Shelter
from synthgen.traffic.repair import rectangles
from synthgen.world import Body, Environment

NEAR = 80.0
"""[m] From the ego car at some frame; nobody farther off is placed."""
SEATED = 0.35
"""Share of the seats of open benches that are taken on a dry day."""
ON_BENCH = 0.45
"""Share of the seats of a shelter's bench that are taken when people wait."""
WAIT = 8.0, 0.8, 4.0
"""People per km of sidewalk for each who waits at a stop, and least and most on average."""
NIGHT = 0.35
"""Of those by day; by eye, as all shares here."""
PLACE = 0.65
"""[m] of a bench for each."""
GAP = 0.72
"""[m] Between the middles of two who wait."""
BESIDE = 0.35
"""Share of those who stand that wait beside the shelter."""

Placed = tuple[Body, Float[Array, "3"], float, RoadUser]


@dataclass(frozen=True, eq=False)
class _Crowd:
    """Who may sit or wait, and in what weather and light."""

    sitting: Sequence[RoadUser]
    standing: Sequence[RoadUser]
    around: Environment
    share: float


@dataclass(frozen=True)
class _One:
    """Someone at a place [m] with a heading [rad]."""

    user: RoadUser
    position: tuple[float, float, float]
    yaw: float


def waiting(
    city: City, spec: ClipSpec, seen: Float[Array, "f 2"], taken: Sequence[shapely.Polygon]
) -> list[Placed]:
    """Return body, place, yaw and design of who sits or waits near a drive.

    Args:
        city: where; people sit on its benches and wait in its shelters.
        spec: the clip. By night fewer are out, in rain or snow nobody sits without a roof and
            umbrellas are open outside of it.
        seen: where the ego car is at each frame [m].
        taken: ground on which there is somebody else.
    """
    rng = stream(spec.seed, "clip", spec.clip, "waiting")
    people = [user for user in city.pool if user.kind == "pedestrian"]
    crowd = _Crowd(
        [user for user in people if user.subtype == "sitting"],
        [user for user in people if user.subtype == "standing"],
        spec.environment,
        1.0 if spec.environment.sun_elevation > -0.1 else NIGHT,
    )
    low, least, most = WAIT
    mean = crowd.share * float(np.clip(spec.traffic.pedestrians / low, least, most))
    asked: list[_One] = []
    for bench in (one for one in city.furniture.benches if _near(one.position, seen)):
        if not bench.roofed and spec.environment.rain + spec.environment.snow == 0.0:
            asked += _row(city, crowd, bench, SEATED * crowd.share, rng)
    for stop in (one for one in city.furniture.shelters if _near(one.position, seen)):
        asked += _at_stop(city, crowd, stop, int(rng.poisson(mean)), rng)
    kept, ground = [], STRtree(taken)
    roads, walls = city.place.roads, STRtree(city.place.buildings)
    for one in asked:
        room = _room(one)
        if not (ground.query(room, predicate="intersects").size or room.intersects(roads)
                or walls.query(room, predicate="intersects").size):  # fmt: skip
            kept.append(one)
    return [
        (replace(city.of(one.user)[0], name=f"waiting/{number}"), np.array(one.position), one.yaw,
         one.user)
        for number, one in enumerate(kept)
    ]  # fmt: skip


def _near(position: tuple[float, float, float], seen: Float[Array, "f 2"]) -> bool:
    return bool(np.linalg.norm(seen - position[:2], axis=1).min() < NEAR)


def _room(one: _One) -> shapely.Polygon:
    """Return the ground that someone takes."""
    place = np.array([[*one.position[:2], one.yaw]])
    return rectangles(one.user.takes.rectangles(place), 0.0)[0]


def _moved(
    position: tuple[float, float, float], yaw: float, ahead: float, left: float
) -> tuple[float, float, float]:
    """Return a place `ahead` and to the `left` [m] of another."""
    x, y, z = position
    c, s = float(np.cos(yaw)), float(np.sin(yaw))
    return x + ahead * c - left * s, y + ahead * s + left * c, z


def _row(
    city: City, crowd: _Crowd, bench: Bench, share: float, rng: np.random.Generator
) -> list[_One]:
    """Return who sits on a bench: backs at its back, each on a place of their own."""
    count = int(bench.length / PLACE)
    found = []
    for number in range(count if crowd.sitting else 0):
        which, full = int(rng.integers(len(crowd.sitting))), float(rng.random())
        user = crowd.sitting[which]
        ahead = SLACK - float(city.of(user)[0].mesh.bounds[0][0])
        along = (number - (count - 1) / 2) * PLACE
        if full < share:
            place = _moved(bench.position, bench.yaw, ahead, along)
            found.append(_One(user, place, bench.yaw))
    return found


def _at_stop(
    city: City, crowd: _Crowd, stop: Shelter, count: int, rng: np.random.Generator
) -> list[_One]:
    """Return a loose group at a stop: on its bench, in the shelter and on the side buses come from.

    Nobody stands where the knees of others are.
    """
    bench = next(
        one for one in city.furniture.benches
        if one.roofed and np.hypot(*np.subtract(one.position, stop.position)[:2]) < 1.0
    )  # fmt: skip
    found = _row(city, crowd, bench, ON_BENCH, rng)[:count]
    spots: list[tuple[float, float]] = []
    for _ in range(count - len(found) if crowd.standing else 0):
        beside = bool(rng.random() < BESIDE)
        user = crowd.standing[int(rng.integers(len(crowd.standing)))]
        user = sheltered(user, crowd.around, rng) if beside else user
        user = city.measured(user) if user.umbrella else user
        spot = _spot(beside, user, spots, rng)
        if spot is not None:
            spots.append(spot)
            turn = np.pi / 2 + float(np.clip(rng.normal(0.5, 0.6), -0.6, 1.6))
            found.append(_One(user, _moved(stop.position, stop.yaw, *spot), stop.yaw + turn))
    return found


def _spot(
    beside: bool, user: RoadUser, others: Sequence[tuple[float, float]], rng: np.random.Generator
) -> tuple[float, float] | None:
    """Return a free spot [m] in the frame of a shelter, None where none is found."""
    apart = GAP + user.umbrella
    for _ in range(6):
        spot = (float(rng.uniform(-4.3, -2.6) - user.umbrella / 2 if beside else
                      rng.uniform(-1.6, 1.5)), float(rng.uniform(0.32, 0.62)))  # fmt: skip
        if all(np.hypot(spot[0] - x, spot[1] - y) > apart for x, y in others):
            return spot
    return None
