"""Count the frames that sampling at random would need for what an encounter brings in one frame.

    scripts/random_frames.py [WORLDS=24] [SEED=0] [WORKERS=1] [PLAN=plan.jsonl] [MORE=place=suburb]

For three targets of coverage=gaps_example plain worlds are simulated, nothing rendered, nobody
placed: the scene's own conditions and shares, ten frames a world. Whoever stands as the target
asks is found by the rays that labels are made of. What fog leaves of them is not looked at, so
that a target in fog seems easier to meet than it is.

Ambulances and dogs are too rare to be counted. They move as cars and as walkers do, so the kind of
each mover who stands so is drawn apart from where it stands: of h who stand so and are of the kind
or of the one it moves like, at least one is of the kind with probability 1 - (1 - q)^h, q the share
of the kind among the two, which the scene sets. Each of the h is seen in the rare kind's body.
Emergency vehicles on duty are taken to be met as often as those off duty. The few that really were
there are printed too, beside how many there should have been.

Prints, per target: the chance of a world, and worlds times frames until so many distinct worlds
have it, with the 95 % interval of that expectation; also if each frame had a world of its own, as a
planned one has, which costs more a frame. PLAN sets what a plan spends beside it; MORE
adds one override to all scenes.
"""

import json
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from scipy.stats import nbinom

from synthgen.build.city import City, build_city
from synthgen.build.meeting import HOSTS, Search
from synthgen.build.trip import trip
from synthgen.classes import EMERGENCY
from synthgen.config import read
from synthgen.coverage.detections.intervals import clopper_pearson, over_worlds
from synthgen.coverage.planning.controls import NAMED
from synthgen.embree import Tracer, tracer
from synthgen.events import Encounter
from synthgen.rig import Camera
from synthgen.rng import stream
from synthgen.road_user import STILL, RoadUser
from synthgen.spec.clip import ClipSpec
from synthgen.spec.resolve import resolve
from synthgen.traffic.designs import PACES
from synthgen.traffic.plan import Agent
from synthgen.world import World

WANTED = 8
"""Distinct worlds that each target asks for."""
FRAMES = 10
"""Of a world, as clip=stills has it."""
PER_CITY = 4
"""Worlds that share a city here."""
SURE = 0.8
"""Probability with which a plan reaches each target."""


@dataclass(frozen=True)
class Target:
    """A target of coverage=gaps_example, and how plain worlds of its conditions are made.

    Attributes:
        id: in a plan.
        where: in words.
        scene: whose conditions it asks for.
        met: the bounds of the encounter that a plan would place.
        light: that a scene needs to count for it, empty for any.
        weather: the same, as an audit calls it.
    """

    id: str
    where: str
    scene: str
    met: str
    light: str = ""
    weather: str = ""


TARGETS = (
    Target("t00", "ambulance, 40-60 m, hidden 0.2-0.5, night", "night",
           "who: ambulance, nearest: 40, farthest: 60, occlusion_least: 0.2, occlusion_most: 0.5",
           light="night"),
    Target("t01", "dog, 10-20 m, rain", "rain", "who: dog, nearest: 10, farthest: 20",
           weather="rain"),
    Target("t03", "pedestrian, 30-50 m, fog", "fog", "who: pedestrian, nearest: 30, farthest: 50",
           weather="fog"),
)  # fmt: skip


@dataclass(frozen=True)
class Count:
    """What a plain world has of a target.

    Attributes:
        stand: movers who stand so at some frame, of the kind or of the one that it moves like.
        share: chance of each to be of the kind; 1 where none moves like it.
        frames: at which one of `stand` stands so.
        own: of the kind itself, who really stood so.
    """

    stand: int
    share: float
    frames: int
    own: int

    @property
    def chance(self) -> float:
        """That the world has one of the kind."""
        return 1 - (1 - self.share) ** self.stand


