"""Looks through the moments of a trip for who stands before the camera as asked."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from jaxtyping import Float

from synthgen.build.bodies import laid, placed_agents, placed_fixtures
from synthgen.build.bounds import asks, drives_so, may_stand_so, stands_so
from synthgen.build.cast import HOSTS, crowded, on_duty, spare, times_as_frequent
from synthgen.build.city import City
from synthgen.build.sighting import Sighting
from synthgen.build.subtypes import host, is_of, stand_in
from synthgen.build.trip import Trip
from synthgen.classes import EMERGENCY
from synthgen.embree import Tracer
from synthgen.events import ANY, Encounter
from synthgen.geometry import Array
from synthgen.motion import Motion
from synthgen.rig import Camera
from synthgen.road_user import RoadUser
from synthgen.scene import Moment, Present, Scene, moment, shape
from synthgen.sensors.camera import view_of
from synthgen.spec.clip import ClipSpec
from synthgen.traffic.cut import cut, part, without
from synthgen.traffic.designs import PACES
from synthgen.traffic.plan import WALKERS, Agent
from synthgen.traffic.repair import Repairs
from synthgen.traffic.smooth import REAR_AXLE
from synthgen.view import CameraView
from synthgen.world import Body, World

BEYOND = 20.0
"""[m] Farther than this behind who is met nothing hides it."""
STRAIGHT = np.deg2rad(0.25)
"""[rad] Up to which a slipping axle is not told from one that rolls."""
SPAN = 0.06
"""[s] Who is met is there this long before and after its moment."""


@dataclass(frozen=True)
class Meeting:
    """An encounter that was found.

    Attributes:
        frame: moment, by number.
        name: of the body.
        user: design that takes its place, -1 where it is what was asked for.
        moves: whether it takes part in the traffic; others are parked or stand.
        sighting: how the camera has it.
    """

    frame: int
    name: str
    user: int
    moves: bool
    sighting: Sighting


@dataclass(eq=False)
class Search:
    """Looks for encounters.

    Attributes:
        city: where.
        spec: the clip, with as many frames as there are moments to look through.
        trip: through these moments; designs that take another's place join its pool.
        camera: that meets.
        rng: draws whom it meets of all who stand as asked.
        known: moments looked at so far, and how far [m] they reach.
        clear: what mending each moment takes as it is.
        hosts: whose place each kind may take; none at all to see what chance alone brings.
    """

    city: City
    spec: ClipSpec
    trip: Trip
    camera: Camera
    rng: np.random.Generator
    known: dict[int, tuple[float, Moment]] = field(default_factory=dict)
    clear: dict[int, Repairs] = field(default_factory=dict)
    hosts: Mapping[str, str] = field(default_factory=lambda: HOSTS)

    @cached_property
    def scene(self) -> Scene:
        """Everybody and everything at all moments, no lamp lit."""
        driven, city = self.trip.around.driven, self.city
        placed = laid(city, [*placed_agents(city, self.trip.play, driven, self.spec),
                             *self.trip.around.standing])  # fmt: skip
        placed += laid(city, placed_fixtures(city, driven, self.spec))
        bodies = tuple(one.body for one in placed)
        ego = [body.name for body in bodies].index("ego")
        world = World(city.stuff, bodies, ego, self.spec.environment, {}, city.streets,
                      city.place.field)  # fmt: skip
        return Scene(world, Motion(tuple(one.track for one in placed), driven.frames))

    @cached_property
    def spare(self) -> frozenset[str]:
        """Who of the drive is only there to be met, and gone unless it is."""
        agents, users = self.trip.around.driven.agents, self.trip.play.users
        return spare(self.city, self.spec, users, agents, self.rng)

    @cached_property
    def views(self) -> list[CameraView]:
        """The camera at each moment, when it looks."""
        times = self.trip.around.driven.frames
        nothing = [Moment(self.scene, time + self.camera.offset, ()) for time in times]
        return [view_of(self.camera, now) for now in nothing]

    @cached_property
    def speeds(self) -> list[float]:
        """How fast the ego car is at each moment [m/s]."""
        times = self.trip.around.driven.frames
        return [float(np.linalg.norm(self.scene.ego.velocity_at(time))) for time in times]

    def moment(self, frame: int, farthest: float) -> Moment:
        """Return what is there at a moment, up to `farthest` [m] and some more."""
        known = self.known.get(frame)
        reach = farthest + BEYOND
        if known is None or known[0] < reach:
            known = reach, moment(self.scene, self.views[frame].time, reach)
            self.known[frame] = known
        return known[1]

    @cached_property
    def agents(self) -> dict[str, Agent]:
        """Who takes part in the traffic, by name."""
        driven = self.trip.around.driven
        return {one.name: one for n, one in enumerate(driven.agents) if n != driven.ego}

    def meetings(self, asked: Mapping[int, Encounter], trace: Tracer) -> dict[int, Meeting]:
        """Return who is met in which encounter, each at a moment of its own."""
        found: dict[int, Meeting] = {}
        for number, event in asked.items():
            taken = list(found.values())
            one = self._meeting(number, event, taken, trace)
            if one is not None:
                found[number] = one
        return found

    def _meeting(
        self, number: int, event: Encounter, taken: Sequence[Meeting], trace: Tracer
    ) -> Meeting | None:
        """Return one of all who stand as asked, each as likely as by chance; None if none does.

        Candidates are looked at in the order of u^(1/w), u uniform, w their weight: the first that
        will do is then drawn from all that would do, by weight.

        Source: P. S. Efraimidis and P. G. Spirakis, "Weighted random sampling with a reservoir",
        Information Processing Letters 97, 2006, algorithm A.
        """
        duty, user = on_duty(self.spec, number), self._design(event)
        moments, names = {one.frame for one in taken}, {one.name for one in taken}
        bodies = self.scene.world.things
        rows = [row for row in self._candidates(event, duty, names) if row[0] not in moments
                and (user >= 0 or _asked_for(event, bodies[row[1]]))]  # fmt: skip
        keys = self.rng.random(len(rows)) ** (1 / np.array([row[2] for row in rows], float))
        for place in np.argsort(-keys):
            frame, index, _ = rows[place]
            body = bodies[index]
            whom = -1 if _asked_for(event, body) else user
            sighting = self._sighting(event, frame, index, whom, trace)
            if sighting is not None:
                return Meeting(frame, body.name, whom, body.name in self.agents, sighting)
        return None

    def _design(self, event: Encounter) -> int:
        """Return the design that takes somebody's place, a new one of the pool; -1 for none."""
        if not host(event, self.hosts):
            return -1
        new = stand_in(self.city, self.spec, event, self.rng)
        if new is None:
            return -1
        play = self.trip.play
        self.trip = replace(self.trip, play=replace(play, users=(*play.users, new)))
        return len(play.users)

    def _candidates(
        self, event: Encounter, duty: bool, taken: AbstractSet[str]
    ) -> Iterator[tuple[int, int, float]]:
        """Yield moment, thing (its number) and weight of everybody who may stand as asked."""
        bodies, tracks = self.scene.world.things, self.scene.motion.tracks
        weights = [0.0 if body.name in taken else self._weight(event, body, duty)
                   for body in bodies]  # fmt: skip
        for frame, view in enumerate(self.views):
            if asks(event, "ego_speed") and not drives_so(event, self.speeds[frame]):
                continue
            for index in np.flatnonzero(weights):
                track = tracks[index]
                there = track.present(view.time - SPAN, view.time + SPAN)
                if there and may_stand_so(event, view, track.position_at(view.time)):
                    yield frame, int(index), weights[index]

    def _weight(self, event: Encounter, body: Body, duty: bool) -> float:
        """Return how likely it is to be who is met, against others; 0 where it cannot be, or is
        only there to be met by another encounter.
        """
        agent = self.agents.get(body.name)
        if event.subtype == ANY and event.who not in crowded(self.spec) and body.name in self.spare:
            return 0.0
        user = None if agent is None else self.trip.play.users[agent.user]
        if _asked_for(event, body) and not body.part_of:
            ready = user is not None and user.responding
            fits = event.who not in EMERGENCY or ready == duty
            often = 1.0 if user else times_as_frequent(self.city, self.spec, event)
            return float(fits) * often
        if user is None or duty or host(event, self.hosts) != user.kind:
            return 0.0
        return float(user.subtype not in PACES)

    def _sighting(
        self, event: Encounter, frame: int, index: int, user: int, trace: Tracer
    ) -> Sighting | None:
        """Return how the camera has a thing, or design `user` in its place where that is no -1;
        None where it does not stand as asked or has no room.
        """
        now, view = self.moment(frame, event.farthest), self.views[frame]
        thing = next(one for one in now.things if one.thing == index)
        now = self._thinned(now, thing)
        agent = self._in_place_of(thing, frame, user) if user >= 0 else None
        if agent is not None:
            thing, now = self._exchanged(now, thing, agent)
        seen = stands_so(event, trace, now, view, thing)
        if seen is None or (agent is not None and not self._has_room(frame, agent)):
            return None
        if not asks(event, "ego_speed"):
            return seen
        return replace(seen, more={**seen.more, "ego_speed": self.speeds[frame]})

    def _thinned(self, now: Moment, met: Present) -> Moment:
        """Return a moment without those that are gone when `met` is met."""
        gone = self.spare - {_whose(met.body)}
        return replace(now, things=tuple(one for one in now.things if _whose(one.body) not in gone))

    def _in_place_of(self, host: Present, frame: int, user: int) -> Agent | None:
        """Return the way of `host` at a moment, gone by design `user`."""
        users, time = self.trip.play.users, self.trip.around.driven.frames[frame]
        return part(recast(self.agents[host.body.name], users, user), [time])

    def _exchanged(self, now: Moment, host: Present, agent: Agent) -> tuple[Present, Moment]:
        """Return what `agent` is at a moment, and the moment with it in the place of `host`."""
        dressed = replace(self.trip.around.driven, agents=(agent,), ego=0)
        one = laid(self.city, placed_agents(self.city, self.trip.play, dressed, self.spec))[0]
        mesh, extent = shape(one.body, one.track, now.time, False)
        thing = Present(host.number, host.thing, one.body, mesh, extent, one.track)
        things = tuple(thing if other is host else other for other in now.things)
        return thing, replace(now, things=things)

    def _has_room(self, frame: int, agent: Agent) -> bool:
        """Return whether nobody has to make way for `agent` at a moment."""
        there = without(self.trip.around.driven, self.spare - {agent.name})
        driven, users = cut(there, [frame]), self.trip.play.users
        agents = tuple(agent if one.name == agent.name else one for one in driven.agents)
        if frame not in self.clear:
            self.clear[frame] = self.trip.around.mend(driven, users)[1]
        _, after = self.trip.around.mend(replace(driven, agents=agents), users)
        return after == self.clear[frame]


