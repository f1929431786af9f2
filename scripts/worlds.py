"""Build many clips of all places, render none, and say what is in them and what is wrong.

    scripts/worlds.py [CLIPS=500] [WORKERS=2] [SEED=0] [MINUTES=60]

Prints overlaps between bodies by the physics engine's closest points, wheels off the road,
people inside buildings, values that are no numbers, what the repair did, which classes and events
the clips had, what building costs by place, and how classes spread over places, lanes, headings
and hours.
"""

import multiprocessing
import sys
import tempfile
import time
import traceback
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path

import numpy as np
import shapely
from scipy.spatial.transform import Rotation

from synthgen.build.city import City, build_city
from synthgen.build.clip import build_clip
from synthgen.classes import EMERGENCY
from synthgen.config import read
from synthgen.events import Crash, DeerCrossing, Event, FallenTree
from synthgen.geometry import pose as pose_of
from synthgen.geometry import transform, yaw_quaternion
from synthgen.physics.bullet import closest
from synthgen.physics.solid import Solid, box_points, hull_points
from synthgen.place.layout import lane_area
from synthgen.place.place import surface_height
from synthgen.rng import stream
from synthgen.running_gear import turned
from synthgen.scene import Present, Scene, moment
from synthgen.spec.resolve import resolve

PLACES = ("downtown", "suburb", "arterial", "motorway", "rural", "industrial")
LIGHTS = ("day", "low_sun", "dusk", "night")
SCENES = ("clear_day", "incident", "storm_night", "school_street", "emergency", "rescue_lane")
PER_CITY = 10
"""Clips that share a city here; a data set gives each city two, of the same kind."""
HAZARDS = FallenTree, DeerCrossing, Crash
"""No scene asks for them: the last clip of each city has them in place of its scene's events."""
SOLIDS = ("debris", "traffic_cone", "barrier", "deer", "cat", "dog")
VEHICLES = ("car", "van", "truck", "bus", "trailer", "motorcycle", "bicycle", *sorted(EMERGENCY))
FIXED = ("post", "seat", "barrier", "cone", "sign", "signal")
"""How names of furniture begin: panels of one rail may meet each other and their own posts."""
PEOPLE = ("pedestrian", "rider")
REACH = 150.0
"""[m] from the ego car within which bodies are compared."""
TOLERANCE = 0.03
"""[m] that a wheel may be above or below the road."""
DEPTH = 0.01
"""[m] that hulls may reach into each other: Bullet's hulls keep 96 of a body's points."""
TALL = 2.2
"""[m] Below it posts and trees are compared with bodies."""


def clip_rows(place: str, number: int, seed: int) -> list[dict]:
    """Return one record per clip of city `number` of `place`."""
    rng = stream(seed, "survey", number)
    light, scene_name = str(rng.choice(LIGHTS)), str(rng.choice(SCENES))
    run = read([f"place={place}", f"light={light}", f"scene={scene_name}", f"seed={seed}"])
    first = resolve(run, 2 * number)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        city = build_city(first.place, seed, run.rig.ego, Path(folder))
        built = time.perf_counter() - start
        lanes = shapely.STRtree([lane_area(lane) for lane in city.network.lanes])
        for clip in range(PER_CITY):
            spec = replace(resolve(run, 1000 * number + clip), place=first.place)
            if clip == PER_CITY - 1:
                spec = replace(spec, events=hazards(rng))
            start = time.perf_counter()
            try:
                scene = build_clip(city, spec)
            except Exception as error:
                print(f"  {place} {scene_name} city {number} clip {clip}: {type(error).__name__} "
                      f"{error}\n{traceback.format_exc()[-900:]}", flush=True)  # fmt: skip
                rows.append({"failed": 1})
                continue
            row = record(city, lanes, scene)
            row["found"] = [f"city {number} clip {clip} {line}" for line in row["found"]]
            row |= {"place": place, "light": light, "scene": scene_name, "city": built,
                    "clip": time.perf_counter() - start}  # fmt: skip
            rows.append(row)
    return rows


def hazards(rng: np.random.Generator) -> tuple[Event, ...]:
    """Return the events that no scene asks for, at frames 1, 4 and 7."""
    return tuple(kind(frame=1 + 3 * number, distance=float(rng.uniform(8, 30)))
                 for number, kind in enumerate(HAZARDS))  # fmt: skip


