"""The only place that imports Bullet: free bodies on flat ground, and the gaps between bodies.

Each question opens a client of its own and closes it; nothing of Bullet leaves this module. The
step is fixed and no number is drawn, so that the same question has the same answer.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy.spatial import cKDTree
from scipy.spatial.transform import Rotation

from synthgen.geometry import Array
from synthgen.physics.quiet import quiet
from synthgen.physics.solid import Solid, State, middle
from synthgen.physics.travel import GRAVITY
from synthgen.physics.wind import AIR

with quiet():  # it prints the time of its build
    import pybullet

STEP = 1 / 240
"""[s] Fixed step."""
MARGIN = 1e-4
"""[m] By which Bullet lets hulls sink into each other; its default is 4 cm."""
STILL = 0.01, 0.02
"""[m/s] and [rad/s] below which a body is taken for at rest, for `CALM` seconds."""
CALM = 0.5
LOOK = 12
"""Steps from one look at the speeds to the next."""
DRAG = 1.1
"""Drag coefficient of tumbling boxes and branches. Source: S. F. Hoerner, "Fluid-Dynamic Drag",
1965, chapter 3: cubes 1.05, plates 1.17."""


Push = Callable[[int, Array, Array, Array, Array], tuple[Array, Array]]


@dataclass(frozen=True, eq=False)
class Record:
    """Where bodies were.

    Attributes:
        time: [s] of each sample, from 0.
        position: [m] of each body's origin at each sample.
        quaternion: world from body.
    """

    time: Float[Array, "k"]
    position: Float[Array, "k n 3"]
    quaternion: Float[Array, "k n 4"]


@dataclass(frozen=True)
class Gap:
    """Two bodies, how far apart they are [m] (negative where they overlap) and where.

    `point` is half way between the closest points [m], world frame.
    """

    first: int
    second: int
    distance: float
    point: tuple[float, float, float]


@contextmanager
def _client() -> Iterator[int]:
    client = pybullet.connect(pybullet.DIRECT)
    try:
        pybullet.setPhysicsEngineParameter(
            fixedTimeStep=STEP, numSolverIterations=60, deterministicOverlappingPairs=1,
            physicsClientId=client,
        )  # fmt: skip
        pybullet.setGravity(0, 0, -GRAVITY, physicsClientId=client)
        yield client
    finally:
        pybullet.disconnect(physicsClientId=client)


def _shape(points: Float[Array, "n 3"], client: int) -> int:
    return pybullet.createCollisionShape(
        pybullet.GEOM_MESH, vertices=points.tolist(), physicsClientId=client
    )


def _ground(friction: float, client: int) -> None:
    plane = pybullet.createCollisionShape(pybullet.GEOM_PLANE, physicsClientId=client)
    body = pybullet.createMultiBody(0, plane, physicsClientId=client)
    pybullet.changeDynamics(
        body, -1, lateralFriction=friction, restitution=1.0, physicsClientId=client
    )


def _body(solid: Solid, center: Array, client: int) -> int:
    """Make a body whose frame is the solid's, moved to its centre of mass."""
    body = pybullet.createMultiBody(
        solid.mass, _shape(solid.points - center, client), physicsClientId=client
    )
    pybullet.changeDynamics(
        body, -1, lateralFriction=solid.friction, restitution=solid.restitution,
        rollingFriction=0.002, spinningFriction=0.002, linearDamping=0.0, angularDamping=0.0,
        collisionMargin=MARGIN, ccdSweptSphereRadius=0.0, activationState=4,
        physicsClientId=client,
    )  # fmt: skip
    return body


def _place(bodies: Sequence[int], centers: Array, state: State, client: int) -> None:
    turns = Rotation.from_quat(state.quaternion)
    places = state.position + turns.apply(centers)
    for number, body in enumerate(bodies):
        pybullet.resetBasePositionAndOrientation(
            body, places[number].tolist(), state.quaternion[number].tolist(),
            physicsClientId=client,
        )  # fmt: skip
        pybullet.resetBaseVelocity(
            body, state.velocity[number].tolist(), state.spin[number].tolist(),
            physicsClientId=client,
        )  # fmt: skip


