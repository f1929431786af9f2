"""Compare road users met on purpose with those met by chance, without rendering anything.

    scripts/encounters.py [WORLDS=24] [SEED=0] [SCENE=night] [SETS=cast,frequent,duty,companion]
                          [OUT=rows.json]

In one set of worlds they are placed by the event `encounter`; in another they are met by chance:
moments of plain traffic, one of all who stand as asked drawn, nobody's body exchanged and no kind
made more frequent (but ambulances, of which few would be found otherwise). Companions are nothing
like chance: the test has to see that. Prints two-sample Kolmogorov-Smirnov tests of nuisance
variables, with the difference of means in standard deviations. A difference counts where
p < 0.05 / 5: five nuisances tell how a body moves where, five how the picture meets it.
"""

import json
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import shapely
from scipy.stats import ks_2samp

from synthgen.build.city import City, build_city
from synthgen.build.encounters import searched
from synthgen.build.meeting import Search
from synthgen.build.trip import trip
from synthgen.config import read
from synthgen.embree import tracer
from synthgen.geometry import wrap
from synthgen.rng import stream
from synthgen.spec.resolve import resolve
from synthgen.world import World

CELL = "nearest: 10, farthest: 60, occlusion_most: 0.8"
KINDS = {
    "cast": (("ambulance", "off"), ("dog", "any"), ("pedestrian", "any")),
    "frequent": (("bus", "any"), ("truck", "any"), ("motorcycle", "any")),
    "duty": (("ambulance", "on"),),
}
"""Who is met, on duty or not, by set of worlds."""
PLAIN = {
    "cast": ("traffic.shares.ambulance=0.1", "traffic.responding=0"),
    "frequent": (),
    "duty": ("traffic.shares.ambulance=0.025", "traffic.responding=1"),
}
"""What worlds of chance have beside the scene: off duty ambulances drive as cars do, so it does not
matter how many there are; of those on duty there are two in a city, others have to see one."""
CLIPS = {"cast": 1, "frequent": 1, "duty": 2}
"""Worlds of chance for each of encounters."""
WHERE = ("heading", "aside", "speed", "around", "walkway")
HOW = ("ego", "column", "moment", "distance", "alike")
MEASURES = (*WHERE, *HOW)
NEAR, COMPANY = 20.0, 50.0
"""[m] Within which others, and others of its kind, are counted."""
PER_CITY = 8
LEVEL = 0.05 / len(WHERE)

Row = dict[str, float]


def nuisances(city: City, search: Search, frame: int, name: str, who: str) -> Row:
    """Return what a detector might learn beside the looks of `who`, the body `name` at a moment.

    Heading against the ego car [rad, folded to 0 to pi], way to the middle of the nearest lane [m],
    speed [m/s], how many others are near, whether it is on a walkway; the ego car's speed [m/s],
    the column of its middle (0 left edge, 1 right edge), the moment (0 first, 1 last), distance
    from the camera [m], how many others of its kind are about.
    """
    driven, scene, view = search.trip.around.driven, search.scene, search.views[frame]
    time, things = driven.frames[frame], scene.world.things
    index = [body.name for body in things].index(name)
    track = scene.motion.tracks[index]
    place = track.position_at(time)
    pose, ego = track.world_from_body(time), scene.ego.world_from_body(time)
    yaw = np.arctan2(pose[1, 0], pose[0, 0]) - np.arctan2(ego[1, 0], ego[0, 0])
    spot = shapely.Point(place[:2])
    lanes = [shapely.LineString(lane.shape[:, :2]) for lane in city.network.lanes]
    away = dict(_others(search, index, time))
    speed = np.linalg.norm(track.velocity_at(view.time)) if len(track.time) > 1 else 0.0
    pixel, _ = view.project(place[None] + [0, 0, things[index].mesh.bounds[1][2] / 2])
    return {
        "heading": abs(float(wrap(np.array([yaw]))[0])),
        "aside": min(line.distance(spot) for line in lanes),
        "speed": float(speed),
        "around": float(sum(one < NEAR for one in away.values())),
        "walkway": float(city.place.sidewalks.contains(spot)),
        "ego": float(np.linalg.norm(scene.ego.velocity_at(view.time))),
        "column": float(np.clip(pixel[0, 0] / view.width, 0, 1)),
        "moment": frame / (len(driven.frames) - 1),
        "distance": float(np.hypot(*(place - view.world_from_camera[:3, 3])[:2])),
        "alike": float(sum(one < COMPANY and things[n].kind == who
                           for n, one in away.items())),
    }  # fmt: skip