class Plain(Search):
    """A search that also finds those for whom nobody would have made room: had they been in the
    traffic from the start, the traffic would have.
    """

    def _has_room(self, frame: int, agent: Agent) -> bool:
        return True

    def standing(self, event: Encounter, trace: Tracer) -> Iterator[tuple[int, str]]:
        """Yield frame and name of everybody who stands as asked, in the body that is asked for."""
        user, bodies = self._design(event), self.scene.world.things
        for duty in (False, True) if event.who in EMERGENCY else (False,):
            for frame, index, _ in self._candidates(event, duty, set()):
                body = bodies[index]
                own = body.kind == event.who
                if (own or user >= 0) and self._sighting(
                    event, frame, index, -1 if own else user, trace
                ) is not None:  # fmt: skip
                    yield frame, body.name


def share_of(who: str, shares: Mapping[str, float], users: Sequence[RoadUser]) -> float:
    """Return the share of a kind among movers of it and of the kind that it moves like; 1 where it
    moves like none. Of people only those count who walk as dogs do; a city's own designs are drawn
    alike.
    """
    host = HOSTS.get(who)
    if host is None:
        return 1.0
    designs = [user for user in users if user.kind == host and user.subtype not in STILL]
    alike = sum(user.subtype not in PACES for user in designs) / len(designs)
    return shares[who] / (shares[who] + shares[host] * alike)


def count(city: City, spec: ClipSpec, camera: Camera, event: Encounter) -> Count:
    """Return what a plain world has of what an encounter would bring."""
    search = Plain(city, spec, trip(city, spec), camera, stream(spec.seed, "plain", spec.clip))
    users = search.trip.play.users
    share = share_of(event.who, search.trip.plan.shares, users[1:])
    with tracer(World(city.stuff, (), 0, spec.environment)) as trace:
        rows = set(search.standing(event, trace))
    kinds = {body.name: body.kind for body in search.scene.world.things}
    own = {name for _, name in rows if kinds[name] == event.who}
    movers = [(frame, name) for frame, name in rows if share == 1 or name in search.agents]
    return Count(len({name for _, name in movers}), share, len({frame for frame, _ in movers}),
                 len(own))  # fmt: skip


def worlds(number: int, city_number: int, seed: int, more: str) -> list[Count]:
    """Return the counts of a city's worlds for target `number`."""
    target = TARGETS[number]
    run = read([f"scene={target.scene}", f"seed={seed + 1 + city_number}", "clip=stills",
                f"clip.frames={FRAMES}", f"events=[{{encounter: {{{target.met}}}}}]",
                *([more] if more else [])])  # fmt: skip
    camera = run.rig.camera(next(iter(run.rig.cameras)))
    first = resolve(run, 0).place
    found = []
    with tempfile.TemporaryDirectory() as folder:
        city = build_city(first, run.seed, run.rig.ego, Path(folder))
        for clip in range(PER_CITY):
            asked = resolve(run, clip)
            spec = replace(asked, place=first, events=())
            found.append(count(city, spec, camera, asked.events[0]))
    return found


def estimate(counts: Sequence[Count]) -> tuple[float, float, float]:
    """Return the chance of a world to meet a target, and a 95 % interval of it.

    The mean of the worlds' own chances. Its interval is the exact one of how many worlds have
    anyone who stands so, end by end times that of the mean chance of those that have, by drawing
    them anew; where only one has, its chance is taken as it is.
    """
    chances = np.array([one.chance for one in counts])
    some = chances[chances > 0]
    low, high = (float(end) for end in clopper_pearson(len(some), len(counts)))
    each = [np.mean(some) if len(some) else np.mean([one.share for one in counts])] * 2
    if len(some) > 1:
        ones = np.ones((len(some), 1), int)
        each = [float(end[0]) for end in over_worlds(some[:, None], ones, np.random.default_rng(0))]
    return float(chances.mean()), low * each[0], high * each[1]


def expected(chance: float, wanted: int = WANTED) -> float:
    """Return the frames expected until so many worlds have it: the mean of a negative binomial."""
    return FRAMES * wanted / chance if chance > 0 else np.inf


def singly(counts: Sequence[Count], wanted: int = WANTED) -> float:
    """Return the frames expected where every frame has a world of its own: `wanted` over the chance
    of a frame, to first order in the share (a frame with two who stand so counts once).
    """
    chance = np.mean([one.share * one.frames for one in counts]) / FRAMES
    return float(wanted / chance) if chance > 0 else np.inf


