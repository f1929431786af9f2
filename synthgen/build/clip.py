"""One clip: traffic driven through the city, bodies for everyone, lamps switched."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float

from synthgen.articulation import Coupling, coupling
from synthgen.assets.gait import stride
from synthgen.assets.imported.manifest import STANDING
from synthgen.assets.two_wheelers import PEDAL_CYCLE
from synthgen.build.bystanders import AT_REST, bystanders, walked
from synthgen.build.city import City
from synthgen.build.debris import strewn, tumbling
from synthgen.build.fixtures import switched
from synthgen.build.flashing import timed
from synthgen.build.lighting import Acting, Plot, lit
from synthgen.build.open_doors import leaf_rows, shut_again, with_open_doors
from synthgen.build.outage import feed
from synthgen.build.play import (
    Play,
    companion_facts,
    event_facts,
    parked_share,
    prop_track,
    stage_events,
)
from synthgen.build.pulsing import pulsed_vehicle
from synthgen.build.sections import refined, towed_agent, towed_track
from synthgen.build.slopes import settled, towed_settled
from synthgen.build.torches import carriers, carrying
from synthgen.build.tracks import Gusts, agent_track
from synthgen.build.umbrellas import sheltered
from synthgen.build.waiting import waiting
from synthgen.build.wildlife import grazing
from synthgen.events import Companion
from synthgen.geometry import Array, yaw_quaternion
from synthgen.motion import Motion, Track, standing
from synthgen.physics.grip import grip
from synthgen.physics.wind import gusts
from synthgen.place.place import surface_height
from synthgen.rng import stream
from synthgen.road_user import RoadUser, drawn, taken
from synthgen.scene import Scene
from synthgen.snowpack import pressed_share
from synthgen.spec.clip import ClipSpec
from synthgen.traffic.plan import WALKERS, Agent, Drive, DrivePlan, Post
from synthgen.traffic.repair import Repairs, rectangles, repair
from synthgen.traffic.simulate import drive
from synthgen.world import Body, World

EMERGENCY_KINDS = ("ambulance", "fire_engine", "police_car")
BRAKED_FROM = 14.0
"""[m/s] at which the grip of a clip's emergency brakings is taken: 50 km/h."""


_Standing = tuple[Body, Float[Array, "3"], float, RoadUser]
"""A body, where it stands [m], its heading [rad] and its design."""


@dataclass(frozen=True, eq=False)
class _Placed:
    """A body and its track; `joint` of what is towed by the body before it; what it does."""

    body: Body
    track: Track
    joint: Coupling | None = None
    acting: Acting | None = None


def build_clip(city: City, spec: ClipSpec, looks: int = 0) -> Scene:
    """Return the scene of one clip, of its first frames only when `looks` is not 0."""
    return staged_clip(city, spec, looks)[0]


def staged_clip(city: City, spec: ClipSpec, looks: int = 0) -> tuple[Scene, Plot]:
    """Return `build_clip`'s scene and what it takes to light it under other conditions."""
    pool, parked = _users(city, spec), _parked(city, spec)
    play = stage_events(city, spec, pool, _footprints(_hiding(parked)))
    things = np.concatenate([city.furniture.obstacles, _footprints(parked)])
    power = feed(city, spec)
    plan = replace(_plan(city, pool, spec), looks=looks, standing=things, dark=power.unpowered)
    plan = replace(plan, events=play.staged, spots=play.spots)
    rng = stream(spec.seed, "clip", spec.clip, "traffic")
    driven = drive(city.net_file, city.network, play.users, plan, rng)
    around = _around(city, spec, play, driven, parked)
    placed = _laid(city, [*_agents(city, play, around.driven, spec), *around.standing])
    torches = carriers(((one.body, one.track) for one in placed), power, spec)
    placed = [
        _Placed(*carrying(one.body, one.track, spec)) if one.body.name in torches else one
        for one in placed
    ]
    acts = {one.body.name: one.acting for one in placed if one.acting is not None}
    placed += _laid(city, _fixtures(city, around.driven, spec))
    bodies = tuple(one.body for one in placed)
    names = [body.name for body in bodies]
    facts = {
        "city": city.network.name,
        "attribution": city.network.attribution,
        "agents": len(around.driven.agents),
        **around.facts,
        **event_facts(around.driven, play.users),
        **companion_facts(around.driven, play.users, plan.companions),
        **city.place.facts,
        **city.credits,
    }
    ego = names.index("ego")
    world = World(city.stuff, bodies, ego, spec.environment, facts, city.streets, city.place.field)
    scene = Scene(world, Motion(tuple(one.track for one in placed), driven.frames))
    plot = Plot(city, around.driven, acts, torches)
    return lit(plot, scene, spec), plot


