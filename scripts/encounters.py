"""Compare road users met on purpose with those met by chance, without rendering anything.

    scripts/encounters.py [WORLDS=24] [SEED=0] [SCENE=night]

For each kind and world one encounter, in one set of worlds placed by the event `encounter`, in
another met by chance: moments of plain traffic, one of all who stand as asked drawn, nobody's body
exchanged. Ambulances are made frequent by traffic.shares for the latter. A third set is placed by
`companion`, which is nothing like chance: the test has to see that. Prints two-sample
Kolmogorov-Smirnov tests of nuisance variables, with the difference of means in standard deviations.
A difference counts where p < 0.05 / 5, five nuisances of a kind being tested.
"""

import sys
import tempfile
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import numpy as np
import shapely
from scipy.stats import ks_2samp

from synthgen.build.city import City, build_city
from synthgen.build.meeting import HOSTS, Search
from synthgen.build.trip import trip
from synthgen.config import read
from synthgen.embree import tracer
from synthgen.geometry import wrap
from synthgen.rng import stream
from synthgen.spec.resolve import resolve
from synthgen.world import World

KINDS = ("ambulance", "dog", "pedestrian")
CELL = "nearest: 10, farthest: 60, occlusion_most: 0.8"
MEASURES = ("heading", "aside", "speed", "around", "walkway")
PER_CITY = 8
LEVEL = 0.05 / len(MEASURES)


def nuisances(city: City, search: Search, frame: int, name: str) -> dict[str, float]:
    """Return heading against the ego car [rad, folded to 0 to pi], way to the middle of the nearest
    lane [m], speed [m/s], how many others are within 20 m, and whether it is on a walkway.
    """
    driven = search.trip.around.driven
    time, view = driven.frames[frame], search.views[frame]
    scene = search.scene
    index = [body.name for body in scene.world.things].index(name)
    track = scene.motion.tracks[index]
    place = track.position_at(time)[:2]
    pose, ego = track.world_from_body(time), scene.ego.world_from_body(time)
    yaw = np.arctan2(pose[1, 0], pose[0, 0]) - np.arctan2(ego[1, 0], ego[0, 0])
    spot = shapely.Point(place)
    lanes = [shapely.LineString(lane.shape[:, :2]) for lane in city.network.lanes]
    others = [one.position_at(time)[:2] for n, one in enumerate(scene.motion.tracks)
              if n != index and scene.world.things[n].kind not in ("signal", "street_lamp")
              and one.present(time)]  # fmt: skip
    speed = np.linalg.norm(track.velocity_at(view.time)) if len(track.time) > 1 else 0.0
    return {
        "heading": abs(float(wrap(np.array([yaw]))[0])),
        "aside": min(line.distance(spot) for line in lanes),
        "speed": float(speed),
        "around": float(sum(np.hypot(*(one - place)) < 20 for one in others)),
        "walkway": float(city.place.sidewalks.contains(spot)),
    }


def sample(city: City, spec, camera, way: str) -> dict[str, dict[str, float]]:
    """Return the nuisances of one of each kind that is found in a clip."""
    events = dict(enumerate(spec.events))
    rng = stream(spec.seed, "compare", spec.clip, way)
    search = Search(city, spec, trip(city, spec), camera, rng,
                    hosts=HOSTS if way == "encounter" else {})  # fmt: skip
    with tracer(World(city.stuff, (), 0, spec.environment)) as trace:
        found = search.meetings(events, trace)
    return {events[n].who: nuisances(city, search, one.frame, one.name)
            for n, one in found.items()}  # fmt: skip


def accompanied(city: City, spec, camera) -> dict[str, dict[str, float]]:
    """Return the nuisances of an ambulance that is a companion."""
    search = Search(city, spec, trip(city, spec), camera, stream(spec.seed, "compare", spec.clip))
    driven = search.trip.around.driven
    for agent in driven.agents:
        for frame, time in enumerate(driven.frames):
            if agent.name.startswith("companion/") and agent.present(time):
                return {"ambulance": nuisances(city, search, frame, agent.name)}
    return {}


def compared(first: list[dict[str, float]], second: list[dict[str, float]]) -> dict[str, tuple]:
    """Return for each nuisance the p of one distribution, and the difference of means [sd]."""
    rows = {}
    for name in MEASURES:
        one, two = (np.array([row[name] for row in rows_]) for rows_ in (first, second))
        spread = np.sqrt((one.var() + two.var()) / 2)
        rows[name] = (ks_2samp(one, two).pvalue,
                      (one.mean() - two.mean()) / spread if spread > 0 else 0.0,
                      one.mean(), two.mean())  # fmt: skip
    return rows


def gather(worlds: int, seed: int, scene: str) -> dict[tuple[str, str], list[dict[str, float]]]:
    """Return the nuisances by way of placing and kind."""
    asked = ", ".join(f"{{encounter: {{who: {who}, {CELL}, responding: off}}}}" for who in KINDS)
    base = [f"scene={scene}", f"seed={seed}"]
    runs = {
        "encounter": read([*base, f"events=[{asked}]"]),
        "chance": read([*base, f"events=[{asked}]", "traffic.shares.ambulance=0.1",
                        "traffic.responding=0"]),
        "companion": read([*base, "events=[{companion: {who: ambulance, "
                           "ahead: {uniform: [10, 55]}, responding: off}}]"]),
    }  # fmt: skip
    found = defaultdict(list)
    for number in range(worlds):
        run = runs["encounter"]
        if number % PER_CITY == 0:
            first = resolve(run, 2 * number)
            with tempfile.TemporaryDirectory() as folder:
                city = build_city(first.place, seed + number, run.rig.ego, Path(folder))
                net = Path(tempfile.mkdtemp()) / "net.xml"
                net.write_bytes(city.net_file.read_bytes())
                city = replace(city, net_file=net)
        camera = run.rig.camera(next(iter(run.rig.cameras)))
        for way, own in runs.items():
            clip = 10 * number + list(runs).index(way)
            spec = replace(resolve(own, clip), place=first.place)
            rows = (accompanied(city, spec, camera) if way == "companion"
                    else sample(city, spec, camera, way))  # fmt: skip
            for who, row in rows.items():
                found[way, who].append(row)
        print(
            f"  world {number}: { ({key: len(rows) for key, rows in found.items()}) }", flush=True
        )
    return found


def main() -> None:
    """Print the table."""
    settings = dict(one.split("=") for one in sys.argv[1:])
    worlds = int(settings.get("WORLDS", 24))
    found = gather(worlds, int(settings.get("SEED", 0)), settings.get("SCENE", "night"))
    pairs = [("encounter", who) for who in KINDS] + [("companion", "ambulance")]
    print(f"{'':10} {'who':10} {'nuisance':8} {'p':>9} {'d [sd]':>7} {'mean':>8} {'chance':>8}   n")
    for way, who in pairs:
        one, two = found[way, who], found["chance", who]
        for name, (p, d, mean, other) in compared(one, two).items():
            sign = "  DIFFERS" if p < LEVEL else ""
            print(f"{way:10} {who:10} {name:8} {p:9.2g} {d:7.2f} {mean:8.2f} {other:8.2f}   "
                  f"{len(one)}, {len(two)}{sign}")  # fmt: skip
    print(f"differs: p < {LEVEL:.2g}")


if __name__ == "__main__":
    main()
