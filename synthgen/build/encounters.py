"""Road users met on purpose who look as if met by chance.

Nobody is led anywhere. A clip's traffic is simulated for many more moments than it has frames,
with everything that stands about; a moment costs a tenth of what a picture of it does. Among all
who stand as asked before the camera at any of these moments one is drawn; the moment becomes a
frame. So heading, lane, speed and neighbours are those of whoever is met there by chance.

Kinds that are too rare to wait for are cast: ambulances, fire engines and police cars that are not
on duty drive in the simulation exactly as cars do, dogs and cats walk as people do, so one of these
is given the other body, front bumper where it was, wherever that body has room. Others (see
`cast.crowded`) are made less rare before the simulation, who stands parked counts for as much
more as who drives has become more frequent, and those who came on top and are not met are taken
out again: an encounter's bus does not stand among five.
"""

from collections.abc import Mapping
from dataclasses import replace

from synthgen.build.cast import encounters_of
from synthgen.build.city import City
from synthgen.build.meeting import Meeting, Search, recast
from synthgen.build.trip import Facts, Trip, trip
from synthgen.embree import tracer
from synthgen.rig import Camera, Rig
from synthgen.rng import stream
from synthgen.spec.clip import ClipSpec
from synthgen.traffic.cut import cut, without
from synthgen.traffic.plan import Drive
from synthgen.world import World

LOOKED, MORE = 10, 4
"""Moments of a drive that are looked through at least, and so many more for each encounter after
the first."""
TAKES = 12
"""Drives that are looked through at most."""
NOBODY = "nobody stood so"
NO_ROOM = "taken out: no room between the others"


def met(city: City, spec: ClipSpec, looks: int, rig: Rig | None) -> Trip:
    """Return a trip each of whose encounters has a frame, or as many as were found.

    Raises:
        ValueError: there is no camera.
    """
    if rig is None or not rig.cameras:
        raise ValueError("an encounter needs a camera")
    search, found, looked = searched(city, spec, rig.camera(next(iter(rig.cameras))))
    return _cut_down(spec, looks, search, found, looked)


def searched(city: City, spec: ClipSpec, camera: Camera) -> tuple[Search, dict[int, Meeting], int]:
    """Return of the drives looked through the one with the most encounters, these by the number of
    their event, and how many moments were looked through.
    """
    asked = encounters_of(spec)
    wide = replace(spec, frames=max(LOOKED + MORE * (len(asked) - 1), spec.frames))
    best: tuple[Search, dict[int, Meeting]] | None = None
    with tracer(World(city.stuff, (), 0, spec.environment)) as trace:
        for take in range(TAKES):
            rng = stream(spec.seed, "clip", spec.clip, "encounters", take)
            search = Search(city, wide, trip(city, wide, take=take), camera, rng)
            found = search.meetings(asked, trace)
            if best is None or len(found) > len(best[1]):
                best = search, found
            if len(found) == len(asked):
                break
    assert best is not None
    return *best, (take + 1) * wide.frames


def _cut_down(
    spec: ClipSpec, looks: int, search: Search, found: dict[int, Meeting], looked: int
) -> Trip:
    """Return of the trip searched the frames of its meetings, and others up to the clip's number,
    without those who were only there to be met.
    """
    whole, users = search.trip, search.trip.play.users
    around = whole.around
    frames = [one.frame for one in found.values()]
    spare = [n for n in range(len(around.driven.frames)) if n not in frames]
    more = search.rng.permutation(spare)[: max(spec.frames - len(frames), 0)].tolist()
    frames = sorted([*frames, *more])
    hosts = {one.name: one.user for one in found.values() if one.user >= 0}
    agents = tuple(
        recast(agent, users, hosts[agent.name]) if agent.name in hosts else agent
        for agent in around.driven.agents
    )
    gone = search.spare - {one.name for one in found.values()}
    left = without(replace(around.driven, agents=agents), gone)
    driven, _ = around.mend(cut(left, frames), users)
    facts = _facts(spec, found, {n: k for k, n in enumerate(frames)}, driven)
    facts |= {"encounters_looked": looked}
    if looks:
        driven = cut(driven, range(min(looks, len(frames))))
    return replace(whole, around=replace(around, driven=driven), met=facts)


def _facts(
    spec: ClipSpec, found: Mapping[int, Meeting], places: Mapping[int, int], driven: Drive
) -> dict[str, str | int | float]:
    """Return what became of every encounter; `places` are frames of the clip by moment."""
    asked = encounters_of(spec)
    facts: dict[str, str | int | float] = {"events_asked": len(asked), "events_happened": 0}
    for number, event in asked.items():
        rows = _told(found.get(number), places, driven)
        facts["events_happened"] = int(facts["events_happened"]) + ("frame" in rows)
        rows = {"kind": event.kind, "who": event.who, **rows}
        facts |= {f"event_{number}_{name}": value for name, value in rows.items()}
    return facts


def _told(meeting: Meeting | None, places: Mapping[int, int], driven: Drive) -> Facts:
    """Return what is told of an encounter: where it is, or why it is nowhere."""
    if meeting is None:
        return {"reason": NOBODY}
    frame = places[meeting.frame]
    there = [one.name for one in driven.agents if one.present(driven.frames[frame])]
    if meeting.moves and meeting.name not in there:
        return {"reason": NO_ROOM}
    seen = meeting.sighting
    measures = {"distance": seen.distance, "occlusion": seen.occlusion, **seen.more}
    return {"frame": frame, "body": meeting.name, **{k: round(v, 3) for k, v in measures.items()}}