def _asked_for(event: Encounter, body: Body) -> bool:
    """Return whether a body is who is to be met, as it is."""
    return is_of(event, body.kind, body.subtype)


def _whose(body: Body) -> str:
    """Return the name of the road user that a body is, is towed by or rides."""
    return body.part_of or body.rides or body.name


def recast(agent: Agent, users: Sequence[RoadUser], user: int) -> Agent:
    """Return `agent` with the body of design `user`.

    A vehicle keeps its front bumper where its way is straight, as it keeps its gap and its stop
    line there. Where its way bends it keeps the rear axle: that of another length, its front
    where it was, would slip sideways.
    """
    new, old = users[user], users[agent.user]
    longer = 0.0 if agent.kind in WALKERS else new.length - old.length
    forward = np.empty(len(agent.time))
    for start, end in agent.windows:
        inside = (agent.time >= start - 1e-6) & (agent.time <= end + 1e-6)
        bends = _slip(agent.yaw[inside], agent.gait[inside], REAR_AXLE * longer) > STRAIGHT
        forward[inside] = (REAR_AXLE - 0.5 if bends else -0.5) * longer
    ahead = np.stack([np.cos(agent.yaw), np.sin(agent.yaw), np.zeros(len(agent.yaw))], axis=-1)
    position = agent.position + forward[:, None] * ahead
    return replace(agent, kind=new.kind, user=user, position=position)


def _slip(yaw: Float[Array, "k"], way: Float[Array, "k"], back: float) -> float:
    """Return the most by which a point `back` [m] behind an axle that rolls goes off the heading
    `yaw` [rad], the axle going `way` [m], as an angle [rad].
    """
    aside, along = abs(back) * np.abs(np.diff(yaw)), np.abs(np.diff(way))
    return float(np.arctan2(aside, np.maximum(along, 1e-9)).max(initial=0.0))
