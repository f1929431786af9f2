"""A drive cut down to some of its frames."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

import numpy as np
from jaxtyping import Bool, Float

from synthgen.geometry import Array
from synthgen.traffic.plan import Agent, Drive


def cut(drive: Drive, frames: Sequence[int]) -> Drive:
    """Return what of `drive` belongs to its `frames`, in the order of time.

    Who is there at none of them is gone. Frames that shared a window go on sharing it.

    Args:
        drive: whole.
        frames: which of its frames stay, by number.
    """
    moments = tuple(drive.frames[number] for number in sorted(set(frames)))
    windows = [(a, b) for a, b in drive.agents[drive.ego].windows if _shows(a, b, moments)]
    agents = [(index, part(agent, moments)) for index, agent in enumerate(drive.agents)]
    kept = [(index, agent) for index, agent in agents if agent is not None]
    time = drive.time[_within(drive.time, windows)]
    lights = {}
    for name, (own, states) in drive.lights.items():
        rows = np.flatnonzero(_within(own, windows))
        lights[name] = own[rows], tuple(states[row] for row in rows)
    ego = [index for index, _ in kept].index(drive.ego)
    return replace(
        drive, time=time, frames=moments, ego=ego, agents=tuple(agent for _, agent in kept),
        lights=lights,
    )  # fmt: skip


def without(drive: Drive, names: AbstractSet[str]) -> Drive:
    """Return `drive` without the agents of these `names`; the ego car stays whatever its name."""
    ego = drive.agents[drive.ego]
    agents = tuple(one for one in drive.agents if one is ego or one.name not in names)
    return replace(drive, agents=agents, ego=next(n for n, one in enumerate(agents) if one is ego))


def part(agent: Agent, moments: Sequence[float]) -> Agent | None:
    """Return `agent` in those of its windows that hold one of `moments` [s]; None without any."""
    windows = tuple((a, b) for a, b in agent.windows if _shows(a, b, moments))
    rows = _within(agent.time, windows)
    if not rows.any():
        return None
    names = ["time", "position", "yaw", "speed", "signals", "gait"]
    names += [] if agent.trail is None else ["trail"]
    return replace(agent, windows=windows, **{name: getattr(agent, name)[rows] for name in names})


def _shows(start: float, end: float, moments: Sequence[float]) -> bool:
    return any(start <= moment <= end for moment in moments)


def _within(time: Float[Array, "k"], windows: Sequence[tuple[float, float]]) -> Bool[Array, "k"]:
    """Return which of the times [s] lie in a window, ends included."""
    inside = [(time >= start - 1e-6) & (time <= end + 1e-6) for start, end in windows]
    return np.any(inside, axis=0) if inside else np.zeros(len(time), bool)