def _read(bodies: Sequence[int], centers: Array, client: int) -> tuple[Array, Array]:
    poses = [
        pybullet.getBasePositionAndOrientation(body, physicsClientId=client) for body in bodies
    ]
    quaternion = np.array([turn for _, turn in poses]).reshape(-1, 4)
    place = np.array([where for where, _ in poses]).reshape(-1, 3)
    return place - Rotation.from_quat(quaternion).apply(centers), quaternion


def _speeds(bodies: Sequence[int], client: int) -> tuple[Array, Array]:
    pairs = [pybullet.getBaseVelocity(body, physicsClientId=client) for body in bodies]
    return np.array([v for v, _ in pairs]), np.array([w for _, w in pairs])


def _blow(bodies: Sequence[int], solids: Sequence[Solid], wind: Array, client: int) -> None:
    velocity, _ = _speeds(bodies, client)
    for body, solid, own in zip(bodies, solids, velocity, strict=True):
        past = wind - own
        force = AIR / 2 * DRAG * solid.area * np.linalg.norm(past) * past
        if solid.area > 0 and solid.mass > 0:
            place, _ = pybullet.getBasePositionAndOrientation(body, physicsClientId=client)
            pybullet.applyExternalForce(
                body, -1, force.tolist(), place, pybullet.WORLD_FRAME, physicsClientId=client
            )


def simulate(
    solids: Sequence[Solid],
    state: State,
    seconds: float,
    *,
    every: float = 0.05,
    ground: float = 1.0,
    wind: Float[Array, "3"] | None = None,
) -> Record:
    """Return how `solids` move from `state` on level ground at z = 0.

    Args:
        solids: what moves, and what stands in the way (mass 0).
        state: where they begin.
        seconds: how long.
        every: [s] between samples, a multiple of the step.
        ground: its friction, by which that of each solid is multiplied.
        wind: [m/s] world frame; pushes solids by their area.

    Raises:
        ValueError: when `every` is no multiple of the step.
    """
    stride = round(every / STEP)
    if stride < 1 or abs(stride * STEP - every) > 1e-9:
        raise ValueError(f"samples must be a multiple of {STEP:.6f} s apart, got {every}")
    centers = np.array([middle(solid.points) for solid in solids]).reshape(-1, 3)
    found = []
    with _client() as client:
        _ground(ground, client)
        bodies = [_body(s, c, client) for s, c in zip(solids, centers, strict=True)]
        _place(bodies, centers, state, client)
        count = int(np.floor(seconds / every + 1e-9)) + 1
        for sample in range(count):
            found.append(_read(bodies, centers, client))
            for _ in range(stride if sample + 1 < count else 0):
                if wind is not None:
                    _blow(bodies, solids, wind, client)
                pybullet.stepSimulation(physicsClientId=client)
    position, quaternion = (np.array(column) for column in zip(*found, strict=True))
    return Record(np.arange(count) * every, position, quaternion)


def pushed(
    mass: float,
    inertia: Float[Array, "3"],
    start: State,
    count: int,
    push: Push,
) -> tuple[Float[Array, "k 3"], Float[Array, "k 4"]]:
    """Return where one body that touches nothing is at each of `count` steps of `STEP`.

    Args:
        mass: [kg].
        inertia: [kg m2] about the axes through its centre of mass, which is its origin.
        start: its first state.
        count: number of samples.
        push: step, position, rotation, velocity and spin to where forces act [m] and the forces
            [N], world frame; gravity is there already.
    """
    place, turn = np.empty((count, 3)), np.empty((count, 4))
    with _client() as client:
        body = pybullet.createMultiBody(mass, physicsClientId=client)
        pybullet.changeDynamics(
            body, -1, localInertiaDiagonal=list(inertia), linearDamping=0.0, angularDamping=0.0,
            activationState=4, physicsClientId=client,
        )  # fmt: skip
        _place([body], np.zeros((1, 3)), start, client)
        for step in range(count):
            where, quaternion = pybullet.getBasePositionAndOrientation(body, physicsClientId=client)
            velocity, spin = pybullet.getBaseVelocity(body, physicsClientId=client)
            place[step], turn[step] = where, quaternion
            points, forces = push(step, place[step], turn[step], np.array(velocity), np.array(spin))
            for point, force in zip(points.tolist(), forces.tolist(), strict=True):
                pybullet.applyExternalForce(
                    body, -1, force, point, pybullet.WORLD_FRAME, physicsClientId=client
                )
            pybullet.stepSimulation(physicsClientId=client)
    return place, turn