def _others(search: Search, index: int, time: float) -> Iterator[tuple[int, float]]:
    """Yield number and way [m] of everything there but poles, the thing `index` itself, and those
    who are only there to be met.
    """
    things, tracks = search.scene.world.things, search.scene.motion.tracks
    place = tracks[index].position_at(time)[:2]
    for n, track in enumerate(tracks):
        body = things[n]
        there = n != index and body.kind not in ("signal", "street_lamp")
        there = there and not {body.name, body.part_of, body.rides} & search.spare
        if there and track.present(time):
            yield n, float(np.hypot(*(track.position_at(time)[:2] - place)))


def by_chance(city: City, spec, plain, camera) -> dict[int, Row]:
    """Return the nuisances of one of each kind that is met in a clip of plain traffic."""
    even = dict.fromkeys(spec.traffic.shares, 1.0)
    asked = replace(spec, traffic=replace(spec.traffic, shares=even), frames=plain.frames)
    search = Search(city, asked, trip(city, plain), camera,
                    stream(spec.seed, "compare", spec.clip), hosts={})  # fmt: skip
    with tracer(World(city.stuff, (), 0, spec.environment)) as trace:
        found = search.meetings(dict(enumerate(spec.events)), trace)
    return {n: nuisances(city, search, one.frame, one.name, spec.events[n].who)
            for n, one in found.items()}  # fmt: skip


def on_purpose(city: City, spec, camera) -> dict[int, Row]:
    """Return the nuisances of one of each kind that an encounter finds."""
    search, found, _ = searched(city, spec, camera)
    return {n: nuisances(city, search, one.frame, one.name, spec.events[n].who)
            for n, one in found.items()}  # fmt: skip


def accompanied(city: City, spec, camera) -> dict[int, Row]:
    """Return the nuisances of an ambulance that is a companion."""
    search = Search(city, spec, trip(city, spec), camera, stream(spec.seed, "compare", spec.clip))
    driven = search.trip.around.driven
    for agent in driven.agents:
        there = [n for n, time in enumerate(driven.frames) if agent.present(time)]
        if agent.name.startswith("companion/") and there:
            frame = there[int(search.rng.integers(len(there)))]
            return {0: nuisances(city, search, frame, agent.name, "ambulance")}
    return {}


def compared(first: list[Row], second: list[Row]) -> dict[str, tuple]:
    """Return for each nuisance the p of one distribution, and the difference of means [sd]."""
    rows = {}
    for name in MEASURES:
        one, two = (np.array([row[name] for row in rows_]) for rows_ in (first, second))
        spread = np.sqrt((one.var() + two.var()) / 2)
        rows[name] = (ks_2samp(one, two).pvalue,
                      (one.mean() - two.mean()) / spread if spread > 0 else 0.0,
                      one.mean(), two.mean())  # fmt: skip
    return rows


