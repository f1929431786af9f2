"""Bodies and tracks for everyone in a drive, on the lie of the land."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float

from synthgen.articulation import Coupling, coupling
from synthgen.assets.gait import stride
from synthgen.assets.two_wheelers import PEDAL_CYCLE
from synthgen.build.city import City
from synthgen.build.fixtures import switched
from synthgen.build.flashing import timed
from synthgen.build.lighting import Acting
from synthgen.build.play import Play, prop_track
from synthgen.build.pulsing import pulsed_vehicle
from synthgen.build.sections import refined, towed_agent, towed_track
from synthgen.build.slopes import settled, towed_settled
from synthgen.build.tracks import Gusts, agent_track
from synthgen.geometry import Array
from synthgen.motion import Track
from synthgen.physics.wind import gusts
from synthgen.place.place import surface_height
from synthgen.rng import stream
from synthgen.road_user import RoadUser
from synthgen.snowpack import pressed_share
from synthgen.spec.clip import ClipSpec
from synthgen.traffic.plan import WALKERS, Agent, Drive
from synthgen.world import Body


@dataclass(frozen=True, eq=False)
class Placed:
    """A body and its track; `joint` of what is towed by the body before it; what it does."""

    body: Body
    track: Track
    joint: Coupling | None = None
    acting: Acting | None = None


def laid(city: City, placed: list[Placed]) -> list[Placed]:
    """Return bodies and tracks on the lie of the land."""
    field = city.place.field
    if field is None:
        return placed
    found: dict[str, Placed] = {}
    for one in placed:
        if one.joint is None:
            track = settled(one.track, one.body, field)
        else:
            lead = found[one.body.part_of].track
            track = towed_settled(one.track, one.body, field, lead, one.joint)
        found[one.body.name] = replace(one, track=track)
    return list(found.values())


def placed_agents(city: City, play: Play, driven: Drive, spec: ClipSpec) -> list[Placed]:
    """Return the bodies of everyone who moves; a rider follows what is ridden."""
    placed, wind = [], _gusts(driven, spec)
    for agent in driven.agents:
        user, prop = play.users[agent.user], play.props.get(agent.user)
        if prop is not None:
            acting = Acting(agent.signals[:1], prop.beacon)
            body = replace(prop.body, name=agent.name)
            placed.append(Placed(body, prop_track(agent, prop), acting=acting))
            continue
        bodies, joint = city.of(user), coupling(user)
        if joint is not None:
            placed += _coupled(agent, bodies, joint, spec, wind)
            continue
        names = [agent.name] if len(bodies) == 1 else [agent.name, f"{agent.name}/rider"]
        height = _ground(city, agent)
        for body, name in zip(bodies, names, strict=True):
            body = timed(body, user.responding, stream(spec.seed, "clip", spec.clip, "flash", name))
            body = pulsed_vehicle(body, stream(spec.seed, "clip", spec.clip, "pulse", name))
            acting = Acting(agent.signals, user.responding, agent.speed, agent.name)
            rides = agent.name if body.rides else ""
            track = agent_track(agent, body, height, _unlit(body, agent), _cycle(user), wind)
            placed.append(Placed(replace(body, name=name, rides=rides), track, acting=acting))
    return placed


def _coupled(
    agent: Agent, bodies: tuple[Body, ...], joint: Coupling, spec: ClipSpec, wind: Gusts
) -> list[Placed]:
    """Return both sections of a vehicle that bends; lamps of both follow its state."""
    way = refined(agent)
    lead, towed = bodies[0], towed_agent(way, joint, bodies[1].kind)
    level, behind = (_unlit(body, way) for body in bodies)
    track = agent_track(way, lead, np.zeros(len(way.time)), level, PEDAL_CYCLE, wind)
    follows = towed_track(towed, bodies[1], joint, track, behind, wind)
    rear = replace(bodies[1], name=f"{agent.name}/towed", part_of=agent.name)
    acting = Acting(way.signals, False)
    return [
        Placed(replace(lead, name=agent.name), track, acting=acting),
        Placed(rear, follows, joint, acting),
    ]


def _unlit(body: Body, agent: Agent) -> Float[Array, "k c"]:
    """Return the levels of a body with all lamps off."""
    return np.zeros((len(agent.time), len(body.circuits)))


def _gusts(driven: Drive, spec: ClipSpec) -> Gusts:
    """Return the wind of the clip, the same for everyone in it."""
    rng = stream(spec.seed, "clip", spec.clip, "gusts")
    around = spec.environment
    end = max(float(agent.time[-1]) for agent in driven.agents)
    road = around.wetness, pressed_share(around.snow_cover)
    return Gusts(gusts(around.wind, end, rng), around.wind_azimuth, *road)


def _cycle(user: RoadUser) -> float:
    """Return the way per gait cycle [m]."""
    if user.kind in WALKERS:
        return stride(user.height)
    return PEDAL_CYCLE


def _ground(city: City, agent: Agent) -> Float[Array, "k"]:
    if agent.kind not in WALKERS:
        return np.zeros(len(agent.time))
    return surface_height(city.place, agent.position[:, :2])


def placed_fixtures(city: City, driven: Drive, spec: ClipSpec) -> list[Placed]:
    """Return lamps and signals, switched as with power everywhere."""
    rows = (switched(one, driven.lights, "on", spec.seed) for one in city.furniture.fixtures)
    return [Placed(body, track) for body, track in rows]
