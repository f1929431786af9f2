"""Count how often encounters with each kind of bound are found, without rendering anything.

    scripts/bounds.py [WORLDS=12] [SEED=0] [ONLY=van,wheelchair]

For each line of `CASES` so many worlds, four to a city, each with one encounter. Prints in how many
somebody stood so in the drives that are looked through, how many moments that took on average, the
core seconds of a world, and the range of what was asked for among those found.
"""

import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from time import process_time

from synthgen.build.city import City, build_city
from synthgen.build.encounters import met
from synthgen.config import read
from synthgen.road_user import RoadUser
from synthgen.spec.clip import PlaceSpec
from synthgen.spec.resolve import resolve

SIDES = ("aspect_least: {choice: {45: 1, 225: 1}}, "
         "aspect_most: {given: events.0.aspect_least, cases: {45: 135, 225: 315}}")  # fmt: skip
CASES = {
    "car cut": ("suburb", "night", "who: car, truncation_least: 0.3, truncation_most: 0.6"),
    "car cut far": ("downtown", "day", "who: car, nearest: 20, truncation_least: 0.3, "
                    "truncation_most: 0.6"),
    "pedestrian 25-40 px": ("downtown", "day", "who: pedestrian, height_least: 25, "
                            "height_most: 40"),
    "van from its side": ("suburb", "day", f"who: van, {SIDES}"),
    "van from its front": ("suburb", "day", "who: van, aspect_least: 135, aspect_most: 225"),
    "wheelchair": ("downtown", "day", "who: pedestrian, subtype: wheelchair, nearest: 10, "
                   "farthest: 30"),
    "taxi": ("downtown", "night", "who: car, subtype: taxi, nearest: 10, farthest: 30"),
    "tow truck": ("arterial", "day", "who: truck, subtype: tow_truck, farthest: 60"),
    "motorcycle, ego > 10 m/s": ("arterial", "day", "who: motorcycle, ego_speed_least: 10"),
    "motorcycle, ego > 20 m/s": ("rural", "day", "who: motorcycle, ego_speed_least: 20"),
}  # fmt: skip
PER_CITY = 4


class Cities:
    """Cities built so far; those of one kind of place are the same for all cases."""

    def __init__(self, home: Path) -> None:
        self.home, self.known = home, {}

    def of(self, place: PlaceSpec, seed: int, ego: RoadUser) -> City:
        """Return the city of a place."""
        if (place, seed) not in self.known:
            folder = self.home / str(len(self.known))
            folder.mkdir()
            self.known[place, seed] = build_city(place, seed, ego, folder)
        return self.known[place, seed]


def look(name: str, worlds: int, seed: int, cities: Cities) -> str:
    """Return the line of a case."""
    place, light, asked = CASES[name]
    run = read([f"place={place}", f"light={light}", "scene=clear_day", f"seed={seed}",
                "clip.frames=1", f"events=[{{encounter: {{{asked}}}}}]"])  # fmt: skip
    found, looked, seconds = [], 0, 0.0
    for number in range(worlds):
        spec = resolve(run, number)
        first = resolve(run, number - number % PER_CITY).place
        city = cities.of(first, seed, run.rig.ego)
        start = process_time()
        facts = met(city, replace(spec, place=first), 0, run.rig).facts
        seconds += process_time() - start
        looked += facts["encounters_looked"]
        found += [facts] if "event_0_frame" in facts else []
    told = {key.removeprefix("event_0_") for facts in found for key in facts if "event_0" in key}
    ranges = ", ".join(
        f"{key} {min(values):g} to {max(values):g}"
        for key in sorted(told - {"kind", "who", "frame", "body"})
        if (values := [facts[f"event_0_{key}"] for facts in found])
    )
    return (f"{name:26} {len(found):3} of {worlds}  {looked / worlds:6.1f} moments  "
            f"{seconds / worlds:6.1f} s  {ranges}")  # fmt: skip


def main() -> None:
    """Print the table."""
    settings = dict(one.split("=", 1) for one in sys.argv[1:])
    only = settings.get("ONLY", "").split(",")
    worlds, seed = int(settings.get("WORLDS", 12)), int(settings.get("SEED", 0))
    with tempfile.TemporaryDirectory() as home:
        cities = Cities(Path(home))
        for name in CASES:
            if any(word in name for word in only):
                print(look(name, worlds, seed, cities), flush=True)


if __name__ == "__main__":
    main()