@dataclass(frozen=True, eq=False)
class _Around:
    """What a drive goes through: the drive mended, what stands and lies about, counts of both."""

    driven: Drive
    standing: list[_Placed]
    facts: dict[str, int]


def _around(
    city: City, spec: ClipSpec, play: Play, driven: Drive, parked: list[_Standing]
) -> _Around:
    """Return the drive without overlaps, among parked cars, people who stand, and debris."""
    users, things = play.users, np.concatenate([city.furniture.obstacles, _footprints(parked)])
    parked = with_open_doors(city, spec, driven, (users, things), parked)
    ajar = [number for number, (body, *_) in enumerate(parked) if body.door is not None]
    leaves = leaf_rows([parked[number] for number in ajar])
    things = np.concatenate([things, leaves])
    people = bystanders(city, spec, driven, (users, things))
    ego = driven.agents[driven.ego]
    seen = np.array([ego.place(frame)[:2] for frame in driven.frames])
    others = [*rectangles(_footprints([*parked, *people])), *walked(driven, users)]
    people += waiting(city, spec, seen, others)
    things = np.concatenate([things, _footprints(people)])
    people += grazing(city, spec, driven, things)
    things = np.concatenate([city.furniture.obstacles, _footprints([*parked, *people])])
    litter = strewn(city, spec, driven, np.concatenate([things, leaves]))
    obstacles = np.concatenate([things, *(piece.footprint[None] for piece in litter), leaves])
    place = city.place
    fixed = len(city.furniture.obstacles)
    mended, repairs = repair(driven, users, obstacles, place.roads, place.buildings, fixed)
    shut = set(ajar) - set(_left(repairs, city, (parked, people, litter, ajar))[3])
    parked = [shut_again(city, one) if n in shut else one for n, one in enumerate(parked)]
    kept, people, litter = _left(repairs, city, (parked, people, litter))
    parked = _whole(parked, kept)
    blown = tumbling(city, spec, mended, users, obstacles)
    still = [
        _Placed(body, standing(p, yaw_quaternion(yaw), np.zeros(len(body.circuits))))
        for body, p, yaw, _ in [*parked, *people]
    ]
    still += [_Placed(piece.body, piece.track) for piece in (*litter, *blown)]
    counts = {"moved": repairs.moved, "removed": repairs.removed, "parked": len(parked),
              "standing": len(people), "debris": len(litter), "blown": len(blown),
              "open_doors": sum(one[0].door is not None for one in parked)}  # fmt: skip
    return _Around(mended, still, counts)


def _hiding(parked: list[_Standing]) -> list[_Standing]:
    """Return what of the parked hides a child: bicycles do not."""
    return [one for one in parked if one[3].kind != "bicycle"]


def _laid(city: City, placed: list[_Placed]) -> list[_Placed]:
    """Return bodies and tracks on the lie of the land."""
    field = city.place.field
    if field is None:
        return placed
    laid: dict[str, _Placed] = {}
    for one in placed:
        if one.joint is None:
            track = settled(one.track, one.body, field)
        else:
            lead = laid[one.body.part_of].track
            track = towed_settled(one.track, one.body, field, lead, one.joint)
        laid[one.body.name] = replace(one, track=track)
    return list(laid.values())


