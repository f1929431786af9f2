"""Vehicles of two sections: two ways and two tracks that are joined at one point."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
from jaxtyping import Float
from scipy.interpolate import CubicSpline
from scipy.spatial.transform import Rotation

from synthgen.articulation import Coupling, heading, towed_place
from synthgen.build.tracks import Gusts, laid_track, side_wind
from synthgen.geometry import Array
from synthgen.motion import Joints, Track
from synthgen.physics.rolling import rolled, spin
from synthgen.physics.suspension import SUSPENSIONS, towed_ride
from synthgen.physics.travel import Travel
from synthgen.traffic.plan import Agent
from synthgen.world import Body

FINER = 4
"""Samples for each of the drive's: tracks are blended linearly between samples, in which bodies
that turn about a common point would part by some millimetres if samples were 0.1 s apart."""


def refined(agent: Agent, finer: int = FINER) -> Agent:
    """Return `agent`, of two sections, with `finer` times as many samples in each window."""
    assert agent.trail is not None
    cuts = np.flatnonzero(np.diff(agent.time) > 0.15) + 1
    parts = []
    for low, high in pairwise([0, *cuts.tolist(), len(agent.time)]):
        index = np.arange((high - low - 1) * finer + 1) / finer
        parts.append(low + index)
    index = np.concatenate(parts)
    before = np.floor(index + 1e-9).astype(int)
    time = _blended(agent.time, index, before)
    return replace(
        agent,
        time=time,
        position=np.stack([_smooth(agent, column, time) for column in agent.position.T], axis=1),
        yaw=_smooth(agent, agent.yaw, time),
        trail=_smooth(agent, agent.trail, time),
        speed=_blended(agent.speed, index, before),
        gait=_blended(agent.gait, index, before),
        signals=agent.signals[before],
    )


def _blended(values: Array, index: Float[Array, "n"], before: Array) -> Array:
    after = np.minimum(before + 1, len(values) - 1)
    share = index - before
    return np.where(share < 1e-9, values[before], (1 - share) * values[before]
                    + share * values[after])  # fmt: skip


def _smooth(agent: Agent, values: Array, time: Float[Array, "n"]) -> Array:
    """Return `values` at `time`, by a cubic spline through the samples of each window."""
    found = np.empty(len(time))
    cuts = np.flatnonzero(np.diff(agent.time) > 0.15) + 1
    for low, high in pairwise([0, *cuts.tolist(), len(agent.time)]):
        own = agent.time[low:high]
        inside = (time >= own[0] - 1e-9) & (time <= own[-1] + 1e-9)
        found[inside] = CubicSpline(own, values[low:high])(time[inside])
    return found


def towed_agent(agent: Agent, joint: Coupling, kind: str) -> Agent:
    """Return the way of the towed section, of class `kind`, behind the leading one's."""
    assert agent.trail is not None
    travel = Travel(agent.time, agent.speed, agent.yaw, agent.gait)
    ahead, place = heading(agent.yaw), agent.position.copy()
    left = np.stack([-ahead[:, 1], ahead[:, 0]], axis=1)
    # The last axle of the leading section does not slip, so the joint behind it swings out.
    swing = travel.yaw_rate * (joint.drive - joint.pivot)
    pivot = agent.speed[:, None] * ahead + swing[:, None] * left
    speed = np.maximum((pivot * heading(agent.trail)).sum(axis=1), 0.0)
    place[:, :2] = towed_place(joint, place[:, :2], agent.yaw, agent.trail)
    return replace(agent, kind=kind, position=place, yaw=agent.trail, trail=agent.yaw,
                   speed=speed, gait=rolled(travel, speed))  # fmt: skip


def towed_track(
    agent: Agent, body: Body, joint: Coupling, lead: Track, level: Float[Array, "k c"], gusts: Gusts
) -> Track:
    """Return the track of a towed section, which goes where `agent` goes, on level ground.

    Args:
        agent: from `towed_agent`.
        body: the section.
        joint: of the vehicle.
        lead: track of the leading section, of the same samples.
        level: switch level of each circuit at each sample.
        gusts: the wind.
    """
    assert agent.trail is not None
    assert lead.joints is not None
    travel = Travel(agent.time, agent.speed, agent.yaw, agent.gait)
    still = np.zeros(len(agent.time))
    heave, pitch, _ = lead.joints.ride.T
    springs, side = SUSPENSIONS[body.kind], side_wind(body.kind, body, travel, gusts)
    sway = towed_ride(springs, travel, (joint.eye, joint.axle), heave - joint.hitch * pitch, side)
    turned = spin(travel, body.wheels, still, joint.axle)
    joints = Joints(turned, still, sway, agent.trail - agent.yaw)
    return pinned(laid_track(agent, still, (level, agent.gait), joints), lead, joint)


def pinned(track: Track, lead: Track, joint: Coupling) -> Track:
    """Return `track` of a towed section moved so that its joint is that of `lead` exactly.

    Pitch and slopes shorten both in plan, by some centimetres on a slope of one in ten.
    """
    gap = point_of(lead, joint.hitch) - point_of(track, joint.eye)
    return replace(track, position=track.position + gap)


def point_of(track: Track, along: float) -> Float[Array, "k 3"]:
    """Return where the point `along` [m] ahead of a body's origin is [m], world frame."""
    return track.position + Rotation.from_quat(track.quaternion).apply([along, 0.0, 0.0])
