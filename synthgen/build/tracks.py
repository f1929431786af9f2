"""Ways through the network turned into tracks of bodies."""

import numpy as np
from jaxtyping import Float

from synthgen.geometry import Array, yaw_quaternion
from synthgen.motion import Track
from synthgen.traffic.plan import Agent


def agent_track(
    agent: Agent, height: Float[Array, "k"], level: Float[Array, "k c"], cycle: float
) -> Track:
    """Return the track of a body that goes where `agent` goes.

    Args:
        agent: the way.
        height: [m] of the ground under each sample.
        level: switch level of each circuit at each sample.
        cycle: [m] way per gait cycle, inf for bodies without gait.
    """
    position = agent.position.copy()
    position[:, 2] = height
    return Track(
        time=agent.time,
        position=position,
        quaternion=_one_hemisphere(yaw_quaternion(agent.yaw)),
        phase=agent.gait / cycle,
        level=level,
        windows=agent.windows,
    )


def _one_hemisphere(quaternion: Float[Array, "k 4"]) -> Float[Array, "k 4"]:
    """Return the same rotations with neighbours on one side, so that blending is short."""
    flips = np.sign((quaternion[1:] * quaternion[:-1]).sum(axis=1))
    signs = np.concatenate([[1.0], np.where(flips < 0, -1.0, 1.0)]).cumprod()
    return quaternion * signs[:, None]