def _left(repairs: Repairs, city: City, groups: tuple[list, ...]) -> tuple[list, ...]:
    """Return what of the `groups`, in the order of the obstacles, is not in the ego car's way."""
    gone, first = set(repairs.obstacles), len(city.furniture.obstacles)
    left = []
    for group in groups:
        left.append([one for number, one in enumerate(group, first) if number not in gone])
        first += len(group)
    return tuple(left)


def _whole(before: list[_Standing], after: list[_Standing]) -> list[_Standing]:
    """Return what is left `after` of what stood `before`, without what has lost a section."""
    names = {body.name for body, *_ in after}
    torn = {body.part_of or body.name for body, *_ in before if body.name not in names}
    return [one for one in after if (one[0].part_of or one[0].name) not in torn]


def _users(city: City, spec: ClipSpec) -> tuple[RoadUser, ...]:
    """Return the pool with emergency lamps and umbrellas of this clip decided, companions added."""
    rng = stream(spec.seed, "clip", spec.clip, "responding")
    draws = rng.random(len(city.pool))
    pool = [
        replace(user, responding=bool(draw < spec.traffic.responding))
        if user.kind in EMERGENCY_KINDS or user.subtype == "police_motorcycle"
        else user
        for user, draw in zip(city.pool, draws, strict=True)
    ]
    for event in _companions(spec):
        kinds = [user for user in city.pool if user.kind == event.who]
        chosen = kinds[drawn(kinds, rng)]
        responding = event.responding and event.who in EMERGENCY_KINDS
        pool.append(replace(chosen, responding=responding, share=0.0))
    rain = stream(spec.seed, "clip", spec.clip, "umbrellas")
    pool = [sheltered(user, spec.environment, rain) for user in pool]
    return tuple(city.measured(user) if user.umbrella else user for user in pool)


def _companions(spec: ClipSpec) -> list[Companion]:
    return [event for event in spec.events if isinstance(event, Companion)]


def _posts(spec: ClipSpec, users: int) -> tuple[Post, ...]:
    """Return the companions' places; their designs are the last of so many `users`."""
    asked = _companions(spec)
    return tuple(Post(users - len(asked) + n, event.ahead) for n, event in enumerate(asked))


def _plan(city: City, users: tuple[RoadUser, ...], spec: ClipSpec) -> DrivePlan:
    drivable, around = _kilometres(city, "drive"), spec.environment
    walkable = _kilometres(city, "walk")
    return DrivePlan(
        vehicles=round(spec.traffic.vehicles * drivable),
        pedestrians=round((1 - AT_REST) * spec.traffic.pedestrians * walkable),
        shares={**spec.traffic.shares, "pedestrian": 1.0, "dog": 0.05, "cat": 0.01},
        frames=spec.frames,
        gap=spec.gap,
        distance=spec.distance,
        ego=0,
        companions=_posts(spec, len(users)),
        grip=grip(around.wetness, 0.0, BRAKED_FROM, pressed_share(around.snow_cover)),
    )


def _kilometres(city: City, kind: str) -> float:
    lengths = [
        np.linalg.norm(np.diff(lane.shape, axis=0), axis=1).sum()
        for lane in city.network.lanes
        if lane.kind == kind
    ]
    return float(np.sum(lengths)) / 1000


def _agents(city: City, play: Play, driven: Drive, spec: ClipSpec) -> list[_Placed]:
    """Return the bodies of everyone who moves; a rider follows what is ridden."""
    placed, wind = [], _gusts(driven, spec)
    for agent in driven.agents:
        user, prop = play.users[agent.user], play.props.get(agent.user)
        if prop is not None:
            acting = Acting(agent.signals[:1], prop.beacon)
            body = replace(prop.body, name=agent.name)
            placed.append(_Placed(body, prop_track(agent, prop), acting=acting))
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
            placed.append(_Placed(replace(body, name=name, rides=rides), track, acting=acting))
    return placed