def settle(
    solids: Sequence[Solid], state: State, *, ground: float = 1.0, patience: float = 20.0
) -> tuple[Float[Array, "n 3"], Float[Array, "n 4"]]:
    """Return where `solids`, let go in `state`, come to rest: position [m] and quaternion.

    Raises ValueError when something still moves after `patience` seconds.
    """
    centers = np.array([middle(solid.points) for solid in solids]).reshape(-1, 3)
    with _client() as client:
        _ground(ground, client)
        bodies = [_body(s, c, client) for s, c in zip(solids, centers, strict=True)]
        _place(bodies, centers, state, client)
        calm = 0
        for _ in range(round(patience / STEP / LOOK)):
            for _ in range(LOOK):
                pybullet.stepSimulation(physicsClientId=client)
            speed, spin = (np.linalg.norm(v, axis=1).max() for v in _speeds(bodies, client))
            calm = calm + 1 if speed < STILL[0] and spin < STILL[1] else 0
            if calm * LOOK * STEP > CALM:
                return _read(bodies, centers, client)
    raise ValueError(f"{len(solids)} bodies are not at rest after {patience} s")


def closest(
    solids: Sequence[Solid],
    position: Float[Array, "n 3"],
    quaternion: Float[Array, "n 4"],
    within: float = 0.5,
) -> list[Gap]:
    """Return the pairs of `solids` less than `within` [m] apart, with Bullet's distance.

    Only pairs whose bounding spheres come that near are asked about.
    """
    centers = np.array([middle(solid.points) for solid in solids]).reshape(-1, 3)
    still = np.zeros((len(solids), 3))
    found = []
    with _client() as client:
        bodies = [_body(s, c, client) for s, c in zip(solids, centers, strict=True)]
        _place(bodies, centers, State(position, quaternion, still, still), client)
        for one, two in _near(solids, centers, position, quaternion, within):
            answers = pybullet.getClosestPoints(
                bodies[one], bodies[two], within, physicsClientId=client
            )
            if answers:
                found.append(_gap(one, two, min(answers, key=lambda answer: answer[8])))
    return found


def _gap(one: int, two: int, answer: tuple) -> Gap:
    x, y, z = (float(a + b) / 2 for a, b in zip(answer[5], answer[6], strict=True))
    return Gap(one, two, float(answer[8]), (x, y, z))


def _near(
    solids: Sequence[Solid], centers: Array, position: Array, quaternion: Array, within: float
) -> list[tuple[int, int]]:
    """Return the pairs whose bounding spheres are less than `within` [m] apart, in order."""
    if len(solids) < 2:
        return []
    places = position + Rotation.from_quat(quaternion).apply(centers)
    radius = np.array(
        [np.linalg.norm(s.points - c, axis=1).max() for s, c in zip(solids, centers, strict=True)]
    )
    pairs = cKDTree(places).query_pairs(2 * float(radius.max()) + within, output_type="ndarray")
    gap = np.linalg.norm(places[pairs[:, 0]] - places[pairs[:, 1]], axis=1)
    near = pairs[gap < radius[pairs].sum(axis=1) + within]
    return sorted((int(min(pair)), int(max(pair))) for pair in near)
