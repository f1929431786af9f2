"""Scenes of an accident: what lies across a lane, settled by Bullet, around a pose on the lane."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float
from scipy.spatial.transform import Rotation

from synthgen.assets.damage import Blow, dented
from synthgen.assets.debris import shards, triangle
from synthgen.build.windfall import FallenTree, felled
from synthgen.geometry import Array, inverse, pose, transform, yaw_of, yaw_quaternion
from synthgen.physics.bullet import closest, settle
from synthgen.physics.solid import Solid, State, hull_points
from synthgen.physics.suspension import SUSPENSIONS
from synthgen.road_user import RoadUser
from synthgen.running_gear import turned
from synthgen.world import Body

Pool = Sequence[tuple[RoadUser, Body]]
"""Designs that may have crashed, with their bodies."""

KINDS = frozenset({"car", "van"})
BEHIND = 14.0
"""[m] From the warning triangle to the wrecks, as far as drivers in town walk."""
SKID = 0.65
"""Friction of tyres that skid."""


@dataclass(frozen=True, eq=False)
class Incident:
    """Bodies at rest and the room they take.

    Attributes:
        bodies: what lies or stands there.
        positions: [m] of their origins.
        quaternions: world from body.
        footprints: x, y [m], yaw [rad], length, width [m] of each on the ground.
    """

    bodies: tuple[Body, ...]
    positions: Float[Array, "n 3"]
    quaternions: Float[Array, "n 4"]
    footprints: Float[Array, "n 5"]


def crash(place: Float[Array, "4 4"], pool: Pool, rng: np.random.Generator) -> Incident:
    """Return two vehicles after a crash, dented where they met, glass, and a warning triangle.

    One has run into the other from behind, askew. Bullet lets both skid to rest.

    Args:
        place: pose on the lane of the warning triangle, x along the lane; world from place.
        pool: designs of cars and vans and their bodies; others are not used.
        rng: draws who, how askew, how fast.

    Raises:
        ValueError: when the pool has no car or van.
    """
    known = [body for user, body in pool if user.kind in KINDS]
    if not known:
        raise ValueError("a crash needs a car or a van in the pool")
    pair = [known[int(rng.integers(len(known)))] for _ in range(2)]
    solids = [_vehicle(body) for body in pair]
    start, spot = _touching(pair, solids, rng)
    wrecks = [_wreck(body, start, number, spot, rng) for number, body in enumerate(pair)]
    position, quaternion = settle(solids, start, patience=30.0)
    level = Rotation.from_quat([yaw_quaternion(yaw_of(turn)) for turn in quaternion])
    position[:, 2] = 0.0
    middle = position[:, :2].mean(axis=0)
    position[:, :2] -= middle - [BEHIND, 0.0]
    glass = shards("crash/glass", 2.2, rng)
    met = np.array([*(spot[:2] - middle + [BEHIND, 0.0]), 0.5 * _height(glass)])
    sign = triangle("crash/triangle")
    aside = np.array([0.0, float(rng.uniform(-0.6, 0.6)), 0.5 * _height(sign)])
    bodies = (*(replace(b, name=f"crash/{n}") for n, b in enumerate(wrecks)), glass, sign)
    turns = np.concatenate([level.as_quat(), [yaw_quaternion(0.0), yaw_quaternion(0.0)]])
    return _incident(place, bodies, np.concatenate([position, [met, aside]]), turns)


def _vehicle(body: Body) -> Solid:
    assert body.extent is not None
    length, width, _ = body.extent.size
    mass = SUSPENSIONS[body.kind].density * length * width
    return Solid(hull_points(body.mesh.vertices, 48), mass, SKID, 0.05)


def _touching(
    pair: Sequence[Body], solids: Sequence[Solid], rng: np.random.Generator
) -> tuple[State, Float[Array, "3"]]:
    """Return both vehicles at the moment they touch, with their speeds, and where they touch."""
    yaw = np.array([float(rng.normal(0, 0.06)), float(rng.choice([-1, 1]) * rng.uniform(0.1, 0.5))])
    turns = np.array([yaw_quaternion(angle) for angle in yaw])
    aside = float(rng.uniform(-0.5, 0.5))
    place = np.array([[-9.0, 0.0, 0.001], [0.0, aside, 0.001]])
    ahead = np.array([np.cos(yaw[0]), np.sin(yaw[0]), 0.0])
    for _ in range(40):
        gap = closest(solids, place, turns, 12.0)[0]
        if gap.distance < 0.02:
            break
        place[0] += 0.9 * gap.distance * ahead
    speed = np.outer([rng.uniform(5.0, 9.0), rng.uniform(0.0, 2.0)], ahead)
    return State(place, turns, speed, np.zeros((2, 3))), np.array(gap.point)


def _wreck(
    body: Body, start: State, number: int, spot: Float[Array, "3"], rng: np.random.Generator
) -> Body:
    """Return one vehicle with its dent and, most often, its front wheels turned."""
    steer = float(rng.uniform(-0.4, 0.4))
    still = np.zeros(len(body.wheels))
    body = replace(body, mesh=turned(body, (still, steer, np.zeros(3))))
    here = inverse(pose(start.position[number], start.quaternion[number]))
    point = transform(here, spot[None])[0]
    push = (1.0 if number else -1.0) * start.velocity[0]
    x, y, _ = here[:3, :3] @ push
    height = 0.62 if body.kind == "car" else 0.75
    blow = Blow(
        (float(point[0]), float(point[1]), height), (float(x), float(y), 0.0),
        float(rng.uniform(0.22, 0.38)), float(rng.uniform(0.65, 0.95)),
    )  # fmt: skip
    return dented(body, blow, rng)


def _height(body: Body) -> float:
    return float(np.ptp(body.mesh.vertices[:, 2]))


def fallen_tree(place: Float[Array, "4 4"], width: float, rng: np.random.Generator) -> Incident:
    """Return a tree that the wind has thrown across a lane from its right side.

    Args:
        place: pose in the middle of the lane where the trunk crosses it, x along the lane.
        width: [m] of what the trunk is to cross; its roots lie beyond the right edge.
        rng: draws the tree, how it lies, where across.

    Raises:
        ValueError: for a width outside 2 to 12 m.
    """
    if not 2 <= width <= 12:
        raise ValueError(f"a tree can lie across 2 to 12 m, got {width}")
    tree: FallenTree = felled(rng)
    yaw = np.pi / 2 + float(rng.uniform(-0.35, 0.35))
    foot = np.array([0.0, -width / 2 - float(rng.uniform(0.6, 1.4)), 0.0])
    turn = Rotation.from_euler("z", yaw)
    position = foot - turn.apply([tree.foot, 0.0, 0.0])
    body = replace(tree.body, name="windfall")
    return _incident(place, (body,), position[None], turn.as_quat()[None])


def _incident(
    place: Float[Array, "4 4"], bodies: tuple[Body, ...], positions: Array, turns: Array
) -> Incident:
    """Return the incident with everything taken from the frame of the place into the world."""
    own = Rotation.from_matrix(place[:3, :3])
    quaternions = (own * Rotation.from_quat(turns)).as_quat()
    there = transform(place, positions)
    rows = []
    for body, where, turn in zip(bodies, there, quaternions, strict=True):
        assert body.extent is not None
        center = where + Rotation.from_quat(turn).apply(body.extent.center)
        rows.append((center[0], center[1], yaw_of(turn), *body.extent.size[:2]))
    return Incident(bodies, there, quaternions, np.array(rows, float))