def surely(chance: float, wanted: int = WANTED) -> float:
    """Return the frames that reach so many worlds with the probability that plans ask for."""
    return FRAMES * (wanted + nbinom.ppf(SURE, wanted, chance)) if chance > 0 else np.inf


def spent(plan: Path, target: str) -> tuple[float, float]:
    """Return the frames that a plan's jobs spend on a target and the worlds that it expects; of a
    job for several targets each has its part.
    """
    lines = [json.loads(line) for line in plan.read_text().splitlines()]
    jobs = [line for line in lines if target in line.get("expects", {})]
    return (sum(job["frames"] / len(job["expects"]) for job in jobs),
            sum(job["expects"][target] for job in jobs))  # fmt: skip


def among_scenes(target: Target) -> tuple[int, int]:
    """Return how many of our scenes have a target's light and weather, and how many there are."""
    texts = [path.read_text() for path in Path(__file__).parents[1].glob("conf/scene/*.yaml")]
    weathers = {*NAMED.get(target.weather, ()), *(["fog_banks"] if target.weather == "fog" else [])}
    found = 0
    for text in texts:
        light, weather = (re.search(rf"/{group}: (\w+)", text)[1] for group in ("light", "weather"))
        found += target.light in ("", light) and (not target.weather or weather in weathers)
    return found, len(texts)


def told(target: Target, counts: Sequence[Count], plan: Path | None) -> None:
    """Print what was found of a target."""
    chance, low, high = estimate(counts)
    there, scenes = among_scenes(target)
    print(f"{target.id} {target.where}\n"
          f"  {len(counts)} worlds of {FRAMES} frames; someone stands so in "
          f"{sum(one.stand > 0 for one in counts)} of them, in {sum(one.frames for one in counts)} "
          f"frames, {sum(one.stand for one in counts)} in all; of the kind "
          f"{np.mean([one.share for one in counts]):.4f}: "
          f"{sum(one.share * one.stand for one in counts):.2f} expected, "
          f"{sum(one.own for one in counts)} there\n"
          f"  a world has one with {chance:.4f} ({low:.4f} to {high:.4f}); {WANTED} worlds take "
          f"{expected(chance):.0f} frames ({expected(high):.0f} to {expected(low):.0f}), with "
          f"probability {SURE} {surely(chance):.0f}; in worlds of one frame "
          f"{singly(counts):.0f}; all scenes alike, {there} of {scenes} having "
          f"the conditions: {expected(chance) * scenes / there:.0f}")  # fmt: skip
    if plan is not None:
        frames, worlds_ = spent(plan, target.id)
        print(f"  the plan: {frames:.0f} frames for {worlds_:.1f} worlds; at random "
              f"{expected(chance) / WANTED:.0f} frames a world, planned {frames / worlds_:.2f}: "
              f"{expected(chance) / WANTED * worlds_ / frames:.0f} times as many "
              f"({expected(high) / WANTED * worlds_ / frames:.0f} to "
              f"{expected(low) / WANTED * worlds_ / frames:.0f})")  # fmt: skip


def main() -> None:
    """Print the table after each round of cities."""
    settings = dict(one.split("=", 1) for one in sys.argv[1:])
    seed, rounds = int(settings.get("SEED", 0)), -(-int(settings.get("WORLDS", 24)) // PER_CITY)
    plan = Path(settings["PLAN"]) if "PLAN" in settings else None
    counts: list[list[Count]] = [[] for _ in TARGETS]
    workers = int(settings.get("WORKERS", 1))
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        jobs = [(number, pool.submit(worlds, number, city, seed, settings.get("MORE", "")))
                for city in range(rounds) for number in range(len(TARGETS))]  # fmt: skip
        for done, (number, job) in enumerate(jobs, 1):
            found = job.result()
            print(f"{TARGETS[number].id}: " + ", ".join(
                f"{one.stand} of {one.share:.4f} in {one.frames}, {one.own} there"
                for one in found), flush=True)  # fmt: skip
            counts[number] += found
            if done % len(TARGETS) == 0:
                print(f"-- {len(counts[0])} worlds each", flush=True)
                for target, found in zip(TARGETS, counts, strict=True):
                    told(target, found, plan)


if __name__ == "__main__":
    main()