def record(city: City, lanes: shapely.STRtree, scene: Scene) -> dict:
    """Return what one clip holds and what is wrong in it."""
    found: dict = {"facts": dict(scene.world.facts), "faults": Counter(), "kinds": Counter(),
                   "sightings": [], "found": []}  # fmt: skip
    for track in scene.motion.tracks:
        values = (track.position, track.quaternion, track.phase, track.level)
        found["faults"]["not a number"] += not all(np.isfinite(value).all() for value in values)
    seen, known = {}, {}
    for instant in scene.motion.times:
        now = moment(scene, instant, reach=REACH)
        faults = {"overlap": overlaps(city, now.things, instant, known),
                  "off the road": off_road(city, now.things, instant),
                  "in a building": inside(city, now.things, instant)}  # fmt: skip
        for name, lines in faults.items():
            found["faults"][name] += len(lines)
            found["found"] += [f"at {instant:.2f} s: {name}: {line}" for line in lines]
        found["frames"] = found.get("frames", 0) + 1
        found["bodies"] = found.get("bodies", 0) + len(now.things)
        seen |= {
            thing.body.name: sighting(city, lanes, thing, instant)
            for thing in now.things
            if thing.body.kind in VEHICLES and not thing.body.name.startswith("parked")
        }
    found["kinds"].update({body.kind for body in scene.world.things})
    found["sightings"] = list(seen.values())
    found["triangles"] = sum(len(body.mesh.triangles) for body in scene.world.bodies)
    return found


