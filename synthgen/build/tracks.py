"""Ways through the network turned into tracks of bodies."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float
from scipy.spatial.transform import Rotation

from synthgen.geometry import Array, yaw_quaternion
from synthgen.motion import Joints, Track
from synthgen.physics.four_wheels import Measures, car_of, follow
from synthgen.physics.grip import grip
from synthgen.physics.rolling import axles, spin, steer
from synthgen.physics.suspension import SUSPENSIONS, lean, ride
from synthgen.physics.travel import Travel
from synthgen.physics.wind import HIGH, STEP, push, sideways
from synthgen.traffic.plan import Agent
from synthgen.world import Body

LEANING = frozenset({"bicycle", "motorcycle"})
"""Kinds that lean into curves, their riders with them."""


@dataclass(frozen=True, eq=False)
class Gusts:
    """What wind and road of a clip do to vehicles.

    Attributes:
        speed: [m/s] of the wind, every `wind.STEP` from time 0.
        azimuth: [rad] where it blows to.
        wetness: of the road, 0 dry to 1 flooded.
        snow: share of the road under pressed snow.
    """

    speed: Float[Array, "n"]
    azimuth: float
    wetness: float = 0.0
    snow: float = 0.0


def agent_track(
    agent: Agent,
    body: Body,
    height: Float[Array, "k"],
    level: Float[Array, "k c"],
    cycle: float,
    gusts: Gusts,
) -> Track:
    """Return the track of `body`, which goes where `agent` goes.

    Vehicles with wheels ride on their springs, two-wheelers lean into their curves.

    Args:
        agent: the way.
        body: what goes it: the agent's vehicle, or who rides that.
        height: [m] of the ground under each sample.
        level: switch level of each circuit at each sample.
        cycle: [m] way per gait cycle, inf for bodies without gait.
        gusts: the wind.
    """
    travel = Travel(agent.time, agent.speed, agent.yaw, agent.gait)
    joints = _joints(agent, body, travel, gusts) if body.wheels else None
    leaning = lean(travel) if agent.kind in LEANING else None
    return laid_track(agent, height, (level, agent.gait / cycle), joints, leaning)


def laid_track(
    agent: Agent,
    height: Float[Array, "k"],
    state: tuple[Float[Array, "k c"], Float[Array, "k"]],
    joints: Joints | None,
    leaning: Float[Array, "k"] | None = None,
) -> Track:
    """Return the track of what goes where `agent` goes and sits on its wheels as `joints` say.

    Args:
        agent: the way.
        height: [m] of the ground under each sample.
        state: switch level of each circuit, and phase [cycles], at each sample.
        joints: of what has wheels.
        leaning: [rad] of a two-wheeler.
    """
    position, turn = _road(agent, height)
    if leaning is not None:
        turn = turn * Rotation.from_euler("x", leaning[:, None])
    if joints is not None:
        heave, pitch, roll = joints.ride.T
        position = position + turn.apply(np.outer(heave, [0.0, 0.0, 1.0]))
        turn = turn * Rotation.from_euler("xy", np.stack([roll, pitch], axis=1))
    track = Track(
        time=agent.time,
        position=position,
        quaternion=_one_hemisphere(turn.as_quat()),
        phase=state[1],
        level=state[0],
        windows=agent.windows,
        joints=joints,
    )
    still = track.stands and agent.trail is None
    return replace(track, joints=None) if still else track


def _road(agent: Agent, height: Float[Array, "k"]) -> tuple[Float[Array, "k 3"], Rotation]:
    """Return place and pose of level road under the agent; `slopes` lays the track on hills."""
    position = agent.position.copy()
    position[:, 2] = height
    return position, Rotation.from_quat(yaw_quaternion(agent.yaw))


def _joints(agent: Agent, body: Body, travel: Travel, gusts: Gusts) -> Joints:
    kind = agent.kind
    if kind in LEANING:
        still = np.zeros(len(travel.time))
        turned = spin(travel, body.wheels, still, min(wheel.hub[0] for wheel in body.wheels))
        return Joints(turned, still, np.zeros((len(still), 3)))
    front, rear = axles(body.wheels)
    angle = steer(travel, front - rear)
    if kind == "ego":
        sway = _driven(agent, body, travel, gusts)
    else:
        side = side_wind(kind, body, travel, gusts)
        sway = ride(SUSPENSIONS[kind], travel, (front, rear), side)
    bend = None if agent.trail is None else agent.trail - agent.yaw
    return Joints(spin(travel, body.wheels, angle, rear), angle, sway, bend)


def _driven(agent: Agent, body: Body, travel: Travel, road: Gusts) -> Float[Array, "k 3"]:
    """Return the ride of the ego car: of a four-wheeled vehicle driven along the path.

    Its place stays on the path, see docs/decisions/0007-physics.md.
    """
    assert body.extent is not None
    if not travel.speed.any():
        return np.zeros((len(travel.time), 3))
    length, width, _ = body.extent.size
    track = 2 * max(wheel.hub[1] for wheel in body.wheels)
    size = Measures(length, width, *axles(body.wheels), track)
    friction = grip(road.wetness, 0.0, float(travel.speed.mean()), road.snow)
    car = car_of(SUSPENSIONS[agent.kind], size)
    return follow(car, travel, agent.position[:, :2], friction).ride


def side_wind(kind: str, body: Body, travel: Travel, gusts: Gusts) -> Float[Array, "k"]:
    """Return what the wind adds to the lateral acceleration that the springs feel [m/s2]."""
    assert body.extent is not None
    length, width, height = body.extent.size
    if height < HIGH:
        return np.zeros(len(travel.time))
    wind = np.interp(travel.time, np.arange(len(gusts.speed)) * STEP, gusts.speed)
    force = push(wind, gusts.azimuth, travel.speed, travel.yaw, (length, height))
    return sideways(force, SUSPENSIONS[kind].density * length * width)


def _one_hemisphere(quaternion: Float[Array, "k 4"]) -> Float[Array, "k 4"]:
    """Return the same rotations with neighbours on one side, so that blending is short."""
    flips = np.sign((quaternion[1:] * quaternion[:-1]).sum(axis=1))
    signs = np.concatenate([[1.0], np.where(flips < 0, -1.0, 1.0)]).cumprod()
    return quaternion * signs[:, None]