class Worlds:
    """Worlds of one scene and seed, some to a city; clips are numbered apart by what is in them."""

    def __init__(self, seed: int, scene: str):
        self.seed, self.base = seed, [f"scene={scene}", f"seed={seed}"]
        self.city, self.place = None, None

    def read(self, *more: str):
        """Return the run of the scene with `more` keys."""
        return read([*self.base, *more])

    def enter(self, number: int) -> None:
        """Build the city of a world where it is a new one."""
        if number % PER_CITY:
            return
        run = self.read()
        self.place = resolve(run, 2 * number).place
        with tempfile.TemporaryDirectory() as folder:
            city = build_city(self.place, self.seed + number, run.rig.ego, Path(folder))
            net = Path(tempfile.mkdtemp()) / "net.xml"
            net.write_bytes(city.net_file.read_bytes())
        self.city = replace(city, net_file=net)

    def spec(self, run, clip: int):
        """Return a clip of a run in this city."""
        return replace(resolve(run, clip), place=self.place)

    def rows(self, number: int, kinds: str) -> Iterator[tuple[str, str, dict[int, Row]]]:
        """Yield way, set and nuisances by event of one world placed, and of those by chance."""
        base = 1000 * number + 100 * (1 + list(KINDS).index(kinds))
        said = ", ".join(f"{{encounter: {{who: {who}, {CELL}, responding: {duty}}}}}"
                         for who, duty in KINDS[kinds])  # fmt: skip
        run = self.read(f"events=[{said}]")
        camera = run.rig.camera(next(iter(run.rig.cameras)))
        yield "encounter", kinds, on_purpose(self.city, self.spec(run, base), camera)
        plain, asked = self.read(*PLAIN[kinds]), self.read(f"events=[{said}]", *PLAIN[kinds])
        for clip in range(base + 1, base + 1 + CLIPS[kinds]):
            pair = self.spec(asked, clip), self.spec(plain, clip)
            yield "chance", kinds, by_chance(self.city, *pair, camera)

    def companion(self, number: int) -> tuple[str, str, dict[int, Row]]:
        """Return way, set and nuisances of an ambulance that keeps the ego car company."""
        run = self.read("events=[{companion: {who: ambulance, ahead: {uniform: [10, 55]}, "
                        "responding: off}}]")  # fmt: skip
        camera = run.rig.camera(next(iter(run.rig.cameras)))
        return "companion", "cast", accompanied(self.city, self.spec(run, 1000 * number), camera)


def gather(
    worlds: int, seed: int, scene: str, sets: Sequence[str], out: Path | None = None
) -> dict[tuple[str, str, str], list[Row]]:
    """Return the nuisances by way of placing, set and kind; `out` has them after every world."""
    found, source = defaultdict(list), Worlds(seed, scene)
    for number in range(worlds):
        source.enter(number)
        rows = [row for name in sets if name in KINDS for row in source.rows(number, name)]
        rows += [source.companion(number)] if "companion" in sets else []
        for way, kinds, some in rows:
            for n, row in some.items():
                found[way, kinds, KINDS[kinds][n][0]].append(row | {"world": number})
        counts = {" ".join(key): len(rows) for key, rows in found.items()}
        print(f"  world {number}: {counts}", flush=True)
        if out is not None:
            out.write_text(json.dumps({" ".join(key): rows for key, rows in found.items()}))
    return found


def report(found) -> None:
    """Print the table."""
    print(f"{'':10} {'set':9} {'who':10} {'nuisance':8} {'p':>9} {'d [sd]':>7} {'mean':>8} "
          f"{'chance':>8}   n")  # fmt: skip
    for way, kinds, who in [key for key in found if key[0] != "chance"]:
        one, two = found[way, kinds, who], found.get(("chance", kinds, who), [])
        if not two:
            continue
        for name, (p, d, mean, other) in compared(one, two).items():
            sign = "  DIFFERS" if p < LEVEL else ""
            print(f"{way:10} {kinds:9} {who:10} {name:8} {p:9.2g} {d:7.2f} {mean:8.2f} "
                  f"{other:8.2f}   {len(one)}, {len(two)}{sign}")  # fmt: skip
    print(f"differs: p < {LEVEL:.2g}")


def main() -> None:
    """Print the table."""
    said = dict(one.split("=") for one in sys.argv[1:])
    sets = said.get("SETS", ",".join([*KINDS, "companion"])).split(",")
    report(gather(int(said.get("WORLDS", 24)), int(said.get("SEED", 0)),
                  said.get("SCENE", "night"), sets,
                  Path(said["OUT"]) if "OUT" in said else None))  # fmt: skip


if __name__ == "__main__":
    main()