def sighting(city: City, lanes: shapely.STRtree, thing: Present, time: float) -> tuple:
    """Return class, lane counted from the kerb (-1 at a junction), heading and blue lights."""
    pose = thing.track.world_from_body(time)
    near = lanes.query(shapely.Point(pose[:2, 3]), predicate="within")
    index = min((city.network.lanes[i].index for i in near
                 if city.network.lanes[i].kind == "drive"), default=-1)  # fmt: skip
    heading = int(np.degrees(np.arctan2(pose[1, 0], pose[0, 0])) % 360 // 90)
    level = thing.track.level_at(time)
    lit = any(circuit.name.startswith("beacon") and on > 0
              for circuit, on in zip(thing.body.circuits, level, strict=True))  # fmt: skip
    return thing.body.kind, index, heading, bool(lit)


def inside(city: City, things: tuple[Present, ...], time: float) -> list[str]:
    """Return the people who stand in buildings."""
    people = [thing for thing in things if thing.body.kind in PEOPLE]
    feet = np.array([thing.track.position_at(time)[:2] for thing in people]).reshape(-1, 2)
    hits = shapely.STRtree(city.place.buildings).query(shapely.points(feet), predicate="within")
    return [people[number].body.name for number in sorted(set(hits[0].tolist()))]


def off_road(city: City, things: tuple[Present, ...], time: float) -> list[str]:
    """Return the wheels that are more than `TOLERANCE` above or below the ground."""
    found = []
    for thing in things:
        for number, low in enumerate(contacts(thing, time)):
            gaps = low[:, 2] - surface_height(city.place, low[:, :2])
            gap = gaps[np.abs(gaps).argmax()]
            if abs(gap) > TOLERANCE:
                found.append(f"{thing.body.name} {thing.body.subtype} wheel {number} {gap:+.3f}")
    return found


def contacts(thing: Present, time: float) -> list[np.ndarray]:
    """Return the lowest points of each wheel as it is turned at `time`, world frame."""
    body, track = thing.body, thing.track
    mesh = body.mesh if track.joints is None else turned(body, track.joints_at(time))
    points = transform(track.world_from_body(time), mesh.vertices)
    wheels = [points[slice(*wheel.vertices)] for wheel in body.wheels]
    return [wheel[wheel[:, 2] < wheel[:, 2].min() + 0.005] for wheel in wheels]


def solid_of(thing: Present, known: dict) -> Solid:
    """Return the convex hull of a thing, without a door that stands open; those of rigid bodies
    are `known`.
    """
    key = id(thing.body.mesh)
    if thing.body.door is not None:
        side, shut = ajar(thing)
        return Solid(hull_points(thing.body.mesh.vertices[~side | shut]), 1.0)
    if thing.body.pose is not None:
        return Solid(hull_points(thing.mesh.vertices), 1.0)
    if key not in known:
        known[key] = Solid(hull_points(thing.body.mesh.vertices), 1.0)
    return known[key]


def ajar(thing: Present) -> tuple[np.ndarray, np.ndarray]:
    """Return which vertices are on the side of the open door, and which are within the box."""
    points, door = thing.body.mesh.vertices, thing.body.door
    left = np.sign(door.hinge[1])
    return points[:, 1] * left > 0, points[:, 1] * left <= thing.body.extent.size[1] / 2 + 0.02


def door_of(thing: Present) -> Solid:
    """Return the convex hull of an open door: of what stands out of the box on its side."""
    side, shut = ajar(thing)
    points, door = thing.body.mesh.vertices, thing.body.door
    near = (points[:, 0] <= door.hinge[0] + 0.05) & (points[:, 0] >= door.edge[0] - 0.1)
    return Solid(hull_points(points[side & ~shut & near]), 1.0)


def scene_of(name: str) -> str:
    """Return the event whose part a body is: what has crashed touches. Racks hold bicycles."""
    return "/".join(name.split("/")[:2]) if name.startswith("event/") else name


def overlaps(city: City, things: tuple[Present, ...], time: float, known: dict) -> list[str]:
    """Return the pairs of bodies that reach into each other, by Bullet's closest points."""
    kinds = (*VEHICLES, *PEOPLE, *SOLIDS, "ego")
    own = [thing for thing in things if thing.body.kind in kinds]
    poses = [thing.track.world_from_body(time) for thing in own]
    solids = [solid_of(thing, known) for thing in own]
    for thing in [thing for thing in own if thing.body.door is not None]:
        own.append(thing)
        poses.append(thing.track.world_from_body(time))
        solids.append(door_of(thing))
    eye = next(pose for thing, pose in zip(own, poses, strict=True) if thing.body.name == "ego")
    posts = city.furniture.obstacles
    posts = posts[np.linalg.norm(posts[:, :2] - eye[:2, 3], axis=1) < REACH]
    for x, y, yaw, length, width in posts:
        half = np.array([length, width]) / 2
        solids.append(Solid(box_points([*-half, 0.0], [*half, TALL]), 0.0))
        poses.append(pose_of(np.array([x, y, 0.3]), yaw_quaternion(yaw)))
    places = np.array([pose[:3, 3] for pose in poses])
    turns = Rotation.from_matrix([pose[:3, :3] for pose in poses]).as_quat()
    seats = [one.position[:2] for one in (*city.furniture.benches, *city.furniture.shelters)]
    rest = [seat_of(row, seats) for row in posts]
    names = [thing.body.name for thing in own] + ["seat" if own else "post" for own in rest]
    fixed = [name.startswith(FIXED) for name in names]
    for number, thing in enumerate(own):
        fixed[number] |= thing.body.kind == "bicycle" and thing.body.name.startswith("parked")
    ties = {frozenset((name, thing.body.name)) for thing in own
            for name in (thing.body.rides, thing.body.part_of)}  # fmt: skip
    return [
        f"{names[gap.first]} x {names[gap.second]} {gap.distance:.3f}"
        for gap in closest(solids, places, turns, within=0.05)
        if gap.distance < -DEPTH
        and not (fixed[gap.first] and fixed[gap.second])
        and scene_of(names[gap.first]) != scene_of(names[gap.second])
        and frozenset((names[gap.first], names[gap.second])) not in ties
        and not uses(names[gap.first], names[gap.second])
    ]


def seat_of(row: np.ndarray, seats: list) -> bool:
    """Return whether the footprint `row` of furniture is that of a bench or of a shelter."""
    return any(np.hypot(row[0] - x, row[1] - y) < 1.0 for x, y in seats)


def uses(first: str, second: str) -> bool:
    """Return whether one sits or waits at the other: a bench is touched, a shelter stood in.

    The survey has a shelter as one box with its room inside; how people keep to the room between
    its panes is a test of `build.waiting`.
    """
    return {first.split("/")[0], second.split("/")[0]} == {"waiting", "seat"}


def work(task: tuple[str, int, int]) -> list[dict]:
    """Return the records of one city, for a pool of processes."""
    return clip_rows(*task)


def tell(rows: list[dict]) -> None:
    """Print the tables."""
    failed = [row for row in rows if "failed" in row]
    rows = [row for row in rows if "failed" not in row]
    print(f"{len(failed)} clips could not be built")
    frames = sum(row["frames"] for row in rows)
    faults = sum((row["faults"] for row in rows), Counter())
    bodies = sum(row["bodies"] for row in rows)
    print(f"{len(rows)} clips, {frames} frames, {bodies} bodies looked at")
    for name in ("overlap", "off the road", "in a building", "not a number"):
        print(f"  {name}: {faults[name]}")
    moved, removed = (sum(int(row["facts"][k]) for row in rows) for k in ("moved", "removed"))
    print(f"  repair: {moved} moved, {removed} removed")
    kinds = sum((row["kinds"] for row in rows), Counter())
    print("clips with each class: " + ", ".join(f"{k} {n}" for k, n in sorted(kinds.items())))
    tell_events(rows)
    tell_cost(rows)
    tell_spread(rows)


def tell_events(rows: list[dict]) -> None:
    """Print how often each event was asked for and happened, and why not."""
    asked, happened, why = Counter(), Counter(), Counter()
    for row in rows:
        facts = row["facts"]
        for number in range(int(facts.get("events_asked", 0))):
            kind = facts[f"event_{number}_kind"]
            reason = facts.get(f"event_{number}_reason", "")
            asked[kind] += 1
            happened[kind] += not reason
            why[kind, reason] += bool(reason)
    for kind, count in sorted(asked.items()):
        reasons = ", ".join(f"{r} {n}" for (k, r), n in why.most_common() if k == kind and n)
        print(f"event {kind}: {happened[kind]} of {count}" + (f" ({reasons})" if reasons else ""))


def tell_cost(rows: list[dict]) -> None:
    """Print what building costs, by place."""
    for place in PLACES:
        own = [row for row in rows if row["place"] == place]
        if own:
            city, clip, triangles = (np.median([row[k] for row in own])
                                     for k in ("city", "clip", "triangles"))  # fmt: skip
            print(f"{place:11} city {city:5.1f} s, clip {clip:5.2f} s, "
                  f"{triangles / 1e3:6.0f} k triangles")  # fmt: skip


def tell_spread(rows: list[dict]) -> None:
    """Print how classes spread over places, lanes, headings and lights, in per cent."""
    table: dict = defaultdict(Counter)
    lit: Counter = Counter()
    for row in rows:
        for kind, lane, heading, on in row["sightings"]:
            table[kind]["n"] += 1
            for cell in (row["place"], f"lane {lane}" if lane >= 0 else "junction",
                         f"heading {90 * heading}", row["light"]):  # fmt: skip
                table[kind][cell] += 1
            lit[kind] += on
    cells = [*PLACES, "junction", "lane 0", "lane 1", "lane 2",
             *(f"heading {90 * quarter}" for quarter in range(4)), *LIGHTS]  # fmt: skip
    print(f"{'class':14}{'n':>6}  " + " ".join(f"{cell[:11]:>11}" for cell in cells) + "   lit")
    for kind in VEHICLES:
        count = table[kind]["n"]
        if count:
            shares = " ".join(f"{100 * table[kind][cell] / count:11.0f}" for cell in cells)
            print(f"{kind:14}{count:6}  {shares} {100 * lit[kind] / count:5.0f}")


def main() -> None:
    """Build, look, tell: what was done by then when the time is up."""
    given = [int(value) for value in sys.argv[1:]]
    clips, workers, seed, minutes = given + [500, 2, 0, 60][len(given) :]
    end = time.monotonic() + 60 * minutes
    tasks = [(PLACES[n % len(PLACES)], n, seed) for n in range(-(-clips // PER_CITY))]
    rows = []
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        for done, found in enumerate(pool.imap_unordered(work, tasks), 1):
            rows += found
            for row in found:
                for line in row.get("found", ()):
                    print(f"  {row['place']} {row['scene']}: {line}", flush=True)
            print(f"{done} of {len(tasks)} cities", flush=True)
            if time.monotonic() > end:
                break
        pool.terminate()
    tell(rows)


if __name__ == "__main__":
    main()