def _coupled(
    agent: Agent, bodies: tuple[Body, ...], joint: Coupling, spec: ClipSpec, wind: Gusts
) -> list[_Placed]:
    """Return both sections of a vehicle that bends; lamps of both follow its state."""
    way = refined(agent)
    lead, towed = bodies[0], towed_agent(way, joint, bodies[1].kind)
    level, behind = (_unlit(body, way) for body in bodies)
    track = agent_track(way, lead, np.zeros(len(way.time)), level, PEDAL_CYCLE, wind)
    follows = towed_track(towed, bodies[1], joint, track, behind, wind)
    rear = replace(bodies[1], name=f"{agent.name}/towed", part_of=agent.name)
    acting = Acting(way.signals, False)
    return [
        _Placed(replace(lead, name=agent.name), track, acting=acting),
        _Placed(rear, follows, joint, acting),
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


def _parked(city: City, spec: ClipSpec) -> list[tuple[Body, Float[Array, "3"], float, RoadUser]]:
    """Return cars in the share of the parking slots that is taken."""
    rng = stream(spec.seed, "clip", spec.clip, "parked")
    found = []
    for number, slot in enumerate(city.furniture.slots):
        full, kind, which, shift = rng.random(4)
        user = _standing(city.pool, slot.kinds, kind, which)
        spare = slot.length - user.length - 0.6
        if full >= parked_share(spec) or spare < 0:
            continue
        ahead = np.array([np.cos(slot.yaw), np.sin(slot.yaw), 0.0])
        place = np.asarray(slot.position, float) + (shift - 0.5) * spare * ahead
        found += _in_line(city.parked(user), f"parked/{number}", place, (slot.yaw, ahead), user)
    return found


def _in_line(
    bodies: tuple[Body, ...], name: str, place: Float[Array, "3"],
    facing: tuple[float, Float[Array, "3"]], user: RoadUser,
) -> list[_Standing]:  # fmt: skip
    """Return what stands parked with its middle at `place` [m], section by section.

    `facing` is its heading [rad] and the unit vector along that.
    """
    joint, (yaw, ahead) = coupling(user), facing
    if joint is None:
        return [(replace(bodies[0], name=name), place, yaw, user)]
    lead = place + (user.length - joint.front) / 2 * ahead
    towed = place - (user.length - joint.rear) / 2 * ahead
    return [
        (replace(bodies[0], name=name), lead, yaw, user),
        (replace(bodies[1], name=f"{name}/towed", part_of=name), towed, yaw,
         replace(user, room=user.towed)),
    ]  # fmt: skip


def _standing(
    pool: Sequence[RoadUser], kinds: Sequence[str], kind: float, which: float
) -> RoadUser:
    """Return what takes a bay: a thing of the user's that only stands, or one of `kinds`.

    `kind` and `which` are places in [0, 1).
    """
    things = [user for user in pool if user.kind in STANDING]
    share = sum(user.share for user in things)
    if kind < share:
        return things[taken(things, kind / share)]
    rest = (kind - share) / (1 - share)
    wanted = kinds[min(int(rest * len(kinds)), len(kinds) - 1)]
    cars = [user for user in pool[1:] if user.kind == wanted]
    return cars[taken(cars, which)]


def _footprints(
    parked: list[tuple[Body, Float[Array, "3"], float, RoadUser]],
) -> Float[Array, "n 5"]:
    rows = [user.takes.rectangles(np.array([[p[0], p[1], yaw]])) for _, p, yaw, user in parked]
    return np.concatenate([np.zeros((0, 5)), *rows])


def _fixtures(city: City, driven: Drive, spec: ClipSpec) -> list[_Placed]:
    rows = (switched(one, driven.lights, "on", spec.seed) for one in city.furniture.fixtures)
    return [_Placed(body, track) for body, track in rows]
