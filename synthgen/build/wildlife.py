"""Deer that stand on the verges of country roads."""

from dataclasses import replace

import numpy as np
import shapely
from jaxtyping import Float
from shapely import STRtree
from shapely.geometry import MultiPoint

from synthgen.build.city import City
from synthgen.geometry import Array
from synthgen.place.place import surface_height
from synthgen.rng import stream
from synthgen.road_user import RoadUser
from synthgen.spec.clip import ClipSpec
from synthgen.traffic.plan import Drive
from synthgen.traffic.repair import rectangles
from synthgen.world import Body

SEEN = 0.3
"""Share of the drives on country roads that pass deer."""
GROUP = 4
"""Most that stand together. Source: roe deer feed alone or in groups of two to four outside winter
(R. Andersen et al., "The European Roe Deer: The Biology of Success", 1998, chapter 8)."""
FROM, TO = 12.0, 70.0
"""[m] From the ego car at some frame."""
SPREAD = 6.0
"""[m] Standard deviation of a group about its middle."""
TRIES = 40
"""Places that are looked at for a group, and for each of it."""

Placed = tuple[Body, Float[Array, "3"], float, RoadUser]


def grazing(city: City, spec: ClipSpec, driven: Drive, taken: Float[Array, "n 5"]) -> list[Placed]:
    """Return body, place [m], yaw [rad] and design of deer beside the drive, mostly none.

    Args:
        city: where; only country places have deer.
        spec: the clip.
        driven: the drive.
        taken: x, y [m], yaw [rad], length, width [m] of what stands there already.
    """
    rng = stream(spec.seed, "clip", spec.clip, "deer")
    deer = [user for user in city.pool if user.kind == "deer"]
    if city.network.kind != "rural" or not deer or rng.random() >= SEEN:
        return []
    middle = _middle(city, driven, rng)
    if middle is None:
        return []
    rows: list[tuple[float, float, float, float, float]] = []
    chosen: list[RoadUser] = []
    for _ in range(int(rng.integers(1, GROUP + 1))):
        user = deer[int(rng.integers(len(deer)))]
        row = _spot(city, middle, np.vstack([taken, *rows]) if rows else taken, (user, rng))
        if row is not None:
            rows.append(row)
            chosen.append(user)
    places = np.array(rows, float).reshape(-1, 5)
    height = surface_height(city.place, places[:, :2])
    return [
        (replace(city.of(user)[0], name=f"deer/{number}"), np.array([*row[:2], z]), row[2], user)
        for number, (user, row, z) in enumerate(zip(chosen, places, height, strict=True))
    ]


def _middle(city: City, driven: Drive, rng: np.random.Generator) -> Float[Array, "2"] | None:
    """Return where a group feeds: open land within sight of the ego car at some frame."""
    ego = driven.agents[driven.ego]
    seen = np.array([ego.place(frame)[:2] for frame in driven.frames])
    shapely.prepare(city.place.free)
    for _ in range(TRIES):
        far, angle = rng.uniform(FROM, TO), rng.uniform(0, 2 * np.pi)
        point = seen[int(rng.integers(len(seen)))] + far * np.array([np.cos(angle), np.sin(angle)])
        near = MultiPoint(seen).distance(shapely.Point(point))
        if near >= FROM and shapely.intersects_xy(city.place.free, *point):
            return point
    return None


def _spot(
    city: City,
    middle: Float[Array, "2"],
    taken: Float[Array, "n 5"],
    who: tuple[RoadUser, np.random.Generator],
) -> tuple[float, float, float, float, float] | None:
    """Return the room of one deer on open land, clear of what is `taken`; None where is none."""
    user, rng = who
    wall = STRtree(rectangles(taken, 0.4))
    for _ in range(TRIES):
        x, y = middle + SPREAD * rng.normal(size=2)
        row = (float(x), float(y), float(rng.uniform(-np.pi, np.pi)), user.length + 0.3, user.width)
        room = rectangles(np.array([row]))[0]
        free = shapely.contains_properly(city.place.free, room)
        if free and len(wall.query(room, predicate="intersects")) == 0:
            return row
    return None
