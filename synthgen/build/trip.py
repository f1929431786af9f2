"""A clip's traffic, driven and mended among what stands about."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from synthgen.build.cast import clip_plan, clip_users
from synthgen.build.city import City
from synthgen.build.outage import feed
from synthgen.build.parked import footprints, hiding, parked_along
from synthgen.build.play import Play, companion_facts, event_facts, stage_events
from synthgen.build.surroundings import Surroundings, surroundings
from synthgen.rng import stream
from synthgen.spec.clip import ClipSpec
from synthgen.traffic.plan import DrivePlan
from synthgen.traffic.simulate import drive

Facts = Mapping[str, str | int | float]


@dataclass(frozen=True, eq=False)
class Trip:
    """What happened in a clip.

    Attributes:
        play: the pool of designs, and what its events need.
        plan: what its drive was asked to be.
        around: the drive, mended, and what it goes through.
        met: what is to be told of its encounters.
    """

    play: Play
    plan: DrivePlan
    around: Surroundings
    met: Facts = field(default_factory=dict)

    @property
    def facts(self) -> Facts:
        """What is told of the clip beside its place."""
        driven, users = self.around.driven, self.play.users
        return {
            "agents": len(driven.agents),
            **self.around.facts,
            **event_facts(driven, users),
            **self.met,
            **companion_facts(driven, users, self.plan.companions),
        }


def trip(city: City, spec: ClipSpec, looks: int = 0, take: int = 0) -> Trip:
    """Return the trip of a clip, of its first frames only when `looks` is not 0.

    `take` numbers trips through the traffic of one clip that differ in every draw of the drive.
    """
    pool, parked = clip_users(city, spec), parked_along(city, spec)
    play = stage_events(city, spec, pool, footprints(hiding(parked)))
    things = np.concatenate([city.furniture.obstacles, footprints(parked)])
    power = feed(city, spec)
    plan = replace(clip_plan(city, pool, spec), looks=looks, standing=things, dark=power.unpowered)
    plan = replace(plan, events=play.staged, spots=play.spots)
    names = ("traffic", take) if take else ("traffic",)
    rng = stream(spec.seed, "clip", spec.clip, *names)
    driven = drive(city.net_file, city.network, play.users, plan, rng)
    return Trip(play, plan, surroundings(city, spec, play, driven, parked))
